"""Every query of the back office: accounts of all organizations, what was done to them, views, roles for a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.audit_records import CATALOG as AUDITED
from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.tables import audit
from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.repository import STANDING, owner_epoch
from services.auth.access.tables import enrollment, membership, organization, user_account, user_grant
from services.auth.back_office.domain import Elevation, State, Subject, certification_of
from services.auth.back_office.tables import account_deed, elevation, viewing
from services.auth.recertification import repository as certifications
from services.auth.registration.tables import registration
from services.auth.sessions.tables import session
from services.auth.sign_in.tables import credential, failure

_BY_LOGIN = Order((user_account.c.login,), user_account.c.user_id, source=user_account)
_DOER = user_account.alias("doer")
_HISTORY = 50


@dataclass(frozen=True, slots=True)
class Account:
    """An account as staff see it, without anything of a patient.

    `locked_until`: of a lock that may be over; `dormant_until`: disabled for want of use, and until then its owner may
    enable it; `sessions` is how many are open.
    """

    user_id: UUID
    kind: str
    login: str
    name: str
    email: str
    state: str
    role: str
    organization_id: UUID
    organization: str
    organization_kind: str
    rules_until: datetime
    training_until: datetime
    created_at: datetime
    signed_in_at: datetime | None
    locked_until: datetime | None
    dormant_until: datetime | None
    sessions: int


@dataclass(frozen=True, slots=True)
class Done:
    """Something that staff did to an account."""

    deed: str
    reason: str
    ticket: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Begun:
    """A registration that is under way, as the help desk sees it: how far it is, nothing of the person."""

    support_code: str
    step: str
    proofing: str
    tries_left: int
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that the audit trail tells of an account. `words` say what, `reason` is a code."""

    at: datetime
    words: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Viewed:
    """As whom a session looks until `until`, and how that person stands now."""

    user_id: UUID
    name: str
    role: str
    organization_id: UUID
    enrollment_id: UUID | None
    user_epoch: int
    organization_epoch: int
    until: datetime


def _accounts() -> sa.Select[Any]:
    of_account = failure.c.user_id == user_account.c.user_id
    locked = sa.select(sa.func.max(failure.c.locked_until)).where(of_account).scalar_subquery()
    its_sessions = sa.and_(session.c.user_id == user_account.c.user_id, session.c.ended_at.is_(None))
    sessions = sa.select(sa.func.count()).select_from(session).where(its_sessions).scalar_subquery()
    return (
        sa.select(
            user_account.c.user_id,
            user_account.c.kind,
            user_account.c.login,
            user_account.c.name,
            user_account.c.email,
            user_account.c.state,
            membership.c.role,
            membership.c.organization_id,
            organization.c.name.label("organization"),
            organization.c.kind.label("organization_kind"),
            user_account.c.rules_of_behavior_until.label("rules_until"),
            user_account.c.training_until,
            user_account.c.created_at,
            credential.c.signed_in_at,
            locked.label("locked_until"),
            user_account.c.dormant_until,
            sessions.label("sessions"),
        )
        .join(membership, membership.c.user_id == user_account.c.user_id)
        .join(organization, organization.c.organization_id == membership.c.organization_id)
        .outerjoin(credential, credential.c.user_id == user_account.c.user_id)
    )


def _of_npi(npi: str) -> sa.ColumnElement[bool]:
    """Of an account: that its organization owns the NPI, or that it was granted something for it."""
    owners = sa.select(enrollment.c.organization_id).where(enrollment.c.npi == npi)
    granted = sa.select(user_grant.c.user_id).join(enrollment, enrollment.c.enrollment_id == user_grant.c.enrollment_id)
    return sa.or_(
        membership.c.organization_id.in_(owners), user_account.c.user_id.in_(granted.where(enrollment.c.npi == npi))
    )


async def find(work: UnitOfWork, words: str, place: Place) -> Page[Account]:
    """The accounts that have `words` in their user ID or name, or an NPI that is just that; by user ID."""
    named = sa.or_(*(each.icontains(words, autoescape=True) for each in (user_account.c.login, user_account.c.name)))
    found = _accounts().where(sa.or_(named, _of_npi(words)) if words.isdecimal() else named)
    return await page_of(work, found, _BY_LOGIN, place, within=sa.true(), make=lambda row: Account(*tuple(row)))


async def registration_named(work: UnitOfWork, code: str) -> Begun | None:
    """The registration whose page shows this support code."""
    shown = (registration.c.support_code, registration.c.step, registration.c.proofing)
    facts = (*shown, registration.c.tries_left, registration.c.begun_at)
    row = (await work.execute(sa.select(*facts).where(registration.c.support_code == code.upper()))).first()
    return None if row is None else Begun(*tuple(row))


async def account(work: UnitOfWork, user_id: UUID) -> Account | None:
    """One account."""
    row = (await work.execute(_accounts().where(user_account.c.user_id == user_id))).first()
    return None if row is None else Account(*tuple(row))


async def same_mail(work: UnitOfWork, one: Account) -> list[Account]:
    """The other accounts with the mail address of this one: perhaps of the same person."""
    if not one.email:
        return []
    others = sa.func.lower(user_account.c.email) == one.email.lower(), user_account.c.user_id != one.user_id
    rows = await work.execute(_accounts().where(*others).order_by(user_account.c.login).limit(_HISTORY))
    return [Account(*tuple(row)) for row in rows]


async def subject(work: UnitOfWork, one: Account) -> Subject:
    """What decides whether something may be done to an account."""
    last = (
        sa.select(account_deed.c.deed, account_deed.c.done_by)
        .where(account_deed.c.user_id == one.user_id, account_deed.c.deed.in_(("disable", "enable", "high-risk")))
        .order_by(account_deed.c.deed_id.desc())
        .limit(1)
    )
    row = (await work.execute(last)).first()
    high_risk = row is not None and row.deed == "high-risk" and one.state == "disabled"
    certified = await certifications.account_of(work, one.user_id)
    dormant = one.dormant_until is not None and one.dormant_until > work.now
    return Subject(
        one.user_id,
        one.kind,
        one.state,
        of_staff=one.organization_kind == "contractor",
        disabled_by=row.done_by if row is not None and high_risk else None,
        reopens=dormant or (certified is not None and certified.suspended_at is not None),
        certification=certification_of(certified.certified_until, certified.ended_at, now=work.now)
        if certified
        else "none",
    )


def add_deed(work: UnitOfWork, user_id: UUID, deed: str, reason: str, ticket: str, by: UUID) -> None:
    """Keep what was done to an account, by whom and why."""
    row = {"deed_id": work.runtime.ids.new(), "user_id": user_id, "deed": deed, "reason": reason, "ticket": ticket}
    work.insert(account_deed, [{**row, "done_by": by, "done_at": work.now}])


async def deeds(work: UnitOfWork, user_id: UUID) -> list[Done]:
    """What was done to an account, the newest first."""
    rows = await work.execute(
        sa.select(account_deed, sa.func.coalesce(_DOER.c.name, "Staff of the contractor before").label("name"))
        .outerjoin(_DOER, _DOER.c.user_id == account_deed.c.done_by)
        .where(account_deed.c.user_id == user_id)
        .order_by(account_deed.c.deed_id.desc())
        .limit(_HISTORY)
    )
    return [Done(row.deed, row.reason, row.ticket, row.name, row.done_at) for row in rows]


async def happened(work: UnitOfWork, user_id: UUID) -> list[Happened]:
    """What the audit trail tells of an account, the newest first: sign-ins, locks, and what staff did."""
    rows = await work.execute(
        sa.select(audit.c.at, audit.c.action, audit.c.object_kind, audit.c.outcome, audit.c.reason)
        .where(audit.c.object_id == str(user_id), audit.c.object_kind == "account", audit.c.action != "read")
        .order_by(audit.c.audit_id.desc())
        .limit(_HISTORY)
    )
    return [Happened(row.at, AUDITED[row.action, row.object_kind].words, row.outcome, row.reason) for row in rows]


async def begin_viewing(
    work: UnitOfWork, key: bytes, *, viewer: UUID, user_id: UUID, enrollment_id: UUID | None, until: datetime
) -> None:
    """From now on the session looks as another person; what it or another looked at before is over."""
    await work.execute(sa.delete(viewing).where(sa.or_(viewing.c.session_key == key, viewing.c.ends_at <= work.now)))
    row = {"session_key": key, "viewer_id": viewer, "user_id": user_id}
    work.insert(viewing, [{**row, "enrollment_id": enrollment_id, "ends_at": until}])


async def end_viewing(work: UnitOfWork, key: bytes) -> UUID | None:
    """End the view of a session; as whom it looked, None when it did not."""
    ended = sa.delete(viewing).where(viewing.c.session_key == key).returning(viewing.c.user_id)
    found: UUID | None = (await work.execute(ended)).scalar_one_or_none()
    return found


async def end_viewings_by(work: UnitOfWork, user_id: UUID) -> None:
    """End whatever this person looks at as another."""
    await work.execute(sa.delete(viewing).where(viewing.c.viewer_id == user_id))


_VIEWED = (
    sa.select(
        STANDING.c.user_id,
        STANDING.c.name,
        STANDING.c.role,
        STANDING.c.organization_id,
        viewing.c.enrollment_id,
        STANDING.c.epoch,
        STANDING.c.organization_epoch,
        owner_epoch(viewing),
        viewing.c.ends_at,
    )
    .join(STANDING, STANDING.c.user_id == viewing.c.user_id)
    .where(viewing.c.session_key == sa.bindparam("key"), viewing.c.ends_at > sa.bindparam("now"))
)


async def viewed(connection: AsyncConnection, key: bytes, now: datetime) -> Viewed | None:
    """As whom the session `key` looks now, if it does: asked at every request of staff."""
    row = (await connection.execute(_VIEWED, {"key": key, "now": now})).first()
    if row is None:
        return None
    granted = row.owner_epoch is not None
    return Viewed(
        user_id=row.user_id,
        name=row.name,
        role=row.role,
        organization_id=row.organization_id,
        enrollment_id=row.enrollment_id if granted else None,
        user_epoch=row.epoch,
        organization_epoch=row.owner_epoch if granted else row.organization_epoch,
        until=row.ends_at,
    )


async def set_role(work: UnitOfWork, user_id: UUID, role: str, *, instead_of: str) -> bool:
    """Give a person another role. False when they have not the one that it takes the place of."""
    changed = await work.execute(
        sa.update(membership).where(membership.c.user_id == user_id, membership.c.role == instead_of).values(role=role)
    )
    return changed.rowcount == 1


def add_elevation(work: UnitOfWork, new: Elevation) -> None:
    """Keep that a role was asked for."""
    names = ("elevation_id", "user_id", "role", "role_before", "reason", "hours", "asked_at", "state")
    work.insert(elevation, [{name: getattr(new, name) for name in names}])


def _elevations() -> sa.Select[Any]:
    return sa.select(elevation, user_account.c.name).join(user_account, user_account.c.user_id == elevation.c.user_id)


async def elevation_of(work: UnitOfWork, elevation_id: UUID) -> Elevation | None:
    """One request for a role, for this transaction alone to decide about."""
    one = _elevations().where(elevation.c.elevation_id == elevation_id).with_for_update(of=elevation)
    row = (await work.execute(one)).first()
    return None if row is None else _elevation(row)


async def elevations(work: UnitOfWork, *, of: UUID | None = None, states: Sequence[State] = ()) -> list[Elevation]:
    """Requests for roles, the newest first: those of one person, those that stand like this."""
    wanted = _elevations().order_by(elevation.c.elevation_id.desc()).limit(_HISTORY)
    if of is not None:
        wanted = wanted.where(elevation.c.user_id == of)
    if states:
        wanted = wanted.where(elevation.c.state.in_(states))
    return [_elevation(row) for row in await work.execute(wanted)]


async def put_elevation(work: UnitOfWork, elevation_id: UUID, state: State, **facts: Any) -> None:
    """Write how a request for a role stands now."""
    await work.execute(
        sa.update(elevation).where(elevation.c.elevation_id == elevation_id).values(state=state, **facts)
    )


async def end_elevations(work: UnitOfWork, user_id: UUID) -> None:
    """End what a person asked for or holds for a time; the caller says which role they have now."""
    open_ones = elevation.c.user_id == user_id, elevation.c.state.in_(("asked", "begun"))
    await work.execute(sa.update(elevation).where(*open_ones).values(state="ended"))


async def drop_overdue_requests(work: UnitOfWork, user_id: UUID, before: datetime) -> None:
    """What nobody decided in time stands in the way of nothing."""
    await work.execute(
        sa.update(elevation)
        .where(elevation.c.user_id == user_id, elevation.c.state == "asked", elevation.c.asked_at < before)
        .values(state="ended")
    )


def _elevation(row: Any) -> Elevation:
    return Elevation(
        elevation_id=row.elevation_id,
        user_id=row.user_id,
        name=row.name,
        role=row.role,
        role_before=row.role_before,
        reason=row.reason,
        hours=row.hours,
        asked_at=row.asked_at,
        state=row.state,
        decided_by=row.decided_by,
        ends_at=row.ends_at,
    )
