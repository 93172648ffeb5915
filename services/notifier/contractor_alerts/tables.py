"""Proof of notice: what CMS was sent, when, and what its mail server said."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.notifier.metadata import metadata

contractor_alert = sa.Table(
    "contractor_alert",
    metadata,
    sa.Column("interruption_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("message_id", sa.Text, nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("accepted_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("state IN ('queued', 'accepted', 'merged', 'failed')", name="contractor_alert_state"),
)

contractor_alert_attempt = sa.Table(
    "contractor_alert_attempt",
    metadata,
    sa.Column("interruption_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("code", sa.Integer, nullable=False),
)
