"""The copies of what was decided about claims, and the appeals of it."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from libs.common.sealing import Sealed
from services.appeals.letters.domain import Letter
from services.appeals.metadata import metadata
from services.appeals.redetermination.domain import Argument

ARGUMENT = Sealed("appeal.argument", Argument, readers="appeals")
LETTER = Sealed("appeal.letter", Letter, readers="appeals")
"""Owner of both: the appeal."""
RATIONALE = Sealed("appeal_line.rationale", str, readers="appeals")
"""Owner: the appeal, and the number of the line."""
DRAFT = Sealed("draft.redetermination", dict[str, str], readers="appeals")
"""What was typed into the form. Owner: who typed it, the enrollment, and what it is about."""

# `sealed_facts` is as claims sealed it (patient, lines); it is opened when somebody looks, and that is audited.
# `told_at` is the time of the event: the newest stays.
finalized_claim = sa.Table(
    "finalized_claim",
    metadata,
    sa.Column("claim_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("internal_control_number", sa.Text, nullable=False),
    sa.Column("finalized_on", sa.Date, nullable=False),
    sa.Column("sealed_facts", sa.Text, nullable=False),
    sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("finalized_claim_control_number", "enrollment_id", "internal_control_number"),
)

# What the newest remittance says: the highest `sequence` stays. `lines` and `whole` hold amounts and public codes, as
# the repository reads them.
remitted_claim = sa.Table(
    "remitted_claim",
    metadata,
    sa.Column("claim_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("internal_control_number", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("remitted_on", sa.Date, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("whole", JSONB, nullable=False),
    sa.Column("lines", JSONB, nullable=False),
    sa.Index("remitted_claim_control_number", "enrollment_id", "internal_control_number"),
)

# The number people see: `A-2611-000123`. One sequence, so it never repeats.
appeal_number = sa.Sequence("appeal_number", metadata=metadata)

# `filed_at` decides whether it was in time; `received_on`, its business day, begins the 60 days of work. `argument`
# (requester, explanation, good cause) and `letter` are sealed for this service. `outcome` is empty until decided.
# `next_level`: whether a reconsideration was asked for, and its outcome.
appeal = sa.Table(
    "appeal",
    metadata,
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
    sa.Column("next_level", sa.Text, nullable=False, server_default=""),
    sa.CheckConstraint("outcome IN ('', 'favorable', 'partially-favorable', 'unfavorable')", name="appeal_outcome"),
    sa.CheckConstraint("(outcome = '') = (decided_on IS NULL)", name="appeal_decided"),
    sa.CheckConstraint(
        "next_level IN ('', 'asked', 'favorable', 'partially-favorable', 'unfavorable')", name="appeal_next_level"
    ),
    sa.Index("appeal_enrollment", "enrollment_id", "appeal_id"),
    sa.Index("appeal_claim", "claim_id"),
    sa.Index("appeal_due", "outcome", "decide_by", "appeal_id"),
    sa.Index("appeal_decide_by", "decide_by", "appeal_id"),
)

# A line as its notice showed it when the appeal came; one request for each line, ever. `rationale` is sealed.
appeal_line = sa.Table(
    "appeal_line",
    metadata,
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
