import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.notifier.delivery.domain import (
    Contact,
    HelpDesk,
    NoContactError,
    Removal,
    contact_of,
    message_number,
    not_recertified,
    pause_after,
)

CONTACT = Contact("Aldora Nettlecombe", "aldora@riverside.example")
REMOVAL = Removal("Riverside Clinic", "5120")
HELP = HelpDesk("Meridian", "1-800-555-0142", "Monday to Friday", "help@portico.example")


def sealed(**facts: Any) -> bytes:
    return json.dumps({"name": CONTACT.name, "email": CONTACT.email, **facts}).encode()


def test_a_letter_says_what_ended_where_what_it_means_and_whom_to_ask() -> None:
    letter = not_recertified(CONTACT, REMOVAL, HELP)

    assert letter.subject == "Your access to the provider portal has changed"
    for words in (
        "Dear Aldora Nettlecombe,",
        "Your access to all functions of the provider portal ended for Riverside Clinic, NPI ending in 5120.",
        "What this means:",
        "ask the portal administrator of the organization",
        "help desk 1-800-555-0142",
        "Do not send patient information by email.",
    ):
        assert words in letter.text
    assert "Claim Status" in not_recertified(CONTACT, replace(REMOVAL, function="Claim Status"), HELP).text


def test_a_contact_is_a_name_and_an_address() -> None:
    assert contact_of(sealed()) == CONTACT


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no json",
        b"[]",
        b'{"name": "A"}',
        sealed(email=""),
        sealed(email="no address"),
        sealed(email="a@b"),
        sealed(email="a@b.example\nBcc: c@d.example"),
        sealed(email="a@b.example, c@d.example"),
        sealed(email=f"{'a' * 250}@b.example"),
        sealed(name=""),
        sealed(name="A\r\nBcc: c@d.example"),
        sealed(name="A" * 121),
    ],
)
def test_what_is_no_contact_is_refused_and_not_quoted(content: bytes) -> None:
    with pytest.raises(NoContactError) as refused:
        contact_of(content)
    assert "example" not in str(refused.value)


def test_the_number_is_the_same_at_every_attempt() -> None:
    assert message_number(UUID(int=1), "help@portico.example") == f"<{UUID(int=1)}@portico.example>"


def test_the_pauses_grow_to_five_minutes() -> None:
    assert [pause_after(n).total_seconds() for n in range(1, 7)] == [5, 15, 30, 60, 300, 300]
