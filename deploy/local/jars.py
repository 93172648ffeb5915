"""The jars of Apache Kafka: fetched once by exact coordinates, each held against its committed SHA-256.

The tree is never resolved: a resolver picks versions that the broker does not start with, and a list with digests is
what makes the same broker on every machine.
"""

import fcntl
import hashlib
import logging
import os
import shutil
import sys
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import PlatformError

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("kafka-4.3.1-jars.txt")
# An installed part like the virtual environment, so one copy serves every state directory of this clone.
DIRECTORY = ROOT / ".portico" / "jars"
_STAMP = "verified"
_ATTEMPTS = 2


@dataclass(frozen=True)
class Jar:
    """One jar of the list: its coordinates and the SHA-256 (hex) of its bytes."""

    group: str
    artifact: str
    version: str
    sha256: str

    def path(self, directory: Path) -> Path:
        """Where the jar lies below `directory` (layout of a Maven repository)."""
        folder = directory.joinpath(*self.group.split("."), self.artifact, self.version)
        return folder / f"{self.artifact}-{self.version}.jar"


def jars(text: str) -> list[Jar]:
    """Return the jars named by lines `group:artifact:version sha256:hex`.

    Raises `ValueError` for a line of another form.
    """
    found = []
    for line in text.splitlines():
        coordinates, _, digest = line.partition(" sha256:")
        group, artifact, version = coordinates.split(":")
        found.append(Jar(group, artifact, version, digest))
    return found


def class_path(directory: Path = DIRECTORY) -> str:
    """Return the class path of the broker.

    Raises `PlatformError` when the jars were never fetched and verified.
    """
    text = LIST.read_text()
    stamp = directory / _STAMP
    if not stamp.exists() or stamp.read_text() != _digest(text.encode()):
        raise PlatformError("The parts of Apache Kafka are not installed: run 'make setup' first.")
    return os.pathsep.join(str(jar.path(directory)) for jar in jars(text))


def fetch(directory: Path = DIRECTORY) -> int:
    """Fetch what is missing, verify every digest and leave a stamp; returns how many jars were fetched.

    Raises `PlatformError` when the registry is out of reach, the disk is full or a jar is not the one that was locked.
    """
    text = LIST.read_text()
    stamp = directory / _STAMP
    if stamp.exists() and stamp.read_text() == _digest(text.encode()):
        return 0
    with _alone(directory):
        wanted = jars(text)
        missing = [jar for jar in wanted if not _intact(jar, directory)]
        for done, _ in enumerate(_downloads(missing, directory), start=1):
            if done % 10 == 0 or done == len(missing):
                _say(f"  Apache Kafka: {done} of {len(missing)} parts")
        stamp.write_text(_digest(text.encode()))
        return len(missing)


def _downloads(missing: Sequence[Jar], directory: Path) -> Iterator[Jar]:
    with ThreadPoolExecutor(max_workers=8) as pool:
        tasks = {pool.submit(_download, jar, directory): jar for jar in missing}
        try:
            for task in as_completed(tasks):
                task.result()
                yield tasks[task]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _download(jar: Jar, directory: Path) -> None:
    # Imported late: warm starts never fetch, and the import costs a fifth of a second.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from jgo.maven import MavenContext  # noqa: PLC0415
    logging.getLogger("jgo").setLevel(logging.CRITICAL)
    for attempt in range(1, _ATTEMPTS + 1):
        context = MavenContext(repo_cache=directory)
        try:
            context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
        except Exception as problem:
            if attempt < _ATTEMPTS:
                continue
            if shutil.disk_usage(directory).free < (64 << 20):
                raise PlatformError("The disk is full: free about 1 GB and run 'make setup' again.") from problem
            raise PlatformError(
                f"{jar.artifact} {jar.version} could not be fetched from the Maven registry: "
                "check the network connection and run 'make setup' again."
            ) from problem
        if _intact(jar, directory):
            return
        jar.path(directory).unlink(missing_ok=True)
    raise PlatformError(
        f"{jar.artifact} {jar.version} came from the Maven registry with other bytes than the locked ones: "
        "it was thrown away; run 'make setup' again, and do not use this registry if that repeats."
    )


def _intact(jar: Jar, directory: Path) -> bool:
    path = jar.path(directory)
    return path.exists() and _digest(path.read_bytes()) == jar.sha256


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Hold the directory against a second set-up in the same clone."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Fetch the jars; exit status 1 with one sentence when that cannot be done."""
    try:
        fetch()
    except PlatformError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
