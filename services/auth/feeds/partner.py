"""The files of the enrollment partners: PECOS and EDI enrollment, and the first accounts of a demonstration.

A file is JSON with a detached signature beside it (`<name>.json.sig`: base64 of ECDSA P-256 over SHA-256). The
partner's public key is installed as `secrets/keys/partners/enrollment-feeds.pem`; whoever can write the folder of the
files cannot make one that is believed.
"""

import json
from base64 import b64decode
from binascii import Error as NotBase64Error
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Literal
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from libs.common.settings import Settings


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FedEnrollment(_Part):
    """One enrollment as PECOS knows it, with whether the EDI Enrollment Agreement is on file.

    `submitters` are the identifiers under which that agreement lets files come: the provider's own and those of its
    clearinghouses and billing services.
    """

    enrollment_id: UUID
    npi: str = Field(pattern=r"^[12][0-9]{9}$")
    tax_id: str = Field(pattern=r"^[0-9]{9}$")
    ptan: str = Field(min_length=1, max_length=20)
    line_of_business: str = Field(min_length=1, max_length=3)
    pecos_active: bool
    edi_agreement_signed: bool
    submitters: tuple[Annotated[str, Field(min_length=2, max_length=15)], ...]
    effective: datetime
    ends: datetime | None = None


class FedOrganization(_Part):
    """One organization with all of its enrollments, and the vendors it authorizes.

    `submitter_id` is that of a vendor, under which it is enrolled for EDI.
    """

    organization_id: UUID
    kind: Literal["provider", "vendor", "contractor"]
    name: str
    submitter_id: str = Field(default="", max_length=15)
    enrollments: tuple[FedEnrollment, ...] = ()
    vendors: tuple[UUID, ...] = ()


class EnrollmentFile(_Part):
    """Organizations as they are now. An enrollment that is missing from its organization is no longer active."""

    kind: Literal["enrollments"]
    organizations: tuple[FedOrganization, ...]


class FedGrant(_Part):
    """One permission for one enrollment."""

    enrollment_id: UUID
    permission: str


class FedUser(_Part):
    """A person of a demonstration, with password and secret of the second factor.

    `rules_accepted`: the person accepted today's Rules of Behavior when the account was opened elsewhere. Their
    grants are certified for `certified_days`, as long as everybody's where it says nothing.
    """

    user_id: UUID
    login: str
    name: str
    email: str
    organization_id: UUID
    role: str
    password: SecretStr
    totp_secret: SecretStr
    rules_accepted: bool = False
    certified_days: int | None = Field(default=None, ge=1)
    grants: tuple[FedGrant, ...] = ()


class FedClient(_Part):
    """A program of a demonstration. `public_key` is PEM."""

    user_id: UUID
    client_id: str
    name: str
    organization_id: UUID
    role: str
    public_key: str
    grants: tuple[FedGrant, ...] = ()


class AccountFile(_Part):
    """First accounts. Never taken in a cluster: there, people register."""

    kind: Literal["accounts"]
    users: tuple[FedUser, ...] = ()
    clients: tuple[FedClient, ...] = ()


FeedFile = Annotated[EnrollmentFile | AccountFile, Field(discriminator="kind")]
_FILE: TypeAdapter[FeedFile] = TypeAdapter(FeedFile)


class FeedRefusedError(Exception):
    """A file is not believed. The argument is the reason, without any of its content."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file in the folder. `digest`, over content and signature, tells whether it was seen before."""

    name: str
    digest: bytes
    content: bytes
    signature: bytes


class FeedFolder:
    """Where the partners' files arrive."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.state_directory / "feeds"
        self._key = settings.state_directory / "secrets" / "keys" / "partners" / "enrollment-feeds.pem"

    def delivered(self) -> Iterator[Delivered]:
        """Every file that is there with its signature, by name."""
        for path in sorted(self._folder.glob("*.json")):
            signature = path.with_name(f"{path.name}.sig")
            if signature.exists():
                content, signed = path.read_bytes(), signature.read_bytes()
                digest = sha256(content + signed).digest()
                yield Delivered(path.name, digest, content, signed)

    def read(self, file: Delivered) -> EnrollmentFile | AccountFile:
        """What a file says. Raises `FeedRefusedError` when its signature or its form is wrong."""
        self._verify(file)
        try:
            return _FILE.validate_python(json.loads(file.content))
        except (ValueError, ValidationError):
            raise FeedRefusedError("form") from None

    def _verify(self, file: Delivered) -> None:
        try:
            key = serialization.load_pem_public_key(self._key.read_bytes())
        except FileNotFoundError:
            raise FeedRefusedError("no-partner-key") from None
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise FeedRefusedError("partner-key-kind")
        try:
            key.verify(b64decode(file.signature, validate=True), file.content, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, NotBase64Error, ValueError):
            raise FeedRefusedError("signature") from None
