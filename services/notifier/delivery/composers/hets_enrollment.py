"""HETS EDI enrollments that need an administrator: to be attested, refused by CMS, or not sent."""

from dataclasses import dataclass
from functools import partial

from services.notifier.delivery.domain import Composer, HelpDesk, Letter, Recipient


@dataclass(frozen=True, slots=True)
class Facts:
    """Which enrollment: of which NPI, with which submitter; `day` as the letter says; `when` it was noticed."""

    npi_last_four: str
    submitter: str
    day: str
    when: str = ""


_ABOUT = "the HETS EDI enrollment of the NPI ending in {npi_last_four} with submitter {submitter}"
_LETTERS = {
    "attestation-open": (
        "Attest a HETS enrollment by {day}",
        (
            f"CMS lists {_ABOUT} as attested until {{day}}. Nobody asked for it in the provider portal, so no official"
            " is known there who could be reminded."
        ),
        (
            "What this means: if it is not attested by then, CMS may end it. Eligibility questions for this NPI are"
            " then refused (AAA 41), and the NPI is blocked for a day."
        ),
        (
            "What to do: open HETS enrollment in the provider portal, choose the NPI and attest the enrollment for"
            " another year."
        ),
    ),
    "refused": (
        "CMS did not take a HETS enrollment",
        f"CMS did not take what was asked for on {{day}} for {_ABOUT}.",
        (
            "What to do: open HETS enrollment in the provider portal, choose the NPI and look what was asked for. Call"
            " the EDI help desk before you ask again."
        ),
    ),
    "not-sent": (
        "A HETS enrollment could not be sent to CMS",
        f"What was asked for on {{day}} for {_ABOUT} could not be sent to CMS. It counts only when CMS has it.",
        (
            "What to do: nothing now. Our operators were called and send it again; the page HETS enrollment of the"
            " provider portal says when CMS has it."
        ),
    ),
}


def _compose(matter: str, recipient: Recipient, facts: Facts, help_desk: HelpDesk) -> Letter:
    """What happened, what it means, and what to do."""
    subject, *sentences = (
        each.format(npi_last_four=facts.npi_last_four, submitter=facts.submitter, day=facts.day)
        for each in _LETTERS[matter]
    )
    return Letter(subject, "\n\n".join((f"Dear {recipient.name},", *sentences, help_desk.closing)) + "\n")


COMPOSERS = tuple(
    Composer(f"hets-{matter}", version=1, facts=Facts, compose=partial(_compose, matter)) for matter in _LETTERS
)
