"""The proof of one record, checked as the runbook tells people outside: with `openssl` and nothing of ours (S25)."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from libs.common.audit.chain import BEGINNING, canonical, link
from libs.common.audit.heads import TreeHead, sign
from libs.common.audit.merkle import GrowingTree
from libs.common.audit.verifier import NotProvableError, Proof, check_proof, proof_of
from libs.common.security.keys import KeyRing
from tests.support.keys import key_ring

RUNBOOK = Path(__file__).parents[4] / "docs" / "runbooks" / "audit-proof.md"
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OTHER = "00" * 32


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return key_ring(tmp_path_factory.mktemp("keys"), "claims")


def proof_in(ring: KeyRing, *, size: int, index: int) -> Proof:
    """The proof of one record of a trail of `size` records."""
    tree, previous, leaves = GrowingTree(), BEGINNING, []
    records = [canonical({"action": "read", "reason": f"é {number}"}) for number in range(size)]
    for record in records:
        previous = link(previous, record)
        leaves.append(previous)
        tree.add(previous)
    head = TreeHead("claims", size, AT, tree.root(), tuple(tree.peaks))
    before = leaves[index - 1] if index else BEGINNING
    signature = sign(head, *ring.audit_signing_key())
    return proof_of(records[index], before, index, leaves, signature, ring.audit_public_keys())


def accepted_outside(content: Mapping[str, Any], ring: KeyRing, folder: Path) -> bool:
    """Whether the steps of the runbook accept the file."""
    [steps] = re.findall(r"^```python$(.+?)^```$", RUNBOOK.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    proof, key = folder / "proof.json", folder / "key.pem"
    proof.write_text(json.dumps(content), encoding="utf-8")
    key.write_bytes(ring.audit_public_keys()["1"])
    asked = [sys.executable, "-I", "-c", steps, str(proof), str(key)]
    return subprocess.run(asked, capture_output=True, timeout=60, check=False).returncode == 0  # noqa: S603 - the runbook


@pytest.mark.parametrize(("size", "index"), [(1, 0), (2, 1), (7, 3), (7, 6), (8, 0), (11, 9)])
def test_a_proof_is_accepted_by_tools_of_others(size: int, index: int, ring: KeyRing, tmp_path: Path) -> None:
    proof = proof_in(ring, size=size, index=index)
    assert check_proof(proof, ring.audit_public_keys()).size == size
    assert accepted_outside(asdict(proof), ring, tmp_path)


FORGERIES = {
    "another record": lambda proof: {"record": proof.record.replace("read", "none")},
    "another place": lambda _: {"leaf_index": 4},
    "another record before": lambda _: {"previous": OTHER},
    "another leaf": lambda _: {"leaf_hash": OTHER},
    "a shorter path": lambda proof: {"path": proof.path[1:]},
    "a longer path": lambda proof: {"path": (*proof.path, OTHER)},
    "another root": lambda _: {"root": OTHER},
    "another size": lambda _: {"tree_size": 8},
    "another service": lambda _: {"service": "appeals"},
    "a signature of somebody else": lambda proof: {"tree_head": proof.tree_head[:-8] + "AAAAAAAA"},
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_proof_is_refused_by_us_and_by_tools_of_others(forgery: str, ring: KeyRing, tmp_path: Path) -> None:
    proof = proof_in(ring, size=7, index=3)
    forged = replace(proof, **FORGERIES[forgery](proof))
    with pytest.raises(NotProvableError):
        check_proof(forged, ring.audit_public_keys())
    assert not accepted_outside(asdict(forged), ring, tmp_path)
