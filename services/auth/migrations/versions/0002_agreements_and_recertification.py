"""Accepted Rules of Behavior and decisions about certification, each kept as they were made.

Nobody accepted anything before: every person is asked at the next sign-in.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, UUID

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("user_account", sa.Column("rules_of_behavior_version", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "agreement_signature",
        sa.Column("signature_id", UUID(as_uuid=True), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("digest", BYTEA(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("means IN ('electronic', 'account-file')", name="agreement_signature_means"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("signature_id"),
    )
    op.create_index("agreement_signature_user", "agreement_signature", ["user_id", "signed_at"])
    op.create_table(
        "certification",
        sa.Column("certification_id", UUID(as_uuid=True), nullable=False),
        sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("permissions", ARRAY(sa.Text()), nullable=False),
        sa.Column("decided_by", UUID(as_uuid=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("certified_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("verdict IN ('certify', 'decline')", name="certification_verdict"),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.enrollment_id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("certification_id"),
    )
    op.create_index("certification_organization", "certification", ["organization_id", "decided_at"])
    op.execute(
        "CREATE FUNCTION evidence_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION 'what was signed or decided is kept as it was'; END $$"
    )
    op.execute(
        "CREATE TRIGGER agreement_signature_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON agreement_signature"
        " FOR EACH STATEMENT EXECUTE FUNCTION evidence_is_kept()"
    )
    op.execute(
        "CREATE TRIGGER certification_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON certification"
        " FOR EACH STATEMENT EXECUTE FUNCTION evidence_is_kept()"
    )
    op.execute("INSERT INTO due_work (kind, subject, due_at, payload) VALUES ('lapse-agreements', 'all', now(), '{}')")
