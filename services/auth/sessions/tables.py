"""Sessions of people, and access tokens of clients."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, UUID

from services.auth.metadata import metadata

# `key` is the SHA-256 of the secret that the browser or client holds. `browser` is a family, `address` is shortened:
# enough to know one's own sessions by, too little to follow anybody.
session = sa.Table(
    "session",
    metadata,
    sa.Column("key", BYTEA, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("enrollment_id", UUID(as_uuid=True)),
    sa.Column("assurance", sa.SmallInteger, nullable=False),
    sa.Column("factor_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("signed_in_before", sa.DateTime(timezone=True)),
    sa.Column("failed_before", sa.Integer, nullable=False, server_default="0"),
    sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("idle", sa.Interval, nullable=False),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("csrf", sa.Text, nullable=False),
    sa.Column("browser", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.Column("ended_reason", sa.Text),
    sa.CheckConstraint("kind IN ('person', 'client')", name="session_kind"),
    sa.Index("session_user", "user_id", postgresql_where=sa.text("ended_at IS NULL")),
)
