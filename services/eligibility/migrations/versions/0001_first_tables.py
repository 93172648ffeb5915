"""Inquiries, and the tables every service has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from libs.common.persistence.tables import enforce_row_security

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "inquiry",
        sa.Column("inquiry_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("asked_by", UUID(as_uuid=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("trace", sa.Text, nullable=False, unique=True),
        sa.Column("beneficiary_token", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("codes", sa.Text, nullable=False, server_default=""),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('pending', 'answered', 'refused', 'unreadable', 'no-answer')", name="inquiry_state"
        ),
    )
    op.create_index("inquiry_enrollment", "inquiry", ["enrollment_id", "asked_at"])
    op.create_index("inquiry_pending", "inquiry", ["asked_at"], postgresql_where=sa.text("state = 'pending'"))
    op.execute("INSERT INTO due_work (kind, subject, due_at, payload) VALUES ('sweep-inquiries', 'all', now(), '{}')")
    enforce_row_security(op, "inquiry")
