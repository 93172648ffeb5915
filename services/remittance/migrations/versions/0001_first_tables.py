"""Remittances, and the tables every service has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from libs.common.persistence.tables import enforce_row_security

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "remittance",
        sa.Column("remittance_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("trace_number", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("paid_cents", sa.BigInteger, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("payer", sa.Text, nullable=False),
        sa.Column("claims", sa.Integer, nullable=False),
        sa.Column("provider_adjustments", JSONB, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("enrollment_id", "trace_number", name="remittance_trace"),
    )
    op.create_index("remittance_enrollment", "remittance", ["enrollment_id", "issued_on"])
    op.create_table(
        "remitted_claim",
        sa.Column("remittance_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("claim_id", UUID(as_uuid=True)),
        sa.Column("internal_control_number", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("patient_control_number", sa.Text, nullable=False),
        sa.Column("patient", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("charge_cents", sa.BigInteger, nullable=False),
        sa.Column("paid_cents", sa.BigInteger, nullable=False),
        sa.Column("patient_responsibility_cents", sa.BigInteger, nullable=False),
        sa.Column("service_from", sa.Date),
        sa.Column("service_to", sa.Date),
        sa.Column("adjustments", JSONB, nullable=False),
        sa.Column("remarks", sa.Text, nullable=False),
    )
    op.create_index("remitted_claim_icn", "remitted_claim", ["internal_control_number"])
    op.create_index(
        "remitted_claim_patient_control_number", "remitted_claim", ["enrollment_id", "patient_control_number"]
    )
    op.create_table(
        "remitted_line",
        sa.Column("remittance_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("claim_number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("procedure", sa.Text, nullable=False),
        sa.Column("modifiers", sa.Text, nullable=False),
        sa.Column("charge_cents", sa.BigInteger, nullable=False),
        sa.Column("paid_cents", sa.BigInteger, nullable=False),
        sa.Column("units", sa.Text, nullable=False),
        sa.Column("service_from", sa.Date),
        sa.Column("service_to", sa.Date),
        sa.Column("adjustments", JSONB, nullable=False),
        sa.Column("remarks", sa.Text, nullable=False),
    )
    op.create_table(
        "known_claim",
        sa.Column("internal_control_number", sa.Text, primary_key=True),
        sa.Column("claim_id", UUID(as_uuid=True), nullable=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    )
    for table in ("remittance", "remitted_claim", "remitted_line", "known_claim"):
        enforce_row_security(op, table)
