"""What one service seals for another: its shape, and the field of the event it travels in.

Each has a golden sample in `contracts/sealed/`: what was sealed once must still be read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from libs.common.sealing import Sealed


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """What was done, by one line of a claim. `procedure` is the revenue code where an institutional line has no other."""

    procedure: str
    modifiers: tuple[str, ...]
    service_from: date | None
    service_to: date | None


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """Patient and lines of a claim, by their numbers: an appeal names both (42 CFR 405.944)."""

    mbi: str
    last_name: str
    first_name: str
    birth_date: date | None
    patient_control_number: str
    diagnoses: tuple[str, ...]
    lines: Mapping[int, ServiceFacts]

    @property
    def patient(self) -> str:
        """The patient's name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Contact:
    """Name and mail address of a user."""

    name: str
    email: str


CLAIM_FACTS = Sealed("claims.claim-finalized.v1/sealed_facts", ClaimFacts, readers="claims-facts")
"""Owner: the claim."""

CLAIM_LINES = Sealed("claims.claim-status-changed.v1/sealed_lines", dict[str, int], readers="claim-lines")
"""Which line of a claim (LX01) a remittance means by which line item control number (REF*6R). Owner: the claim."""

OFFICIAL = Sealed("eligibility.hets-attestation-due.v1/sealed_contact", Contact, readers="hets-officials")
"""The official of a provider, whom a HETS EDI enrollment named. Owner: the request."""


@dataclass(frozen=True, slots=True)
class WantedMessage:
    """To whom a message goes, and what it tells besides: facts of its kind by their names."""

    name: str
    email: str
    facts: Mapping[str, str]


CONTACT = Sealed("auth.role-removed.v1/sealed_contact", Contact, readers="contacts")
"""Owner: the user."""

WANTED_MESSAGE = Sealed("auth.message-wanted.v1/sealed_message", WantedMessage, readers="contacts")
"""Owner: whom it is for, as the event names them."""
