"""Who may bill for a provider: what a vendor asks for, what the provider signs, and how it stands (handbook 6.3).

The vendor asks; an administrator of the provider confirms by signing the letter of authorization as it is shown,
changes it by signing another one, or ends it. A letter that was signed is never changed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from libs.common.functions import NAMES
from services.auth.access.domain import SCOPE

State = Literal["asked", "confirmed", "refused", "ended"]
Kind = Literal["good", "waiting", "warning", "bad", "information", "paused"]

LETTER_VERSION = "2026-12"

PAPER = "letter-of-authorization"
"""The purpose of a letter on paper that was scanned: evidence, while the one that is signed here decides."""
PAPERS = 5
"""So many can be added to one authorization."""

SUBMITTER_LENGTH = (2, 15)
"""As long as an ISA06 can be, without its padding."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an authorization covers: codes of functions, the vendor's submitter ID, first and last business day."""

    functions: tuple[str, ...]
    submitter: str
    effective: date
    ends: date | None

    @property
    def names(self) -> tuple[str, ...]:
        """What the functions are called."""
        return tuple(sorted(NAMES[code] for code in self.functions))


@dataclass(frozen=True, slots=True)
class Authorization:
    """One authorization of a vendor by a provider, whatever became of it. Moments are real time.

    `source`: `edi` where the files of EDI enrollment told of it, and nobody signed here.
    """

    authorization_id: UUID
    organization_id: UUID
    organization_name: str
    vendor_id: UUID
    vendor_name: str
    source: str
    state: State
    terms: Terms
    asked_at: datetime
    letter_version: str
    signed_name: str
    decided_at: datetime | None
    ended_at: datetime | None
    reason: str

    def status(self, today: date) -> tuple[Kind, str]:
        """How it stands today: kind of status, and words."""
        if self.state == "confirmed" and self.terms.ends is not None and self.terms.ends < today:
            return "paused", "Over"
        if self.state == "confirmed" and today < self.terms.effective:
            return "waiting", "Confirmed, begins later"
        return _STATES[self.state]


_STATES: Mapping[State, tuple[Kind, str]] = {
    "asked": ("waiting", "Waits for the provider"),
    "confirmed": ("good", "In force"),
    "refused": ("bad", "Refused"),
    "ended": ("paused", "Ended"),
}

WHY_ENDED: Mapping[str, str] = {
    "edi": "EDI enrollment no longer names this company for the provider.",
    "over": "Its last day is over.",
    "replaced": "The provider signed another letter in its place.",
    "withdrawn": "The company took its request back.",
    "vendor": "The company ended it.",
    "provider": "The provider ended it.",
}
"""What `reason` of one that ended means."""


def faults_of(terms: Terms, *, offered: Collection[str], today: date) -> dict[str, str]:
    """What to correct in what is asked for or signed, by field of the form."""
    faults: dict[str, str] = {}
    shortest, longest = SUBMITTER_LENGTH
    if not terms.functions:
        faults["functions"] = "Choose at least one function."
    elif not set(terms.functions) <= SCOPE & set(offered):
        faults["functions"] = "Choose only functions that the page offers."
    if not (shortest <= len(terms.submitter) <= longest and terms.submitter.isascii() and terms.submitter.isalnum()):
        faults["submitter"] = (
            f"Enter the company's submitter ID: {shortest} to {longest} letters and digits, as in ISA06 of its files."
        )
    if terms.effective < today:
        faults["effective"] = "The first day is over. Enter today or a later day."
    if terms.ends is not None and terms.ends < max(terms.effective, today):
        faults["ends"] = "The last day lies before the first day, or is over. Enter a later day, or none."
    return faults


def letter(provider: str, vendor: str, terms: Terms) -> tuple[str, ...]:
    """The letter of authorization, paragraph by paragraph, as it is shown and signed."""
    until = f"until {terms.ends:%m/%d/%Y}" if terms.ends else "until it is ended"
    return (
        f"{provider} authorizes {vendor} to act for it in the provider portal of its Medicare contractor.",
        f"{vendor} may use these functions for every NPI and PTAN of {provider}: {', '.join(terms.names)}.",
        f"{vendor} sends under the submitter ID {terms.submitter}, and only while the EDI agreement names this ID.",
        f"The authorization counts from {terms.effective:%m/%d/%Y} {until}.",
        f"{provider} can change or end it at any time, which counts at once, and does so when the work ends.",
        f"{provider} stays responsible for what {vendor} sends and sees for it.",
        f"{provider} and {vendor} have an agreement on protecting patient data (45 CFR 164.504(e)).",
        "The person who signs is allowed to sign for the provider.",
    )


def digest_of_letter(paragraphs: Sequence[str], signed_name: str) -> bytes:
    """SHA-256 of every word that was signed, and of the name under it."""
    return sha256("\n".join((LETTER_VERSION, *paragraphs, signed_name)).encode()).digest()
