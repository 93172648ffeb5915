import pytest

from libs.x12.eligibility import codes
from libs.x12.eligibility.edits import EDITS
from libs.x12.eligibility.objects import Rejection
from libs.x12.guide import SegmentRule
from libs.x12.guides.eligibility_answer import GUIDE
from tests.support.eligibility_files import ANSWER, read_answer


def _allowed(identifier: str, element: int) -> set[str]:
    rules: list[SegmentRule] = list(GUIDE.rules(identifier))
    return {code for rule in rules for code in rule.elements[element - 1].codes}


@pytest.mark.parametrize(
    ("identifier", "element", "words"),
    [
        ("AAA", 3, codes.REJECT_REASONS),
        ("AAA", 4, codes.FOLLOW_UPS),
        ("EB", 1, codes.INFORMATION),
        ("EB", 2, codes.COVERAGE_LEVELS),
        ("EB", 4, codes.INSURANCE),
        ("EB", 6, codes.TIME_PERIODS),
        ("EB", 9, codes.UNITS),
        ("HSD", 1, codes.UNITS),
    ],
)
def test_every_code_the_guide_allows_has_words_of_ours(identifier: str, element: int, words: dict[str, object]) -> None:
    assert _allowed(identifier, element) <= set(words)


@pytest.mark.parametrize(
    ("identifier", "element", "words"),
    [("EB", 3, codes.SERVICE_TYPES), ("DTP", 1, codes.DATES), ("REF", 1, codes.REFERENCES)],
)
def test_every_word_is_for_a_code_of_the_guide(identifier: str, element: int, words: dict[str, str]) -> None:
    assert set(words) <= _allowed(identifier, element)


def test_every_benefit_of_a_full_answer_has_words() -> None:
    for benefit in read_answer(ANSWER).benefits:
        assert benefit.information in codes.INFORMATION
        assert benefit.insurance in {"", *codes.INSURANCE}
        assert benefit.time_period in {"", *codes.TIME_PERIODS}
        assert benefit.unit in {"", *codes.UNITS}
        assert set(benefit.service_types) <= set(codes.SERVICE_TYPES)
        assert {dated.qualifier for dated in benefit.dates} <= set(codes.DATES)
        assert {reference.qualifier for reference in benefit.references} <= set(codes.REFERENCES)
        assert {entity.name.entity for entity in benefit.entities} <= set(codes.ENTITIES)


def test_every_refusal_says_what_to_do() -> None:
    for reason in codes.REJECT_REASONS.values():
        assert not reason.words.endswith(".")
        assert reason.advice.endswith(".")
    assert {edit.reject_reason for edit in EDITS.values()} <= {"", *codes.REJECT_REASONS}
    assert codes.rejection_words(Rejection("2100C", "75", "C")) == (
        "No patient with this Medicare number was found. "
        "Compare the number with the card. If the patient got a new card, use the new number."
    )


def test_a_code_without_words_is_shown_as_code() -> None:
    assert codes.rejection_words(Rejection("2100C", "99", "N")) == "Refused with reason 99. Do not ask again."
    assert codes.service_type_words(("30", "CP")) == ("Health plan coverage", "Service type CP")
