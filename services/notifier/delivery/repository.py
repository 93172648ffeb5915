"""Every query of the messages to users, and whose an enrollment is."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from libs.common.contracts.auth import Enrollment
from libs.common.persistence.tables import access_enrollment
from libs.common.persistence.unit_of_work import UnitOfWork
from services.notifier.delivery.domain import Removal
from services.notifier.delivery.tables import message


async def enrollment(work: UnitOfWork, enrollment_id: UUID) -> Enrollment | None:
    """An enrollment as the copy of access has it; `None` before its organization was heard of."""
    found = await work.execute(
        sa.select(access_enrollment.c.document).where(access_enrollment.c.enrollment_id == enrollment_id)
    )
    document = found.scalar_one_or_none()
    return None if document is None else Enrollment.model_validate(document)


def keep(work: UnitOfWork, message_id: UUID, kind: str, user_id: UUID, removal: Removal, sealed_contact: str) -> None:
    """A message that waits to be sent."""
    work.insert(
        message,
        [
            {
                "message_id": message_id,
                "kind": kind,
                "user_id": user_id,
                "organization": removal.organization,
                "npi_last_four": removal.npi_last_four,
                "function": removal.function,
                "sealed_contact": sealed_contact,
                "state": "waiting",
                "attempts": 0,
                "queued_at": work.now,
            }
        ],
    )


async def waiting(work: UnitOfWork, message_id: UUID) -> Any | None:
    """A message with all its columns; `None` unless it still waits."""
    found = await work.execute(
        sa.select(message).where(message.c.message_id == message_id, message.c.state == "waiting")
    )
    return found.first()


async def count_attempt(work: UnitOfWork, message_id: UUID, code: int) -> None:
    """It was tried, and waits on."""
    await work.execute(
        sa.update(message)
        .where(message.c.message_id == message_id, message.c.state == "waiting")
        .values(attempts=message.c.attempts + 1, code=code)
    )


async def finish(
    work: UnitOfWork, message_id: UUID, state: Literal["accepted", "failed"], code: int, at: datetime
) -> bool:
    """It will not be tried again, and the contact is forgotten. False when that was so already."""
    changed = await work.execute(
        sa.update(message)
        .where(message.c.message_id == message_id, message.c.state == "waiting")
        .values(state=state, attempts=message.c.attempts + 1, code=code, finished_at=at, sealed_contact=None)
        .returning(message.c.message_id)
    )
    return changed.first() is not None
