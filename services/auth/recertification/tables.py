"""Who decided when that a user keeps or loses an enrollment: one row for each decision, kept and never changed."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from services.auth.metadata import metadata

# `permissions` is what it was about. A trigger refuses to change or delete a row.
certification = sa.Table(
    "certification",
    metadata,
    sa.Column("certification_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("enrollment_id", UUID(as_uuid=True), sa.ForeignKey("enrollment.enrollment_id"), nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("permissions", ARRAY(sa.Text), nullable=False),
    sa.Column("decided_by", UUID(as_uuid=True), nullable=False),
    sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("certified_until", sa.DateTime(timezone=True)),
    sa.CheckConstraint("verdict IN ('certify', 'decline')", name="certification_verdict"),
    sa.Index("certification_organization", "organization_id", "decided_at"),
)
