"""Lines of remittances by month: each has the time its remittance came."""

import sqlalchemy as sa
from alembic import op

from libs.common.persistence.tables import as_owner_of_all_rows, enforce_row_security

revision = "0008"
down_revision = "0007"

_RECEIVED = """
    UPDATE remitted_line l SET received_at = r.received_at FROM remittance r WHERE r.remittance_id = l.remittance_id
"""


def upgrade() -> None:
    op.add_column("remitted_line", sa.Column("received_at", sa.DateTime(timezone=True)))
    with as_owner_of_all_rows(op, "remitted_line", "remittance"):
        op.execute(_RECEIVED)
    op.alter_column("remitted_line", "received_at", nullable=False)
    op.execute(
        "SELECT partition_by_month('remitted_line', 'received_at', 'remittance_id, claim_number, number, received_at')"
    )
    enforce_row_security(op, "remitted_line")
