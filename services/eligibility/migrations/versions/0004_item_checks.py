"""Questions to the item history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from libs.common.persistence.tables import enforce_row_security

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "item_check",
        sa.Column("check_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("asked_by", UUID(as_uuid=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("trace", sa.Text, nullable=False, unique=True),
        sa.Column("beneficiary_token", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("codes", sa.Text, nullable=False, server_default=""),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('items', 'certificates')", name="item_check_kind"),
        sa.CheckConstraint(
            "state IN ('pending', 'answered', 'refused', 'unreadable', 'no-answer')", name="item_check_state"
        ),
    )
    op.create_index("item_check_enrollment", "item_check", ["enrollment_id", "asked_at"])
    op.create_index("item_check_patient", "item_check", ["asked_by", "beneficiary_token", "asked_at"])
    op.create_index("item_check_pending", "item_check", ["asked_at"], postgresql_where=sa.text("state = 'pending'"))
    op.execute("INSERT INTO due_work (kind, subject, due_at, payload) VALUES ('sweep-item-checks', 'all', now(), '{}')")
    enforce_row_security(op, "item_check")
