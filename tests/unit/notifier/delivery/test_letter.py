from dataclasses import MISSING, fields, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from services.notifier.delivery.composers import COMPOSERS
from services.notifier.delivery.composers.access_not_recertified import Facts, compose
from services.notifier.delivery.domain import (
    Composer,
    HelpDesk,
    Letter,
    NoRecipientError,
    Recipient,
    message_number,
    pause_after,
    recipient_of,
)
from services.notifier.settings import UserMailSettings

RECIPIENT = Recipient("Aldora Nettlecombe", "aldora@riverside.example")
REMOVAL = Facts("Riverside Clinic", "5120")
HELP = HelpDesk("Meridian", "1-800-555-0142", "Monday to Friday", "help@portico.example")


def test_a_letter_says_what_ended_where_what_it_means_and_whom_to_ask() -> None:
    letter = compose(RECIPIENT, REMOVAL, HELP)

    assert letter.subject == "Your access to the provider portal has changed"
    for words in (
        "Dear Aldora Nettlecombe,",
        "Your access to all functions of the provider portal ended for Riverside Clinic, NPI ending in 5120.",
        "What this means:",
        "ask the portal administrator of the organization",
    ):
        assert words in letter.text
    assert "Claim Status" in compose(RECIPIENT, replace(REMOVAL, function="Claim Status"), HELP).text


# Of subject and text, whose facts all say "something". A new text needs a new version, and its line here.
TEXTS = {
    ("access-approved", 1): "bcd35b7cd6cda065",
    ("access-asked", 1): "f637f4ac7b09aef6",
    ("access-lapsed", 1): "9c0088d2962436e6",
    ("access-not-recertified", 1): "824309bcbbb3281a",
    ("account-inactive-notice", 1): "7da888f9def51483",
    ("account-inactive-disabled", 1): "8c2582ae720c2a55",
    ("account-inactive-enabled-again", 1): "22c5db29a94033da",
    ("certification-account-declined", 2): "7e87d0e8aa78e472",
    ("certification-account-suspended", 2): "9c3ff7578854b7ba",
    ("certification-suspended", 1): "55196c0e174210f8",
    ("certification-asked", 1): "c8a52d3ccc9675d5",
    ("certification-reminder", 1): "627a2202617e2aca",
    ("hets-attestation-due", 1): "5ff29c1df5fd6090",
    ("administrator-stepped-down", 1): "2f53880ca0ac56e0",
    ("member-left", 1): "de818ffc71cebf75",
    ("member-removed", 1): "87212c701ff13550",
    ("membership-ended", 1): "fd10cc902f90249a",
    ("organization-unmanaged", 1): "e10fcbcc52202815",
    ("contractor-asked", 1): "e390ee1c02e5c75e",
    ("contractor-approved", 1): "9923321648b60f3c",
    ("contractor-refused", 1): "fd7dcfea96da4bc1",
    ("administrator-added", 1): "4e53eb347ac6dcbb",
    ("join-asked", 1): "a110880c342caaf0",
    ("organization-asked", 1): "9994b4fc399ca36a",
    ("organization-lapsed", 1): "9aa38ceb2a8d8342",
    ("hets-attestation-open", 1): "773fca0fd62ba262",
    ("hets-not-sent", 1): "9ed449bb375e0b74",
    ("hets-refused", 1): "5142ba23ae714ca4",
    ("access-refused", 1): "9d0bb6d08b9e55ef",
    ("account-disabled", 1): "039c5d39f4aa54ea",
    ("account-exists", 2): "3d3126493ae19a9a",
    ("account-locked", 1): "983b3476ffbbdc31",
    ("account-unlocked", 1): "826b5898a22ae854",
    ("biller-asked", 1): "29d920783735e52d",
    ("biller-confirmed", 1): "08ceeb0b545607af",
    ("biller-ended", 1): "2f71ca71086e0bf8",
    ("biller-refused", 1): "706035ef9e55dc03",
    ("factor-added", 1): "ee051d353714b6a6",
    ("factor-removed", 1): "00e9fbc09e4b4d2f",
    ("factors-lost-asked", 1): "10619d80e3342e0e",
    ("factors-lost-canceled", 1): "a0bfbe656628e880",
    ("factors-lost-confirmed", 1): "b45ec2e138cb4273",
    ("factors-lost-ended", 1): "e3dac611c9f300ba",
    ("factors-lost-refused", 1): "cc99685c3982c246",
    ("factors-lost-waiting", 1): "0047c427700fe425",
    ("email-changed", 1): "46e0244bff99baf2",
    ("email-code", 1): "9e97e3f09399ed25",
    ("another-user-id", 1): "eb6b4a29a38b876b",
    ("user-ids", 1): "fa51921736735a62",
    ("new-device", 1): "01f27355e8a153bc",
    ("organization-approved", 1): "efec0b5fa87b7b1b",
    ("organization-declined", 1): "10b1e7113a54bf4b",
    ("password-changed", 1): "74b011714f5a589b",
    ("password-reset-link", 1): "d69a7e49d880e019",
    ("recovery-code-used", 1): "59d94c9cfab53837",
    ("recovery-codes-made", 1): "01b449a561f003b6",
    ("registration-code", 1): "fa84033c1937c845",
    ("registration-complete", 2): "62045bb36556eac8",
    ("requests-pending", 1): "14e55de17a7c80e2",
    ("sign-in-code", 1): "d92909d5f7e85602",
    ("account-closed", 1): "28433c1f0b850956",
    ("account-closed-of", 1): "a88c98e6de238999",
    ("account-disabled-by-staff", 1): "3b86e649efe1fc28",
    ("account-enabled-by-staff", 1): "fa0c734c8c2eb3f9",
    ("account-enabled-without-role", 1): "54bcc3d434964a99",
    ("signed-out-by-staff", 1): "d3327f59f7db2ecd",
    ("staff-invited", 1): "659b7d946bd1e925",
    ("staff-role-changed", 1): "17ac69eced8a810c",
    ("staff-ended", 1): "a09414e9f5402ce5",
    ("sign-in-not-mine", 1): "5bd8cf57e7001fe2",
}


def letter_of(composer: Composer[Any]) -> Letter:
    text = {each.name: "something" for each in fields(composer.facts) if each.default is MISSING}
    return composer.compose(RECIPIENT, composer.facts(**text), HELP)


def test_a_version_is_one_text() -> None:
    found = {}
    for kind, composer in COMPOSERS.items():
        letter = letter_of(composer)
        found[kind, composer.version] = sha256(f"{letter.subject}\n{letter.text}".encode()).hexdigest()[:16]
    assert found == TEXTS


@pytest.mark.parametrize("kind", COMPOSERS)
def test_every_kind_of_letter_says_to_whom_it_goes_and_whom_to_ask(kind: str) -> None:
    letter = letter_of(COMPOSERS[kind])

    assert letter.text.startswith(f"Dear {RECIPIENT.name},\n\n")
    assert letter.text.endswith(f"{HELP.closing}\n")
    assert "help desk 1-800-555-0142" in HELP.closing
    assert "Do not send patient information by email." in HELP.closing
    assert "\n" not in letter.subject


def test_a_recipient_is_a_name_and_an_address() -> None:
    assert recipient_of(f" {RECIPIENT.name} ", RECIPIENT.email) == RECIPIENT


@pytest.mark.parametrize(
    ("name", "email"),
    [
        (RECIPIENT.name, ""),
        (RECIPIENT.name, "no address"),
        (RECIPIENT.name, "a@b"),
        (RECIPIENT.name, "a@b.example\nBcc: c@d.example"),
        (RECIPIENT.name, "a@b.example, c@d.example"),
        (RECIPIENT.name, f"{'a' * 250}@b.example"),
        ("", RECIPIENT.email),
        ("A\r\nBcc: c@d.example", RECIPIENT.email),
        ("A" * 121, RECIPIENT.email),
    ],
)
def test_what_is_no_recipient_is_refused_and_not_quoted(name: str, email: str) -> None:
    with pytest.raises(NoRecipientError) as refused:
        recipient_of(name, email)
    assert "example" not in str(refused.value)


def test_the_number_is_the_same_at_every_attempt() -> None:
    assert message_number(UUID(int=1), "help@portico.example") == f"<{UUID(int=1)}@portico.example>"


def test_the_pauses_grow_to_five_minutes() -> None:
    assert [pause_after(n).total_seconds() for n in range(1, 7)] == [5, 15, 30, 60, 300, 300]


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"USER": "portal", "STARTTLS": "off"}, "PORTICO_USER_MAIL_USER needs PORTICO_USER_MAIL_STARTTLS=required"),
        ({"STARTTLS": "on"}, "starttls"),
        ({"SERVER": "mail.example"}, "server"),
    ],
)
def test_settings_of_the_mail_server_that_cannot_be_are_told(
    variables: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"PORTICO_USER_MAIL_{name}", value)
    with pytest.raises(ValidationError, match=told):
        UserMailSettings()
