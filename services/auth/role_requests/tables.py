"""What users asked for, and what became of it."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from libs.common.sealing import Sealed
from services.auth.metadata import metadata

REASON = Sealed("role_request.reason", str, readers="auth")
"""Why it is asked for: free text. Owner: the request."""
ANSWER = Sealed("role_request.answer", str, readers="auth")
"""Why it was refused. Owner: the request."""
VERIFIED = Sealed("role_request.verified", str, readers="auth")
"""Whom the contractor called, and how, before it approved. Owner: the request."""

# `enrollment_id` and `permissions` for functions of an NPI; `role` to become an administrator, or for the dual role of
# one, which has neither. Rows stay: who asked for what, and who decided, is evidence.
role_request = sa.Table(
    "role_request",
    metadata,
    sa.Column("request_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("asked_enrollment", UUID(as_uuid=True), sa.ForeignKey("enrollment.enrollment_id")),
    sa.Column("permissions", ARRAY(sa.Text), nullable=False),
    sa.Column("role", sa.Text, nullable=False, server_default=""),
    # The last day it is wanted for, where it is not for good.
    sa.Column("last_day", sa.Date),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("decided_by", UUID(as_uuid=True)),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("answer", sa.Text, nullable=False, server_default=""),
    # Of what the contractor approved.
    sa.Column("verified", sa.Text, nullable=False, server_default=""),
    sa.CheckConstraint("state IN ('open', 'approved', 'refused', 'lapsed', 'withdrawn')", name="role_request_state"),
    sa.CheckConstraint(
        "(role = '') = (asked_enrollment IS NOT NULL) AND (role = '') = (cardinality(permissions) > 0)",
        name="role_request_what",
    ),
    sa.Index("role_request_organization", "organization_id", "asked_at", "request_id"),
    sa.Index("role_request_user", "user_id", "asked_at", "request_id"),
    sa.Index("role_request_open", "asked_at", postgresql_where=sa.text("state = 'open'")),
)
