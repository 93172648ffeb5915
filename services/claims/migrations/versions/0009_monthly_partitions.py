"""Claims, their lines, findings and statuses by month: a claim's id begins with the time of its submission."""

from alembic import op

from libs.common.persistence.tables import enforce_row_security

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("SELECT partition_by_month('claim', 'claim_id', 'claim_id')")
    op.execute("SELECT partition_by_month('claim_line', 'claim_id', 'claim_id, number')")
    op.execute("SELECT partition_by_month('claim_finding', 'claim_id', 'claim_id, number')")
    op.execute("SELECT partition_by_month('claim_status', 'claim_id', 'claim_id, version')")
    for table in ("claim", "claim_line", "claim_finding", "claim_status"):
        enforce_row_security(op, table)
