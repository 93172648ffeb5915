"""Sign-in and second factor: each step in transactions of its own, because nobody is signed in yet.

A refusal here is an answer, not an exception: what was counted and audited must stay.
"""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from typing import Literal

import pyotp

from libs.common.contracts.auth import AccountLocked
from libs.common.ids import digest_of, secret_text
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
from services.auth.sessions import handlers as sessions
from services.auth.sessions.domain import SignedIn
from services.auth.sessions.repository import end_sessions_of, key_of
from services.auth.settings import auth_settings
from services.auth.sign_in import repository
from services.auth.sign_in.domain import NOTICE_VERSION, Failures, Proof, accepted_counter
from services.auth.sign_in.repository import Account
from services.auth.sign_in.tables import SECRET

SWEEP = "sweep-sessions"

_TOTP_SECONDS = 30
_SKEW = 1

Verdict = Literal["limited", "refused", "gone"]
_Step = Literal["password", "code", "step-up"]


@dataclass(frozen=True, slots=True)
class PasswordAccepted:
    """The code is awaited from whoever holds `secret`."""

    secret: str


@asynccontextmanager
async def _nobody(runtime: Runtime, address: str) -> AsyncIterator[UnitOfWork]:
    """A transaction of somebody who is not signed in."""
    async with runtime.database.request(runtime, Acting(actor="anonymous", address=address)) as work:
        yield work


async def check_password(runtime: Runtime, login: str, password: str, address: str) -> PasswordAccepted | Verdict:
    """The first step of sign-in. An unknown, locked or disabled account is answered as a wrong password is.

    The attempt is counted as failed before the hash is computed, and uncounted when it was right, so that attempts
    made side by side cannot exceed the limit and no connection is held while hashing. Raises `Rejected` (503) when too
    many sign-ins wait already; nothing is counted then.
    """
    login = login.strip().lower()
    with _hashing().place() as hashing:
        return await _check_password(runtime, hashing, login, password, address)


async def _check_password(
    runtime: Runtime, hashing: HashPool, login: str, password: str, address: str
) -> PasswordAccepted | Verdict:
    async with _nobody(runtime, address) as work:
        if await _limited(work, "password", login, address):
            return "limited"
        account = await repository.account_by_login(work, login)
        counted_at = work.now
        accepting = account is not None and await _count(work, account)
    stored = account.password_hash if account is not None and accepting else _nobodys_hash(runtime.keys)
    right = await hashing.run(partial(verify_password, password, stored, runtime.keys))
    renewed = await _renewed(runtime, hashing, password, stored) if right else None
    async with _nobody(runtime, address) as work:
        if account is None or not accepting:
            _note(work, "password", account, "unknown" if account is None else "locked")
            return "refused"
        failures = await repository.lock_failures(work, account.user_id, "sign-in")
        if not right:
            _note(work, "password", account, "wrong")
            await _punish(work, account, "sign-in", failures)
            return "refused"
        await repository.put_failures(work, account.user_id, "sign-in", failures.without_attempt(counted_at))
        if renewed is not None:
            await repository.put_credential(work, account.user_id, renewed)
        secret = secret_text()
        expires_at = work.now + timedelta(minutes=auth_settings().code_page_minutes)
        await repository.begin_attempt(work, key_of(secret), account.user_id, expires_at)
        metrics.SIGN_INS.labels(step="password", outcome="done").inc()
        return PasswordAccepted(secret)


async def check_code(runtime: Runtime, attempt: str, code: str, address: str, held: str) -> SignedIn | Verdict:
    """The second step: a code of the second factor, once. Begins the session, which ends the user's other ones.

    `held` is the secret of the session the browser held until now; whoever it belonged to, it ends too.
    """
    async with _nobody(runtime, address) as work:
        user_id = await repository.attempt_user(work, key_of(attempt))
        account = await repository.account(work, user_id) if user_id else None
        if account is None:
            return "gone"
        if await _limited(work, "code", str(account.user_id), address):
            return "limited"
        if not await _prove_code(work, account, code, "code"):
            return "refused"
        if not await repository.end_attempt(work, key_of(attempt)):
            return "gone"
        if held:
            await sessions.replace_held(work, held)
        return await begin(work, account)


async def begin(work: UnitOfWork, account: Account) -> SignedIn:
    """Sign in a person whose factors are proven: a session begins, which ends their other ones."""
    before = await repository.note_sign_in(work, account.user_id)
    work.audit("sign-in", "account", account.user_id, reason=f"notice {NOTICE_VERSION}")
    log.info("signed in", user_id=str(account.user_id))
    return await sessions.begin(work, account.user_id, account.role, before=before)


async def step_up(runtime: Runtime, admission: Admission, code: str, address: str) -> SignedIn | Verdict:
    """A fresh code within a session: the same session goes on under a new secret, its factor is new.

    The code is proven in a transaction of its own, which ends before the permit's begins: holding two connections at
    once, a handful of people could wait for each other.
    """
    async with _nobody(runtime, address) as own:
        account = await repository.account(own, admission.principal.user_id)
        if account is None:
            return "gone"
        if await _limited(own, "step-up", str(account.user_id), address):
            return "limited"
        if not await _prove_code(own, account, code, "step-up"):
            return "refused"
    async with admission.open() as permit:
        return await sessions.renew(permit) or "gone"


async def sweep(work: UnitOfWork, _due: Due) -> None:
    """End sessions whose time is over, so that the audit trail tells it, and delete what is spent."""
    rules = auth_settings()
    await sessions.end_overdue(work)
    await repository.delete_spent(work, work.now - timedelta(days=rules.kept_days))
    await work.schedule(SWEEP, "all", work.now + timedelta(minutes=rules.sweep_minutes))


async def _limited(work: UnitOfWork, step: _Step, account: str, address: str) -> bool:
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


async def _count(work: UnitOfWork, account: Account) -> bool:
    """Count an attempt as failed for now. False when none is accepted: locked, used up, or not active."""
    rules = auth_settings()
    failures = await repository.lock_failures(work, account.user_id, "sign-in")
    if account.state != "active" or failures.locked(work.now) or failures.exhausted(work.now, rules):
        return False
    await repository.put_failures(work, account.user_id, "sign-in", failures.with_attempt(work.now, rules))
    return True


async def _prove_code(work: UnitOfWork, account: Account, code: str, step: _Step) -> bool:
    """Whether the code is right and new. Right: failures are forgotten. Wrong: counted, perhaps locked."""
    rules = auth_settings()
    proof: Proof = "step-up" if step == "step-up" else "sign-in"
    failures = await repository.lock_failures(work, account.user_id, proof)
    if account.state != "active" or failures.locked(work.now) or failures.exhausted(work.now, rules):
        _note(work, step, account, "locked")
        return False
    matching = _matching(work, account, code)
    counter = accepted_counter(matching, account.last_counter)
    if counter is not None and await repository.use_counter(work, account.user_id, counter):
        await repository.put_failures(work, account.user_id, proof, Failures(locked_until=failures.locked_until))
        metrics.SIGN_INS.labels(step=step, outcome="done").inc()
        return True
    _note(work, step, account, "replayed" if matching else "wrong")
    failures = failures.with_attempt(work.now, rules)
    await repository.put_failures(work, account.user_id, proof, failures)
    await _punish(work, account, proof, failures)
    return False


def _matching(work: UnitOfWork, account: Account, code: str) -> frozenset[int]:
    """The time steps around now whose code this is (RFC 6238, 30 seconds, one step each way)."""
    secret = SECRET.open(work.runtime.keys, account.secret, account.user_id)
    factor = pyotp.TOTP(secret)
    step = int(work.now.timestamp()) // _TOTP_SECONDS
    typed = code.replace(" ", "").encode()
    return frozenset(
        counter
        for counter in range(step - _SKEW, step + _SKEW + 1)
        if hmac.compare_digest(factor.generate_otp(counter).encode(), typed)
    )


async def _punish(work: UnitOfWork, account: Account, proof: Proof, failures: Failures) -> None:
    """Lock the account when its failures are used up; disable it when far too many came in a row.

    Who cannot step up is not the one who signed in, so the sessions end. Failed sign-ins end none: anybody makes them.
    """
    rules = auth_settings()
    if failures.disables(rules):
        await access.set_state(work, account.user_id, "disabled")
        await publish_users(work, [account.user_id])
        await end_sessions_of(work, account.user_id, "disabled")
        work.audit("disable", "account", account.user_id, reason="failures")
        log.warning("account disabled", user_id=str(account.user_id), reason="failures")
    elif failures.exhausted(work.now, rules) and not failures.locked(work.now):
        locked_until = work.now + timedelta(minutes=rules.lockout_minutes)
        locked = Failures(failures.recent, failures.consecutive, locked_until)
        await repository.put_failures(work, account.user_id, proof, locked)
        if proof == "step-up":
            await end_sessions_of(work, account.user_id, "locked")
        work.append(AccountLocked(user_id=account.user_id, locked_until=locked_until))
        work.audit("lock", "account", account.user_id, reason="failures")
        log.warning("account locked", user_id=str(account.user_id), reason="failures")


def _note(work: UnitOfWork, step: _Step, account: Account | None, reason: str) -> None:
    """Record a refused step: audit, log, figure. What was typed is in none of them."""
    user_id = str(account.user_id) if account else "unknown"
    work.audit("sign-in", "account", user_id, outcome="refused", reason=f"{step}-{reason}")
    log.info("sign-in refused", user_id=user_id, reason=f"{step}-{reason}")
    metrics.SIGN_INS.labels(step=step, outcome="refused").inc()


async def _renewed(runtime: Runtime, hashing: HashPool, password: str, stored: str) -> str | None:
    """A hash of today's strength for a password that was stored with less."""
    iterations = auth_settings().password_iterations
    if not is_outdated(stored, runtime.keys, iterations=iterations):
        return None
    return await hashing.run(partial(hash_password, password, runtime.keys, iterations=iterations))


@cache
def _hashing() -> HashPool:
    return HashPool(waiting=auth_settings().password_hashes_waiting)


@cache
def _nobodys_hash(peppers: Peppers) -> str:
    return dummy_hash(peppers, iterations=auth_settings().password_iterations)
