"""New passwords: judged, changed by their owner, or chosen again after they were forgotten.

A password that is not taken is an answer, not an exception: what was counted and audited must stay.
"""

from collections.abc import Collection
from datetime import timedelta
from functools import partial
from typing import Literal
from uuid import UUID

from libs.common.ids import derived_id, digest_of, secret_text
from libs.common.messaging.subscriptions import Due
from libs.common.observability import metrics
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.security.passwords import hash_password, verify_password
from libs.common.web.permit import Admission
from services.auth.access import repository as access
from services.auth.factors import repository as factors
from services.auth.factors.domain import Channel
from services.auth.factors.handlers import Sending, accept_first, send
from services.auth.factors.views import first_device
from services.auth.notices.handlers import tell
from services.auth.passwords.domain import Fault, as_compared, fault_of_form, without, words_in
from services.auth.passwords.partner import is_stolen, score
from services.auth.sessions.repository import end_sessions_of, key_of
from services.auth.settings import auth_settings
from services.auth.sign_in import repository
from services.auth.sign_in.handlers import count, hashing, limited, nobody, note, prove, prove_by, punish

MAIL_LINK, MAIL_USER_IDS = "mail-reset-link", "mail-user-ids"
RESET = "/sign-in/reset"
"""Where the mailed link leads."""

Verdict = Literal["limited", "refused", "gone"]


async def judge(password: str, words: Collection[str] = (), *, old: str = "") -> Fault | None:
    """What is wrong with a new password, or `None`.

    `words` of its owner (`domain.words_in`) count for nothing in it; `old` is the one it takes the place of, where its
    owner changes it. Computed among the hashes, beside everything else: raises `Rejected` (503) when too many wait.
    """
    fault = fault_of_form(password, auth_settings(), old=old)
    if fault is not None:
        return fault
    with hashing().place() as pool:
        return await pool.run(partial(_judged_by_lists, as_compared(password), words))


def _judged_by_lists(password: str, words: Collection[str]) -> Fault | None:
    rules = auth_settings()
    if rules.password_breach_file is not None and is_stolen(password, rules.password_breach_file):
        return "known"
    return "guessable" if score(without(password, words)) < rules.password_least_score else None


async def hashed(runtime: Runtime, password: str) -> str:
    """The hash of a new password, for `sign_in.repository.put_credential`. Raises `Rejected` (503) as `judge` does."""
    iterations = auth_settings().password_iterations
    with hashing().place() as pool:
        return await pool.run(partial(hash_password, password, runtime.keys, iterations=iterations))


async def change(
    runtime: Runtime, admission: Admission, old: str, new: str, address: str
) -> Verdict | Fault | Literal["done"]:
    """A person changes their password. Their other sessions end, and every browser is asked for a code again.

    A wrong present password counts as a wrong code of a step-up does: five end the sessions.
    """
    user_id = admission.principal.user_id
    async with nobody(runtime, address) as work:
        account = await repository.account(work, user_id)
        if account is None:
            return "gone"
        if await limited(work, "new-password", str(user_id), address):
            return "limited"
        words = await _words_of(work, user_id)
        counted_at = work.now
        if not await count(work, account, "step-up"):
            return "refused"
    with hashing().place() as pool:
        right = await pool.run(partial(verify_password, old, account.password_hash, runtime.keys))
    async with nobody(runtime, address) as work:
        failures = await repository.lock_failures(work, user_id, "step-up")
        if not right:
            note(work, "new-password", account, "wrong")
            await punish(work, account, "step-up", failures)
            return "refused"
        await repository.put_failures(work, user_id, "step-up", failures.without_attempt(counted_at))
    fault = await judge(new, words, old=old)
    if fault is not None:
        return fault
    new_hash = await hashed(runtime, new)
    async with admission.open() as permit:
        await _replace(permit.work, user_id, new_hash, but=bytes.fromhex(permit.principal.session))
        permit.work.audit("change", "password", user_id)
    return "done"


async def ask_for_link(runtime: Runtime, login: str, address: str) -> Literal["limited"] | None:
    """Somebody forgot a password. Whether there is such an account changes nothing that is seen or measured here.

    The letter is written by the worker: for nobody, there is a row of work for nobody.
    """
    login = login.strip().lower()
    async with nobody(runtime, address) as work:
        if await limited(work, "reset", login, address):
            return "limited"
        account = await repository.account_by_login(work, login)
        user_id = account.user_id if account else derived_id("nobody", login)
        await work.schedule(MAIL_LINK, user_id, work.now)
        work.audit("ask", "password-reset", str(account.user_id) if account else "unknown")
        metrics.SIGN_INS.labels(step="reset", outcome="asked").inc()
    return None


async def mail_link(work: UnitOfWork, due: Due) -> None:
    """Timer: mail the link to a new password, unless there is no such account or it was mailed too often just now."""
    rules = auth_settings()
    user_id = UUID(due.subject)
    account = await repository.account(work, user_id)
    if account is None or account.state != "active":
        return
    works_for = timedelta(minutes=rules.reset_link_minutes)
    if await repository.reset_links_since(work, user_id, work.now - works_for) >= rules.reset_links:
        work.audit("send", "password-reset", user_id, outcome="refused", reason="limited")
        return
    await repository.end_reset_links(work, user_id)
    link = secret_text()
    repository.add_link(work, key_of(link), user_id, "reset", work.now + works_for)
    work.audit("send", "password-reset", user_id)
    await tell(work, user_id, "password-reset-link", link=f"{RESET}?link={link}")


async def ask_for_user_ids(runtime: Runtime, email: str, address: str) -> Literal["limited"] | None:
    """Somebody forgot a user ID. As with a password, nothing that is seen or measured here tells whether there is."""
    email = email.strip().lower()
    async with nobody(runtime, address) as work:
        if await limited(work, "reset", email, address):
            return "limited"
        held = await access.logins_of(work, email)
        user_id = held[0].user_id if held else derived_id("nobody", email)
        await work.schedule(MAIL_USER_IDS, user_id, work.now)
        work.audit("ask", "user-ids", str(user_id) if held else "unknown")
    return None


async def mail_user_ids(work: UnitOfWork, due: Due) -> None:
    """Timer: mail the user IDs of an address to it, unless it has none or they were mailed too often just now."""
    rules, user_id = auth_settings(), UUID(due.subject)
    if await access.member(work, user_id) is None:
        return
    _, email = await access.contact(work, user_id)
    key, window = digest_of("user-ids", email.lower()), timedelta(minutes=rules.reset_link_minutes)
    if await repository.count_attempt(work, key, window=window) > rules.reset_links:
        work.audit("send", "user-ids", user_id, outcome="refused", reason="limited")
        return
    work.audit("send", "user-ids", user_id)
    await tell(work, user_id, "user-ids", who=", ".join(each.login for each in await access.logins_of(work, email)))


async def send_code(runtime: Runtime, link: str, channel: Channel, address: str) -> Sending | Literal["gone"]:
    """Send a code that counts for this link alone."""
    async with nobody(runtime, address) as work:
        user_id = await repository.link_user(work, key_of(link), "reset")
    if user_id is None:
        return "gone"
    return await send(runtime, user_id, key_of(link), channel, address)


async def reset(runtime: Runtime, link: str, code: str, new: str, address: str) -> Verdict | Fault | Literal["done"]:
    """Whoever holds the mailed link and shows a code chooses a new password. It begins no session.

    In a new account the code is the first one of its authenticator, which counts from then on. Codes count and fail as
    at sign-in: while the account is locked none is accepted.
    """
    async with nobody(runtime, address) as work:
        user_id = await repository.link_user(work, key_of(link), "reset")
        account = await repository.account(work, user_id) if user_id else None
        if account is None:
            return "gone"
        if await limited(work, "reset", str(account.user_id), address):
            return "limited"
        words = await _words_of(work, account.user_id)
    fault = await judge(new, words)
    if fault is not None:
        return fault
    new_hash = await hashed(runtime, new)
    async with nobody(runtime, address) as work:
        if await repository.link_user(work, key_of(link), "reset") is None:
            return "gone"
        first = await first_device(work, account.user_id)
        proven = (
            await prove_by(work, account, "reset", partial(accept_first, work, first, account.user_id, code))
            if first
            else await prove(work, account, code, key_of(link), "reset")
        )
        if proven is None:
            return "refused"
        await repository.end_reset_links(work, account.user_id)
        await _replace(work, account.user_id, new_hash)
        work.audit("reset", "password", account.user_id)
    return "done"


async def _replace(work: UnitOfWork, user_id: UUID, new_hash: str, *, but: bytes = b"") -> None:
    """Write a new password; whoever used the old one is out, all but the session `but`. Its owner is told."""
    await repository.put_credential(work, user_id, new_hash)
    await end_sessions_of(work, user_id, "password", but=but)
    await factors.end_windows(work, user_id)
    await tell(work, user_id, "password-changed")


async def _words_of(work: UnitOfWork, user_id: UUID) -> frozenset[str]:
    """The words that a person's password may not be built of: of their own details, organization and contractor."""
    member = await access.member(work, user_id)
    name, email = await access.contact(work, user_id)
    organization = await access.organization_name(work, user_id)
    contractor = work.runtime.deployment.contractor
    return words_in(name, email, member.login if member else "", organization, contractor, "medicare portal")
