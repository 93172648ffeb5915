"""What stands in the 999 and the 277CA that a person downloads."""

from dataclasses import dataclass
from typing import TypeVar

from libs.common.clock import SystemClock
from libs.x12.acknowledgment.objects import GroupAcknowledgment
from libs.x12.claim_status.objects import ClaimAcknowledgment
from libs.x12.reader import Batch, read_file

_Item = TypeVar("_Item")


class UnreadableAnswerError(ValueError):
    """A downloaded file is no X12 interchange, or not the one it should be."""


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """One claim of a 277CA. `internal_control_number` is empty for one that was not accepted."""

    patient_control_number: str
    categories: tuple[str, ...]
    internal_control_number: str

    @property
    def accepted(self) -> bool:
        """Whether it was accepted for processing (category A2)."""
        return self.categories == ("A2",)


def implementation_verdicts(content: bytes) -> list[str]:
    """The verdict of a 999 on each transaction set (IK501: `A` accepted, `R` rejected).

    Raises `UnreadableAnswerError`.
    """
    return [answer.code for group in _objects(content, GroupAcknowledgment, "999") for answer in group.sets]


def claim_answers(content: bytes) -> list[ClaimAnswer]:
    """The answer of a 277CA to each claim, in file order. Raises `UnreadableAnswerError`."""
    return [
        ClaimAnswer(
            claim.trace, tuple(detail.status.category for detail in claim.statuses), claim.internal_control_number
        )
        for claim in _objects(content, ClaimAcknowledgment, "277CA")
        if claim.patient is not None
    ]


def _objects(content: bytes, kind: type[_Item], name: str) -> list[_Item]:
    """The objects of a file that stands: what is not valid by its guide is no answer."""
    found: list[_Item] = []
    for event in read_file([content], received=SystemClock().now().date()):
        if isinstance(event, Batch):
            found += event.of(kind)
        elif event.verdict == "rejected" or event.findings:
            raise UnreadableAnswerError(f"the {name} cannot be read: it is not valid by its guide")
    if not found:
        raise UnreadableAnswerError(f"the file holds no {name}")
    return found
