"""Sign-in and failed attempts: each step in transactions of its own, because nobody is signed in yet.

A refusal here is an answer, not an exception: what was counted and audited must stay.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Literal
from uuid import UUID

from libs.common.contracts.auth import AccountLocked
from libs.common.errors import nothing_here
from libs.common.ids import derived_id, digest_of, secret_text
from libs.common.messaging.subscriptions import Due
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import Acting, UnitOfWork
from libs.common.runtime import Runtime
from libs.common.security.hash_pool import HashPool
from libs.common.security.passwords import Peppers, dummy_hash, hash_password, is_outdated, verify_password
from libs.common.web.permit import Admission
from services.auth.access import repository as access
from services.auth.access.handlers import publish_users
from services.auth.agreements.views import asked_texts
from services.auth.factor_loss import repository as factor_loss
from services.auth.factors import handlers as factors
from services.auth.factors import repository as factor_rows
from services.auth.factors.domain import Channel, Method, NotAccepted
from services.auth.factors.handlers import Sending
from services.auth.factors.views import always_asks, takes_mail
from services.auth.inactive.handlers import wake
from services.auth.notices.handlers import tell
from services.auth.passkeys import repository as passkey_rows
from services.auth.sessions import handlers as sessions
from services.auth.sessions.domain import Browser, SignedIn
from services.auth.sessions.repository import end_sessions_of, key_of, session_of
from services.auth.settings import auth_settings
from services.auth.sign_in import repository
from services.auth.sign_in.domain import PROOFS, Failures, Proof
from services.auth.sign_in.repository import Account

SWEEP = "sweep-sessions"

NOT_MINE = "/sign-in/not-mine"
"""Where the link in the letter about a new device leads."""

_NOBODY = derived_id("nobody")
"""Whose failures are looked for where there is no account."""

_NEVER = datetime.fromtimestamp(0, UTC)
"""When a code was shown that no step-up takes: one that came by mail."""

Verdict = Literal["limited", "refused", "gone"]
Step = Literal["password", "code", "passkey", "step-up", "reset", "new-password"]
"""What an attempt was part of."""


@dataclass(frozen=True, slots=True)
class PasswordAccepted:
    """The code is awaited from whoever holds `secret`."""

    secret: str


@dataclass(frozen=True, slots=True)
class Proven:
    """A code was right: of which kind, and how many attempts had failed before it."""

    method: Method
    failed: int


@asynccontextmanager
async def nobody(runtime: Runtime, address: str) -> AsyncIterator[UnitOfWork]:
    """A transaction of somebody who is not signed in."""
    async with runtime.database.request(runtime, Acting(actor="anonymous", address=address)) as work:
        yield work


async def check_password(
    runtime: Runtime, login: str, password: str, browser: Browser
) -> PasswordAccepted | SignedIn | Verdict:
    """The first step of sign-in. An unknown, locked or disabled account is answered as a wrong password is.

    In a browser that showed a code in the last hours it is the only step, as far as the rules allow.

    The attempt is counted as failed before the hash is computed, and uncounted when it was right, so that attempts
    made side by side cannot exceed the limit and no connection is held while hashing. Raises `Rejected` (503) when too
    many sign-ins wait already; nothing is counted then.
    """
    login = login.strip().lower()
    with hashing().place() as pool:
        return await _check_password(runtime, pool, login, password, browser)


async def _check_password(
    runtime: Runtime, pool: HashPool, login: str, password: str, browser: Browser
) -> PasswordAccepted | SignedIn | Verdict:
    async with nobody(runtime, browser.address) as work:
        if await limited(work, "password", login, browser.address):
            return "limited"
        account = await repository.account_by_login(work, login)
        counted_at = work.now
        accepting = await count(work, account, "sign-in")
    stored = account.password_hash if account is not None and accepting else _nobodys_hash(runtime.keys)
    right = await pool.run(partial(verify_password, password, stored, runtime.keys))
    renewed = await _renewed(runtime, pool, password, stored) if right else None
    async with nobody(runtime, browser.address) as work:
        failures = await repository.lock_failures(work, account.user_id if account else _NOBODY, "sign-in")
        if account is None or not accepting:
            note(work, "password", account, "unknown" if account is None else "locked")
            return "refused"
        if not right:
            note(work, "password", account, "wrong")
            await punish(work, account, "sign-in", failures)
            return "refused"
        failures = failures.without_attempt(counted_at)
        await repository.put_failures(work, account.user_id, "sign-in", failures)
        if renewed is not None:
            await repository.renew_hash(work, account.user_id, renewed)
        metrics.SIGN_INS.labels(step="password", outcome="done").inc()
        if shown_at := await _shown_before(work, account, browser):
            await repository.put_failures(
                work, account.user_id, "sign-in", Failures(locked_until=failures.locked_until)
            )
            return await begin(
                work, account, browser, method="an earlier code", failed=failures.consecutive, shown_at=shown_at
            )
        secret = secret_text()
        expires_at = work.now + timedelta(minutes=auth_settings().code_page_minutes)
        await repository.begin_attempt(work, key_of(secret), account.user_id, expires_at)
        return PasswordAccepted(secret)


async def _shown_before(work: UnitOfWork, account: Account, browser: Browser) -> datetime | None:
    """When this browser showed a code that spares one now; `None` when one is to be shown."""
    if not browser.window or always_asks(account.role):
        return None
    held = await session_of(work, key_of(browser.session)) if browser.session else None
    timed_out = held is not None and held.user_id == account.user_id and held.over(work.now) == "timeout"
    window = await factors.window_for(work, account.user_id, browser, timed_out=timed_out)
    return window.begun_at if window else None


async def check_code(runtime: Runtime, attempt: str, code: str, browser: Browser) -> SignedIn | Verdict:
    """The second step: a code of a second factor, once. Begins the session and ends the user's other ones.

    The session the browser held until now, whoever it belonged to, ends too.
    """
    async with nobody(runtime, browser.address) as work:
        user_id = await repository.attempt_user(work, key_of(attempt))
        account = await repository.account(work, user_id) if user_id else None
        if account is None:
            return "gone"
        if await limited(work, "code", str(account.user_id), browser.address):
            return "limited"
        proven = await prove(work, account, code, key_of(attempt), "code")
        if proven is None:
            return "refused"
        if not await repository.end_attempt(work, key_of(attempt)):
            return "gone"
        shown_at = _NEVER if proven.method == "email" else work.now
        begun = await begin(work, account, browser, method=proven.method, failed=proven.failed, shown_at=shown_at)
        if proven.method in ("email", "recovery") or always_asks(account.role) or auth_settings().mfa_window == "off":
            return begun
        return replace(begun, window=factors.begin_window(work, account.user_id, browser))


async def send_code(runtime: Runtime, attempt: str, channel: Channel, address: str) -> Sending | Literal["gone"]:
    """Send a code for the second step."""
    async with nobody(runtime, address) as work:
        user_id = await repository.attempt_user(work, key_of(attempt))
        account = await repository.account(work, user_id) if user_id else None
    if account is None:
        return "gone"
    mail = takes_mail(account.role)
    return await factors.send(runtime, account.user_id, key_of(attempt), channel, address, mail=mail)


async def step_up(runtime: Runtime, admission: Admission, code: str, address: str) -> SignedIn | Verdict:
    """A fresh code within a session: the same session goes on under a new secret, its factor is new.

    The code is proven in a transaction of its own, which ends before the permit's begins: holding two connections at
    once, a handful of people could wait for each other.
    """
    async with nobody(runtime, address) as own:
        account = await repository.account(own, admission.principal.user_id)
        if account is None:
            return "gone"
        if await limited(own, "step-up", str(account.user_id), address):
            return "limited"
        if await prove(own, account, code, bytes.fromhex(admission.principal.session), "step-up") is None:
            return "refused"
    async with admission.open() as permit:
        return await sessions.renew(permit) or "gone"


async def send_for_step_up(runtime: Runtime, admission: Admission, channel: Channel, address: str) -> Sending:
    """Send a code for a step-up to the phone: a mailed one would not count."""
    principal = admission.principal
    return await factors.send(runtime, principal.user_id, bytes.fromhex(principal.session), channel, address)


async def sweep(work: UnitOfWork, _due: Due) -> None:
    """End sessions whose time is over, so that the audit trail tells it, and delete what is spent."""
    rules = auth_settings()
    await sessions.end_overdue(work)
    kept_since = work.now - timedelta(days=rules.kept_days)
    await repository.delete_spent(work, kept_since, devices_before=work.now - timedelta(days=rules.device_days))
    await factor_rows.delete_spent(work, kept_since)
    await passkey_rows.delete_spent(work, kept_since)
    await work.schedule(SWEEP, "all", work.now + timedelta(minutes=rules.sweep_minutes))


async def limited(work: UnitOfWork, step: Step, account: str, address: str) -> bool:
    """Count this attempt; whether there were too many from this address, or on this account from it."""
    rules = auth_settings()
    window = timedelta(seconds=rules.attempts_seconds)
    by_address = await repository.count_attempt(work, digest_of("address", address), window=window)
    by_account = await repository.count_attempt(work, digest_of(step, account, address), window=window)
    limited = by_address > rules.address_attempts or by_account > rules.account_attempts
    if limited:
        work.audit("sign-in", "address", digest_of("address", address).hex()[:16], outcome="refused", reason="limited")
        log.warning("sign-in limited", reason="limited")
        metrics.SIGN_INS.labels(step=step, outcome="limited").inc()
    return limited


async def count(work: UnitOfWork, account: Account | None, proof: Proof) -> bool:
    """Count an attempt as failed for now. False when none is accepted: nobody, locked, used up, or not active.

    As much is written for nobody as for somebody: how long it takes tells strangers nothing.
    """
    rules = auth_settings()
    user_id = account.user_id if account else _NOBODY
    failures = await repository.lock_failures(work, user_id, proof)
    resting = failures.locked(work.now) or failures.exhausted(work.now, rules)
    accepting = account is not None and account.state == "active" and account.must_reset is None and not resting
    counted = failures.with_attempt(work.now, rules) if accepting else failures
    await repository.put_failures(work, user_id, proof, counted)
    return accepting


async def prove(work: UnitOfWork, account: Account, code: str, bound_to: bytes, step: Step) -> Proven | None:
    """Whether the code is right and new, as `prove_by`.

    `bound_to` is the sign-in, session or mailed link the code is shown in.
    """
    return await prove_by(work, account, step, partial(factors.accept, work, account.user_id, code, bound_to))


async def prove_by(
    work: UnitOfWork, account: Account, step: Step, accept: Callable[[], Awaitable[Method | NotAccepted]]
) -> Proven | None:
    """Whether what a person shows is accepted. Right: failures are forgotten. Wrong: counted, perhaps locked; `None`.

    Where nothing is accepted now it is not looked at.
    """
    rules = auth_settings()
    proof: Proof = "step-up" if step == "step-up" else "sign-in"
    failures = await repository.lock_failures(work, account.user_id, proof)
    if account.state != "active" or failures.locked(work.now) or failures.exhausted(work.now, rules):
        note(work, step, account, "locked")
        return None
    method = await accept()
    if isinstance(method, NotAccepted):
        note(work, step, account, method.reason)
        failures = failures.with_attempt(work.now, rules)
        await repository.put_failures(work, account.user_id, proof, failures)
        await punish(work, account, proof, failures)
        return None
    await repository.put_failures(work, account.user_id, proof, Failures(locked_until=failures.locked_until))
    if method != "email":
        await _keep_factors(work, account.user_id)
    metrics.SIGN_INS.labels(step=step, outcome="done").inc()
    return Proven(method, failures.consecutive)


async def _keep_factors(work: UnitOfWork, user_id: UUID) -> None:
    """Whoever shows a factor, or says that it was not them, has not lost every one: what was asked is taken back."""
    if await factor_loss.cancel(work, user_id):
        work.audit("cancel", "factor-loss", user_id)
        await tell(work, user_id, "factors-lost-canceled")


async def punish(work: UnitOfWork, account: Account, proof: Proof, failures: Failures) -> None:
    """Lock the account when its failures are used up; disable it when far too many came in a row.

    Who cannot step up is not the one who signed in, so the sessions end. Failed sign-ins end none: anybody makes them.
    """
    rules = auth_settings()
    if failures.disables(rules):
        await access.set_state(work, account.user_id, "disabled")
        await tell(work, account.user_id, "account-disabled")
        await publish_users(work, [account.user_id])
        await end_sessions_of(work, account.user_id, "disabled")
        work.audit("disable", "account", account.user_id, reason="failures")
        log.warning("account disabled", user_id=str(account.user_id), reason="failures")
    elif failures.exhausted(work.now, rules) and not failures.locked(work.now):
        locked_until = work.now + timedelta(minutes=rules.lockout_minutes)
        locked = Failures(failures.recent, failures.consecutive, locked_until)
        await repository.put_failures(work, account.user_id, proof, locked)
        await factor_rows.end_windows(work, account.user_id)
        if proof == "step-up":
            await end_sessions_of(work, account.user_id, "locked")
        elif rules.lockout_until_reset:
            await repository.set_must_reset(work, account.user_id, "locked")
        await tell(work, account.user_id, "account-locked")
        work.append(AccountLocked(user_id=account.user_id, locked_until=locked_until))
        work.audit("lock", "account", account.user_id, reason="failures")
        log.warning("account locked", user_id=str(account.user_id), reason="failures")


def note(work: UnitOfWork, step: Step, account: Account | None, reason: str) -> None:
    """Record a refused step: audit, log, figure. What was typed is in none of them."""
    user_id = str(account.user_id) if account else "unknown"
    work.audit("sign-in", "account", user_id, outcome="refused", reason=f"{step}-{reason}")
    log.info("sign-in refused", user_id=user_id, reason=f"{step}-{reason}")
    metrics.SIGN_INS.labels(step=step, outcome="refused").inc()


async def unlock(work: UnitOfWork, user_id: UUID) -> None:
    """The help desk forgets the failed attempts of an account, which opens one that they locked; its owner is told.

    Whoever was disabled, or said that a sign-in was not theirs, chooses a new password first all the same. Whoever
    calls this has made sure who asks.
    """
    await forget_failures(work, user_id)
    work.audit("unlock", "account", user_id)
    await tell(work, user_id, "account-unlocked")


async def forget_failures(work: UnitOfWork, user_id: UUID) -> None:
    """Let no failed attempt of an account count any more. Raises `Rejected` (404) for nobody's."""
    account = await repository.account(work, user_id)
    if account is None:
        raise nothing_here()
    for proof in PROOFS:
        await repository.lock_failures(work, user_id, proof)
        await repository.put_failures(work, user_id, proof, Failures())
    if account.state == "active" and account.must_reset == "locked":
        await repository.set_must_reset(work, user_id, None)


async def disown(runtime: Runtime, link: str, address: str) -> bool:
    """A person says that it was not them: everybody is signed out, and a new password must be chosen.

    False when the link does not work any more.
    """
    async with nobody(runtime, address) as work:
        user_id = await repository.link_user(work, key_of(link), "not-mine")
        if user_id is None:
            return False
        await repository.set_must_reset(work, user_id, "not-mine")
        await end_sessions_of(work, user_id, "not-mine")
        await repository.forget_devices(work, user_id)
        await factor_rows.end_windows(work, user_id)
        await _keep_factors(work, user_id)
        if email := await repository.address_before(work, key_of(link)):
            await access.put_email(work, user_id, email)
            await repository.end_reset_links(work, user_id)
            work.audit("restore", "email", user_id)
        work.audit("disown", "account", user_id)
        log.warning("sign-in disowned", user_id=str(user_id))
        await tell(work, user_id, "sign-in-not-mine")
        return True


async def begin(
    work: UnitOfWork,
    account: Account,
    browser: Browser,
    *,
    method: str,
    failed: int = 0,
    shown_at: datetime | None = None,
) -> SignedIn:
    """Sign in a person whose factors are proven, by which `method`; `failed` attempts came before this one.

    `shown_at`: when the second factor was shown, as step-ups count it, if that was not now. Of a browser that was never
    used with the account its owner is told.
    """
    user_id = account.user_id
    await wake(work, user_id)
    before = await repository.note_sign_in(work, user_id)
    notice = (await asked_texts(work))["notice"]
    work.audit("sign-in", "account", user_id, reason=f"notice {notice.version} by {method}")
    log.info("signed in", user_id=str(user_id))
    begun = await sessions.begin(
        work, user_id, account.role, browser, before=before, failed_before=failed, factor_at=shown_at or work.now
    )
    return replace(begun, device=await _know_device(work, user_id, browser))


async def _know_device(work: UnitOfWork, user_id: UUID, browser: Browser) -> str:
    """Tell the person of a browser they never used before. What the browser is to hold; empty: as before."""
    secret = browser.device or secret_text()
    known, others = await repository.know_device(work, user_id, key_of(secret))
    if others and not known:
        link = secret_text()
        expires_at = work.now + timedelta(hours=auth_settings().disown_hours)
        repository.add_link(work, key_of(link), user_id, "not-mine", expires_at)
        await tell(work, user_id, "new-device", device=browser.family, link=f"{NOT_MINE}?link={link}")
    return "" if browser.device else secret


async def _renewed(runtime: Runtime, pool: HashPool, password: str, stored: str) -> str | None:
    """A hash of today's strength for a password that was stored with less."""
    iterations = auth_settings().password_iterations
    if not is_outdated(stored, runtime.keys, iterations=iterations):
        return None
    return await pool.run(partial(hash_password, password, runtime.keys, iterations=iterations))


@cache
def hashing() -> HashPool:
    """Where password hashes are computed."""
    return HashPool(waiting=auth_settings().password_hashes_waiting)


@cache
def _nobodys_hash(peppers: Peppers) -> str:
    return dummy_hash(peppers, iterations=auth_settings().password_iterations)
