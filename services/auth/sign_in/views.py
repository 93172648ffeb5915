"""Says of a secret that a browser holds what it is good for: a sign-in that waits for a code, a mailed link."""

from libs.common.persistence.unit_of_work import Acting
from libs.common.runtime import Runtime
from services.auth.factors.views import Ways, takes_mail, ways_of
from services.auth.sessions.repository import key_of
from services.auth.sign_in import repository
from services.auth.sign_in.domain import LinkPurpose


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


async def link_works(runtime: Runtime, link: str, purpose: LinkPurpose) -> bool:
    """Whether a link that was mailed still leads anywhere."""
    if not link:
        return False
    async with runtime.database.request(runtime, Acting(actor="anonymous")) as work:
        return await repository.link_user(work, key_of(link), purpose) is not None
