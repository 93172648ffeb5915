"""Asking for access, and deciding about it. Every step is audited; who is concerned is told by mail."""

from datetime import date, timedelta
from typing import NoReturn
from uuid import UUID

from libs.common.errors import Rejected, nothing_here
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.security.permissions import EDI
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.access.domain import ADMINISTRATORS, Change, offered_of
from services.auth.access.handlers import (
    give,
    last_day_fault,
    publish_organizations,
    publish_users,
    put_dual_role,
    take_all,
)
from services.auth.agreements.handlers import settle
from services.auth.notices.handlers import Notice, tell
from services.auth.role_requests import repository
from services.auth.role_requests.domain import (
    DUAL,
    Refusal,
    Request,
    asked_for,
    may_remind,
    refuse_decision,
    role_asked_for,
)
from services.auth.role_requests.tables import ANSWER, REASON, VERIFIED
from services.auth.sessions import repository as sessions
from services.auth.settings import auth_settings

LAPSE = "lapse-access-requests"
_HOUR = timedelta(hours=1)
_NO_APPROVER = (
    "Your organization has no administrator who could decide. Ask to manage users yourself: then EDI enrollment of the"
    " contractor decides."
)
_NO_DATA = "Administrators see no patient data. Ask for the dual role first, where your organization is small."
_TOO_MANY = "Only an organization of fewer than {below} people may let an administrator work with patient data too."
_CALLED = "Say whom of the organization you called, and how you found the number."
_NOT_YOURS = "Your organization does not act for this NPI with this PTAN. Compare both, or ask your administrator."
_ASKED = "You have asked for this already. Wait for the answer, or take the first request back."
_HELD = "You have this access already."
_SENTENCES: dict[Refusal, str] = {
    "own-access": "You cannot decide about your own request. Another administrator of your organization can.",
    "outdated": "This request was decided or taken back after you opened the page. Open the page again.",
}


async def ask(permit: Permit, what: str, *, npi: str, ptan: str, last_day: date | None, reason: str) -> UUID:
    """Ask for a function, a bundle of them, to manage users, or for the dual role. Who decides is told by mail.

    Raises `Rejected` with the fields to correct.
    """
    work, principal, own = permit.work, permit.principal, permit.facts.organization
    await access.lock_user(work, principal.user_id)
    role = role_asked_for(what, principal.role, own.kind if own is not None else "")
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
    if not faults and (fault := await _no_data(permit, role)):
        faults["what"] = fault
    if not faults:
        faults |= await _already(permit, role, enrollment_id, permissions)
    manages = principal.role in ADMINISTRATORS
    if not (role or manages) and not await access.administrators(work, principal.organization_id):
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
    await _tell_deciders(work, principal.user_id, principal.organization_id, own.name)
    return request_id


async def _tell_deciders(work: UnitOfWork, asker: UUID, organization_id: UUID, organization: str) -> None:
    """Tell the other administrators that somebody asked; where there is none, EDI enrollment of the contractor."""
    others = [each for each in await access.administrators(work, organization_id) if each != asker]
    notice: Notice = "access-asked" if others else "contractor-asked"
    for each in others or await access.staff_in(work, EDI):
        await tell(work, each, notice, organization=organization)


async def _no_data(permit: Permit, role: str) -> str:
    """Why an administrator may not ask for this: no patient data without the dual role, none where there are many."""
    user, below = permit.facts.user, auth_settings().dual_role_below
    if role == DUAL:
        staff = await access.staff(permit.work, permit.principal.organization_id)
        return "" if staff < below else _TOO_MANY.format(below=below)
    single = user is not None and user.role in ADMINISTRATORS and not user.dual_role
    return _NO_DATA if single and not role else ""


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
        return {}
    held = {
        each.permission
        for each in (await access.grants_of(work, [user_id], [enrollment_id] if enrollment_id else []))[user_id]
        if each.ends is None
    }
    offered = offered_of(permissions, work.runtime.deployment.offered)
    return {"what": _HELD} if offered <= held else {}


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
    await _tell_deciders(work, found.user_id, found.organization_id, found.organization_name)


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
    """Give what a user of one's own organization asked for.

    Raises `Rejected`: 404 for another organization's; 403 for one's own; 409 when it was decided, or cannot be given.
    """
    await _give(permit, await _to_decide(permit, request_id))


async def approve_as_contractor(permit: Permit, request_id: UUID, verified: str) -> None:
    """Give what somebody asked for whose organization has no other administrator, and keep whom the contractor called.

    Raises `Rejected`: 404 for what an administrator decides; 422 without a word about whom; 409 as `approve`.
    """
    found = await _of_contractor(permit, request_id)
    if not verified:
        raise Rejected("form-invalid", _CALLED, fields={"verified": _CALLED})
    await _give(permit, found, verified=VERIFIED.seal(permit.work.runtime.keys, verified, request_id))


async def _give(permit: Permit, found: Request, **kept: str) -> None:
    """Give what was asked for; whoever becomes an administrator loses their grants."""
    work, by = permit.work, permit.principal.user_id
    if found.role == DUAL:
        await put_dual_role(work, found.user_id, dual=True, by=by, organization_id=found.organization_id)
    elif found.role:
        await _make_administrator(permit, found)
    elif found.enrollment_id is not None:
        change = Change(found.user_id, found.enrollment_id, frozenset(found.permissions), found.last_day)
        await give(work, change, by=by, organization_id=found.organization_id)
    await repository.change(work, found.request_id, state="approved", decided_by=by, decided_at=work.now, **kept)
    work.audit("approve", "access-request", found.request_id)
    await _decided(permit, found, approved=True)


async def _make_administrator(permit: Permit, found: Request) -> None:
    """From now on a user manages the users. EDI enrollment is told, unless it decided."""
    work, user_id = permit.work, found.user_id
    await access.lock_user(work, user_id)
    await access.put_role(work, user_id, role=found.role)
    work.audit("change", "role", user_id, reason=found.role)
    await take_all(work, user_id, by=permit.principal.user_id)
    await settle(work, user_id)
    # Who may do more proves again who they are (ARS IA-11), and accepts the rules of the new role.
    await sessions.end_sessions_of(work, user_id, "role-changed")
    await publish_users(work, [user_id])
    if permit.principal.organization_id != found.organization_id:
        return
    for each in await access.staff_in(work, EDI):
        await tell(work, each, "administrator-added", organization=found.organization_name, about=found.name)


async def refuse(permit: Permit, request_id: UUID, answer: str) -> None:
    """Refuse what a user of one's own organization asked for, and say why. Raises `Rejected`, as `approve`."""
    await _decline(permit, await _to_decide(permit, request_id), answer)


async def refuse_as_contractor(permit: Permit, request_id: UUID, answer: str) -> None:
    """Refuse what somebody asked for whose organization has no other administrator. Raises `Rejected`, as above."""
    await _decline(permit, await _of_contractor(permit, request_id), answer)


async def _decline(permit: Permit, found: Request, answer: str) -> None:
    work, request_id = permit.work, found.request_id
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


async def _of_contractor(permit: Permit, request_id: UUID) -> Request:
    found = await repository.request(permit.work, request_id, lock=True)
    if found is None or not found.for_contractor:
        raise nothing_here()
    if found.state != "open":
        _refuse(permit.work, found, "outdated")
    return found


async def _decided(permit: Permit, found: Request, *, approved: bool) -> None:
    work = permit.work
    await publish_organizations(work, [found.organization_id])
    by_contractor = permit.principal.organization_id != found.organization_id
    notice: Notice
    if by_contractor:
        notice = "contractor-approved" if approved else "contractor-refused"
    else:
        notice = "access-approved" if approved else "access-refused"
    await tell(work, found.user_id, notice, organization=found.organization_name)
    log.info("request for access decided", kind="approved" if approved else "refused")


def _refuse(work: UnitOfWork, found: Request, reason: Refusal) -> NoReturn:
    work.audit("refuse", "access-request", found.request_id, outcome="refused", reason=reason)
    if reason == "own-access":
        raise Rejected("access-denied", _SENTENCES[reason], status=403)
    raise Rejected("form-outdated", _SENTENCES[reason], status=409)
