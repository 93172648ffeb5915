from datetime import date
from pathlib import Path

import pytest

from libs.x12.parts import Period
from libs.x12.review.objects import CERTIFIED, PENDED, ReviewAnswer, ReviewRequest
from libs.x12.review.writer import write_278_answer, write_278_request
from tests.support.x12_examples import examples, segments_of
from tests.support.x12_objects import DECISION, ENVELOPE, REQUEST, read

EXAMPLES = examples("278")


def named(name: str) -> Path:
    return next(path for path in EXAMPLES if path.name == f"stupidedi-{name}.edi")


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 6


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_gets_the_verdict_its_readme_implies(path: Path) -> None:
    items, verdict = read(path.read_bytes())

    [transaction] = verdict.transactions()
    found = [(finding.segment, finding.element, finding.code) for finding in transaction.findings]
    if "admission-request" in path.name and "emergency" not in path.name:
        assert (verdict.verdict, found) == ("rejected", [("SE", 1, "segment-count")])
        assert not verdict.accepts(items[0])
    else:
        assert (verdict.verdict, found) == ("partial", [])
    # The member numbers are invented, which is an edit of the request and not of its structure.
    assert [{finding.code for finding in item.findings} for item in items] == [{"mbi"}]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_comes_back_as_it_was(path: Path) -> None:
    [item] = read(path.read_bytes())[0]
    if isinstance(item, ReviewRequest):
        written = b"".join(write_278_request([item], ENVELOPE))
    else:
        assert isinstance(item, ReviewAnswer)
        written = b"".join(write_278_answer([item], ENVELOPE))

    assert segments_of(written) == segments_of(path.read_bytes())
    assert read(written)[0] == [item]


def test_the_files_of_the_tests_come_back_segment_by_segment() -> None:
    assert segments_of(b"".join(write_278_request(read(REQUEST)[0], ENVELOPE))) == segments_of(REQUEST.encode())
    assert segments_of(b"".join(write_278_answer(read(DECISION)[0], ENVELOPE))) == segments_of(DECISION.encode())


def test_request_and_answer_are_told_apart_by_their_purpose() -> None:
    start, end = DECISION.index("ST*"), DECISION.index("GE*")
    answer = DECISION[start:end].replace("ST*278*0001*", "ST*278*0002*").replace("*0001~", "*0002~")
    both = REQUEST.replace("GE*1*", f"{answer}GE*2*")
    items, verdict = read(both)

    assert verdict.verdict == "accepted"
    assert [type(item) for item in items] == [ReviewRequest, ReviewAnswer]


def test_a_request_says_who_asks_for_what() -> None:
    [request] = read(named("admission-request-for-review").read_bytes())[0]
    event = request.event

    assert request.requesters[0].contacts[0].numbers == (("TE", "4029993456"),)
    assert (event.question.category, event.question.place, event.question.release) == ("AR", "21", "Y")
    assert event.dated("435").period == Period(date(2005, 5, 16))
    assert [(each.code, each.known) for each in event.diagnoses] == [("41090", date(2005, 1, 25))]
    assert (event.delivery.unit, str(event.delivery.quantity), event.admission.kind) == ("DY", "7", "2")
    [service] = event.services
    assert (service.line.kind, service.line.procedure.code) == ("institutional", "33510")
    assert service.providers[0].specialty.taxonomy == "203BS0133X"
    assert event.providers[0].address.city == "ANYTOWN"
    assert event.traces[0].number == request.traces[0].number == "97021001"


def test_an_answer_says_what_was_decided() -> None:
    [answer] = read(named("admission-response-to-request-for-review").read_bytes())[0]
    [pended] = read(named("emergency-admission-response-to-request-for-review").read_bytes())[0]

    assert [(each.action, each.number) for each in answer.decisions] == [("A6", "AUTH0002"), (CERTIFIED, "AUTH0002")]
    assert [(each.action, each.reasons) for each in pended.decisions] == [(PENDED, ("0U",))]
    assert (answer.heading.kind, pended.heading.kind) == ("18", "19")
    assert pended.event.documents[0].how == "VO"
    assert pended.reviewer.party.contacts[0].numbers == (("TE", "3936533000"),)


def test_an_answer_may_end_where_it_was_refused() -> None:
    start, end = DECISION.index("HL*3*"), DECISION.index("SE*")
    text = DECISION[:start] + DECISION[end:]
    text = text.replace("HL*2*1*21*1~", "HL*2*1*21*0~").replace("XX*2994535120~", "XX*2994535120~AAA*N**51*C~")
    [answer], verdict = read(text.replace(text[text.index("SE*") : text.index("GE*")], "SE*9*0001~"))

    assert verdict.verdict == "accepted"
    assert (answer.subscriber, answer.event, answer.findings) == (None, None, ())
    assert [(refusal.reason, refusal.follow_up) for refusal in answer.refusals] == [("51", "C")]
    assert read(b"".join(write_278_answer([answer], ENVELOPE)))[0] == [answer]
