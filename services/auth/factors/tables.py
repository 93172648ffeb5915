"""What confirms that it is the person: authenticators, a phone, codes, and browsers that showed one."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, UUID

from libs.common.sealing import Sealed
from services.auth.metadata import metadata

SECRET = Sealed("totp.secret", str, readers="totp")
PHONE = Sealed("phone.number", str, readers="totp")
"""Owner of both: the user."""

# An authenticator app. `secret` is sealed; `last_counter` is the last time step a code was accepted for. Until it is
# confirmed by a first code, it counts for nothing.
totp = sa.Table(
    "totp",
    metadata,
    sa.Column("device_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("last_counter", sa.BigInteger, nullable=False),
    sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("confirmed_at", sa.DateTime(timezone=True)),
    sa.Index("totp_user", "user_id"),
)

# Both numbers are sealed: the one that codes go to, and one that waits to be confirmed.
phone = sa.Table(
    "phone",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("number", sa.Text),
    sa.Column("waiting", sa.Text),
    sa.CheckConstraint("number IS NOT NULL OR waiting IS NOT NULL", name="phone_number"),
)

# Digests: 80 random bits cannot be found by trying. A code that was used is gone.
recovery_code = sa.Table(
    "recovery_code",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("digest", BYTEA, primary_key=True),
)

# Codes that were texted, spoken or mailed. `bound_to` is the sign-in, session or mailed link it was asked for in;
# `digest` is keyed with the pepper: six digits are soon tried.
sent_code = sa.Table(
    "sent_code",
    metadata,
    sa.Column("code_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("bound_to", BYTEA, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("digest", BYTEA, nullable=False),
    sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("tries", sa.SmallInteger, nullable=False),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("channel IN ('sms', 'voice', 'email')", name="sent_code_channel"),
    sa.Index("sent_code_user", "user_id", "sent_at"),
    sa.Index("sent_code_bound_to", "bound_to", postgresql_where=sa.text("ended_at IS NULL")),
)

# A browser that showed a code. `key` is the SHA-256 of what it holds.
mfa_window = sa.Table(
    "mfa_window",
    metadata,
    sa.Column("key", BYTEA, primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("browser", sa.Text, nullable=False),
    sa.Column("network", sa.Text, nullable=False),
    sa.Index("mfa_window_user", "user_id"),
)
