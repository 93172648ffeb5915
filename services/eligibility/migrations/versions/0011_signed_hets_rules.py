"""Under which name the HETS Rules of Behavior were signed; whether a request that was not sent was told of."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("hets_request", sa.Column("signer", sa.Text(), nullable=False, server_default=""))
    op.add_column("hets_request", sa.Column("alerted_at", sa.DateTime(timezone=True)))
