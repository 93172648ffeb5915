"""One's own mail address, changed: a code goes to the new one, a letter to the old one (security, section 3.2).

Whoever gets that letter and did not do it has the old address back by its link (`sign_in.handlers.disown`).
"""

import hmac
import secrets
from datetime import timedelta

from libs.common.errors import Rejected
from libs.common.ids import digest_of, secret_text
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import moment
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.factors import repository as factors
from services.auth.factors.domain import CODE_DIGITS
from services.auth.notices.handlers import tell
from services.auth.profile import repository
from services.auth.sessions.repository import key_of
from services.auth.settings import auth_settings
from services.auth.sign_in import repository as sign_in
from services.auth.sign_in.handlers import NOT_MINE

_SAME = "This is the address that we have. Enter another one."
_LIMITED = "We sent several codes. Wait 10 minutes, then ask for another one."


async def may_send(permit: Permit) -> bool:
    """Count a letter with a code. False when there were too many: nobody is flooded in our name.

    In a transaction of its own, so that it stays counted when the form is refused.
    """
    rules, own = auth_settings(), permit.principal.user_id.bytes
    soon = await sign_in.count_attempt(permit.work, digest_of("email-change", own), window=timedelta(minutes=10))
    today = await sign_in.count_attempt(permit.work, digest_of("email-changes-of-a-day", own), window=timedelta(days=1))
    return soon <= rules.codes_in_ten_minutes and today <= rules.codes_in_a_day


def limited() -> Rejected:
    """What is answered to whoever asked for too many codes."""
    return Rejected("sign-in-limited", _LIMITED, status=429, fields={"email": _LIMITED}, retry_after=600)


async def ask(permit: Permit, email: str) -> None:
    """Send a code to a new address. Raises `Rejected` (422) for the one that is on file."""
    work, user_id = permit.work, permit.principal.user_id
    _, on_file = await access.contact(work, user_id)
    if email.lower() == on_file.lower():
        raise Rejected("form-invalid", _SAME, fields={"email": _SAME})
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    await repository.put_change(work, user_id, email, _digest(permit, code))
    runtime = work.runtime
    until = runtime.clock.business() + timedelta(minutes=auth_settings().email_code_minutes)
    await tell(work, user_id, "email-code", to=email, code=code, until=moment(until, runtime.deployment.zone))
    work.audit("ask", "email", user_id)


async def confirm(permit: Permit, code: str) -> bool:
    """Whether this is the code that was mailed last: then the new address counts, and the old one is told."""
    work, user_id, rules = permit.work, permit.principal.user_id, auth_settings()
    await access.lock_user(work, user_id)
    waiting = await repository.change_of(work, user_id)
    in_time = waiting is not None and work.now < waiting.sent_at + timedelta(minutes=rules.email_code_minutes)
    if waiting is None or not in_time or waiting.tries >= rules.code_tries:
        work.audit("change", "email", user_id, outcome="refused", reason="code")
        return False
    if not hmac.compare_digest(waiting.digest, _digest(permit, code.replace(" ", ""))):
        await repository.count_try(work, user_id)
        work.audit("change", "email", user_id, outcome="refused", reason="code")
        return False
    await _tell_old_address(work, permit)
    await access.put_email(work, user_id, waiting.email)
    await repository.end_change(work, user_id)
    await sign_in.end_reset_links(work, user_id)
    await factors.end_windows(work, user_id)
    work.audit("change", "email", user_id)
    return True


async def _tell_old_address(work: UnitOfWork, permit: Permit) -> None:
    user_id, link = permit.principal.user_id, secret_text()
    _, before = await access.contact(work, user_id)
    expires_at = work.now + timedelta(hours=auth_settings().disown_hours)
    sign_in.add_link(work, key_of(link), user_id, "not-mine", expires_at, email=before)
    await tell(work, user_id, "email-changed", link=f"{NOT_MINE}?link={link}")


def _digest(permit: Permit, code: str) -> bytes:
    return permit.work.runtime.keys.identity_digest("email-change", str(permit.principal.user_id), code)
