"""Submissions, claims, and the tables every service has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from libs.common.persistence.tables import enforce_row_security

revision = "0001"
down_revision = None


def upgrade() -> None:
    _submissions()
    _claims()
    for table in (
        "submission",
        "submission_finding",
        "acknowledgment",
        "claim",
        "claim_line",
        "claim_finding",
        "claim_status",
    ):
        enforce_row_security(op, table)


def _submissions() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("submission_number")))
    op.create_table(
        "submission",
        sa.Column("submission_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("submitted_by", UUID(as_uuid=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("verdict", sa.Text, nullable=False, server_default=""),
        sa.Column("claims_accepted", sa.Integer, nullable=False, server_default="0"),
        sa.Column("claims_rejected", sa.Integer, nullable=False, server_default="0"),
        sa.Column("first_control_number", sa.BigInteger),
        sa.Column("first_interchange_number", sa.BigInteger),
        sa.Column("next_chunk", sa.Integer, nullable=False, server_default="0"),
        sa.Column("claims_stored", sa.Integer, nullable=False, server_default="0"),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('received', 'processing', 'acknowledged')", name="submission_state"),
        sa.CheckConstraint("verdict IN ('', 'accepted', 'partial', 'rejected')", name="submission_verdict"),
    )
    op.create_index("submission_enrollment", "submission", ["enrollment_id", "submission_id"])
    op.create_table(
        "submission_finding",
        sa.Column("submission_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
    )
    op.create_table(
        "acknowledgment",
        sa.Column("submission_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.CheckConstraint("kind IN ('TA1', '999', '277CA')", name="acknowledgment_kind"),
    )
    op.create_table(
        "number_block",
        sa.Column("purpose", sa.Text, primary_key=True),
        sa.Column("next", sa.BigInteger, nullable=False),
    )


def _claims() -> None:
    op.create_table(
        "claim",
        sa.Column("claim_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("submission_id", UUID(as_uuid=True), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("status_code", sa.Text, nullable=False),
        sa.Column("internal_control_number", sa.Text),
        sa.Column("patient_control_number", sa.Text, nullable=False),
        sa.Column("patient", sa.Text, nullable=False),
        sa.Column("beneficiary_token", sa.Text, nullable=False),
        sa.Column("total_charge_cents", sa.BigInteger, nullable=False),
        sa.Column("service_from", sa.Date),
        sa.Column("service_to", sa.Date),
        sa.Column("billing_npi", sa.Text, nullable=False),
        sa.Column("rendering_npi", sa.Text, nullable=False),
        sa.Column("place_of_service", sa.Text, nullable=False),
        sa.Column("diagnoses", sa.Text, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("paid_cents", sa.BigInteger),
        sa.Column("finalized_on", sa.Date),
        sa.Column("status_version", sa.Integer, nullable=False, server_default="0"),
        sa.CheckConstraint(
            "state IN ('not-accepted', 'accepted', 'in-process', 'information-requested', 'returned', 'paid', 'denied',"
            " 'finalized')",
            name="claim_state",
        ),
    )
    op.create_index("claim_listed", "claim", ["enrollment_id", "submission_id", "ordinal"])
    op.create_index("claim_control_number", "claim", ["internal_control_number"], unique=True)
    op.create_index("claim_patient_control_number", "claim", ["enrollment_id", "patient_control_number"])
    op.create_table(
        "claim_line",
        sa.Column("claim_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("number", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("procedure", sa.Text, nullable=False),
        sa.Column("modifiers", sa.Text, nullable=False),
        sa.Column("charge_cents", sa.BigInteger, nullable=False),
        sa.Column("units_thousandths", sa.BigInteger, nullable=False),
        sa.Column("pointers", sa.Text, nullable=False),
        sa.Column("service_from", sa.Date),
        sa.Column("service_to", sa.Date),
    )
    op.create_table(
        "claim_finding",
        sa.Column("claim_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("number", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("status_code", sa.Text, nullable=False),
    )
    op.create_table(
        "claim_status",
        sa.Column("claim_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("status_code", sa.Text, nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("paid_cents", sa.BigInteger),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    )
