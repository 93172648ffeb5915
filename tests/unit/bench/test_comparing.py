import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.comparing import INSTALLED_FROM, NotComparedError, checked_out, compare, figures

ROOT = Path(__file__).parents[3]
# A bench package as a revision may have it: notes each run in a file both builds share, and prints `speed`.
BENCH = """
import sys
from pathlib import Path
with Path({log!r}).open("a") as log:
    log.write("{build}\\n")
print("toy claims=25 speed={speed} goal_speed=9 library=none")
"""
# One that never ends by itself, and says when it began and when it was interrupted.
ENDLESS = """
import time
from pathlib import Path
try:
    Path({log!r}).write_text("began")
    while True:
        time.sleep(0.05)
except KeyboardInterrupt:
    Path({log!r}).write_text("ended")
"""


def git(root: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")
    return subprocess.run(  # noqa: S603 - our own command
        ["git", *who, *arguments],  # noqa: S607
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def write(root: Path, name: str, content: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(content)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one older revision, `before`, whose bench runs at half the speed."""
    root, log = tmp_path / "root", str(tmp_path / "log")
    root.mkdir()
    git(root, "init", "--quiet")
    write(root, "bench/__init__.py", "")
    write(root, "bench/__main__.py", BENCH.format(log=log, build="there", speed=50))
    for name in INSTALLED_FROM:
        write(root, name, "as it is")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "before")
    git(root, "tag", "before")
    write(root, "bench/__main__.py", BENCH.format(log=log, build="here", speed=100))
    write(root, ".portico/jars/one.jar", "bytes")
    return root


def worktrees(root: Path) -> int:
    return len(git(root, "worktree", "list").splitlines())


@pytest.fixture(autouse=True)
def _handlers() -> object:
    """Comparing takes over the handlers of a process of its own; here they are pytest's."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_both_builds_run_by_turns_and_each_figure_has_its_ratio(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compare(["toy"], "before", rounds=3, root=root)

    assert (tmp_path / "log").read_text().split() == ["here", "there"] * 3
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "toy claims ratio=1.00 lowest=1.00 highest=1.00 here=25.00 there=25.00 pairs=3",
        "toy speed ratio=2.00 lowest=2.00 highest=2.00 here=100 there=50.00 pairs=3",
    ]
    assert worktrees(root) == 1


def test_lines_of_one_name_are_told_apart_by_their_first_figure_and_goals_are_no_figures() -> None:
    said = "claims claims=25 rate=7.5 goal_rate=9\nclaims claims=50 rate=8\nx12 pyx12=no-map peak_mb=2\n"

    assert figures(said) == {
        ("claims claims=25", "claims"): 25,
        ("claims claims=25", "rate"): 7.5,
        ("claims claims=50", "claims"): 50,
        ("claims claims=50", "rate"): 8,
        ("x12", "peak_mb"): 2,
    }


def test_it_says_where_the_revision_wants_other_packages(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, "requirements/portico.lock", "a newer one")

    compare(["toy"], "before", rounds=1, root=root)

    notes = [line for line in capsys.readouterr().out.splitlines() if line.startswith("note:")]
    assert notes == ["note: requirements/portico.lock of before differs; both builds run with what is installed here"]


def test_the_checkout_has_what_is_installed_and_is_gone_afterwards(root: Path) -> None:
    with checked_out("before", root) as tree:
        assert (tree / ".portico/jars/one.jar").read_text() == "bytes"
        assert "speed=50" in (tree / "bench/__main__.py").read_text()

    assert not tree.parent.exists()
    assert worktrees(root) == 1


def test_a_revision_that_is_none_is_refused_by_name(root: Path) -> None:
    with pytest.raises(NotComparedError, match="no-such-thing cannot be checked out"):
        compare(["toy"], "no-such-thing", root=root)


def test_a_bench_that_fails_ends_it_with_its_last_words(root: Path) -> None:
    write(root, "bench/__main__.py", "raise SystemExit('There is no bench toy.')")

    with pytest.raises(NotComparedError, match="There is no bench toy"):
        compare(["toy"], "before", root=root)
    assert worktrees(root) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_bench_and_removes_the_checkout(root: Path, tmp_path: Path, number: int) -> None:
    log = tmp_path / "log"
    write(root, "bench/__main__.py", ENDLESS.format(log=str(log)))
    program = (
        "from pathlib import Path\nfrom bench.comparing import compare\n"
        f"compare(['toy'], 'before', root=Path({str(root)!r}))"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as running:  # noqa: S603 - our own command
        until = time.monotonic() + 60
        while not (log.exists() and log.read_text() == "began"):
            assert running.poll() is None
            assert time.monotonic() < until
            os.sched_yield()
        assert worktrees(root) == 2
        running.send_signal(number)
        assert running.wait(60) != 0

    assert log.read_text() == "ended"
    assert worktrees(root) == 1
