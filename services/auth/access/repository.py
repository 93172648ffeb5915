"""Every query about organizations, enrollments, users and grants."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.contracts.auth import (
    Authorization,
    Enrollment,
    Grant,
    LookUpNpi,
    OrganizationAccess,
    UserAccess,
)
from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.domain import ADMINISTRATORS, SCOPE, Member
from services.auth.access.tables import (
    enrollment,
    membership,
    organization,
    user_account,
    user_grant,
    vendor_authorization,
)
from services.auth.look_up_association.tables import look_up_association
from services.auth.organization_link.tables import organization_request
from services.auth.role_requests.tables import role_request

_DAY = timedelta(days=1)

# What other features join to: how a user stands, and who owns an enrollment the user has a grant for.
STANDING = (
    sa.select(
        user_account.c.user_id,
        user_account.c.kind,
        user_account.c.login,
        user_account.c.name,
        user_account.c.state,
        user_account.c.dormant_until,
        user_account.c.epoch,
        user_account.c.rules_of_behavior_until,
        user_account.c.training_until,
        user_account.c.code_sets_until,
        membership.c.role,
        membership.c.organization_id,
        organization.c.epoch.label("organization_epoch"),
    )
    .join(membership, membership.c.user_id == user_account.c.user_id)
    .join(organization, organization.c.organization_id == membership.c.organization_id)
    .subquery("standing")
)


def owner_epoch(acting: sa.Table) -> sa.Label[int]:
    """The epoch of who owns the enrollment that each row of `acting` acts for; NULL where its user has no grant for it.

    Looked up for each row, by keys: joined as a table of all grants it would be made of all of them for every request.
    """
    granted = (
        sa.exists()
        .where(user_grant.c.user_id == acting.c.user_id, user_grant.c.enrollment_id == acting.c.enrollment_id)
        .correlate(acting)
    )
    return (
        sa.select(organization.c.epoch)
        .join(enrollment, enrollment.c.organization_id == organization.c.organization_id)
        .where(enrollment.c.enrollment_id == acting.c.enrollment_id, granted)
        .correlate(acting)
        .scalar_subquery()
        .label("owner_epoch")
    )


_MEMBERS = sa.select(
    user_account.c.user_id,
    user_account.c.kind,
    user_account.c.login,
    user_account.c.name,
    membership.c.role,
    user_account.c.state,
    membership.c.organization_id,
    membership.c.dual_role,
).join(membership, membership.c.user_id == user_account.c.user_id)


_BY_LOGIN = Order((user_account.c.login,), user_account.c.user_id, source=user_account.join(membership))
_BY_NAME = Order(
    (organization.c.name, enrollment.c.effective, enrollment.c.npi, enrollment.c.ptan, enrollment.c.enrollment_id),
    enrollment.c.enrollment_id,
    source=enrollment.join(organization),
)
TWO = Place(size=2, counted=False)
"""Enough to know whether there is one."""


async def member(work: UnitOfWork, user_id: UUID) -> Member | None:
    """One user and where they belong."""
    row = (await work.execute(_MEMBERS.where(user_account.c.user_id == user_id))).first()
    return None if row is None else Member(*tuple(row))


async def members(work: UnitOfWork, organization_id: UUID, place: Place, words: str = "") -> Page[Member]:
    """The users of an organization by user ID: those that have `words` in their name or user ID."""
    rows = _MEMBERS.where(user_account.c.state != "removed")
    if words:
        in_name = (user_account.c.login, user_account.c.name)
        rows = rows.where(sa.or_(*(column.icontains(words, autoescape=True) for column in in_name)))
    of_it = membership.c.organization_id == organization_id
    return await page_of(work, rows, _BY_LOGIN, place, within=of_it, make=lambda row: Member(*row))


async def members_by_id(work: UnitOfWork, organization_id: UUID, user_ids: Iterable[UUID]) -> dict[UUID, Member]:
    """Those of some users who belong to an organization."""
    here = user_account.c.user_id.in_(list(user_ids)), membership.c.organization_id == organization_id
    rows = await work.execute(_MEMBERS.where(user_account.c.state != "removed", *here))
    return {row.user_id: Member(*tuple(row)) for row in rows}


async def grants_of(
    work: UnitOfWork, user_ids: Iterable[UUID], enrollment_ids: Iterable[UUID] | None = None
) -> dict[UUID, list[Grant]]:
    """The grants of some users (for some enrollments only), by user, then enrollment and permission."""
    found: dict[UUID, list[Grant]] = {user_id: [] for user_id in user_ids}
    here = sa.true() if enrollment_ids is None else user_grant.c.enrollment_id.in_(list(enrollment_ids))
    rows = await work.execute(
        sa.select(user_grant)
        .where(user_grant.c.user_id.in_(found), here)
        .order_by(user_grant.c.user_id, user_grant.c.enrollment_id, user_grant.c.permission)
    )
    for row in rows:
        found[row.user_id].append(
            Grant(
                enrollment_id=row.enrollment_id,
                permission=row.permission,
                effective=row.effective,
                ends=row.ends,
                certified_until=row.certified_until,
            )
        )
    return found


async def enrollments_for(work: UnitOfWork, organization_id: UUID, place: Place, words: str = "") -> Page[Enrollment]:
    """The enrollments an organization may act for: its own, and those of providers that authorized it.

    By organization name, the oldest first; only those of which `words` name the NPI, the PTAN or a part of the
    organization's name.
    """
    return await _enrollments(work, acted_for_by(organization_id), place, words)


async def granted_enrollments(work: UnitOfWork, user_id: UUID, place: Place, words: str = "") -> Page[Enrollment]:
    """The enrollments a user holds a grant for, as `enrollments_for` finds them."""
    return await _enrollments(work, _granted(user_id), place, words)


async def enrollments_by_id(
    work: UnitOfWork, organization_id: UUID | None, enrollment_ids: Iterable[UUID]
) -> dict[UUID, Enrollment]:
    """Those of some enrollments that an organization may act for; all of them for the contractor's staff (None)."""
    named = enrollment.c.enrollment_id.in_(list(enrollment_ids))
    acted_for = sa.true() if organization_id is None else acted_for_by(organization_id)
    rows = await work.execute(_all_enrollments().where(named, acted_for))
    return {row.enrollment_id: _enrollment(row) for row in rows}


async def enrollment_named(work: UnitOfWork, organization_id: UUID, npi: str, ptan: str) -> UUID | None:
    """The enrollment with this NPI and PTAN, if the organization may act for it."""
    named = enrollment.c.npi == npi, sa.func.upper(enrollment.c.ptan) == ptan.upper()
    rows = await work.execute(
        sa.select(enrollment.c.enrollment_id).where(*named, acted_for_by(organization_id)).limit(1)
    )
    return rows.scalar_one_or_none()


async def may_act_for(work: UnitOfWork, organization_id: UUID, enrollment_id: UUID) -> bool:
    """Whether an organization may act for an enrollment."""
    this = sa.exists().where(acted_for_by(organization_id), enrollment.c.enrollment_id == enrollment_id)
    return bool((await work.execute(sa.select(this))).scalar_one())


def acted_for_by(organization_id: UUID) -> sa.ColumnElement[bool]:
    """Of an enrollment: that the organization may act for it."""
    itself = sa.select(organization.c.organization_id).where(organization.c.organization_id == organization_id)
    authorizing = sa.select(vendor_authorization.c.organization_id).where(
        vendor_authorization.c.vendor_id == organization_id, vendor_authorization.c.state == "confirmed"
    )
    return enrollment.c.organization_id.in_(sa.union_all(itself, authorizing))


def _granted(user_id: UUID) -> sa.ColumnElement[bool]:
    return enrollment.c.enrollment_id.in_(sa.select(user_grant.c.enrollment_id).where(user_grant.c.user_id == user_id))


def _named(words: str) -> sa.ColumnElement[bool]:
    if not words:
        return sa.true()
    of_organization = organization.c.name.icontains(words, autoescape=True)
    return sa.or_(enrollment.c.npi == words, sa.func.upper(enrollment.c.ptan) == words.upper(), of_organization)


async def _enrollments(
    work: UnitOfWork, within: sa.ColumnElement[bool], place: Place, words: str = ""
) -> Page[Enrollment]:
    return await page_of(
        work, _all_enrollments().where(_named(words)), _BY_NAME, place, within=within, make=_enrollment
    )


def _all_enrollments() -> sa.Select[Any]:
    return sa.select(enrollment, organization.c.name).select_from(enrollment.join(organization))


def _enrollment(row: Any) -> Enrollment:
    return Enrollment(
        enrollment_id=row.enrollment_id,
        organization_name=row.name,
        npi=row.npi,
        tax_id=row.tax_id,
        ptan=row.ptan,
        line_of_business=row.line_of_business,
        pecos_active=row.pecos_active,
        edi_agreement_signed=row.edi_agreement_signed,
        submitters=tuple(row.submitters),
        effective=row.effective,
        ends=row.ends,
    )


async def holds_grant(work: UnitOfWork, user_id: UUID, enrollment_id: UUID) -> bool:
    """Whether a user holds any grant for an enrollment."""
    held = sa.exists().where(user_grant.c.user_id == user_id, user_grant.c.enrollment_id == enrollment_id)
    return bool((await work.execute(sa.select(held))).scalar_one())


async def lock_user(work: UnitOfWork, user_id: UUID) -> None:
    """Let no other transaction change this user's access until this one ends."""
    await work.execute(sa.select(user_account.c.user_id).where(user_account.c.user_id == user_id).with_for_update())


async def lock_users(work: UnitOfWork, user_ids: Sequence[UUID]) -> None:
    """As `lock_user` for several, in one order, so that two administrators never wait for each other."""
    theirs = user_account.c.user_id.in_(list(user_ids))
    await work.execute(
        sa.select(user_account.c.user_id).where(theirs).order_by(user_account.c.user_id).with_for_update()
    )


async def administrators(work: UnitOfWork, organization_id: UUID) -> list[UUID]:
    """The active portal administrators of an organization."""
    rows = await work.execute(
        sa.select(user_account.c.user_id)
        .join(membership, membership.c.user_id == user_account.c.user_id)
        .where(
            membership.c.organization_id == organization_id,
            membership.c.role.in_(ADMINISTRATORS),
            user_account.c.state == "active",
            user_account.c.kind == "person",
        )
        .order_by(user_account.c.user_id)
    )
    return list(rows.scalars())


def no_other_administrator(
    organization_id: sa.ColumnElement[UUID], user_id: sa.ColumnElement[UUID]
) -> sa.ColumnElement[bool]:
    """Of what a user of an organization asked for: that nobody else there could decide about it."""
    other, theirs = membership.alias("other"), user_account.alias("theirs")
    return ~sa.exists().where(
        other.c.organization_id == organization_id,
        other.c.user_id != user_id,
        other.c.role.in_(sorted(ADMINISTRATORS)),
        theirs.c.user_id == other.c.user_id,
        theirs.c.state == "active",
        theirs.c.kind == "person",
    )


async def staff_in(work: UnitOfWork, role: str) -> list[UUID]:
    """The active people of the contractor's staff who have this role."""
    rows = await work.execute(
        sa.select(STANDING.c.user_id)
        .where(STANDING.c.role == role, STANDING.c.state == "active", STANDING.c.kind == "person")
        .order_by(STANDING.c.user_id)
    )
    return list(rows.scalars())


async def staff(work: UnitOfWork, organization_id: UUID) -> int:
    """How many people of an organization have an account here."""
    return int((await work.execute(sa.select(_people(sa.literal(organization_id))))).scalar_one())


def _people(organization_id: sa.ColumnElement[UUID]) -> sa.ScalarSelect[int]:
    of_them = membership.alias("of_them")
    return (
        sa.select(sa.func.count())
        .select_from(of_them.join(user_account, user_account.c.user_id == of_them.c.user_id))
        .where(
            of_them.c.organization_id == organization_id,
            user_account.c.kind == "person",
            user_account.c.state != "removed",
        )
        .scalar_subquery()
    )


async def put_role(work: UnitOfWork, user_id: UUID, *, role: str, dual_role: bool = False) -> None:
    """Set what a user is in their organization."""
    await work.execute(
        sa.update(membership).where(membership.c.user_id == user_id).values(role=role, dual_role=dual_role)
    )


async def contact(work: UnitOfWork, user_id: UUID) -> tuple[str, str]:
    """Name and mail address of a user; a client has no address."""
    columns = (user_account.c.name, user_account.c.email)
    row = (await work.execute(sa.select(*columns).where(user_account.c.user_id == user_id))).one()
    return row.name, row.email


async def logins_of(work: UnitOfWork, email: str) -> list[Member]:
    """The people who have accounts with this mail address, the oldest first."""
    theirs = sa.func.lower(user_account.c.email) == email.lower(), user_account.c.state != "removed"
    rows = await work.execute(_MEMBERS.where(*theirs).order_by(user_account.c.created_at, user_account.c.login))
    return [Member(*tuple(row)) for row in rows]


async def put_email(work: UnitOfWork, user_id: UUID, email: str) -> None:
    """Write the mail address of a user."""
    await work.execute(sa.update(user_account).where(user_account.c.user_id == user_id).values(email=email))


async def organization_name(work: UnitOfWork, user_id: UUID) -> str:
    """The name of the organization a user belongs to; empty for who belongs to none."""
    named = sa.select(organization.c.name).join(membership).where(membership.c.user_id == user_id)
    return (await work.execute(named)).scalar_one_or_none() or ""


async def certify(work: UnitOfWork, user_id: UUID, enrollment_id: UUID, until: datetime) -> None:
    """Let everything a user may do for an enrollment count until then."""
    await work.execute(
        sa.update(user_grant)
        .where(user_grant.c.user_id == user_id, user_grant.c.enrollment_id == enrollment_id)
        .values(certified_until=until)
    )


async def remove_grants(
    work: UnitOfWork, user_id: UUID, enrollment_id: UUID, permissions: Collection[str] | None = None
) -> list[str]:
    """Take away what a user may do for an enrollment, or only `permissions` of it. The permissions that were there."""
    these = sa.true() if permissions is None else user_grant.c.permission.in_(permissions)
    removed = await work.execute(
        sa.delete(user_grant)
        .where(user_grant.c.user_id == user_id, user_grant.c.enrollment_id == enrollment_id, these)
        .returning(user_grant.c.permission)
    )
    return sorted(removed.scalars())


async def add_grants(work: UnitOfWork, rows: Sequence[dict[str, Any]]) -> list[str]:
    """Add grants. Those that stand already stay as they are, one with an end is replaced. The permissions changed."""
    if not rows:
        return []
    statement = insert(user_grant).values(list(rows))
    new = {name: statement.excluded[name] for name in ("effective", "ends", "certified_until", "granted_by")}
    added = await work.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "enrollment_id", "permission"], set_=new, where=user_grant.c.ends.is_not(None)
        ).returning(user_grant.c.permission)
    )
    return sorted(added.scalars())


async def remove_ended_grants(work: UnitOfWork, *, at_most: int) -> list[tuple[UUID, UUID, str]]:
    """Take away grants whose last day is over: user, enrollment and permission of each."""
    key = (user_grant.c.user_id, user_grant.c.enrollment_id, user_grant.c.permission)
    over = sa.select(*key).where(user_grant.c.ends <= work.now).order_by(*key).limit(at_most)
    gone = await work.execute(sa.delete(user_grant).where(sa.tuple_(*key).in_(over)).returning(*key))
    return sorted(tuple(row) for row in gone)


async def end_authorizations(work: UnitOfWork) -> list[tuple[UUID, UUID]]:
    """End the authorizations of vendors whose last day is over: id and provider of each."""
    ended = await work.execute(
        sa.update(vendor_authorization)
        .where(vendor_authorization.c.state == "confirmed", vendor_authorization.c.ends < work.runtime.today)
        .values(state="ended", ended_at=work.now, reason="over")
        .returning(vendor_authorization.c.authorization_id, vendor_authorization.c.organization_id)
    )
    return sorted(tuple(row) for row in ended)


async def end_dual_roles(work: UnitOfWork, *, below: int) -> list[UUID]:
    """End the dual roles in organizations that no longer have fewer people than `below`. Whose ended."""
    ended = await work.execute(
        sa.update(membership)
        .where(membership.c.dual_role, _people(membership.c.organization_id) >= below)
        .values(dual_role=False)
        .returning(membership.c.user_id)
    )
    return sorted(ended.scalars())


async def add_user(work: UnitOfWork, row: dict[str, Any], *, organization_id: UUID, role: str) -> bool:
    """Add a user and where they belong, unless the id is taken. Whether it was added."""
    added = await work.execute(
        insert(user_account)
        .values(**row, epoch=0, version=0)
        .on_conflict_do_nothing()
        .returning(user_account.c.user_id)
    )
    if added.first() is None:
        return False
    await work.execute(membership.insert().values(user_id=row["user_id"], organization_id=organization_id, role=role))
    return True


async def move(work: UnitOfWork, user_id: UUID, *, organization_id: UUID, role: str) -> None:
    """Let a user belong to another organization from now on. The caller publishes the access."""
    theirs = membership.c.user_id == user_id
    await work.execute(
        sa.update(membership).where(theirs).values(organization_id=organization_id, role=role, dual_role=False)
    )


async def set_state(work: UnitOfWork, user_id: UUID, state: str, *, dormant_until: datetime | None = None) -> None:
    """Set the state of an account. `dormant_until`: disabled for want of use, and until then its owner may wake it."""
    changed = sa.update(user_account).where(user_account.c.user_id == user_id)
    since = {"active_since": work.now} if state == "active" else {}
    await work.execute(changed.values(state=state, dormant_until=dormant_until, **since))


async def organization_names(work: UnitOfWork, organization_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What some organizations are called."""
    named = organization.c.organization_id.in_(list(organization_ids))
    rows = await work.execute(sa.select(organization.c.organization_id, organization.c.name).where(named))
    return {row.organization_id: row.name for row in rows}


async def put_organization(work: UnitOfWork, row: dict[str, Any]) -> bool:
    """Write an organization as it is now. Whether anything changed."""
    statement = insert(organization).values(**row, epoch=0, version=0)
    written = await work.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id"],
            set_={name: statement.excluded[name] for name in ("kind", "name", "submitter_id")},
            where=sa.or_(
                organization.c.kind != statement.excluded.kind,
                organization.c.name != statement.excluded.name,
                organization.c.submitter_id != statement.excluded.submitter_id,
            ),
        ).returning(organization.c.organization_id)
    )
    return written.first() is not None


async def put_enrollment(work: UnitOfWork, row: dict[str, Any]) -> set[UUID]:
    """Write an enrollment as it is now. Whose it is and was, if anything changed."""
    this = enrollment.c.enrollment_id == row["enrollment_id"]
    before = (await work.execute(sa.select(enrollment.c.organization_id).where(this))).scalar_one_or_none()
    statement = insert(enrollment).values(**row)
    new = {name: statement.excluded[name] for name in row if name != "enrollment_id"}
    written = await work.execute(
        statement.on_conflict_do_update(
            index_elements=["enrollment_id"],
            set_=new,
            where=sa.or_(*(enrollment.c[name].is_distinct_from(new[name]) for name in new)),
        ).returning(enrollment.c.organization_id)
    )
    now = written.scalar_one_or_none()
    return set() if now is None else {now} | ({before} if before else set())


async def close_enrollments(work: UnitOfWork, enrollment_ids: Collection[UUID]) -> set[UUID]:
    """Note that PECOS no longer lists these enrollments. Whose changed by that."""
    closed = await work.execute(
        sa.update(enrollment)
        .where(enrollment.c.enrollment_id.in_(list(enrollment_ids)), enrollment.c.pecos_active)
        .values(pecos_active=False)
        .returning(enrollment.c.organization_id)
    )
    return set(closed.scalars())


async def lapse_certifications(work: UnitOfWork, enrollment_id: UUID) -> list[UUID]:
    """Let nothing that was granted for an enrollment count until it is certified again. Whose grants it were."""
    lapsed = await work.execute(
        sa.update(user_grant)
        .where(user_grant.c.enrollment_id == enrollment_id, user_grant.c.certified_until > work.now)
        .values(certified_until=work.now)
        .returning(user_grant.c.user_id)
    )
    return sorted(set(lapsed.scalars()))


async def put_vendors(work: UnitOfWork, organization_id: UUID, vendors: Sequence[UUID]) -> bool:
    """Write whom the files of EDI enrollment let act for a provider: in all functions, until they no longer say so.

    What the provider confirmed or ended in the portal stands: a file never gives back what they took. Whether anything
    changed.
    """
    of_files = sa.and_(
        vendor_authorization.c.organization_id == organization_id, vendor_authorization.c.source == "edi"
    )
    gone = await work.execute(
        sa.update(vendor_authorization)
        .where(of_files, vendor_authorization.c.state == "confirmed", vendor_authorization.c.vendor_id.not_in(vendors))
        .values(state="ended", ended_at=work.now, reason="edi")
    )
    standing = sa.select(vendor_authorization.c.vendor_id).where(
        vendor_authorization.c.organization_id == organization_id,
        sa.or_(vendor_authorization.c.state == "confirmed", vendor_authorization.c.ended_by.is_not(None)),
    )
    known = set((await work.execute(standing)).scalars())
    new = sorted(set(vendors) - known)
    ids = work.runtime.ids.batch(len(new))
    work.insert(
        vendor_authorization,
        [
            {
                "authorization_id": authorization_id,
                "organization_id": organization_id,
                "vendor_id": vendor_id,
                "source": "edi",
                "state": "confirmed",
                "functions": sorted(SCOPE),
                "effective": work.runtime.today,
                "asked_at": work.now,
                "decided_at": work.now,
            }
            for authorization_id, vendor_id in zip(ids, new, strict=True)
        ],
    )
    return bool(new) or gone.rowcount > 0


async def authorizations(
    work: UnitOfWork, organization_ids: Iterable[UUID], *, vendor_id: UUID | None = None
) -> dict[UUID, list[Authorization]]:
    """Whom some providers let act for them (of one vendor alone), by provider: also from or until another day."""
    found: dict[UUID, list[Authorization]] = {each: [] for each in organization_ids}
    rows = await work.execute(
        sa.select(vendor_authorization)
        .where(vendor_authorization.c.organization_id.in_(found), vendor_authorization.c.state == "confirmed")
        .where(sa.true() if vendor_id is None else vendor_authorization.c.vendor_id == vendor_id)
        .order_by(vendor_authorization.c.vendor_id)
    )
    for row in rows:
        found[row.organization_id].append(
            Authorization(
                vendor_id=row.vendor_id,
                functions=tuple(row.functions),
                submitter=row.submitter,
                effective=start_of(work, row.effective),
                ends=start_of(work, row.ends + _DAY) if row.ends else None,
            )
        )
    return found


def start_of(work: UnitOfWork, day: date) -> datetime:
    """When a business day begins, by the clock that access is refused by."""
    runtime = work.runtime
    return (datetime.combine(day, time.min, runtime.deployment.zone) - runtime.clock.offset()).astimezone(UTC)


async def user_ids(work: UnitOfWork, *, after: UUID | None = None, limit: int | None = None) -> list[UUID]:
    """Users in the order of their ids, those after `after`."""
    return await _ids(work, user_account.c.user_id, after, limit)


async def organization_ids(work: UnitOfWork, *, after: UUID | None = None, limit: int | None = None) -> list[UUID]:
    """Organizations in the order of their ids, those after `after`."""
    return await _ids(work, organization.c.organization_id, after, limit)


async def _ids(work: UnitOfWork, column: sa.Column[UUID], after: UUID | None, limit: int | None) -> list[UUID]:
    rest = sa.select(column).order_by(column).limit(limit)
    return list((await work.execute(rest if after is None else rest.where(column > after))).scalars())


async def raise_epochs(work: UnitOfWork, *, users: Sequence[UUID] = (), organizations: Sequence[UUID] = ()) -> None:
    """Something the decision can see has changed: tokens from now on ask for a newer copy."""
    for table, column, ids in (
        (user_account, user_account.c.user_id, users),
        (organization, organization.c.organization_id, organizations),
    ):
        if ids:
            await work.execute(
                sa.update(table)
                .where(column.in_(list(ids)))
                .values(epoch=table.c.epoch + 1, version=table.c.version + 1)
            )


async def user_records(work: UnitOfWork, user_ids: Sequence[UUID], *, generation: int) -> list[UserAccess]:
    """The whole access of some users, as it is published."""
    grants = await grants_of(work, user_ids)
    associated: dict[UUID, list[LookUpNpi]] = {each: [] for each in user_ids}
    standing = look_up_association.c.user_id.in_(list(user_ids)), look_up_association.c.until.is_(None)
    for row in await work.execute(sa.select(look_up_association).where(*standing).order_by(look_up_association.c.npi)):
        associated[row.user_id].append(LookUpNpi(npi=row.npi, since=row.since))
    rows = await work.execute(
        sa.select(user_account, membership.c.organization_id, membership.c.role, membership.c.dual_role)
        .join(membership, membership.c.user_id == user_account.c.user_id)
        .where(user_account.c.user_id.in_(list(user_ids)))
        .order_by(user_account.c.user_id)
    )
    return [
        UserAccess(
            user_id=row.user_id,
            generation=generation,
            version=row.version,
            epoch=row.epoch,
            state=row.state,
            organization_id=row.organization_id,
            role=row.role,
            rules_of_behavior_until=row.rules_of_behavior_until,
            training_until=row.training_until,
            grants=tuple(grants[row.user_id]),
            dual_role=row.dual_role,
            look_up_npis=tuple(associated[row.user_id]),
        )
        for row in rows
    ]


async def organization_records(
    work: UnitOfWork, organization_ids: Sequence[UUID], *, generation: int
) -> list[OrganizationAccess]:
    """The whole of some organizations, as it is published."""
    ids = list(organization_ids)
    rows = await work.execute(
        sa.select(
            organization,
            _waiting(
                role_request.c.organization_id,
                sa.and_(
                    role_request.c.state == "open",
                    ~no_other_administrator(role_request.c.organization_id, role_request.c.user_id),
                ),
            ).label("access_requests"),
            _waiting(vendor_authorization.c.organization_id, vendor_authorization.c.state == "asked").label(
                "biller_requests"
            ),
            _waiting(
                organization_request.c.organization_id,
                sa.and_(organization_request.c.state == "open", organization_request.c.wanted == "user"),
            ).label("join_requests"),
        )
        .where(organization.c.organization_id.in_(ids))
        .order_by(organization.c.organization_id)
    )
    of_them = _all_enrollments().where(enrollment.c.organization_id.in_(ids))
    theirs: dict[UUID, list[Enrollment]] = {each: [] for each in ids}
    for row in await work.execute(of_them.order_by(*_BY_NAME.columns)):
        theirs[row.organization_id].append(_enrollment(row))
    authorized = await authorizations(work, ids)
    return [
        OrganizationAccess(
            organization_id=row.organization_id,
            generation=generation,
            version=row.version,
            epoch=row.epoch,
            kind=row.kind,
            name=row.name,
            enrollments=tuple(theirs[row.organization_id]),
            vendors=tuple(each.vendor_id for each in authorized[row.organization_id]),
            authorizations=tuple(authorized[row.organization_id]),
            access_requests=row.access_requests,
            biller_requests=row.biller_requests,
            join_requests=row.join_requests,
        )
        for row in rows
    ]


def _waiting(owner: sa.Column[UUID], waits: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    """How many requests wait in an organization."""
    return sa.select(sa.func.count()).where(owner == organization.c.organization_id, waits).scalar_subquery()


def grant_row(
    user_id: UUID,
    enrollment_id: UUID,
    permission: str,
    *,
    now: datetime,
    certified_until: datetime,
    by: UUID | None,
    ends: datetime | None = None,
) -> dict[str, Any]:
    """A row of a new grant."""
    return {
        "user_id": user_id,
        "enrollment_id": enrollment_id,
        "permission": permission,
        "effective": now,
        "ends": ends,
        "certified_until": certified_until,
        "granted_by": by,
    }
