from dataclasses import replace
from datetime import date

import pytest

from libs.x12.eligibility.judging import InquiryRules, answers, judge_inquiry, plain_name, rejections_for
from libs.x12.eligibility.objects import Dated, EligibilityAnswer, EligibilityInquiry, Rejection, Trace
from tests.support.eligibility_files import ANSWER, INQUIRY, TODAY, changed, read_answer, read_inquiry


def _codes(inquiry: EligibilityInquiry, answer: EligibilityAnswer) -> list[str]:
    return [finding.code for finding in answers(inquiry, answer)]


def test_an_answer_to_the_question_is_recognized() -> None:
    assert answers(read_inquiry(INQUIRY), read_answer(ANSWER)) == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("BHT*0022*11*PORTAL0001", "BHT*0022*11*PORTAL0002", "answer-reference"),
        ("PI*CMS", "PI*OTHER", "answer-source"),
        ("XX*2994535120", "XX*2952919902", "answer-receiver"),
        ("TRN*2*INQ0001*9SUB000010~", "TRN*2*INQ0002*9SUB000010~", "answer-trace"),
        ("TRN*2*INQ0001*9SUB000010~", "TRN*2*INQ0001*9SUB000011~", "answer-trace"),
        ("TRN*2*INQ0001*9SUB000010~", "", "answer-trace"),
        ("TRN*2*INQ0001", "TRN*1*INQ0001", "answer-trace"),
        ("MI*1EG4TE5MK73", "MI*2EG4TE5MK73", "answer-mbi"),
        ("**JR*MI*1EG4TE5MK73", "**JR", "answer-mbi"),
        ("*ASHGROVE*ALDORA", "*BRIARWOOD*ALDORA", "answer-name"),
        ("*ASHGROVE*ALDORA", "*ASHGROVE*BERTRAM", "answer-name"),
        ("D8*19360110", "D8*19360111", "answer-birth-date"),
    ],
)  # fmt: skip
def test_an_answer_about_somebody_or_something_else_is_found(old: str, new: str, code: str) -> None:
    answer = changed(ANSWER, "INS*Y*18*001*25~", "")

    assert _codes(read_inquiry(INQUIRY), read_answer(changed(answer, old, new))) == [code]


def test_corrected_data_may_differ_but_never_the_number() -> None:
    other_name = changed(ANSWER, "*ASHGROVE*ALDORA", "*BRIARWOOD*ALDORA")
    other_number = changed(other_name, "MI*1EG4TE5MK73", "MI*2EG4TE5MK73")

    assert _codes(read_inquiry(INQUIRY), read_answer(other_name)) == []
    assert _codes(read_inquiry(INQUIRY), read_answer(other_number)) == ["answer-mbi"]


def test_punctuation_suffix_and_initial_do_not_make_another_person() -> None:
    answer = changed(ANSWER, "INS*Y*18*001*25~", "")
    inquiry = changed(INQUIRY, "*ASHGROVE*ALDORA", "*ASH-GROVE JR*A")

    assert _codes(read_inquiry(inquiry), read_answer(answer)) == []


def test_a_refusal_above_the_patient_answers_by_its_reference() -> None:
    answer = replace(read_answer(ANSWER), subscriber=None)
    answer.source.rejections.append(Rejection("2100A", "42", "R"))

    assert _codes(read_inquiry(INQUIRY), answer) == []
    answer.source.rejections.clear()
    assert _codes(read_inquiry(INQUIRY), answer) == ["answer-patient-missing"]


def test_a_refused_patient_may_come_back_without_the_number() -> None:
    start, end = ANSWER.index("EB*6"), ANSWER.index("SE*")
    refused = changed(ANSWER, ANSWER[start:end], "")
    refused = changed(refused, "DMG*D8", "AAA*N**75*C~DMG*D8")
    refused = changed(refused, "**JR*MI*1EG4TE5MK73", "**JR")
    answer = read_answer(refused)

    assert answer.is_refused
    assert _codes(read_inquiry(INQUIRY), answer) == []


def test_an_answer_about_a_dependent_does_not_answer_for_the_subscriber() -> None:
    answer = read_answer(ANSWER)
    answer.dependent = answer.subscriber

    assert _codes(read_inquiry(INQUIRY), answer) == ["answer-patient"]


def test_every_trace_must_come_back() -> None:
    inquiry = read_inquiry(INQUIRY)
    inquiry.subscriber.traces.append(Trace("1", "SECOND", "9SUB000010"))

    assert _codes(inquiry, read_answer(ANSWER)) == ["answer-trace"]


@pytest.mark.parametrize("removed", ["*ALDORA", "DMG*D8*19360110~"])
def test_an_alternate_search_is_complete(removed: str) -> None:
    inquiry = changed(INQUIRY, removed, "*" if removed.startswith("*") else "")

    assert read_inquiry(inquiry).findings == ()


@pytest.mark.parametrize(
    ("first", "last", "codes"),
    [
        (date(2022, 11, 20), None, []),
        (date(2022, 11, 19), None, ["dates-too-early"]),
        (date(2027, 3, 20), None, []),
        (date(2027, 3, 21), None, ["dates-too-late"]),
        (date(2022, 11, 19), date(2027, 3, 21), ["dates-too-early", "dates-too-late"]),
    ],
)
def test_hets_looks_four_years_back_and_four_months_ahead(first: date, last: date | None, codes: list[str]) -> None:
    inquiry = read_inquiry(INQUIRY)
    inquiry.subscriber.dates[:] = [Dated("291", first, last)]

    assert [finding.code for finding in judge_inquiry(inquiry, TODAY)] == codes


def test_the_span_and_the_payer_are_parameters() -> None:
    inquiry = read_inquiry(INQUIRY)
    rules = InquiryRules(source="MERIDIAN", years_back=1, months_ahead=0)

    assert [finding.code for finding in judge_inquiry(inquiry, TODAY, rules)] == ["source", "dates-too-late"]


def test_the_span_ends_on_the_last_day_of_a_shorter_month() -> None:
    rules = InquiryRules()

    assert rules.latest(date(2026, 10, 31)) == date(2027, 2, 28)
    assert rules.earliest(date(2028, 2, 29)) == date(2024, 2, 29)
    assert rules.earliest(date(2026, 1, 31)) == date(2022, 1, 31)


def test_findings_become_the_refusals_of_the_answer() -> None:
    inquiry = read_inquiry(changed(INQUIRY, "*ASHGROVE*ALDORA****MI*1EG4TE5MK73", "*****MI*1SG4TE5MK73"))
    inquiry.subscriber.birth_date = None
    inquiry.subscriber.dates[:] = [Dated("291", date(2000, 1, 1)), Dated("291", date(2001, 1, 1))]

    assert rejections_for(judge_inquiry(inquiry, TODAY)) == (
        Rejection("2100C", "72", "C"),
        Rejection("2100C", "73", "C"),
        Rejection("2100C", "15", "C"),
        Rejection("2100C", "62", "C"),
    )


def test_a_finding_without_a_reason_refuses_nothing() -> None:
    inquiry = read_inquiry(changed(INQUIRY, "DMG*D8", "N4*WILLOW BEND*XX*424691020~DMG*D8"))

    assert [finding.code for finding in inquiry.findings] == ["state"]
    assert rejections_for(inquiry.findings) == ()


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("O'Brien", "OBRIEN"),
        ("SMITH-JONES", "SMITHJONES"),
        ("Mac Leod III", "MACLEOD"),
        ("DOE, JR., MD", "DOE"),
        ("JR", "JR"),
        ("", ""),
    ],
)
def test_names_are_compared_without_what_people_write_differently(name: str, plain: str) -> None:
    assert plain_name(name) == plain
