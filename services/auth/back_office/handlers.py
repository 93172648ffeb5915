"""What staff do to accounts, looking as a user, and roles for a time. Each leaves its reason and its audit row."""

from datetime import timedelta
from typing import Literal
from uuid import UUID

from libs.common.contracts.auth import AccountDisabled, AccountEnabled
from libs.common.errors import Rejected, nothing_here
from libs.common.messaging.subscriptions import Due
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.security.permissions import SECURITY
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.access.handlers import publish_users, take_all
from services.auth.agreements.handlers import settle
from services.auth.back_office import repository
from services.auth.back_office.domain import (
    ELEVATION_SENTENCES,
    SENTENCES,
    Deed,
    Elevation,
    ElevationRefusal,
    Subject,
    refuse_approval,
    refuse_asking,
    refuse_deed,
)
from services.auth.back_office.repository import Account
from services.auth.clients import handlers as clients
from services.auth.factors import repository as factors
from services.auth.notices.handlers import tell
from services.auth.passwords.handlers import MAIL_LINK
from services.auth.recertification import repository as certifications
from services.auth.registration.domain import APPLICANT, APPLICANTS
from services.auth.sessions import repository as sessions
from services.auth.sessions.domain import EndReason, landing_of
from services.auth.settings import auth_settings
from services.auth.sign_in.handlers import forget_failures, unlock

END_ELEVATION = "end-elevation"

_AUDITED: dict[Deed, str] = {"high-risk": "secure"}


async def do(permit: Permit, user_id: UUID, deed: Deed, *, reason: str, ticket: str) -> None:
    """Unlock an account, send its owner a link to a new password, sign out, disable or enable; and keep why.

    A disabled account is refused by the gateway at the next request, by every service as soon as the event arrives. As
    high-risk (ARS AC-2(13): within 60 minutes; here at once) the programs stop too whose keys the person installed.
    Raises `Rejected`: 404 for no such account, 403 for what this person may not do to it.
    """
    work = permit.work
    account, subject = await _allowed(permit, user_id, deed)
    if deed == "unlock":
        await unlock(work, user_id)
    elif deed == "send-reset":
        await work.schedule(MAIL_LINK, user_id, work.now)
    elif deed == "end-sessions":
        await sign_out(work, user_id, "by-staff")
        await tell(work, user_id, "signed-out-by-staff")
    elif deed == "enable":
        await _enable(permit, account, subject)
    elif deed == "disable":
        await _disable(permit, user_id, "staff")
        await tell(work, user_id, "account-disabled-by-staff")
    else:
        await _disable(permit, user_id, "high-risk")
        await repository.end_viewings_by(work, user_id)
        await clients.stop_programs_of(work, user_id)
        await tell(work, user_id, "account-closed")
        for each in await access.administrators(work, account.organization_id):
            await tell(work, each, "account-closed-of", about=account.name)
    _keep(permit, user_id, deed, reason=reason, ticket=ticket)


async def _enable(permit: Permit, account: Account, subject: Subject) -> None:
    """Open an account again. An administrator whom nobody certified has no organization any more, and asks for one."""
    work, user_id = permit.work, account.user_id
    if account.kind == "person":
        await forget_failures(work, user_id)
    await access.set_state(work, user_id, "active")
    applies = subject.certification == "ended"
    if applies:
        await access.move(work, user_id, organization_id=APPLICANTS, role=APPLICANT)
        await take_all(work, user_id, by=permit.principal.user_id)
        await certifications.forget_account(work, user_id)
        await settle(work, user_id)
    await publish_users(work, [user_id])
    work.append(AccountEnabled(user_id=user_id, enabled_by=permit.principal.user_id))
    await tell(work, user_id, "account-enabled-without-role" if applies else "account-enabled-by-staff")


async def _disable(permit: Permit, user_id: UUID, why: Literal["high-risk", "staff"]) -> None:
    """Close an account so that the desk alone opens it: neither its owner after a long time nor a certification."""
    work = permit.work
    await access.set_state(work, user_id, "disabled")
    await certifications.put_account(work, user_id, suspended_at=None)
    await publish_users(work, [user_id])
    await sign_out(work, user_id, "disabled")
    work.append(AccountDisabled(user_id=user_id, disabled_by=permit.principal.user_id, reason=why))


async def sign_out(work: UnitOfWork, user_id: UUID, why: EndReason) -> None:
    """End the sessions of a person, and let no browser do without a code (reference: security, section 3.3)."""
    await sessions.end_sessions_of(work, user_id, why)
    await factors.end_windows(work, user_id)


def _keep(permit: Permit, user_id: UUID, deed: Deed, *, reason: str, ticket: str) -> None:
    repository.add_deed(permit.work, user_id, deed, reason, ticket, permit.principal.user_id)
    if deed != "unlock":  # which is told of already
        permit.work.audit(_AUDITED.get(deed, deed), "account", user_id, reason=f"ticket {ticket}")


async def _allowed(permit: Permit, user_id: UUID, deed: Deed) -> tuple[Account, Subject]:
    work, principal = permit.work, permit.principal
    await access.lock_user(work, user_id)
    account = await repository.account(work, user_id)
    if account is None:
        raise nothing_here()
    subject = await repository.subject(work, account)
    refusal = refuse_deed(deed, subject, by=principal.user_id, role=principal.role)
    if refusal is not None:
        work.audit(_AUDITED.get(deed, deed), "account", user_id, outcome="refused", reason=refusal)
        raise Rejected("access-denied", SENTENCES[refusal], status=403)
    return account, subject


async def view_as(permit: Permit, user_id: UUID, enrollment_id: UUID | None, *, reason: str, ticket: str) -> str:
    """Look at the portal as a user, read only, for half an hour. Where it begins.

    Raises `Rejected`: 404 for no such account or an enrollment the user has no grant for, 403 for who may not be looked
    at.
    """
    work, principal = permit.work, permit.principal
    account, _ = await _allowed(permit, user_id, "view-as")
    if enrollment_id is not None and not await access.holds_grant(work, user_id, enrollment_id):
        raise nothing_here()
    await repository.begin_viewing(
        work,
        bytes.fromhex(principal.session),
        viewer=principal.user_id,
        user_id=user_id,
        enrollment_id=enrollment_id,
        until=work.now + timedelta(minutes=auth_settings().view_as_minutes),
    )
    _keep(permit, user_id, "view-as", reason=reason, ticket=ticket)
    return landing_of(account.role)


async def end_view(permit: Permit) -> UUID | None:
    """Look as oneself again. As whom one looked, None when the view was over already."""
    ended = await repository.end_viewing(permit.work, bytes.fromhex(permit.principal.session))
    if ended is not None:
        permit.work.audit("end-view", "account", ended)
    return ended


async def ask_elevation(permit: Permit, role: str, hours: int, reason: str) -> None:
    """Ask for a privileged role for some hours. Nothing changes until another person approves.

    Raises `Rejected` (403) for what may not be asked.
    """
    work, principal = permit.work, permit.principal
    await access.lock_user(work, principal.user_id)
    await repository.drop_overdue_requests(work, principal.user_id, work.now - _waits())
    has_open = await repository.elevations(work, of=principal.user_id, states=("asked", "begun"))
    most = auth_settings().elevation_hours
    refusal = refuse_asking(role, principal.role, hours, most=most, has_open=bool(has_open))
    if refusal is not None:
        raise _refused(permit, "ask", str(principal.user_id), refusal)
    new = Elevation(
        elevation_id=work.runtime.ids.new(),
        user_id=principal.user_id,
        name=principal.name,
        role=role,
        role_before=principal.role,
        reason=reason,
        hours=hours,
        asked_at=work.now,
        state="asked",
    )
    repository.add_elevation(work, new)
    work.audit("ask", "elevation", new.elevation_id, reason=role)


async def decide_elevation(permit: Permit, elevation_id: UUID, verdict: Literal["approve", "refuse"]) -> None:
    """Approve or refuse what another person asked for. Approved, the role begins now and ends by itself.

    Their sessions end: who has another role signs in again (ARS IA-11). Raises `Rejected`: 404 for no such request, 403
    for one's own, one that was decided, or an old one.
    """
    work, by = permit.work, permit.principal.user_id
    asked = await repository.elevation_of(work, elevation_id)
    if asked is None:
        raise nothing_here()
    refusal = refuse_approval(asked, by=by, now=work.now, waits=_waits())
    if refusal is not None:
        raise _refused(permit, "decide", str(elevation_id), refusal)
    decided = {"decided_by": by, "decided_at": work.now}
    if verdict == "refuse":
        await repository.put_elevation(work, elevation_id, "refused", **decided)
        work.audit("refuse", "elevation", elevation_id)
        return
    ends_at = work.now + timedelta(hours=asked.hours)
    if not await repository.set_role(work, asked.user_id, asked.role, instead_of=asked.role_before):
        raise _refused(permit, "decide", str(elevation_id), "decided")
    await repository.put_elevation(work, elevation_id, "begun", ends_at=ends_at, **decided)
    await changed_role(work, asked.user_id)
    await work.schedule(END_ELEVATION, elevation_id, ends_at)
    work.audit("approve", "elevation", elevation_id, reason=asked.role)


async def give_back(permit: Permit, elevation_id: UUID) -> None:
    """End a role before its time: one's own, or as security officer anybody's.

    Raises `Rejected` (404) for any other.
    """
    asked = await repository.elevation_of(permit.work, elevation_id)
    mine = asked is not None and asked.user_id == permit.principal.user_id
    if asked is None or not (mine or permit.principal.role == SECURITY):
        raise nothing_here()
    await _end(permit.work, asked)


async def end_elevation(work: UnitOfWork, due: Due) -> None:
    """Take a role back whose time is over. Timer."""
    asked = await repository.elevation_of(work, UUID(due.subject))
    if asked is not None:
        await _end(work, asked)


async def _end(work: UnitOfWork, asked: Elevation) -> None:
    if asked.state not in ("asked", "begun"):
        return
    await repository.put_elevation(work, asked.elevation_id, "ended")
    if asked.state == "begun" and await repository.set_role(
        work, asked.user_id, asked.role_before, instead_of=asked.role
    ):
        await changed_role(work, asked.user_id)
    work.audit("end", "elevation", asked.elevation_id, reason=asked.role)


async def changed_role(work: UnitOfWork, user_id: UUID) -> None:
    """Somebody has another role: they sign the documents it asks for, and sign in again (ARS IA-11)."""
    await settle(work, user_id)
    await publish_users(work, [user_id])
    await sign_out(work, user_id, "role-changed")


def _waits() -> timedelta:
    return timedelta(hours=auth_settings().elevation_waits_hours)


def _refused(permit: Permit, action: str, name: str, refusal: ElevationRefusal) -> Rejected:
    permit.work.audit(action, "elevation", name, outcome="refused", reason=refusal)
    return Rejected("access-denied", ELEVATION_SENTENCES[refusal], status=403)
