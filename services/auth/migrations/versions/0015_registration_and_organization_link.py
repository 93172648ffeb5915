"""Registration, and asking for an organization: what is in progress; digests of persons and payments.

Whoever registered and belongs to none yet is in an organization of its own, which is published at once.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import BYTEA, UUID

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("organization", sa.Column("submitter_id", sa.Text(), nullable=False, server_default=""))
    op.create_index("user_account_email", "user_account", [sa.text("lower(email)")])
    op.create_table(
        "registration",
        sa.Column("registration_id", UUID(as_uuid=True), nullable=False),
        sa.Column("key", BYTEA(), nullable=False),
        sa.Column("resume_key", BYTEA(), nullable=True),
        sa.Column("support_code", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("sealed_person", sa.Text(), nullable=True),
        sa.Column("email_digest", BYTEA(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("code_digest", BYTEA(), nullable=True),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_tries", sa.SmallInteger(), nullable=False),
        sa.Column("proofing", sa.Text(), nullable=False),
        sa.Column("tries_left", sa.SmallInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("subject_digest", BYTEA(), nullable=True),
        sa.Column("sealed_secret", sa.Text(), nullable=True),
        sa.Column("secret_step", sa.BigInteger(), nullable=False),
        sa.Column("login_tries", sa.SmallInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('email', 'identity', 'terms', 'authenticator', 'account', 'done')", name="registration_step"
        ),
        sa.CheckConstraint(
            "proofing IN ('open', 'failed', 'telephone', 'documents', 'refused', 'passed')",
            name="registration_proofing",
        ),
        sa.CheckConstraint("(step = 'done') = (sealed_person IS NULL)", name="registration_sealed"),
        sa.PrimaryKeyConstraint("registration_id"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("resume_key"),
        sa.UniqueConstraint("support_code"),
    )
    op.create_index("registration_begun", "registration", ["begun_at"])
    op.create_table(
        "registered_person",
        sa.Column("subject_digest", BYTEA(), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("proofed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("subject_digest"),
    )
    op.create_table(
        "organization_request",
        sa.Column("request_id", UUID(as_uuid=True), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=True),
        sa.Column("provider_id", UUID(as_uuid=True), nullable=True),
        sa.Column("submitter_id", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", UUID(as_uuid=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("wanted IN ('administrator', 'user')", name="organization_request_wanted"),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'declined', 'withdrawn', 'lapsed')", name="organization_request_state"
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.organization_id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_index(
        "organization_request_open",
        "organization_request",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("organization_request_asked", "organization_request", ["asked_at", "request_id"])
    op.create_index("organization_request_organization", "organization_request", ["organization_id", "asked_at"])
    op.create_table(
        "payment_digest",
        sa.Column("digest", BYTEA(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("payment_digest_issued", "payment_digest", ["issued_on"])
    op.execute(
        "INSERT INTO organization (organization_id, kind, name, submitter_id, epoch, version) VALUES"
        " ('00000000-0000-8000-8000-0000000a991c', 'provider', 'No organization yet', '', 0, 0)"
    )
    op.execute("UPDATE due_work SET due_at = now(), payload = '{}' WHERE kind = 'republish-state'")
    op.execute(
        "INSERT INTO due_work (kind, subject, due_at, payload) VALUES"
        " ('sweep-registrations', 'all', now(), '{}'), ('sweep-organization-requests', 'all', now(), '{}')"
    )
