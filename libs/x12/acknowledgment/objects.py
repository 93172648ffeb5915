"""What one side says about a file of the other, as objects: TA1 and 999.

Guide of the 999: 005010X231A1. The objects of a 999 that was received may hold values of the file it speaks of
(`FaultyElement.value`, contexts), so they are neither logged nor shown unmasked; those that are written never do, but
for the number of the claim.
"""

from dataclasses import dataclass, field
from datetime import datetime

from libs.x12.findings import Finding

ACCEPTED = frozenset({"A", "E"})


@dataclass(slots=True, frozen=True)
class Place:
    """An element within a segment (C030): element, component and repetition count from 1, 0 where nothing is said."""

    element: int
    component: int = 0
    repetition: int = 0


@dataclass(slots=True, frozen=True)
class Context:
    """What a fault has to do with (CTX).

    `names` are pairs of what is meant and its value: `CLM01` and the number of a claim, for example. A situational
    trigger has no value but says by `segment`, `position`, `loop` and `place` which data made the element necessary.
    `references` are the numbers of data elements.
    """

    names: tuple[tuple[str, str], ...]
    segment: str = ""
    position: int = 0
    loop: str = ""
    place: Place | None = None
    references: tuple[str, ...] = ()


@dataclass(slots=True)
class FaultyElement:
    """A fault of an element (IK4). `reference` is its number in the dictionary, `code` IK403."""

    place: Place
    reference: str
    code: str
    value: str = ""
    contexts: list[Context] = field(default_factory=list)


@dataclass(slots=True)
class FaultySegment:
    """A fault of a segment (IK3) and of its elements. `position` counts from ST, which is 1; `code` is IK304."""

    segment: str
    position: int
    loop: str = ""
    code: str = ""
    contexts: list[Context] = field(default_factory=list)
    elements: list[FaultyElement] = field(default_factory=list)


@dataclass(slots=True)
class AnsweredSet:
    """What became of one transaction set (AK2 to IK5). `code` is IK501, `codes` are IK502 and its followers."""

    identifier: str
    control_number: str
    guide: str = ""
    code: str = ""
    codes: tuple[str, ...] = ()
    segments: list[FaultySegment] = field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        """True when the transaction set was taken, if need be with faults."""
        return self.code in ACCEPTED


@dataclass(slots=True)
class GroupAcknowledgment:
    """The answer to one functional group: a 999. `code` is AK901, `codes` are AK905 and its followers.

    `announced`, `received` and `accepted` are numbers of transaction sets: AK902, AK903 and AK904. `sets` may leave out
    those that were accepted without a word.
    """

    identifier: str
    control_number: str
    guide: str
    code: str = ""
    announced: int = 0
    received: int = 0
    accepted: int = 0
    codes: tuple[str, ...] = ()
    sets: list[AnsweredSet] = field(default_factory=list)
    transaction: int = 0
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class InterchangeAcknowledgment:
    """The answer to one interchange: a TA1. `code` is A, E (accepted with faults) or R, `note` says why.

    `control_number` and `sent` are those of the interchange that is answered; `sent` is None when they cannot be read.
    A TA1 stands outside every transaction set, so `transaction` is 0.
    """

    control_number: str
    sent: datetime | None
    code: str
    note: str
    transaction: int = 0
    findings: tuple[Finding, ...] = ()
