"""A session begins, goes on, acts for an enrollment, and ends."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from libs.common.errors import Rejected, nothing_here
from libs.common.ids import secret_text
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.sessions import repository
from services.auth.sessions.domain import Browser, Session, SignedIn, landing_of, shortened
from services.auth.sessions.repository import key_of
from services.auth.settings import auth_settings


async def begin(
    work: UnitOfWork,
    user_id: UUID,
    role: str,
    browser: Browser,
    *,
    before: datetime | None,
    failed_before: int,
    factor_at: datetime,
) -> SignedIn:
    """Begin a session of a person whose factors are proven: it takes over from those that are one too many.

    Whoever the session belonged to that the browser held until now, it ends too.

    `before` is when they signed in the last time, `None` at the first; `failed_before` how many attempts failed since;
    `factor_at` when the second factor was shown, as step-ups count it.
    """
    rules = auth_settings()
    granted = (await access.granted_enrollments(work, user_id, access.TWO)).rows
    if browser.session:
        await _leave(work, browser.session)
    others = await repository.living_sessions(work, user_id)
    secret = secret_text()
    await repository.begin_session(
        work,
        Session(
            key=key_of(secret),
            kind="person",
            user_id=user_id,
            enrollment_id=granted[0].enrollment_id if granted else None,
            assurance=2,
            factor_at=factor_at,
            last_seen_at=work.now,
            idle=rules.session_idle(role),
            ends_at=work.now + timedelta(hours=rules.session_hours),
            csrf=secret_text(),
            signed_in_at=work.now,
            signed_in_before=before,
            failed_before=failed_before,
            browser=browser.family,
            address=shortened(browser.address),
        ),
    )
    if others:
        work.audit("sign-in", "session", key_of(secret).hex(), reason=f"concurrent {len(others)}")
    if left := others[rules.active_sessions - 1 :]:
        for each in left:
            await repository.end_session(work, each.key, "taken-over")
        work.audit("sign-out", "account", user_id, reason=f"taken-over {len(left)}")
    return SignedIn(secret, landing_of(role), has_choices=len(granted) > 1)


async def _leave(work: UnitOfWork, held: str) -> None:
    if await repository.end_session(work, key_of(held), "signed-out"):
        work.audit("sign-out", "session", key_of(held).hex(), reason="another sign-in in the same browser")


async def renew(permit: Permit) -> SignedIn | None:
    """A factor was proven again: the same session goes on under a new secret. `None` when it ended meanwhile."""
    work, principal = permit.work, permit.principal
    old = bytes.fromhex(principal.session)
    session = await repository.session_of(work, old)
    if session is None or not await repository.end_session(work, old, "renewed"):
        return None
    secret = secret_text()
    await repository.begin_session(
        work,
        Session(
            key=key_of(secret),
            kind="person",
            user_id=session.user_id,
            enrollment_id=session.enrollment_id,
            assurance=2,
            factor_at=work.now,
            last_seen_at=work.now,
            idle=session.idle,
            ends_at=session.ends_at,
            csrf=session.csrf,  # a form already on the screen stays good: the same person goes on
            signed_in_at=session.signed_in_at,
            signed_in_before=session.signed_in_before,
            failed_before=session.failed_before,
            browser=session.browser,
            address=session.address,
        ),
    )
    work.audit("step-up", "session", principal.session)
    return SignedIn(secret, landing_of(principal.role))


async def sign_out(permit: Permit) -> None:
    """End the session: a copy of its cookie is worth nothing from now on."""
    await repository.end_session(permit.work, bytes.fromhex(permit.principal.session), "signed-out")
    permit.work.audit("sign-out", "session", permit.principal.session)


async def sign_out_everywhere(permit: Permit) -> int:
    """End every session of the person, also the one that asks; of a program every token. How many were open."""
    ended = await repository.end_sessions_of(permit.work, permit.principal.user_id, "signed-out")
    permit.work.audit("sign-out", "account", permit.principal.user_id, reason=f"everywhere {ended}")
    return ended


async def extend(permit: Permit) -> Session:
    """The person is there: the idle time begins again. The session as it is now.

    Raises `Rejected` (401) when it is over.
    """
    key = bytes.fromhex(permit.principal.session)
    session = await repository.session_of(permit.work, key)
    now = permit.work.now
    if session is None or session.over(now):
        raise Rejected("sign-in-required", "Your session has ended. Sign in again to continue.", status=401)
    await repository.extend(permit.work, key)
    return replace(session, last_seen_at=now)


async def act_for(permit: Permit, enrollment_id: UUID) -> None:
    """Choose for which enrollment the session acts: only one that the person holds a grant for.

    Raises `Rejected` (404) for any other.
    """
    if not await access.holds_grant(permit.work, permit.principal.user_id, enrollment_id):
        permit.work.audit("act-for", "enrollment", enrollment_id, outcome="refused", reason="NPI_NOT_GRANTED")
        raise nothing_here()
    await repository.act_for(permit.work, bytes.fromhex(permit.principal.session), enrollment_id)
    permit.work.audit("act-for", "enrollment", enrollment_id)


async def end_overdue(work: UnitOfWork) -> None:
    """End sessions whose time is over, so that the audit trail tells it, and delete what is spent."""
    for key, user_id, reason in await repository.end_overdue(work):
        work.audit("sign-out", "session", key.hex(), reason=f"{reason} of {user_id}")
    await repository.delete_ended(work, work.now - timedelta(days=auth_settings().kept_days))
