"""Passwords, second factors, failed attempts."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, UUID

from libs.common.sealing import Sealed
from services.auth.metadata import metadata

SECRET = Sealed("totp.secret", str, readers="totp")
"""Owner: the user."""

credential = sa.Table(
    "credential",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("signed_in_at", sa.DateTime(timezone=True)),
)

# `secret` is sealed; `last_counter` is the last time step a code was accepted for.
totp = sa.Table(
    "totp",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("last_counter", sa.BigInteger, nullable=False),
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
