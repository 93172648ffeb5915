"""Tells the page of a new password how a code can be had for it."""

from dataclasses import replace

from libs.common.persistence.unit_of_work import Acting
from libs.common.runtime import Runtime
from services.auth.access import repository as access
from services.auth.factors.tables import SECRET
from services.auth.factors.views import Setup, Ways, first_device, qr_code, ways_of
from services.auth.sessions.repository import key_of
from services.auth.sign_in import repository


async def ways_for_link(runtime: Runtime, link: str) -> Ways | None:
    """How whoever holds a mailed link can show a code; `None` when the link does not work any more."""
    if not link:
        return None
    async with runtime.database.request(runtime, Acting(actor="anonymous")) as work:
        user_id = await repository.link_user(work, key_of(link), "reset")
        if user_id is None:
            return None
        ways = await ways_of(work, user_id, key_of(link), mail=False)
        first, member = await first_device(work, user_id), await access.member(work, user_id)
        if first is None or member is None:
            return ways
        secret = SECRET.open(runtime.keys, first.secret, user_id)
        return replace(ways, setup=Setup(qr_code(runtime, member.login, secret), secret))
