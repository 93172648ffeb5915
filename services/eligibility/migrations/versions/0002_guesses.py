"""Inquiries that did not match, counted for each user and beneficiary."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "guess",
        sa.Column("user_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("beneficiary_token", sa.Text, primary_key=True),
        sa.Column("count", sa.SmallInteger, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )
