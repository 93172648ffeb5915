"""Access and sign-in.

The due rows of the timers and of the feed import are laid here: each asks for its next run itself.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, UUID

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "attempt_count",
        sa.Column("key", BYTEA(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "feed_file",
        sa.Column("digest", BYTEA(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "organization",
        sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('provider', 'vendor', 'contractor')", name="organization_kind"),
        sa.PrimaryKeyConstraint("organization_id"),
    )
    op.create_table(
        "used_assertion",
        sa.Column("key", BYTEA(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "user_account",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rules_of_behavior_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("training_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'client')", name="user_account_kind"),
        sa.CheckConstraint("state IN ('active', 'disabled', 'removed')", name="user_account_state"),
        sa.PrimaryKeyConstraint("user_id"),
        sa.UniqueConstraint("login"),
    )
    op.create_table(
        "api_client",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("public_key", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("client_id"),
        sa.UniqueConstraint("user_id"),
    )
    op.create_table(
        "credential",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "enrollment",
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
        sa.Column("npi", sa.Text(), nullable=False),
        sa.Column("ptan", sa.Text(), nullable=False),
        sa.Column("line_of_business", sa.Text(), nullable=False),
        sa.Column("pecos_active", sa.Boolean(), nullable=False),
        sa.Column("edi_agreement_signed", sa.Boolean(), nullable=False),
        sa.Column("effective", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.organization_id"]),
        sa.PrimaryKeyConstraint("enrollment_id"),
    )
    op.create_index("enrollment_organization", "enrollment", ["organization_id"])
    op.create_table(
        "failure",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("recent", ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.Column("consecutive", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "membership",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.organization_id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_index("membership_organization", "membership", ["organization_id"])
    op.create_table(
        "session",
        sa.Column("key", BYTEA(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=True),
        sa.Column("assurance", sa.SmallInteger(), nullable=False),
        sa.Column("factor_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('person', 'client')", name="session_kind"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("session_user", "session", ["user_id"], postgresql_where=sa.text("ended_at IS NULL"))
    op.create_table(
        "sign_in_attempt",
        sa.Column("key", BYTEA(), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "totp",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("last_counter", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "vendor_authorization",
        sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
        sa.Column("vendor_id", UUID(as_uuid=True), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.organization_id"]),
        sa.PrimaryKeyConstraint("organization_id", "vendor_id"),
    )
    op.create_index("vendor_authorization_vendor", "vendor_authorization", ["vendor_id"])
    op.create_table(
        "user_grant",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("effective", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=True),
        sa.Column("certified_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", UUID(as_uuid=True), nullable=True),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.enrollment_id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("user_id", "enrollment_id", "permission"),
    )
    for kind in ("republish-state", "sweep-sessions", "sweep-assertions", "import-feeds"):
        op.execute(
            sa.text(
                "INSERT INTO due_work (kind, subject, due_at, payload) VALUES (:kind, 'all', now(), '{}')"
            ).bindparams(kind=kind)
        )
