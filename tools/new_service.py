"""Makes a new service with every room it needs and one passing test of each tier: `make service name=…`."""

import re
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from libs.common.settings import SERVICES

_ROOT = Path(__file__).parents[1]
_TEMPLATES = Path(__file__).parent / "templates"
_KNOWN = {
    "eligibility": ("ELIGIBILITY_INQUIRY", "Answers whether and how a beneficiary is covered, from HETS."),
    "remittance": ("REMITTANCE_READ", "Shows what was paid and why, and takes what is paid back."),
    "appeals": ("REDETERMINATION_READ", "Takes and follows redeterminations, reconsiderations and reopenings."),
}


def main(name: Annotated[str, typer.Argument(help="A whole word from the field, in lower case.")]) -> None:
    """Create services/<name> and its first tests."""
    if not re.fullmatch(r"[a-z][a-z_]+", name):
        raise typer.BadParameter("a service is named by whole words in lower case, joined by underscores")
    target = _ROOT / "services" / name
    if target.exists():
        raise typer.BadParameter(f"services/{name} is there already")
    permission, duty = _KNOWN.get(name, ("OWN_ACCOUNT", "Say here in one sentence what it is for."))
    words = {"name": name, "title": name.replace("_", " ").capitalize(), "permission": permission, "duty": duty}
    _fill(_TEMPLATES / "service", target, words)
    for tier in (_TEMPLATES / "tests").iterdir():
        _fill(tier, _ROOT / "tests" / tier.name / name / "home", words)
    typer.echo(f"made services/{name} and its first tests")
    if name not in SERVICES:
        typer.echo(
            "next: add it to SERVICES in libs/common/settings.py (at the end: ports are by position), its topics to "
            "libs/common/messaging/topics.py, its functions to contract.toml, its permissions to "
            "libs/common/security/permissions.py"
        )


def _fill(source: Path, target: Path, words: dict[str, str]) -> None:
    for file in sorted(source.rglob("*.txt")):
        place = target / file.relative_to(source).with_suffix("")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(Template(file.read_text(encoding="utf-8")).substitute(words), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
