"""What a user is told by mail when access ends, and how often that is tried. No PHI, and no more than is needed."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

GIVE_UP_AFTER = timedelta(hours=72)
_PAUSES = (5, 15, 30, 60)
_LAST_PAUSE = 300
_ADDRESS = re.compile(r"[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+\.[^\s@<>,;:\"()]+")
_MAX_ADDRESS_LENGTH = 254
_MAX_NAME_LENGTH = 120


class NoContactError(ValueError):
    """What was sealed names no person and address that a message can go to."""


@dataclass(frozen=True, slots=True)
class Contact:
    """To whom a message goes."""

    name: str
    email: str


def contact_of(content: bytes) -> Contact:
    """Read a contact: a JSON object with `name` and `email`. Raises `NoContactError`, which quotes nothing of it."""
    try:
        told = json.loads(content)
        contact = Contact(str(told["name"]).strip(), str(told["email"]).strip())
    except (ValueError, KeyError, TypeError):
        raise NoContactError("not a contact") from None
    if len(contact.email) > _MAX_ADDRESS_LENGTH or not _ADDRESS.fullmatch(contact.email):
        raise NoContactError("not a mail address")
    if not contact.name or len(contact.name) > _MAX_NAME_LENGTH or not contact.name.isprintable():
        raise NoContactError("not a name")
    return contact


@dataclass(frozen=True, slots=True)
class Removal:
    """Which access ended. `function` is its name in Appendix 9.1, empty when it was all of them."""

    organization: str
    npi_last_four: str
    function: str = ""


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """Whom to ask."""

    contractor: str
    phone: str
    hours: str
    email: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and text of a message."""

    subject: str
    text: str


def not_recertified(contact: Contact, removal: Removal, help_desk: HelpDesk) -> Letter:
    """The message that access ended because it was not certified for another year (handbook 6.4)."""
    what = f"the function {removal.function}" if removal.function else "all functions of the provider portal"
    blocks = (
        f"Dear {contact.name},",
        (
            f"Your access to {what} ended for {removal.organization}, NPI ending in {removal.npi_last_four}."
            " Access has to be certified each year, and the portal administrator of this organization did not certify"
            " yours for another year."
        ),
        (
            f"What this means: you can no longer use {what} for this NPI. What you sent before stays with us."
            " Your user ID and your access to other NPIs are as they were."
        ),
        "If you still need this access, ask the portal administrator of the organization: they can grant it again.",
        (
            f"Questions: {help_desk.contractor}, help desk {help_desk.phone} ({help_desk.hours}), {help_desk.email}."
            " Do not send patient information by email."
        ),
    )
    return Letter("Your access to the provider portal has changed", "\n\n".join(blocks) + "\n")


def message_number(message_id: UUID, sender: str) -> str:
    """The Message-ID of a message: the same at every attempt, so that a mailbox has it once."""
    return f"<{message_id}@{sender.rpartition('@')[2]}>"


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5, 15, 30, 60 seconds, then 5 minutes."""
    return timedelta(seconds=_PAUSES[attempts - 1] if attempts <= len(_PAUSES) else _LAST_PAUSE)
