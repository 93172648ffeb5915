"""Who accepted which text when, the texts themselves, and which of them an operator loaded."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, JSONB, UUID

from services.auth.metadata import metadata

# Each text that was ever signed or loaded, word for word, by its SHA-256. A trigger refuses to change or delete a row.
agreement_text = sa.Table(
    "agreement_text",
    metadata,
    sa.Column("digest", BYTEA, primary_key=True),
    sa.Column("agreement", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("content", JSONB, nullable=False),
    sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("agreement", "version"),
)

# The official texts that stand in place of ours today.
official_text = sa.Table(
    "official_text",
    metadata,
    sa.Column("agreement", sa.Text, primary_key=True),
    sa.Column("digest", BYTEA, sa.ForeignKey("agreement_text.digest"), nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
)

# `digest` is the SHA-256 of the text as it was shown; `signer` the name that was typed. A trigger refuses to change or
# delete a row.
agreement_signature = sa.Table(
    "agreement_signature",
    metadata,
    sa.Column("signature_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("agreement", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("digest", BYTEA, nullable=False),
    sa.Column("signer", sa.Text, nullable=False),
    sa.Column("means", sa.Text, nullable=False),
    sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("means IN ('electronic', 'account-file')", name="agreement_signature_means"),
    sa.Index("agreement_signature_user", "user_id", "signed_at"),
)
