"""Tells users by mail what they must know: from the event, over a row that is due, to the mail server and back.

The mail server is called between two transactions. A crash between its acceptance and our record sends the message
again with the same Message-ID: SMTP can promise no more.
"""

from collections.abc import Sequence
from uuid import UUID

from libs.common.contracts.auth import RoleRemoved
from libs.common.contracts.notifier import MessageSent
from libs.common.errors import NotYet, Poison
from libs.common.functions import NAMES
from libs.common.ids import derived_id
from libs.common.mail import MailServer
from libs.common.messaging.envelope import Received
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.security.permissions import CATALOG
from services.notifier.delivery import repository
from services.notifier.delivery.domain import (
    GIVE_UP_AFTER,
    Contact,
    HelpDesk,
    NoContactError,
    Removal,
    contact_of,
    message_number,
    not_recertified,
    pause_after,
)

DELIVER = "deliver-message"
NOT_RECERTIFIED = "access-not-recertified"


def contact_context(user_id: UUID) -> str:
    """To what the sealed contact of a removal is bound."""
    return f"{RoleRemoved.type}|{user_id}"


async def tell_of_removals(work: UnitOfWork, events: Sequence[Received[RoleRemoved]]) -> None:
    """Queue a message to each user whose access ended for want of certification; other removals are told on the spot.

    Raises `Poison` for a contact that no message can go to, `NotYet` while the enrollment is unknown here.
    """
    for each in events:
        removed = each.event
        if removed.reason != "not-recertified" or removed.sealed_contact is None:
            continue
        _contact(work.runtime, removed.user_id, removed.sealed_contact)
        enrollment = await repository.enrollment(work, removed.enrollment_id)
        if enrollment is None:
            raise NotYet
        removal = Removal(enrollment.organization_name, enrollment.npi[-4:], _function(removed.permission))
        message_id = derived_id("message", NOT_RECERTIFIED, each.event_id)
        repository.keep(work, message_id, NOT_RECERTIFIED, removed.user_id, removal, removed.sealed_contact)
        await work.schedule(DELIVER, message_id, work.now)
        work.audit("queue-message", "user", removed.user_id)


def _contact(runtime: Runtime, user_id: UUID, sealed: str) -> Contact:
    try:
        return contact_of(runtime.keys.open(sealed, context=contact_context(user_id)))
    except NoContactError as error:
        raise Poison from error


def _function(permission: str) -> str:
    return NAMES[CATALOG[permission].function] if permission in CATALOG else ""


async def deliver(runtime: Runtime, due: Due) -> None:
    """Job: hand the message that `due` names to the mail server; ask for the next attempt if it was not taken."""
    message_id = UUID(due.subject)
    async with runtime.database.work(runtime) as work:
        row = await repository.waiting(work, message_id)
    if row is None:
        return
    help_desk = runtime.deployment.help_desk
    contact = _contact(runtime, row.user_id, row.sealed_contact)
    letter = not_recertified(
        contact,
        Removal(row.organization, row.npi_last_four, row.function),
        HelpDesk(runtime.deployment.contractor, help_desk.phone, help_desk.hours, help_desk.email),
    )
    server = MailServer(runtime.settings.mailbox_smtp, help_desk.email)
    try:
        number = message_number(message_id, help_desk.email)
        receipt = await server.send(contact.email, number, subject=letter.subject, text=letter.text)
    finally:
        server.close()
    async with runtime.database.work(runtime) as work:
        too_late = work.now - row.queued_at > GIVE_UP_AFTER
        if receipt.outcome == "temporary" and not too_late:
            await repository.count_attempt(work, message_id, receipt.code)
            await work.schedule(DELIVER, message_id, work.now + pause_after(row.attempts + 1))
        elif receipt.outcome == "accepted":
            await _accepted(work, message_id, row.kind, row.user_id, receipt.code)
        elif await repository.finish(work, message_id, "failed", receipt.code, work.now):
            work.audit("send-message", "user", row.user_id, outcome="failed", reason=str(receipt.code))
    log.info(f"message {receipt.outcome}", kind=row.kind, attempts=row.attempts + 1, code=receipt.code)


async def _accepted(work: UnitOfWork, message_id: UUID, kind: str, user_id: UUID, code: int) -> None:
    if await repository.finish(work, message_id, "accepted", code, work.now):
        work.audit("send-message", "user", user_id)
        work.append(MessageSent(message_id=message_id, kind=kind, user_id=user_id, accepted_at=work.now))
