"""Passwords, failed attempts, sign-ins that wait for a code, mailed links, known browsers."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, UUID

from services.auth.metadata import metadata

# `must_reset`: why a new password is asked for before the next sign-in.
credential = sa.Table(
    "credential",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("signed_in_at", sa.DateTime(timezone=True)),
    sa.Column("must_reset", sa.Text),
    sa.CheckConstraint("must_reset IN ('locked', 'not-mine')", name="credential_must_reset"),
)

# Of sign-ins, which anybody may try, and of step-ups, which only the person signed in may try: outsiders spoil none.
failure = sa.Table(
    "failure",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("recent", ARRAY(sa.DateTime(timezone=True)), nullable=False),
    sa.Column("consecutive", sa.Integer, nullable=False),
    sa.Column("locked_until", sa.DateTime(timezone=True)),
    sa.CheckConstraint("kind IN ('sign-in', 'step-up')", name="failure_kind"),
)

# Attempts by address and by account and address; keys are digests, so that no user id typed by mistake stands here.
attempt_count = sa.Table(
    "attempt_count",
    metadata,
    sa.Column("key", BYTEA, primary_key=True),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
)

# Between the password and the code. `key` is the SHA-256 of what the browser holds.
sign_in_attempt = sa.Table(
    "sign_in_attempt",
    metadata,
    sa.Column("key", BYTEA, primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
)

# Links that were mailed: to a new password, to another user ID, or to say that it was not oneself. `key` is the SHA-256
# of what the address holds.
mailed_link = sa.Table(
    "mailed_link",
    metadata,
    sa.Column("key", BYTEA, primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    # Of a letter about a new mail address: the one before it, where the link leads the account back to.
    sa.Column("email", sa.Text, nullable=False, server_default=""),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("purpose IN ('reset', 'not-mine', 'another-user-id')", name="mailed_link_purpose"),
    sa.Index("mailed_link_user", "user_id"),
)

# Browsers that a person signed in with. `key` is the SHA-256 of what they hold.
known_device = sa.Table(
    "known_device",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("key", BYTEA, primary_key=True),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
)
