"""What other services and partners rely on: committed documents agree with the code, old samples still decode."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from libs.common.contracts.base import REGISTRY
from libs.common.sealing import Sealed
from tools.contracts import ROOT, ROUTES, as_text, documents, routes, sealed, sealed_path

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


@pytest.mark.parametrize("kind", sealed(), ids=lambda kind: kind.place)
def test_what_was_sealed_once_is_still_read(kind: Sealed[Any]) -> None:
    # Rows and events are kept for years: what they hold must be read by every later version, with nothing lost.
    content = (ROOT / sealed_path(kind)).read_text(encoding="utf-8")

    read = TypeAdapter(kind.holds).dump_python(kind.decode(content.encode()), mode="json")

    assert is_within(json.loads(content), read)


def is_within(sample: Any, read: Any) -> bool:
    """Whether all of `sample` is in `read`, which may have gained fields since, at any depth."""
    if isinstance(sample, dict):
        return all(name in read and is_within(value, read[name]) for name, value in sample.items())
    if isinstance(sample, list):
        return len(sample) == len(read) and all(map(is_within, sample, read))
    return bool(sample == read)


def test_the_committed_documents_are_those_of_the_code() -> None:
    stale = [
        path
        for path, content in documents().items()
        if not (ROOT / path).exists() or (ROOT / path).read_text(encoding="utf-8") != as_text(content)
    ]
    assert stale == [], "run `make contracts`"


def test_the_gateway_has_the_routes_of_the_code() -> None:
    assert ROUTES.read_text(encoding="utf-8") == routes(), "run `make contracts`"
