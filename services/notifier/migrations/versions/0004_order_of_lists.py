"""The index for the order in which interruptions are listed."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.drop_index("interruption_started", "interruption")
    op.create_index("interruption_started", "interruption", ["started_at", "interruption_id"])
