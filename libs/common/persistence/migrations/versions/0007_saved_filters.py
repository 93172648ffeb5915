"""Filters of lists that people keep."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("user_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("query", sa.Text, primary_key=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
    )
