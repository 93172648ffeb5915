"""Several authenticators, a phone, recovery codes, sent codes; browsers that are known; new passwords by mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import BYTEA, UUID

revision = "0008"
down_revision = "0007"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("credential", sa.Column("must_reset", sa.Text()))
    op.create_check_constraint("credential_must_reset", "credential", "must_reset IN ('locked', 'not-mine')")
    op.add_column("session", sa.Column("failed_before", sa.Integer(), nullable=False, server_default="0"))
    _authenticators()
    op.create_table(
        "phone",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("waiting", sa.Text(), nullable=True),
        sa.CheckConstraint("number IS NOT NULL OR waiting IS NOT NULL", name="phone_number"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("digest", BYTEA(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("user_id", "digest"),
    )
    op.create_table(
        "sent_code",
        sa.Column("code_id", UUID(as_uuid=True), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("bound_to", BYTEA(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("digest", BYTEA(), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.CheckConstraint("channel IN ('sms', 'voice', 'email')", name="sent_code_channel"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("code_id"),
    )
    op.create_index("sent_code_user", "sent_code", ["user_id", "sent_at"])
    op.create_index("sent_code_bound_to", "sent_code", ["bound_to"], postgresql_where=sa.text("ended_at IS NULL"))
    op.create_table(
        "mfa_window",
        sa.Column("key", BYTEA(), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("mfa_window_user", "mfa_window", ["user_id"])
    op.create_table(
        "mailed_link",
        sa.Column("key", BYTEA(), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.CheckConstraint("purpose IN ('reset', 'not-mine')", name="mailed_link_purpose"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("mailed_link_user", "mailed_link", ["user_id"])
    op.create_table(
        "known_device",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("key", BYTEA(), nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("user_id", "key"),
    )


def _authenticators() -> None:
    """Each person had one; from now on each has a key of its own, a name, and when it was added."""
    op.add_column("totp", sa.Column("device_id", UUID(as_uuid=True), server_default=sa.text("gen_random_uuid()")))
    op.add_column("totp", sa.Column("name", sa.Text(), nullable=False, server_default="Authenticator app"))
    op.add_column("totp", sa.Column("added_at", _MOMENT, nullable=False, server_default=sa.text("now()")))
    op.add_column("totp", sa.Column("confirmed_at", _MOMENT, server_default=sa.text("now()")))
    op.drop_constraint("totp_pkey", "totp")
    op.create_primary_key("totp_pkey", "totp", ["device_id"])
    op.create_index("totp_user", "totp", ["user_id"])
    for column in ("device_id", "name", "added_at", "confirmed_at"):
        op.alter_column("totp", column, server_default=None)
