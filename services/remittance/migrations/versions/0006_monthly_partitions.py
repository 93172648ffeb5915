"""Lines of remittances by month: each has the time its remittance came."""

import sqlalchemy as sa
from alembic import op

from libs.common.persistence.partitions import partition_by_month
from libs.common.persistence.tables import enforce_row_security

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("remitted_line", sa.Column("received_at", sa.DateTime(timezone=True)))
    for table in ("remitted_line", "remittance"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE remitted_line l SET received_at = r.received_at FROM remittance r"
        " WHERE r.remittance_id = l.remittance_id"
    )
    op.execute("ALTER TABLE remittance FORCE ROW LEVEL SECURITY")
    op.alter_column("remitted_line", "received_at", nullable=False)
    primary_key = ("remittance_id", "claim_number", "number", "received_at")
    partition_by_month(op, "remitted_line", "received_at", primary_key=primary_key)
    enforce_row_security(op, "remitted_line")
