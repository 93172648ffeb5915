"""Every query about reconsiderations. Reads for providers name the enrollment they are for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.persistence.unit_of_work import UnitOfWork
from services.appeals.reconsideration.tables import reconsideration, reconsideration_line


@dataclass(frozen=True, slots=True)
class Reconsideration:
    """A request for a reconsideration of an appeal and what became of it. `argument` is sealed."""

    appeal_id: UUID
    enrollment_id: UUID
    asked_by: UUID
    asked_at: datetime
    asked_until: date
    late: bool
    argument: str
    number: str
    received_at: datetime | None
    received_on: date | None
    outcome: str
    decided_at: datetime | None
    decided_on: date | None

    @property
    def state(self) -> str:
        """How it stands: on its way, with the QIC, or the outcome."""
        return self.outcome or ("received" if self.number else "sending")

    @property
    def came_late(self) -> bool:
        """Whether it was asked for in time and reached the QIC after the last day: it was away, or we were."""
        return not self.late and self.received_on is not None and self.received_on > self.asked_until


@dataclass(frozen=True, slots=True)
class Line:
    """A line before the QIC. `rationale` is sealed; both are missing until it is decided."""

    number: int
    favorable: bool | None
    rationale: str | None


_RECONSIDERATION = [reconsideration.c[name] for name in Reconsideration.__dataclass_fields__]
_LINE = [reconsideration_line.c[name] for name in Line.__dataclass_fields__]


def add(work: UnitOfWork, values: Mapping[str, Any], lines: Sequence[int]) -> None:
    """Store a new request about these lines."""
    of = {"appeal_id": values["appeal_id"], "enrollment_id": values["enrollment_id"]}
    work.insert(reconsideration, [values])
    work.insert(reconsideration_line, [{**of, "number": number} for number in lines])


async def find(work: UnitOfWork, appeal_id: UUID, enrollment_id: UUID) -> Reconsideration | None:
    """The reconsideration of an appeal, if it was asked for and belongs to the enrollment."""
    mine = (reconsideration.c.appeal_id == appeal_id) & (reconsideration.c.enrollment_id == enrollment_id)
    row = (await work.execute(sa.select(*_RECONSIDERATION).where(mine))).first()
    return None if row is None else Reconsideration(*tuple(row))


async def lock(work: UnitOfWork, appeal_id: UUID) -> Reconsideration:
    """The reconsideration as it is now, for this transaction alone to change. Raises `NoResultFound`."""
    statement = sa.select(*_RECONSIDERATION).where(reconsideration.c.appeal_id == appeal_id).with_for_update()
    return Reconsideration(*tuple((await work.execute(statement)).one()))


async def lines(work: UnitOfWork, appeal_id: UUID) -> list[Line]:
    """The lines of a reconsideration, in order."""
    statement = sa.select(*_LINE).where(reconsideration_line.c.appeal_id == appeal_id)
    return [Line(*tuple(row)) for row in await work.execute(statement.order_by(reconsideration_line.c.number))]


async def update(
    work: UnitOfWork,
    appeal_id: UUID,
    values: Mapping[str, Any],
    lines: Mapping[int, Mapping[str, Any]] | None = None,
) -> None:
    """Write what the QIC said: of the request, and of each of its lines."""
    await work.execute(sa.update(reconsideration).where(reconsideration.c.appeal_id == appeal_id).values(**values))
    for number, decided in (lines or {}).items():
        mine = (reconsideration_line.c.appeal_id == appeal_id) & (reconsideration_line.c.number == number)
        await work.execute(sa.update(reconsideration_line).where(mine).values(**decided))
