"""Every query of the messages to users, and whose an enrollment is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from libs.common.contracts.auth import Enrollment
from libs.common.persistence.tables import access_enrollment
from libs.common.persistence.unit_of_work import UnitOfWork
from services.notifier.delivery.tables import message


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an attempt carried and what the mail server said to it."""

    template_version: int
    code: int
    status: str


async def enrollment(work: UnitOfWork, enrollment_id: UUID) -> Enrollment | None:
    """An enrollment as the copy of access has it; `None` before its organization was heard of."""
    found = await work.execute(
        sa.select(access_enrollment.c.document).where(access_enrollment.c.enrollment_id == enrollment_id)
    )
    document = found.scalar_one_or_none()
    return None if document is None else Enrollment.model_validate(document)


def keep(
    work: UnitOfWork,
    message_id: UUID,
    *,
    kind: str,
    template_version: int,
    user_id: UUID,
    sealed_recipient: str,
    sealed_facts: str,
    attempts: int,
    queued_at: datetime,
) -> None:
    """A message that waits to be sent."""
    work.insert(
        message,
        [
            {
                "message_id": message_id,
                "kind": kind,
                "template_version": template_version,
                "user_id": user_id,
                "sealed_recipient": sealed_recipient,
                "sealed_facts": sealed_facts,
                "state": "waiting",
                "attempts": attempts,
                "queued_at": queued_at,
            }
        ],
    )


async def waiting(work: UnitOfWork, message_id: UUID) -> Any | None:
    """A message with all its columns; `None` unless it still waits."""
    found = await work.execute(
        sa.select(message).where(message.c.message_id == message_id, message.c.state == "waiting")
    )
    return found.first()


async def count_attempt(work: UnitOfWork, message_id: UUID, attempt: Attempt) -> None:
    """It was tried, and waits on."""
    await work.execute(
        sa.update(message)
        .where(message.c.message_id == message_id, message.c.state == "waiting")
        .values(_tried(attempt))
    )


async def finish(
    work: UnitOfWork, message_id: UUID, state: Literal["accepted", "failed"], attempt: Attempt, at: datetime
) -> bool:
    """It was tried for the last time; to whom and about what is forgotten. False when that was so already."""
    changed = await work.execute(
        sa.update(message)
        .where(message.c.message_id == message_id, message.c.state == "waiting")
        .values(state=state, finished_at=at, sealed_recipient=None, sealed_facts=None, **_tried(attempt))
        .returning(message.c.message_id)
    )
    return changed.first() is not None


async def bounce(work: UnitOfWork, message_id: UUID, status: str, at: datetime) -> Any | None:
    """It came back: kind and user of the message. `None` when no message that may have left has this id.

    One that waits may have left: the process died after the mail server took it.
    """
    changed = await work.execute(
        sa.update(message)
        .where(message.c.message_id == message_id, message.c.state.in_(("accepted", "waiting")))
        .values(state="bounced", status=status, finished_at=at, sealed_recipient=None, sealed_facts=None)
        .returning(message.c.kind, message.c.user_id)
    )
    return changed.first()


def _tried(attempt: Attempt) -> dict[str, Any]:
    return {
        "attempts": message.c.attempts + 1,
        "template_version": attempt.template_version,
        "code": attempt.code,
        "status": attempt.status or None,
    }
