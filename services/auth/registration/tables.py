"""Registrations in progress, and by which digest a person is known who registered."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, UUID

from libs.common.sealing import Sealed
from services.auth.metadata import metadata
from services.auth.registration.domain import NewPasskey, Person

PERSON = Sealed("registration.sealed_person", Person, readers="auth")
"""Owner: the registration. Deleted when it ends."""

SECRET = Sealed("registration.sealed_secret", str, readers="totp")
"""Of the authenticator that is being set up. Owner: the registration."""
PHONE = Sealed("registration.sealed_phone", str, readers="totp")
PASSKEY = Sealed("registration.sealed_passkey", NewPasskey, readers="auth")
"""Of the same owner. Nothing of a passkey is secret; it is sealed as all that is kept of a registration."""

# `key` is the SHA-256 of what the browser holds, `resume_key` of what another one holds that is to enter a code first.
# Digests are keyed: neither the address nor the person is kept.
registration = sa.Table(
    "registration",
    metadata,
    sa.Column("registration_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("key", BYTEA, nullable=False, unique=True),
    sa.Column("resume_key", BYTEA, unique=True),
    sa.Column("support_code", sa.Text, nullable=False, unique=True),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("sealed_person", sa.Text),
    sa.Column("email_digest", BYTEA, nullable=False),
    sa.Column("known", sa.Boolean, nullable=False),
    sa.Column("code_digest", BYTEA),
    sa.Column("code_until", sa.DateTime(timezone=True)),
    sa.Column("code_tries", sa.SmallInteger, nullable=False),
    sa.Column("proofing", sa.Text, nullable=False),
    sa.Column("tries_left", sa.SmallInteger, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("subject_digest", BYTEA),
    sa.Column("sealed_secret", sa.Text),
    sa.Column("secret_step", sa.BigInteger, nullable=False),
    sa.Column("same_person_as", UUID(as_uuid=True)),
    sa.Column("factor", sa.Text, nullable=False, server_default=""),
    sa.Column("sealed_phone", sa.Text),
    sa.Column("sealed_passkey", sa.Text),
    sa.Column("login_tries", sa.SmallInteger, nullable=False),
    sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint(
        "step IN ('email', 'identity', 'terms', 'authenticator', 'account', 'done')", name="registration_step"
    ),
    sa.CheckConstraint(
        "proofing IN ('open', 'failed', 'telephone', 'documents', 'refused', 'passed')", name="registration_proofing"
    ),
    sa.CheckConstraint("factor IN ('', 'authenticator', 'passkey', 'phone')", name="registration_factor"),
    # Once it is done, nobody needs to know about whom it was.
    sa.CheckConstraint("(step = 'done') = (sealed_person IS NULL)", name="registration_sealed"),
    sa.Index("registration_begun", "begun_at"),
)

# By what the proofing partner calls a person, which is the same each time. A person has a user ID for each office.
registered_person = sa.Table(
    "registered_person",
    metadata,
    sa.Column("subject_digest", BYTEA, primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("proofed_at", sa.DateTime(timezone=True), nullable=False),
)
