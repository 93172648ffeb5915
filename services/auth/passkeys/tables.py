"""Passkeys, and what authenticators were asked to sign."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, UUID

from services.auth.metadata import metadata

# Nothing of it is secret: the private key is where its owner keeps it.
passkey = sa.Table(
    "passkey",
    metadata,
    sa.Column("passkey_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("credential", BYTEA, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("public_key", BYTEA, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("synced", sa.Boolean, nullable=False),
    sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("used_at", sa.DateTime(timezone=True)),
    sa.Index("passkey_user", "user_id"),
)

# `key` is the SHA-256 of what the browser holds that is to answer. A row is gone with the first answer.
passkey_challenge = sa.Table(
    "passkey_challenge",
    metadata,
    sa.Column("key", BYTEA, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id")),
    sa.Column("content", BYTEA, nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint(
        "purpose IN ('sign-in', 'second-factor', 'step-up', 'registration')", name="passkey_challenge_purpose"
    ),
)
