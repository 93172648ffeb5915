"""Tells the page of a new password how a code can be had for it."""

from libs.common.persistence.unit_of_work import Acting
from libs.common.runtime import Runtime
from services.auth.factors.views import Ways, ways_of
from services.auth.sessions.repository import key_of
from services.auth.sign_in import repository


async def ways_for_link(runtime: Runtime, link: str) -> Ways | None:
    """How whoever holds a mailed link can show a code; `None` when the link does not work any more."""
    if not link:
        return None
    async with runtime.database.request(runtime, Acting(actor="anonymous")) as work:
        user_id = await repository.link_user(work, key_of(link), "reset")
        return await ways_of(work, user_id, key_of(link), mail=False) if user_id else None
