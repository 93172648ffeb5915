import tracemalloc
from dataclasses import replace

from libs.x12.eligibility.objects import (
    AnsweredPerson,
    AskedPerson,
    EligibilityAnswer,
    EligibilityInquiry,
    Heading,
    Name,
    Receiver,
    Source,
)
from libs.x12.eligibility.writer import write_271
from libs.x12.writing import Envelope
from services.eligibility.hets.partner import judge
from tests.support.portico import MORNING

HEADING = Heading("TRACE1", MORNING, "11")
SOURCE = Source(Name("PR", "2", "CMS", qualifier="PI", identifier="CMS"))
RECEIVER = Receiver(Name("1P", "2", "CLINIC", qualifier="XX", identifier="1234567893"))
PERSON = AnsweredPerson(name=Name("IL", "1", "MOSSY", "ADA", qualifier="MI", identifier="1EG4TE5MK73"))


def payload(count: int) -> bytes:
    """A 271 that says nothing of `count` persons."""
    told = [EligibilityAnswer(HEADING, SOURCE, RECEIVER, replace(PERSON)) for _ in range(count)]
    return b"".join(write_271(told, Envelope("CMS", "MER15004", MORNING, 1)))


def test_an_answer_about_ten_thousand_persons_is_refused_in_little_memory() -> None:
    long = payload(10_000)
    assert 400_000 < len(long) < 1 << 20
    inquiry = EligibilityInquiry(HEADING, SOURCE, RECEIVER, AskedPerson(Name("IL", "1", "MOSSY")))
    tracemalloc.start()
    try:
        outcome = judge(long, inquiry, MORNING.date())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (outcome.state, outcome.reason, outcome.answer) == ("unreadable", "not-one-answer", b"")
    assert most < 8 << 20
