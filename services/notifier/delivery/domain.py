"""Messages to users: to whom, how often they are tried, and what a bounce says. No PHI, and no more than is needed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, message_from_string
from email.message import Message
from typing import Generic, TypeVar
from uuid import UUID

GIVE_UP_AFTER = timedelta(hours=72)
_PAUSES = (5, 15, 30, 60)
_LAST_PAUSE = 300
_ADDRESS = re.compile(r"[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+\.[^\s@<>,;:\"()]+")
_MAX_ADDRESS_LENGTH = 254
_MAX_NAME_LENGTH = 120
_NUMBER = re.compile(r"<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")

F = TypeVar("F")


class NoRecipientError(ValueError):
    """What was sealed names no person and address that a message can go to."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a message goes."""

    name: str
    email: str


def recipient_of(name: str, email: str) -> Recipient:
    """A recipient that mail can go to. Raises `NoRecipientError`, which quotes none of it."""
    recipient = Recipient(name.strip(), email.strip())
    if len(recipient.email) > _MAX_ADDRESS_LENGTH or not _ADDRESS.fullmatch(recipient.email):
        raise NoRecipientError("not a mail address")
    if not recipient.name or len(recipient.name) > _MAX_NAME_LENGTH or not recipient.name.isprintable():
        raise NoRecipientError("not a name")
    return recipient


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """Whom to ask."""

    contractor: str
    phone: str
    hours: str
    email: str

    @property
    def closing(self) -> str:
        """The last paragraph of every letter."""
        return (
            f"Questions: {self.contractor}, help desk {self.phone} ({self.hours}), {self.email}."
            " Do not send patient information by email."
        )


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and text of a message."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A letter of two sentences: subject, what happened, and what to do. These two may name facts, in braces."""

    subject: str
    what: str
    do: str

    def letter(self, recipient: Recipient, help_desk: HelpDesk, **facts: str) -> Letter:
        """The letter to `recipient`, with the facts in their places."""
        told = (each.format(**facts) for each in (self.what, self.do))
        return Letter(self.subject, "\n\n".join((f"Dear {recipient.name},", *told, help_desk.closing)) + "\n")


@dataclass(frozen=True, slots=True)
class Composer(Generic[F]):
    """How one kind of message is written, from facts of its own kind (a dataclass).

    `version` is that of the text: another text, a higher number. Messages that wait are written by the newest text, so
    facts may only gain fields that have a default.
    """

    kind: str
    version: int
    facts: type[F]
    compose: Callable[[Recipient, F, HelpDesk], Letter]


def message_number(message_id: UUID, sender: str) -> str:
    """The Message-ID of a message: the same at every attempt, so that a mailbox has it once."""
    return f"<{message_id}@{sender.rpartition('@')[2]}>"


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5, 15, 30, 60 seconds, then 5 minutes."""
    return timedelta(seconds=_PAUSES[attempts - 1] if attempts <= len(_PAUSES) else _LAST_PAUSE)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A message that did not arrive, and why: an enhanced status code (RFC 3463), such as 5.1.1."""

    message_id: UUID
    status: str


def bounce_of(content: bytes) -> Bounce | None:
    """Read what a mail server reports of a message it could not deliver for good (RFC 3464).

    The message is known by the envelope identifier we gave it, else by the Message-ID of what was returned. `None` for
    everything else: delays, vacation notices, reports of messages that carry no number of ours.
    """
    report = message_from_bytes(content)
    if report.get_content_type() != "multipart/report" or not report.is_multipart():
        return None
    parts = [each for each in report.get_payload() if isinstance(each, Message)]
    status = next((each.get_payload() for each in parts if each.get_content_type() == "message/delivery-status"), None)
    fields = [each for each in status if isinstance(each, Message)] if isinstance(status, list) else []
    failures = [each for each in fields[1:] if _field(each, "Action").lower() == "failed"]
    if not failures:
        return None
    numbers = [_field(fields[0], "Original-Envelope-Id"), *(number for each in parts for number in _returned(each))]
    known = next(filter(None, map(_NUMBER.match, numbers)), None)
    if known is None:
        return None
    why = _STATUS.match(_field(failures[0], "Status"))
    return Bounce(UUID(known[1]), why.group() if why else "5.0.0")


def _field(block: Message, name: str) -> str:
    return str(block.get(name, "")).strip()


def _returned(part: Message) -> Iterator[str]:
    """The Message-ID in a part that returns our message, whole or its headers only."""
    content = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(content, list) and isinstance(content[0], Message):
        yield _field(content[0], "Message-ID")
    elif part.get_content_type() == "text/rfc822-headers":
        decoded = part.get_payload(decode=True)
        if isinstance(decoded, bytes):
            yield _field(message_from_string(decoded.decode("utf-8", "replace")), "Message-ID")
