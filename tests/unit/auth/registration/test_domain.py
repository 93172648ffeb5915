from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.auth.registration.domain import Registration, is_login, is_of_age, normal_login, support_code

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("born", "today", "of_age"),
    [
        (date(2008, 11, 30), date(2026, 11, 30), True),
        (date(2008, 12, 1), date(2026, 11, 30), False),
        (date(2008, 2, 29), date(2026, 2, 28), False),
        (date(2008, 2, 29), date(2026, 3, 1), True),
        (date(1950, 1, 1), date(2026, 11, 30), True),
    ],
)
def test_who_is_18_on_the_day_may_register(born: date, today: date, of_age: bool) -> None:
    assert is_of_age(born, today, 18) is of_age


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("jo.smith", True),
        ("  Jo.Smith2 ", True),
        ("jo", False),
        ("1jsmith", False),
        ("jo smith", False),
        ("jo@smith.example", False),
        ("j" * 30, True),
        ("j" * 31, False),
        ("josmíth", False),
    ],
)
def test_the_form_of_a_user_id(typed: str, right: bool) -> None:
    assert is_login(normal_login(typed)) is right


def test_a_support_code_can_be_read_aloud() -> None:
    code = support_code(bytes(range(8)))
    assert len(code) == 11
    assert code.startswith("R-")
    assert not set("0O1ILSZAEU").intersection(code[2:])


def registration(**changes: object) -> Registration:
    values = {
        "registration_id": UUID(int=1),
        "support_code": "R-2222-2222",
        "step": "email",
        "person": None,
        "email_digest": b"",
        "known": False,
        "code_digest": b"right",
        "code_until": NOW + timedelta(minutes=30),
        "code_tries": 0,
        "proofing": "open",
        "tries_left": 0,
        "reference": "",
        "number": "",
        "subject_digest": None,
        "sealed_secret": None,
        "secret_step": 0,
        "same_person_as": None,
        "factor": "",
        "sealed_phone": None,
        "sealed_passkey": None,
        "login_tries": 0,
        "begun_at": NOW,
        **changes,
    }
    return Registration(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "digest"),
    [
        ({}, b"wrong"),
        ({"known": True}, b"right"),
        ({"code_tries": 3}, b"right"),
        ({"code_until": NOW}, b"right"),
        ({"code_digest": None, "code_until": None}, b"right"),
    ],
    ids=["another code", "the address has an account", "three tries", "too late", "used before"],
)
def test_a_code_that_does_not_confirm(changes: dict[str, object], digest: bytes) -> None:
    assert registration().accepts_code(b"right", NOW, tries=3)
    assert not registration(**changes).accepts_code(digest, NOW, tries=3)
