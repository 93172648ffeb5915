"""What security officers ask for about the contractor's own staff."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.auth.metadata import metadata

# `user_id` of a new member is written when they are approved.
staff_request = sa.Table(
    "staff_request",
    metadata,
    sa.Column("request_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id")),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("login", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked_by", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("decided_by", UUID(as_uuid=True)),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("action IN ('add', 'role')", name="staff_request_action"),
    sa.CheckConstraint("state IN ('asked', 'approved', 'refused', 'withdrawn')", name="staff_request_state"),
    sa.CheckConstraint("decided_by <> asked_by AND decided_by <> user_id", name="staff_request_two_persons"),
    sa.Index("staff_request_open", "login", unique=True, postgresql_where=sa.text("state = 'asked'")),
)
