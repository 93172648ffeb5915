"""The number by which a remittance knows a line (REF*6R)."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("claim_line", sa.Column("control_number", sa.Text, nullable=False, server_default=""))
