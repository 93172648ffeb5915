"""Makes a new service that runs behind the gateway, with one passing test of each tier: `make service name=…`.

Its folder, its place among the services, its row on the map, its routes at the gateway: nothing is left to do by hand.
"""

import re
import subprocess
import sys
from pathlib import Path
from string import Template
from typing import Annotated

import typer

_ROOT = Path(__file__).parents[1]
_TEMPLATES = Path(__file__).parent / "templates"
_SETTINGS = _ROOT / "libs" / "common" / "settings.py"
_MAP = _ROOT / "docs" / "map.md"


def main(name: Annotated[str, typer.Argument(help="A whole word from the field, in lower case.")]) -> None:
    """Create services/<name> and its first tests, and enter it where the services are listed."""
    if not re.fullmatch(r"[a-z][a-z_]+", name):
        raise typer.BadParameter("a service is named by whole words in lower case, joined by underscores")
    target = _ROOT / "services" / name
    if target.exists():
        raise typer.BadParameter(f"services/{name} is there already")
    words = {"name": name, "title": name.replace("_", " ").capitalize()}
    _fill(_TEMPLATES / "service", target, words)
    for tier in (_TEMPLATES / "tests").iterdir():
        _fill(tier, _ROOT / "tests" / tier.name / name / "home", words)
    # At the end: ports are by position.
    _put(_SETTINGS, r"^(SERVICES = \([^)]*)\)", rf'\1, "{name}")')
    _put(_MAP, r"(### Features\n.*?\|\n)(\n)", rf"\1| `{name}` | `home` what it offers |\n\2")
    subprocess.run([sys.executable, "-m", "tools.contracts"], cwd=_ROOT, check=True)
    typer.echo(f"Made services/{name} and its first tests. It is at /{name} after the next `make up`.")
    typer.echo(f"Say what it is for in services/{name}/README.md; add its first function as CONTRIBUTING.md tells.")


def _fill(source: Path, target: Path, words: dict[str, str]) -> None:
    for file in sorted(source.rglob("*.txt")):
        place = target / file.relative_to(source).with_suffix("")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(Template(file.read_text(encoding="utf-8")).substitute(words), encoding="utf-8")


def _put(file: Path, pattern: str, replacement: str) -> None:
    """Change the one place of `file` that `pattern` finds."""
    text = file.read_text(encoding="utf-8")
    changed = re.sub(pattern, replacement, text, count=1, flags=re.DOTALL | re.MULTILINE)
    if changed == text:
        raise LookupError(f"{file.name} has no place for a new service where it was looked for")
    file.write_text(changed, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
