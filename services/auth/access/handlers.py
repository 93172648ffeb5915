"""Changes of access. Each raises the epoch and publishes the whole record in the same transaction."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from libs.common.contracts.auth import RoleRemoved
from libs.common.contracts.base import Contract
from libs.common.errors import Rejected, nothing_here
from libs.common.messaging.subscriptions import Due
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.permit import Permit
from services.auth.access import repository
from services.auth.access.domain import Change, Refusal, refuse_change
from services.auth.settings import auth_settings

REPUBLISH = "republish-state"
_AT_ONCE = 100

_SENTENCES: dict[Refusal, str] = {
    "own-access": "You cannot change your own access. Another administrator of your organization can.",
    "administrator": "Administrators manage users and see no patient data. Give this access to a user account.",
    "unknown-permission": "There is no such function to give access to.",
}


async def remove_grants(permit: Permit, change: Change) -> None:
    """Take grants from a user of one's own organization: they end with the user's next request, everywhere.

    Raises `Rejected`: 404 for whoever is no member, and when there is no such grant; 403 for one's own access.
    """
    work = permit.work
    await _check(permit, change)
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
    """Give grants to a user of one's own organization, certified for a year. What stands already stays."""
    work = permit.work
    await _check(permit, change)
    until = certified_until(work)
    rows = [
        repository.grant_row(
            change.user_id,
            change.enrollment_id,
            permission,
            now=work.now,
            certified_until=until,
            by=permit.principal.user_id,
        )
        for permission in sorted(change.permissions)
    ]
    added = await repository.add_grants(work, rows)
    for permission in added:
        work.audit("add", "grant", _name_of(change, permission))
    if added:
        await publish_users(work, [change.user_id])


def certified_until(work: UnitOfWork, days: int | None = None) -> datetime:
    """Until when access counts that is given or certified today, by the business clock: one year (handbook 6.4).

    The end of a business day, so that an administrator can still certify on the last one; never longer than the year.
    `days`: how many are left, where a feed says so.
    """
    runtime = work.runtime
    left = auth_settings().certification_days if days is None else days
    return runtime.deployment.business_days.end_within(runtime.clock.business(), left)


async def _check(permit: Permit, change: Change) -> None:
    work, organization_id = permit.work, permit.principal.organization_id
    await repository.lock_user(work, change.user_id)
    refusal = refuse_change(
        change,
        await repository.member(work, change.user_id),
        administrator=permit.principal.user_id,
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
