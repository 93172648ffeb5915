"""Who accepted which text when: one row for each time, kept and never changed."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, UUID

from services.auth.metadata import metadata

# `digest` is the SHA-256 of the text as it was shown. A trigger refuses to change or delete a row.
agreement_signature = sa.Table(
    "agreement_signature",
    metadata,
    sa.Column("signature_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("agreement", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("digest", BYTEA, nullable=False),
    sa.Column("means", sa.Text, nullable=False),
    sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("means IN ('electronic', 'account-file')", name="agreement_signature_means"),
    sa.Index("agreement_signature_user", "user_id", "signed_at"),
)
