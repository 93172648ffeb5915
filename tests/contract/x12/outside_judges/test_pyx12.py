import io
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pyx12.params
import pyx12.x12n_document

from libs.x12.acknowledgment.writer import answering, write_999, write_acknowledgments
from libs.x12.claim.forwarding import forward_claims
from libs.x12.claim.writer import Submitter
from libs.x12.claim_status.acknowledgment import ClaimAnswers, Source, write_277ca
from libs.x12.writing import Envelope
from tests.support.x12 import ONE_CLAIM, RECEIVED, population_file, read
from tests.support.x12_acknowledgments import write_claim_acknowledgments
from tests.support.x12_examples import examples, without_mark
from tests.support.x12_mutants import STRUCTURE, Mutant
from tests.support.x12_objects import ACKNOWLEDGMENT, IMPLEMENTATION, INQUIRY, REQUEST
from tests.support.x12_objects import read as read_objects

CREATED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
# pyx12 lets these through; the guide's word stands beside each.
MORE_STRICT_THAN_PYX12 = {
    "level promises children",  # HL04 says whether levels below follow
    "repetition where none is allowed",  # CLM01 does not repeat
}


@pytest.fixture(autouse=True)
def _silent() -> Iterator[None]:
    # pyx12 logs the values of elements.
    logger = logging.getLogger("pyx12")
    logger.disabled = True
    yield
    logger.disabled = False


def pyx12_accepts(data: bytes | str) -> bool:
    text = data if isinstance(data, str) else data.decode("ascii")
    return bool(pyx12.x12n_document.x12n_document(pyx12.params.params(), io.StringIO(text), io.StringIO(), None))


def test_pyx12_accepts_our_claim_file() -> None:
    assert pyx12_accepts(population_file())


def test_pyx12_accepts_what_goes_on_to_the_shared_system() -> None:
    envelope = Envelope("15004", "MCS", CREATED, 31)
    submitter = Submitter("MERIDIAN MEDICARE", "15004", "EDI DESK", "8005550142", "SHARED SYSTEM", "MCS")
    pieces = forward_claims([population_file()], {1: "1100000000001", 3: "1100000000003"}, envelope, submitter)

    assert pyx12_accepts(b"".join(pieces))


@pytest.mark.parametrize("text", [ONE_CLAIM, *(mutant.text for mutant in STRUCTURE[:24:3])])
def test_pyx12_accepts_our_999(text: str) -> None:
    interchange = read(text)[1].interchanges[0]

    assert pyx12_accepts(b"".join(write_999(interchange, answering(interchange, CREATED, 7))))


@pytest.mark.parametrize("path", examples("835"), ids=lambda path: path.name)
def test_pyx12_accepts_our_999_for_an_835(path: Path) -> None:
    verdict = read_objects(path.read_bytes())[1]
    [interchange] = verdict.interchanges
    data = b"".join(write_999(interchange, answering(interchange, CREATED, 7)))

    assert pyx12_accepts(data)
    assert (b"~IK5*A~" in data) == (verdict.verdict != "rejected")


@pytest.mark.parametrize(
    "text", [INQUIRY, INQUIRY.replace("AMT*T3*182", "AMT*T3*ABC"), REQUEST], ids=["276", "faulty 276", "278"]
)
def test_pyx12_accepts_our_999_for_inquiries_and_requests(text: str) -> None:
    interchange = read_objects(text)[1].interchanges[0]

    assert pyx12_accepts(b"".join(write_999(interchange, answering(interchange, CREATED, 7))))


def test_pyx12_accepts_a_999_that_was_read_and_written_again() -> None:
    groups = read_objects(IMPLEMENTATION)[0]

    assert pyx12_accepts(b"".join(write_acknowledgments(groups, Envelope("15004", "SUB00001", CREATED, 7))))


def test_pyx12_refuses_a_second_context_which_the_guide_allows() -> None:
    # The guide: up to nine situational triggers and one business object for each segment.
    [path] = examples("999")
    data = without_mark(path.read_bytes())

    assert read_objects(data)[1].verdict == "accepted"
    assert not pyx12_accepts(data)


def test_pyx12_accepts_a_277ca_that_was_read_and_written_again() -> None:
    assert pyx12_accepts(ACKNOWLEDGMENT)
    items = read_objects(ACKNOWLEDGMENT)[0]

    assert pyx12_accepts(b"".join(write_claim_acknowledgments(items, Envelope("15004", "SUB00001", CREATED, 7))))


def test_pyx12_accepts_our_277ca() -> None:
    claims, verdict = read(population_file())
    [transaction] = verdict.transactions()
    answers = ClaimAnswers(CREATED).write(claims, [f"11{claim.ordinal:011}" for claim in claims])
    envelope = answering(verdict.interchanges[0], CREATED, 8)
    source = Source("MERIDIAN MEDICARE", "15004")

    assert pyx12_accepts(b"".join(write_277ca(transaction, answers, envelope, source, received=RECEIVED)))


@pytest.mark.parametrize(
    "mutant",
    [mutant for mutant in STRUCTURE if mutant.name not in MORE_STRICT_THAN_PYX12],
    ids=lambda mutant: mutant.name,
)
def test_pyx12_refuses_what_we_refuse(mutant: Mutant) -> None:
    try:
        accepted = pyx12_accepts(mutant.text)
    except Exception:  # noqa: BLE001  pyx12 answers some faults with an exception of its own
        accepted = False
    assert not accepted
