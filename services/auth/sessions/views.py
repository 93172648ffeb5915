"""Says of a session secret whether its session lives, and why it ended."""

from libs.common.runtime import Runtime
from services.auth.sessions import repository
from services.auth.sessions.domain import EndReason
from services.auth.sessions.repository import key_of


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
