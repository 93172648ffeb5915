"""Requests to belong to an organization, and by which digests payments are known."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, UUID

from services.auth.metadata import metadata

organization_request = sa.Table(
    "organization_request",
    metadata,
    sa.Column("request_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("organization_id", UUID(as_uuid=True), sa.ForeignKey("organization.organization_id"), nullable=False),
    sa.Column("wanted", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("enrollment_id", UUID(as_uuid=True)),
    sa.Column("provider_id", UUID(as_uuid=True)),
    sa.Column("submitter_id", sa.Text, nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("decided_by", UUID(as_uuid=True)),
    sa.Column("reason", sa.Text, nullable=False),
    sa.CheckConstraint("wanted IN ('administrator', 'user')", name="organization_request_wanted"),
    sa.CheckConstraint(
        "state IN ('open', 'approved', 'declined', 'withdrawn', 'lapsed')", name="organization_request_state"
    ),
    # One open request of a person at a time.
    sa.Index("organization_request_open", "user_id", unique=True, postgresql_where=sa.text("state = 'open'")),
    sa.Index("organization_request_asked", "asked_at", "request_id"),
    sa.Index("organization_request_organization", "organization_id", "asked_at"),
)

# Of an enrollment, an amount and a day, under a key: what is not known cannot be found, and what is kept tells nothing.
payment_digest = sa.Table(
    "payment_digest",
    metadata,
    sa.Column("digest", BYTEA, primary_key=True),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Index("payment_digest_issued", "issued_on"),
)
