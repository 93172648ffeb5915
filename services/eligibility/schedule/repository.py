"""Every query about schedules. Each names the enrollment it is for; row security stands behind that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.eligibility.schedule.domain import CONFIRMED, NOT_ASKED, READ, SETTLED, TO_CORRECT, WAITING, RowState
from services.eligibility.schedule.tables import row, schedule


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule. `about` is sealed."""

    schedule_id: UUID
    enrollment_id: UUID
    made_by: UUID
    made_at: datetime
    state: str
    patients: int
    about: str


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One row of a schedule. `content` and `finding` are sealed; `place` is where it is listed."""

    row_id: UUID
    schedule_id: UUID
    number: int
    enrollment_id: UUID
    state: RowState
    place: int
    tries: int
    inquiry_id: UUID | None
    content: str
    finding: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of a schedule stand how."""

    by_state: Mapping[str, int]
    exceptional: int

    def __getitem__(self, state: RowState) -> int:
        """How many rows are in a state."""
        return self.by_state.get(state, 0)

    @property
    def asked(self) -> int:
        """How many were or are asked about."""
        return self[WAITING] + self[SETTLED]

    @property
    def left_out(self) -> int:
        """How many were not asked about."""
        return self[TO_CORRECT] + self[NOT_ASKED]


def _schedule(found: Any) -> Schedule:
    return Schedule(**found._mapping)  # noqa: SLF001 - the documented way to a row's columns by name


def _row(found: Any) -> StoredRow:
    return StoredRow(**found._mapping)  # noqa: SLF001 - as above


async def add(work: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Write a schedule down."""
    await work.execute(schedule.insert(), {**values})


async def add_rows(work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of a schedule down. All must name the same columns."""
    if rows:
        await work.execute(row.insert(), list(rows))


async def find(work: UnitOfWork, schedule_id: UUID, enrollment_id: UUID) -> Schedule | None:
    """The schedule, if it belongs to the enrollment."""
    rows = await work.execute(sa.select(schedule).where(*_named(schedule_id, enrollment_id)))
    found = rows.first()
    return None if found is None else _schedule(found)


async def hold(work: UnitOfWork, schedule_id: UUID, enrollment_id: UUID) -> Schedule | None:
    """As `find`; whoever else would change it waits until this transaction is over."""
    rows = await work.execute(sa.select(schedule).where(*_named(schedule_id, enrollment_id)).with_for_update())
    found = rows.first()
    return None if found is None else _schedule(found)


def _named(schedule_id: UUID, enrollment_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return schedule.c.schedule_id == schedule_id, schedule.c.enrollment_id == enrollment_id


async def confirm(work: UnitOfWork, schedule_id: UUID) -> None:
    """Say that HETS is asked."""
    await work.execute(sa.update(schedule).where(schedule.c.schedule_id == schedule_id).values(state=CONFIRMED))


_NEWEST = Order((schedule.c.made_at, schedule.c.schedule_id), schedule.c.schedule_id, descending=True)
_LISTED = Order((row.c.place, row.c.number), row.c.row_id)


async def newest(work: UnitOfWork, enrollment_id: UUID, place: Place) -> Page[Schedule]:
    """The schedules of an enrollment, the newest first."""
    within = schedule.c.enrollment_id == enrollment_id
    return await page_of(work, sa.select(schedule), _NEWEST, place, within=within, make=_schedule)


async def listed(work: UnitOfWork, schedule_id: UUID, enrollment_id: UUID, place: Place) -> Page[StoredRow]:
    """The rows of a schedule: what needs a look first."""
    within = sa.and_(row.c.schedule_id == schedule_id, row.c.enrollment_id == enrollment_id)
    return await page_of(work, sa.select(row), _LISTED, place, within=within, make=_row)


async def all_rows(work: UnitOfWork, schedule_id: UUID, enrollment_id: UUID) -> list[StoredRow]:
    """The rows of a schedule, in the order of its list."""
    mine = row.c.schedule_id == schedule_id, row.c.enrollment_id == enrollment_id
    return [_row(found) for found in await work.execute(sa.select(row).where(*mine).order_by(row.c.number))]


async def counts(work: UnitOfWork, schedule_ids: Sequence[UUID]) -> dict[UUID, Counts]:
    """How many rows of each schedule stand how. Each has a row at least."""
    exceptional = sa.func.count().filter(row.c.state == SETTLED, row.c.place == 0)
    rows = await work.execute(
        sa.select(row.c.schedule_id, row.c.state, sa.func.count().label("rows"), exceptional.label("exceptional"))
        .where(row.c.schedule_id.in_(schedule_ids))
        .group_by(row.c.schedule_id, row.c.state)
    )
    found: dict[UUID, Counts] = {}
    for each in rows:
        before = found.get(each.schedule_id, Counts({}, 0))
        states = {**before.by_state, each.state: each.rows}
        found[each.schedule_id] = Counts(states, before.exceptional + each.exceptional)
    return found


async def drop_rows(work: UnitOfWork, schedule_id: UUID, *, patients: int) -> None:
    """Delete the rows of a schedule, which has `patients` of them when they have been read again."""
    await work.execute(sa.delete(row).where(row.c.schedule_id == schedule_id))
    await work.execute(sa.update(schedule).where(schedule.c.schedule_id == schedule_id).values(patients=patients))


async def mark(work: UnitOfWork, changed: Sequence[Mapping[str, Any]]) -> None:
    """Write what came of rows: each names its `row_id`, `state`, `place`, `inquiry_id` and `finding`."""
    columns = ("state", "place", "inquiry_id", "finding")
    if changed:
        await work.execute(
            sa.update(row)
            .where(row.c.row_id == sa.bindparam("which"))
            .values({name: sa.bindparam(f"new_{name}") for name in columns}),
            [{"which": each["row_id"], **{f"new_{name}": each[name] for name in columns}} for each in changed],
        )


async def waiting_for(work: UnitOfWork, inquiry_id: UUID) -> list[StoredRow]:
    """The rows that wait for the outcome of an inquiry."""
    mine = row.c.inquiry_id == inquiry_id, row.c.state == WAITING
    rows = await work.execute(sa.select(row).where(*mine).order_by(row.c.number).with_for_update())
    return [_row(found) for found in rows]


async def ask_again(work: UnitOfWork, inquiry_id: UUID, following: UUID) -> None:
    """Let the rows of an inquiry wait for another, which asks with another spelling of the name."""
    mine = row.c.inquiry_id == inquiry_id, row.c.state == WAITING
    await work.execute(sa.update(row).where(*mine).values(inquiry_id=following, tries=row.c.tries + 1))


async def forget(work: UnitOfWork, *, unconfirmed_before: datetime, made_before: datetime) -> None:
    """Delete schedules that are old, and those that nobody confirmed."""
    forgotten = sa.and_(schedule.c.state == READ, schedule.c.made_at < unconfirmed_before)
    await work.execute(sa.delete(schedule).where(sa.or_(forgotten, schedule.c.made_at < made_before)))
