"""What a decision letter says (42 CFR 405.956: the notice of a redetermination). It is written once and then kept."""

from collections.abc import Sequence
from dataclasses import dataclass

_LONG = {
    "partially-favorable": "partially favorable",
    "unfavorable": "unfavorable",
}


@dataclass(frozen=True, slots=True)
class LetterLine:
    """What was decided of one line, as people read it. `bill` says whom the provider may bill."""

    name: str
    service: str
    charge: str
    denied: str
    decision: str
    rationale: str
    bill: str


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """All that a letter is written from: texts as people read them. `outcome` is not favorable as a whole."""

    contractor: str
    number: str
    outcome: str
    decided_on: str
    received_on: str
    provider: str
    npi: str
    ptan: str
    patient: str
    medicare_number: str
    control_number: str
    lines: tuple[LetterLine, ...]
    next_level_until: str
    help_phone: str
    help_hours: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A decision letter. `about` are facts by their labels; `table` are the lines under `columns`."""

    title: str
    sender: str
    dated: str
    to: str
    about: tuple[tuple[str, str], ...]
    opening: tuple[str, ...]
    columns: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    sections: tuple[Section, ...]


def needs_letter(outcome: str) -> bool:
    """Whether a decision is told by letter: what is favorable as a whole is told by the remittance alone."""
    return outcome in _LONG


def compose(facts: LetterFacts) -> Letter:
    """Write the letter of a decision that is not, or not wholly, favorable."""
    return Letter(
        title="Medicare Redetermination Notice",
        sender=facts.contractor,
        dated=facts.decided_on,
        to=facts.provider,
        about=(
            ("Appeal number", facts.number),
            ("NPI and PTAN", f"{facts.npi}, {facts.ptan}"),
            ("Patient", facts.patient),
            ("Medicare number", facts.medicare_number),
            ("Claim (ICN)", facts.control_number),
        ),
        opening=(
            f"Our decision is {_LONG[facts.outcome]}.",
            (
                f"You asked for a redetermination, which we received on {facts.received_on}. It is the first level of"
                " the Medicare appeals process: a new review of the claim by people who did not take part in the first"
                " decision. This letter says what we decided and why, and what you can do if you disagree."
            ),
        ),
        columns=("Line", "Service", "Charge", "Denied by", "Decision"),
        table=tuple((each.name, each.service, each.charge, each.denied, each.decision) for each in facts.lines),
        sections=(
            Section("Explanation of our decision", tuple(f"{each.name}: {each.rationale}" for each in facts.lines)),
            Section("Who is responsible for the bill", _bills(facts.lines)),
            Section("If you disagree", _next_level(facts)),
            Section(
                "If you need help",
                (f"Call our help desk at {facts.help_phone}, {facts.help_hours}. Have the appeal number ready.",),
            ),
        ),
    )


def _bills(lines: Sequence[LetterLine]) -> tuple[str, ...]:
    said = tuple(f"{each.name}: {each.bill}." for each in lines if each.bill)
    return said or ("This decision leaves nothing to bill.",)


def _next_level(facts: LetterFacts) -> tuple[str, ...]:
    return (
        (
            "You may ask a Qualified Independent Contractor (QIC), who did not take part in this decision, for a"
            f" reconsideration. The QIC must receive your request by {facts.next_level_until}: within 180 days of the"
            " day you received this letter, which we presume to be 5 days after its date (42 CFR 405.962)."
        ),
        (
            "You can ask on the page of this appeal in the provider portal, which sends the QIC your request with our"
            " case file. On paper, your request must name the patient, the Medicare number, the service and its date,"
            f" your name, and {facts.contractor} as the contractor that decided; send a copy of this letter with it."
            " Either way, say why you"
            " disagree and send all evidence you have: what the QIC does not get may not be considered later unless"
            " there is good cause (42 CFR 405.966)."
        ),
    )
