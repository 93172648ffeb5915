"""Forms that people put aside. Only who typed one may see it, for the enrollment it was opened for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from libs.common.persistence.tables import enforce_row_security

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("user_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("enrollment_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("draft_saved_at", "draft", ["saved_at"])
    enforce_row_security(op, "draft")
    op.execute(
        "CREATE POLICY draft_own ON draft AS RESTRICTIVE"
        " USING (user_id = nullif(current_setting('portico.user', true), '')::uuid)"
    )
