"""`make service` in a copy of the repository: what it makes passes the rules of the house with nothing done by hand."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.portico import ROOT

FOLDERS = (
    "contracts",
    "deploy",
    "docs",
    "findings",
    "libs",
    "services",
    "simulators",
    "tests",
    "tools",
    "bench",
    "requirements",
)
HOUSE = "tests/unit/house/test_house_rules.py"
MATRIX = "tests/contract/security/test_access_matrix.py"
CHECKS = (
    *("tests/unit/enrollment", "tests/contract/enrollment", "tests/unit/house/test_documents.py"),
    *(f"{HOUSE}::test_features_hold_only_the_rooms_of_the_house", f"{HOUSE}::test_every_service_tells_what_it_decides"),
    "tests/unit/common/addresses",
    "tests/contract/events/test_contracts.py::test_the_gateway_has_the_routes_of_the_code",
    f"{MATRIX}::test_whatever_a_route_asks_for_has_its_rule_and_every_rule_its_route",
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The repository without what is built and installed."""
    place = tmp_path / "portico"
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ROOT.iterdir():
        if file.is_file():
            shutil.copy(file, place / file.name)
    return place


def run(place: Path, *module: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", *module], cwd=place, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


def test_a_new_service_has_its_place_everywhere(copy: Path) -> None:
    assert "Made services/enrollment" in run(copy, "tools.new_service", "enrollment")
    rows = (copy / "deploy" / "edge" / "routes.csv").read_text(encoding="utf-8")
    assert "enrollment,GET,/enrollment,auth.own-account,,\n" in rows
    run(copy, "ruff", "check", "services/enrollment", "tests/unit/enrollment", "libs/common/settings.py")
    run(copy, "ruff", "format", "--check", "services/enrollment", "libs/common/settings.py")
    run(copy, "pytest", "-q", "-p", "no:cacheprovider", *CHECKS)
