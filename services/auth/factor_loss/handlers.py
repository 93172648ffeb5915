"""People who have none of their factors any more: asked after the password, proofed by a person, ended after a day.

No step of it begins a session: the last one is a sign-in with the new factor (S30). Whoever shows a factor in the
meantime, or follows the link in a letter, keeps those there are (`sign_in.handlers`).
"""

from datetime import timedelta
from functools import partial
from typing import Literal
from uuid import UUID

from libs.common.errors import Rejected, nothing_here
from libs.common.ids import digest_of, secret_text
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.web.formats import moment
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.factor_loss import repository
from services.auth.factor_loss.domain import OF_OFFICE, Loss, Outcome
from services.auth.factors import handlers as factors
from services.auth.factors.domain import Method, NotAccepted
from services.auth.factors.partner import PhonesUnreachableError, tell_phone
from services.auth.factors.repository import phone_of
from services.auth.factors.tables import PHONE
from services.auth.notices.handlers import Notice, tell
from services.auth.passkeys import repository as passkeys
from services.auth.sessions.domain import Browser, SignedIn
from services.auth.sessions.repository import end_sessions_of, key_of
from services.auth.settings import auth_settings
from services.auth.sign_in import repository as sign_in
from services.auth.sign_in.handlers import NOT_MINE, Verdict, begin, limited, nobody, prove_by

END, LAPSE, TELL_PHONE = "end-lost-factors", "lapse-lost-factors", "tell-phone-of-lost-factors"

_DECIDED = "This was decided, or taken back, in the meantime."


async def ask(runtime: Runtime, attempt: str, address: str) -> Literal["asked"] | Verdict:
    """A person whose password was right says that they have none of their factors any more. Asked twice counts once.

    They are told, and so is who decides.
    """
    async with nobody(runtime, address) as work:
        user_id = await sign_in.attempt_user(work, key_of(attempt))
        account = await sign_in.account(work, user_id) if user_id else None
        if account is None or account.state != "active":
            return "gone"
        if await limited(work, "code", str(account.user_id), address):
            return "limited"
        request_id = runtime.ids.new()
        if await repository.open_one(work, account.user_id):
            return "asked"
        key = digest_of("factor-loss", account.user_id.bytes)
        if await sign_in.count_attempt(work, key, window=timedelta(days=1)) > auth_settings().factor_losses_a_day:
            work.audit("ask", "factor-loss", account.user_id, outcome="refused", reason="limited")
            return "limited"
        if not await repository.add(work, request_id, account.user_id):
            return "asked"
        work.audit("ask", "factor-loss", account.user_id)
        log.warning("every factor lost", user_id=str(account.user_id))
        await work.schedule(LAPSE, request_id, work.now + timedelta(days=auth_settings().factor_loss_days))
        await _tell(work, account.user_id, "factors-lost-asked")
        loss = await repository.one(work, request_id)
        if loss is not None and loss.by_office:
            for each in await access.administrators(work, loss.organization_id):
                await tell(work, each, "factors-lost-waiting", who=loss.name, link=f"{OF_OFFICE}/{request_id}")
    return "asked"


async def decide(permit: Permit, loss: Loss, outcome: Outcome, note: str) -> None:
    """A person has made sure who asks, or not. Confirmed, the factors end after the time that is waited.

    The caller has seen that it is theirs to decide. Raises `Rejected`: 403 for one's own, 409 when it was decided.
    """
    work, by = permit.work, permit.principal.user_id
    if loss.user_id == by:
        work.audit("decide", "factor-loss", loss.user_id, outcome="refused", reason="yourself")
        raise Rejected("access-denied", "You asked yourself. Another person must decide.", status=403)
    ends_at = work.now + timedelta(hours=auth_settings().factor_loss_wait_hours)
    until = ends_at if outcome == "confirmed" else None
    if not await repository.decide(work, loss.request_id, outcome, by=by, note=note, ends_at=until):
        work.audit("decide", "factor-loss", loss.user_id, outcome="refused", reason="decided-before")
        raise Rejected("form-outdated", _DECIDED, status=409)
    work.audit("decide", "factor-loss", loss.user_id, reason=outcome)
    if outcome == "refused":
        await tell(work, loss.user_id, "factors-lost-refused")
        return
    await work.schedule(END, loss.request_id, ends_at)
    runtime = work.runtime
    shown = moment(ends_at + (runtime.clock.business() - runtime.clock.now()), runtime.deployment.zone)
    await _tell(work, loss.user_id, "factors-lost-confirmed", until=shown)


async def end(work: UnitOfWork, due: Due) -> None:
    """Timer: the time is over, so all factors of the person end, and every session and window that stood on them."""
    loss = await repository.one(work, UUID(due.subject))
    if loss is None or not await repository.move(work, loss.request_id, "over", before="confirmed"):
        return
    await access.lock_user(work, loss.user_id)
    await _tell(work, loss.user_id, "factors-lost-ended")
    await factors.end_all(work, loss.user_id)
    await passkeys.remove_passkeys(work, loss.user_id)
    await end_sessions_of(work, loss.user_id, "factors")
    work.audit("end", "factors", loss.user_id)
    await work.schedule(LAPSE, loss.request_id, work.now + timedelta(days=auth_settings().factor_loss_days))


async def lapse(work: UnitOfWork, due: Due) -> None:
    """Timer: nobody decided, or no new factor was set up, in time. Whoever still has none asks again."""
    request_id = UUID(due.subject)
    asked = await repository.move(work, request_id, "lapsed", before="asked")
    if asked or await repository.move(work, request_id, "lapsed", before="over"):
        work.audit("lapse", "factor-loss", request_id)


async def begin_device(runtime: Runtime, attempt: str, address: str) -> tuple[str, str] | Literal["gone"]:
    """A new authenticator for a person whose factors ended: their user ID and its secret, which is not told again."""
    async with nobody(runtime, address) as work:
        loss = await _to_renew(work, attempt)
        if loss is None:
            return "gone"
        return loss.login, await factors.begin_device(work, loss.user_id, "Authenticator")


async def confirm_device(runtime: Runtime, attempt: str, code: str, browser: Browser) -> SignedIn | Verdict:
    """The second step of a sign-in with the first code of that authenticator, which is the factor from now on."""
    async with nobody(runtime, browser.address) as work:
        loss = await _to_renew(work, attempt)
        account = await sign_in.account(work, loss.user_id) if loss else None
        if loss is None or account is None:
            return "gone"
        if await limited(work, "code", str(account.user_id), browser.address):
            return "limited"
        proven = await prove_by(work, account, "code", partial(_accept, work, loss, code))
        if proven is None:
            return "refused"
        if not await sign_in.end_attempt(work, key_of(attempt)):
            return "gone"
        return await begin(work, account, browser, method=proven.method, failed=proven.failed)


async def _to_renew(work: UnitOfWork, attempt: str) -> Loss | None:
    user_id = await sign_in.attempt_user(work, key_of(attempt)) if attempt else None
    loss = await repository.open_one(work, user_id) if user_id else None
    return loss if loss is not None and loss.state == "over" else None


async def _accept(work: UnitOfWork, loss: Loss, code: str) -> Method | NotAccepted:
    if not await factors.confirm_device(work, loss.user_id, code):
        return NotAccepted("wrong")
    await repository.move(work, loss.request_id, "done", before="over")
    return "totp"


async def _tell(work: UnitOfWork, user_id: UUID, notice: Notice, **facts: str) -> None:
    """Tell the person at every address: by mail, with the link by which they say that it was not them, and by phone."""
    link = secret_text()
    expires_at = work.now + timedelta(hours=auth_settings().disown_hours)
    sign_in.add_link(work, key_of(link), user_id, "not-mine", expires_at)
    await tell(work, user_id, notice, link=f"{NOT_MINE}?link={link}", **facts)
    number, _ = await phone_of(work, user_id)
    if number:
        await work.schedule(TELL_PHONE, work.runtime.ids.new(), work.now, {"user": str(user_id), "number": number})


async def tell_phone_of_it(runtime: Runtime, due: Due) -> None:
    """Job: the phone is told too, with a number to call. The number, sealed, is the one there was when it was asked."""
    deployment, user_id = runtime.deployment, UUID(due.payload["user"])
    text = (
        f"{deployment.contractor}: somebody asked to replace the ways by which you confirm your sign-in at the provider"
        f" portal. If that was not you, call {deployment.help_desk.phone} at once."
    )
    try:
        number = PHONE.open(runtime.keys, due.payload["number"], user_id)
        await tell_phone(runtime.settings, UUID(due.subject), "sms", number, text)
    except PhonesUnreachableError as error:
        log.warning("phone not reached", partner="phone_messages", reason=str(error), kind="sms")
        raise


def of_office(loss: Loss | None, organization_id: UUID) -> Loss:
    """A request that the administrators of an organization decide. Raises `Rejected` (404) for any other."""
    if loss is None or not loss.by_office or loss.organization_id != organization_id:
        raise nothing_here()
    return loss


def of_contractor(loss: Loss | None) -> Loss:
    """A request that EDI enrollment decides. Raises `Rejected` (404) for any other."""
    if loss is None or loss.by_office:
        raise nothing_here()
    return loss
