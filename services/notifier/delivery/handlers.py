"""Messages to users by mail: from the event, over a row that is due, to the mail server, and back if it bounces.

The mail server is called between two transactions. A crash between its acceptance and our record sends the message
again with the same Message-ID: SMTP can promise no more.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from libs.common.contracts.auth import MessageWanted, RoleRemoved
from libs.common.contracts.eligibility import HetsAttestationDue
from libs.common.contracts.envelope import Received
from libs.common.contracts.notifier import MessageSent
from libs.common.contracts.sealed import CONTACT, OFFICIAL, WANTED_MESSAGE
from libs.common.errors import NotYet, Poison
from libs.common.functions import NAMES
from libs.common.ids import derived_id
from libs.common.mail import Receipt
from libs.common.messaging.subscriptions import Due
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.ports import Ports
from libs.common.runtime import Runtime
from libs.common.security.permissions import CATALOG
from services.notifier.delivery import repository
from services.notifier.delivery.composers import COMPOSERS, access_not_recertified, hets_attestation_due
from services.notifier.delivery.domain import (
    GIVE_UP_AFTER,
    Composer,
    F,
    HelpDesk,
    NoRecipientError,
    Recipient,
    bounce_of,
    message_number,
    pause_after,
    recipient_of,
)
from services.notifier.delivery.partner import mail_server, sender_of
from services.notifier.delivery.tables import FACTS, RECIPIENT

DELIVER = "deliver-message"
SEAL = "seal-message"

BounceOutcome = Literal["bounced", "no bounce", "not ours"]


async def tell_of_removals(work: UnitOfWork, events: Sequence[Received[RoleRemoved]]) -> None:
    """Queue a message to each user whose access ended for want of certification; other removals are told on the spot.

    Raises `Poison` for a contact that no message can go to, `NotYet` while the enrollment is unknown here.
    """
    for each in events:
        removed = each.event
        if removed.reason != "not-recertified" or removed.sealed_contact is None:
            continue
        recipient = _contact(work.runtime, removed.user_id, removed.sealed_contact)
        enrollment = await repository.enrollment(work, removed.enrollment_id)
        if enrollment is None:
            raise NotYet
        composer = access_not_recertified.COMPOSER
        facts = composer.facts(enrollment.organization_name, enrollment.npi[-4:], _function(removed.permission))
        message_id = derived_id("message", composer.kind, each.event_id)
        await queue(work, message_id, removed.user_id, recipient, composer, facts)


async def tell_of_attestations(work: UnitOfWork, events: Sequence[Received[HetsAttestationDue]]) -> None:
    """Queue a message to the official of each provider whose HETS EDI enrollment is to be attested soon.

    Raises `Poison` for a contact that no message can go to.
    """
    composer = hets_attestation_due.COMPOSER
    for each in events:
        due = each.event
        contact = OFFICIAL.open(work.runtime.keys, due.sealed_contact, due.request_id)
        facts = composer.facts(due.npi[-4:], due.submitter, f"{due.attested_until:%m/%d/%Y}")
        message_id = derived_id("message", composer.kind, each.event_id)
        await queue(work, message_id, due.made_by, _recipient(contact.name, contact.email), composer, facts)


async def tell_what_is_wanted(work: UnitOfWork, events: Sequence[Received[MessageWanted]]) -> None:
    """Queue the message that each event wants. Raises `Poison` for what no message can be made of."""
    for each in events:
        wanted = each.event
        told = WANTED_MESSAGE.open(work.runtime.keys, wanted.sealed_message, wanted.user_id)
        try:
            composer = COMPOSERS[wanted.kind]
            facts = composer.facts(**told.facts)
        except (KeyError, TypeError) as error:
            raise Poison from error
        message_id = derived_id("message", composer.kind, each.event_id)
        await queue(work, message_id, wanted.user_id, _recipient(told.name, told.email), composer, facts)


async def queue(
    work: UnitOfWork,
    message_id: UUID,
    user_id: UUID,
    recipient: Recipient,
    composer: Composer[F],
    facts: F,
) -> None:
    """Let a message to a user be sent once this transaction has committed."""
    _keep(work, message_id, user_id, recipient, composer, facts, attempts=0, queued_at=work.now)
    await work.schedule(DELIVER, message_id, work.now)
    work.audit("queue-message", "user", user_id)


async def deliver(runtime: Runtime, due: Due) -> None:
    """Job: hand the message that `due` names to the mail server; ask for the next attempt if it was not taken."""
    message_id = UUID(due.subject)
    async with runtime.database.work(runtime) as work:
        row = await repository.waiting(work, message_id)
    if row is None:
        return
    composer = COMPOSERS[row.kind]
    receipt = await _hand_over(runtime, row, composer)
    attempt = repository.Attempt(composer.version, receipt.code, receipt.status)
    async with runtime.database.work(runtime) as work:
        too_late = work.now - row.queued_at > GIVE_UP_AFTER
        if receipt.outcome == "accepted":
            await _accepted(work, row, attempt)
        elif receipt.outcome == "temporary" and not too_late:
            await repository.count_attempt(work, message_id, attempt)
            await work.schedule(DELIVER, message_id, work.now + pause_after(row.attempts + 1))
        else:
            await _failed(work, row, attempt)
    tell = log.info if receipt.outcome == "accepted" else log.warning
    tell(
        f"message {receipt.outcome}",
        kind=row.kind,
        attempts=row.attempts + 1,
        code=receipt.code,
        status=receipt.status,
        error_class=receipt.error_class,
    )


async def _hand_over(runtime: Runtime, row: Any, composer: Composer[Any]) -> Receipt:
    keys, deployment = runtime.keys, runtime.deployment
    recipient = RECIPIENT.open(keys, row.sealed_recipient, row.message_id)
    facts = FACTS[row.kind].open(keys, row.sealed_facts, row.message_id)
    desk = deployment.help_desk
    help_desk = HelpDesk(deployment.contractor, desk.phone, desk.hours, desk.email)
    letter = composer.compose(recipient, facts, help_desk)
    number = message_number(row.message_id, sender_of(runtime.settings, deployment))
    server = mail_server(runtime.settings, deployment)
    try:
        return await server.send(
            recipient.email, number, subject=letter.subject, text=letter.text, reply_to=help_desk.email
        )
    finally:
        server.close()


async def _accepted(work: UnitOfWork, row: Any, attempt: repository.Attempt) -> None:
    if await repository.finish(work, row.message_id, "accepted", attempt, work.now):
        work.audit("send-message", "user", row.user_id)
        work.append(MessageSent(message_id=row.message_id, kind=row.kind, user_id=row.user_id, accepted_at=work.now))
        _count(work, row.kind, "accepted")


async def _failed(work: UnitOfWork, row: Any, attempt: repository.Attempt) -> None:
    if await repository.finish(work, row.message_id, "failed", attempt, work.now):
        why = f"{attempt.code} {attempt.status}".strip()
        work.audit("send-message", "user", row.user_id, outcome="failed", reason=why)
        _count(work, row.kind, "failed")


def _count(work: UnitOfWork, kind: str, outcome: str) -> None:
    work.after_commit(lambda: metrics.MESSAGES.labels(kind, outcome).inc())


async def record_bounce(work: UnitOfWork, content: bytes) -> BounceOutcome:
    """Take a mail of the bounce mailbox; the message it says could not be delivered is bounced from now on.

    "not ours": it names no message here, or one that has failed or bounced already.
    """
    bounce = bounce_of(content)
    if bounce is None:
        return "no bounce"
    found = await repository.bounce(work, bounce.message_id, bounce.status, work.now)
    if found is None:
        return "not ours"
    work.audit("send-message", "user", found.user_id, outcome="failed", reason=f"bounced {bounce.status}")
    log.warning("message bounced", kind=found.kind, status=bounce.status)
    return "bounced"


async def seal_waiting(work: UnitOfWork, due: Due) -> None:
    """Timer: seal a message that waited in a database from before migration 0003, which holds no keys, and send it."""
    was, message_id = due.payload, UUID(due.subject)
    user_id = UUID(was["user_id"])
    composer = access_not_recertified.COMPOSER  # there was no other kind
    _keep(
        work,
        message_id,
        user_id,
        _contact(work.runtime, user_id, was["sealed_contact"]),
        composer,
        composer.facts(was["organization"], was["npi_last_four"], was["function"]),
        attempts=was["attempts"],
        queued_at=datetime.fromisoformat(was["queued_at"]),
    )
    await work.schedule(DELIVER, message_id, work.now)


def _keep(
    work: UnitOfWork,
    message_id: UUID,
    user_id: UUID,
    recipient: Recipient,
    composer: Composer[F],
    facts: F,
    *,
    attempts: int,
    queued_at: datetime,
) -> None:
    keys = work.runtime.keys
    repository.keep(
        work,
        message_id,
        kind=composer.kind,
        template_version=composer.version,
        user_id=user_id,
        sealed_recipient=RECIPIENT.seal(keys, recipient, message_id),
        sealed_facts=FACTS[composer.kind].seal(keys, facts, message_id),
        attempts=attempts,
        queued_at=queued_at,
    )


def _contact(runtime: Ports, user_id: UUID, sealed: str) -> Recipient:
    contact = CONTACT.open(runtime.keys, sealed, user_id)
    return _recipient(contact.name, contact.email)


def _recipient(name: str, email: str) -> Recipient:
    try:
        return recipient_of(name, email)
    except NoRecipientError as error:
        raise Poison from error


def _function(permission: str) -> str:
    return NAMES[CATALOG[permission].function] if permission in CATALOG else ""
