"""How fast a professional claim file is read, judged and answered, beside pyx12 and a plain `split` of the same bytes.

`python -m bench.x12_837p [claims]`: claims per second on one core (best of three), for reading alone and with 999 and
277CA, and the peak of Python's memory in a run of its own, because measuring memory slows the run down. pyx12 validates
a tenth of the claims (SNIP 1 and 2) and writes its 999, because it takes a hundred times as long. oxedi knows no 837.
"""

import argparse
import io
import logging
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from bench.measuring import line
from libs.x12.acknowledgment.writer import answering, write_999
from libs.x12.claim_status.acknowledgment import AnswerBlock, ClaimAnswers, Source, write_277ca
from libs.x12.reader import Batch, read_file
from libs.x12.verdicts import FileVerdict
from simulators.population import write_837p

RECEIVED = date(2026, 11, 20)
CHUNK = 1 << 16
PYX12_SHARE = 10


def pieces(path: Path) -> Iterator[bytes]:
    """Yield a file in pieces of 64 KB."""
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def split_only(path: Path) -> None:
    """Do the least any reader must do: the whole file in memory, cut into segments and elements."""
    for segment in path.read_text("ascii").split("~"):
        segment.split("*")


def read_only(path: Path) -> None:
    """Validate every claim and let it go."""
    for _ in read_file(pieces(path), received=RECEIVED):
        pass


def read_and_answer(path: Path) -> None:
    """Validate every claim, then write the 999 and the 277CA."""
    created = datetime(2026, 11, 20, 10, tzinfo=UTC)
    writer = ClaimAnswers(created)
    answers: list[AnswerBlock] = []
    verdict: FileVerdict | None = None
    for event in read_file(pieces(path), received=RECEIVED):
        if isinstance(event, Batch):
            answers += writer.write(event.items, [f"11{claim.ordinal:011}" for claim in event.items])
        else:
            verdict = event
    assert verdict is not None  # noqa: S101  the reader always ends with a verdict
    interchange = verdict.interchanges[0]
    for _ in write_999(interchange, answering(interchange, created, 1)):
        pass
    source = Source("MERIDIAN MEDICARE", "15004")
    envelope = answering(interchange, created, 2)
    for _ in write_277ca(next(verdict.transactions()), answers, envelope, source, received=RECEIVED):
        pass


def pyx12_document(path: Path) -> None:
    """Let pyx12 validate the file and write its 999."""
    import pyx12.params  # noqa: PLC0415  only on demand: it is no part of the portal
    import pyx12.x12n_document  # noqa: PLC0415

    logging.getLogger("pyx12").disabled = True
    pyx12.x12n_document.x12n_document(pyx12.params.params(), str(path), io.StringIO(), None)


def rate(work: Callable[[Path], None], path: Path, claims: int, *, rounds: int = 3) -> float:
    """Return claims per second, the best of `rounds`."""
    return claims / min(_seconds(work, path) for _ in range(rounds))


def peak(work: Callable[[Path], None], path: Path) -> float:
    """Return the peak of Python's memory in megabytes."""
    tracemalloc.start()
    work(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


def _seconds(work: Callable[[Path], None], path: Path) -> float:
    start = time.perf_counter()
    work(path)
    return time.perf_counter() - start


def measure(claims: int) -> dict[str, float | str]:
    """Return the figures for one file of `claims` claims."""
    with tempfile.TemporaryDirectory() as folder:
        path, part = Path(folder) / "claims.837", Path(folder) / "part.837"
        write_837p(path, received=RECEIVED, claims=claims)
        some = max(claims // PYX12_SHARE, 1)
        write_837p(part, received=RECEIVED, claims=some)
        return {
            "claims": claims,
            "claims_per_second": rate(read_and_answer, path, claims),
            "read_per_second": rate(read_only, path, claims),
            "pyx12_per_second": rate(pyx12_document, part, some, rounds=1),
            "oxedi": "no-map",
            "split_per_second": rate(split_only, path, claims),
            "peak_mb": peak(read_and_answer, path),
            "read_peak_mb": peak(read_only, path),
            "goal_claims_per_second": 20_000,
            "goal_peak_mb": 64,
        }


async def run() -> None:
    """Measure a file of 5,000 claims and print its line."""
    line("x12-837p", **measure(5000))


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("claims", type=int, nargs="?", default=5000)
    line("x12-837p", **measure(parser.parse_args().claims))


if __name__ == "__main__":
    main()
