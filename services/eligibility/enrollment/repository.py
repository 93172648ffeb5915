"""Every query about HETS EDI enrollments. Those of administrators name the organization."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert

from libs.common.contracts.auth import Enrollment
from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.tables import access_enrollment, draft, due_work
from libs.common.persistence.unit_of_work import UnitOfWork
from services.eligibility.enrollment.domain import REMINDERS, SEND, SENDING, HetsLink, HetsRequest, Provider, State
from services.eligibility.enrollment.tables import DRAFT, hets_link, hets_list, hets_reminder, hets_request

_BY_ID = Order((access_enrollment.c.enrollment_id,), access_enrollment.c.enrollment_id)
_OLD_REQUESTS = 50
# A statement takes no more than 32,767 parameters.
_LINKS_AT_ONCE = 5_000
_ON_THEIR_WAY = timedelta(minutes=10)


def _active(npi: Any, submitter: Any, today: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        hets_link.c.npi == npi,
        hets_link.c.submitter == submitter,
        hets_link.c.effective <= today,
        sa.or_(hets_link.c.ends.is_(None), hets_link.c.ends >= today),
    )


_LISTED = sa.exists().where(hets_list.c.submitter == sa.bindparam("submitter"))
_LINKED = sa.exists().where(
    _active(sa.bindparam("npi"), sa.bindparam("submitter"), sa.bindparam("today", type_=sa.Date))
)
MAY_ASK = sa.or_(sa.not_(_LISTED), _LINKED).label("may_ask")
"""Whether HETS may be asked for an NPI, as far as is known: a column of the statement that opens an inquiry.

Its parameters: `npi`, `submitter`, `today`. Until the list was taken for the first time, HETS judges alone.
"""
_MAY_ASK = sa.select(MAY_ASK)


async def may_ask(work: UnitOfWork, npi: str, submitter: str, today: date) -> bool:
    """Whether HETS may be asked for an NPI, as far as is known."""
    found = await work.execute(_MAY_ASK, {"npi": npi, "submitter": submitter, "today": today})
    return bool(found.scalar_one())


def _provider(row: Any) -> Provider:
    enrollment = Enrollment.model_validate(row.document)
    return Provider(
        enrollment.enrollment_id,
        enrollment.organization_name,
        enrollment.npi,
        enrollment.ptan,
        enrollment.line_of_business,
        enrollment.pecos_active,
        enrollment.edi_agreement_signed,
    )


async def providers(work: UnitOfWork, organization_id: UUID, words: str, place: Place) -> Page[Provider]:
    """The enrollments of an organization with NPI and PTAN: those that have `words` in one of the two."""
    within = access_enrollment.c.organization_id == organization_id
    rows = sa.select(access_enrollment.c.enrollment_id, access_enrollment.c.document)
    if words:
        ptan = access_enrollment.c.document["ptan"].astext
        rows = rows.where(
            access_enrollment.c.npi.contains(words, autoescape=True) | ptan.contains(words, autoescape=True)
        )
    return await page_of(work, rows, _BY_ID, place, within=within, make=_provider)


async def provider(work: UnitOfWork, organization_id: UUID, enrollment_id: UUID) -> Provider | None:
    """One of them."""
    rows = await work.execute(
        sa.select(access_enrollment.c.document).where(
            access_enrollment.c.organization_id == organization_id, access_enrollment.c.enrollment_id == enrollment_id
        )
    )
    row = rows.first()
    return None if row is None else _provider(row)


async def providers_of(work: UnitOfWork, organization_id: UUID, npis: Iterable[str]) -> list[Provider]:
    """The enrollments of an organization with these NPIs."""
    rows = await work.execute(
        sa.select(access_enrollment.c.document)
        .where(access_enrollment.c.organization_id == organization_id, access_enrollment.c.npi.in_(sorted(set(npis))))
        .order_by(access_enrollment.c.enrollment_id)
    )
    return [_provider(row) for row in rows]


async def links(work: UnitOfWork, npis: Iterable[str]) -> Mapping[str, tuple[HetsLink, ...]]:
    """What CMS lists of each NPI, the newest first."""
    rows = await work.execute(
        sa.select(hets_link)
        .where(hets_link.c.npi.in_(sorted(set(npis))))
        .order_by(hets_link.c.npi, hets_link.c.effective.desc(), hets_link.c.submitter)
    )
    found: dict[str, tuple[HetsLink, ...]] = {}
    for row in rows:
        link = HetsLink(row.submitter, row.npi, row.effective, row.ends, row.attested_until)
        found[row.npi] = (*found.get(row.npi, ()), link)
    return found


async def put_links(work: UnitOfWork, some: Sequence[HetsLink]) -> None:
    """Keep what CMS says."""
    for first in range(0, len(some), _LINKS_AT_ONCE):
        statement = insert(hets_link).values([asdict(each) for each in some[first : first + _LINKS_AT_ONCE]])
        await work.execute(
            statement.on_conflict_do_update(
                index_elements=[hets_link.c.npi, hets_link.c.submitter, hets_link.c.effective],
                set_={"ends": statement.excluded.ends, "attested_until": statement.excluded.attested_until},
            )
        )


async def replace_links(work: UnitOfWork, submitter: str, listed: Sequence[HetsLink], *, asked_at: datetime) -> None:
    """Keep CMS's list of a submitter, as of a moment, instead of the one before.

    Links that have a last day stay, to be shown; so do those of an NPI of which CMS was told since the moment.
    """
    told = sa.select(hets_request.c.npi).where(
        hets_request.c.submitter == submitter, hets_request.c.made_at > asked_at - _ON_THEIR_WAY
    )
    await work.execute(
        sa.delete(hets_link).where(
            hets_link.c.submitter == submitter, hets_link.c.ends.is_(None), hets_link.c.npi.not_in(told)
        )
    )
    await put_links(work, listed)
    statement = insert(hets_list).values(submitter=submitter, taken_at=work.now)
    await work.execute(
        statement.on_conflict_do_update(index_elements=[hets_list.c.submitter], set_={"taken_at": work.now})
    )


async def add_request(work: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Write a request down; CMS is told of it afterwards."""
    await work.execute(hets_request.insert(), {**values, "state": SENDING})


_GIVEN_UP = hets_request.outerjoin(
    due_work, (due_work.c.kind == SEND) & (due_work.c.subject == sa.cast(hets_request.c.request_id, sa.Text))
)
_REQUEST = sa.select(hets_request, due_work.c.given_up_at).select_from(_GIVEN_UP)


def _request(row: Any) -> HetsRequest:
    return HetsRequest(**row._mapping)  # noqa: SLF001 - the documented way to a row's columns by name


async def request(work: UnitOfWork, request_id: UUID) -> HetsRequest:
    """One request."""
    rows = await work.execute(_REQUEST.where(hets_request.c.request_id == request_id))
    return _request(rows.one())


async def settle(work: UnitOfWork, request_id: UUID, state: State) -> bool:
    """CMS has taken a request or refused it. False when that was known before."""
    settled = await work.execute(
        sa.update(hets_request)
        .where(hets_request.c.request_id == request_id, hets_request.c.state == SENDING)
        .values(state=state)
        .returning(hets_request.c.request_id)
    )
    return settled.first() is not None


async def requests(work: UnitOfWork, organization_id: UUID, npi: str) -> list[HetsRequest]:
    """What an organization asked for an NPI, the newest first; the last fifty."""
    rows = await work.execute(
        _REQUEST.where(hets_request.c.organization_id == organization_id, hets_request.c.npi == npi)
        .order_by(hets_request.c.made_at.desc())
        .limit(_OLD_REQUESTS)
    )
    return [_request(row) for row in rows]


async def latest(
    work: UnitOfWork, organization_id: UUID, npis: Iterable[str], submitter: str
) -> Mapping[str, HetsRequest]:
    """The last request of an organization for each NPI with a submitter."""
    rows = await work.execute(
        _REQUEST.ext(distinct_on(hets_request.c.npi))
        .where(
            hets_request.c.organization_id == organization_id,
            hets_request.c.npi.in_(sorted(set(npis))),
            hets_request.c.submitter == submitter,
        )
        .order_by(hets_request.c.npi, hets_request.c.made_at.desc())
    )
    return {row.npi: _request(row) for row in rows}


async def sending(work: UnitOfWork, organization_id: UUID, npis: Iterable[str]) -> frozenset[str]:
    """Of which of these NPIs CMS is still being told something."""
    rows = await work.execute(
        sa.select(hets_request.c.npi).where(
            hets_request.c.organization_id == organization_id,
            hets_request.c.npi.in_(sorted(set(npis))),
            hets_request.c.state == SENDING,
        )
    )
    return frozenset(rows.scalars())


async def drafts(work: UnitOfWork, user_id: UUID) -> frozenset[UUID]:
    """The enrollments of whose form the user has a draft."""
    rows = await work.execute(sa.select(draft.c.subject).where(draft.c.user_id == user_id, draft.c.kind == DRAFT.place))
    return frozenset(map(UUID, rows.scalars()))


async def due_attestations(work: UnitOfWork, submitter: str, today: date) -> list[HetsRequest]:
    """The last request of each organization for an NPI whose enrollment ends its attestation within the reminders.

    `attested_until` is what CMS lists now. An enrollment that nobody asked for here has no official we know.
    """
    soon = today + timedelta(days=max(REMINDERS))
    rows = await work.execute(
        _REQUEST.add_columns(hets_link.c.attested_until.label("listed_until"))
        .join_from(_GIVEN_UP, hets_link, (hets_link.c.npi == hets_request.c.npi) & (hets_link.c.submitter == submitter))
        .ext(distinct_on(hets_request.c.organization_id, hets_request.c.npi))
        .where(
            hets_request.c.submitter == submitter,
            hets_link.c.effective <= today,
            sa.or_(hets_link.c.ends.is_(None), hets_link.c.ends >= hets_link.c.attested_until),
            hets_link.c.attested_until.between(today, soon),
        )
        .order_by(hets_request.c.organization_id, hets_request.c.npi, hets_request.c.made_at.desc())
    )
    found = []
    for row in rows:
        values = dict(row._mapping)  # noqa: SLF001 - as above
        values["attested_until"] = values.pop("listed_until")
        found.append(HetsRequest(**values))
    return found


async def unasked_attestations(work: UnitOfWork, submitter: str, today: date) -> list[tuple[UUID, HetsLink]]:
    """The same of enrollments that nobody asked for here: the organizations that have the NPI, with the enrollment."""
    soon = today + timedelta(days=max(REMINDERS))
    asked = sa.exists().where(
        hets_request.c.organization_id == access_enrollment.c.organization_id,
        hets_request.c.npi == hets_link.c.npi,
        hets_request.c.submitter == submitter,
    )
    rows = await work.execute(
        sa.select(access_enrollment.c.organization_id, hets_link)
        .join(access_enrollment, access_enrollment.c.npi == hets_link.c.npi)
        .where(
            hets_link.c.submitter == submitter,
            hets_link.c.effective <= today,
            sa.or_(hets_link.c.ends.is_(None), hets_link.c.ends >= hets_link.c.attested_until),
            hets_link.c.attested_until.between(today, soon),
            ~asked,
        )
        .distinct()
        .order_by(access_enrollment.c.organization_id, hets_link.c.npi, hets_link.c.effective)
    )
    return [
        (row.organization_id, HetsLink(row.submitter, row.npi, row.effective, row.ends, row.attested_until))
        for row in rows
    ]


async def not_sent(work: UnitOfWork) -> list[HetsRequest]:
    """The requests that nobody tries any more to tell CMS, and of which nobody was told; they are told of now."""
    given_up = sa.exists().where(
        due_work.c.kind == SEND,
        due_work.c.subject == sa.cast(hets_request.c.request_id, sa.Text),
        due_work.c.given_up_at.is_not(None),
    )
    rows = await work.execute(
        sa.update(hets_request)
        .where(hets_request.c.state == SENDING, hets_request.c.alerted_at.is_(None), given_up)
        .values(alerted_at=work.now)
        .returning(hets_request)
    )
    return [_request(row) for row in rows]


async def note_reminder(work: UnitOfWork, organization_id: UUID, npi: str, attested_until: date, days: int) -> bool:
    """Note that somebody is reminded so many days before. False when that was done before."""
    noted = insert(hets_reminder).values(
        organization_id=organization_id, npi=npi, attested_until=attested_until, days=days
    )
    rows = await work.execute(noted.on_conflict_do_nothing().returning(hets_reminder.c.days))
    return rows.first() is not None


async def forget_reminders(work: UnitOfWork, before: date) -> None:
    """Delete what was noted of attestations that ended before a day."""
    await work.execute(sa.delete(hets_reminder).where(hets_reminder.c.attested_until < before))
