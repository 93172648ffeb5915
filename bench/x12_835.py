"""How fast a remittance is read, balanced and answered, beside pyx12, oxedi and a plain `split` of the same bytes.

`python -m bench.x12_835 [claims]`: claims per second on one core (best of three), for reading alone and with the 999,
and the peak of Python's memory in a run of its own. oxedi parses and balances (SNIP 1 to 3) in Rust; pyx12 validates
a tenth of the claims (SNIP 1 and 2), because it takes a hundred times as long, and writes no 999.
"""

import argparse
import io
import logging
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from bench.measuring import line
from bench.x12_837p import PYX12_SHARE, peak, pieces, rate, split_only
from libs.x12.acknowledgment.writer import answering, write_999
from libs.x12.reader import read_file
from libs.x12.verdicts import FileVerdict
from simulators.remittances import write_835_file

ISSUED = date(2026, 11, 20)
RECEIVED = date(2026, 11, 22)
CREATED = datetime(2026, 11, 22, 10, tzinfo=UTC)
LINES = 2


def read_only(path: Path) -> None:
    """Validate and balance every claim and let it go."""
    for _ in read_file(pieces(path), received=RECEIVED):
        pass


def read_and_answer(path: Path) -> None:
    """Validate and balance every claim, then write the 999."""
    verdict: FileVerdict | None = None
    for event in read_file(pieces(path), received=RECEIVED):
        if isinstance(event, FileVerdict):
            verdict = event
    assert verdict is not None  # noqa: S101  the reader always ends with a verdict
    if verdict.verdict != "accepted":
        raise ValueError("the remittance of the bench is not in order")
    interchange = verdict.interchanges[0]
    for _ in write_999(interchange, answering(interchange, CREATED, 1)):
        pass


def oxedi_document(path: Path) -> None:
    """Let oxedi parse the file, check it and balance it."""
    import oxedi  # noqa: PLC0415  only on demand: it is no part of the portal

    if oxedi.parse(path.read_bytes()).diagnostics:
        raise ValueError("oxedi finds faults in the remittance of the bench")


def pyx12_document(path: Path) -> None:
    """Let pyx12 validate the file."""
    import pyx12.params  # noqa: PLC0415  only on demand: it is no part of the portal
    import pyx12.x12n_document  # noqa: PLC0415

    logging.getLogger("pyx12").disabled = True
    text = io.StringIO(path.read_text("ascii"))
    if not pyx12.x12n_document.x12n_document(pyx12.params.params(), text, None, None):
        raise ValueError("pyx12 finds faults in the remittance of the bench")


def measure(claims: int) -> dict[str, float | str]:
    """Return the figures for one remittance of `claims` claims with two lines each, in one transaction set."""
    with tempfile.TemporaryDirectory() as folder:
        path, part = Path(folder) / "remittance.835", Path(folder) / "part.835"
        write_835_file(path, issued=ISSUED, claims=claims, lines=LINES)
        some = max(claims // PYX12_SHARE, 1)
        write_835_file(part, issued=ISSUED, claims=some, lines=LINES)
        return {
            "claims": claims,
            "claims_per_second": rate(read_and_answer, path, claims),
            "read_per_second": rate(read_only, path, claims),
            "pyx12_per_second": rate(pyx12_document, part, some, rounds=1),
            "oxedi_per_second": rate(oxedi_document, path, claims),
            "split_per_second": rate(split_only, path, claims),
            "peak_mb": peak(read_and_answer, path),
            "goal_claims_per_second": 20_000,
            "goal_peak_mb": 64,
        }


async def run() -> None:
    """Measure a remittance of 5,000 claims and print its line."""
    line("x12-835", **measure(5000))


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("claims", type=int, nargs="?", default=5000)
    line("x12-835", **measure(parser.parse_args().claims))


if __name__ == "__main__":
    main()
