from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.contracts.sealed import CLAIM_FACTS, CONTACT, ClaimFacts, Contact, ServiceFacts
from libs.common.sealing import SealBrokenError, Sealed
from libs.common.security.keys import KeyNotHeldError, KeyRing
from tests.unit.common.security.test_keys import key_ring

OWNER, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return key_ring(tmp_path, "auth")


@given(st.builds(ClaimFacts, lines=st.dictionaries(st.integers(1, 999), st.from_type(ServiceFacts))))
def test_what_is_sealed_is_read_again_with_every_character(facts: ClaimFacts) -> None:
    assert CLAIM_FACTS.decode(CLAIM_FACTS.encode(facts)) == facts


def test_a_value_opens_for_its_owner_alone(keys: KeyRing) -> None:
    sealed = CONTACT.seal(keys, Contact("Jo Doe", "jo@riverside.example"), OWNER)
    assert CONTACT.open(keys, sealed, OWNER) == Contact("Jo Doe", "jo@riverside.example")
    with pytest.raises(SealBrokenError):
        CONTACT.open(keys, sealed, OTHER)


def test_only_the_readers_of_a_value_can_open_it(keys: KeyRing, tmp_path: Path) -> None:
    sealed = CONTACT.seal(keys, Contact("Jo Doe", "jo@riverside.example"), OWNER)
    with pytest.raises(KeyNotHeldError):
        CONTACT.open(key_ring(tmp_path, "claims"), sealed, OWNER)


@pytest.mark.parametrize("content", [b"", b"no json", b"[]", b'{"name": "Jo Doe"}', b'{"name": 1, "email": "jo@x"}'])
def test_what_is_not_of_its_shape_is_refused_and_not_quoted(content: bytes) -> None:
    with pytest.raises(SealBrokenError) as refused:
        CONTACT.decode(content)
    assert "jo" not in str(refused.value).lower()
    assert refused.value.__cause__ is None


def test_no_two_values_belong_to_one_place() -> None:
    with pytest.raises(TypeError, match="two sealed values"):
        Sealed(CONTACT.place, Contact, readers="contacts")
