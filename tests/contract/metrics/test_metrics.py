"""The metrics as Prometheus's own linter reads them."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import Counter, Gauge, Histogram, generate_latest

from libs.common.observability import metrics

CATALOG = [each for each in vars(metrics).values() if isinstance(each, Counter | Gauge | Histogram)]
INSTALLED = Path(sys.executable).parent / "promtool"


@pytest.fixture
def shown() -> Iterator[bytes]:
    """What `/metrics` answers when each metric of the catalog has a value."""
    made = []
    for each in CATALOG:
        if names := each._labelnames:
            values = [f"{name} of a test" for name in names]
            each.labels(*values)
            made.append((each, values))
    yield generate_latest()
    for each, values in made:
        each.remove(*values)


def test_promtool_finds_nothing_in_any_metric(shown: bytes) -> None:
    promtool = shutil.which("promtool") or (str(INSTALLED) if INSTALLED.exists() else None)
    if promtool is None:
        raise AssertionError("No promtool was found. Install Debian's package prometheus, or put promtool on the PATH.")
    for each in CATALOG:
        assert each._name.encode() in shown
    linted = subprocess.run(  # noqa: S603 - a linter on our own words
        [promtool, "check", "metrics"], input=shown, capture_output=True, check=False
    )
    assert (linted.returncode, linted.stdout.decode() + linted.stderr.decode()) == (0, "")
