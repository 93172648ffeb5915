"""Requests to belong to an organization, and by which digests payments are known."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, UUID

from libs.common.sealing import Sealed
from services.auth.metadata import metadata

TAX_ID = Sealed("organization_request.tax_id", str, readers="auth")
"""The TIN that a person named, to be held against PECOS again when it is decided. Owner: the request."""
VERIFIED = Sealed("organization_request.verified", str, readers="auth")
"""Whom the contractor called, and how, before it approved. Owner: the request."""

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
    sa.Column("tax_id", sa.Text, nullable=False, server_default=""),
    # The day of the payment that was found when it was asked.
    sa.Column("paid_on", sa.Date),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    # When whoever decides was told last; missing while it waits for a provider.
    sa.Column("told_at", sa.DateTime(timezone=True)),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("decided_by", UUID(as_uuid=True)),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("verified", sa.Text, nullable=False, server_default=""),
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
