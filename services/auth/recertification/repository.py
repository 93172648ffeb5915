"""Every query about what is to be certified and what was decided."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by, array, insert

from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access import repository as access
from services.auth.access.domain import ADMINISTRATORS, Member
from services.auth.access.tables import (
    enrollment,
    membership,
    organization,
    user_account,
    user_grant,
    vendor_authorization,
)
from services.auth.agreements.domain import PRIVILEGED
from services.auth.feeds.tables import feed_record
from services.auth.recertification.domain import ACCOUNT, Item, Trigger
from services.auth.recertification.tables import (
    account_certification,
    certification,
    certification_call,
    certification_reminder,
    certification_request,
    certification_watch,
)
from services.auth.registration.domain import APPLICANT

SUSPENDED = 0
"""Stands where the days before an end would: the user was told that the access is suspended."""

_CALLS_SHOWN = 50
_Key = tuple[UUID, UUID]
_BY_ORGANIZATION = Order((organization.c.name, organization.c.organization_id), organization.c.organization_id)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose access is looked at: of the users of an organization, or of privileged users everywhere (`None`).

    Perhaps of one user or of one enrollment only.
    """

    organization_id: UUID | None
    user_id: UUID | None = None
    enrollment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How many certifications are suspended, how many decisions are open, and when the first of these runs out."""

    suspended: int
    open: int
    first: datetime | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one item. `verdict`: `certify`, `change`, `decline`, or `revoke` where nobody decided."""

    user_id: UUID
    enrollment_id: UUID
    verdict: str
    permissions: tuple[str, ...]
    kept: tuple[str, ...]
    hasty: bool
    decided_by: UUID | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class AccountCertification:
    """How the certification of a privileged account stands: until when, and since when suspended or ended."""

    certified_until: datetime
    suspended_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    """What evidence is taken from a user's own record: until when they have signed what they must sign."""

    rules_until: datetime
    training_until: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the certification of one enrollment, or of the privileged accounts, is."""

    enrollment_id: UUID
    certified: int
    open: int
    suspended: int
    first: datetime | None


@dataclass(frozen=True, slots=True)
class OrganizationProgress:
    """How far the certification of the users of an organization is."""

    organization_id: UUID
    name: str
    certified: int
    open: int
    suspended: int
    first: datetime | None


@dataclass(frozen=True, slots=True)
class Everywhere:
    """How many organizations have users to certify, how many of these have nothing left, and how all items stand."""

    organizations: int
    complete: int
    certified: int
    open: int
    suspended: int


async def items(work: UnitOfWork, user_ids: Iterable[UUID], enrollment_ids: Iterable[UUID]) -> dict[_Key, Item]:
    """What these users can reach of these enrollments, by user and enrollment; privileged accounts by `ACCOUNT`."""
    users, wanted = list(user_ids), list(enrollment_ids)
    found: dict[_Key, Item] = {}
    for user_id, grants in (await access.grants_of(work, users, wanted)).items():
        for enrollment_id in sorted({each.enrollment_id for each in grants}):
            here = [each for each in grants if each.enrollment_id == enrollment_id]
            found[user_id, enrollment_id] = Item(
                user_id=user_id,
                enrollment_id=enrollment_id,
                permissions=tuple(sorted(each.permission for each in here)),
                certified_until=min(each.certified_until for each in here),
            )
    if ACCOUNT in wanted:
        reach = _accounts(Scope(None)).subquery()
        for row in await work.execute(sa.select(reach).where(reach.c.user_id.in_(users))):
            found[row.user_id, ACCOUNT] = _item(row)
    return found


async def items_of_staff(work: UnitOfWork, user_ids: Iterable[UUID]) -> dict[_Key, Item]:
    """What the contractor's staff decides about these users, by user and enrollment."""
    reach = _reach(Scope(None))
    rows = await work.execute(sa.select(reach).where(reach.c.user_id.in_(list(user_ids))))
    return {(row.user_id, row.enrollment_id): _item(row) for row in rows}


async def items_page(work: UnitOfWork, scope: Scope, place: Place, *, due: datetime) -> Page[Item]:
    """What is certified in a scope: what is certified until `due` at the latest first, then by login."""
    reach = _reach(scope)
    decided = sa.case((reach.c.certified_until <= due, 0), else_=1)
    # A row is named by its user and its enrollment; the cast says that a name can be looked for as a column can.
    order = Order((decided, reach.c.login, reach.c.enrollment_id), cast("sa.Column[str]", reach.c.row), source=reach)
    return await page_of(work, sa.select(reach), order, place, within=sa.true(), make=_item)


async def standing(work: UnitOfWork, scope: Scope, certifier: UUID, *, now: datetime, due: datetime) -> Standing:
    """How the certifications of a scope stand. What is one's own is not open: somebody else decides."""
    reach = _reach(scope)
    until = reach.c.certified_until
    open_ones = sa.and_(until <= due, reach.c.user_id != certifier)
    counted = sa.select(
        sa.func.count().filter(until <= now),
        sa.func.count().filter(open_ones),
        sa.func.min(until).filter(open_ones),
    ).select_from(reach)
    return Standing(*tuple((await work.execute(counted)).one()))


async def progress(work: UnitOfWork, scope: Scope, *, now: datetime, due: datetime) -> list[Progress]:
    """How far the certification of each enrollment in a scope is, by what is to be decided first."""
    reach = _reach(scope)
    until = reach.c.certified_until
    open_ones = sa.and_(until <= due, until > now)
    first = sa.func.min(until).filter(until <= due)
    rows = await work.execute(
        sa.select(
            reach.c.enrollment_id,
            sa.func.count().filter(until > due),
            sa.func.count().filter(open_ones),
            sa.func.count().filter(until <= now),
            first,
        )
        .group_by(reach.c.enrollment_id)
        .order_by(first.nulls_last(), reach.c.enrollment_id)
    )
    return [Progress(*tuple(row)) for row in rows]


async def progress_of(
    work: UnitOfWork, organization_id: UUID, *, now: datetime, due: datetime
) -> OrganizationProgress | None:
    """How far one organization is; `None` where there is no such organization."""
    counted = _counted_by_organization(now, due)
    counts = [sa.func.coalesce(counted.c[name], 0) for name in ("certified", "open", "suspended")]
    row = (
        await work.execute(
            sa.select(organization.c.organization_id, organization.c.name, *counts, counted.c.first)
            .outerjoin(counted, counted.c.organization_id == organization.c.organization_id)
            .where(organization.c.organization_id == organization_id)
        )
    ).first()
    return None if row is None else OrganizationProgress(*tuple(row))


async def by_organization(
    work: UnitOfWork, place: Place, *, now: datetime, due: datetime, words: str = "", left: bool = False
) -> Page[OrganizationProgress]:
    """How far each organization is, by name; those with `words` in their name, or with something `left` to decide."""
    counted = _counted_by_organization(now, due)
    rows = sa.select(organization.c.organization_id, organization.c.name, *list(counted.c)[1:]).join(
        counted, counted.c.organization_id == organization.c.organization_id
    )
    if words:
        rows = rows.where(organization.c.name.icontains(words, autoescape=True))
    if left:
        rows = rows.where(counted.c.open + counted.c.suspended > 0)
    return await page_of(
        work, rows, _BY_ORGANIZATION, place, within=sa.true(), make=lambda row: OrganizationProgress(*tuple(row))
    )


async def everywhere(work: UnitOfWork, *, now: datetime, due: datetime) -> Everywhere:
    """How far the certification of all organizations together is."""
    counted = _counted_by_organization(now, due)
    sums = (sa.func.coalesce(sa.func.sum(counted.c[name]), 0) for name in ("certified", "open", "suspended"))
    complete = sa.func.count().filter(counted.c.open + counted.c.suspended == 0)
    row = (await work.execute(sa.select(sa.func.count(), complete, *sums).select_from(counted))).one()
    return Everywhere(*map(int, row))


def _counted_by_organization(now: datetime, due: datetime) -> sa.Subquery:
    reach = sa.union_all(_grants(), _accounts(Scope(None))).subquery("reach")
    until = reach.c.certified_until
    return (
        sa.select(
            membership.c.organization_id,
            sa.func.count().filter(until > due).label("certified"),
            sa.func.count().filter(until <= due, until > now).label("open"),
            sa.func.count().filter(until <= now).label("suspended"),
            sa.func.min(until).filter(until <= due).label("first"),
        )
        .join(membership, membership.c.user_id == reach.c.user_id)
        .group_by(membership.c.organization_id)
        .subquery("counted")
    )


def _reach(scope: Scope) -> sa.Subquery:
    """A row for each user and each enrollment they can reach, and one for each account that is certified by itself."""
    accounts = _accounts(scope)
    if scope.organization_id is None:
        # Where there are administrators, they certify whoever has no access yet, and the access of one another.
        alone = _grants(_ADMINISTRATES, ~_ADMINISTRATED)
        return sa.union_all(accounts.where(sa.or_(_PRIVILEGED, ~_ADMINISTRATED)), alone).subquery("reach")
    within = [membership.c.organization_id == scope.organization_id]
    if scope.user_id is not None:
        within.append(user_grant.c.user_id == scope.user_id)
    if scope.enrollment_id is not None:
        return _grants(*within, user_grant.c.enrollment_id == scope.enrollment_id).subquery("reach")
    return sa.union_all(_grants(*within), accounts).subquery("reach")


_ADMINISTRATES = membership.c.role.in_(sorted(ADMINISTRATORS))
_PRIVILEGED = membership.c.role.in_(sorted(PRIVILEGED))
# Whoever can reach no enrollment is certified as well (handbook 6.4: each user ID); who waits for an organization has
# nobody who could.
_CERTIFIED_BY_ITSELF = sa.or_(
    _PRIVILEGED,
    sa.and_(membership.c.role != APPLICANT, ~sa.exists().where(user_grant.c.user_id == membership.c.user_id)),
)
_administrator, _account_of = membership.alias("administrator"), user_account.alias("account_of")
# Of a member: that the organization has an administrator who can decide about others.
_ADMINISTRATED = sa.exists().where(
    _administrator.c.organization_id == membership.c.organization_id,
    _administrator.c.user_id != membership.c.user_id,
    _administrator.c.role.in_(sorted(ADMINISTRATORS)),
    _account_of.c.user_id == _administrator.c.user_id,
    _account_of.c.state == "active",
    _account_of.c.kind == "person",
)

# Of a grant: that the organization of its user may still act for the enrollment.
_ACTS_FOR = sa.or_(
    enrollment.c.organization_id == membership.c.organization_id,
    sa.exists().where(
        vendor_authorization.c.vendor_id == membership.c.organization_id,
        vendor_authorization.c.organization_id == enrollment.c.organization_id,
        vendor_authorization.c.state == "confirmed",
    ),
)


def _grants(*within: sa.ColumnElement[bool]) -> sa.Select[Any]:
    user_id, enrollment_id = user_grant.c.user_id, user_grant.c.enrollment_id
    name = sa.func.concat(user_id, ".", enrollment_id, type_=sa.Text)
    return (
        sa.select(
            name.label("row"),
            user_id,
            enrollment_id,
            user_account.c.login,
            sa.func.array_agg(aggregate_order_by(user_grant.c.permission, user_grant.c.permission)).label(
                "permissions"
            ),
            sa.func.min(user_grant.c.certified_until).label("certified_until"),
        )
        .join(membership, membership.c.user_id == user_id)
        .join(user_account, user_account.c.user_id == user_id)
        .join(enrollment, enrollment.c.enrollment_id == enrollment_id)
        .where(user_account.c.state != "removed", _ACTS_FOR, *within)
        .group_by(user_id, enrollment_id, user_account.c.login)
    )


def _accounts(scope: Scope, *, active: bool = False) -> sa.Select[Any]:
    user_id = account_certification.c.user_id
    within = [
        user_account.c.state == "active" if active else user_account.c.state != "removed",
        account_certification.c.ended_at.is_(None),
        _CERTIFIED_BY_ITSELF,
    ]
    if scope.organization_id is not None:
        within.append(membership.c.organization_id == scope.organization_id)
    if scope.user_id is not None:
        within.append(user_id == scope.user_id)
    return (
        sa.select(
            sa.func.concat(user_id, ".", sa.cast(ACCOUNT, sa.Uuid), type_=sa.Text).label("row"),
            user_id,
            sa.cast(ACCOUNT, sa.Uuid).label("enrollment_id"),
            user_account.c.login,
            sa.cast(array([membership.c.role]), sa.ARRAY(sa.Text)).label("permissions"),
            account_certification.c.certified_until,
        )
        .join(membership, membership.c.user_id == user_id)
        .join(user_account, user_account.c.user_id == user_id)
        .where(*within)
    )


def _item(row: Any) -> Item:
    return Item(row.user_id, row.enrollment_id, tuple(row.permissions), row.certified_until)


async def persons(work: UnitOfWork, user_ids: Iterable[UUID]) -> dict[UUID, Person]:
    """What some users have signed, and until when that counts."""
    rows = await work.execute(
        sa.select(user_account.c.user_id, user_account.c.rules_of_behavior_until, user_account.c.training_until).where(
            user_account.c.user_id.in_(list(user_ids))
        )
    )
    return {row.user_id: Person(row.rules_of_behavior_until, row.training_until) for row in rows}


async def members_everywhere(work: UnitOfWork, user_ids: Iterable[UUID]) -> dict[UUID, Member]:
    """Some users of any organization: for staff of the contractor alone."""
    found = (await access.member(work, user_id) for user_id in sorted(set(user_ids)))
    return {each.user_id: each async for each in found if each is not None and each.state != "removed"}


# -- decisions ------------------------------------------------------------------------------------------------------


def add_decisions(work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what was decided."""
    work.insert(certification, rows)


async def last_decision_at(work: UnitOfWork, certifier: UUID) -> datetime | None:
    """When somebody last decided about anybody, in real time."""
    found = await work.execute(
        sa.select(sa.func.max(certification.c.recorded_at)).where(certification.c.decided_by == certifier)
    )
    moment: datetime | None = found.scalar_one()
    return moment


async def made_with(work: UnitOfWork, certifier: UUID, certification_id: UUID) -> tuple[int, int]:
    """How many were certified and how many declined in the form that this decision of somebody was made in."""
    one = certification.alias()
    together = (
        sa.select(certification.c.verdict, sa.func.count().label("made"))
        .join(
            one,
            (one.c.decided_by == certification.c.decided_by) & (one.c.recorded_at == certification.c.recorded_at),
        )
        .where(one.c.certification_id == certification_id, one.c.decided_by == certifier)
        .group_by(certification.c.verdict)
    )
    counts = {row.verdict: row.made for row in await work.execute(together)}
    return counts.get("certify", 0) + counts.get("change", 0), counts.get("decline", 0)


async def decided(work: UnitOfWork, scope: Scope, *, since: datetime, at_most: int) -> list[Decided]:
    """What became of the items of a scope, the newest first."""
    within = [certification.c.decided_at >= since]
    if scope.organization_id is not None:
        within.append(certification.c.organization_id == scope.organization_id)
    else:
        within.append(certification.c.enrollment_id.is_(None))
    if scope.user_id is not None:
        within.append(certification.c.user_id == scope.user_id)
    if scope.enrollment_id is not None:
        within.append(certification.c.enrollment_id == scope.enrollment_id)
    newest = certification.c.decided_at.desc(), certification.c.certification_id
    rows = await work.execute(sa.select(certification).where(*within).order_by(*newest).limit(at_most))
    return [
        Decided(
            user_id=row.user_id,
            enrollment_id=row.enrollment_id or ACCOUNT,
            verdict=row.verdict,
            permissions=tuple(row.permissions),
            kept=tuple(row.kept),
            hasty=row.hasty,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row in rows
    ]


async def hasty(work: UnitOfWork, scope: Scope, *, since: datetime) -> int:
    """How many decisions of a scope were made faster than anybody can look."""
    within = sa.true() if scope.organization_id is None else certification.c.organization_id == scope.organization_id
    counted = sa.select(sa.func.count()).where(within, certification.c.hasty, certification.c.decided_at >= since)
    return int((await work.execute(counted)).scalar_one())


# -- the campaign ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Revoked:
    """Access that nobody certified in time, and that is gone: whose, for what, and whether all of it went."""

    user_id: UUID
    organization_id: UUID
    enrollment_id: UUID
    permissions: tuple[str, ...]
    whole: bool


async def revoke_grants(work: UnitOfWork, before: datetime, *, at_most: int) -> list[Revoked]:
    """Take away what was certified until `before` at the latest, of so many users and enrollments."""
    key = user_grant.c.user_id, user_grant.c.enrollment_id
    lapsed = user_grant.c.certified_until <= before
    some = sa.select(*key).where(lapsed).group_by(*key).order_by(*key).limit(at_most)
    chosen = [tuple(row) for row in await work.execute(some)]
    if not chosen:
        return []
    await access.lock_users(work, sorted({user_id for user_id, _ in chosen}))
    gone = await work.execute(
        sa.delete(user_grant).where(lapsed, sa.tuple_(*key).in_(chosen)).returning(*key, user_grant.c.permission)
    )
    permissions: dict[_Key, list[str]] = {}
    for row in gone:
        permissions.setdefault((row.user_id, row.enrollment_id), []).append(row.permission)
    left = {
        tuple(row)
        for row in await work.execute(sa.select(*key).where(sa.tuple_(*key).in_(list(permissions))).distinct())
    }
    owners = await organizations_of(work, {user_id for user_id, _ in permissions})
    return [
        Revoked(user_id, owners[user_id], enrollment_id, tuple(sorted(names)), (user_id, enrollment_id) not in left)
        for (user_id, enrollment_id), names in sorted(permissions.items())
    ]


async def organizations_of(work: UnitOfWork, user_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """To which organization each of some users belongs."""
    rows = await work.execute(
        sa.select(membership.c.user_id, membership.c.organization_id).where(membership.c.user_id.in_(list(user_ids)))
    )
    return {row.user_id: row.organization_id for row in rows}


async def open_accounts(work: UnitOfWork, until: datetime, *, privileged: bool) -> None:
    """Let each account that is certified by itself, and was not yet, count until then."""
    theirs = (
        sa.select(user_account.c.user_id, sa.literal(until, sa.DateTime(timezone=True)))
        .join(membership, membership.c.user_id == user_account.c.user_id)
        .where(
            user_account.c.state == "active",
            _CERTIFIED_BY_ITSELF,
            _PRIVILEGED if privileged else ~_PRIVILEGED,
            ~sa.exists().where(account_certification.c.user_id == user_account.c.user_id),
        )
    )
    new = insert(account_certification).from_select(["user_id", "certified_until"], theirs)
    await work.execute(new.on_conflict_do_nothing())


async def close_accounts(work: UnitOfWork) -> None:
    """Forget until when accounts count that are certified with what they can reach since: those of no privilege."""
    reaching = (
        sa.select(membership.c.user_id)
        .join(user_grant, user_grant.c.user_id == membership.c.user_id)
        .where(~_PRIVILEGED)
    )
    await work.execute(
        sa.delete(account_certification).where(
            account_certification.c.user_id.in_(reaching),
            account_certification.c.suspended_at.is_(None),
            account_certification.c.ended_at.is_(None),
        )
    )


async def put_account(work: UnitOfWork, user_id: UUID, **changed: datetime | None) -> None:
    """Write how the certification of an account stands."""
    mine = account_certification.c.user_id == user_id
    await work.execute(sa.update(account_certification).where(mine).values(**changed))


async def account_of(work: UnitOfWork, user_id: UUID) -> AccountCertification | None:
    """How the certification of an account stands; `None` of one whose role asks for none, or that has none yet."""
    of_privileged = account_certification.c.user_id == user_id, membership.c.role.in_(sorted(PRIVILEGED))
    columns = (account_certification.c.certified_until, account_certification.c.suspended_at)
    found = await work.execute(
        sa.select(*columns, account_certification.c.ended_at)
        .join(membership, membership.c.user_id == account_certification.c.user_id)
        .where(*of_privileged)
    )
    row = found.first()
    return None if row is None else AccountCertification(*tuple(row))


async def forget_account(work: UnitOfWork, user_id: UUID) -> None:
    """Forget how the certification of an account stood: it begins again with the next privileged role."""
    await work.execute(sa.delete(account_certification).where(account_certification.c.user_id == user_id))


async def lapsed_accounts(work: UnitOfWork, before: datetime, *, active: bool = False) -> list[Item]:
    """Privileged accounts certified until `before` at the latest; only those that are `active`."""
    reach = _accounts(Scope(None), active=active).subquery()
    rows = await work.execute(sa.select(reach).where(reach.c.certified_until <= before).order_by(reach.c.user_id))
    return [_item(row) for row in rows]


async def certifiers(work: UnitOfWork, staff_role: str) -> list[tuple[UUID, UUID, bool]]:
    """Everybody active who certifies: user, organization, and whether as staff of the contractor."""
    rows = await work.execute(
        sa.select(user_account.c.user_id, membership.c.organization_id, membership.c.role == staff_role)
        .join(membership, membership.c.user_id == user_account.c.user_id)
        .where(
            user_account.c.kind == "person",
            user_account.c.state == "active",
            membership.c.role.in_([*sorted(ADMINISTRATORS), staff_role]),
        )
        .order_by(user_account.c.user_id)
    )
    return [tuple(row) for row in rows]


async def to_remind(work: UnitOfWork, *, now: datetime, due: datetime) -> list[tuple[UUID, UUID, datetime, int]]:
    """What is open everywhere: organization, user, end, how many.

    The user is `ACCOUNT` unless it is about an account, or about what an administrator can reach.
    """
    reach = _grants().subquery("reach")
    subject = sa.case((_ADMINISTRATES, reach.c.user_id), else_=sa.cast(ACCOUNT, sa.Uuid)).label("subject")
    pairs = (
        sa.select(membership.c.organization_id, subject, reach.c.certified_until)
        .join(membership, membership.c.user_id == reach.c.user_id)
        .where(reach.c.certified_until > now, reach.c.certified_until <= due)
        .subquery("pairs")
    )
    of_grants = sa.select(*pairs.c, sa.func.count()).group_by(*pairs.c)
    accounts = _accounts(Scope(None)).subquery()
    of_accounts = (
        sa.select(membership.c.organization_id, accounts.c.user_id, accounts.c.certified_until, sa.literal(1))
        .join(membership, membership.c.user_id == accounts.c.user_id)
        .where(accounts.c.certified_until > now, accounts.c.certified_until <= due)
    )
    rows = await work.execute(sa.union_all(of_grants, of_accounts))
    return sorted(tuple(row) for row in rows)


async def to_tell_of_suspension(
    work: UnitOfWork, *, now: datetime, since: datetime, at_most: int
) -> list[tuple[UUID, datetime, int]]:
    """Who can no longer use what nobody certified, and was not told of it: user, since when, of how many enrollments.

    `since`: what was suspended before is revoked already, or about to be.
    """
    pairs = _grants(user_account.c.state == "active", user_account.c.kind == "person").subquery("pairs")
    until = pairs.c.certified_until
    told = sa.exists().where(
        certification_reminder.c.user_id == pairs.c.user_id,
        certification_reminder.c.certified_until == until,
        certification_reminder.c.days == SUSPENDED,
    )
    rows = await work.execute(
        sa.select(pairs.c.user_id, until, sa.func.count())
        .where(until <= now, until > since, ~told)
        .group_by(pairs.c.user_id, until)
        .order_by(pairs.c.user_id, until)
        .limit(at_most)
    )
    return [tuple(row) for row in rows]


async def vendors_last_days(
    work: UnitOfWork, user_ids: Iterable[UUID], enrollment_ids: Iterable[UUID]
) -> dict[_Key, date]:
    """With which day the provider's authorization ends of the vendors that these users work for, where it has one."""
    rows = await work.execute(
        sa.select(membership.c.user_id, enrollment.c.enrollment_id, vendor_authorization.c.ends)
        .join(vendor_authorization, vendor_authorization.c.vendor_id == membership.c.organization_id)
        .join(enrollment, enrollment.c.organization_id == vendor_authorization.c.organization_id)
        .where(
            membership.c.user_id.in_(list(user_ids)),
            enrollment.c.enrollment_id.in_(list(enrollment_ids)),
            vendor_authorization.c.state == "confirmed",
            vendor_authorization.c.ends.is_not(None),
        )
    )
    return {(row.user_id, row.enrollment_id): row.ends for row in rows}


async def note_reminder(work: UnitOfWork, user_id: UUID, until: datetime, days: int) -> bool:
    """Remember that somebody is reminded. False when they were."""
    noted = await work.execute(
        insert(certification_reminder)
        .values(user_id=user_id, certified_until=until, days=days)
        .on_conflict_do_nothing()
        .returning(certification_reminder.c.days)
    )
    return noted.first() is not None


async def note_request(work: UnitOfWork, user_id: UUID, before: datetime) -> bool:
    """Remember that a user asks to be certified. False when they asked after `before` already."""
    statement = insert(certification_request).values(user_id=user_id, asked_at=work.now)
    noted = await work.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id"],
            set_={"asked_at": statement.excluded.asked_at},
            where=certification_request.c.asked_at <= before,
        ).returning(certification_request.c.user_id)
    )
    return noted.first() is not None


async def turned_bad(work: UnitOfWork) -> list[tuple[Trigger, UUID]]:
    """What was in order when it was looked at last and is not any more; it is looked at now."""
    administrated = sa.exists().where(
        membership.c.organization_id == organization.c.organization_id,
        membership.c.role.in_(sorted(ADMINISTRATORS)),
        user_account.c.user_id == membership.c.user_id,
        user_account.c.state == "active",
    )
    looks: dict[Trigger, sa.Select[Any]] = {
        "pecos-inactive": sa.select(enrollment.c.enrollment_id, enrollment.c.pecos_active.label("good")),
        "edi-agreement-revoked": sa.select(enrollment.c.enrollment_id, enrollment.c.edi_agreement_signed.label("good")),
        "no-administrator": sa.select(organization.c.organization_id, administrated.label("good")).where(
            organization.c.kind != "contractor"
        ),
    }
    bad: list[tuple[Trigger, UUID]] = []
    for reason, look in looks.items():
        seen = look.subquery()
        subject, good = list(seen.c)
        changed = await work.execute(
            sa.update(certification_watch)
            .where(
                certification_watch.c.reason == reason,
                certification_watch.c.subject == subject,
                certification_watch.c.good != good,
            )
            .values(good=good, since=work.now)
            .returning(certification_watch.c.subject, certification_watch.c.good)
        )
        bad += sorted((reason, row.subject) for row in changed if not row.good)
        new = sa.select(sa.literal(reason, sa.Text), subject, good, sa.literal(work.now, sa.DateTime(timezone=True)))
        columns = ["reason", "subject", "good", "since"]
        await work.execute(insert(certification_watch).from_select(columns, new).on_conflict_do_nothing())
    return bad


async def owners_changed(work: UnitOfWork, *, after: date, today: date) -> list[UUID]:
    """Of which enrollments PECOS tells a change of ownership that was not noticed yet; it is noticed now.

    `after`: what changed before was certified since.
    """
    told = feed_record.c.content["ownership_changed"].astext
    seen = (
        sa.select(feed_record.c.record_id, sa.cast(told, sa.Date).label("day"))
        .join(enrollment, enrollment.c.enrollment_id == feed_record.c.record_id)
        .where(feed_record.c.kind == "enrollment", told.is_not(None))
        .subquery("seen")
    )
    reason: Trigger = "ownership-change"
    now = sa.literal(work.now, sa.DateTime(timezone=True))
    new = sa.select(sa.literal(reason, sa.Text), seen.c.record_id, sa.false(), now, seen.c.day).where(
        seen.c.day > after, seen.c.day <= today
    )
    statement = insert(certification_watch).from_select(["reason", "subject", "good", "since", "day"], new)
    noticed = await work.execute(
        statement.on_conflict_do_update(
            index_elements=["reason", "subject"],
            set_={name: statement.excluded[name] for name in ("good", "since", "day")},
            where=certification_watch.c.day.is_distinct_from(statement.excluded.day),
        ).returning(certification_watch.c.subject)
    )
    return sorted(noticed.scalars())


async def call(work: UnitOfWork, organization_id: UUID, reason: str, by: UUID) -> None:
    """Keep that staff called for the certification of an organization, and why."""
    row = {"organization_id": organization_id, "reason": reason, "called_by": by, "called_at": work.now}
    await work.execute(certification_call.insert().values(call_id=work.runtime.ids.new(), **row))
    found: Trigger = "finding"
    watched = insert(certification_watch).values(reason=found, subject=organization_id, good=False, since=work.now)
    await work.execute(
        watched.on_conflict_do_update(
            index_elements=["reason", "subject"], set_={"good": False, "since": watched.excluded.since}
        )
    )


async def forget_events(work: UnitOfWork, before: datetime) -> None:
    """Name what happened once no longer as the reason of a certification: it was decided, or revoked."""
    events: tuple[Trigger, ...] = ("ownership-change", "finding")
    over = certification_watch.c.reason.in_(events), certification_watch.c.since <= before
    await work.execute(sa.update(certification_watch).where(*over, ~certification_watch.c.good).values(good=True))


@dataclass(frozen=True, slots=True)
class Call:
    """Why, when and by whom the certification of an organization was called for."""

    reason: str
    called_at: datetime
    called_by: str


async def calls(work: UnitOfWork, organization_id: UUID) -> list[Call]:
    """Why the certification of an organization was called for, the newest first."""
    name = sa.func.coalesce(user_account.c.name, "A former user")
    rows = await work.execute(
        sa.select(certification_call.c.reason, certification_call.c.called_at, name)
        .outerjoin(user_account, user_account.c.user_id == certification_call.c.called_by)
        .where(certification_call.c.organization_id == organization_id)
        .order_by(certification_call.c.call_id.desc())
        .limit(_CALLS_SHOWN)
    )
    return [Call(*tuple(row)) for row in rows]


async def triggers_of(work: UnitOfWork, subjects: Iterable[UUID]) -> dict[UUID, Trigger]:
    """Why the access to some enrollments, or of the users of some organizations, is certified out of turn."""
    bad = certification_watch.c.subject.in_(list(subjects)), ~certification_watch.c.good
    rows = await work.execute(sa.select(certification_watch).where(*bad).order_by(certification_watch.c.since))
    return {row.subject: row.reason for row in rows}


async def shorten(work: UnitOfWork, subject: UUID, until: datetime) -> list[UUID]:
    """Let access to an enrollment, or of the users of an organization, count until then at most. Whose changed.

    Of an organization, the accounts that are certified by themselves too.
    """
    of_them = sa.select(membership.c.user_id).where(membership.c.organization_id == subject)
    accounts = account_certification.c.user_id.in_(of_them), account_certification.c.certified_until > until
    await work.execute(sa.update(account_certification).where(*accounts).values(certified_until=until))
    changed = await work.execute(
        sa.update(user_grant)
        .where(
            sa.or_(user_grant.c.enrollment_id == subject, user_grant.c.user_id.in_(of_them)),
            user_grant.c.certified_until > until,
        )
        .values(certified_until=until)
        .returning(user_grant.c.user_id)
    )
    return sorted(set(changed.scalars()))
