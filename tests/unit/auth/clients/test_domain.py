"""Assertions of clients."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.auth.clients.domain import Assertion, accept, wanted_enrollment

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
RIGHT = {"iss": "me", "sub": "me", "aud": "portal", "exp": SECONDS + 300, "iat": SECONDS, "jti": "one"}


def asked(**changes: Any) -> object:
    return accept({**RIGHT, **changes}, "me", audiences=frozenset({"portal"}), now=NOW, longest=timedelta(minutes=5))


def test_the_right_one_is_accepted_until_it_expires() -> None:
    assert asked() == Assertion("one", NOW + timedelta(minutes=5))
    assert asked(aud=["portal"]) == asked()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"exp": float("nan")}, "claims"),
        ({"exp": "soon"}, "claims"),
        ({"jti": ""}, "claims"),
        ({"jti": 7}, "claims"),
        ({"jti": "x" * 201}, "claims"),
        ({"jti": "half a sign \ud800"}, "claims"),
        ({"exp": 10**400}, "claims"),
        ({"sub": "you"}, "subject"),
        ({"iss": "you"}, "subject"),
        ({"aud": ["portal", "elsewhere"]}, "audience"),
        ({"aud": []}, "audience"),
        ({"aud": {"portal": 1}}, "audience"),
        ({"exp": SECONDS - 5}, "expired"),
        ({"exp": SECONDS + 306}, "too-long"),
        ({"iat": SECONDS + 6}, "from-the-future"),
        ({"nbf": SECONDS + 6}, "from-the-future"),
        ({"nbf": float("nan")}, "claims"),
    ],
)
def test_each_fault_is_named(changes: dict[str, Any], fault: str) -> None:
    assert asked(**changes) == fault


def test_a_scope_names_an_enrollment_or_nothing() -> None:
    assert wanted_enrollment("") is None
    assert wanted_enrollment(f"enrollment:{UUID(int=1)}") == UUID(int=1)
    for scope in ("everything", "enrollment:", "enrollment:x"):
        with pytest.raises(ValueError, match=r"\S"):
            wanted_enrollment(scope)
