"""Changed files, the same at every run: whatever is in them, the engine keeps its promises (`tools/fuzz_x12.py`)."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.x12.reader import check_file
from tests.support.x12 import RECEIVED
from tools.fuzz_x12 import CORPUS, try_file

SUPPORT = CORPUS.parent
KEPT = sorted(CORPUS.glob("*.x12"))
EXAMPLES = sorted(file for file in (SUPPORT / "x12_examples").rglob("*") if file.is_file() and file.suffix != ".md")
SEEDS = [file.read_bytes() for file in (*KEPT, *EXAMPLES)]

JUNK = [
    *(b"", b"A" * 90, b"\xe9", b"\x00", b"9" * 30, b"20261301", b"-1", b".", b"0", b"\xb2", b" ", b"D8", b"RD8", b"ZZ"),
    *(b"*", b":", b"~", b"^", b"\r\n", b"1:2:3:4:5:6:7:8:9:10", b"^".join([b"A"] * 200), b"20261120-20261119"),
]


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A file of the seeds with a few changes to its segments, elements and bytes."""
    segments = draw(st.sampled_from(SEEDS)).split(b"~")
    for _ in range(draw(st.integers(1, 4))):
        _change(draw, segments)
    data = bytearray(b"~".join(segments))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        if data:
            data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


def _change(draw: st.DrawFn, segments: list[bytes]) -> None:
    if not segments:
        return
    place = draw(st.integers(0, len(segments) - 1))
    match draw(st.sampled_from(["leave-out", "repeat", "move", "element", "element", "junk", "junk", "graft", "cut"])):
        case "leave-out":
            del segments[place]
        case "repeat":
            segments[place:place] = [segments[place]] * draw(st.integers(1, 3))
        case "move":
            segments.insert(draw(st.integers(0, len(segments) - 1)), segments.pop(place))
        case "element":
            _put(draw, segments, place, draw(st.sampled_from(segments)).split(b"*")[-1])
        case "junk":
            _put(draw, segments, place, draw(st.sampled_from(JUNK)))
        case "graft":
            other = draw(st.sampled_from(SEEDS)).split(b"~")
            start = draw(st.integers(0, len(other) - 1))
            segments[place:place] = other[start : start + 3]
        case "cut":
            del segments[place:]


def _put(draw: st.DrawFn, segments: list[bytes], place: int, value: bytes) -> None:
    elements = segments[place].split(b"*")
    elements[draw(st.integers(0, len(elements) - 1))] = value
    segments[place] = b"*".join(elements)


@pytest.mark.parametrize("file", [*KEPT, *EXAMPLES], ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_kept_file_and_no_example_breaks_a_promise(file: Path) -> None:
    try_file(file.read_bytes())


@settings(
    max_examples=1500, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(data=changed())
def test_no_change_to_a_file_breaks_a_promise(data: bytes) -> None:
    try_file(data)


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(seed=st.sampled_from(SEEDS), noise=st.binary(max_size=300))
def test_noise_behind_any_header_breaks_no_promise(seed: bytes, noise: bytes) -> None:
    try_file(seed[:106] + noise)


def test_the_kept_files_are_small_and_the_good_ones_are_accepted() -> None:
    assert all(file.stat().st_size < 1 << 14 for file in KEPT)
    assert check_file([(CORPUS / "one-claim.x12").read_bytes()], received=RECEIVED).verdict == "accepted"


@pytest.mark.skipif(find_spec("atheris") is not None, reason="the fuzzer is installed")
def test_the_fuzzer_says_in_one_sentence_that_it_is_missing() -> None:
    done = subprocess.run([sys.executable, "-m", "tools.fuzz_x12"], capture_output=True, check=False, timeout=60)

    assert done.returncode == 1
    assert done.stderr.decode().count("\n") == 1
    assert b"pip install atheris" in done.stderr
