"""Makes a fresh clone runnable: `python3 tools/setup.py [development]`. Needs nothing but Python 3.11 or newer.

Each step leaves a stamp with the digest of what it installed and is skipped while that is unchanged. Whatever goes
wrong is told in one sentence that says what to do. Only the standard library is imported, and the syntax is kept to
what an older Python still reads, because telling somebody that her Python is too old takes a Python that can start.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
OLDEST = (3, 11)
LOCKS = {"portico": ["portico.lock"], "development": ["portico.lock", "development.lock"]}
_SPACE_NEEDED = 3 << 30
_EVERY = 5.0


class SetupError(Exception):
    """Set-up cannot go on; the text is one plain sentence that says what to do."""


def main(arguments: list[str]) -> int:
    """Set up for running (default) or for development; exit status 1 and one sentence when that fails."""
    wanted = arguments[0] if arguments else "portico"
    try:
        check_python(sys.version_info[:2])
        python = environment()
        packages(python, wanted)
        step(python, "deploy.local.jars")
        if (ROOT / "tools" / "assets.py").exists():
            step(python, "tools.assets")
        if wanted == "development":
            browser(python)
            promtool()
    except SetupError as problem:
        if str(problem):
            sys.stderr.write(f"{problem}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped; 'make setup' goes on where it was.\n")
        return 130
    return 0


def check_python(version: tuple[int, ...]) -> None:
    """Raise `SetupError` when Python is older than Portico needs."""
    if version < OLDEST:
        here = ".".join(str(number) for number in version)
        raise SetupError(
            f"Portico needs Python 3.11 or newer and this is {here}: "
            "install a newer one and run make with PYTHON=python3.11 (or its path)."
        )


def environment() -> Path:
    """Make the virtual environment when there is none; returns its Python."""
    python = ENVIRONMENT / "bin" / "python"
    if python.exists() and (ENVIRONMENT / "bin" / "pip").exists():
        return python
    if shutil.disk_usage(ROOT).free < _SPACE_NEEDED:
        raise SetupError(
            "The disk is nearly full: Portico and its parts need 3 GB; free some and run 'make setup' again."
        )
    say("Making the virtual environment")
    done = run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)])
    if done.returncode:
        words = done.stdout
        if "ensurepip" in words:
            raise SetupError("Python's venv module is incomplete: install the package python3-venv and run make again.")
        raise SetupError(f"The virtual environment could not be made: {last_line(words)}")
    return python


def packages(python: Path, wanted: str) -> None:
    """Install the locked packages by hash, unless these very locks were installed before."""
    lock = ROOT / "requirements" / f"{LOCKS[wanted][-1]}"
    stamp = ENVIRONMENT / "installed-locks"
    installed = set(stamp.read_text().split()) if stamp.exists() else set()
    if digest(lock) in installed:
        return
    total = sum(1 for line in lock.read_text().splitlines() if "==" in line and not line.startswith((" ", "#")))
    say(f"Installing {total} packages")
    command = [
        *(str(python), "-m", "pip", "install", "--require-hashes", "--no-input", "--progress-bar", "off"),
        *("--disable-pip-version-check", "--root-user-action=ignore", "-r", str(lock)),
    ]
    words = []
    seen, told = 0, time.monotonic()
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    ) as running:
        for line in running.stdout or ():
            words.append(line)
            seen += line.startswith(("Collecting ", "Requirement already satisfied"))
            if line.startswith("Installing collected"):
                say("  unpacking")
            elif time.monotonic() - told > _EVERY:
                say(f"  {min(seen, total)} of {total} packages")
                told = time.monotonic()
    if running.returncode:
        raise SetupError(told_by_pip("".join(words)))
    stamp.write_text("\n".join(digest(ROOT / "requirements" / name) for name in LOCKS[wanted]) + "\n")


def told_by_pip(words: str) -> str:
    """Return one sentence for what pip said on its way out."""
    if "No space left on device" in words:
        return "The disk is full: free 3 GB and run 'make setup' again."
    if "DO NOT MATCH THE HASHES" in words:
        return (
            "A package came from the registry with other bytes than the locked ones and was thrown away: "
            "run 'make setup' again, and do not use this registry if that repeats."
        )
    unreachable = ("Max retries", "NewConnectionError", "Temporary failure in name", "ConnectTimeout", "Read timed out")
    if any(sign in words for sign in unreachable):
        return "The Python package registry is out of reach: check the network connection and run 'make setup' again."
    if "No matching distribution" in words or "Could not find a version" in words:
        return f"The registry has not every locked package for this Python and machine: {last_line(words)}"
    return f"pip could not install the packages: {last_line(words)}"


def step(python: Path, module: str) -> None:
    """Run one set-up module of the project; it tells its own trouble in a sentence."""
    done = subprocess.run([str(python), "-m", module], cwd=ROOT, check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise SetupError  # without words: the module's own stand on the screen


def browser(python: Path) -> None:
    """See to a browser for the journey tests: the one there is, Debian's when root, else Playwright's."""
    if found_browser(python):
        return
    packager = shutil.which("apt-get")
    if os.geteuid() == 0 and packager is not None:
        say("Installing Chromium (Debian)")
        install = [packager, "install", "-y", "--no-install-recommends", "chromium"]
        if run(install).returncode:
            run([packager, "update"])
            run(install)
        if found_browser(python):
            return
    say("Installing Chromium (Playwright)")
    run([str(python), "-m", "playwright", "install", "chromium"])
    if not found_browser(python):
        # Not an error of set-up: everything but the journey tests runs, and those say the same.
        say("There is no browser for the journey tests: install Chromium, or set CHROMIUM to the path of one.")


def promtool() -> None:
    """See to Prometheus's linter for the tests: the one there is, else Debian's, without the server it comes with."""
    target = ENVIRONMENT / "bin" / "promtool"
    packager = shutil.which("apt-get")
    if shutil.which("promtool") or target.exists():
        return
    if packager is not None:
        say("Fetching promtool (Debian)")
        with tempfile.TemporaryDirectory() as folder:
            fetch = [packager, "download", "prometheus"]
            if run(fetch, folder).returncode and os.geteuid() == 0:
                run([packager, "update"])
                run(fetch, folder)
            for package in Path(folder).glob("prometheus_*.deb"):
                run(["dpkg-deb", "--extract", str(package), folder])
                shutil.copy(Path(folder) / "usr" / "bin" / "promtool", target)
    if not target.exists():
        # Not an error of set-up: one test needs it and says the same.
        say("There is no promtool for the tests: install Debian's package prometheus, or put promtool on the PATH.")


def found_browser(python: Path) -> bool:
    """Whether `$CHROMIUM`, the PATH or Playwright's own folder has a Chromium."""
    if named := os.environ.get("CHROMIUM"):
        return os.access(named, os.X_OK)
    if any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return True
    asked = (
        "from playwright.sync_api import sync_playwright as s\n"
        "import os, sys\n"
        "with s() as p: sys.exit(not os.access(p.chromium.executable_path, os.X_OK))"
    )
    return run([str(python), "-c", asked]).returncode == 0


def run(command: list[str], folder: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command, in `folder` if wanted, without showing its words, which come back in one piece."""
    return subprocess.run(  # noqa: S603 - our own commands
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        text=True,
        cwd=folder,
        check=False,
    )


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def last_line(words: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing."


def say(line: str) -> None:
    """Tell one line of progress at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
