"""Which answers of an authenticator count (S13): only those for us, of its verified user, to what we asked, once."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webauthn.helpers import bytes_to_base64url

from services.auth.factors.domain import NotAccepted
from services.auth.passkeys.domain import (
    Passkey,
    answer_options,
    answered,
    credential_of,
    registered,
    registration_options,
    site_of,
)
from tests.support.authenticator import Authenticator

SITE = site_of("Meridian", "https://portal.example:8443")
USER, CHALLENGE, OTHER_CHALLENGE = UUID(int=7), bytes(range(64)), bytes(64)
NOW = datetime(2026, 11, 30, 15, tzinfo=UTC)
WRONG: dict[str, dict[str, Any]] = {
    "of another site": {"origin": "https://portal.example.evil"},
    "of our host at another port": {"origin": "https://portal.example"},
    "for another site": {"host": "evil.example"},
    "without verifying its user": {"verified": False},
}


def device(**changes: Any) -> Authenticator:
    return Authenticator(SITE.origin, SITE.host, **changes)


def asked_to_register(challenge: bytes = CHALLENGE) -> str:
    return registration_options(
        SITE, challenge, user_id=USER, login="j.doe", name="J. Doe", known=(), milliseconds=300_000
    )


def asked_to_answer(challenge: bytes = CHALLENGE) -> str:
    return answer_options(SITE, challenge, known=(), milliseconds=300_000)


def passkey_of(authenticator: Authenticator, **changes: Any) -> Passkey:
    found = registered(SITE, CHALLENGE, authenticator.register(asked_to_register()))
    assert found is not None
    facts = {"public_key": found.public_key, "sign_count": found.sign_count, **changes}
    return Passkey(UUID(int=1), USER, found.credential, "Desk", synced=found.synced, added_at=NOW, **facts)


def test_the_site_is_the_host_for_authenticators_and_the_whole_origin_for_browsers() -> None:
    assert (SITE.host, SITE.origin) == ("portal.example", "https://portal.example:8443")


def test_a_passkey_is_registered_and_answers_again_and_again() -> None:
    authenticator = device()
    passkey = passkey_of(authenticator)
    assert passkey.credential == authenticator.credential
    assert answered(SITE, CHALLENGE, authenticator.answer(asked_to_answer()), passkey) == 1


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_registration_that_is_not_ours_is_refused(wrong: dict[str, Any]) -> None:
    assert registered(SITE, CHALLENGE, device().register(asked_to_register(), **wrong)) is None


def test_a_registration_that_was_not_asked_for_is_refused() -> None:
    assert registered(SITE, CHALLENGE, device().register(asked_to_register(OTHER_CHALLENGE))) is None


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_an_answer_that_is_not_ours_is_refused(wrong: dict[str, Any]) -> None:
    authenticator = device()
    passkey = passkey_of(authenticator)
    answer = authenticator.answer(asked_to_answer(), **wrong)
    assert answered(SITE, CHALLENGE, answer, passkey) == NotAccepted("wrong")


def test_an_answer_to_another_question_or_by_another_key_or_for_another_user_is_refused() -> None:
    authenticator = device()
    passkey = passkey_of(authenticator)
    to_another = authenticator.answer(asked_to_answer(), challenge=bytes_to_base64url(OTHER_CHALLENGE))
    assert answered(SITE, CHALLENGE, to_another, passkey) == NotAccepted("wrong")
    for_another = authenticator.answer(asked_to_answer(), user=UUID(int=8).bytes)
    assert answered(SITE, CHALLENGE, for_another, passkey) == NotAccepted("wrong")
    stranger = passkey_of(device(number=2))
    assert answered(SITE, CHALLENGE, authenticator.answer(asked_to_answer()), stranger) == NotAccepted("wrong")


@pytest.mark.parametrize(
    ("before", "now", "counts"), [(0, 0, True), (0, 1, True), (4, 5, True), (5, 5, False), (5, 4, False), (5, 0, False)]
)
def test_a_count_that_has_not_risen_is_no_use_of_the_same_authenticator(before: int, now: int, counts: bool) -> None:
    authenticator = device()
    passkey = passkey_of(authenticator, sign_count=before)
    found = answered(SITE, CHALLENGE, authenticator.answer(asked_to_answer(), count=now), passkey)
    assert found == (now if counts else NotAccepted("counter"))


@given(st.one_of(st.text(max_size=200), st.recursive(st.none(), st.lists, max_leaves=3).map(str)))
def test_what_no_authenticator_says_is_refused_and_nothing_fails(answer: str) -> None:
    assert registered(SITE, CHALLENGE, answer) is None
    assert credential_of(answer) is None


@pytest.mark.parametrize(
    "answer", ["[" * 8_000, '{"id":"é","rawId":"é"}', "null", '{"id":"","rawId":"","response":{}}']
)
def test_neither_depth_nor_strange_letters_break_the_reading(answer: str) -> None:
    authenticator = device()
    assert registered(SITE, CHALLENGE, answer) is None
    assert answered(SITE, CHALLENGE, answer, passkey_of(authenticator)) == NotAccepted("wrong")
