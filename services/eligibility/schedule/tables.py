"""Offices' schedules: who made each, and its rows with what came of them. All of it is kept as short as answers are."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from libs.common.sealing import Sealed
from services.eligibility.metadata import metadata
from services.eligibility.schedule.domain import Finding, Row


@dataclass(frozen=True, slots=True)
class About:
    """What is told of a schedule as a whole: who made it, and how its list was read."""

    made_by: str
    notes: tuple[str, ...] = ()


ABOUT = Sealed("schedule.about", About, readers="eligibility")
"""Owner: the schedule. Sealed, because the names of columns may be the first patient's."""
ROW = Sealed("schedule_row.content", Row, readers="eligibility")
FINDING = Sealed("schedule_row.finding", Finding, readers="eligibility")
"""Owner of both: the schedule and the number of the row."""

schedule = sa.Table(
    "schedule",
    metadata,
    sa.Column("schedule_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("made_by", UUID(as_uuid=True), nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("patients", sa.Integer, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.CheckConstraint("state IN ('read', 'confirmed')", name="schedule_state"),
    sa.Index("schedule_enrollment", "enrollment_id", "made_at", "schedule_id"),
    sa.Index("schedule_made", "made_at"),
)

# `inquiry_id` is the one asked last: rows of the same patient on the same day share it. `tries`: how many other
# spellings of the name were tried. `place` is where the row is listed.
row = sa.Table(
    "schedule_row",
    metadata,
    sa.Column("row_id", UUID(as_uuid=True), primary_key=True),
    sa.Column(
        "schedule_id", UUID(as_uuid=True), sa.ForeignKey(schedule.c.schedule_id, ondelete="CASCADE"), nullable=False
    ),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("place", sa.SmallInteger, nullable=False),
    sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("inquiry_id", UUID(as_uuid=True)),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("finding", sa.Text),
    sa.CheckConstraint(
        "state IN ('to-correct', 'ready', 'waiting', 'settled', 'not-asked')", name="schedule_row_state"
    ),
    sa.UniqueConstraint("schedule_id", "number", name="schedule_row_number"),
    sa.Index("schedule_row_place", "schedule_id", "place", "number"),
    sa.Index("schedule_row_inquiry", "inquiry_id", postgresql_where=sa.text("state = 'waiting'")),
)
