"""Second factors: codes proven, codes sent, factors added and removed, browsers that are asked for no code.

Whether a wrong code counts against the account, and what a right one opens, is decided by who asks: sign-in, a step-up,
a new password.
"""

import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Literal
from uuid import UUID

from libs.common.errors import Rejected, nothing_here
from libs.common.ids import digest_of, secret_text
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import Acting, UnitOfWork
from libs.common.runtime import Runtime
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.factors import repository
from services.auth.factors.domain import (
    CODE_DIGITS,
    Channel,
    Method,
    NotAccepted,
    Window,
    accepted_counter,
    as_recovery_code,
    may_send,
    network_of,
    new_secret,
    phone_number,
    recovery_code,
    spares_a_code,
    steps_of,
    window_key,
)
from services.auth.factors.partner import PhonesUnreachableError, tell_phone
from services.auth.factors.repository import Device
from services.auth.factors.tables import PHONE, SECRET
from services.auth.factors.views import has_factor
from services.auth.notices.handlers import tell
from services.auth.sessions.domain import Browser
from services.auth.settings import auth_settings

_SHOWN_FIGURES = 4

Sending = Literal["sent", "not-offered", "limited", "away"]
"""What became of a code: on its way; not by this way; too many, or one a moment ago; its way is closed now."""


async def accept(work: UnitOfWork, user_id: UUID, code: str, bound_to: bytes) -> Method | NotAccepted:
    """Use a code of any factor of a user up, once; or why it does not count.

    `bound_to` is the sign-in, session or mailed link it is shown in: a code that was sent counts in no other.
    """
    if recovery := as_recovery_code(code):
        return await _accept_recovery_code(work, user_id, recovery)
    typed = code.replace(" ", "")
    return await _accept_sent(work, user_id, typed, bound_to) or await _accept_totp(work, user_id, typed)


async def accept_first(work: UnitOfWork, device: Device, user_id: UUID, code: str) -> Method | NotAccepted:
    """Let the first authenticator of a new account count, when it shows this code (`views.first_device`)."""
    secret = SECRET.open(work.runtime.keys, device.secret, user_id)
    counter = accepted_counter(steps_of(secret, code.replace(" ", ""), work.now), device.last_counter)
    if counter is None:
        return NotAccepted("wrong")
    await repository.confirm_device(work, device.device_id, counter)
    await added(work, user_id, f"the authenticator “{device.name}”")
    return "totp"


async def _accept_recovery_code(work: UnitOfWork, user_id: UUID, code: str) -> Method | NotAccepted:
    if not await repository.use_recovery_code(work, user_id, _digest_of_recovery(user_id, code)):
        return NotAccepted("wrong")
    await repository.end_windows(work, user_id)
    left = await repository.recovery_codes_left(work, user_id)
    work.audit("use", "recovery-code", user_id, reason=f"{left} left")
    await tell(work, user_id, "recovery-code-used", left=str(left) if left else "none")
    return "recovery"


async def _accept_sent(work: UnitOfWork, user_id: UUID, code: str, bound_to: bytes) -> Channel | None:
    rules = auth_settings()
    since = work.now - timedelta(minutes=rules.code_minutes)
    sent = await repository.open_code(work, user_id, bound_to, since=since, tries=rules.code_tries)
    if sent is None:
        return None
    if not hmac.compare_digest(sent.digest, _digest_of_sent(work, bound_to, code)):
        await repository.count_try(work, sent.code_id)
        return None
    return sent.channel if await repository.end_code(work, sent.code_id) else None


async def _accept_totp(work: UnitOfWork, user_id: UUID, code: str) -> Method | NotAccepted:
    matched = False
    for device in await repository.devices(work, user_id):
        matching = steps_of(SECRET.open(work.runtime.keys, device.secret, user_id), code, work.now)
        matched |= bool(matching)
        counter = accepted_counter(matching, device.last_counter)
        if device.confirmed_at is None or counter is None:
            continue
        if await repository.use_counter(work, device.device_id, counter):
            return "totp"
    return NotAccepted("replayed" if matched else "wrong")


async def send(
    runtime: Runtime,
    user_id: UUID,
    bound_to: bytes,
    channel: Channel,
    address: str,
    *,
    mail: bool = False,
    to_confirm: bool = False,
) -> Sending:
    """Send a code that counts in the place `bound_to` alone; those sent there before count no more.

    `mail`: whether it may go by mail; `to_confirm`: it goes to the number that waits to be confirmed. It is written
    before it is sent, in a transaction of its own, so that nobody is sent more than the limits allow.
    """
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    acting = Acting(actor="anonymous", address=address)
    async with runtime.database.request(runtime, acting) as work:
        number, waiting = await repository.phone_of(work, user_id)
        to = waiting if to_confirm else number
        if not (mail if channel == "email" else to):
            work.audit("send", "code", user_id, outcome="refused", reason=f"{channel}-not-offered")
            return "not-offered"
        await access.lock_user(work, user_id)
        if not may_send(await repository.sent_lately(work, user_id), work.now, auth_settings()):
            work.audit("send", "code", user_id, outcome="refused", reason=f"{channel}-limited")
            metrics.CODES_SENT.labels(channel, "limited").inc()
            return "limited"
        code_id = runtime.ids.new()
        digest = _digest_of_sent(work, bound_to, code)
        await repository.put_code(work, code_id, user_id, bound_to, channel, digest)
        if channel == "email":
            await tell(work, user_id, "sign-in-code", code=code)
        work.audit("send", "code", user_id, reason=channel)
    if channel != "email" and to is not None:
        text = phone_message(runtime, channel, code)
        try:
            await tell_phone(runtime.settings, code_id, channel, PHONE.open(runtime.keys, to, user_id), text)
        except PhonesUnreachableError as error:
            log.warning("phone not reached", partner="phone_messages", reason=str(error), kind=channel)
            metrics.CODES_SENT.labels(channel, "failed").inc()
            async with runtime.database.request(runtime, acting) as work:
                await repository.end_code(work, code_id)
                work.audit("send", "code", user_id, outcome="failed", reason=channel)
            return "away"
    metrics.CODES_SENT.labels(channel, "sent").inc()
    return "sent"


def phone_message(runtime: Runtime, channel: Channel, code: str) -> str:
    """What a phone is told. A voice speaks one figure after the other, twice."""
    contractor, minutes = runtime.deployment.contractor, auth_settings().code_minutes
    if channel == "voice":
        spoken = ", ".join(code)
        return f"This is {contractor}. Your code for the provider portal is {spoken}. Again: {spoken}."
    return f"{contractor}: your portal code is {code}. It works once, for {minutes} minutes. Tell it to nobody."


def _digest_of_sent(work: UnitOfWork, bound_to: bytes, code: str) -> bytes:
    return hmac.digest(work.runtime.keys.pepper(), digest_of("sent-code", bound_to, code), "sha256")


def _digest_of_recovery(user_id: UUID, code: str) -> bytes:
    return digest_of("recovery-code", user_id.bytes, code)


def begin_window(work: UnitOfWork, user_id: UUID, browser: Browser) -> str:
    """From now on this browser is asked for no code for some hours, as far as the rules allow. What it is to hold."""
    secret = secret_text()
    expires_at = work.now + timedelta(hours=auth_settings().mfa_window_hours)
    window = Window(user_id, work.now, expires_at, browser.family, network_of(browser.address))
    repository.begin_window(work, window_key(secret), window)
    return secret


async def window_for(work: UnitOfWork, user_id: UUID, browser: Browser, *, timed_out: bool) -> Window | None:
    """The code this browser showed before, if that spares one now."""
    found = await repository.window(work, window_key(browser.window)) if browser.window else None
    if found is None:
        return None
    spared = spares_a_code(
        found,
        user_id=user_id,
        browser=browser.family,
        network=network_of(browser.address),
        timed_out=timed_out,
        mode=auth_settings().mfa_window,
        now=work.now,
    )
    return found if spared else None


# ---- what a person does with their own factors, with a fresh code


async def forget_browser(permit: Permit, secret: str) -> None:
    """Ask for a code again in this browser."""
    if await repository.end_window(permit.work, permit.principal.user_id, window_key(secret)):
        permit.work.audit("forget", "browser", permit.principal.user_id)


async def begin_device(work: UnitOfWork, user_id: UUID, name: str) -> str:
    """A new authenticator, which counts once it has shown a code. Its secret, which is never told again.

    Raises `Rejected` (409) when a person has as many as are allowed.
    """
    await access.lock_user(work, user_id)
    await repository.remove_unconfirmed(work, user_id)
    if len(await repository.devices(work, user_id)) >= auth_settings().totp_devices:
        raise Rejected("form-outdated", "You have as many authenticators as are allowed. Remove one first.", status=409)
    secret = new_secret()
    add_device(work, user_id, name, secret, confirmed=False)
    return secret


def add_device(work: UnitOfWork, user_id: UUID, name: str, secret: str, *, confirmed: bool = True) -> None:
    """Write an authenticator of a user. `confirmed`: its owner showed a code of it already."""
    sealed = SECRET.seal(work.runtime.keys, secret, user_id)
    repository.add_device(work, work.runtime.ids.new(), user_id, name, sealed, confirmed=confirmed)


async def confirm_device(work: UnitOfWork, user_id: UUID, code: str) -> bool:
    """Whether the new authenticator showed this code: then it counts from now on, and the person is told by mail.

    Raises `Rejected` (409) when none waits.
    """
    device = next((each for each in await repository.devices(work, user_id) if each.confirmed_at is None), None)
    if device is None:
        raise Rejected("form-outdated", "No authenticator waits to be confirmed. Add it again.", status=409)
    secret = SECRET.open(work.runtime.keys, device.secret, user_id)
    counter = accepted_counter(steps_of(secret, code.replace(" ", ""), work.now), device.last_counter)
    if counter is None:
        work.audit("add", "factor", user_id, outcome="refused", reason="totp-wrong")
        return False
    await repository.confirm_device(work, device.device_id, counter)
    await added(work, user_id, f"the authenticator “{device.name}”")
    return True


async def remove_device(permit: Permit, device_id: UUID) -> None:
    """Take an authenticator away. Raises `Rejected`: 404 for none of theirs, 409 for the last factor."""
    work, user_id = permit.work, permit.principal.user_id
    await access.lock_user(work, user_id)
    devices = await repository.devices(work, user_id)
    device = next((each for each in devices if each.device_id == device_id), None)
    if device is None:
        raise nothing_here()
    await repository.remove_device(work, user_id, device_id)
    await removed(work, user_id, f"the authenticator “{device.name}”")


async def begin_phone(permit: Permit, typed: str) -> None:
    """A new number, which counts once a code that was sent to it came back.

    Raises `Rejected` for what is no number of ten digits in the plan of the United States.
    """
    work, user_id = permit.work, permit.principal.user_id
    wanted = phone_number(typed)
    if wanted is None:
        sentence = "Enter the phone number with its area code: 202-555-0123."
        raise Rejected("form-invalid", sentence, fields={"phone": sentence})
    number, _ = await repository.phone_of(work, user_id)
    await repository.put_phone(work, user_id, number=number, waiting=PHONE.seal(work.runtime.keys, wanted, user_id))


def phone_bound_to(session: str) -> bytes:
    """Where the code counts that confirms a number: nowhere else in the session."""
    return digest_of("confirm-phone", session)


async def confirm_phone(permit: Permit, code: str) -> bool:
    """Whether this is the code that was sent to the number that waits: then codes go there from now on."""
    work, user_id = permit.work, permit.principal.user_id
    _, waiting = await repository.phone_of(work, user_id)
    found = await _accept_sent(work, user_id, code.replace(" ", ""), phone_bound_to(permit.principal.session))
    if waiting is None or found is None:
        work.audit("add", "factor", user_id, outcome="refused", reason="phone-wrong")
        return False
    await repository.put_phone(work, user_id, number=waiting, waiting=None)
    ending = PHONE.open(work.runtime.keys, waiting, user_id)[-_SHOWN_FIGURES:]
    await added(work, user_id, f"the phone number ending in {ending}")
    return True


async def remove_phone(permit: Permit) -> None:
    """Send no more codes to a phone. Raises `Rejected` (409) for the last factor."""
    work, user_id = permit.work, permit.principal.user_id
    await access.lock_user(work, user_id)
    number, _ = await repository.phone_of(work, user_id)
    if number is None:
        raise nothing_here()
    await repository.put_phone(work, user_id, number=None, waiting=None)
    ending = PHONE.open(work.runtime.keys, number, user_id)[-_SHOWN_FIGURES:]
    await removed(work, user_id, f"the phone number ending in {ending}")


async def new_recovery_codes(permit: Permit) -> tuple[str, ...]:
    """New recovery codes in the place of those there were: told now and never again."""
    work, user_id, codes = permit.work, permit.principal.user_id, recovery_codes()
    await put_recovery_codes(work, user_id, codes)
    await tell(work, user_id, "recovery-codes-made")
    return codes


def recovery_codes() -> tuple[str, ...]:
    """Recovery codes that nobody has yet."""
    return tuple(recovery_code(secrets.token_bytes) for _ in range(auth_settings().recovery_codes))


async def put_recovery_codes(work: UnitOfWork, user_id: UUID, codes: Iterable[str]) -> None:
    """Let these codes count for a user, and none there were before."""
    digests = [_digest_of_recovery(user_id, each.replace("-", "")) for each in codes]
    await repository.put_recovery_codes(work, user_id, digests)
    work.audit("make", "recovery-codes", user_id)


async def end_all(work: UnitOfWork, user_id: UUID) -> None:
    """No authenticator, phone, code or browser of a person counts any more."""
    await repository.remove_all(work, user_id)
    await repository.end_windows(work, user_id)


async def added(work: UnitOfWork, user_id: UUID, words: str) -> None:
    """A factor counts from now on, which `words` name: browsers are asked for a code again, the person is told."""
    await _changed(work, user_id, "add", words)
    await tell(work, user_id, "factor-added", device=words)


async def removed(work: UnitOfWork, user_id: UUID, words: str) -> None:
    """The same of a factor that counts no more. Raises `Rejected` (409) when it was the last one."""
    if not await has_factor(work, user_id):
        raise Rejected(
            "form-outdated", "This is your only way to confirm a sign-in. Add another one first.", status=409
        )
    await _changed(work, user_id, "remove", words)
    await tell(work, user_id, "factor-removed", device=words)


async def _changed(work: UnitOfWork, user_id: UUID, action: Literal["add", "remove"], words: str) -> None:
    await repository.end_windows(work, user_id)
    work.audit(action, "factor", user_id, reason=words.split(" ", 2)[1])
