from datetime import date

import pytest

from libs.x12.code_sets import CODE_SETS
from libs.x12.remittance.judging import NEED_REMARK
from libs.x12.remittance.reasons import (
    ALERTS,
    GROUPS,
    REASONS,
    REMARKS,
    in_use,
    next_step,
    reason_meaning,
    remark_meaning,
)

TODAY = date(2026, 11, 20)


def test_every_code_with_words_exists_or_existed() -> None:
    assert len(REASONS) + len(REMARKS) >= 80
    assert not [code for code in REASONS if not CODE_SETS["adjustment_reason"].pattern.fullmatch(code)]
    assert not [code for code in REMARKS if not CODE_SETS["remark_code"].pattern.fullmatch(code)]


def test_the_codes_that_came_since_2022_have_words() -> None:
    remarks = "N831 N832 N843 N851 N886 N888 N905 N907 N908 N909 N910 N911 N912 N917 N918 N921 N935 N936 N938 N939"
    assert {"306", "307", "308"} <= REASONS.keys()
    assert set(remarks.split()) <= REMARKS.keys()
    assert {"N886", "N888", "N935", "N938", "N939"} <= ALERTS


def test_the_remarks_of_the_no_surprises_act_have_words() -> None:
    # RARC list: N859 to N879, in force since 2022-03-01.
    assert {f"N{number}" for number in range(859, 880)} <= ALERTS
    assert remark_meaning("N864") == "Note: the No Surprises Act applies: an emergency"


def test_a_claim_that_came_too_late_has_no_appeal_and_a_reduced_payment_has_one() -> None:
    # 42 CFR 405.926(n): no initial determination; 405.924: what is one.
    assert next_step("29") == "nothing"
    assert "no appeal" in REASONS["29"].advice
    assert "ppeal" in REASONS["59"].advice


def test_words_are_short_and_tell_what_to_do() -> None:
    for words in [*REASONS.values(), *REMARKS.values()]:
        assert words.meaning
        assert len(words.meaning) <= 100
        assert words.only_informs or words.advice.endswith("."), words.code


def test_the_codes_people_ask_about_most() -> None:
    steps = {code: next_step(code) for code in ("1", "2", "45", "253", "16", "18", "50", "97", "109", "B7")}

    assert steps == {
        "1": "nothing",
        "2": "nothing",
        "45": "nothing",
        "253": "nothing",
        "16": "resubmit",
        "18": "nothing",
        "50": "appeal",
        "97": "appeal",
        "109": "resubmit",
        "B7": "resubmit",
    }


def test_a_claim_that_was_not_decided_cannot_be_appealed() -> None:
    assert next_step("50", ("MA130",)) == "resubmit"
    assert next_step("50", ("MA01",)) == "appeal"


def test_a_reason_without_words_has_no_next_step() -> None:
    assert next_step("P12") is None


@pytest.mark.parametrize(
    ("code", "on", "expected"),
    [
        ("253", date(2013, 6, 1), False),
        ("253", date(2013, 6, 2), True),
        ("42", date(2007, 6, 1), True),
        ("42", date(2007, 6, 2), False),
        ("MA130", TODAY, True),
        ("N0", TODAY, False),
    ],
)
def test_codes_have_days(code: str, on: date, *, expected: bool) -> None:
    assert in_use(code, on) is expected


def test_a_code_without_words_is_shown_as_a_code_and_one_no_list_has_as_unknown() -> None:
    assert reason_meaning("45") == "The charge is above what Medicare allows"
    assert (reason_meaning("P12"), reason_meaning("999")) == ("Reason P12", "Unknown reason 999")
    assert (remark_meaning("N849"), remark_meaning("N1150")) == ("Remark N849", "Unknown remark N1150")


def test_alerts_explain_nothing() -> None:
    assert {"MA01", "MA18", "N1"} <= ALERTS
    assert "MA130" not in ALERTS


def test_reasons_that_need_a_remark_exist() -> None:
    assert not [code for code in NEED_REMARK if not CODE_SETS["adjustment_reason"].holds(code, TODAY)]


def test_every_group_of_the_guide_has_words() -> None:
    assert set(GROUPS) == {"CO", "PR", "OA", "PI"}
