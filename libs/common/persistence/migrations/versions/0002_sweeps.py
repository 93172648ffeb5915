"""What is kept for a time only is found by its time."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_index("inbox_received_at", "inbox", ["received_at"], postgresql_using="brin")
    op.create_index("idempotency_created_at", "idempotency", ["created_at"], postgresql_using="brin")
