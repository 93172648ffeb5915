"""The number by which a remittance knows a line (REF*6R)."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("claim_line", sa.Column("control_number", sa.Text, nullable=False, server_default=""))
