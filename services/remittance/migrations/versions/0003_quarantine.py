"""Remittances that belong to nobody until a person has looked, and whom each was paid to."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for table in ("remittance", "remitted_claim", "remitted_line"):
        op.alter_column(table, "enrollment_id", nullable=True)
    for column in ("payee_npi", "payee_tax_id"):
        op.add_column("remittance", sa.Column(column, sa.Text, nullable=False, server_default=""))
        op.alter_column("remittance", column, server_default=None)
    op.add_column("remittance", sa.Column("quarantine", sa.Text, nullable=False, server_default=""))
