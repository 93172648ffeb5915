"""Every query about organizations, enrollments, users and grants."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.contracts.auth import Enrollment, Grant, OrganizationAccess, UserAccess
from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.domain import Member
from services.auth.access.tables import (
    enrollment,
    membership,
    organization,
    user_account,
    user_grant,
    vendor_authorization,
)

# What other features join to: how a user stands, and who owns an enrollment the user has a grant for.
STANDING = (
    sa.select(
        user_account.c.user_id,
        user_account.c.kind,
        user_account.c.login,
        user_account.c.name,
        user_account.c.state,
        user_account.c.epoch,
        user_account.c.rules_of_behavior_until,
        user_account.c.rules_of_behavior_version,
        membership.c.role,
        membership.c.organization_id,
        organization.c.epoch.label("organization_epoch"),
    )
    .join(membership, membership.c.user_id == user_account.c.user_id)
    .join(organization, organization.c.organization_id == membership.c.organization_id)
    .subquery("standing")
)

GRANTED = (
    sa.select(user_grant.c.user_id, user_grant.c.enrollment_id, organization.c.epoch.label("owner_epoch"))
    .join(enrollment, enrollment.c.enrollment_id == user_grant.c.enrollment_id)
    .join(organization, organization.c.organization_id == enrollment.c.organization_id)
    .distinct()
    .subquery("granted")
)

_MEMBERS = sa.select(
    user_account.c.user_id,
    user_account.c.kind,
    user_account.c.login,
    user_account.c.name,
    membership.c.role,
    user_account.c.state,
    membership.c.organization_id,
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
    work: UnitOfWork, organization_id: UUID, enrollment_ids: Iterable[UUID]
) -> dict[UUID, Enrollment]:
    """Those of some enrollments that an organization may act for."""
    named = enrollment.c.enrollment_id.in_(list(enrollment_ids))
    rows = await work.execute(_all_enrollments().where(named, acted_for_by(organization_id)))
    return {row.enrollment_id: _enrollment(row) for row in rows}


async def may_act_for(work: UnitOfWork, organization_id: UUID, enrollment_id: UUID) -> bool:
    """Whether an organization may act for an enrollment."""
    this = sa.exists().where(acted_for_by(organization_id), enrollment.c.enrollment_id == enrollment_id)
    return bool((await work.execute(sa.select(this))).scalar_one())


def acted_for_by(organization_id: UUID) -> sa.ColumnElement[bool]:
    """Of an enrollment: that the organization may act for it."""
    itself = sa.select(organization.c.organization_id).where(organization.c.organization_id == organization_id)
    authorizing = sa.select(vendor_authorization.c.organization_id).where(
        vendor_authorization.c.vendor_id == organization_id
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


async def contact(work: UnitOfWork, user_id: UUID) -> tuple[str, str]:
    """Name and mail address of a user; a client has no address."""
    columns = (user_account.c.name, user_account.c.email)
    row = (await work.execute(sa.select(*columns).where(user_account.c.user_id == user_id))).one()
    return row.name, row.email


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
    """Add grants. Those that stand already stay as they are. The permissions that are new."""
    if not rows:
        return []
    added = await work.execute(
        insert(user_grant).values(list(rows)).on_conflict_do_nothing().returning(user_grant.c.permission)
    )
    return sorted(added.scalars())


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


async def rules_accepted(work: UnitOfWork, user_id: UUID) -> tuple[str, datetime]:
    """Which version of the Rules of Behavior a user accepted last, and until when that counts."""
    columns = (user_account.c.rules_of_behavior_version, user_account.c.rules_of_behavior_until)
    row = (await work.execute(sa.select(*columns).where(user_account.c.user_id == user_id))).one()
    return row.rules_of_behavior_version, row.rules_of_behavior_until


async def put_rules_accepted(work: UnitOfWork, user_id: UUID, version: str, until: datetime) -> None:
    """Write which version of the Rules of Behavior a user accepted."""
    await work.execute(
        sa.update(user_account)
        .where(user_account.c.user_id == user_id)
        .values(rules_of_behavior_version=version, rules_of_behavior_until=until)
    )


async def lapse_rules(work: UnitOfWork, asked: Mapping[str, str], *, otherwise: str, at_most: int) -> list[UUID]:
    """End the acceptance of persons who accepted another version than `asked` of their role. Whose ended."""
    outdated = (
        sa.select(user_account.c.user_id)
        .join(membership, membership.c.user_id == user_account.c.user_id)
        .where(
            user_account.c.kind == "person",
            user_account.c.rules_of_behavior_until > work.now,
            user_account.c.rules_of_behavior_version != sa.case(dict(asked), value=membership.c.role, else_=otherwise),
        )
        .order_by(user_account.c.user_id)
        .limit(at_most)
    )
    ended = await work.execute(
        sa.update(user_account)
        .where(user_account.c.user_id.in_(outdated))
        .values(rules_of_behavior_until=work.now)
        .returning(user_account.c.user_id)
    )
    return sorted(ended.scalars())


async def set_state(work: UnitOfWork, user_id: UUID, state: str) -> None:
    """Set the state of an account."""
    await work.execute(sa.update(user_account).where(user_account.c.user_id == user_id).values(state=state))


async def put_organization(work: UnitOfWork, row: dict[str, Any]) -> bool:
    """Write an organization as it is now. Whether anything changed."""
    statement = insert(organization).values(**row, epoch=0, version=0)
    written = await work.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id"],
            set_={"kind": statement.excluded.kind, "name": statement.excluded.name},
            where=sa.or_(
                organization.c.kind != statement.excluded.kind, organization.c.name != statement.excluded.name
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
    """Write whom a provider authorizes. Whether anything changed."""
    theirs = vendor_authorization.c.organization_id == organization_id
    known = set((await work.execute(sa.select(vendor_authorization.c.vendor_id).where(theirs))).scalars())
    if known == set(vendors):
        return False
    await work.execute(sa.delete(vendor_authorization).where(theirs))
    work.insert(
        vendor_authorization, [{"organization_id": organization_id, "vendor_id": each} for each in sorted(vendors)]
    )
    return True


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
    rows = await work.execute(
        sa.select(user_account, membership.c.organization_id, membership.c.role)
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
        )
        for row in rows
    ]


async def organization_records(
    work: UnitOfWork, organization_ids: Sequence[UUID], *, generation: int
) -> list[OrganizationAccess]:
    """The whole of some organizations, as it is published."""
    ids = list(organization_ids)
    rows = await work.execute(
        sa.select(organization).where(organization.c.organization_id.in_(ids)).order_by(organization.c.organization_id)
    )
    of_them = _all_enrollments().where(enrollment.c.organization_id.in_(ids))
    theirs: dict[UUID, list[Enrollment]] = {each: [] for each in ids}
    for row in await work.execute(of_them.order_by(*_BY_NAME.columns)):
        theirs[row.organization_id].append(_enrollment(row))
    vendors: dict[UUID, list[UUID]] = {each: [] for each in ids}
    authorized = sa.select(vendor_authorization).where(vendor_authorization.c.organization_id.in_(ids))
    for row in await work.execute(authorized.order_by(vendor_authorization.c.vendor_id)):
        vendors[row.organization_id].append(row.vendor_id)
    return [
        OrganizationAccess(
            organization_id=row.organization_id,
            generation=generation,
            version=row.version,
            epoch=row.epoch,
            kind=row.kind,
            name=row.name,
            enrollments=tuple(theirs[row.organization_id]),
            vendors=tuple(vendors[row.organization_id]),
        )
        for row in rows
    ]


def grant_row(
    user_id: UUID, enrollment_id: UUID, permission: str, *, now: datetime, certified_until: datetime, by: UUID | None
) -> dict[str, Any]:
    """A row of a new grant."""
    return {
        "user_id": user_id,
        "enrollment_id": enrollment_id,
        "permission": permission,
        "effective": now,
        "ends": None,
        "certified_until": certified_until,
        "granted_by": by,
    }
