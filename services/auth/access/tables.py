"""Organizations, their enrollments, their users, and what each user may do."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, UUID

from services.auth.metadata import metadata

organization = sa.Table(
    "organization",
    metadata,
    sa.Column("organization_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # Of a vendor: under which it is enrolled for EDI.
    sa.Column("submitter_id", sa.Text, nullable=False, server_default=""),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.CheckConstraint("kind IN ('provider', 'vendor', 'contractor')", name="organization_kind"),
    sa.Index("organization_name", "name", "organization_id"),
)

enrollment = sa.Table(
    "enrollment",
    metadata,
    sa.Column("enrollment_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organization_id", UUID(as_uuid=True), sa.ForeignKey("organization.organization_id"), nullable=False),
    sa.Column("npi", sa.Text, nullable=False),
    sa.Column("tax_id", sa.Text, nullable=False),
    sa.Column("ptan", sa.Text, nullable=False),
    sa.Column("line_of_business", sa.Text, nullable=False),
    sa.Column("pecos_active", sa.Boolean, nullable=False),
    sa.Column("edi_agreement_signed", sa.Boolean, nullable=False),
    sa.Column("submitters", ARRAY(sa.Text), nullable=False),
    sa.Column("effective", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ends", sa.DateTime(timezone=True)),
    sa.Index("enrollment_organization", "organization_id"),
)

# Which vendors may act for a provider: asked for by the vendor, confirmed by the provider, or told by the files of EDI
# enrollment (`source`). One that is confirmed is never changed, because its letter was signed as it is: another one
# takes its place. Days are business days, `ends` the last one; `functions` are codes of Appendix 9.1.
vendor_authorization = sa.Table(
    "vendor_authorization",
    metadata,
    sa.Column("authorization_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organization_id", UUID(as_uuid=True), sa.ForeignKey("organization.organization_id"), nullable=False),
    sa.Column("vendor_id", UUID(as_uuid=True), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("functions", ARRAY(sa.Text), nullable=False),
    sa.Column("submitter", sa.Text, nullable=False, server_default=""),
    sa.Column("effective", sa.Date, nullable=False),
    sa.Column("ends", sa.Date),
    sa.Column("asked_by", UUID(as_uuid=True)),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    # The letter of authorization: which text, the digest of all that was signed, the name typed under it.
    sa.Column("letter_version", sa.Text, nullable=False, server_default=""),
    sa.Column("letter_digest", BYTEA),
    sa.Column("signed_name", sa.Text, nullable=False, server_default=""),
    sa.Column("decided_by", UUID(as_uuid=True)),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("ended_by", UUID(as_uuid=True)),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    # Why it was refused or ended, for the other side to read.
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.CheckConstraint("source IN ('vendor', 'edi')", name="vendor_authorization_source"),
    sa.CheckConstraint("state IN ('asked', 'confirmed', 'refused', 'ended')", name="vendor_authorization_state"),
    sa.CheckConstraint(
        "source = 'edi' OR decided_at IS NULL OR state = 'refused' OR signed_name <> ''",
        name="vendor_authorization_signed",
    ),
    sa.Index("vendor_authorization_vendor", "vendor_id", "asked_at", "authorization_id"),
    sa.Index("vendor_authorization_organization", "organization_id", "asked_at", "authorization_id"),
    # One that counts, and one that waits, for each provider and vendor.
    sa.Index(
        "vendor_authorization_one",
        "organization_id",
        "vendor_id",
        "state",
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'confirmed')"),
    ),
)

# A person, or a client: a vendor's program, which has no password.
user_account = sa.Table(
    "user_account",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("rules_of_behavior_until", sa.DateTime(timezone=True), nullable=False),
    sa.Column("training_until", sa.DateTime(timezone=True), nullable=False),
    # Nobody has accepted the license of the code sets before they did.
    sa.Column("code_sets_until", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("'epoch'")),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    # Of an account that was disabled for want of use: until when its owner enables it by signing in.
    sa.Column("dormant_until", sa.DateTime(timezone=True)),
    # When an account that was disabled was enabled again: its time without use begins there.
    sa.Column("active_since", sa.DateTime(timezone=True)),
    sa.CheckConstraint("kind IN ('person', 'client')", name="user_account_kind"),
    sa.Index("user_account_email", sa.text("lower(email)")),
    sa.CheckConstraint("state IN ('active', 'disabled', 'removed')", name="user_account_state"),
)

membership = sa.Table(
    "membership",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("organization_id", UUID(as_uuid=True), sa.ForeignKey("organization.organization_id"), nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    # An administrator of a small organization who works with patient data too.
    sa.Column("dual_role", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("membership_organization", "organization_id"),
)

# What is granted today. What was granted once stands in the audit trail.
user_grant = sa.Table(
    "user_grant",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), sa.ForeignKey("enrollment.enrollment_id"), primary_key=True),
    sa.Column("permission", sa.Text, primary_key=True),
    sa.Column("effective", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ends", sa.DateTime(timezone=True)),
    sa.Column("certified_until", sa.DateTime(timezone=True), nullable=False),
    sa.Column("granted_by", UUID(as_uuid=True)),
)
