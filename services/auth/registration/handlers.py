"""Registration, step by step: each in transactions of its own, because nobody is signed in yet.

Whether a mail address, a user ID or a person is known already is answered as if it were not: the same pages, after the
same work. Whoever has the account is told by mail. A refusal is an answer, so that its count and its audit row stay.
"""

import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import SecretStr

from libs.common.contracts.auth import MessageWanted, Registered
from libs.common.contracts.sealed import WANTED_MESSAGE, WantedMessage
from libs.common.errors import Rejected
from libs.common.ids import digest_of, secret_text
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import Acting, UnitOfWork
from libs.common.runtime import Runtime
from libs.common.security.permissions import STAFF
from libs.common.web.permit import Permit
from libs.partners.proofing import Proofed, Proofing
from services.auth.access import repository as access
from services.auth.access.handlers import publish_users
from services.auth.factors import handlers as factors
from services.auth.factors import repository as factor_rows
from services.auth.factors.domain import Channel, new_secret, phone_number, steps_of
from services.auth.factors.partner import PhonesUnreachableError, tell_phone
from services.auth.factors.tables import PHONE as FACTOR_PHONE
from services.auth.factors.tables import SECRET as FACTOR_SECRET
from services.auth.notices.handlers import tell
from services.auth.passkeys import handlers as passkeys
from services.auth.passkeys.domain import Asked
from services.auth.passkeys.domain import Registered as RegisteredPasskey
from services.auth.passwords.domain import Fault, words_in
from services.auth.passwords.handlers import hashed, judge
from services.auth.proofing.partner import ProofingPartner, ProofingUnavailableError
from services.auth.registration import repository
from services.auth.registration.domain import (
    ANOTHER,
    APPLICANT,
    APPLICANTS,
    Factor,
    NewPasskey,
    Person,
    Registration,
    Step,
    support_code,
)
from services.auth.registration.repository import Holder
from services.auth.registration.tables import PASSKEY, PERSON, PHONE, SECRET
from services.auth.sessions.repository import key_of
from services.auth.settings import auth_settings
from services.auth.sign_in import repository as sign_in

SWEEP = "sweep-registrations"

_CODE_DIGITS = 6
_STAFF = "The contractor's own staff have one account."

Verdict = Literal["limited", "refused", "gone"]
"""Too many attempts from here; not accepted; there is no registration at this step."""


@dataclass(frozen=True, slots=True)
class Held:
    """The browser is to hold `cookie`: it opens the registration, and says its support code."""

    cookie: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The account is open, as far as anybody may know. `recovery_codes` are not told again."""

    recovery_codes: tuple[str, ...]


@asynccontextmanager
async def _nobody(runtime: Runtime, address: str) -> AsyncIterator[UnitOfWork]:
    """A transaction of somebody who is not signed in."""
    async with runtime.database.request(runtime, Acting(actor="anonymous", address=address)) as work:
        yield work


async def find(runtime: Runtime, cookie: str) -> Registration | None:
    """The registration that a browser holds; none while a code is still to show that it may continue it."""
    async with _nobody(runtime, "") as work:
        return await repository.by_key(work, key_of(cookie))


async def begin(runtime: Runtime, cookie: str, person: Person, address: str) -> Held | Verdict:
    """Keep what a person says about themselves, sealed, and mail a code to the address.

    With the cookie of a registration whose identity is not proofed yet that one is changed: another address is to be
    confirmed, the same one stays confirmed. Whoever has an account with this address gets a notice instead of a code.
    """
    async with _nobody(runtime, address) as work:
        if await _too_many_starts(work, address):
            return _limited(work, "begin")
        keys, email_digest = work.runtime.keys, _email_digest(work, person.email)
        found = await repository.by_key(work, key_of(cookie))
        if found is not None and found.step in ("email", "identity"):
            sealed = PERSON.seal(keys, person, found.registration_id)
            await repository.change(work, found.registration_id, sealed_person=sealed)
            if found.email_digest == email_digest:
                return Held(cookie)
            await repository.change(work, found.registration_id, step="email", email_digest=email_digest)
            return Held(cookie) if await _send_code(work, found.registration_id, person) else _limited(work, "begin")
        if await _too_many_messages(work, email_digest):
            return _limited(work, "begin")
        registration_id, code = work.runtime.ids.new(), support_code(secrets.token_bytes(8))
        held = Held(f"{code}.{secret_text()}")
        sealed = PERSON.seal(keys, person, registration_id)
        await repository.add(work, registration_id, key_of(held.cookie), code, sealed, email_digest)
        work.audit("begin", "registration", registration_id)
        await _mail_code(work, registration_id, person)
        return held


async def mail_another(permit: Permit) -> bool:
    """Mail a link to whoever is signed in, by which they get another user ID, for another office they work for.

    An account belongs to one organization, and nobody is proofed twice. False when it was asked for too often today.
    Raises `Rejected` (403) for the contractor's own staff.
    """
    work, user_id, rules = permit.work, permit.principal.user_id, auth_settings()
    if permit.principal.role in STAFF:
        work.audit("ask", "user-id", user_id, outcome="refused", reason="staff")
        raise Rejected("access-denied", _STAFF, status=403)
    key = digest_of("another-user-id", user_id.bytes)
    if await sign_in.count_attempt(work, key, window=timedelta(days=1)) > rules.organization_requests_a_day:
        work.audit("ask", "user-id", user_id, outcome="refused", reason="limited")
        return False
    link = secret_text()
    expires_at = work.now + timedelta(minutes=rules.reset_link_minutes)
    sign_in.add_link(work, key_of(link), user_id, "another-user-id", expires_at)
    await tell(work, user_id, "another-user-id", link=f"{ANOTHER}?link={link}")
    work.audit("ask", "user-id", user_id)
    return True


async def begin_another(runtime: Runtime, link: str, address: str) -> Held | Verdict:
    """Begin where the person is proofed and their address confirmed: by the link that was mailed there, once."""
    async with _nobody(runtime, address) as work:
        user_id = await sign_in.link_user(work, key_of(link), "another-user-id")
        account = await sign_in.account(work, user_id) if user_id else None
        if account is None or account.state != "active":
            return "gone"
        if await _too_many_starts(work, address):
            return _limited(work, "begin")
        await sign_in.end_link(work, key_of(link))
        name, email = await access.contact(work, account.user_id)
        registration_id, code = work.runtime.ids.new(), support_code(secrets.token_bytes(8))
        held = Held(f"{code}.{secret_text()}")
        known = {
            "step": "terms",
            "proofing": "passed",
            "same_person_as": account.user_id,
            "subject_digest": await repository.subject_of(work, account.user_id),
        }
        sealed = PERSON.seal(work.runtime.keys, Person(name, "", email), registration_id)
        digest = _email_digest(work, email)
        await repository.add(work, registration_id, key_of(held.cookie), code, sealed, digest, **known)
        work.audit("begin", "registration", registration_id, reason="another-user-id")
        return held


async def send_again(runtime: Runtime, cookie: str, address: str) -> Verdict | None:
    """Mail a new code, which voids the one before. For a browser that holds nothing, nothing is sent and none told."""
    async with _nobody(runtime, address) as work:
        found = await repository.by_any_key(work, key_of(cookie))
        if await _too_many_starts(work, address):
            return _limited(work, "confirm")
        if (
            found is not None
            and found.person is not None
            and not await _send_code(work, found.registration_id, found.person, again=found.same_person_as)
        ):
            return _limited(work, "confirm")
        return None


async def resume(runtime: Runtime, code: str, email: str, address: str) -> Held | Verdict:
    """Continue a registration in another browser, once the code is entered that goes to its address now.

    Whoever names no registration is answered alike: they hold a cookie that opens nothing, and no mail is sent.
    """
    async with _nobody(runtime, address) as work:
        if await _too_many_starts(work, address):
            return _limited(work, "resume")
        held = Held(f"{code}.{secret_text()}")
        found = await repository.by_support_code(work, code, _email_digest(work, email))
        if found is not None and found.person is not None:
            await repository.change(work, found.registration_id, resume_key=key_of(held.cookie))
            if not await _send_code(work, found.registration_id, found.person, again=found.same_person_as):
                return _limited(work, "resume")
            work.audit("resume", "registration", found.registration_id)
        return held


async def confirm_email(runtime: Runtime, cookie: str, code: str, address: str) -> Verdict | None:
    """Take the code that was mailed: once, for a short time, after a few tries never again.

    It confirms the address, or lets a browser continue what another one began, which then holds nothing any more.
    """
    rules, key = auth_settings(), key_of(cookie)
    async with _nobody(runtime, address) as work:
        if await _too_many_codes(work, address):
            return _limited(work, "confirm")
        found = await repository.by_any_key(work, key)
        if found is None:
            return "refused"
        typed = _code_digest(work, found.registration_id, code)
        if not found.accepts_code(typed, work.now, tries=rules.registration_code_tries):
            await repository.change(work, found.registration_id, code_tries=found.code_tries + 1)
            work.audit("confirm", "registration", found.registration_id, outcome="refused", reason="code")
            return "refused"
        step: Step = "identity" if found.step == "email" else found.step
        spent = {"code_digest": None, "code_until": None, "resume_key": None}
        await repository.change(work, found.registration_id, step=step, key=key, **spent)
        work.audit("confirm", "registration", found.registration_id)
        return None


async def prove(runtime: Runtime, cookie: str, ssn: SecretStr, address: str) -> Proofed | Verdict | None:
    """Let the partner compare who the person says they are. `None`: it did not answer, and no try was spent.

    The SSN goes to the partner and nowhere else; of its answer stays what comes next, and by which digest the person
    is known again.
    """
    async with _nobody(runtime, address) as work:
        found = await repository.by_key(work, key_of(cookie))
        if found is None or found.step != "identity" or found.person is None or found.person.birth_date is None:
            return "gone"
        if found.proofing not in ("open", "failed"):
            return "gone"
        if await _too_many_proofings(work, found.registration_id):
            return _limited(work, "proof")
    person, birth_date = found.person, found.person.birth_date
    asked = Proofing(
        proofing_id=found.registration_id,
        first_name=person.first_name,
        last_name=person.last_name,
        birth_date=birth_date,
        street=person.street,
        city=person.city,
        state=person.state,
        postal_code=person.postal_code,
        telephone=person.telephone,
        ssn=ssn,
    )
    try:
        answer = await ProofingPartner(runtime.settings).proof(asked)
    except ProofingUnavailableError as error:
        log.warning("proofing not answered", reason=str(error))
        return None
    return await _record(runtime, cookie, answer, address)


async def look(runtime: Runtime, cookie: str, address: str) -> Proofed | Verdict | None:
    """Ask the partner how far a call or a set of documents is, which it goes on with by itself. As `prove`."""
    async with _nobody(runtime, address) as work:
        found = await repository.by_key(work, key_of(cookie))
        if found is None or found.step != "identity" or not found.reference:
            return "gone"
        if await _too_many_proofings(work, found.registration_id):
            return _limited(work, "proof")
    try:
        answer = await ProofingPartner(runtime.settings).look(found.reference)
    except ProofingUnavailableError as error:
        log.warning("proofing not answered", reason=str(error))
        return None
    return await _record(runtime, cookie, answer, address)


async def accept_terms(runtime: Runtime, cookie: str, version: str, address: str) -> Verdict | None:
    """Note in which version the terms were accepted, and draw the secret of an authenticator."""
    async with _nobody(runtime, address) as work:
        found = await repository.by_key(work, key_of(cookie))
        if found is None or found.step != "terms":
            return "gone"
        sealed = SECRET.seal(work.runtime.keys, new_secret(), found.registration_id)
        await repository.change(work, found.registration_id, step="authenticator", sealed_secret=sealed)
        work.audit("accept-terms", "registration", found.registration_id, reason=version)
        return None


async def confirm_authenticator(runtime: Runtime, cookie: str, code: str, address: str) -> Verdict | None:
    """Take the first code that the person's authenticator shows: from now on it is known to hold the secret."""
    async with _nobody(runtime, address) as work:
        if await _too_many_codes(work, address):
            return _limited(work, "confirm")
        found = await repository.by_key(work, key_of(cookie))
        if found is None or found.step != "authenticator" or found.sealed_secret is None:
            return "gone"
        secret = SECRET.open(work.runtime.keys, found.sealed_secret, found.registration_id)
        shown = steps_of(secret, code.replace(" ", ""), work.now)
        if not shown:
            work.audit("confirm", "registration", found.registration_id, outcome="refused", reason="authenticator")
            return "refused"
        await _confirmed(work, found, "authenticator", secret_step=max(shown))
        return None


async def ask_passkey(runtime: Runtime, cookie: str, address: str) -> Asked | Verdict:
    """Ask the person's device for a passkey, in the place of an authenticator: one of the account to be opened."""
    async with _nobody(runtime, address) as work:
        if await _too_many_codes(work, address):
            return _limited(work, "confirm")
        found = await repository.by_key(work, key_of(cookie))
        if found is None or found.step != "authenticator" or found.person is None:
            return "gone"
        return passkeys.ask_new(work, found.registration_id, found.person.email, found.person.name)


async def confirm_passkey(runtime: Runtime, cookie: str, secret: str, answer: str, address: str) -> Verdict | None:
    """Take the passkey that the device told of. Raises `Rejected` (422) where it counts not."""
    async with _nobody(runtime, address) as work:
        found = await repository.by_key(work, key_of(cookie))
        if found is None or found.step != "authenticator":
            return "gone"
        told = await passkeys.answer_new(work, secret, answer)
        new = NewPasskey(told.credential.hex(), told.public_key.hex(), told.sign_count, told.synced)
        sealed = PASSKEY.seal(work.runtime.keys, new, found.registration_id)
        await _confirmed(work, found, "passkey", sealed_passkey=sealed)
        return None


async def send_to_phone(
    runtime: Runtime, cookie: str, typed: str, channel: Channel, address: str
) -> Literal["sent", "no-number", "away"] | Verdict:
    """Send a code to the phone that codes are to go to, in the place of an authenticator."""
    async with _nobody(runtime, address) as work:
        found = await repository.by_key(work, key_of(cookie))
        if found is None or found.step != "authenticator":
            return "gone"
        number = phone_number(typed)
        if number is None:
            return "no-number"
        if await _too_many_codes(work, address) or await _too_many_messages(
            work, work.runtime.keys.identity_digest("phone", number)
        ):
            return _limited(work, "confirm")
        code, code_id = _new_code(), work.runtime.ids.new()
        await repository.change(
            work,
            found.registration_id,
            sealed_phone=PHONE.seal(work.runtime.keys, number, found.registration_id),
            code_digest=_code_digest(work, found.registration_id, code, "phone"),
            code_until=work.now + timedelta(minutes=auth_settings().code_minutes),
            code_tries=0,
        )
    try:
        await tell_phone(runtime.settings, code_id, channel, number, factors.phone_message(runtime, channel, code))
    except PhonesUnreachableError as error:
        log.warning("phone not reached", partner="phone_messages", reason=str(error), kind=channel)
        return "away"
    return "sent"


async def confirm_phone(runtime: Runtime, cookie: str, code: str, address: str) -> Verdict | None:
    """Take the code that the phone was told: codes go there from now on."""
    async with _nobody(runtime, address) as work:
        if await _too_many_codes(work, address):
            return _limited(work, "confirm")
        found = await repository.by_key(work, key_of(cookie))
        if found is None or found.step != "authenticator":
            return "gone"
        typed = _code_digest(work, found.registration_id, code, "phone")
        if not found.accepts_code(typed, work.now, tries=auth_settings().code_tries):
            await repository.change(work, found.registration_id, code_tries=found.code_tries + 1)
            work.audit("confirm", "registration", found.registration_id, outcome="refused", reason="phone")
            return "refused"
        await _confirmed(work, found, "phone", code_digest=None, code_until=None)
        return None


async def _confirmed(work: UnitOfWork, found: Registration, factor: Factor, **values: Any) -> None:
    await repository.change(work, found.registration_id, step="account", factor=factor, **values)
    work.audit("confirm", "registration", found.registration_id, reason=factor)


async def open_account(
    runtime: Runtime, cookie: str, login: str, password: str, address: str
) -> Literal["limited", "gone", "taken"] | Fault | Opened:
    """Open the account, which belongs to no organization yet, and forget what was said about the person.

    With it come recovery codes, told now and never again; whoever gets no account is shown some that open nothing. A
    fault is that of the password. `taken`: the user ID was given before; it is told to a person whose identity is
    proofed, and a few times only. Whoever has an account already gets none, and is told by mail at the address on file.
    """
    async with _nobody(runtime, address) as work:
        found = await repository.by_key(work, key_of(cookie))
        if found is None or found.step != "account" or found.person is None:
            return "gone"
        refusal = await _refuse_login(work, found, login)
    if refusal is not None:
        return refusal
    fault = await judge(password, words_in(login, found.person.name, found.person.email))
    if fault is not None:
        return fault
    password_hash = await hashed(runtime, password)
    async with _nobody(runtime, address) as work:
        found = await repository.by_key(work, key_of(cookie))
        if found is None or found.step != "account" or found.person is None:
            return "gone"
        holder = await _holder(work, found, found.person)
        codes = factors.recovery_codes()
        if holder is None:
            if not await _add_account(work, found, login, password_hash, codes):
                return "taken"
            work.audit("complete", "registration", found.registration_id)
        else:
            _tell(work, holder.user_id, "account-exists", holder.name, holder.email)
            work.audit("complete", "registration", found.registration_id, outcome="refused", reason="person-known")
        nothing = dict.fromkeys(("sealed_person", "sealed_secret", "sealed_phone", "sealed_passkey"))
        await repository.change(work, found.registration_id, step="done", **nothing)
        return Opened(codes)


async def _holder(work: UnitOfWork, found: Registration, person: Person) -> Holder | None:
    """Who has an account already, as this person or with this address; nobody where another user ID was asked for."""
    if found.same_person_as is not None:
        return None
    known = await repository.account_of_subject(work, found.subject_digest) if found.subject_digest else None
    return known or await repository.account_of_email(work, person.email)


async def _refuse_login(work: UnitOfWork, found: Registration, login: str) -> Literal["limited", "taken"] | None:
    if found.login_tries >= auth_settings().registration_login_tries:
        _limited(work, "complete")
        return "limited"
    if not await repository.is_taken(work, login):
        return None
    await repository.change(work, found.registration_id, login_tries=found.login_tries + 1)
    work.audit("complete", "registration", found.registration_id, outcome="refused", reason="user-id")
    return "taken"


async def sweep(work: UnitOfWork, _due: Due) -> None:
    """Forget registrations that nobody finished in time, and what is left of those that are done."""
    rules = auth_settings()
    lapsed = await repository.forget(work, work.now - timedelta(days=rules.registration_days))
    if lapsed:
        log.info("registrations lapsed", count=lapsed)
    await work.schedule(SWEEP, "all", work.now + timedelta(minutes=rules.sweep_minutes))


async def _record(runtime: Runtime, cookie: str, answer: Proofed, address: str) -> Proofed | Verdict:
    async with _nobody(runtime, address) as work:
        found = await repository.by_key(work, key_of(cookie))
        if found is None or found.step != "identity" or found.registration_id != answer.proofing_id:
            return "gone"
        values: dict[str, Any] = {
            "proofing": answer.outcome,
            "tries_left": answer.tries_left,
            "reference": answer.reference,
            "number": answer.number,
        }
        if answer.outcome == "passed":
            digest = work.runtime.keys.identity_digest("person", answer.subject)
            values |= {"step": "terms", "subject_digest": digest}
            work.audit("proof", "registration", found.registration_id)
        else:
            work.audit("proof", "registration", found.registration_id, outcome="refused", reason=answer.outcome)
        await repository.change(work, found.registration_id, **values)
        log.info("identity proofed", reason=answer.outcome)
        return answer


async def _add_account(
    work: UnitOfWork, found: Registration, login: str, password_hash: str, codes: Iterable[str]
) -> bool:
    person = found.person
    if person is None or (found.subject_digest is None and found.same_person_as is None):
        raise LookupError("what a registration holds at its last step")
    user_id = found.registration_id  # a passkey that was set up knows its owner by it
    row = {
        "user_id": user_id,
        "kind": "person",
        "login": login,
        "name": person.name,
        "email": person.email,
        "state": "active",
        # A person signs before anything else.
        **dict.fromkeys(("rules_of_behavior_until", "training_until", "code_sets_until"), work.now),
        "created_at": work.now,
    }
    if not await access.add_user(work, row, organization_id=APPLICANTS, role=APPLICANT):
        return False
    await sign_in.put_credential(work, user_id, password_hash)
    await _add_factor(work, found, user_id)
    await factors.put_recovery_codes(work, user_id, codes)
    if found.subject_digest is not None:
        repository.put_subject(work, found.subject_digest, user_id)
    await publish_users(work, [user_id])
    work.append(Registered(user_id=user_id))
    _tell(work, user_id, "registration-complete", person.name, person.email)
    work.audit("open", "account", user_id)
    log.info("account opened", user_id=str(user_id))
    return True


async def _add_factor(work: UnitOfWork, found: Registration, user_id: UUID) -> None:
    """Let the account have what was confirmed: the authenticator, the phone or the passkey."""
    keys, registration_id = work.runtime.keys, found.registration_id
    if found.factor == "phone" and found.sealed_phone is not None:
        number = FACTOR_PHONE.seal(keys, PHONE.open(keys, found.sealed_phone, registration_id), user_id)
        await factor_rows.put_phone(work, user_id, number=number, waiting=None)
    elif found.factor == "passkey" and found.sealed_passkey is not None:
        new = PASSKEY.open(keys, found.sealed_passkey, registration_id)
        told = RegisteredPasskey(
            bytes.fromhex(new.credential), bytes.fromhex(new.public_key), new.sign_count, new.synced
        )
        if not await passkeys.add(work, user_id, "Passkey", told):
            raise LookupError("a passkey of nobody else")
    elif found.sealed_secret is not None:
        device_id = work.runtime.ids.new()
        sealed = FACTOR_SECRET.seal(keys, SECRET.open(keys, found.sealed_secret, registration_id), user_id)
        factor_rows.add_device(work, device_id, user_id, "Authenticator", sealed, confirmed=True)
        await factor_rows.confirm_device(work, device_id, found.secret_step)  # its code is not taken again
    else:
        raise LookupError("the factor that was confirmed")


async def _send_code(work: UnitOfWork, registration_id: UUID, person: Person, *, again: UUID | None = None) -> bool:
    if await _too_many_messages(work, _email_digest(work, person.email)):
        return False
    await _mail_code(work, registration_id, person, again=again)
    return True


async def _mail_code(work: UnitOfWork, registration_id: UUID, person: Person, *, again: UUID | None = None) -> None:
    """Mail a code; to whoever has an account with this address, that somebody gave it here.

    Not to who asked for another user ID (`again`): they have one.
    """
    rules = auth_settings()
    code = _new_code()
    holder = None if again else await repository.account_of_email(work, person.email)
    await repository.change(
        work,
        registration_id,
        known=holder is not None,
        code_digest=_code_digest(work, registration_id, code),
        code_until=work.now + timedelta(minutes=rules.registration_code_minutes),
        code_tries=0,
    )
    if holder is None:
        facts = {"code": code, "minutes": str(rules.registration_code_minutes)}
        _tell(work, registration_id, "registration-code", person.name, person.email, facts)
    else:
        _tell(work, holder.user_id, "account-exists", holder.name, holder.email)


def _tell(
    work: UnitOfWork, whom: UUID, kind: str, name: str, email: str, facts: Mapping[str, str] | None = None
) -> None:
    sealed = WANTED_MESSAGE.seal(work.runtime.keys, WantedMessage(name, email, dict(facts or {})), whom)
    work.append(MessageWanted(user_id=whom, kind=kind, sealed_message=sealed))


async def _too_many_starts(work: UnitOfWork, address: str) -> bool:
    key, window = digest_of("registration", address), timedelta(hours=1)
    return await sign_in.count_attempt(work, key, window=window) > auth_settings().registration_starts_per_hour


async def _too_many_codes(work: UnitOfWork, address: str) -> bool:
    rules = auth_settings()
    key, window = digest_of("registration-code", address), timedelta(seconds=rules.attempts_seconds)
    return await sign_in.count_attempt(work, key, window=window) > rules.address_attempts


async def _too_many_messages(work: UnitOfWork, to: bytes) -> bool:
    """Whether an address or phone was sent a few in the last minutes, or many today: nobody is flooded in our name."""
    rules = auth_settings()
    soon = await sign_in.count_attempt(work, digest_of("registration-mail", to), window=timedelta(minutes=10))
    today = await sign_in.count_attempt(work, digest_of("registration-mails-of-a-day", to), window=timedelta(days=1))
    return soon > rules.registration_mails_in_10_minutes or today > rules.registration_mails_a_day


async def _too_many_proofings(work: UnitOfWork, registration_id: UUID) -> bool:
    key = digest_of("proofing", registration_id.bytes)
    return await sign_in.count_attempt(work, key, window=timedelta(days=1)) > auth_settings().proofings_a_day


def _limited(work: UnitOfWork, action: str) -> Verdict:
    address = digest_of("address", work.acting.address).hex()[:16]
    work.audit(action, "registration", address, outcome="refused", reason="limited")
    log.warning("registration limited", reason="limited")
    return "limited"


def _email_digest(work: UnitOfWork, email: str) -> bytes:
    return work.runtime.keys.identity_digest("email", email.strip().lower())


def _new_code() -> str:
    return f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}}"


def _code_digest(work: UnitOfWork, registration_id: UUID, code: str, where: Literal["mail", "phone"] = "mail") -> bytes:
    plain = code.replace(" ", "")
    return work.runtime.keys.identity_digest("registration-code", where, str(registration_id), plain)
