"""Lines of remittances by month: each has the time its remittance came."""

import sqlalchemy as sa
from alembic import op

from libs.common.persistence.tables import enforce_row_security

revision = "0007"
down_revision = "0006"

# Without its rules for a moment: they would hide the rows from the owner.
_RECEIVED = (
    "ALTER TABLE remitted_line NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE remittance NO FORCE ROW LEVEL SECURITY",
    "UPDATE remitted_line l SET received_at = r.received_at FROM remittance r WHERE r.remittance_id = l.remittance_id",
    "ALTER TABLE remittance FORCE ROW LEVEL SECURITY",
)


def upgrade() -> None:
    op.add_column("remitted_line", sa.Column("received_at", sa.DateTime(timezone=True)))
    for statement in _RECEIVED:
        op.execute(statement)
    op.alter_column("remitted_line", "received_at", nullable=False)
    op.execute(
        "SELECT partition_by_month('remitted_line', 'received_at', 'remittance_id, claim_number, number, received_at')"
    )
    enforce_row_security(op, "remitted_line")
