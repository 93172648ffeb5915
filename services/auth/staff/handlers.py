"""The contractor's own staff: asked for by one security officer, approved by another, ended by one."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

from libs.common.contracts.auth import AccountDisabled
from libs.common.errors import Rejected, nothing_here
from libs.common.ids import secret_text
from libs.common.messaging.subscriptions import Due
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.security.passwords import dummy_hash
from libs.common.security.permissions import SECURITY
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.access.domain import Member
from services.auth.access.handlers import publish_users
from services.auth.back_office import repository as back_office
from services.auth.back_office.domain import ROLES, refuse_approval
from services.auth.back_office.handlers import changed_role, sign_out
from services.auth.factors.domain import new_secret
from services.auth.factors.handlers import add_device
from services.auth.notices.handlers import tell
from services.auth.passwords.handlers import RESET
from services.auth.recertification import repository as certifications
from services.auth.registration.domain import LOGIN_RULE, is_login
from services.auth.sessions.repository import key_of
from services.auth.settings import auth_settings
from services.auth.sign_in import repository as sign_in
from services.auth.staff import repository
from services.auth.staff.domain import (
    FIRST_OFFICERS,
    SENTENCES,
    NewMember,
    Refusal,
    StaffRequest,
    Verdict,
    refuse_end,
    refuse_role,
)

INVITE = "invite-staff"

_TAKEN = "This user ID is taken, or was. Choose another one."


class NotNowError(Exception):
    """The first security officers cannot be made; the text says why."""


async def begin(work: UnitOfWork, officers: Sequence[NewMember], *, reason: str) -> list[UUID]:
    """Make the first security officers, who approve everybody else. Raises `NotNowError`, and makes none."""
    if await repository.officers(work):
        raise NotNowError("There are security officers already: they add others on the page Staff.")
    if len({each.login for each in officers}) < FIRST_OFFICERS:
        raise NotNowError("Name at least two persons: one asks, another one approves.")
    organization_id = await repository.contractor(work)
    if organization_id is None:
        raise NotNowError("The contractor is not known yet: take the file of EDI enrollment that names it first.")
    made = []
    for each in officers:
        if not is_login(each.login):
            raise NotNowError(f"The user ID {each.login} has not the right form. {LOGIN_RULE}")
        user_id = await _open(work, each, organization_id, SECURITY, reason=reason)
        if user_id is None:
            raise NotNowError(f"The user ID {each.login} is taken, or was. Choose another one.")
        made.append(user_id)
    return made


async def ask_member(permit: Permit, new: NewMember, role: str, reason: str) -> None:
    """Ask for a new member of the staff. Nothing changes until another security officer approves.

    Raises `Rejected` (422) at the user ID that cannot be given, (403) while one is asked for already.
    """
    work = permit.work
    fault = LOGIN_RULE if not is_login(new.login) else _TAKEN if await repository.is_taken(work, new.login) else ""
    if fault:
        raise Rejected("form-invalid", fault, fields={"login": fault})
    if await repository.has_open(work, new.login, _since(work)):
        _refuse(permit, "ask", new.login, "open")
    _ask(permit, StaffRequest(**_asked(permit, role, reason), user_id=None, action="add", **_facts(new)))


async def ask_role(permit: Permit, user_id: UUID, role: str, reason: str) -> None:
    """Ask for another role of a member of the staff, for good.

    Raises `Rejected`: 404 for who is no such member, 403 for what may not be asked.
    """
    work = permit.work
    await access.lock_user(work, user_id)
    member = await _member(permit, user_id)
    standing = await certifications.account_of(work, user_id)
    has_open = await repository.has_open(work, member.login, _since(work))
    ended = standing is not None and standing.ended_at is not None
    if user_id == permit.principal.user_id:
        _refuse(permit, "ask", str(user_id), "yourself")
    if refusal := refuse_role(role, member.role, ended=ended, has_open=has_open):
        _refuse(permit, "ask", str(user_id), refusal)
    facts = _facts(NewMember(member.name, "", member.login))
    _ask(permit, StaffRequest(**_asked(permit, role, reason), user_id=user_id, action="role", **facts))


def _asked(permit: Permit, role: str, reason: str) -> dict[str, Any]:
    return {
        "request_id": permit.work.runtime.ids.new(),
        "role": role,
        "reason": reason,
        "asked_by": permit.principal.user_id,
        "asked_at": permit.work.now,
        "state": "asked",
    }


def _facts(new: NewMember) -> dict[str, Any]:
    return {"name": new.name, "email": new.email, "login": new.login}


def _ask(permit: Permit, new: StaffRequest) -> None:
    repository.add(permit.work, new)
    permit.work.audit("ask", "staff-request", new.request_id, reason=new.role)


async def decide(permit: Permit, request_id: UUID, verdict: Verdict) -> None:
    """Approve or refuse what another security officer asked for.

    Raises `Rejected`: 404 for no such request; 403 for one's own, one that is over, or whose person is not there.
    """
    work, by = permit.work, permit.principal.user_id
    asked = await repository.request_of(work, request_id)
    if asked is None:
        raise nothing_here()
    waits = timedelta(days=auth_settings().staff_request_days)
    if refusal := refuse_approval(asked, by=by, now=work.now, waits=waits):
        _refuse(permit, "decide", str(request_id), refusal)
    decided = {"decided_by": by, "decided_at": work.now}
    if verdict == "refuse":
        await repository.put(work, request_id, "refused", **decided)
        work.audit("refuse", "staff-request", request_id)
        return
    user_id = await (_approve_role(permit, asked) if asked.user_id else _approve_member(permit, asked))
    await repository.put(work, request_id, "approved", user_id=user_id, **decided)
    work.audit("approve", "staff-request", request_id, reason=asked.role)


async def _approve_member(permit: Permit, asked: StaffRequest) -> UUID:
    new = NewMember(asked.name, asked.email, asked.login)
    user_id = await _open(permit.work, new, permit.principal.organization_id, asked.role, reason=asked.role)
    if user_id is None:
        raise Rejected("form-outdated", _TAKEN, status=409)
    return user_id


async def _approve_role(permit: Permit, asked: StaffRequest) -> UUID:
    """Another role from now on: what was held for a time is over, and an account that ended begins again."""
    work, user_id = permit.work, asked.user_id
    if user_id is None:
        raise LookupError("whose role was asked for")
    await access.lock_user(work, user_id)
    account = await back_office.account(work, user_id)
    if account is None or account.state == "removed":
        _refuse(permit, "decide", str(asked.request_id), "not-staff")
    subject = await back_office.subject(work, account)
    if await repository.officers(work) == {user_id}:
        _refuse(permit, "decide", str(asked.request_id), "last-officer")
    await back_office.end_elevations(work, user_id)
    if subject.certification == "ended":
        await certifications.forget_account(work, user_id)
        if subject.disabled_by is None:
            await access.set_state(work, user_id, "active")
    await access.put_role(work, user_id, role=asked.role)
    work.audit("change", "role", user_id, reason=asked.role)
    await changed_role(work, user_id)
    await tell(work, user_id, "staff-role-changed", role=ROLES[asked.role])
    return user_id


async def withdraw(permit: Permit, request_id: UUID) -> None:
    """Take back what one asked for oneself. Raises `Rejected` (404) for any other, and for what was decided."""
    asked = await repository.request_of(permit.work, request_id)
    if asked is None or asked.asked_by != permit.principal.user_id or asked.state != "asked":
        raise nothing_here()
    await repository.put(permit.work, request_id, "withdrawn")
    permit.work.audit("withdraw", "staff-request", request_id)


async def end(permit: Permit, user_id: UUID, *, reason: str, ticket: str) -> None:
    """End the account of a member of the staff for good, at once: user IDs are not given twice (ARS IA-4).

    Raises `Rejected`: 404 for who is no such member, 403 for oneself and for the last security officer.
    """
    work, by = permit.work, permit.principal.user_id
    await access.lock_user(work, user_id)
    await _member(permit, user_id)
    if refusal := refuse_end(user_id, by=by, officers=await repository.officers(work)):
        _refuse(permit, "end", str(user_id), refusal)
    await access.set_state(work, user_id, "removed")
    await back_office.end_elevations(work, user_id)
    await back_office.end_viewings_by(work, user_id)
    await repository.withdraw_all(work, user_id)
    await publish_users(work, [user_id])
    await sign_out(work, user_id, "disabled")
    work.append(AccountDisabled(user_id=user_id, disabled_by=by, reason="staff"))
    back_office.add_deed(work, user_id, "end", reason, ticket, by)
    work.audit("end", "account", user_id, reason=f"ticket {ticket}")
    await tell(work, user_id, "staff-ended")


async def invite(work: UnitOfWork, due: Due) -> None:
    """Timer: mail a new member the link by which they choose a password and set up an authenticator."""
    user_id = UUID(due.subject)
    member = await access.member(work, user_id)
    if member is None or member.state != "active":
        return
    # A hash whose password nobody knows: the account is found by whoever forgot the password, and by nobody else.
    nobodys = await asyncio.to_thread(dummy_hash, work.runtime.keys, iterations=auth_settings().password_iterations)
    await sign_in.put_credential(work, user_id, nobodys)
    add_device(work, user_id, "Authenticator app", new_secret(), confirmed=False)
    link, hours = secret_text(), auth_settings().staff_link_hours
    sign_in.add_link(work, key_of(link), user_id, "reset", work.now + timedelta(hours=hours))
    work.audit("send", "password-reset", user_id)
    await tell(work, user_id, "staff-invited", link=f"{RESET}?link={link}", login=member.login, hours=str(hours))


async def _open(work: UnitOfWork, new: NewMember, organization_id: UUID, role: str, *, reason: str) -> UUID | None:
    """Open an account of the staff, and have its owner invited; `None` when somebody has, or had, the user ID."""
    user_id = work.runtime.ids.new()
    row = {
        "user_id": user_id,
        "kind": "person",
        "login": new.login,
        "name": new.name,
        "email": new.email,
        "state": "active",
        # A person signs before anything else.
        **dict.fromkeys(("rules_of_behavior_until", "training_until", "code_sets_until"), work.now),
        "created_at": work.now,
    }
    if not await access.add_user(work, row, organization_id=organization_id, role=role):
        return None
    await publish_users(work, [user_id])
    await work.schedule(INVITE, user_id, work.now)
    work.audit("open", "account", user_id, reason=reason)
    return user_id


async def _member(permit: Permit, user_id: UUID) -> Member:
    member = await access.member(permit.work, user_id)
    if member is None or member.organization_id != permit.principal.organization_id or member.state == "removed":
        raise nothing_here()
    return member


def _since(work: UnitOfWork) -> datetime:
    return work.now - timedelta(days=auth_settings().staff_request_days)


def _refuse(permit: Permit, action: str, about: str, refusal: Refusal) -> NoReturn:
    kind = "account" if action == "end" else "staff-request"
    permit.work.audit(action, kind, about, outcome="refused", reason=refusal)
    raise Rejected("access-denied", SENTENCES[refusal], status=403)
