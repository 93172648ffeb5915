"""What stands in the 999 and the 277CA that a person downloads."""

from collections.abc import Iterator
from dataclasses import dataclass

from libs.x12.guide import COMPONENT, ELEMENT
from libs.x12.tokenizer import Fault, tokens


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
    """The verdict of a 999 on each transaction set (IK501: `A` accepted, `R` rejected)."""
    return [elements[1] for elements in _segments(content, "999") if elements[0] == "IK5"]


def claim_answers(content: bytes) -> list[ClaimAnswer]:
    """The answer of a 277CA to each claim, in file order. Raises `UnreadableAnswerError`."""
    found: list[ClaimAnswer] = []
    reference, categories, number, patient = "", [""], "", False
    for elements in _segments(content, "277"):
        match elements:
            case ["HL" | "SE", *rest]:
                if patient:
                    found.append(ClaimAnswer(reference, tuple(categories), number))
                patient = len(rest) > 2 and rest[2] == "PT"
                categories, number = [], ""
            case ["TRN", "2", trace, *_]:
                reference = trace
            case ["STC", status, *_]:
                categories.append(status.split(COMPONENT)[0])
            case ["REF", "1K", claimed, *_]:
                number = claimed
    return found


def _segments(content: bytes, transaction_set: str) -> Iterator[list[str]]:
    seen = False
    for token in tokens([content]):
        if isinstance(token, Fault):
            raise UnreadableAnswerError(f"the file cannot be read: {token.code}")
        for segment in token if isinstance(token, list) else ():
            elements = segment.split(ELEMENT)
            seen = seen or elements[:2] == ["ST", transaction_set]
            yield elements
    if not seen:
        raise UnreadableAnswerError(f"the file holds no {transaction_set}")
