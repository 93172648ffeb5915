"""Under which name the HETS Rules of Behavior were signed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("hets_request", sa.Column("signer", sa.Text(), nullable=False, server_default=""))
