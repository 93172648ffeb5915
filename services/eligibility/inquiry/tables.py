"""Inquiries to HETS: who asked when for which enrollment, what came of it, and which wait for their turn."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from libs.common.sealing import Sealed
from services.eligibility.hets.domain import Question
from services.eligibility.metadata import metadata

QUESTION = Sealed("inquiry.question", Question, readers="eligibility")
ANSWER = Sealed("inquiry.answer", bytes, readers="eligibility")
"""Owner of both: the inquiry."""

# `question` and `answer` are sealed for this service and bound to the row: they name the beneficiary. `answer` is the
# 271 as it came, kept as evidence for some days only. `codes` are AAA reject reasons; `reason` is why there is no
# answer that can be used. `sent_at`, in real time, is when HETS may have been sent it; `question_digest`, keyed, is the
# same for the same question of the same user: by both it is not sent again too soon, and by its digest it is known when
# it is asked again. Those that were put in line have a lane and a turn, and how often they were called; `asked_at` is
# then when that was last. The same details on several days of one list count as one guess: that of the first.
inquiry = sa.Table(
    "inquiry",
    metadata,
    sa.Column("inquiry_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("asked_by", UUID(as_uuid=True), nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("trace", sa.Text, nullable=False, unique=True),
    sa.Column("beneficiary_token", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text),
    sa.Column("codes", sa.Text, nullable=False, server_default=""),
    sa.Column("answered_at", sa.DateTime(timezone=True)),
    sa.Column("sent_at", sa.DateTime(timezone=True)),
    sa.Column("question_digest", sa.LargeBinary, nullable=False, server_default=""),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("lane", sa.Text),
    sa.Column("turn", sa.BigInteger),
    sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("counts_as_guess", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.CheckConstraint(
        "state IN ('waiting', 'pending', 'answered', 'refused', 'unreadable', 'no-answer')", name="inquiry_state"
    ),
    sa.CheckConstraint("(lane IS NULL) = (turn IS NULL)", name="inquiry_in_line"),
    sa.Index("inquiry_enrollment", "enrollment_id", "asked_at"),
    sa.Index("inquiry_question", "question_digest", "asked_at"),
    sa.Index("inquiry_asker", "enrollment_id", "asked_by", "asked_at", "inquiry_id"),
    sa.Index("inquiry_pending", "asked_at", postgresql_where=sa.text("state = 'pending'")),
    sa.Index(
        "inquiry_unanswered",
        "question_digest",
        "sent_at",
        postgresql_where=sa.text("state IN ('pending', 'no-answer') AND sent_at IS NOT NULL"),
    ),
    sa.Index("inquiry_turn", "turn", "inquiry_id", postgresql_where=sa.text("state = 'waiting'")),
    sa.Index("inquiry_lane", "enrollment_id", "lane", "turn", postgresql_where=sa.text("state = 'waiting'")),
)

# How far the line has come: the turn of the last inquiry that was called. One row. It belongs to no enrollment: those
# who put something in line must know it, and see none of the inquiries of others.
line = sa.Table(
    "line",
    metadata,
    sa.Column("line", sa.SmallInteger, sa.CheckConstraint("line = 1", name="line_one"), primary_key=True),
    sa.Column("turn", sa.BigInteger, nullable=False),
)
