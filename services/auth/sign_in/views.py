"""Says of a secret that a browser holds what it is good for: a session, a sign-in that waits for a code, a link."""

from typing import Literal

from libs.common.persistence.unit_of_work import Acting
from libs.common.runtime import Runtime
from services.auth.factors.views import Ways, takes_mail, ways_of
from services.auth.sign_in import repository
from services.auth.sign_in.domain import EndReason
from services.auth.sign_in.repository import key_of


async def living_session(runtime: Runtime, secret: str) -> bool:
    """Whether a browser holds a session that is not over. Looking does not extend it."""
    async with runtime.database.read_once() as connection:
        found = await repository.session_with_standing(connection, key_of(secret), "person")
    return found is not None and found[0].over(runtime.clock.now()) is None


async def why_ended(runtime: Runtime, secret: str) -> EndReason | None:
    """Why the session of a browser is over, as far back as sessions are kept."""
    async with runtime.database.read_once() as connection:
        found = await repository.session_with_standing(connection, key_of(secret), "person")
    return None if found is None else found[0].over(runtime.clock.now())


async def ways_to_go_on(runtime: Runtime, attempt: str) -> Ways:
    """How the sign-in that a browser began can be answered for; of one that nobody waits for, as of any other."""
    if not attempt:
        return Ways()
    key = key_of(attempt)
    async with runtime.database.request(runtime, Acting(actor="anonymous")) as work:
        user_id = await repository.attempt_user(work, key)
        account = await repository.account(work, user_id) if user_id else None
        if account is None:
            return Ways()
        return await ways_of(work, account.user_id, key, mail=takes_mail(account.role))


async def link_works(runtime: Runtime, link: str, purpose: Literal["reset", "not-mine"]) -> bool:
    """Whether a link that was mailed still leads anywhere."""
    if not link:
        return False
    async with runtime.database.request(runtime, Acting(actor="anonymous")) as work:
        return await repository.link_user(work, key_of(link), purpose) is not None
