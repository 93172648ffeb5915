"""What other services and partners rely on: committed documents agree with the code, old samples still decode."""

import json
from pathlib import Path

import pytest

from libs.common.contracts.base import REGISTRY
from tools.contracts import ROOT, ROUTES, as_text, documents, routes

SAMPLES = sorted((ROOT / "samples").glob("*.json"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_what_was_published_once_still_decodes(path: Path) -> None:
    contract = REGISTRY[path.stem]
    sample = json.loads(path.read_text(encoding="utf-8"))

    decoded = contract.model_validate(sample)

    # Fields that were added since are not in it, at any depth.
    assert decoded.model_dump(mode="json", exclude_unset=True) == sample
    assert decoded.subject


def test_every_contract_has_a_sample() -> None:
    assert {path.stem for path in SAMPLES} == set(REGISTRY)


def test_the_committed_documents_are_those_of_the_code() -> None:
    stale = [
        path
        for path, content in documents().items()
        if not (ROOT / path).exists() or (ROOT / path).read_text(encoding="utf-8") != as_text(content)
    ]
    assert stale == [], "run `make contracts`"


def test_the_gateway_has_the_routes_of_the_code() -> None:
    assert ROUTES.read_text(encoding="utf-8") == routes(), "run `make contracts`"
