"""Tells whether a person has a passkey, for the pages that ask them to confirm that it is them."""

from uuid import UUID

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.passkeys import repository


async def has_passkey(work: UnitOfWork, user_id: UUID) -> bool:
    """Whether a person may confirm that it is them with a passkey."""
    return bool(await repository.passkeys_of(work, user_id))
