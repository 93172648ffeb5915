"""The documents people sign: of whom each is asked, how long it counts, what it opens (handbook 6.5; ARS PL-4, AT-2).

A document has a text in versions: ours, or the official one an operator loads. Who signed one version signed no other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID

from libs.common.security.permissions import STAFF
from services.auth.access.domain import ADMINISTRATORS

AGREEMENTS = "/auth/agreements"
"""Where a person reads, signs, and finds what they signed."""

DUE = f"{AGREEMENTS}/due"
"""Leads to the first document that is due, and on when there is none."""

Name = Literal[
    "administrator",
    "attestation",
    "code-sets",
    "notice",
    "privileged-rules",
    "rules-of-behavior",
    "terms",
    "training",
]
Gate = Literal["rules", "training", "codes", "sign-in"]
"""What stays closed without it: everything (`rules`, `training`), the pages with codes, or the way in itself."""

Means = Literal["electronic", "account-file"]
"""How a text was accepted: on the page, or before, as the file says that brought the account."""

PRIVILEGED = ADMINISTRATORS | STAFF
"""Roles that sign the addendum for privileged users."""

MEMBERS = PRIVILEGED | {"PROVIDER_USER", "VENDOR_USER"}
"""Roles of an organization: who has one attests each year that the account is right and still needed."""

_WITH_CODES = ("/appeals", "/claims", "/remittance")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a text: what its sentences are about, and the sentences."""

    heading: str
    opening: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a text. `right` is the number of the right option, from 1; `because` says why."""

    text: str
    options: tuple[str, ...]
    right: int
    because: str


@dataclass(frozen=True, slots=True)
class Text:
    """A document in one version, as it is shown and signed."""

    document: Name
    version: str
    title: str
    parts: tuple[Part, ...]
    questions: tuple[Question, ...] = ()

    @property
    def digest(self) -> bytes:
        """SHA-256 of every word below its title, by which one knows later what was accepted."""
        lines = [self.version]
        for part in self.parts:
            lines += [part.heading, part.opening, *part.sentences]
        for question in self.questions:
            lines += [question.text, *question.options, question.because]
        return sha256("\n".join(lines).encode()).digest()


@dataclass(frozen=True, slots=True)
class Document:
    """What is asked of whom. `roles`: only of these; `signed`: with a fresh code (NIST SP 800-53, PL-4, AC-14)."""

    name: Name
    gate: Gate
    signed: bool
    roles: frozenset[str] | None = None

    def asked_of(self, role: str) -> bool:
        """Whether somebody of this role accepts it."""
        return self.roles is None or role in self.roles


DOCUMENTS: Mapping[Name, Document] = {
    each.name: each
    for each in (
        Document("notice", "sign-in", signed=False),
        Document("terms", "rules", signed=False),
        Document("rules-of-behavior", "rules", signed=True),
        Document("privileged-rules", "rules", signed=True, roles=PRIVILEGED),
        Document("administrator", "rules", signed=True, roles=ADMINISTRATORS),
        Document("attestation", "rules", signed=True, roles=MEMBERS),
        Document("training", "training", signed=True),
        Document("code-sets", "codes", signed=False),
    )
}
"""All there are, in the order in which they are asked. The notice is accepted at each sign-in and signed by nobody."""

Texts = Mapping[Name, Text]
"""The text of each document that is asked today."""


def signable_by(role: str) -> tuple[Document, ...]:
    """What somebody of this role signs, in order."""
    return tuple(each for each in DOCUMENTS.values() if each.gate != "sign-in" and each.asked_of(role))


def shows_codes(path: str) -> bool:
    """Whether CPT or CDT codes may stand on the page: only whoever accepted their license sees them."""
    return path.startswith(tuple(f"{each}/" for each in _WITH_CODES)) or path in _WITH_CODES


@dataclass(frozen=True, slots=True)
class Signature:
    """One acceptance of a text. `signer` is the name that was typed; empty where an account file says so."""

    signature_id: UUID
    document: Name
    version: str
    digest: bytes
    signer: str
    means: Means
    signed_at: datetime
    valid_until: datetime

    def stands(self, text: Text, now: datetime) -> bool:
        """Whether it still counts: for the text asked today, less than a year old."""
        return self.digest == text.digest and now < self.valid_until


Signed = Mapping[Name, Signature]
"""What a person signed last of each document."""


def is_due(text: Text, signed: Signature | None, now: datetime) -> bool:
    """Whether the document must be signed before one goes on."""
    return signed is None or not signed.stands(text, now)


def may_sign(text: Text, signed: Signature | None, now: datetime, *, early: timedelta) -> bool:
    """Whether it can be signed now: it is due, or runs out within `early`."""
    return signed is None or not signed.stands(text, now) or now >= signed.valid_until - early


def due_of(documents: Iterable[Document], texts: Texts, signed: Signed, now: datetime) -> tuple[Document, ...]:
    """Those of some documents that must be signed before one goes on."""
    return tuple(each for each in documents if is_due(texts[each.name], signed.get(each.name), now))


def counts_until(gate: Gate, role: str, texts: Texts, signed: Signed, now: datetime) -> datetime:
    """Until when somebody of this role has all of a gate signed; `now` when something of it is due."""
    documents = [each for each in signable_by(role) if each.gate == gate]
    if due_of(documents, texts, signed, now):
        return now
    return min(signed[each.name].valid_until for each in documents)


def wrong_answers(text: Text, answers: Mapping[int, int]) -> tuple[int, ...]:
    """The numbers, from 1, of the questions that were answered wrongly."""
    return tuple(place for place, each in enumerate(text.questions, 1) if answers.get(place) != each.right)


def passes(text: Text, answers: Mapping[int, int], *, percent: int) -> bool:
    """Whether enough answers are right: `percent` of the questions or more."""
    right = len(text.questions) - len(wrong_answers(text, answers))
    return right * 100 >= percent * len(text.questions)
