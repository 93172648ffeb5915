"""Every query about claims. Reads name the enrollment they are for; row security stands behind that."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from libs.common.ids import first_id
from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.claims.status.domain import FINAL_STATES, Account
from services.claims.status.tables import SERVICE_DAY, claim, claim_finding, claim_line, claim_status
from services.claims.submission.domain import day_of_number

T = TypeVar("T")
Records = tuple[Sequence[str], Sequence[tuple[Any, ...]]]
"""Columns, and records in their order."""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim as lists show it. `patient` is sealed."""

    claim_id: UUID
    submission_id: UUID
    ordinal: int
    state: str
    internal_control_number: str | None
    patient_control_number: str
    total_charge_cents: int
    paid_cents: int | None
    service_from: date | None
    service_to: date | None
    received_on: date
    finalized_on: date | None
    pays_on: date | None
    check_number: str
    patient: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A whole claim. `patient` is sealed. An institutional claim has a `type_of_bill`, no `place_of_service`."""

    claim_id: UUID
    submission_id: UUID
    ordinal: int
    enrollment_id: UUID
    state: str
    category: str
    status_code: str
    internal_control_number: str | None
    patient_control_number: str
    patient: str
    beneficiary_token: str
    total_charge_cents: int
    service_from: date | None
    service_to: date | None
    billing_npi: str
    rendering_npi: str
    attending_npi: str
    place_of_service: str
    type_of_bill: str
    diagnoses: str
    received_on: date
    paid_cents: int | None
    finalized_on: date | None
    pays_on: date | None
    check_number: str
    status_version: int


@dataclass(frozen=True, slots=True)
class Line:
    """One service line. `control_number` is the provider's own (REF*6R), empty where none was sent."""

    number: int
    procedure: str
    modifiers: str
    charge_cents: int
    units_thousandths: int
    pointers: str
    revenue_code: str
    control_number: str
    service_from: date | None
    service_to: date | None


@dataclass(frozen=True, slots=True)
class ClaimFinding:
    """Why a claim was not accepted, which field to correct, and where it is in the file."""

    code: str
    field: str
    sentence: str
    place: str
    category: str
    status_code: str


@dataclass(frozen=True, slots=True)
class StatusStep:
    """What the shared system said at one time: category and code of its first statement, and all of it."""

    version: int
    category: str
    status_code: str
    effective_on: date
    paid_cents: int | None
    received_at: datetime
    account: Account


@dataclass(frozen=True, slots=True)
class NewStatus:
    """What the shared system says about one claim. The higher `version` is the newer."""

    internal_control_number: str
    version: int
    state: str
    category: str
    status_code: str
    effective_on: date
    paid_cents: int
    finalized_on: date | None
    pays_on: date | None
    check_number: str
    account: Account


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """Which claims a list shows; empty fields do not restrict. A claim counts whose services touch the days."""

    state: str = ""
    received_from: date | None = None
    received_to: date | None = None
    submission_id: UUID | None = None
    service_from: date | None = None
    service_to: date | None = None


_LISTED = [claim.c[name] for name in ClaimRow.__dataclass_fields__]
_LINE = [claim_line.c[name] for name in Line.__dataclass_fields__]
_FINDING = [claim_finding.c[name] for name in ClaimFinding.__dataclass_fields__]
_STEP = [claim_status.c[name] for name in StatusStep.__dataclass_fields__]
_ACCOUNT = TypeAdapter(Account)
# A claim may arrive so long before the business day it counts as received on.
_LONGEST_WEEKEND = timedelta(days=7)
# A claim that was not accepted has no ICN, and never gets one.
_TO_CORRECT_LAST = claim.c.internal_control_number.is_not(None)
ORDERS: Mapping[str, Order] = {
    "received": Order((claim.c.submission_id, claim.c.ordinal), claim.c.claim_id),
    "service": Order((SERVICE_DAY, claim.c.claim_id), claim.c.claim_id),
    "charge": Order((claim.c.total_charge_cents, claim.c.claim_id), claim.c.claim_id),
}
NEWEST_FIRST = replace(ORDERS["received"], descending=True)
_OF_A_FILE = Order((_TO_CORRECT_LAST, claim.c.ordinal), claim.c.claim_id)


def _read(kind: Callable[..., T], rows: Iterable[Any]) -> list[T]:
    return [kind(*row) for row in rows]


async def control_numbers(work: UnitOfWork, submission_id: UUID, enrollment_id: UUID) -> dict[int, str]:
    """The internal control number of each accepted claim of a submission, by its ordinal.

    They come as two arrays side by side: tens of thousands of rows would take several times the memory.
    """
    found = await work.execute(
        sa.select(sa.func.array_agg(claim.c.ordinal), sa.func.array_agg(claim.c.internal_control_number)).where(
            claim.c.enrollment_id == enrollment_id,
            claim.c.submission_id == submission_id,
            claim.c.internal_control_number.is_not(None),
        )
    )
    row: Any = found.one()
    return dict(zip(row[0] or (), row[1] or (), strict=True))


async def store(work: UnitOfWork, claims: Records, lines: Records, findings: Records) -> None:
    """Store new claims with their lines, and what was found wrong with them."""
    await work.copy(claim, *claims)
    await work.copy(claim_line, *lines)
    if findings[1]:
        await work.copy(claim_finding, *findings)


def _matching(wanted: ClaimFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.state:
        conditions.append(claim.c.state == wanted.state)
    if wanted.received_from:
        conditions.append(claim.c.received_on >= wanted.received_from)
    if wanted.received_to:
        conditions.append(claim.c.received_on <= wanted.received_to)
    if wanted.service_from:
        conditions.append(claim.c.service_to >= wanted.service_from)
    if wanted.service_to:
        conditions.append(claim.c.service_from <= wanted.service_to)
    if wanted.submission_id:
        conditions.append(claim.c.submission_id == wanted.submission_id)
    return conditions


async def listed(
    work: UnitOfWork, enrollment_id: UUID, wanted: ClaimFilter, place: Place, order: Order = NEWEST_FIRST
) -> Page[ClaimRow]:
    """The claims that match, sorted by one of `ORDERS`."""
    rows = sa.select(*_LISTED).where(*_matching(wanted))
    mine = claim.c.enrollment_id == enrollment_id
    return await page_of(work, rows, order, place, within=mine, make=_claim_row)


async def of_submission(work: UnitOfWork, enrollment_id: UUID, submission_id: UUID, place: Place) -> Page[ClaimRow]:
    """Claims of one file: those to correct first, then in file order."""
    of_it = sa.and_(claim.c.enrollment_id == enrollment_id, claim.c.submission_id == submission_id)
    return await page_of(work, sa.select(*_LISTED), _OF_A_FILE, place, within=of_it, make=_claim_row)


def _claim_row(row: Any) -> ClaimRow:
    return ClaimRow(*row)


async def by_number(work: UnitOfWork, enrollment_id: UUID, number: str, *, limit: int) -> list[ClaimRow]:
    """Claims with this internal control number or patient control number, the newest first."""
    statement = (
        sa.select(*_LISTED)
        .where(
            claim.c.enrollment_id == enrollment_id,
            sa.or_(claim.c.internal_control_number == number, claim.c.patient_control_number == number),
        )
        .order_by(claim.c.submission_id.desc(), claim.c.ordinal)
        .limit(limit)
    )
    return _read(ClaimRow, await work.execute(statement))


async def find(work: UnitOfWork, claim_id: UUID, enrollment_id: UUID) -> Claim | None:
    """The claim, if it belongs to the enrollment."""
    statement = sa.select(claim).where(claim.c.claim_id == claim_id, claim.c.enrollment_id == enrollment_id)
    row = (await work.execute(statement)).first()
    return _read(Claim, [row])[0] if row else None


async def lines(work: UnitOfWork, claim_id: UUID) -> list[Line]:
    """The service lines of a claim."""
    statement = sa.select(*_LINE).where(claim_line.c.claim_id == claim_id).order_by(claim_line.c.number)
    return _read(Line, await work.execute(statement))


async def findings(work: UnitOfWork, claim_ids: Sequence[UUID]) -> dict[UUID, list[ClaimFinding]]:
    """Why claims were not accepted, by claim."""
    if not claim_ids:
        return {}
    statement = (
        sa.select(claim_finding.c.claim_id, *_FINDING)
        .where(claim_finding.c.claim_id.in_(claim_ids))
        .order_by(claim_finding.c.claim_id, claim_finding.c.number)
    )
    found: dict[UUID, list[ClaimFinding]] = {}
    for row in await work.execute(statement):
        found.setdefault(row[0], []).extend(_read(ClaimFinding, [row[1:]]))
    return found


@dataclass(frozen=True, slots=True)
class Correction:
    """A fault of a claim with what tells the claim in its file. `number` counts the faults of the claim."""

    ordinal: int
    number: int
    patient_control_number: str
    code: str
    field: str
    sentence: str
    place: str
    category: str
    status_code: str


async def corrections(
    work: UnitOfWork, submission_id: UUID, enrollment_id: UUID, *, after: tuple[int, int], limit: int
) -> list[Correction]:
    """Faults of claims of a file in its order, those behind the fault `after` (ordinal of its claim, number)."""
    of_claim = ("ordinal", "patient_control_number")
    statement = (
        sa.select(*((claim if name in of_claim else claim_finding).c[name] for name in Correction.__dataclass_fields__))
        .join(claim_finding, claim_finding.c.claim_id == claim.c.claim_id)
        .where(
            claim.c.submission_id == submission_id,
            claim.c.enrollment_id == enrollment_id,
            sa.tuple_(claim.c.ordinal, claim_finding.c.number) > after,
        )
        .order_by(claim.c.ordinal, claim_finding.c.number)
        .limit(limit)
    )
    return _read(Correction, await work.execute(statement))


async def fault_groups(work: UnitOfWork, submission_id: UUID, enrollment_id: UUID) -> list[tuple[str, int]]:
    """Which fields are wrong in the claims of a file, and in how many claims, the most frequent first."""
    number = sa.func.count(claim_finding.c.claim_id.distinct())
    statement = (
        sa.select(claim_finding.c.field, number)
        .join(claim, claim.c.claim_id == claim_finding.c.claim_id)
        .where(claim.c.submission_id == submission_id, claim.c.enrollment_id == enrollment_id)
        .group_by(claim_finding.c.field)
        .order_by(number.desc(), claim_finding.c.field)
    )
    return [tuple(row) for row in await work.execute(statement)]


async def steps(work: UnitOfWork, claim_id: UUID) -> list[StatusStep]:
    """What the shared system said about a claim, the newest first."""
    statement = sa.select(*_STEP).where(claim_status.c.claim_id == claim_id).order_by(claim_status.c.version.desc())
    found = _read(StatusStep, await work.execute(statement))
    return [replace(each, account=_ACCOUNT.validate_python(each.account)) for each in found]


async def apply(work: UnitOfWork, news: Sequence[NewStatus]) -> list[tuple[Claim, NewStatus]]:
    """Take over what the shared system says, and keep it as history.

    At most one status for each claim. An answer that is not newer than what is known changes nothing. Returns the
    claims that changed, with their new status; a control number nobody knows is left out.
    """
    by_number = {each.internal_control_number: each for each in news}
    changed = await _take_over(work, news, _months_of(work, by_number))
    missed = by_number.keys() - {each.internal_control_number for each in changed}
    if missed:
        # Not where its number says: business time was moved, or there is nothing new.
        changed += await _take_over(work, [by_number[number] for number in sorted(missed)], ())
    result = [(each, by_number[each.internal_control_number or ""]) for each in changed]
    work.insert(
        claim_status,
        [
            {
                "claim_id": each.claim_id,
                "version": status.version,
                "enrollment_id": each.enrollment_id,
                "category": status.category,
                "status_code": status.status_code,
                "effective_on": status.effective_on,
                "paid_cents": status.paid_cents,
                "received_at": work.runtime.clock.business(),
                "account": _ACCOUNT.dump_python(status.account, mode="json"),
            }
            for each, status in result
        ],
    )
    return result


def _months_of(work: UnitOfWork, numbers: Iterable[str]) -> tuple[sa.ColumnElement[bool], ...]:
    """Where claims with these control numbers lie: a number names the business day, an id begins with the time."""
    days = [day for each in numbers if (day := day_of_number(each)) is not None]
    if not days:
        return ()
    first, last = (
        datetime(day.year, day.month, day.day, tzinfo=UTC) - work.runtime.clock.offset()
        for day in (min(days), max(days))
    )
    return claim.c.claim_id >= first_id(first - _LONGEST_WEEKEND), claim.c.claim_id < first_id(last + timedelta(days=2))


async def _take_over(
    work: UnitOfWork, news: Sequence[NewStatus], within: Sequence[sa.ColumnElement[bool]]
) -> list[Claim]:
    """Write what is newer into the claims `within`, in one statement; those that changed."""
    columns: dict[str, tuple[sa.types.TypeEngine[Any], list[Any]]] = {
        "icn": (sa.Text(), [each.internal_control_number for each in news]),
        "version": (sa.Integer(), [each.version for each in news]),
        "state": (sa.Text(), [each.state for each in news]),
        "category": (sa.Text(), [each.category for each in news]),
        "status_code": (sa.Text(), [each.status_code for each in news]),
        "paid_cents": (sa.BigInteger(), [each.paid_cents for each in news]),
        "finalized_on": (sa.Date(), [each.finalized_on for each in news]),
        "pays_on": (sa.Date(), [each.pays_on for each in news]),
        "check_number": (sa.Text(), [each.check_number for each in news]),
    }
    told = (
        sa.func.unnest(*(sa.bindparam(None, values, ARRAY(kind)) for kind, values in columns.values()))
        .table_valued(*(sa.column(name, kind) for name, (kind, _) in columns.items()))
        .render_derived(name="told")
    )
    final = told.c.state.in_(sorted(FINAL_STATES))
    statement = (
        sa.update(claim)
        .where(claim.c.internal_control_number == told.c.icn, claim.c.status_version < told.c.version, *within)
        .values(
            state=told.c.state,
            category=told.c.category,
            status_code=told.c.status_code,
            status_version=told.c.version,
            paid_cents=sa.case((final, told.c.paid_cents), else_=claim.c.paid_cents),
            finalized_on=sa.case((final, told.c.finalized_on), else_=claim.c.finalized_on),
            pays_on=told.c.pays_on,
            check_number=told.c.check_number,
        )
        .returning(claim)
    )
    return _read(Claim, await work.execute(statement))


async def lines_of(work: UnitOfWork, claim_ids: Sequence[UUID]) -> dict[UUID, list[Line]]:
    """The service lines of many claims."""
    if not claim_ids:
        return {}
    ids = sa.func.unnest(sa.bindparam("ids", list(claim_ids), ARRAY(UUID_TYPE(as_uuid=True))))
    statement = (
        sa.select(claim_line.c.claim_id, *_LINE)
        # The months in which they lie: without them each claim would be looked for in every one.
        .where(claim_line.c.claim_id.in_(sa.select(ids)), claim_line.c.claim_id.between(min(claim_ids), max(claim_ids)))
        .order_by(claim_line.c.claim_id, claim_line.c.number)
    )
    found: dict[UUID, list[Line]] = {}
    for row in await work.execute(statement):
        found.setdefault(row[0], []).extend(_read(Line, [row[1:]]))
    return found
