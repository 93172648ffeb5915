"""Copies of claims and their notices, appeals, and the tables every service has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from libs.common.persistence.tables import enforce_row_security

revision = "0001"
down_revision = None


def upgrade() -> None:
    _claims()
    _appeals()
    for table in ("finalized_claim", "remitted_claim", "appeal", "appeal_line", "appeal_document"):
        enforce_row_security(op, table)


def _claims() -> None:
    op.create_table(
        "finalized_claim",
        sa.Column("claim_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("internal_control_number", sa.Text, nullable=False),
        sa.Column("finalized_on", sa.Date, nullable=False),
        sa.Column("sealed_facts", sa.Text, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("finalized_claim_control_number", "finalized_claim", ["enrollment_id", "internal_control_number"])
    op.create_table(
        "remitted_claim",
        sa.Column("claim_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("internal_control_number", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("remitted_on", sa.Date, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("whole", JSONB, nullable=False),
        sa.Column("lines", JSONB, nullable=False),
    )
    op.create_index("remitted_claim_control_number", "remitted_claim", ["enrollment_id", "internal_control_number"])


def _appeals() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("appeal_number")))
    op.create_table(
        "appeal",
        sa.Column("appeal_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("claim_id", UUID(as_uuid=True), nullable=False),
        sa.Column("internal_control_number", sa.Text, nullable=False),
        sa.Column("provider_name", sa.Text, nullable=False),
        sa.Column("provider_npi", sa.Text, nullable=False),
        sa.Column("provider_ptan", sa.Text, nullable=False),
        sa.Column("filed_by", UUID(as_uuid=True), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("notice_on", sa.Date, nullable=False),
        sa.Column("filed_until", sa.Date, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("argument", sa.Text, nullable=False),
        sa.Column("decide_by", sa.Date, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False, server_default=""),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_on", sa.Date),
        sa.Column("decided_by", UUID(as_uuid=True)),
        sa.Column("letter", sa.Text),
        sa.CheckConstraint("outcome IN ('', 'favorable', 'partially-favorable', 'unfavorable')", name="appeal_outcome"),
        sa.CheckConstraint("(outcome = '') = (decided_on IS NULL)", name="appeal_decided"),
    )
    op.create_index("appeal_enrollment", "appeal", ["enrollment_id", "appeal_id"])
    op.create_index("appeal_claim", "appeal", ["claim_id"])
    op.create_index("appeal_due", "appeal", ["outcome", "decide_by"])
    op.create_table(
        "appeal_line",
        sa.Column("appeal_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("claim_id", UUID(as_uuid=True), nullable=False),
        sa.Column("procedure", sa.Text, nullable=False),
        sa.Column("charge_cents", sa.BigInteger, nullable=False),
        sa.Column("paid_cents", sa.BigInteger, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("remarks", sa.Text, nullable=False),
        sa.Column("favorable", sa.Boolean),
        sa.Column("rationale", sa.Text),
        sa.UniqueConstraint("claim_id", "number", name="appeal_line_once"),
    )
    op.create_table(
        "appeal_document",
        sa.Column("document_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("appeal_id", UUID(as_uuid=True), nullable=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("added_by", UUID(as_uuid=True), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
    )
    op.create_index("appeal_document_appeal", "appeal_document", ["appeal_id", "document_id"])
