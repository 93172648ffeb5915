"""Looks into a service's audit trail for an auditor: by time, person, action and object; and who saw one patient.

Nothing of a patient stands in the trail: objects are ids. Which objects are about a patient each service says itself
(`Concerned`), from the keyed token of a Medicare number, or from the ids of claims.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from libs.common.audit_records import CATALOG, RECORDS
from libs.common.ids import first_id
from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.tables import AUDIT_KEPT_YEARS, audit
from libs.common.persistence.unit_of_work import UnitOfWork

Concerned = Callable[[str, Sequence[UUID]], Mapping[str, sa.Select[Any]]]
"""From the token of a patient, and the ids of the patient's claims as far as they are known: a statement for each kind
of object that gives the ids of those about the patient, as texts, as the trail has them."""

CLAIMS = "claim"
"""The kind of object whose ids lead on to other services."""

_NEWEST = Order((audit.c.audit_id,), audit.c.audit_id, descending=True)
_SENT = frozenset({("send-to-qic", "appeal")})
_SHOWN = sa.or_(
    *(
        sa.and_(audit.c.action == each.action, audit.c.object_kind == each.kind)
        for each in RECORDS
        if each.shows or (each.action, each.kind) in _SENT
    )
)

ACTIONS = tuple(sorted({each.action for each in RECORDS}))
KINDS = tuple(sorted({each.kind for each in RECORDS}))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, in the contractor's days from `since` to `until`; what is empty is not asked."""

    since: date
    until: date
    actor: str = ""
    action: str = ""
    kind: str = ""
    object_id: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One audit record."""

    audit_id: UUID
    at: datetime
    action: str
    object_kind: str
    object_id: str
    outcome: str
    reason: str
    actor: str
    enrollment_id: UUID | None
    permission: str
    session: str
    address: str
    trace_id: str

    @property
    def words(self) -> str:
        """What the record means."""
        found = CATALOG.get((self.action, self.object_kind))
        return found.words if found else f"{self.action} {self.object_kind}"


@dataclass(frozen=True, slots=True)
class Disclosures:
    """Who saw what of a patient, the newest first; `claims` are the claims of the patient this service has."""

    records: tuple[Record, ...]
    claims: tuple[UUID, ...]


async def find(work: UnitOfWork, wanted: Wanted, place: Place, zone: ZoneInfo) -> Page[Record]:
    """The records that are wanted, the newest first. Raises `Rejected` (400) for a place that is not there."""
    rows = sa.select(audit)
    asked = {
        audit.c.actor: wanted.actor,
        audit.c.action: wanted.action,
        audit.c.object_kind: wanted.kind,
        audit.c.object_id: wanted.object_id,
        audit.c.outcome: wanted.outcome,
    }
    for column, value in asked.items():
        if value:
            rows = rows.where(column == value)
    begun, ended = (
        first_id(datetime.combine(day, time(), zone).astimezone(UTC))
        for day in (wanted.since, wanted.until + timedelta(days=1))
    )
    within = (audit.c.audit_id >= begun) & (audit.c.audit_id < ended)
    return await page_of(work, rows, _NEWEST, place, within=within, make=_record)


async def disclosures(
    work: UnitOfWork, concerned: Concerned, token: str, claims: Sequence[UUID], *, limit: int
) -> Disclosures:
    """What was shown or sent of one patient in the years the trail is kept (45 CFR 164.528), up to `limit` records.

    Lists of many patients are records of nobody: they name an enrollment, and stand in the search.
    """
    ids: dict[str, list[str]] = {}
    for kind, statement in concerned(token, claims).items():
        ids[kind] = [str(each) for each in (await work.execute(statement)).scalars()]
    since = first_id(work.now - timedelta(days=366 * AUDIT_KEPT_YEARS))
    objects = sorted({each for some in ids.values() for each in some})
    rows = (
        sa.select(audit)
        .where(audit.c.object_id.in_(objects), audit.c.outcome == "done", audit.c.audit_id >= since, _SHOWN)
        .order_by(audit.c.audit_id.desc())
        .limit(limit)
    )
    found = tuple(_record(row) for row in await work.execute(rows)) if objects else ()
    own = {UUID(each) for each in ids.get(CLAIMS, ())}
    return Disclosures(found, tuple(sorted(own.union(claims))))


def _record(row: Any) -> Record:
    return Record(**row._mapping)  # noqa: SLF001 - the documented way to a row's columns by name
