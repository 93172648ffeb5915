"""Claims and what the shared system says about them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from libs.common.sealing import Sealed
from services.claims.metadata import metadata
from services.claims.status.domain import Patient

PATIENT = Sealed("claim.patient", Patient, readers="claims")
"""Owner: the claim."""

KEPT_YEARS = 10
"""How long claims are kept at least: as long as a false claim may be pursued (31 USC 3731(b)(2))."""
BY_MONTH = "RANGE (claim_id)"
"""An id begins with the time of its submission, so a claim and all that belongs to it stand in the same month."""

# `patient` is sealed for this service (AES-256-GCM, bound to the row): name, birth date, MBI. `units_thousandths`,
# because units may be parts and are no float. `status_version` is the sequence of the newest answer applied.
# An institutional claim, and only such a one, has a `type_of_bill`; it has no `place_of_service`. Each month has
# a unique index of its own over `internal_control_number`, made by the pattern of the default partition.
claim = sa.Table(
    "claim",
    metadata,
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
    sa.Column("attending_npi", sa.Text, nullable=False, server_default=""),
    sa.Column("place_of_service", sa.Text, nullable=False),
    sa.Column("type_of_bill", sa.Text, nullable=False, server_default=""),
    sa.Column("diagnoses", sa.Text, nullable=False),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("paid_cents", sa.BigInteger),
    sa.Column("finalized_on", sa.Date),
    sa.Column("pays_on", sa.Date),
    sa.Column("check_number", sa.Text, nullable=False, server_default=""),
    sa.Column("status_version", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint(
        "state IN ('not-accepted', 'accepted', 'split', 'in-process', 'information-requested', 'returned', 'paid',"
        " 'denied', 'finalized', 'adjusted')",
        name="claim_state",
    ),
    sa.Index("claim_listed", "enrollment_id", "submission_id", "ordinal"),
    sa.Index("claim_patient_control_number", "enrollment_id", "patient_control_number"),
    sa.Index("claim_charge", "enrollment_id", "total_charge_cents", "claim_id"),
    postgresql_partition_by=BY_MONTH,
    info={"kept_years": KEPT_YEARS},
)

# A claim whose days of service could not be read is sorted as the oldest: greatest() passes over what is NULL. Behind
# row security PostgreSQL searches an index by nothing that could leak, and takes coalesce() for something that could.
SERVICE_DAY = sa.func.greatest(claim.c.service_from, sa.literal_column("'-infinity'::date"), type_=sa.Date())
sa.Index("claim_service", claim.c.enrollment_id, SERVICE_DAY, claim.c.claim_id)
sa.Index("claim_of_file", claim.c.submission_id, claim.c.internal_control_number.is_not(None), claim.c.ordinal)

# `control_number` is the provider's own (REF*6R), empty where none was sent.
claim_line = sa.Table(
    "claim_line",
    metadata,
    sa.Column("claim_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("number", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("modifiers", sa.Text, nullable=False),
    sa.Column("charge_cents", sa.BigInteger, nullable=False),
    sa.Column("units_thousandths", sa.BigInteger, nullable=False),
    sa.Column("pointers", sa.Text, nullable=False),
    sa.Column("revenue_code", sa.Text, nullable=False, server_default=""),
    sa.Column("control_number", sa.Text, nullable=False, server_default=""),
    sa.Column("service_from", sa.Date),
    sa.Column("service_to", sa.Date),
    postgresql_partition_by=BY_MONTH,
    info={"kept_years": KEPT_YEARS},
)

# Why a claim was not accepted: never a value of the claim. `place`: segment and element, as they are looked for.
claim_finding = sa.Table(
    "claim_finding",
    metadata,
    sa.Column("claim_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("number", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False, server_default=""),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("status_code", sa.Text, nullable=False),
    postgresql_partition_by=BY_MONTH,
    info={"kept_years": KEPT_YEARS},
)

# `account` is all that was said of claim and lines at one time (domain `Account`); the columns are its first statement.
claim_status = sa.Table(
    "claim_status",
    metadata,
    sa.Column("claim_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("status_code", sa.Text, nullable=False),
    sa.Column("effective_on", sa.Date, nullable=False),
    sa.Column("paid_cents", sa.BigInteger),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("account", JSONB, nullable=False, server_default="{}"),
    postgresql_partition_by=BY_MONTH,
    info={"kept_years": KEPT_YEARS},
)
