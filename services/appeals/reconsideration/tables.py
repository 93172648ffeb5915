"""Requests for reconsiderations, one for each redetermination, and what the QIC decided."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from libs.common.sealing import Sealed
from services.appeals.metadata import metadata
from services.appeals.redetermination.domain import Argument

ARGUMENT = Sealed("reconsideration.argument", Argument, readers="appeals")
"""Owner: the appeal."""
RATIONALE = Sealed("reconsideration_line.rationale", str, readers="appeals")
"""Owner: the appeal, and the number of the line."""
DRAFT = Sealed("draft.reconsideration", dict[str, str], readers="appeals")
"""What was typed into the form. Owner: who typed it, the enrollment, and what it is about."""

# One for each appeal, ever; its id is that of the appeal. `argument` (requester, explanation, good cause) is sealed for
# this service. `number` is the QIC's own, empty until it has the request; `outcome` is empty until it decided.
reconsideration = sa.Table(
    "reconsideration",
    metadata,
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

# A line that was not granted at the first level. `rationale` is the QIC's and sealed: it may name the patient.
reconsideration_line = sa.Table(
    "reconsideration_line",
    metadata,
    sa.Column("appeal_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("favorable", sa.Boolean),
    sa.Column("rationale", sa.Text),
)
