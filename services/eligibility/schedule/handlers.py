"""Takes an office's schedule in, puts its patients in line for HETS, and writes down what came of each.

A list is read and shown first; nothing is asked before somebody confirms it. Then each row that is ready is an inquiry
in line. `settle` is told the outcome of each inquiry in the transaction that writes it down: a name that HETS does not
know is asked again in other usual spellings, a few only, and within the limit of guesses; everything else is settled.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from libs.common.errors import Rejected
from libs.common.messaging.subscriptions import Due
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.permit import Permit
from services.eligibility.conduct.domain import Asker
from services.eligibility.conduct.views import asker_of
from services.eligibility.enrollment.views import may_ask_sentence, not_enrolled
from services.eligibility.hets.domain import REFUSED
from services.eligibility.inquiry.domain import name_variants
from services.eligibility.inquiry.repository import Inquiry
from services.eligibility.inquiry.views import Opened
from services.eligibility.line.handlers import put_in_line
from services.eligibility.schedule import repository
from services.eligibility.schedule.domain import (
    CONFIRMED,
    NOT_ASKED,
    PATIENTS_ON_A_PAGE,
    READ,
    READY,
    SETTLED,
    TO_CORRECT,
    WAITING,
    Finding,
    Row,
    RowState,
    asked_once,
    checked_together,
    is_other_name,
    place_of,
    with_answer,
    without_answer,
)
from services.eligibility.schedule.processing import Reading
from services.eligibility.schedule.repository import Schedule, StoredRow
from services.eligibility.schedule.tables import ABOUT, FINDING, ROW, About
from services.eligibility.schedule.views import found, opened
from services.eligibility.settings import eligibility_settings

Each = TypeVar("Each")

SWEEP = "sweep-schedules"
"""The kind of due work that deletes old schedules."""

_SWEEP_EVERY = timedelta(hours=1)
_UNCONFIRMED = timedelta(days=1)
# Sealing and opening take some tens of microseconds each: others have their turn after so many.
_AT_ONCE = 100
# So many other spellings of a name are tried: the user has a guess left for what they find out themselves.
_OTHER_NAMES = 3
_LIMITED = Finding(
    "bad",
    "Not asked: too many questions about this Medicare number did not match",
    ("Check the patient's ID. You can ask about this number again tomorrow.",),
    ("limited",),
)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a row stands."""

    state: RowState
    inquiry_id: UUID | None = None
    finding: Finding | None = None


async def keep(permit: Permit, reading: Reading) -> UUID:
    """Write a list down as it was read, to be looked through. Its id."""
    standing = {each.number: _Standing(TO_CORRECT if each.faults else READY) for each in reading.rows}
    return await _keep(permit, reading, READ, standing)


async def keep_confirmed(permit: Permit, reading: Reading) -> UUID:
    """Write a list down and put all that is ready in line: for programs, which look through what was not."""
    standing = await _line_up(permit, reading.rows)
    schedule_id = await _keep(permit, reading, CONFIRMED, standing)
    permit.work.audit("ask", "schedule", schedule_id)
    return schedule_id


async def _keep(permit: Permit, reading: Reading, state: str, standing: Mapping[int, _Standing]) -> UUID:
    work, enrollment_id = permit.work, permit.enrollment.enrollment_id
    schedule_id = work.runtime.ids.new()
    about = About(permit.principal.name, reading.notes)
    await repository.add(
        work,
        {
            "schedule_id": schedule_id,
            "enrollment_id": enrollment_id,
            "made_by": permit.principal.user_id,
            "made_at": work.runtime.clock.business(),
            "state": state,
            "patients": len(reading.rows),
            "about": ABOUT.seal(work.runtime.keys, about, schedule_id),
        },
    )
    await _add_rows(work, schedule_id, enrollment_id, reading.rows, standing)
    work.audit("make", "schedule", schedule_id)
    return schedule_id


async def _add_rows(
    work: UnitOfWork, schedule_id: UUID, enrollment_id: UUID, rows: Iterable[Row], standing: Mapping[int, _Standing]
) -> None:
    for some in _some(rows):
        await repository.add_rows(
            work,
            [
                {
                    "row_id": row_id,
                    "schedule_id": schedule_id,
                    "number": each.number,
                    "enrollment_id": enrollment_id,
                    "content": ROW.seal(work.runtime.keys, each, schedule_id, each.number),
                    **_columns(work, schedule_id, each.number, standing[each.number]),
                }
                for row_id, each in zip(work.runtime.ids.batch(len(some)), some, strict=True)
            ],
        )


def _some(all_: Iterable[Each]) -> Iterator[list[Each]]:
    rest = iter(all_)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _columns(work: UnitOfWork, schedule_id: UUID, number: int, standing: _Standing) -> dict[str, Any]:
    finding = standing.finding
    return {
        "state": standing.state,
        "place": place_of(standing.state, finding),
        "inquiry_id": standing.inquiry_id,
        "finding": None if finding is None else FINDING.seal(work.runtime.keys, finding, schedule_id, number),
    }


def _changed(work: UnitOfWork, stored: StoredRow, standing: _Standing) -> dict[str, Any]:
    return {"row_id": stored.row_id, **_columns(work, stored.schedule_id, stored.number, standing)}


async def _line_up(permit: Permit, rows: Sequence[Row]) -> dict[int, _Standing]:
    """Put all rows that are ready in line, each patient once; how each row stands then, by its number."""
    if await may_ask_sentence(permit):
        raise not_enrolled(permit.work, permit.enrollment.npi)
    standing = {each.number: _Standing(TO_CORRECT) for each in rows if each.faults}
    enrollment_id = permit.enrollment.enrollment_id
    for some in _some(asked_once(rows).values()):
        ids = await put_in_line(permit.work, asker_of(permit), enrollment_id, [same[0].question() for same in some])
        for inquiry_id, same in zip(ids, some, strict=True):
            stands = _Standing(WAITING, inquiry_id) if inquiry_id else _Standing(NOT_ASKED, finding=_LIMITED)
            standing |= {each.number: stands for each in same}
        # Ten thousand at once would hold everybody up; and if a later part is refused, nobody was asked about.
        await permit.work.flush_audit()
    return standing


async def correct(permit: Permit, schedule_id: str, reading: Reading) -> None:
    """Take rows that were to be corrected as they read now, in the places of the first of them.

    Rows that are not there any more are left out. Raises `Rejected` (404, 409, 422).
    """
    work, one = permit.work, await _held(permit, schedule_id)
    stored = await repository.all_rows(work, one.schedule_id, one.enrollment_id)
    rows = [opened(work.runtime, each).row for each in stored]
    wrong = [each.number for each in rows if each.faults]
    beyond = len(reading.rows) - len(wrong)
    last = max((each.number for each in rows), default=0)
    numbers = [*wrong, *range(last + 1, last + 1 + max(beyond, 0))]
    again = [each.numbered(number) for each, number in zip(reading.rows, numbers, strict=False)]
    together = checked_together(
        sorted([*(each for each in rows if not each.faults), *again], key=lambda each: each.number)
    )
    if len(together) > PATIENTS_ON_A_PAGE:
        sentence = f"The list would have {len(together)} patients; {PATIENTS_ON_A_PAGE} are taken at once. Remove some."
        raise Rejected("form-invalid", sentence, fields={"rows": sentence})
    await repository.drop_rows(work, one.schedule_id, patients=len(together))
    standing = {each.number: _Standing(TO_CORRECT if each.faults else READY) for each in together}
    await _add_rows(work, one.schedule_id, one.enrollment_id, together, standing)
    work.audit("make", "schedule", one.schedule_id)


async def confirm(permit: Permit, schedule_id: str) -> None:
    """Ask HETS about every row that is ready; the others are left out. Raises `Rejected` (404, 409)."""
    work, one = permit.work, await _held(permit, schedule_id)
    stored = await repository.all_rows(work, one.schedule_id, one.enrollment_id)
    standing = await _line_up(permit, [opened(work.runtime, each).row for each in stored])
    await repository.mark(work, [_changed(work, each, standing[each.number]) for each in stored])
    await repository.confirm(work, one.schedule_id)
    work.audit("ask", "schedule", one.schedule_id)


async def _held(permit: Permit, schedule_id: str) -> Schedule:
    """A schedule that nobody has confirmed yet."""
    one = await found(permit, schedule_id)
    held = await repository.hold(permit.work, one.schedule_id, one.enrollment_id)
    if held is None or held.state != READ:
        raise Rejected(
            "form-outdated", "These patients are being checked already. Open the schedule again.", status=409
        )
    return held


async def settle(work: UnitOfWork, asker: Asker | None, inquiry: Inquiry, outcome: Opened | None) -> None:
    """Write down what came of an inquiry, if rows of a schedule wait for it; or ask by another spelling of the name."""
    rows = await repository.waiting_for(work, inquiry.inquiry_id)
    if not rows:
        return
    row = opened(work.runtime, rows[0]).row
    if asker and inquiry.state == REFUSED and is_other_name(inquiry.reasons):
        following = await _ask_as(work, asker, rows[0], row)
        if following is not None:
            await repository.ask_again(work, inquiry.inquiry_id, following)
            return
    finding = _finding(inquiry, outcome, row)
    standing = ((each, _Standing(SETTLED, each.inquiry_id, finding)) for each in rows)
    await repository.mark(work, [_changed(work, *each) for each in standing])


def _finding(inquiry: Inquiry, outcome: Opened | None, row: Row) -> Finding:
    if outcome is None or outcome.answer is None:
        return without_answer(inquiry.state, outcome.refusals if outcome else ())
    return with_answer(outcome.answer, outcome.question, row)


async def _ask_as(work: UnitOfWork, asker: Asker, stored: StoredRow, row: Row) -> UUID | None:
    """Put the next spelling of the name in line; None when all were tried, or nothing more may be asked."""
    variants = name_variants(row.question())[:_OTHER_NAMES]
    if stored.tries >= len(variants):
        return None
    try:
        [following] = await put_in_line(work, asker, stored.enrollment_id, [variants[stored.tries]])
    except Rejected:
        return None
    return following


async def sweep(work: UnitOfWork, _due: Due) -> None:
    """Delete schedules with their rows: as soon as their answers, and the next day when nobody confirmed them."""
    now = work.runtime.clock.business()
    kept = timedelta(days=eligibility_settings().answer_days)
    await repository.forget(work, unconfirmed_before=now - _UNCONFIRMED, made_before=now - kept)
    await work.schedule(SWEEP, "all", work.now + _SWEEP_EVERY)
