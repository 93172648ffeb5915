"""Changes of access. Each raises the epoch and publishes the whole record in the same transaction."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from libs.common.contracts.auth import RoleRemoved
from libs.common.contracts.base import Contract
from libs.common.errors import Rejected, nothing_here
from libs.common.messaging.subscriptions import Due
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.permit import Permit
from services.auth.access import repository
from services.auth.access.domain import Change, DualRefusal, Refusal, offered_of, refuse_change, refuse_dual_role
from services.auth.look_up_association import repository as look_ups
from services.auth.sessions import repository as sessions
from services.auth.settings import auth_settings

REPUBLISH = "republish-state"
END_WHAT_IS_OVER = "end-what-is-over"
_AT_ONCE = 100
_HOUR = timedelta(hours=1)

_SENTENCES: dict[Refusal, str] = {
    "own-access": "You cannot change your own access. Another administrator of your organization can.",
    "administrator": "Administrators manage users and see no patient data. Give this access to a user account.",
    "unknown-permission": "There is no such function to give access to.",
}
_NOT_OFFERED = "This function is not offered under this contract. Give access to another one."
_DUAL_SENTENCES: dict[DualRefusal, str] = {
    "own-access": _SENTENCES["own-access"],
    "no-administrator": "Only an administrator can have a dual role.",
    "too-many-staff": "Your organization has {staff} people here. Only one with fewer than {below} may let an"
    " administrator work with patient data too: give this work to a user account.",
}


async def remove_grants(permit: Permit, change: Change) -> None:
    """Take grants from a user of one's own organization: they end with the user's next request, everywhere.

    Raises `Rejected`: 404 for whoever is no member, and when there is no such grant; 403 for one's own access.
    """
    work = permit.work
    await _check(work, change, by=permit.principal.user_id, organization_id=permit.principal.organization_id)
    removed = await repository.remove_grants(work, change.user_id, change.enrollment_id, change.permissions)
    if not removed:
        raise nothing_here()
    await publish_users(work, [change.user_id])
    for permission in removed:
        work.audit("remove", "grant", _name_of(change, permission))
        work.append(
            RoleRemoved(
                user_id=change.user_id,
                enrollment_id=change.enrollment_id,
                permission=permission,
                removed_by=permit.principal.user_id,
            )
        )


async def add_grants(permit: Permit, change: Change) -> None:
    """Give grants to a user of one's own organization, as `give`."""
    await give(permit.work, change, by=permit.principal.user_id, organization_id=permit.principal.organization_id)


async def give(work: UnitOfWork, change: Change, *, by: UUID, organization_id: UUID) -> None:
    """Give grants to a user of an organization, certified for a year, or until a last day.

    What stands already stays; what has a last day is given again. Of a bundle, only what this contract offers is given.
    Raises `Rejected`, as `remove_grants`, and for a last day that is over, or lies beyond the longest time.
    """
    await _check(work, change, by=by, organization_id=organization_id)
    given = offered_of(change.permissions, work.runtime.deployment.offered)
    if not given:
        raise Rejected("form-invalid", _NOT_OFFERED, fields={"permission": _NOT_OFFERED})
    if fault := last_day_fault(work, change.last_day):
        raise Rejected("form-invalid", fault, fields={"last_day": fault})
    until = certified_until(work)
    ends = end_of(work, change.last_day)
    rows = [
        repository.grant_row(
            change.user_id,
            change.enrollment_id,
            permission,
            now=work.now,
            certified_until=until,
            by=by,
            ends=ends,
        )
        for permission in sorted(given)
    ]
    added = await repository.add_grants(work, rows)
    for permission in added:
        work.audit("add", "grant", _name_of(change, permission))
    if added:
        await publish_users(work, [change.user_id])


def last_day_fault(work: UnitOfWork, last_day: date | None) -> str:
    """What is wrong with the last day of access that is given for some time; nothing, also where there is none."""
    if last_day is None:
        return ""
    today, days = work.runtime.today, auth_settings().temporary_grant_days
    if last_day < today:
        return "The last day is over. Enter today or a later day."
    if last_day > today + timedelta(days=days):
        return f"Access for some time is given for at most {days} days. Enter an earlier last day, or none."
    return ""


def end_of(work: UnitOfWork, last_day: date | None) -> datetime | None:
    """When access with a last day ends, by the clock that it is refused by."""
    return None if last_day is None else repository.start_of(work, last_day + timedelta(days=1))


async def set_dual_role(permit: Permit, user_id: UUID, *, dual: bool) -> None:
    """Let another administrator work with patient data too, or no longer, as `put_dual_role`."""
    principal = permit.principal
    await put_dual_role(
        permit.work, user_id, dual=dual, by=principal.user_id, organization_id=principal.organization_id
    )


async def put_dual_role(work: UnitOfWork, user_id: UUID, *, dual: bool, by: UUID, organization_id: UUID) -> None:
    """Let an administrator work with patient data too, or no longer: then what they were granted goes.

    Their sessions end: who may do more, or less, signs in again (ARS IA-11). Raises `Rejected`: 404 for whoever is no
    member; 403 for oneself, and where the organization has too many people.
    """
    below = auth_settings().dual_role_below
    await repository.lock_user(work, user_id)
    member = await repository.member(work, user_id)
    people = await repository.staff(work, organization_id) if dual else 0
    refusal = refuse_dual_role(member, administrator=by, organization=organization_id, staff=people, below=below)
    if member is None or refusal is not None:
        work.audit("refuse", "role", user_id, outcome="refused", reason=refusal or "not-a-member")
        if member is None or refusal == "not-a-member" or refusal is None:
            raise nothing_here()
        raise Rejected("access-denied", _DUAL_SENTENCES[refusal].format(staff=people, below=below), status=403)
    await repository.put_role(work, user_id, role=member.role, dual_role=dual)
    work.audit("change", "role", user_id, reason="dual" if dual else member.role)
    if not dual:
        await take_all(work, user_id, by=by)
    await sessions.end_sessions_of(work, user_id, "role-changed")
    await publish_users(work, [user_id])


async def take_all(work: UnitOfWork, user_id: UUID, *, by: UUID) -> None:
    """Take every grant from a user who may hold none any more. The caller publishes the access."""
    for enrollment_id in sorted(
        {each.enrollment_id for each in (await repository.grants_of(work, [user_id]))[user_id]}
    ):
        for permission in await repository.remove_grants(work, user_id, enrollment_id):
            work.audit("remove", "grant", f"{user_id}:{enrollment_id}:{permission}")
            work.append(RoleRemoved(user_id=user_id, enrollment_id=enrollment_id, permission=permission, removed_by=by))


async def end_what_is_over(work: UnitOfWork, _due: Due) -> None:
    """Timer: take away grants and authorizations whose last day is over, and dual roles of organizations that grew.

    What is over is refused to the minute by `decide()`; this only says so in lists and to everybody's copy.
    """
    gone = await repository.remove_ended_grants(work, at_most=_AT_ONCE)
    for user_id, enrollment_id, permission in gone:
        work.audit("remove", "grant", f"{user_id}:{enrollment_id}:{permission}", reason="over")
    dual = await repository.end_dual_roles(work, below=auth_settings().dual_role_below)
    for user_id in dual:
        work.audit("change", "role", user_id, reason="organization-grew")
    ended = await repository.end_authorizations(work)
    for authorization_id, _ in ended:
        work.audit("end", "authorization", authorization_id, reason="over")
    await publish_users(work, sorted({*(user_id for user_id, _, _ in gone), *dual}))
    await publish_organizations(work, sorted({organization_id for _, organization_id in ended}))
    await work.schedule(END_WHAT_IS_OVER, "all", work.now + (timedelta(0) if len(gone) == _AT_ONCE else _HOUR))


def certified_until(work: UnitOfWork, days: int | None = None) -> datetime:
    """Until when access counts that is given or certified today, by the business clock: one year (handbook 6.4).

    The end of a business day, so that an administrator can still certify on the last one; never longer than the year.
    `days`: how many are left, where a feed says so.
    """
    runtime = work.runtime
    left = auth_settings().certification_days if days is None else days
    return runtime.deployment.business_days.end_within(runtime.clock.business(), left)


async def _check(work: UnitOfWork, change: Change, *, by: UUID, organization_id: UUID) -> None:
    await repository.lock_user(work, change.user_id)
    refusal = refuse_change(
        change,
        await repository.member(work, change.user_id),
        administrator=by,
        organization=organization_id,
        acts_for=await repository.may_act_for(work, organization_id, change.enrollment_id),
    )
    if refusal is None:
        return
    work.audit("refuse", "grant", _name_of(change), outcome="refused", reason=refusal)
    if refusal in ("not-a-member", "foreign-enrollment"):
        raise nothing_here()
    raise Rejected("access-denied", _SENTENCES[refusal], status=403)


def _name_of(change: Change, *permissions: str) -> str:
    return f"{change.user_id}:{change.enrollment_id}:{','.join(permissions or sorted(change.permissions))}"


async def publish_users(work: UnitOfWork, user_ids: Sequence[UUID]) -> None:
    """Raise the epoch of users whose access changed, and publish all of it."""
    await look_ups.follow_grants(work, user_ids)
    await repository.raise_epochs(work, users=user_ids)
    work.append(*await repository.user_records(work, user_ids, generation=auth_settings().generation))


async def publish_organizations(work: UnitOfWork, organization_ids: Sequence[UUID]) -> None:
    """Raise the epoch of organizations that changed, and publish all of them."""
    await repository.raise_epochs(work, organizations=organization_ids)
    work.append(*await repository.organization_records(work, organization_ids, generation=auth_settings().generation))


async def republish_state(work: UnitOfWork, due: Due) -> None:
    """Publish every record again as it is, daily: it repairs copies that a crash in mid-send put out of order.

    Timer: one piece in a transaction, which asks for the next one. Its payload says how far it is (`kind` of records,
    `after` which id), so whatever happens it goes on from there.
    """
    kind = due.payload.get("kind", _FIRST)
    ids_of, records_of, following = _STATE[kind]
    after = due.payload.get("after")
    ids = await ids_of(work, after=UUID(after) if after else None, limit=_AT_ONCE)
    work.append(*await records_of(work, ids, generation=auth_settings().generation))
    if len(ids) == _AT_ONCE:
        await work.schedule(REPUBLISH, due.subject, work.now, {"kind": kind, "after": str(ids[-1])})
    elif following:
        await work.schedule(REPUBLISH, due.subject, work.now, {"kind": following})
    else:
        tomorrow = work.now + timedelta(hours=auth_settings().republish_hours)
        await work.schedule(REPUBLISH, due.subject, tomorrow)


_FIRST = "organizations"
# Of each kind of record: its ids in order, the records of some, and which kind follows.
_STATE: Mapping[str, tuple[Callable[..., Awaitable[list[UUID]]], Callable[..., Awaitable[Sequence[Contract]]], str]] = {
    _FIRST: (repository.organization_ids, repository.organization_records, "users"),
    "users": (repository.user_ids, repository.user_records, ""),
}
