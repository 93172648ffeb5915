"""Indexes for each order in which appeals are listed."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.drop_index("appeal_due", "appeal")
    op.create_index("appeal_due", "appeal", ["outcome", "decide_by", "appeal_id"])
    op.create_index("appeal_decide_by", "appeal", ["decide_by", "appeal_id"])
