"""Registration decided purely: its steps, who may register, and which user IDs there can be.

Sources: NIST SP 800-63A-4 (identity proofing), 42 CFR and the Enterprise Portal's terms (18 or older), ARS IA-4 (user
IDs are not used again), ARS IA-12(5) (the address is confirmed).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

REGISTER = "/register"
"""Where registration begins; its steps are below it."""

Step = Literal["email", "identity", "terms", "authenticator", "account", "done"]
STEPS: Mapping[Step, tuple[str, str]] = {
    "email": ("Email address", f"{REGISTER}/email"),
    "identity": ("Identity", f"{REGISTER}/identity"),
    "terms": ("Terms", f"{REGISTER}/terms"),
    "authenticator": ("Second proof", f"{REGISTER}/authenticator"),
    "account": ("User ID and password", f"{REGISTER}/account"),
    "done": ("Done", f"{REGISTER}/done"),
}
"""What follows the personal data, in order: what each is called, and where it is."""

PERSON = f"{REGISTER}/person"
ANOTHER = f"{REGISTER}/another"
"""Where the link leads that was mailed to whoever asked for another user ID."""
ASK_ANOTHER = "/auth/another-user-id"
"""Where one asks for it."""

Factor = Literal["", "authenticator", "passkey", "phone"]
"""By what a person will confirm that it is them; empty until one showed that it works."""

APPLICANTS = UUID("00000000-0000-8000-8000-0000000a991c")
"""The organization of everybody who registered and belongs to none yet. A migration makes it."""
APPLICANT = "APPLICANT"
"""Their role: it opens their own account, and the request for an organization."""

STATES = (
    *("AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA"),
    *("ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR"),
    *("PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "AS", "GU", "MP", "PR", "VI"),
)
"""Where one can live who registers: the states, the District of Columbia and the territories, by USPS code."""

# No vowels but those in words nobody minds, and nothing that is read as something else.
_CODE_LETTERS = "23456789BCDFGHJKMNPQRTVWXY"
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{5,29}")

LOGIN_RULE = "6 to 30 characters: letters, digits, periods, hyphens and underscores. It begins with a letter."


@dataclass(frozen=True, slots=True)
class Person:
    """What a person says about themselves.

    Kept sealed until the registration ends; of it stays what the account needs: the name and the mail address. Of a
    person who was proofed before, nothing else is asked.
    """

    first_name: str
    last_name: str
    email: str
    birth_date: date | None = None
    telephone: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that was registered before its account is open; its bytes as hexadecimal digits."""

    credential: str
    public_key: str
    sign_count: int
    synced: bool


Proofing = Literal["open", "failed", "telephone", "documents", "refused", "passed"]
"""How far the identity is proofed: not asked yet; see `libs.partners.proofing` for the others."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration in progress. `known`: its mail address has an account already, so that no code ever fits.

    `same_person_as`: who asked for another user ID, for another office.
    `tries_left`, `reference` and `number` are what the proofing partner told last; `factor` is what showed that it
    works: the phone, the passkey, or the authenticator with the sealed secret, whose code was that of `secret_step`.
    `person` and what is sealed of factors are empty once it is done.
    """

    registration_id: UUID
    support_code: str
    step: Step
    person: Person | None
    email_digest: bytes
    known: bool
    code_digest: bytes | None
    code_until: datetime | None
    code_tries: int
    proofing: Proofing
    tries_left: int
    reference: str
    number: str
    subject_digest: bytes | None
    sealed_secret: str | None
    secret_step: int
    same_person_as: UUID | None
    factor: Factor
    sealed_phone: str | None
    sealed_passkey: str | None
    login_tries: int
    begun_at: datetime

    def accepts_code(self, digest: bytes, now: datetime, *, tries: int) -> bool:
        """Whether a code with this digest confirms the address now."""
        if self.known or self.code_digest is None or self.code_until is None:
            return False
        return self.code_digest == digest and now < self.code_until and self.code_tries < tries


def is_of_age(birth_date: date, today: date, years: int) -> bool:
    """Whether somebody is `years` old today. Born on February 29, they come of age on March 1."""
    had_birthday = (today.month, today.day) >= (birth_date.month, birth_date.day)
    return today.year - birth_date.year - (not had_birthday) >= years


def normal_login(typed: str) -> str:
    """A user ID as it is kept."""
    return typed.strip().lower()


def is_login(login: str) -> bool:
    """Whether a user ID has the right form."""
    return _LOGIN.fullmatch(login) is not None


def support_code(noise: bytes) -> str:
    """What a person tells the help desk about a registration: it finds it, and opens nothing. `noise`: eight bytes."""
    letters = "".join(_CODE_LETTERS[byte % len(_CODE_LETTERS)] for byte in noise[:8])
    return f"R-{letters[:4]}-{letters[4:]}"
