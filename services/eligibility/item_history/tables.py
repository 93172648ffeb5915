"""Questions to the item history: who asked when for which enrollment, and what came of it."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from libs.common.sealing import Sealed
from services.eligibility.item_history.domain import Question
from services.eligibility.metadata import metadata

QUESTION = Sealed("item_check.question", Question, readers="eligibility")
ANSWER = Sealed("item_check.answer", bytes, readers="eligibility")
"""Owner of both: the check."""

# `question` and `answer` are sealed for this service and bound to the row: they name the beneficiary. `answer` is what
# the item history said, as it came, kept for some days only. `codes` say why it could not answer.
item_check = sa.Table(
    "item_check",
    metadata,
    sa.Column("check_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("asked_by", UUID(as_uuid=True), nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("trace", sa.Text, nullable=False, unique=True),
    sa.Column("beneficiary_token", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text),
    sa.Column("codes", sa.Text, nullable=False, server_default=""),
    sa.Column("answered_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("kind IN ('items', 'certificates')", name="item_check_kind"),
    sa.CheckConstraint(
        "state IN ('pending', 'answered', 'refused', 'unreadable', 'no-answer')", name="item_check_state"
    ),
    sa.Index("item_check_enrollment", "enrollment_id", "asked_at"),
    sa.Index("item_check_patient", "asked_by", "beneficiary_token", "asked_at"),
    sa.Index("item_check_pending", "asked_at", postgresql_where=sa.text("state = 'pending'")),
)
