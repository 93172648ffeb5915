import pytest

from libs.x12 import qualifiers
from libs.x12.eligibility import codes
from libs.x12.eligibility.edits import EDITS
from libs.x12.guide import SegmentRule
from libs.x12.guides.eligibility_answer import GUIDE
from tests.support.eligibility_files import ANSWER, read_answer


def _allowed(identifier: str, element: int) -> set[str]:
    rules: list[SegmentRule] = list(GUIDE.rules(identifier))
    return {code for rule in rules if element <= len(rule.elements) for code in rule.elements[element - 1].codes}


TABLES = (
    ("BHT", 2, codes.PURPOSES),
    ("TRN", 1, codes.TRACES),
    ("AAA", 3, codes.REJECT_REASONS),
    ("AAA", 4, codes.FOLLOW_UPS),
    ("EB", 1, codes.INFORMATION),
    ("EB", 2, codes.COVERAGE_LEVELS),
    ("EB", 3, codes.SERVICE_TYPES),
    ("EB", 4, codes.INSURANCE),
    ("EB", 6, codes.TIME_PERIODS),
    ("EB", 9, codes.UNITS),
    ("EB", 11, codes.AUTHORIZATION),
    ("EB", 12, codes.NETWORK),
    ("HSD", 1, codes.UNITS),
    ("HSD", 3, codes.MEASURES),
    ("HSD", 5, codes.TIME_PERIODS),
    ("HSD", 7, codes.DELIVERY_DAYS),
    ("HSD", 8, codes.DELIVERY_TIMES),
    ("III", 1, codes.DETAILS),
    ("III", 3, codes.DETAIL_CATEGORIES),
    ("NM1", 10, codes.RELATIONSHIPS),
    ("PRV", 1, codes.PROVIDER_PARTS),
    ("INS", 2, codes.RELATIONS_TO_INSURED),
    ("MPI", 1, codes.MILITARY_STATUS),
    ("MPI", 2, codes.MILITARY_EMPLOYMENT),
    ("MPI", 3, codes.MILITARY_BRANCHES),
)


@pytest.mark.parametrize(("identifier", "element", "words"), TABLES)
def test_every_code_the_guide_allows_has_words_of_ours(identifier: str, element: int, words: dict[str, object]) -> None:
    assert _allowed(identifier, element) <= set(words)


def test_every_word_is_for_a_code_of_the_guide() -> None:
    used: dict[int, set[str]] = {}
    for identifier, element, words in TABLES:
        used.setdefault(id(words), set()).update(_allowed(identifier, element))
    assert [sorted(set(words) - used[id(words)]) for _, _, words in TABLES if set(words) - used[id(words)]] == []


def test_what_hets_may_be_asked_for_has_words_and_begins_with_everything() -> None:
    assert codes.HETS_SERVICE_TYPES[0] == "30"
    assert len(set(codes.HETS_SERVICE_TYPES)) == len(codes.HETS_SERVICE_TYPES)
    assert set(codes.HETS_SERVICE_TYPES) <= set(codes.SERVICE_TYPES)


def test_every_benefit_of_a_full_answer_has_words() -> None:
    for benefit in read_answer(ANSWER).benefits:
        assert benefit.information in codes.INFORMATION
        assert benefit.insurance in {"", *codes.INSURANCE}
        assert benefit.time_period in {"", *codes.TIME_PERIODS}
        assert benefit.unit in {"", *codes.UNITS}
        assert set(benefit.service_types) <= set(codes.SERVICE_TYPES)
        assert {dated.qualifier for dated in benefit.dates} <= set(qualifiers.DATES)
        assert {reference.qualifier for reference in benefit.references} <= set(qualifiers.REFERENCES)
        assert {entity.name.entity for entity in benefit.entities} <= set(qualifiers.ENTITIES)


def test_every_refusal_says_what_to_do() -> None:
    for reason in codes.REJECT_REASONS.values():
        assert not reason.words.endswith(".")
        assert reason.advice.endswith(".")
        assert reason.helper.endswith(".")
    assert {edit.reject_reason for edit in EDITS.values()} <= {"", *codes.REJECT_REASONS}
    for loop, reasons in codes.HETS_REASONS.items():
        assert set(reasons) <= set(codes.REJECT_REASONS), loop
    assert {"42", "80"} <= codes.NOT_NOW
    not_found = codes.REJECT_REASONS["75"]
    assert (not_found.words, not_found.advice) == (
        "No patient with this Medicare number was found",
        "Compare the number with the card. If the patient got a new card, use the new number.",
    )
