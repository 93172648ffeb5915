"""A HETS EDI enrollment is to be attested for another year (CMS, HETS EDI enrollment)."""

from dataclasses import dataclass

from services.notifier.delivery.domain import Composer, HelpDesk, Letter, Recipient


@dataclass(frozen=True, slots=True)
class Facts:
    """Which enrollment: of which NPI, with which submitter, and until which day it is attested."""

    npi_last_four: str
    submitter: str
    attested_until: str


def compose(recipient: Recipient, facts: Facts, help_desk: HelpDesk) -> Letter:
    """What ends when, what it means, and what to do."""
    until = facts.attested_until
    blocks = (
        f"Dear {recipient.name},",
        (
            f"You are named as the official of a provider with the NPI ending in {facts.npi_last_four}. Its HETS EDI"
            f" enrollment with submitter {facts.submitter} is attested until {until}. It has to be attested each year."
        ),
        (
            "What this means: if it is not attested by then, CMS may end it. Eligibility questions for this NPI are"
            " then refused (AAA 41), and the NPI is blocked for a day."
        ),
        (
            "What to do: ask your portal administrator to open HETS enrollment in the provider portal, choose the NPI"
            " and attest the enrollment for another year. It takes a minute."
        ),
        help_desk.closing,
    )
    return Letter(f"Attest your HETS enrollment by {until}", "\n\n".join(blocks) + "\n")


COMPOSER = Composer("hets-attestation-due", version=1, facts=Facts, compose=compose)
