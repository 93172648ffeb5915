"""Every query about remittances. What people ask names the enrollment; row security stands behind that."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from libs.common.contracts.envelope import Message, Received, headers_from_text, headers_to_text, open_envelope
from libs.common.contracts.partner import RemittanceAdvice
from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.remittance.advice.domain import (
    Adjustment,
    Fact,
    PostedClaim,
    PostedLine,
    ProviderAdjustment,
    Told,
    remittance_id_of,
    replaces,
)
from services.remittance.advice.tables import known_claim, remittance, remitted_claim, remitted_line, waiting_advice

_NEWEST_FIRST = Order(
    (remittance.c.issued_on, remittance.c.received_at, remittance.c.remittance_id),
    remittance.c.remittance_id,
    descending=True,
)
_BY_NUMBER = Order((remitted_claim.c.number,), remitted_claim.c.number)


@dataclass(frozen=True, slots=True)
class Remittance:
    """One remittance as it is stored."""

    remittance_id: UUID
    enrollment_id: UUID
    payee_npi: str
    payee_tax_id: str
    payee_ptan: str
    quarantine: str
    trace_number: str
    method: str
    paid_cents: int
    issued_on: date
    payer: str
    claims: int
    provider_adjustments: tuple[ProviderAdjustment, ...]
    payer_identifier: str
    digest: str
    facts: tuple[Fact, ...]
    document: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of a remittance as it is stored. `details` are sealed."""

    remittance_id: UUID
    number: int
    enrollment_id: UUID
    claim_id: UUID | None
    internal_control_number: str
    sequence: int
    patient_control_number: str
    details: str
    status: str
    outcome: str
    charge_cents: int
    paid_cents: int
    allowed_cents: int | None
    patient_responsibility_cents: int
    service_from: date | None
    service_to: date | None
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    original_control_number: str


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of one service line as it is stored; see the domain's `PostedLine`.

    `claim_line` is the line of the claim it stands for, None when it names none the claim has.
    """

    claim_number: int
    number: int
    control_number: str
    claim_line: int | None
    procedure: str
    modifiers: str
    billed: str
    charge_cents: int
    paid_cents: int
    allowed_cents: int | None
    units: str
    service_from: date | None
    service_to: date | None
    denied: bool
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A claim to store: its details sealed, the portal's claim where it is known, and its place among its remittances.

    `lines` gives the line of the portal's claim for each control number.
    """

    claim: PostedClaim
    claim_id: UUID | None
    sequence: int
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Known:
    """What the portal knows of a claim: its id, whose it is, and which lines it has, sealed as claims told it."""

    claim_id: UUID
    enrollment_id: UUID
    sealed_lines: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A remittance that the shared system handed over; `is_stored` when it is here already, in whatever state."""

    remittance_id: UUID
    received: Received[RemittanceAdvice]
    received_at: datetime
    is_stored: bool

    @property
    def event(self) -> RemittanceAdvice:
        """What was handed over."""
        return self.received.event

    @property
    def lane(self) -> str:
        """Whose queue it waits in."""
        return self.event.lane


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the claims of a remittance, in cents; `allowed_cents` is None when nothing is said of it."""

    charge_cents: int
    paid_cents: int
    allowed_cents: int | None
    patient_responsibility_cents: int


@dataclass(frozen=True, slots=True)
class RemittanceFilter:
    """Which remittances a list shows; empty fields do not restrict."""

    trace_number: str = ""
    issued_from: date | None = None
    issued_to: date | None = None
    paid_cents: int | None = None


_TOLD = (
    "remittance_id",
    "number",
    "internal_control_number",
    "original_control_number",
    "sequence",
    "outcome",
)
_LINE_COLUMNS = tuple(remitted_line.c[name] for name in Line.__slots__)


def _remittance(row: Any) -> Remittance:
    facts = dict(row._mapping)  # noqa: SLF001 - the documented way to a row's columns by name
    facts["provider_adjustments"] = tuple(ProviderAdjustment(**each) for each in facts["provider_adjustments"])
    return Remittance(**_with_facts(facts))


def _with_facts(columns: dict[str, Any]) -> dict[str, Any]:
    return columns | {"facts": tuple(Fact(*each) for each in columns["facts"])}


def _reasons(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {
        "adjustments": tuple(Adjustment(**each) for each in facts["adjustments"]),
        "remarks": tuple(facts["remarks"].split()),
    }


def _claim(row: Any) -> Claim:
    return Claim(**_reasons(dict(row._mapping)))  # noqa: SLF001 - as above


def _line(row: Any) -> Line:
    return Line(**_with_facts(_reasons(dict(row._mapping))))  # noqa: SLF001 - as above


async def add_waiting(work: UnitOfWork, received: Iterable[Received[RemittanceAdvice]]) -> None:
    """Keep remittances until they are posted; one that waits already waits once."""
    rows = [
        {
            "remittance_id": remittance_id_of(each.event.advice_id),
            "lane": each.event.lane,
            "headers": headers_to_text(each.message.headers),
            "payload": each.message.payload,
            "received_at": work.now,
        }
        for each in received
    ]
    await work.execute(insert(waiting_advice).on_conflict_do_nothing(), rows)


async def head(work: UnitOfWork, lane: str) -> Waiting | None:
    """The next remittance of a payee, unless there is none or it holds the payee up because it was refused."""
    stored = sa.exists().where(remittance.c.remittance_id == waiting_advice.c.remittance_id)
    rows = await work.execute(
        sa.select(waiting_advice, stored.label("is_stored"))
        .where(waiting_advice.c.lane == lane)
        .order_by(waiting_advice.c.place)
        .limit(1)
    )
    row = rows.first()
    if row is None or row.refused:
        return None
    message = Message(RemittanceAdvice.topic, lane, headers_from_text(row.headers), row.payload)
    return Waiting(row.remittance_id, open_envelope(message), row.received_at, row.is_stored)


async def take_head(work: UnitOfWork, waiting: Waiting) -> bool:
    """Take a remittance from the head of its queue, for this transaction to store. False when it is not there.

    Whatever leases say, two workers never post the same one, nor one before another that came earlier.
    """
    earlier = waiting_advice.alias()
    taken = await work.execute(
        sa.delete(waiting_advice).where(
            waiting_advice.c.remittance_id == waiting.remittance_id,
            waiting_advice.c.refused == "",
            ~sa.exists().where(earlier.c.lane == waiting_advice.c.lane, earlier.c.place < waiting_advice.c.place),
        )
    )
    return taken.rowcount == 1


async def refuse(work: UnitOfWork, waiting: Waiting, reason: str) -> None:
    """Write down why a remittance cannot be posted."""
    await work.execute(
        sa.update(waiting_advice).where(waiting_advice.c.remittance_id == waiting.remittance_id).values(refused=reason)
    )


async def hold_known(work: UnitOfWork) -> None:
    """Let no claim become known until this transaction ends, and wait for those that are about to.

    Whoever makes a claim known then finds the remittances that were posted without it. A claim and its remittance that
    come at the same moment would otherwise miss each other for ever. Postings do not wait for each other.
    """
    await work.execute(sa.text("LOCK TABLE known_claim IN SHARE MODE"))


async def with_trace(
    work: UnitOfWork, enrollment_id: UUID, payer_identifier: str, trace_number: str
) -> Remittance | None:
    """The remittance that has this number of a check or transfer from this payer."""
    found = await work.execute(
        sa.select(remittance).where(
            remittance.c.enrollment_id == enrollment_id,
            remittance.c.payer_identifier == payer_identifier,
            remittance.c.trace_number == trace_number,
        )
    )
    row = found.first()
    return None if row is None else _remittance(row)


def add(work: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Store a remittance, without its claims."""
    work.insert(remittance, [{**values, "facts": fact_documents(values["facts"])}])


def add_claims(
    work: UnitOfWork,
    remittance_id: UUID,
    enrollment_id: UUID | None,
    claims: Iterable[NewClaim],
    *,
    received_at: datetime,
) -> None:
    """Store claims of a remittance that came at `received_at`, with their lines."""
    whose = {"remittance_id": remittance_id, "enrollment_id": enrollment_id}
    for new in claims:
        work.insert(remitted_claim, [whose | _claim_values(new)])
        work.insert(
            remitted_line,
            [whose | _line_values(new, line) | {"received_at": received_at} for line in new.claim.lines],
        )


def _claim_values(new: NewClaim) -> dict[str, Any]:
    claim = new.claim
    return {
        "number": claim.number,
        "claim_id": new.claim_id,
        "internal_control_number": claim.internal_control_number,
        "sequence": new.sequence,
        "patient_control_number": claim.patient_control_number,
        "details": claim.details,
        "status": claim.status,
        "outcome": claim.outcome,
        "charge_cents": claim.charge_cents,
        "paid_cents": claim.paid_cents,
        "allowed_cents": claim.allowed_cents,
        "patient_responsibility_cents": claim.patient_responsibility_cents,
        "service_from": claim.service_from,
        "service_to": claim.service_to,
        "adjustments": _documents(claim.adjustments),
        "remarks": " ".join(claim.remarks),
        "original_control_number": claim.original_control_number,
    }


def _line_values(new: NewClaim, line: PostedLine) -> dict[str, Any]:
    return {
        "claim_number": new.claim.number,
        "number": line.number,
        "control_number": line.control_number,
        "claim_line": new.lines.get(line.control_number),
        "procedure": line.procedure,
        "modifiers": line.modifiers,
        "billed": line.billed,
        "charge_cents": line.charge_cents,
        "paid_cents": line.paid_cents,
        "allowed_cents": line.allowed_cents,
        "denied": line.denied,
        "facts": fact_documents(line.facts),
        "units": line.units,
        "service_from": line.service_from,
        "service_to": line.service_to,
        "adjustments": _documents(line.adjustments),
        "remarks": " ".join(line.remarks),
    }


def _documents(adjustments: Iterable[Adjustment]) -> list[dict[str, Any]]:
    """Adjustments as they are stored; written out, because `asdict` takes a third of the time of a large remittance."""
    return [
        {"group": each.group, "reason": each.reason, "amount_cents": each.amount_cents, "quantity": each.quantity}
        for each in adjustments
    ]


def fact_documents(facts: Iterable[Fact]) -> list[tuple[str, str, str]]:
    """Facts as they are stored."""
    return [(each.kind, each.code, each.value) for each in facts]


async def known(work: UnitOfWork, numbers: Iterable[str]) -> dict[str, Known]:
    """What the portal knows of each ICN; none is there of which it knows nothing."""
    wanted = sa.func.unnest(sa.bindparam("numbers", sorted(set(numbers)), ARRAY(sa.Text)))
    rows = await work.execute(
        sa.select(known_claim).where(known_claim.c.internal_control_number.in_(sa.select(wanted)))
    )
    return {row.internal_control_number: Known(row.claim_id, row.enrollment_id, row.sealed_lines) for row in rows}


async def sequences(work: UnitOfWork, numbers: Iterable[str]) -> dict[str, int]:
    """How often each ICN was remitted so far; none is left out that was."""
    wanted = sa.func.unnest(sa.bindparam("numbers", sorted(set(numbers)), ARRAY(sa.Text)))
    rows = await work.execute(
        sa.select(remitted_claim.c.internal_control_number, sa.func.max(remitted_claim.c.sequence).label("highest"))
        .where(remitted_claim.c.internal_control_number.in_(sa.select(wanted)))
        .group_by(remitted_claim.c.internal_control_number)
    )
    return {row.internal_control_number: int(row.highest) for row in rows}


async def keep_claims(work: UnitOfWork, claims: Iterable[Mapping[str, Any]]) -> set[str]:
    """Remember whose claim each ICN is and which lines it has; the ICNs that were not known before."""
    rows = sorted(claims, key=lambda each: str(each["internal_control_number"]))
    added = await work.execute(
        insert(known_claim).values(rows).on_conflict_do_nothing().returning(known_claim.c.internal_control_number)
    )
    return set(added.scalars())


async def claim_unmatched(work: UnitOfWork, numbers: Iterable[str]) -> list[tuple[Claim, date]]:
    """Match remitted claims that came before the portal knew them; each with the day of its remittance."""
    rows = await work.execute(
        sa.update(remitted_claim)
        .where(
            remitted_claim.c.internal_control_number == known_claim.c.internal_control_number,
            remitted_claim.c.enrollment_id == known_claim.c.enrollment_id,
            remitted_claim.c.claim_id.is_(None),
            remitted_claim.c.internal_control_number.in_(sorted(numbers)),
        )
        .values(claim_id=known_claim.c.claim_id)
        .returning(*remitted_claim.c)
    )
    claims = [_claim(row) for row in rows]
    days = await _days(work, {claim.remittance_id for claim in claims})
    return [(claim, days[claim.remittance_id]) for claim in sorted(claims, key=lambda each: each.sequence)]


async def _days(work: UnitOfWork, remittances: Iterable[UUID]) -> dict[UUID, date]:
    rows = await work.execute(
        sa.select(remittance.c.remittance_id, remittance.c.issued_on).where(
            remittance.c.remittance_id.in_(sorted(remittances))
        )
    )
    return {row.remittance_id: row.issued_on for row in rows}


def of_remittance(remittance_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    """The lines of a remittance, looked for in its month only."""
    month = sa.select(remittance.c.received_at).where(remittance.c.remittance_id == remittance_id)
    return remitted_line.c.remittance_id == remittance_id, remitted_line.c.received_at == month.scalar_subquery()


async def name_lines(work: UnitOfWork, claim: Claim, lines: Mapping[str, int]) -> None:
    """Write down which lines of the claim those of a remittance stand for."""
    for control_number, number in lines.items():
        await work.execute(
            sa.update(remitted_line)
            .where(
                *of_remittance(claim.remittance_id),
                remitted_line.c.claim_number == claim.number,
                remitted_line.c.control_number == control_number,
            )
            .values(claim_line=number)
        )


async def corrections(
    work: UnitOfWork, enrollment_id: UUID, claims: Iterable[Claim]
) -> dict[tuple[UUID, int], tuple[UUID, int]]:
    """Where the newest decision is that replaces each of `claims`; those that none replaces are left out.

    Keys and values are remittance and number.
    """
    asked = {(each.remittance_id, each.number): each for each in claims}
    numbers = {
        number
        for each in asked.values()
        for number in (each.internal_control_number, each.original_control_number)
        if number
    }
    wanted = sa.select(sa.func.unnest(sa.bindparam("numbers", sorted(numbers), ARRAY(sa.Text))))
    number, original = remitted_claim.c.internal_control_number, remitted_claim.c.original_control_number
    rows = await work.execute(
        sa.select(*(remitted_claim.c[name] for name in _TOLD), remittance.c.issued_on)
        .join(remittance, remittance.c.remittance_id == remitted_claim.c.remittance_id)
        .where(
            remitted_claim.c.enrollment_id == enrollment_id,
            sa.or_(number.in_(wanted), sa.and_(original != "", original.in_(wanted))),
        )
        .order_by(remittance.c.issued_on, remittance.c.received_at, remitted_claim.c.sequence)
    )
    told = [Told(**row._mapping) for row in rows]  # noqa: SLF001 - as above
    about: dict[str, list[Told]] = {}
    for each in told:
        if each.place in asked:
            for named in each.numbers:
                about.setdefault(named, []).append(each)
    # The newest comes last and is what is kept.
    return {
        earlier.place: decision.place
        for decision in told
        for named in decision.numbers
        for earlier in about.get(named, ())
        if replaces(decision, earlier)
    }


async def totals(work: UnitOfWork, remittance_id: UUID) -> Totals:
    """Sums over the claims of a remittance."""
    names = ("charge_cents", "paid_cents", "allowed_cents", "patient_responsibility_cents")
    sums: list[sa.ColumnElement[Any]] = [
        sa.cast(sa.func.sum(remitted_claim.c[name]), sa.BigInteger).label(name) for name in names
    ]
    row = (await work.execute(sa.select(*sums).where(remitted_claim.c.remittance_id == remittance_id))).one()
    return Totals(row.charge_cents or 0, row.paid_cents or 0, row.allowed_cents, row.patient_responsibility_cents or 0)


def _matching(wanted: RemittanceFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.trace_number:
        conditions.append(remittance.c.trace_number == wanted.trace_number)
    if wanted.issued_from:
        conditions.append(remittance.c.issued_on >= wanted.issued_from)
    if wanted.issued_to:
        conditions.append(remittance.c.issued_on <= wanted.issued_to)
    if wanted.paid_cents is not None:
        conditions.append(remittance.c.paid_cents == wanted.paid_cents)
    return conditions


async def newest(work: UnitOfWork, enrollment_id: UUID, wanted: RemittanceFilter, place: Place) -> Page[Remittance]:
    """The remittances that match, the newest first."""
    rows, mine = sa.select(remittance).where(*_matching(wanted)), remittance.c.enrollment_id == enrollment_id
    return await page_of(work, rows, _NEWEST_FIRST, place, within=mine, make=_remittance)


async def find(work: UnitOfWork, remittance_id: UUID, enrollment_id: UUID) -> Remittance | None:
    """The remittance, if it belongs to the enrollment."""
    rows = await work.execute(
        sa.select(remittance).where(
            remittance.c.remittance_id == remittance_id, remittance.c.enrollment_id == enrollment_id
        )
    )
    row = rows.first()
    return None if row is None else _remittance(row)


async def claims_of(work: UnitOfWork, remittance_id: UUID, place: Place) -> Page[Claim]:
    """The claims of a remittance, in its order: each is named by its number, from 1."""
    of_it = remitted_claim.c.remittance_id == remittance_id
    return await page_of(work, sa.select(remitted_claim), _BY_NUMBER, place, within=of_it, make=_claim)


async def find_claim(work: UnitOfWork, remittance_id: UUID, number: int, enrollment_id: UUID) -> Claim | None:
    """One claim of a remittance, if it belongs to the enrollment."""
    rows = await work.execute(
        sa.select(remitted_claim).where(
            remitted_claim.c.remittance_id == remittance_id,
            remitted_claim.c.number == number,
            remitted_claim.c.enrollment_id == enrollment_id,
        )
    )
    row = rows.first()
    return None if row is None else _claim(row)


async def lines_of(work: UnitOfWork, remittance_id: UUID, numbers: Sequence[int]) -> dict[int, list[Line]]:
    """The service lines of claims of a remittance, by the number of the claim."""
    rows = await work.execute(
        sa.select(*_LINE_COLUMNS)
        .where(*of_remittance(remittance_id), remitted_line.c.claim_number.in_(numbers))
        .order_by(remitted_line.c.claim_number, remitted_line.c.number)
    )
    found: dict[int, list[Line]] = {}
    for row in rows:
        line = _line(row)
        found.setdefault(line.claim_number, []).append(line)
    return found


async def addresses(work: UnitOfWork, enrollment_id: UUID, numbers: Iterable[str]) -> dict[str, tuple[UUID, int]]:
    """Where each ICN was remitted last: remittance, and number of the claim in it."""
    rows = await work.execute(
        sa.select(remitted_claim.c.internal_control_number, remitted_claim.c.remittance_id, remitted_claim.c.number)
        .where(
            remitted_claim.c.enrollment_id == enrollment_id,
            remitted_claim.c.internal_control_number.in_(sorted(set(numbers))),
        )
        .order_by(remitted_claim.c.sequence)
    )
    return {row.internal_control_number: (row.remittance_id, row.number) for row in rows}


async def newest_of_claim(work: UnitOfWork, enrollment_id: UUID, claim_id: UUID) -> Claim | None:
    """What the newest remittance says of a claim; `None` when there is none yet."""
    rows = await work.execute(
        sa.select(remitted_claim)
        .where(remitted_claim.c.enrollment_id == enrollment_id, remitted_claim.c.claim_id == claim_id)
        .order_by(remitted_claim.c.sequence.desc())
        .limit(1)
    )
    row = rows.first()
    return None if row is None else _claim(row)


async def by_number(work: UnitOfWork, enrollment_id: UUID, number: str, *, limit: int) -> list[Claim]:
    """Remitted claims with this ICN or patient control number, the newest first."""
    rows = await work.execute(
        sa.select(remitted_claim)
        .where(
            remitted_claim.c.enrollment_id == enrollment_id,
            sa.or_(
                remitted_claim.c.internal_control_number == number,
                remitted_claim.c.patient_control_number == number,
            ),
        )
        .order_by(remitted_claim.c.sequence.desc())
        .limit(limit)
    )
    return [_claim(row) for row in rows]
