"""Says to a browser whose password was right whether its owner is to set up a new factor, or waits for that."""

from libs.common.persistence.unit_of_work import Acting
from libs.common.runtime import Runtime
from services.auth.factor_loss import repository
from services.auth.factor_loss.domain import Loss
from services.auth.sessions.repository import key_of
from services.auth.sign_in import repository as sign_in


async def loss_of(runtime: Runtime, attempt: str) -> Loss | None:
    """The open request of the person whose sign-in a browser began."""
    if not attempt:
        return None
    async with runtime.database.request(runtime, Acting(actor="anonymous")) as work:
        user_id = await sign_in.attempt_user(work, key_of(attempt))
        return await repository.open_one(work, user_id) if user_id else None
