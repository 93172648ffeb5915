"""The files of the enrollment partners: PECOS and EDI enrollment, and the first accounts of a demonstration.

A file is JSON with a detached signature beside it (`<name>.json.sig`: base64 of ECDSA P-256 over SHA-256). Each source
signs with a key of its own, whose public half is installed as `secrets/keys/partners/<source>.pem`: whoever can write
the folder of the files cannot make one that is believed, and no source speaks for another. While a source changes its
key, the new one stands beside it as `<source>-next.pem`.

A partner's file says which one it is (`kind`, `extent`, `sequence`) and has rows; each row is read by itself, so that
one that cannot be believed keeps no other from being taken.
"""

import json
import re
from base64 import b64decode
from binascii import Error as NotBase64Error
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from libs.common.npi import is_valid_npi
from libs.common.settings import Settings
from services.auth.feeds.domain import Extent, Header, PecosFacts, Source


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _npi(text: str) -> str:
    if not is_valid_npi(text):
        raise ValueError("not an NPI")
    return text


Name = Annotated[str, Field(min_length=1, max_length=200)]
RecordKind = Literal["enrollment", "agreement", "partner"]


class EnrollmentRow(_Part):
    """One enrollment as PECOS knows it, and whose it is.

    `day`: from when a deactivation or revocation counts, or the last one of a stay. `ownership_changed`: on which day
    the ownership last changed (42 CFR 424.550, 489.18).
    """

    organization_id: UUID
    organization: Name
    enrollment_id: UUID
    npi: Annotated[str, AfterValidator(_npi)]
    tax_id: str = Field(pattern=r"^[0-9]{9}$")
    ptan: str = Field(min_length=1, max_length=20)
    line_of_business: Literal["A", "B", "DME"]
    status: Literal["approved", "stayed", "deactivated", "revoked"]
    day: date | None = None
    revalidation_due: date | None = None
    sanction: Literal["none", "excluded", "waived"] = "none"
    ownership_changed: date | None = None
    effective: datetime
    ends: datetime | None = None

    @model_validator(mode="after")
    def _has_its_day(self) -> Self:
        if self.status != "approved" and self.day is None:
            raise ValueError("day")
        return self

    @property
    def key(self) -> tuple[RecordKind, UUID]:
        """Of which record it is the newest."""
        return "enrollment", self.enrollment_id

    @property
    def facts(self) -> PecosFacts:
        """What it says about access."""
        return PecosFacts(self.status, self.day, self.revalidation_due, self.sanction)


class AgreementRow(_Part):
    """The EDI Enrollment Agreement of one enrollment: whether it is signed and on file, and who may send under it.

    `submitters` are the submitter IDs of the provider and those that send for it; `vendors` the clearinghouses and
    billing services among them that use the portal.
    """

    record: Literal["agreement"]
    enrollment_id: UUID
    signed: bool
    submitters: tuple[Annotated[str, Field(min_length=2, max_length=15)], ...] = ()
    vendors: tuple[UUID, ...] = ()

    @property
    def key(self) -> tuple[RecordKind, UUID]:
        """As for `EnrollmentRow`."""
        return "agreement", self.enrollment_id


class PartnerRow(_Part):
    """A clearinghouse or billing service that trades files with the contractor, or the contractor itself.

    `submitter_id` is that of the former: by it the company is known when one of its people registers.
    """

    record: Literal["partner"]
    organization_id: UUID
    kind: Literal["vendor", "contractor"]
    name: Name
    submitter_id: str = Field(default="", max_length=15)

    @property
    def key(self) -> tuple[RecordKind, UUID]:
        """As for `EnrollmentRow`."""
        return "partner", self.organization_id


Row = EnrollmentRow | AgreementRow | PartnerRow
RECORDS: Mapping[Source, tuple[RecordKind, ...]] = {"pecos": ("enrollment",), "edi": ("agreement", "partner")}
"""Which records a source tells of."""

_ROWS: Mapping[Source, TypeAdapter[Any]] = {
    "pecos": TypeAdapter(EnrollmentRow),
    "edi": TypeAdapter(Annotated[AgreementRow | PartnerRow, Field(discriminator="record")]),
}


class _File(_Part):
    """A file before its rows are looked at."""

    kind: Source
    extent: Extent
    sequence: int = Field(ge=1)
    rows: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that is not taken: its number from 1 on, which record it is about and whose, and the fields to correct.

    `record_id` is None, and `about` empty, where even that cannot be read.
    """

    number: int
    record_id: UUID | None
    about: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartnerFile:
    """What a partner's file says, row by row."""

    header: Header
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]

    @property
    def size(self) -> int:
        """How many rows it has, those that are not taken included."""
        return len(self.rows) + len(self.faults)

    def missing(self, kind: RecordKind, known: Iterable[UUID]) -> frozenset[UUID]:
        """The records of a kind that a full file no longer tells of.

        A row that is not taken leaves its record as it was. Where one does not say which record it is about, it may be
        any: then none counts as missing.
        """
        if self.header.extent == "delta" or any(each.record_id is None for each in self.faults):
            return frozenset()
        told = {each.key[1] for each in self.rows if each.key[0] == kind} | {each.record_id for each in self.faults}
        return frozenset(known) - told


def _read_rows(source: Source, raw: Sequence[Any]) -> tuple[tuple[Row, ...], tuple[Fault, ...]]:
    rows: dict[tuple[RecordKind, UUID], Row] = {}
    faults = []
    for number, each in enumerate(raw, start=1):
        try:
            row: Row = _ROWS[source].validate_python(each, strict=False)
        except ValidationError as failed:
            faults.append(_fault(number, each, _fields(failed)))
            continue
        if row.key in rows:
            faults.append(_fault(number, each, ("twice",)))
        else:
            rows[row.key] = row
    return tuple(rows.values()), tuple(faults)


def _fields(failed: ValidationError) -> tuple[str, ...]:
    """The names of the fields that are wrong. Never what they hold: a tax identifier may be a person's SSN."""
    places: list[object] = []
    for error in failed.errors(include_input=False):
        places += error["loc"] or ("day" if error["type"] == "value_error" else "record",)
    known = set(EnrollmentRow.model_fields) | set(AgreementRow.model_fields) | set(PartnerRow.model_fields)
    return tuple(sorted(known.intersection(map(str, places)))) or ("form",)


def _fault(number: int, raw: Any, fields: tuple[str, ...]) -> Fault:
    told = raw if isinstance(raw, dict) else {}
    record_id = _uuid(told.get("organization_id" if told.get("record") == "partner" else "enrollment_id"))
    numbers = (("NPI", told.get("npi"), r"[0-9]{10}"), ("PTAN", told.get("ptan"), r"[A-Za-z0-9]{1,20}"))
    about = [f"{name} {text}" for name, text, form in numbers if isinstance(text, str) and re.fullmatch(form, text)]
    return Fault(number, record_id, ", ".join(about), fields)


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


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


_SIGNERS = (*_ROWS, "accounts")
"""Whose keys are installed; that of accounts in a demonstration only."""

_FILE: TypeAdapter[_File | AccountFile] = TypeAdapter(Annotated[_File | AccountFile, Field(discriminator="kind")])


class FeedRefusedError(Exception):
    """A file is not believed. The argument is the reason, without any of its content."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file in the folder. `digest`, over content and signature, tells whether it was seen before."""

    path: Path
    digest: bytes

    @property
    def name(self) -> str:
        """What the partner called it."""
        return self.path.name


@lru_cache(maxsize=4096)
def _digest(path: Path, signature: Path, _changed: tuple[int, int, int, int]) -> bytes:
    """Read once for each version of a file: years of them may lie in the folder, and it is looked at all the time."""
    return sha256(path.read_bytes() + signature.read_bytes()).digest()


class FeedFolder:
    """Where the partners' files arrive."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.state_directory / "feeds"
        self._keys = settings.state_directory / "secrets" / "keys" / "partners"

    def delivered(self) -> Iterator[Delivered]:
        """Every file that is there with its signature, by name."""
        for path in sorted(self._folder.glob("*.json")):
            signature = _signature_of(path)
            if signature.exists():
                stats = path.stat(), signature.stat()
                changed = stats[0].st_mtime_ns, stats[0].st_size, stats[1].st_mtime_ns, stats[1].st_size
                yield Delivered(path, _digest(path, signature, changed))

    def read(self, file: Delivered) -> PartnerFile | AccountFile:
        """What a file says. Raises `FeedRefusedError` when its signature or its form is wrong.

        What stands in single rows is no fault of the file.
        """
        content = file.path.read_bytes()
        signer = self._signer(content, _signature_of(file.path).read_bytes())
        try:
            told = _FILE.validate_python(json.loads(content))
        except (ValueError, ValidationError, RecursionError):
            raise FeedRefusedError("form") from None
        if told.kind != signer:
            raise FeedRefusedError("signature")
        if isinstance(told, AccountFile):
            return told
        return PartnerFile(Header(told.kind, told.extent, told.sequence), *_read_rows(told.kind, told.rows))

    def _signer(self, content: bytes, signed: bytes) -> str:
        """Whose key signed it. Raises `FeedRefusedError` when it is nobody's, or a source's key is not there yet."""
        faults = []
        for signer in _SIGNERS:
            paths = [path for end in ("", "-next") if (path := self._keys / f"{signer}{end}.pem").exists()]
            if not paths and signer in _ROWS:
                faults.append("no-partner-key")
            for path in paths:
                key = serialization.load_pem_public_key(path.read_bytes())
                if not isinstance(key, ec.EllipticCurvePublicKey):
                    faults.append("partner-key-kind")
                elif _is_signed(content, signed, key):
                    return signer
        # Where a key is missing, the file is looked at again when it is there.
        reason = "no-partner-key" if "no-partner-key" in faults else next(iter(faults), "signature")
        raise FeedRefusedError(reason)


def _is_signed(content: bytes, signed: bytes, key: ec.EllipticCurvePublicKey) -> bool:
    try:
        key.verify(b64decode(signed, validate=True), content, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, NotBase64Error, ValueError):
        return False
    return True


def _signature_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sig")
