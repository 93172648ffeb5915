"""What people are told who register: each letter is whole, and says no more than its reader may know."""

import pytest

from services.notifier.delivery.composers import COMPOSERS
from services.notifier.delivery.domain import HelpDesk, Recipient

RECIPIENT = Recipient("Aldora Willowmarch", "aldora@willowmarch.example")
DESK = HelpDesk("Meridian", "800-555-0100", "8 to 5", "help@portico.example")
DECISION = {
    "organization": "Riverside Clinic",
    "role": "portal administrator",
    "reason": "The official does not know you.",
}


@pytest.mark.parametrize(
    ("kind", "facts", "says"),
    [
        ("registration-code", {"code": "012345", "minutes": "30"}, "Your code is 012345."),
        ("account-exists", {}, "You have an account already"),
        ("registration-complete", {}, "an account was opened for you"),
        ("organization-approved", DECISION, "you belong to Riverside Clinic now, as portal administrator"),
        ("organization-approved", {**DECISION, "role": "user"}, "granted by the portal administrator"),
        ("organization-declined", DECISION, "The reason: The official does not know you."),
    ],
)
def test_a_letter_says_what_happened_and_whom_to_ask(kind: str, facts: dict[str, str], says: str) -> None:
    composer = COMPOSERS[kind]
    letter = composer.compose(RECIPIENT, composer.facts(**facts), DESK)
    assert says in letter.text
    assert letter.text.startswith("Dear Aldora Willowmarch,")
    assert "800-555-0100" in letter.text
    assert "012345" not in letter.subject
