"""Messages to users: what about, and what became of them. The contact stays sealed; no text is kept."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.notifier.metadata import metadata

message = sa.Table(
    "message",
    metadata,
    sa.Column("message_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("user_id", UUID(as_uuid=True), nullable=False),
    sa.Column("organization", sa.Text, nullable=False),
    sa.Column("npi_last_four", sa.Text, nullable=False),
    sa.Column("function", sa.Text, nullable=False),
    sa.Column("sealed_contact", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("code", sa.Integer),
    sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("finished_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("state IN ('waiting', 'accepted', 'failed')", name="message_state"),
    # Once nobody will send it any more, nobody needs to know to whom.
    sa.CheckConstraint("(state = 'waiting') = (sealed_contact IS NOT NULL)", name="message_contact"),
)
