"""What staff did to accounts, as whom they looked, and roles that are held for a time."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, UUID

from services.auth.metadata import metadata

# One row for each deed, kept as it was written: a trigger refuses to change or delete it.
account_deed = sa.Table(
    "account_deed",
    metadata,
    sa.Column("deed_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("deed", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("ticket", sa.Text, nullable=False),
    # Somebody of the staff; perhaps of the contractor before, whose staff has no account here.
    sa.Column("done_by", UUID(as_uuid=True), nullable=False),
    sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint(
        "deed IN ('unlock', 'send-reset', 'end-sessions', 'disable', 'enable', 'high-risk', 'view-as', 'end')",
        name="account_deed_deed",
    ),
    sa.Index("account_deed_user", "user_id", "deed_id"),
)

# `session_key` is that of whoever looks: with the session the view ends.
viewing = sa.Table(
    "viewing",
    metadata,
    sa.Column("session_key", BYTEA, primary_key=True),
    sa.Column("viewer_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("enrollment_id", UUID(as_uuid=True)),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
)

elevation = sa.Table(
    "elevation",
    metadata,
    sa.Column("elevation_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("role_before", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("hours", sa.Integer, nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("decided_by", UUID(as_uuid=True)),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("ends_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("state IN ('asked', 'begun', 'refused', 'ended')", name="elevation_state"),
    sa.CheckConstraint("decided_by <> user_id", name="elevation_two_persons"),
    sa.Index("elevation_open", "user_id", unique=True, postgresql_where=sa.text("state IN ('asked', 'begun')")),
)
