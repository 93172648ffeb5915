from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest

from libs.common.audit.heads import HeadForgedError, TreeHead, sign, verify
from libs.common.audit.merkle import GrowingTree
from libs.common.security.keys import KeyRing
from tests.support.keys import key_ring


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return key_ring(tmp_path, "claims")


def a_head() -> TreeHead:
    tree = GrowingTree()
    for number in range(11):
        tree.add(bytes([number]))
    return TreeHead("claims", tree.size, datetime(2026, 11, 23, 9, 0, 0, 5, tzinfo=UTC), tree.root(), tuple(tree.peaks))


def test_a_signed_head_says_what_was_signed(ring: KeyRing) -> None:
    signature = sign(a_head(), *ring.audit_signing_key())
    assert verify(signature, ring.audit_public_keys()) == a_head()
    assert a_head().tree().root() == a_head().root


def test_a_changed_head_does_not_stand(ring: KeyRing) -> None:
    head, payload, signature = sign(a_head(), *ring.audit_signing_key()).split(".")
    text = urlsafe_b64decode(payload + "==").replace(b'"size":11', b'"size":12')
    forged = urlsafe_b64encode(text).decode().rstrip("=")
    with pytest.raises(HeadForgedError):
        verify(f"{head}.{forged}.{signature}", ring.audit_public_keys())


def test_another_services_signature_does_not_stand(ring: KeyRing, tmp_path: Path) -> None:
    signature = sign(a_head(), *key_ring(tmp_path, "appeals").audit_signing_key())
    with pytest.raises(HeadForgedError):
        verify(signature, ring.audit_public_keys())


@pytest.mark.parametrize("text", ["", "a.b.c", "e30.e30.e30", "eyJhbGciOiJub25lIiwia2lkIjoiMSJ9.e30."])
def test_what_is_no_signature_does_not_stand(ring: KeyRing, text: str) -> None:
    with pytest.raises(HeadForgedError):
        verify(text, ring.audit_public_keys())


def test_peaks_that_do_not_make_the_root_are_noticed() -> None:
    head = a_head()
    with pytest.raises(HeadForgedError):
        TreeHead(head.service, head.size, head.at, head.root, head.peaks[::-1]).tree()
    with pytest.raises(HeadForgedError):
        TreeHead(head.service, head.size, head.at, head.root, head.peaks[1:]).tree()
