"""Accounts that are not used: until when their owner can take them back, what they were told; which NPIs were used."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("user_account", sa.Column("dormant_until", sa.DateTime(timezone=True)))
    op.add_column("user_account", sa.Column("active_since", sa.DateTime(timezone=True)))
    op.create_table(
        "enrollment_use",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.enrollment_id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("user_id", "enrollment_id"),
    )
    op.create_table(
        "inactivity_notice",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("idle_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("user_id", "idle_since", "day"),
    )
    op.execute("INSERT INTO due_work (kind, subject, due_at, payload) VALUES ('sweep-inactive', 'all', now(), '{}')")
