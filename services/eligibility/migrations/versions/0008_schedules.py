"""Offices' schedules."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from libs.common.persistence.tables import enforce_row_security

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "schedule",
        sa.Column("schedule_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("made_by", UUID(as_uuid=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("patients", sa.Integer, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.CheckConstraint("state IN ('read', 'confirmed')", name="schedule_state"),
    )
    op.create_index("schedule_enrollment", "schedule", ["enrollment_id", "made_at", "schedule_id"])
    op.create_index("schedule_made", "schedule", ["made_at"])
    op.create_table(
        "schedule_row",
        sa.Column("row_id", UUID(as_uuid=True), primary_key=True),
        sa.Column(
            "schedule_id",
            UUID(as_uuid=True),
            sa.ForeignKey("schedule.schedule_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("place", sa.SmallInteger, nullable=False),
        sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("inquiry_id", UUID(as_uuid=True)),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("finding", sa.Text),
        sa.CheckConstraint(
            "state IN ('to-correct', 'ready', 'waiting', 'settled', 'not-asked')", name="schedule_row_state"
        ),
        sa.UniqueConstraint("schedule_id", "number", name="schedule_row_number"),
    )
    op.create_index("schedule_row_place", "schedule_row", ["schedule_id", "place", "number"])
    op.create_index(
        "schedule_row_inquiry", "schedule_row", ["inquiry_id"], postgresql_where=sa.text("state = 'waiting'")
    )
    enforce_row_security(op, "schedule")
    enforce_row_security(op, "schedule_row")
    op.execute("INSERT INTO due_work (kind, subject, due_at, payload) VALUES ('sweep-schedules', 'all', now(), '{}')")
