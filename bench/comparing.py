"""Two builds on one machine: benches of this tree and of a revision run by turns, and the ratio of each figure.

What a machine does beside a bench changes figures by more than most commits do. Runs by turns (this tree, the
revision, this tree, …) meet the same neighbors, and each pair gives one ratio; their spread says how far to trust the
median. The revision is checked out below a temporary folder and runs its own benches, with the packages, jars and
built files that are installed here.
"""

import shutil
import signal
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measuring import line

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 5
INSTALLED_FROM = (
    "requirements/portico.lock",
    "requirements/development.lock",
    "package-lock.json",
    "deploy/local/kafka-4.3.1-jars.txt",
)
"""What says which packages, jars and built files a build wants."""
_SHARED = (".portico/jars", "libs/common/web/static/built")

Figures = dict[tuple[str, str], float]
"""What one run measured, by the line it stood in and its own name."""


class NotComparedError(Exception):
    """There is nothing to compare with; the text says why."""


def compare(names: Sequence[str], revision: str, *, rounds: int = ROUNDS, root: Path = ROOT) -> None:
    """Run each bench of `names` `rounds` times in both builds by turns, and print a line for each figure.

    Raises `NotComparedError` when `revision` is none, or a bench fails in either build. The checkout is removed
    whatever happens, also after an interrupt.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with checked_out(revision, root) as other:
        for name in differing(root, other):
            sys.stdout.write(f"note: {name} of {revision} differs; both builds run with what is installed here\n")
        for name in names:
            here, there = [], []
            for _ in range(rounds):
                here.append(measured(name, root))
                there.append(measured(name, other))
            tell(here, there)


@contextmanager
def checked_out(revision: str, root: Path = ROOT) -> Iterator[Path]:
    """A working tree of `revision` with what is installed in `root`, for as long as the block lasts."""
    with TemporaryDirectory(prefix="portico-against-") as folder:
        tree = Path(folder) / "tree"
        try:
            added = _git(root, "worktree", "add", "--quiet", "--detach", str(tree), revision)
            if added.returncode:
                raise NotComparedError(f"{revision} cannot be checked out: {_last_words(added.stderr)}")
            for name in _SHARED:
                if (root / name).is_dir() and not (tree / name).exists():
                    shutil.copytree(root / name, tree / name)
            yield tree
        finally:
            _git(root, "worktree", "remove", "--force", str(tree))


def differing(root: Path, other: Path) -> list[str]:
    """Which of `INSTALLED_FROM` are not the same in both trees."""
    return [name for name in INSTALLED_FROM if _content(root / name) != _content(other / name)]


def measured(name: str, tree: Path) -> Figures:
    """What one run of the bench `name` in `tree` measured. Raises `NotComparedError` with its last words."""
    # In a session of its own, so that an interrupt reaches it once, from here, and it can end what it started.
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "bench", name],
        cwd=tree,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        try:
            said, complaints = running.communicate()
        except KeyboardInterrupt:
            running.send_signal(signal.SIGINT)
            running.wait()
            raise
    if running.returncode:
        raise NotComparedError(f"{name} does not run in {tree}: {_last_words(complaints)}")
    return figures(said)


def figures(said: str) -> Figures:
    """The numbers in the lines of a bench, goals left out.

    Of several lines with one name, each is told from the others by its first figure, as `claims-e2e claims=25`.
    """
    lines = [each.split() for each in said.splitlines() if each]
    names = [words[0] for words in lines]
    found: Figures = {}
    for name, *words in lines:
        label = name if names.count(name) == 1 else f"{name} {words[0]}"
        for figure, value in (word.split("=", 1) for word in words):
            if not figure.startswith("goal_") and (number := _number(value)) is not None:
                found[label, figure] = number
    return found


def tell(here: Sequence[Figures], there: Sequence[Figures]) -> None:
    """Print a line for each figure that both builds have: the median ratio (here / there), its range, the medians."""
    for label, figure in here[0]:
        key = (label, figure)
        pairs = [(a[key], b[key]) for a, b in zip(here, there, strict=True) if key in a and key in b]
        ratios = [a / b for a, b in pairs if b]
        if not ratios:
            continue
        line(
            f"{label} {figure}",
            ratio=statistics.median(ratios),
            lowest=min(ratios),
            highest=max(ratios),
            here=statistics.median(a for a, _ in pairs),
            there=statistics.median(b for _, b in pairs),
            pairs=len(ratios),
        )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _last_words(said: str) -> str:
    return (said.strip().splitlines() or ["it said nothing"])[-1]


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)  # noqa: S603, S607
