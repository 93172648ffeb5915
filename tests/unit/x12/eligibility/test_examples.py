from pathlib import Path

import pytest

from libs.x12.eligibility.objects import Dated, EligibilityAnswer, EligibilityInquiry
from libs.x12.eligibility.writer import write_270, write_271
from tests.support.eligibility_files import ENVELOPE, body, read

EXAMPLES = Path(__file__).parents[3] / "support" / "x12_examples"
INQUIRIES = sorted((EXAMPLES / "270").iterdir())
ANSWERS = sorted((EXAMPLES / "271").iterdir())


def test_there_are_examples() -> None:
    assert (len(INQUIRIES), len(ANSWERS)) == (2, 3)


@pytest.mark.parametrize("path", [*INQUIRIES, *ANSWERS], ids=lambda path: path.name)
def test_every_example_gets_the_verdict_its_readme_implies(path: Path) -> None:
    items, verdict = read(path.read_bytes())

    [transaction] = verdict.transactions()
    found = [(finding.segment, finding.element, finding.code) for finding in transaction.findings]
    if path.stem.endswith("-error"):
        assert (verdict.verdict, found) == ("rejected", [("SE", 2, "control-number")])
        assert not verdict.accepts(items[0])
    else:
        assert found == []
        assert verdict.verdict == ("partial" if items[0].findings else "accepted")
    assert len(items) == 1


@pytest.mark.parametrize("path", INQUIRIES, ids=lambda path: path.name)
def test_an_example_inquiry_comes_back_as_it_was(path: Path) -> None:
    inquiries = [item for item in read(path.read_bytes())[0] if isinstance(item, EligibilityInquiry)]
    written = b"".join(write_270(inquiries, ENVELOPE))

    assert body(written) == body(path.read_bytes())
    assert read(written)[0] == inquiries


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.name)
def test_an_example_answer_comes_back_as_it_was(path: Path) -> None:
    answers = [item for item in read(path.read_bytes())[0] if isinstance(item, EligibilityAnswer)]
    written = b"".join(write_271(answers, ENVELOPE))

    assert body(written) == body(path.read_bytes())
    assert read(written)[0] == answers


def test_the_dependent_is_the_patient_and_the_subscriber_stands_beside() -> None:
    [answer] = read((EXAMPLES / "271" / "lfh-dependent-health-benefit-check.271").read_bytes())[0]

    assert isinstance(answer, EligibilityAnswer)
    assert answer.patient is answer.dependent is not None
    assert answer.subscriber is not None
    assert (answer.subscriber.name.first_name, answer.dependent.name.first_name) == ("JOHN", "MARY")
    assert (answer.dependent.relationship, answer.subscriber.benefits) == ("19", [])
    assert [benefit.information for benefit in answer.benefits] == ["1", "L", "1", "B", "B"]
    assert answer.benefits[1].entities[0].name.last_name == "JONES"
    assert [(benefit.amount_cents, benefit.in_network) for benefit in answer.benefits[3:]] == [(1000, "Y"), (3000, "N")]
    assert len(answer.benefits[2].service_types) == 10


def test_a_refusal_above_the_patient_is_an_answer_without_one() -> None:
    [answer] = read((EXAMPLES / "271" / "lfh-subscriber-health-benefit-check-error.271").read_bytes())[0]

    assert isinstance(answer, EligibilityAnswer)
    assert (answer.patient, answer.is_refused) == (None, True)
    [refusal] = answer.rejections
    assert (refusal.loop, refusal.reason, refusal.follow_up, refusal.is_valid) == ("2100B", "50", "N", True)


def test_an_inquiry_that_is_not_for_medicare_is_judged_by_the_rules_of_hets() -> None:
    [inquiry] = read((EXAMPLES / "270" / "lfh-subscriber-health-benefit-check.270").read_bytes())[0]

    assert isinstance(inquiry, EligibilityInquiry)
    assert [(finding.code, finding.reject_reason) for finding in inquiry.findings] == [
        ("source", "79"),
        ("receiver-npi", "43"),
        ("mbi", "72"),
        ("dates-too-early", "62"),
    ]
    assert inquiry.dates[0] == Dated("291", inquiry.dates[0].first)
