"""Reconsiderations, and what an appeal knows of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from libs.common.persistence.tables import enforce_row_security

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("appeal", sa.Column("next_level", sa.Text, nullable=False, server_default=""))
    op.create_check_constraint(
        "appeal_next_level", "appeal", "next_level IN ('', 'asked', 'favorable', 'partially-favorable', 'unfavorable')"
    )
    op.create_table(
        "reconsideration",
        sa.Column("appeal_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("asked_by", UUID(as_uuid=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_until", sa.Date, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("argument", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False, server_default=""),
        sa.Column("received_at", sa.DateTime(timezone=True)),
        sa.Column("received_on", sa.Date),
        sa.Column("outcome", sa.Text, nullable=False, server_default=""),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_on", sa.Date),
        sa.CheckConstraint(
            "outcome IN ('', 'favorable', 'partially-favorable', 'unfavorable')", name="reconsideration_outcome"
        ),
        sa.CheckConstraint("(number = '') = (received_on IS NULL)", name="reconsideration_received"),
        sa.CheckConstraint("(outcome = '') = (decided_on IS NULL)", name="reconsideration_decided"),
    )
    op.create_table(
        "reconsideration_line",
        sa.Column("appeal_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("favorable", sa.Boolean),
        sa.Column("rationale", sa.Text),
    )
    op.create_table(
        "reconsideration_document",
        sa.Column("document_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("appeal_id", UUID(as_uuid=True), nullable=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
    )
    op.create_index("reconsideration_document_appeal", "reconsideration_document", ["appeal_id", "document_id"])
    for table in ("reconsideration", "reconsideration_line", "reconsideration_document"):
        enforce_row_security(op, table)
