"""The index for the order in which remittances are listed."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.drop_index("remittance_enrollment", "remittance")
    op.create_index(
        "remittance_enrollment", "remittance", ["enrollment_id", "issued_on", "received_at", "remittance_id"]
    )
