"""HETS EDI enrollment: which NPI is linked to which submitter, what a provider may ask for, and in which words.

Since 2026-05-11 HETS answers AAA 41 for an NPI that is not linked to the submitter, and blocks it for a day. A claims
EDI enrollment must exist; the effective day is today or later; it is attested each year (CMS, HETS EDI enrollment).
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

Kind = Literal["enroll", "end", "attest"]
State = Literal["sending", "told", "refused"]
SENDING: State = "sending"
TOLD: State = "told"
REFUSED: State = "refused"

SEND = "send-hets-enrollment"
"""The kind of due work that tells CMS of a request."""
REFRESH = "take-hets-links"
"""The kind of due work that takes the list of active enrollments from CMS."""

RULES_VERSION = "2026-11"
RULES = (
    "HETS is asked only to prepare a claim, to find what a patient owes, or to find whether a service is covered.",
    "Only patients of this provider are asked about, and only by people who need the answer for their work.",
    "Answers are told to nobody but the provider, the supplier and the patient, and are not collected in a database.",
    "Whoever asks is known by name, and has their own user ID; the provider answers for them and for its vendors.",
    "Misuse and loss of data are reported to the contractor without delay.",
    "CMS watches how often HETS is asked and refuses, and may suspend an NPI or a submitter.",
)
"""The HETS Rules of Behavior in our words; a change of the text is a new version."""

_SUBMITTER = re.compile(r"[A-Z0-9]{2,15}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_EMAIL_LENGTH = 254


@dataclass(frozen=True, slots=True)
class Provider:
    """The NPI and PTAN that are enrolled, of the administrator's organization; whether claims EDI is in order."""

    enrollment_id: UUID
    name: str
    npi: str
    ptan: str
    line_of_business: str
    pecos_active: bool
    edi_agreement_signed: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom CMS writes to: the e-mail of the authorized or delegated official, and another one if there is."""

    email: str
    alternate: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A HETS EDI enrollment as it is asked for. `offshore` None: not answered; `ends` None: no last day."""

    submitter: str
    effective: date | None
    ends: date | None
    offshore: bool | None
    contact: Contact
    accepted: bool


@dataclass(frozen=True, slots=True)
class HetsLink:
    """An enrollment as CMS has it."""

    submitter: str
    npi: str
    effective: date
    ends: date | None
    attested_until: date

    def active(self, day: date) -> bool:
        """Whether HETS may be asked on that day."""
        return self.effective <= day and (self.ends is None or day <= self.ends)

    def over(self, day: date) -> bool:
        """Whether it has ended, or never was and never will be active."""
        return self.ends is not None and (self.ends < day or self.ends < self.effective)


@dataclass(frozen=True, slots=True)
class HetsRequest:
    """One request of the past: of which kind, by whom, when, for which days, and whether CMS knows."""

    request_id: UUID
    organization_id: UUID
    npi: str
    ptan: str
    kind: Kind
    submitter: str
    effective: date
    ends: date | None
    attested_until: date
    offshore: bool
    contact: str
    rules_version: str
    made_by: UUID
    made_at: datetime
    state: State


KIND_WORDS: dict[Kind, str] = {"enroll": "Enrolled", "end": "Ended", "attest": "Attested for another year"}
STATE_WORDS: dict[State, tuple[str, str]] = {
    SENDING: ("waiting", "CMS is being told"),
    TOLD: ("good", "CMS has it"),
    REFUSED: ("bad", "CMS did not take it. Call the EDI help desk."),
}
"""Kind of status and words."""


def link_words(link: HetsLink, today: date) -> tuple[str, str]:
    """Kind of status and words of an enrollment today."""
    if link.over(today):
        return "information", "Ended"
    if not link.active(today):
        return "waiting", "Begins later"
    if link.attested_until < today:
        return "warning", "Active, attestation overdue"
    return "good", "Active"


def provider_faults(provider: Provider) -> dict[str, str]:
    """Why an NPI and PTAN cannot be enrolled for HETS at all; nothing when they can."""
    if not provider.pecos_active:
        return {"": "PECOS shows no active enrollment with this contractor for this NPI and PTAN: it comes first."}
    if not provider.edi_agreement_signed:
        return {
            "": (
                "No EDI Enrollment Agreement for claims is on file for this NPI and PTAN: it comes first. Send the form"
                " of the EDI help desk."
            )
        }
    return {}


def enrollment_faults(asked: Asked, links: tuple[HetsLink, ...], today: date) -> dict[str, str]:
    """What to correct in a HETS EDI enrollment, by field of the form; nothing when CMS may be told."""
    faults: dict[str, str] = {}
    if not asked.accepted:
        faults["accepted"] = "Accept the HETS Rules of Behavior: nobody is enrolled without."
    if not _SUBMITTER.fullmatch(asked.submitter):
        faults["submitter"] = "Enter the HETS submitter ID: 2 to 15 letters and digits, as the submitter tells it."
    if asked.offshore is None:
        faults["offshore"] = "Answer whether patient data leave the United States."
    if asked.effective is None:
        faults["effective"] = "Enter the first day."
    elif asked.effective < today:
        faults["effective"] = f"The first day is over. Enter {today:%m/%d/%Y} or a later day."
    elif asked.ends is not None and asked.ends < asked.effective:
        faults["ends"] = "The last day is before the first. Correct one of them, or leave the last day empty."
    elif running := _overlapping(asked, links, today):
        faults["submitter"] = (
            f"This NPI is enrolled with this submitter from {running.effective:%m/%d/%Y}"
            f"{f' to {running.ends:%m/%d/%Y}' if running.ends else ''}. End that first, or choose days after it."
        )
    return faults | contact_faults(asked.contact)


def contact_faults(contact: Contact) -> dict[str, str]:
    """What to correct in the e-mail addresses."""
    faults: dict[str, str] = {}
    if not _is_email(contact.email):
        faults["email"] = "Enter the e-mail address of your authorized or delegated official."
    if contact.alternate and not _is_email(contact.alternate):
        faults["alternate"] = "Correct the other e-mail address, or leave it empty."
    elif contact.alternate and contact.alternate.casefold() == contact.email.casefold():
        faults["alternate"] = "This is the same address. Enter another one, or leave it empty."
    return faults


def end_faults(link: HetsLink, ends: date | None, today: date) -> dict[str, str]:
    """What to correct in the last day of an enrollment."""
    if link.over(today):
        return {"ends": "This enrollment has ended."}
    if ends is None:
        return {"ends": "Enter the last day."}
    if ends < today:
        return {"ends": f"The last day is over. Enter {today:%m/%d/%Y} or a later day."}
    if link.ends is not None and ends > link.ends:
        return {"ends": f"It ends on {link.ends:%m/%d/%Y} already. Enter an earlier day."}
    return {}


def a_year_after(day: date) -> date:
    """By when an enrollment is attested again."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _is_email(text: str) -> bool:
    return len(text) <= _EMAIL_LENGTH and _EMAIL.fullmatch(text) is not None


def _overlapping(asked: Asked, links: tuple[HetsLink, ...], today: date) -> HetsLink | None:
    first, last = asked.effective or today, asked.ends or date.max
    for link in links:
        meets = link.effective <= last and first <= (link.ends or date.max)
        if meets and link.submitter == asked.submitter and not link.over(today):
            return link
    return None
