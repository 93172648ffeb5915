"""Asking for access, and deciding about it. Every step is audited; who is concerned is told by mail."""

from datetime import date, timedelta
from typing import NoReturn
from uuid import UUID

from libs.common.errors import Rejected, nothing_here
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.access.domain import ADMINISTRATORS, Change
from services.auth.access.handlers import (
    add_grants,
    last_day_fault,
    publish_organizations,
    publish_users,
    take_all,
)
from services.auth.agreements.handlers import settle
from services.auth.notices.handlers import Notice, tell
from services.auth.role_requests import repository
from services.auth.role_requests.domain import (
    MANAGE,
    Refusal,
    Request,
    administrator_of,
    asked_for,
    may_remind,
    refuse_decision,
)
from services.auth.role_requests.tables import ANSWER, REASON
from services.auth.settings import auth_settings

LAPSE = "lapse-access-requests"
_HOUR = timedelta(hours=1)
_NO_APPROVER = "Your organization has no other administrator who could decide. Call the help desk."
_NOT_YOURS = "Your organization does not act for this NPI with this PTAN. Compare both, or ask your administrator."
_ASKED = "You have asked for this already. Wait for the answer, or take the first request back."
_HELD = "You have this access already."
_SENTENCES: dict[Refusal, str] = {
    "own-access": "You cannot decide about your own request. Another administrator of your organization can.",
    "outdated": "This request was decided or taken back after you opened the page. Open the page again.",
}


async def ask(permit: Permit, what: str, *, npi: str, ptan: str, last_day: date | None, reason: str) -> UUID:
    """Ask for a function, a bundle of them, or to manage users. The administrators are told by mail.

    Raises `Rejected` with the fields to correct.
    """
    work, principal, own = permit.work, permit.principal, permit.facts.organization
    await access.lock_user(work, principal.user_id)
    role = administrator_of(own.kind) if own is not None and what == MANAGE else ""
    permissions = asked_for(what)
    enrollment_id = None if role else await access.enrollment_named(work, principal.organization_id, npi, ptan)
    faults: dict[str, str] = {}
    if not role and not permissions:
        faults["what"] = "Choose what you ask for."
    if not role and enrollment_id is None:
        faults["npi"] = _NOT_YOURS
    if not reason:
        faults["reason"] = "Say in a sentence what you need it for."
    if fault := last_day_fault(work, last_day):
        faults["last_day"] = fault
    if not faults:
        faults |= await _already(permit, role, enrollment_id, permissions)
    approvers = [
        each for each in await access.administrators(work, principal.organization_id) if each != principal.user_id
    ]
    if not approvers:
        faults[""] = _NO_APPROVER
    if own is None or faults:
        work.audit("ask", "access-request", "none", outcome="refused", reason="form-invalid")
        raise Rejected("form-invalid", "Correct the fields below, then ask again.", fields=faults)
    request_id = work.runtime.ids.new()
    repository.add(
        work,
        {
            "request_id": request_id,
            "organization_id": principal.organization_id,
            "user_id": principal.user_id,
            "asked_enrollment": enrollment_id,
            "permissions": [] if role else sorted(permissions),
            "role": role,
            "last_day": None if role else last_day,
            "reason": REASON.seal(work.runtime.keys, reason, request_id),
            "state": "open",
            "asked_at": work.now,
            "told_at": work.now,
        },
    )
    work.audit("ask", "access-request", request_id)
    await publish_organizations(work, [principal.organization_id])
    for each in approvers:
        await tell(work, each, "access-asked", organization=own.name)
    return request_id


async def _already(
    permit: Permit, role: str, enrollment_id: UUID | None, permissions: frozenset[str]
) -> dict[str, str]:
    work, user_id = permit.work, permit.principal.user_id
    for each in await repository.open_ones(work, user_id):
        if (each.role, each.enrollment_id, frozenset(each.permissions)) == (
            role,
            enrollment_id,
            frozenset() if role else permissions,
        ):
            return {"what": _ASKED}
    if role:
        return {"what": _HELD} if permit.principal.role in ADMINISTRATORS else {}
    held = {
        each.permission
        for each in (await access.grants_of(work, [user_id], [enrollment_id] if enrollment_id else []))[user_id]
        if each.ends is None
    }
    return {"what": _HELD} if permissions <= held else {}


async def remind(permit: Permit, request_id: UUID) -> None:
    """Have the administrators told again of a request of one's own, at most once a day.

    Raises `Rejected`: 404 for what is not one's own; 409 too soon, or when it was decided.
    """
    work = permit.work
    found = await _own(permit, request_id)
    if not may_remind(found, work.now, hours=auth_settings().reminder_hours):
        work.audit("refuse", "access-request", request_id, outcome="refused", reason="too-soon")
        hours = auth_settings().reminder_hours
        sentence = f"Your administrators were told less than {hours} hours ago, or have decided. Look again later."
        raise Rejected("form-outdated", sentence, status=409)
    await repository.change(work, request_id, told_at=work.now)
    work.audit("remind", "access-request", request_id)
    own = permit.facts.organization
    for each in await access.administrators(work, found.organization_id):
        if each != found.user_id:
            await tell(work, each, "access-asked", organization=own.name if own else "")


async def withdraw(permit: Permit, request_id: UUID) -> None:
    """Take a request of one's own back. Raises `Rejected`: 404 for what is not one's own, 409 when it was decided."""
    work = permit.work
    found = await _own(permit, request_id)
    if found.state != "open":
        _refuse(work, found, "outdated")
    await repository.change(work, request_id, state="withdrawn", decided_at=work.now)
    work.audit("withdraw", "access-request", request_id)
    await publish_organizations(work, [found.organization_id])


async def approve(permit: Permit, request_id: UUID) -> None:
    """Give what a user of one's own organization asked for; whoever becomes an administrator loses their grants.

    Raises `Rejected`: 404 for another organization's; 403 for one's own; 409 when it was decided, or cannot be given.
    """
    work, principal = permit.work, permit.principal
    found = await _to_decide(permit, request_id)
    if found.role:
        await access.lock_user(work, found.user_id)
        await access.put_role(work, found.user_id, role=found.role)
        work.audit("change", "role", found.user_id, reason=found.role)
        await take_all(work, found.user_id, by=principal.user_id)
        await settle(work, found.user_id)
        await publish_users(work, [found.user_id])
    elif found.enrollment_id is not None:
        change = Change(found.user_id, found.enrollment_id, frozenset(found.permissions), found.last_day)
        await add_grants(permit, change)
    await repository.change(work, request_id, state="approved", decided_by=principal.user_id, decided_at=work.now)
    work.audit("approve", "access-request", request_id)
    await _decided(permit, found, approved=True)


async def refuse(permit: Permit, request_id: UUID, answer: str) -> None:
    """Refuse what a user of one's own organization asked for, and say why. Raises `Rejected`, as `approve`."""
    work = permit.work
    found = await _to_decide(permit, request_id)
    if not answer:
        sentence = "Say in a sentence why, so that the user knows what to do."
        raise Rejected("form-invalid", sentence, fields={"answer": sentence})
    await repository.change(
        work,
        request_id,
        state="refused",
        decided_by=permit.principal.user_id,
        decided_at=work.now,
        answer=ANSWER.seal(work.runtime.keys, answer, request_id),
    )
    work.audit("decline", "access-request", request_id)
    await _decided(permit, found, approved=False)


async def lapse(work: UnitOfWork, _due: Due) -> None:
    """Timer: end requests that nobody decided about in time, and tell who asked."""
    before = work.now - timedelta(days=auth_settings().request_days)
    lapsed = await repository.lapse(work, before)
    organizations = sorted({organization_id for _, _, organization_id in lapsed})
    names = await access.organization_names(work, organizations)
    for request_id, user_id, organization_id in lapsed:
        work.audit("lapse", "access-request", request_id)
        await tell(work, user_id, "access-lapsed", organization=names[organization_id])
    await publish_organizations(work, organizations)
    await work.schedule(LAPSE, "all", work.now + _HOUR)


async def _own(permit: Permit, request_id: UUID) -> Request:
    found = await repository.request(permit.work, request_id, lock=True)
    if found is None or found.user_id != permit.principal.user_id:
        raise nothing_here()
    return found


async def _to_decide(permit: Permit, request_id: UUID) -> Request:
    found = await repository.request(permit.work, request_id, lock=True)
    if found is None or found.organization_id != permit.principal.organization_id:
        raise nothing_here()
    if refusal := refuse_decision(found, administrator=permit.principal.user_id):
        _refuse(permit.work, found, refusal)
    return found


async def _decided(permit: Permit, found: Request, *, approved: bool) -> None:
    work, own = permit.work, permit.facts.organization
    await publish_organizations(work, [found.organization_id])
    notice: Notice = "access-approved" if approved else "access-refused"
    await tell(work, found.user_id, notice, organization=own.name if own else "")
    log.info("request for access decided", kind="approved" if approved else "refused")


def _refuse(work: UnitOfWork, found: Request, reason: Refusal) -> NoReturn:
    work.audit("refuse", "access-request", found.request_id, outcome="refused", reason=reason)
    if reason == "own-access":
        raise Rejected("access-denied", _SENTENCES[reason], status=403)
    raise Rejected("form-outdated", _SENTENCES[reason], status=409)
