from pathlib import Path

import pytest

from libs.x12.claim_status.objects import StatusAnswer, StatusInquiry
from libs.x12.claim_status.writer import write_276, write_277
from tests.support.x12_examples import examples, segments_of
from tests.support.x12_objects import ENVELOPE, read

# Edits of the person or provider, not of the structure: see the README beside the examples.
NUMBERS = {"provider-npi", "mbi", "patient-not-subscriber"}


def test_there_are_examples() -> None:
    assert (len(examples("276")), len(examples("277"))) == (4, 4)


@pytest.mark.parametrize("path", [*examples("276"), *examples("277")], ids=lambda path: path.name)
def test_every_example_is_accepted_and_its_invented_numbers_are_named(path: Path) -> None:
    items, verdict = read(path.read_bytes())

    [transaction] = verdict.transactions()
    assert transaction.findings == []
    assert verdict.verdict == ("partial" if any(item.findings for item in items) else "accepted")
    assert items
    assert {finding.code for item in items for finding in item.findings} <= NUMBERS


@pytest.mark.parametrize("path", examples("276"), ids=lambda path: path.name)
def test_an_example_inquiry_comes_back_as_it_was(path: Path) -> None:
    inquiries = [item for item in read(path.read_bytes())[0] if isinstance(item, StatusInquiry)]
    written = b"".join(write_276(inquiries, ENVELOPE))

    assert segments_of(written) == segments_of(path.read_bytes())
    assert read(written)[0] == inquiries


@pytest.mark.parametrize("path", examples("277"), ids=lambda path: path.name)
def test_an_example_answer_comes_back_as_it_was(path: Path) -> None:
    answers = [item for item in read(path.read_bytes())[0] if isinstance(item, StatusAnswer)]
    written = b"".join(write_277(answers, ENVELOPE))

    assert segments_of(written) == segments_of(path.read_bytes())
    assert read(written)[0] == answers


def test_the_dependent_is_the_patient_and_shares_nothing_with_the_first_two() -> None:
    first, second, third = read(
        next(path for path in examples("276") if "claim-level-status.276" in path.name).read_bytes()
    )[0]

    assert third.patient.name.first_name == "JOSEPH"
    assert third.subscriber.name.first_name == "JOHN"
    assert third.lines[0].procedure.code == "99203"
    assert first.providers is second.providers
    assert first.providers is not third.providers
    assert (first.patient, first.charge_cents, first.period.last.isoformat()) == (None, 851388, "2005-09-06")


def test_an_answer_to_the_receiver_or_the_provider_names_no_claim() -> None:
    [whole] = read(next(path for path in examples("277") if "receiver" in path.name).read_bytes())[0]
    claim, provider = read(next(path for path in examples("277") if "provider-level" in path.name).read_bytes())[0]

    assert (whole.providers, whole.subscriber, whole.latest.status.category) == ((), None, "E0")
    assert (provider.subscriber, provider.latest.status.entity, provider.trace) == (None, "85", "0")
    assert claim.internal_control_number == "05347006051"


def test_a_pharmacy_code_is_of_another_list() -> None:
    [answer] = read(next(path for path in examples("277") if "ncpdp" in path.name).read_bytes())[0]

    assert (answer.latest.status.code, answer.latest.status.code_list) == ("80", "RX")
    assert "status-code" not in {finding.code for finding in answer.findings}
