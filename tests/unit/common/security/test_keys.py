import pickle
import stat
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.sealing import SealBrokenError
from libs.common.security import keys as module
from libs.common.security.key_files import prepare_keys
from libs.common.security.keys import KeyNotHeldError, KeyRing
from libs.common.settings import Settings
from tests.support.keys import MONTH, key_ring, settings_with_keys

PLACE = "claims.claim-finalized.v1|1"
FACTS = b'{"patient":"Aldora Ashgrove"}'


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return key_ring(tmp_path_factory.mktemp("state"), "claims")


@given(plaintext=st.binary(max_size=300), context=st.text(max_size=40))
def test_what_is_sealed_opens_again_in_its_place(ring: KeyRing, plaintext: bytes, context: str) -> None:
    assert ring.open(ring.seal("claims-facts", plaintext, context=context), context=context) == plaintext


def test_a_sealed_text_moved_to_another_place_does_not_open(ring: KeyRing) -> None:
    with pytest.raises(SealBrokenError):
        ring.open(ring.seal("claims-facts", FACTS, context=PLACE), context="claims.claim-finalized.v1|2")


def test_every_changed_byte_is_noticed(ring: KeyRing) -> None:
    *head, body = ring.seal("claims-facts", FACTS, context=PLACE).split(".")
    content = urlsafe_b64decode(body)
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1
        with pytest.raises(SealBrokenError):
            ring.open(".".join([*head, urlsafe_b64encode(changed).decode()]), context=PLACE)


@pytest.mark.parametrize("text", ["", "s1", "s1.claims-facts.2026-11", "s2.claims-facts.2026-11.AAAA", "s1.x.y.AAAA"])
def test_what_is_no_sealed_text_is_refused(ring: KeyRing, text: str) -> None:
    with pytest.raises(SealBrokenError):
        ring.open(text, context=PLACE)


def test_a_sealed_text_relabeled_for_other_readers_does_not_open(ring: KeyRing) -> None:
    sealed = ring.seal("claims-facts", FACTS, context=PLACE)
    with pytest.raises(SealBrokenError):
        ring.open(sealed.replace("claims-facts", "partner-claims"), context=PLACE)


def test_the_same_content_never_looks_the_same_twice(ring: KeyRing) -> None:
    assert len({ring.seal("claims-facts", FACTS, context=PLACE) for _ in range(100)}) == 100


def test_only_readers_of_the_group_open(tmp_path: Path) -> None:
    sealed = key_ring(tmp_path, "claims").seal("claims-facts", FACTS, context=PLACE)
    assert key_ring(tmp_path, "appeals").open(sealed, context=PLACE) == FACTS
    for stranger in ("remittance", "notifier", "portal", "shared_system"):
        with pytest.raises(KeyNotHeldError):
            key_ring(tmp_path, stranger).open(sealed, context=PLACE)


def test_no_service_holds_anothers_document_keys(tmp_path: Path) -> None:
    with pytest.raises(KeyNotHeldError):
        key_ring(tmp_path, "appeals").document_key("claims")


def test_a_new_month_seals_with_a_new_key_and_the_old_still_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = key_ring(tmp_path, "claims")
    old = ring.seal("claims-facts", FACTS, context=PLACE)
    prepare_keys(tmp_path / "secrets", month="2026-12")
    monkeypatch.setattr(module, "_LOOK_AGAIN_SECONDS", 0.0)
    new = ring.seal("claims-facts", FACTS, context=PLACE)
    assert (old.split(".")[2], new.split(".")[2]) == (MONTH, "2026-12")
    assert ring.open(old, context=PLACE) == ring.open(new, context=PLACE) == FACTS


def test_a_reader_finds_a_key_made_after_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = key_ring(tmp_path, "appeals")
    reader.group("claims-facts")
    prepare_keys(tmp_path / "secrets", month="2026-12")
    sealed = key_ring(tmp_path, "claims").seal("claims-facts", FACTS, context=PLACE)
    monkeypatch.setattr(module, "_ASK_AGAIN_SECONDS", 0.0)
    assert reader.open(sealed, context=PLACE) == FACTS


def test_destroying_a_months_key_destroys_what_it_sealed(tmp_path: Path) -> None:
    sealed = key_ring(tmp_path, "claims").seal("claims-facts", FACTS, context=PLACE)
    (tmp_path / "secrets/keys/seal/claims-facts" / MONTH).unlink()
    prepare_keys(tmp_path / "secrets", month="2026-12")
    with pytest.raises(KeyNotHeldError):
        KeyRing.load(Settings(state_directory=tmp_path), "claims").open(sealed, context=PLACE)


def test_key_files_are_readable_by_their_owner_only_and_never_made_again(tmp_path: Path) -> None:
    prepare_keys(tmp_path, month=MONTH)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    prepare_keys(tmp_path, month=MONTH)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {stat.S_IMODE(path.stat().st_mode) for path in before} == {0o400}
    assert len(set(before.values())) == len(before)


def test_a_cut_key_file_is_refused(tmp_path: Path) -> None:
    settings_with_keys(tmp_path)
    path = tmp_path / "secrets/keys/seal/totp" / MONTH
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(ValueError, match="does not hold 32 bytes"):
        key_ring(tmp_path, "auth").group("totp")


def test_a_beneficiary_has_one_token_per_deployment(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    token = key_ring(here, "claims").beneficiary_token("1EG4TE5MK73")
    assert token == key_ring(here, "eligibility").beneficiary_token("1EG4TE5MK73")
    assert token != key_ring(here, "claims").beneficiary_token("1EG4TE5MK74")
    assert token != key_ring(there, "claims").beneficiary_token("1EG4TE5MK73")
    assert token.startswith("b1_")
    assert len(token) == 3 + 32


def test_a_new_pepper_leaves_the_old_one_to_old_hashes(tmp_path: Path) -> None:
    ring = key_ring(tmp_path, "auth")
    first = ring.pepper()
    (tmp_path / "secrets/keys/pepper/2").write_bytes(bytes(range(32)))
    assert (ring.pepper_version, ring.pepper(), ring.pepper(1)) == (2, bytes(range(32)), first)
    with pytest.raises(KeyNotHeldError):
        ring.pepper(3)


def test_a_ring_sent_to_another_process_carries_no_key(ring: KeyRing) -> None:
    sealed = ring.seal("claims-facts", FACTS, context=PLACE)
    sent = pickle.dumps(ring)
    assert len(sent) < 400
    assert pickle.loads(sent).open(sealed, context=PLACE) == FACTS  # noqa: S301 - our own bytes
