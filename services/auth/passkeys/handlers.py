"""Passkeys added, removed, and used: to sign in, as the second factor of a sign-in, for a step-up.

What an authenticator is asked counts once and for a few minutes, in the browser that asked for it. A wrong one
counts against the account as a wrong code does.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Literal
from uuid import UUID

from webauthn.helpers import generate_challenge

from libs.common.errors import Rejected, nothing_here
from libs.common.ids import digest_of, secret_text
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.ports import Ports
from libs.common.runtime import Runtime
from libs.common.web.permit import Admission, Permit
from services.auth.access import repository as access
from services.auth.factors import handlers as factors
from services.auth.factors.domain import Method, NotAccepted
from services.auth.passkeys import repository
from services.auth.passkeys.domain import (
    Asked,
    Challenge,
    Passkey,
    Purpose,
    Registered,
    Site,
    answer_options,
    answered,
    credential_of,
    registered,
    registration_options,
    site_of,
)
from services.auth.sessions import handlers as sessions
from services.auth.sessions.domain import Browser, SignedIn
from services.auth.sessions.repository import key_of
from services.auth.settings import auth_settings
from services.auth.sign_in import repository as sign_in_rows
from services.auth.sign_in.handlers import Verdict, begin, limited, nobody, note, prove_by

_LATE = "It took too long, or this browser has answered already. Add the passkey again."
_NO_PASSKEY = "This is no passkey that the portal can use. Try again, or with another device."
_KNOWN = "The portal knows this passkey already."
_FULL = "You have as many passkeys as are allowed. Remove one first."


# ---- what a person does with their own passkeys, with a fresh code


async def ask_to_register(permit: Permit) -> Asked:
    """Ask for a new passkey. Raises `Rejected` (409) when a person has as many as are allowed."""
    work, user_id = permit.work, permit.principal.user_id
    known = await repository.passkeys_of(work, user_id)
    _leave_room(known)
    member = await access.member(work, user_id)
    if member is None:
        raise nothing_here()
    return ask_new(work, user_id, member.login, member.name, known=known, owner=user_id)


def ask_new(
    work: UnitOfWork,
    user_id: UUID,
    login: str,
    name: str,
    *,
    known: Sequence[Passkey] = (),
    owner: UUID | None = None,
) -> Asked:
    """Ask for a passkey of `user_id`, who has an account (`owner`) or registers."""
    challenge, secret = _ask(work, "registration", owner)
    options = registration_options(
        _site(work.runtime),
        challenge,
        user_id=user_id,
        login=login,
        name=name,
        known=[each.credential for each in known],
        milliseconds=_milliseconds(),
    )
    return Asked(secret, options)


async def answer_new(work: UnitOfWork, secret: str, answer: str, *, owner: UUID | None = None) -> Registered:
    """What an authenticator told of the new passkey that was asked for. Raises `Rejected` (422) where it counts not."""
    asked = await repository.end_challenge(work, key_of(secret), "registration")
    if asked is None or asked.user_id != owner:
        raise Rejected("form-invalid", _LATE, fields={"": _LATE})
    found = registered(_site(work.runtime), asked.content, answer)
    if found is None:
        raise Rejected("form-invalid", _NO_PASSKEY, fields={"": _NO_PASSKEY})
    if await repository.passkey_by_credential(work, found.credential):
        raise Rejected("form-invalid", _KNOWN, fields={"": _KNOWN})
    return found


async def register(permit: Permit, secret: str, name: str, answer: str) -> None:
    """Add the passkey that an authenticator told of, and tell its owner by mail.

    Raises `Rejected`: 422 for an answer that does not count, 409 for one passkey too many.
    """
    work, user_id = permit.work, permit.principal.user_id
    await access.lock_user(work, user_id)
    _leave_room(await repository.passkeys_of(work, user_id))
    found = await answer_new(work, secret, answer, owner=user_id)
    if not await add(work, user_id, name, found):
        raise Rejected("form-invalid", _KNOWN, fields={"": _KNOWN})
    await factors.added(work, user_id, f"the passkey “{name}”")


async def add(work: UnitOfWork, user_id: UUID, name: str, found: Registered) -> bool:
    """Write a new passkey of a user. False when somebody has it already."""
    new = Passkey(
        passkey_id=work.runtime.ids.new(),
        user_id=user_id,
        credential=found.credential,
        name=name,
        public_key=found.public_key,
        sign_count=found.sign_count,
        synced=found.synced,
        added_at=work.now,
    )
    return await repository.add_passkey(work, new)


async def remove(permit: Permit, passkey_id: UUID) -> None:
    """Take a passkey away, and tell its owner. Raises `Rejected`: 404 for none of theirs, 409 for the last factor."""
    work, user_id = permit.work, permit.principal.user_id
    await access.lock_user(work, user_id)
    name = await repository.remove_passkey(work, user_id, passkey_id)
    if name is None:
        raise nothing_here()
    await factors.removed(work, user_id, f"the passkey “{name}”")


# ---- before a session


async def ask_to_sign_in(runtime: Runtime, address: str) -> Asked | Literal["limited"]:
    """Ask whoever it is for one of their passkeys."""
    async with nobody(runtime, address) as work:
        if await limited(work, "passkey", "", address):
            return "limited"
        return _to_answer(work, "sign-in", None, ())


async def ask_for_second_factor(runtime: Runtime, attempt: str, address: str) -> Asked | Verdict:
    """Ask the person whose password was right for one of their passkeys."""
    async with nobody(runtime, address) as work:
        user_id = await sign_in_rows.attempt_user(work, key_of(attempt))
        if user_id is None:
            return "gone"
        if await limited(work, "passkey", str(user_id), address):
            return "limited"
        return _to_answer(work, "second-factor", user_id, await repository.passkeys_of(work, user_id))


async def sign_in(runtime: Runtime, secret: str, answer: str, browser: Browser) -> SignedIn | Verdict:
    """The only step of a sign-in: a passkey is two factors. An unknown one is answered as a wrong one is."""
    credential = credential_of(answer)
    async with nobody(runtime, browser.address) as work:
        if await limited(work, "passkey", digest_of(credential or b"").hex(), browser.address):
            return "limited"
        asked = await repository.end_challenge(work, key_of(secret), "sign-in")
        if asked is None:
            return "gone"
        passkey = await repository.passkey_by_credential(work, credential) if credential else None
        account = await sign_in_rows.account(work, passkey.user_id) if passkey else None
        if passkey is None or account is None or account.must_reset is not None:
            note(work, "passkey", account, "unknown" if account is None else "locked")
            return "refused"
        proven = await prove_by(work, account, "passkey", partial(_accept, work, asked, passkey, answer))
        if proven is None:
            return "refused"
        return await begin(work, account, browser, method=proven.method, failed=proven.failed)


async def second_factor(
    runtime: Runtime, attempt: str, secret: str, answer: str, browser: Browser
) -> SignedIn | Verdict:
    """The second step of a sign-in, with a passkey in the place of a code."""
    async with nobody(runtime, browser.address) as work:
        user_id = await sign_in_rows.attempt_user(work, key_of(attempt))
        account = await sign_in_rows.account(work, user_id) if user_id else None
        asked = await repository.end_challenge(work, key_of(secret), "second-factor")
        if account is None or asked is None or asked.user_id != account.user_id:
            return "gone"
        if await limited(work, "passkey", str(account.user_id), browser.address):
            return "limited"
        passkey = await _passkey_of(work, account.user_id, answer)
        proven = await prove_by(work, account, "passkey", partial(_accept, work, asked, passkey, answer))
        if proven is None:
            return "refused"
        if not await sign_in_rows.end_attempt(work, key_of(attempt)):
            return "gone"
        return await begin(work, account, browser, method=proven.method, failed=proven.failed)


# ---- within a session


async def ask_for_step_up(permit: Permit) -> Asked:
    """Ask the person for one of their passkeys."""
    user_id = permit.principal.user_id
    return _to_answer(permit.work, "step-up", user_id, await repository.passkeys_of(permit.work, user_id))


async def step_up(runtime: Runtime, admission: Admission, secret: str, answer: str, address: str) -> SignedIn | Verdict:
    """A passkey in the place of a fresh code. Proven in a transaction of its own, as a code is."""
    async with nobody(runtime, address) as own:
        account = await sign_in_rows.account(own, admission.principal.user_id)
        asked = await repository.end_challenge(own, key_of(secret), "step-up")
        if account is None or asked is None or asked.user_id != account.user_id:
            return "gone"
        if await limited(own, "step-up", str(account.user_id), address):
            return "limited"
        passkey = await _passkey_of(own, account.user_id, answer)
        if await prove_by(own, account, "step-up", partial(_accept, own, asked, passkey, answer)) is None:
            return "refused"
    async with admission.open() as permit:
        return await sessions.renew(permit) or "gone"


async def _passkey_of(work: UnitOfWork, user_id: UUID, answer: str) -> Passkey | None:
    credential = credential_of(answer)
    found = await repository.passkey_by_credential(work, credential) if credential else None
    return found if found and found.user_id == user_id else None


async def _accept(work: UnitOfWork, asked: Challenge, passkey: Passkey | None, answer: str) -> Method | NotAccepted:
    if passkey is None:
        return NotAccepted("wrong")
    count = answered(_site(work.runtime), asked.content, answer, passkey)
    if isinstance(count, NotAccepted):
        return count
    return "passkey" if await repository.use_passkey(work, passkey.passkey_id, count) else NotAccepted("counter")


def _to_answer(work: UnitOfWork, purpose: Purpose, user_id: UUID | None, known: Sequence[Passkey]) -> Asked:
    challenge, secret = _ask(work, purpose, user_id)
    credentials = [each.credential for each in known]
    return Asked(
        secret, answer_options(_site(work.runtime), challenge, known=credentials, milliseconds=_milliseconds())
    )


def _ask(work: UnitOfWork, purpose: Purpose, user_id: UUID | None) -> tuple[bytes, str]:
    """What is to be signed, and what the browser is to hold that answers."""
    challenge, secret = generate_challenge(), secret_text()
    expires_at = work.now + timedelta(minutes=auth_settings().passkey_minutes)
    repository.add_challenge(work, key_of(secret), purpose, Challenge(challenge, user_id), expires_at)
    return challenge, secret


def _leave_room(known: Sequence[Passkey]) -> None:
    if len(known) >= auth_settings().passkeys:
        raise Rejected("form-outdated", _FULL, status=409)


def _site(runtime: Ports) -> Site:
    return site_of(runtime.deployment.contractor, runtime.settings.public_address)


def _milliseconds() -> int:
    return auth_settings().passkey_minutes * 60_000
