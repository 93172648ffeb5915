"""Who decided when that a user keeps or loses an enrollment, and what the campaign did about what nobody decided."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, UUID

from services.auth.metadata import metadata

# One row for each decision. `permissions` is what it was about, `kept` what stayed; without an enrollment it was about
# the account of a privileged user. `evidence` is what was shown then; `decided_by` is empty where nobody decided in
# time. `decided_at` is business time, `recorded_at` real time. A trigger refuses to change or delete a row.
certification = sa.Table(
    "certification",
    metadata,
    sa.Column("certification_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("enrollment_id", UUID(as_uuid=True), sa.ForeignKey("enrollment.enrollment_id")),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("permissions", ARRAY(sa.Text), nullable=False),
    sa.Column("kept", ARRAY(sa.Text), nullable=False),
    sa.Column("evidence", JSONB, nullable=False),
    sa.Column("signer", sa.Text, nullable=False),
    sa.Column("statement", BYTEA, nullable=False),
    sa.Column("hasty", sa.Boolean, nullable=False),
    sa.Column("decided_by", UUID(as_uuid=True)),
    sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("certified_until", sa.DateTime(timezone=True)),
    sa.CheckConstraint("verdict IN ('certify', 'change', 'decline', 'revoke')", name="certification_verdict"),
    sa.CheckConstraint("(verdict = 'revoke') = (decided_by IS NULL)", name="certification_decided"),
    sa.Index("certification_organization", "organization_id", "decided_at"),
    sa.Index("certification_user", "user_id", "decided_at"),
)

# The account of each privileged user, and of each user and program without a grant. Suspended: disabled because nobody
# certified it in time. Ended: declined or revoked, and not to be certified again.
account_certification = sa.Table(
    "account_certification",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("certified_until", sa.DateTime(timezone=True), nullable=False),
    sa.Column("suspended_at", sa.DateTime(timezone=True)),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
)

# Of which end of certifications somebody was reminded, and how many days before.
certification_reminder = sa.Table(
    "certification_reminder",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("certified_until", sa.DateTime(timezone=True), primary_key=True),
    sa.Column("days", sa.SmallInteger, primary_key=True),
)

# When a user last asked to be certified.
certification_request = sa.Table(
    "certification_request",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
)

# How what may trigger a certification out of turn was when it was looked at last; `subject` is an enrollment or an
# organization. `day`: of a change of ownership, by which one is told from the next.
certification_watch = sa.Table(
    "certification_watch",
    metadata,
    sa.Column("reason", sa.Text, primary_key=True),
    sa.Column("subject", UUID(as_uuid=True), primary_key=True),
    sa.Column("good", sa.Boolean, nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    sa.Column("day", sa.Date),
)

# Why the contractor's staff called for a certification of all users of an organization, out of turn.
certification_call = sa.Table(
    "certification_call",
    metadata,
    sa.Column("call_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organization_id", UUID(as_uuid=True), sa.ForeignKey("organization.organization_id"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("called_by", UUID(as_uuid=True), nullable=False),
    sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("certification_call_organization", "organization_id", "call_id"),
)
