"""Where a fault is in the file, and the numbers of its interchanges (ISA13)."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("submission", sa.Column("control_numbers", sa.Text, nullable=False, server_default=""))
    op.add_column("claim_finding", sa.Column("place", sa.Text, nullable=False, server_default=""))
