"""Certification as a campaign: evidence and signature with each decision, accounts of privileged users, reminders.

Decisions of before have no evidence and no signature; what they kept was all.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, UUID

revision = "0014"
down_revision = "0013"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    new = (
        sa.Column("kept", ARRAY(sa.Text()), nullable=False, server_default="{}"),
        sa.Column("evidence", JSONB(), nullable=False, server_default="{}"),
        sa.Column("signer", sa.Text(), nullable=False, server_default=""),
        sa.Column("statement", BYTEA(), nullable=False, server_default=""),
        sa.Column("hasty", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("recorded_at", _MOMENT, nullable=False, server_default=sa.text("now()")),
    )
    for column in new:
        op.add_column("certification", column)
        op.alter_column("certification", column.name, server_default=None)
    op.alter_column("certification", "enrollment_id", nullable=True)
    op.alter_column("certification", "decided_by", nullable=True)
    op.drop_constraint("certification_verdict", "certification")
    op.create_check_constraint(
        "certification_verdict", "certification", "verdict IN ('certify', 'change', 'decline', 'revoke')"
    )
    op.create_check_constraint("certification_decided", "certification", "(verdict = 'revoke') = (decided_by IS NULL)")
    op.create_index("certification_user", "certification", ["user_id", "decided_at"])
    op.create_table(
        "account_certification",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("certified_until", _MOMENT, nullable=False),
        sa.Column("suspended_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "certification_reminder",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("certified_until", _MOMENT, nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("user_id", "certified_until", "days"),
    )
    op.create_table(
        "certification_request",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "certification_watch",
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("subject", UUID(as_uuid=True), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("reason", "subject"),
    )
    op.execute(
        "INSERT INTO due_work (kind, subject, due_at, payload) VALUES ('sweep-certifications', 'all', now(), '{}')"
    )
