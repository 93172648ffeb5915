"""What is put back into the answer to a program's own 270, and what is left as HETS wrote it."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.x12.eligibility.objects import (
    AnsweredPerson,
    AskedPerson,
    Benefit,
    Contact,
    Dated,
    EligibilityAnswer,
    EligibilityInquiry,
    Heading,
    Name,
    Receiver,
    Reference,
    Source,
    Trace,
)
from services.eligibility.connectivity.domain import question_of, refusals_of, restored
from tests.support.portico import MORNING

OURS = "0123456789ABCDEF01234567"
CREATED = datetime(2026, 11, 23, 14, 30)  # noqa: DTZ001 - BHT has no zone
TODAY = MORNING.date()
words = st.text("ABC0189- ", min_size=1, max_size=20)
# A program may use our trace number by chance: then it is its own too.
numbers = words | st.just(OURS)
traces = st.lists(st.builds(Trace, st.just("1"), numbers, words, words | st.just("")), max_size=2)


def asked(reference: str, own: list[Trace], source: str = "MEDICARE", provider: str = "CLINIC") -> EligibilityInquiry:
    return EligibilityInquiry(
        Heading(reference, CREATED, "13"),
        Source(Name("PR", "2", source, qualifier="PI", identifier="CMS")),
        Receiver(Name("1P", "2", provider, qualifier="XX", identifier="1234567893")),
        AskedPerson(Name("IL", "1", "ASHGROVE", qualifier="MI", identifier="1EG4TE5MK73"), traces=own),
    )


def told(of_hets: list[Trace]) -> EligibilityAnswer:
    """HETS's answer to our question."""
    return EligibilityAnswer(
        Heading(OURS, CREATED, "11"),
        Source(Name("PR", "2", "CMS", qualifier="PI", identifier="CMS"), contacts=[Contact("HELP DESK")]),
        Receiver(Name("1P", "2", "OUR NAME", qualifier="XX", identifier="1234567893"), [Reference("EO", "1")]),
        AnsweredPerson(
            Name("IL", "1", "ASHGROVE"), traces=[*of_hets, Trace("2", OURS, "9000MER150")], benefits=[Benefit("1")]
        ),
    )


@given(words | st.just(""), traces, traces, words, words)
def test_references_and_traces_are_the_programs_and_all_else_is_of_hets(
    reference: str, own: list[Trace], of_hets: list[Trace], source: str, provider: str
) -> None:
    inquiry, answer = asked(reference, own, source, provider), told(of_hets)
    found = restored(answer, inquiry, OURS)
    assert found.subscriber is not None
    assert found.receiver is not None
    assert answer.receiver is not None
    assert found.heading.reference == reference
    assert list(found.returned_traces) == [replace(each, kind="2") for each in own]
    assert [each for each in found.subscriber.traces if each.kind == "1"] == of_hets
    assert (found.source.name, found.receiver.name) == (inquiry.source.name, inquiry.receiver.name)
    # What was put back taken out again, it is HETS's answer.
    assert answer == replace(
        found,
        heading=answer.heading,
        source=replace(found.source, name=answer.source.name),
        receiver=replace(found.receiver, name=answer.receiver.name),
        subscriber=replace(found.subscriber, traces=[*of_hets, Trace("2", OURS, "9000MER150")]),
    )


def test_an_answer_that_refuses_above_the_patient_stays_without_one() -> None:
    answer = replace(told([]), receiver=None, subscriber=None)
    found = restored(answer, asked("REF", []), OURS)
    assert (found.receiver, found.subscriber, found.heading.reference) == (None, None, "REF")


@pytest.mark.parametrize(
    ("days", "span"),
    [
        ([], (TODAY, TODAY)),
        ([Dated("291", TODAY.replace(day=1))], (TODAY.replace(day=1), TODAY.replace(day=1))),
        (
            [Dated("291", TODAY.replace(day=3), TODAY.replace(day=9)), Dated("291", TODAY.replace(day=2))],
            (TODAY.replace(day=2), TODAY.replace(day=9)),
        ),
    ],
    ids=["none", "one", "many"],
)
def test_the_history_has_all_days_that_are_asked_about(days: list[Dated], span: tuple[object, object]) -> None:
    inquiry = asked("", [])
    inquiry = replace(inquiry, subscriber=replace(inquiry.subscriber, dates=days))
    question = question_of(inquiry, TODAY)
    assert (question.service_from, question.service_to) == span


def test_each_reason_of_ours_is_told_once() -> None:
    reasons = [(each.loop, each.reason) for each in refusals_of(["last_name", "first_name", "birth_date", "new"])]
    assert reasons == [("2100C", "73"), ("2100C", "58"), ("2100C", "15")]
