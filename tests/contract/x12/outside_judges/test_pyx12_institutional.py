"""What pyx12 says of institutional claims and of the foreign claim files, beside what we say."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from libs.x12.acknowledgment.writer import answering, write_999
from libs.x12.claim.forwarding import forward_claims
from libs.x12.claim.writer import INSTITUTIONAL, Submitter
from libs.x12.claim_status.acknowledgment import ClaimAnswers, Source, write_277ca
from libs.x12.reader import check_file
from libs.x12.writing import Envelope
from tests.contract.x12.outside_judges.test_pyx12 import pyx12_accepts
from tests.support.x12 import RECEIVED
from tests.support.x12_institutional import STAY, VISIT, institutional_population_file, read_institutional
from tests.support.x12_institutional_mutants import INSTITUTIONAL_CLAIM, INSTITUTIONAL_STRUCTURE
from tests.support.x12_mutants import Mutant

CREATED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
EXAMPLES = Path(__file__).resolve().parents[3] / "support" / "x12_examples"
# pyx12 lets these through; the guide's word stands beside each.
MORE_STRICT_THAN_PYX12 = {
    "line number skips",  # LX01 counts the lines of a claim from 1
    "admission type missing",  # CL101 is required since the corrected guide
}
# pyx12 refuses the whole file for what touches one claim only; the guide's word stands beside each.
LESS_STRICT_THAN_PYX12 = {
    "five-digit ZIP",  # N403 has three to fifteen characters; nine digits are a situational rule, answered per claim
}


@pytest.fixture(autouse=True)
def _silent() -> Iterator[None]:
    # pyx12 logs the values of elements.
    logger = logging.getLogger("pyx12")
    logger.disabled = True
    yield
    logger.disabled = False


def judged(text: str) -> bool:
    """The word of pyx12; it answers some faults with an exception of its own."""
    try:
        return pyx12_accepts(text)
    except Exception:  # noqa: BLE001
        return False


@pytest.mark.parametrize("data", [institutional_population_file(), STAY, VISIT], ids=["population", "stay", "visit"])
def test_pyx12_accepts_our_institutional_claims(data: bytes | str) -> None:
    assert pyx12_accepts(data)


def test_pyx12_accepts_institutional_claims_that_go_on_to_the_shared_system() -> None:
    envelope = Envelope("15004", "FISS", CREATED, 31)
    submitter = Submitter("MERIDIAN MEDICARE", "15004", "EDI DESK", "8005550142", "SHARED SYSTEM", "FISS")
    accepted = {1: "1100000000001", 3: "1100000000003"}
    pieces = forward_claims([institutional_population_file()], accepted, envelope, submitter, guide=INSTITUTIONAL)

    assert pyx12_accepts(b"".join(pieces))


@pytest.mark.parametrize("text", [STAY, *(mutant.text for mutant in INSTITUTIONAL_STRUCTURE[:24:6])])
def test_pyx12_accepts_our_999_of_an_institutional_file(text: str) -> None:
    interchange = read_institutional(text)[1].interchanges[0]

    assert pyx12_accepts(b"".join(write_999(interchange, answering(interchange, CREATED, 7))))


def test_pyx12_accepts_our_277ca_of_institutional_claims() -> None:
    claims, verdict = read_institutional(institutional_population_file())
    [transaction] = verdict.transactions()
    answers = ClaimAnswers(CREATED).write(claims, [f"11{claim.ordinal:011}" for claim in claims])
    envelope = answering(verdict.interchanges[0], CREATED, 8)
    source = Source("MERIDIAN MEDICARE", "15004")
    written = b"".join(write_277ca(transaction, answers, envelope, source, received=RECEIVED))

    assert pyx12_accepts(written)
    assert written.count(b"~REF*BLT*111~") + written.count(b"~REF*BLT*131~") == len(claims)


@pytest.mark.parametrize("mutant", INSTITUTIONAL_STRUCTURE, ids=lambda mutant: mutant.name)
def test_pyx12_refuses_what_we_refuse(mutant: Mutant) -> None:
    assert judged(mutant.text) == (mutant.name in MORE_STRICT_THAN_PYX12)


@pytest.mark.parametrize("mutant", INSTITUTIONAL_CLAIM, ids=lambda mutant: mutant.name)
def test_pyx12_accepts_the_structure_around_claims_we_refuse(mutant: Mutant) -> None:
    assert judged(mutant.text) == (mutant.name not in LESS_STRICT_THAN_PYX12)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("837*/*")), ids=lambda path: path.name)
def test_foreign_files_get_the_verdict_pyx12_gives_them(path: Path) -> None:
    # Their readme: the bodies are those of the adopted guide, only its name is wrong.
    text = path.read_text("ascii").replace("005010X222A2", "005010X222A1").replace("005010X223A3", "005010X223A2")
    [transaction] = check_file([text.encode()], received=RECEIVED).transactions()

    assert (transaction.verdict != "rejected") == judged(text)
