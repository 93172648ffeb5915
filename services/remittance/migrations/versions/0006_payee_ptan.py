"""The PTAN to which a remittance was paid, where it tells one."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("remittance", sa.Column("payee_ptan", sa.Text, nullable=False, server_default=""))
    op.alter_column("remittance", "payee_ptan", server_default=None)
