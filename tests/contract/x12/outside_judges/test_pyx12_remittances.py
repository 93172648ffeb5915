"""pyx12 judges 835s (SNIP 1 and 2). Its own 999 for an 835 is never complete, so it is not asked for one."""

import io
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import pyx12.params
import pyx12.x12n_document

from libs.x12.acknowledgment.writer import answering, write_999
from simulators.remittances import remittance_file
from tests.support.x12_remittances import EXAMPLES, ONE_REMITTANCE, STRUCTURE, WHOLE, Mutant, read

CREATED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
# pyx12 lets these through; the guide's word stands beside each.
MORE_STRICT_THAN_PYX12 = {
    "guide named in the header",  # ST03 is not used
}


@pytest.fixture(autouse=True)
def _silent() -> Iterator[None]:
    # pyx12 logs the values of elements.
    logger = logging.getLogger("pyx12")
    logger.disabled = True
    yield
    logger.disabled = False


def accepts(text: str) -> bool:
    return bool(pyx12.x12n_document.x12n_document(pyx12.params.params(), io.StringIO(text), None, None))


def test_pyx12_accepts_our_remittances() -> None:
    assert accepts(b"".join(remittance_file(issued=date(2026, 11, 20), claims=60)).decode("ascii"))
    assert accepts(ONE_REMITTANCE)


@pytest.mark.parametrize(
    "mutant",
    [mutant for mutant in STRUCTURE if mutant.name not in MORE_STRICT_THAN_PYX12],
    ids=lambda mutant: mutant.name,
)
def test_pyx12_refuses_what_we_refuse(mutant: Mutant) -> None:
    try:
        accepted = accepts(mutant.text)
    except Exception:  # noqa: BLE001  pyx12 answers some faults with an exception of its own
        accepted = False
    assert not accepted


@pytest.mark.parametrize(
    "path", [path for path in sorted(EXAMPLES.iterdir()) if path.suffix in {".835", ".edi"}], ids=lambda path: path.name
)
def test_pyx12_gives_the_examples_the_verdict_we_give(path: Path) -> None:
    text = path.read_text("ascii")

    # "partial" is what stands but holds a value nobody outside judges, like a payee's NPI with a wrong check digit.
    assert accepts(text) == (read(text).verdict.verdict != "rejected")


@pytest.mark.parametrize("text", [ONE_REMITTANCE, *(mutant.text for mutant in (*STRUCTURE[::4], *WHOLE[::3]))])
def test_pyx12_accepts_our_999_of_a_remittance_and_it_is_complete(text: str) -> None:
    _, _, verdict = read(text)
    interchange = verdict.interchanges[0]
    answer = b"".join(write_999(interchange, answering(interchange, CREATED, 7))).decode("ascii")

    assert accepts(answer)
    identifiers = [segment.partition("*")[0] for segment in answer.split("~")]
    assert [each for each in identifiers if each in {"AK1", "AK2", "IK5", "AK9", "SE", "GE", "IEA"}] == [
        *("AK1", "AK2", "IK5", "AK9", "SE", "GE", "IEA"),
    ]
    assert "AK1*HP*1*005010X221A1" in answer
    assert ("IK5*A~" in answer) == (verdict.verdict != "rejected")
