"""Remittances, their claims and lines; and which claims of the portal they speak of."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, JSONB, UUID

from libs.common.sealing import Sealed
from services.remittance.advice.domain import Details
from services.remittance.metadata import metadata

DETAILS = Sealed("remitted_claim.details", Details, readers="remittance")
"""Owner: the remittance, and the number of the claim in it."""

KEPT_YEARS = 10
"""How long lines are kept at least: as long as the claims they pay."""

# What the shared system handed over and is not posted yet: the event as it came. Those of one payee (`lane`) are posted
# one after the other, in the order of `place`. `refused` says why one cannot be posted; it holds up its payee until an
# operator has decided.
waiting_advice = sa.Table(
    "waiting_advice",
    metadata,
    sa.Column("remittance_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("place", sa.BigInteger, sa.Identity(always=True), nullable=False),
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("headers", sa.Text, nullable=False),
    sa.Column("payload", BYTEA, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("refused", sa.Text, nullable=False, server_default=""),
    sa.Index("waiting_advice_lane", "lane", "place"),
)

# `enrollment_id` is NULL while a remittance is in quarantine (`quarantine` says why): nobody acts for it or sees it.
# `document` names the 835 as it came, `digest` is that of its content. `provider_adjustments`, `adjustments` and
# `facts` are lists of small objects, read whole.
remittance = sa.Table(
    "remittance",
    metadata,
    sa.Column("remittance_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True)),
    sa.Column("payee_npi", sa.Text, nullable=False),
    sa.Column("payee_tax_id", sa.Text, nullable=False),
    sa.Column("payee_ptan", sa.Text, nullable=False),
    sa.Column("quarantine", sa.Text, nullable=False, server_default=""),
    sa.Column("trace_number", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("paid_cents", sa.BigInteger, nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("payer", sa.Text, nullable=False),
    sa.Column("claims", sa.Integer, nullable=False),
    sa.Column("provider_adjustments", JSONB, nullable=False),
    sa.Column("payer_identifier", sa.Text, nullable=False, server_default=""),
    sa.Column("digest", sa.Text, nullable=False, server_default=""),
    sa.Column("facts", JSONB, nullable=False, server_default="[]"),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("enrollment_id", "payer_identifier", "trace_number", name="remittance_trace"),
    sa.Index("remittance_enrollment", "enrollment_id", "issued_on", "received_at", "remittance_id"),
)

# `details` (the patient, and what may name the patient) are sealed for this service and bound to the row. `outcome` is
# what became of the claim, one of the domain's `OUTCOMES`. `claim_id` is NULL while the portal does not know the
# claim. `sequence` counts the remittances of a claim from 1: its order, which no two of them share. A decision under a
# new ICN names the first one in `original_control_number` (REF*F8).
remitted_claim = sa.Table(
    "remitted_claim",
    metadata,
    sa.Column("remittance_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("enrollment_id", UUID(as_uuid=True)),
    sa.Column("claim_id", UUID(as_uuid=True)),
    sa.Column("internal_control_number", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("patient_control_number", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False, server_default="without-payment"),
    sa.Column("charge_cents", sa.BigInteger, nullable=False),
    sa.Column("paid_cents", sa.BigInteger, nullable=False),
    sa.Column("allowed_cents", sa.BigInteger),
    sa.Column("patient_responsibility_cents", sa.BigInteger, nullable=False),
    sa.Column("service_from", sa.Date),
    sa.Column("service_to", sa.Date),
    sa.Column("adjustments", JSONB, nullable=False),
    sa.Column("remarks", sa.Text, nullable=False),
    sa.Column("original_control_number", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("internal_control_number", "sequence", name="remitted_claim_sequence"),
    sa.Index(
        "remitted_claim_original", "original_control_number", postgresql_where=sa.text("original_control_number <> ''")
    ),
    sa.Index("remitted_claim_patient_control_number", "enrollment_id", "patient_control_number"),
)

# `number` is a place in the remittance and names no line: `control_number` (REF*6R) does, and `claim_line` is the line
# of the claim (LX01) it stands for; NULL while the portal does not know the claim, or when it has no such line.
# `received_at` is that of the remittance: by it, lines stand in months.
remitted_line = sa.Table(
    "remitted_line",
    metadata,
    sa.Column("remittance_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("claim_number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("enrollment_id", UUID(as_uuid=True)),
    sa.Column("control_number", sa.Text, nullable=False, server_default=""),
    sa.Column("claim_line", sa.Integer),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("modifiers", sa.Text, nullable=False),
    sa.Column("billed", sa.Text, nullable=False, server_default=""),
    sa.Column("charge_cents", sa.BigInteger, nullable=False),
    sa.Column("paid_cents", sa.BigInteger, nullable=False),
    sa.Column("allowed_cents", sa.BigInteger),
    sa.Column("denied", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("facts", JSONB, nullable=False, server_default="[]"),
    sa.Column("units", sa.Text, nullable=False),
    sa.Column("service_from", sa.Date),
    sa.Column("service_to", sa.Date),
    sa.Column("adjustments", JSONB, nullable=False),
    sa.Column("remarks", sa.Text, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), primary_key=True),
    postgresql_partition_by="RANGE (received_at)",
    info={"kept_years": KEPT_YEARS},
)

# From the status events of claims: whose claim an ICN is, and which lines it has, sealed as they came.
known_claim = sa.Table(
    "known_claim",
    metadata,
    sa.Column("internal_control_number", sa.Text, primary_key=True),
    sa.Column("claim_id", UUID(as_uuid=True), nullable=False),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("sealed_lines", sa.Text, nullable=False, server_default=""),
)
