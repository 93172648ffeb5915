"""Claims, their lines, findings and statuses by month: a claim's id begins with the time of its submission."""

from alembic import op

from libs.common.persistence.partitions import partition_by_month
from libs.common.persistence.tables import enforce_row_security

revision = "0009"
down_revision = "0008"

_PRIMARY_KEYS = {
    "claim": ("claim_id",),
    "claim_line": ("claim_id", "number"),
    "claim_finding": ("claim_id", "number"),
    "claim_status": ("claim_id", "version"),
}


def upgrade() -> None:
    for table, primary_key in _PRIMARY_KEYS.items():
        partition_by_month(op, table, "claim_id", primary_key=primary_key)
        enforce_row_security(op, table)
