"""The qualifiers that answers of payers carry have names, and there is one name for each code."""

from collections.abc import Iterator, Mapping

import pytest

from libs.x12 import qualifiers
from libs.x12.code_sets import CODE_SETS
from libs.x12.guide import ElementRule
from tests.support.x12_grammars import table_of

ELIGIBILITY, REMITTANCE, STATUS = "eligibility_answer", "remittance_advice", "claim_status_answer"
SHOWN = (
    ("REF", "128", qualifiers.REFERENCES, (ELIGIBILITY, REMITTANCE)),
    ("NM1", "66", qualifiers.IDENTIFIERS, (ELIGIBILITY, REMITTANCE)),
    ("NM1", "98", qualifiers.ENTITIES, (ELIGIBILITY, REMITTANCE)),
    ("DTP", "374", qualifiers.DATES, (ELIGIBILITY,)),
    ("PER", "365", qualifiers.CHANNELS, (ELIGIBILITY, REMITTANCE)),
    ("EB SVC", "235", qualifiers.PROCEDURES, (ELIGIBILITY, REMITTANCE)),
)


def codes(segments: str, number: str, guides: tuple[str, ...]) -> set[str]:
    """The codes that the guides name for a data element of a segment, or of several, wherever it stands."""

    def of(rules: tuple[ElementRule, ...]) -> Iterator[str]:
        for rule in rules:
            yield from rule.codes if rule.number == number else ()
            yield from of(rule.components)

    rules = (rule for guide in guides for segment in segments.split() for rule in table_of(guide).rules(segment))
    return {code for rule in rules for code in of(rule.elements)}


@pytest.mark.parametrize(("segments", "number", "names", "guides"), SHOWN, ids=[each[0] + each[1] for each in SHOWN])
def test_a_name_is_there_for_every_code_of_the_guides_and_for_no_other(
    segments: str, number: str, names: Mapping[str, str], guides: tuple[str, ...]
) -> None:
    named = codes(segments, number, guides)
    known = {each.code for each in CODE_SETS["entity_id"].codes} if number == "98" else set()

    assert named
    assert named - set(names) == set()
    assert set(names) - named - known == set()
