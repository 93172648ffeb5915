"""The access of a person who leaves ends whole and at once: every grant, the role, what they asked for, their sessions.

The account stays: its owner is an applicant again, who can ask for another organization. Nobody else's access ends.
"""

from typing import Literal
from uuid import UUID

from libs.common.errors import Rejected, nothing_here
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.security.permissions import EDI
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.access.domain import ADMINISTRATORS, Member
from services.auth.access.handlers import publish_organizations, publish_users, take_all
from services.auth.agreements.handlers import settle
from services.auth.departures.domain import Departure, OwnRefusal, Refusal, Why, refuse_end, refuse_own, user_of
from services.auth.departures.views import is_alone
from services.auth.factors import repository as factors
from services.auth.notices.handlers import tell
from services.auth.registration.domain import APPLICANT, APPLICANTS
from services.auth.role_requests import repository as requests
from services.auth.sessions import repository as sessions

_Told = Literal["member-removed", "member-left", "administrator-stepped-down"]

_SENTENCES: dict[Refusal, str] = {
    "own-access": "To end your own access, open your account and choose “Leave the organization”.",
    "program": "This is a program, not a person. Revoke its keys under Programs, and remove its access.",
}
_CONFIRM = "Confirm that you have read what follows when the last administrator goes."
_OWN_SENTENCES: dict[OwnRefusal, str] = {
    "nothing-to-leave": "You belong to no organization that you could leave here.",
    "no-administrator": "Only an administrator can stop managing users.",
    "not-confirmed": _CONFIRM,
}


async def end_access(permit: Permit, user_id: UUID, why: Why) -> None:
    """End all access of a user to one's own organization; they and the other administrators are told by mail.

    Raises `Rejected`: 404 for whoever is no member; 403 for oneself and for a program.
    """
    work, principal = permit.work, permit.principal
    await access.lock_user(work, user_id)
    member = await access.member(work, user_id)
    refusal = refuse_end(member, administrator=principal.user_id, organization=principal.organization_id)
    if member is None or refusal is not None:
        work.audit("refuse", "membership", user_id, outcome="refused", reason=refusal or "not-a-member")
        if member is None or refusal == "not-a-member" or refusal is None:
            raise nothing_here()
        raise Rejected("access-denied", _SENTENCES[refusal], status=403)
    await _take_out(permit, member, why)
    await _tell_others(permit, member, "member-removed")


async def go(permit: Permit, departure: Departure, *, confirmed: bool) -> None:
    """Leave one's organization, or stay in it without managing its users any more.

    The other administrators are told by mail; where there is none, EDI enrollment of the contractor is. Raises
    `Rejected`: 403 for whoever cannot; 422 while the last administrator has not confirmed what follows.
    """
    work, user_id = permit.work, permit.principal.user_id
    await access.lock_user(work, user_id)
    member = await access.member(work, user_id)
    if member is None:
        raise nothing_here()
    alone = await is_alone(work, member)
    if refusal := refuse_own(departure, member.role, alone=alone, confirmed=confirmed):
        work.audit("refuse", "membership", user_id, outcome="refused", reason=refusal)
        if refusal == "not-confirmed":
            raise Rejected("form-invalid", _CONFIRM, fields={"confirmed": _CONFIRM})
        raise Rejected("access-denied", _OWN_SENTENCES[refusal], status=403)
    if departure == "leave":
        await _take_out(permit, member, "own-wish")
    else:
        await access.put_role(work, user_id, role=user_of(member.role))
        work.audit("change", "role", user_id, reason=user_of(member.role))
        await _settled(work, user_id)
        await sessions.end_sessions_of(work, user_id, "role-changed")
    await _tell_others(permit, member, "member-left" if departure == "leave" else "administrator-stepped-down")


async def _take_out(permit: Permit, member: Member, why: Why | Literal["own-wish"]) -> None:
    work, user_id = permit.work, member.user_id
    await take_all(work, user_id, by=permit.principal.user_id)
    if await requests.withdraw_all(work, user_id):
        await publish_organizations(work, [member.organization_id])
    await access.move(work, user_id, organization_id=APPLICANTS, role=APPLICANT)
    work.audit("end", "membership", user_id, reason=why)
    await _settled(work, user_id)
    await sessions.end_sessions_of(work, user_id, "membership-ended")
    await factors.end_windows(work, user_id)
    own = permit.facts.organization
    await tell(work, user_id, "membership-ended", organization=own.name if own else "")
    log.info("membership ended", reason=why)


async def _settled(work: UnitOfWork, user_id: UUID) -> None:
    await settle(work, user_id)
    await publish_users(work, [user_id])


async def _tell_others(permit: Permit, member: Member, notice: _Told) -> None:
    """Tell the other administrators who went; of an administrator with whom nobody is left, EDI enrollment."""
    work, principal, own = permit.work, permit.principal, permit.facts.organization
    facts = {"organization": own.name if own else "", "about": member.name}
    others = [
        each for each in await access.administrators(work, principal.organization_id) if each != principal.user_id
    ]
    for each in others:
        await tell(work, each, notice, **facts)
    if member.role in ADMINISTRATORS and not await access.administrators(work, principal.organization_id):
        for each in await access.staff_in(work, EDI):
            await tell(work, each, "organization-unmanaged", **facts)
