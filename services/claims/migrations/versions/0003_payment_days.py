"""The day on which a claim is paid: until then its payment waits on the payment floor."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("claim", sa.Column("pays_on", sa.Date))
