"""Messages to users."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0002"
down_revision = "0001"

_TIME = sa.DateTime(timezone=True)
_ID = UUID(as_uuid=True)


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("message_id", _ID, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("organization", sa.Text, nullable=False),
        sa.Column("npi_last_four", sa.Text, nullable=False),
        sa.Column("function", sa.Text, nullable=False),
        sa.Column("sealed_contact", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("code", sa.Integer),
        sa.Column("queued_at", _TIME, nullable=False),
        sa.Column("finished_at", _TIME),
        sa.CheckConstraint("state IN ('waiting', 'accepted', 'failed')", name="message_state"),
        sa.CheckConstraint("(state = 'waiting') = (sealed_contact IS NOT NULL)", name="message_contact"),
    )
