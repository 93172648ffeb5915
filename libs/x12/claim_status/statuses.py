"""Claim status notifications: 277 (005010X212) from the shared system, written and read.

The shared system uses it unasked, so its trace number is the internal control number. Its own names of the provider
and the patient travel along as the guide wants, and are not read: Portico knows both by the control number.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from libs.common.money import decimal_text, parse_cents
from libs.x12.claim_status.acknowledgement import Source, Status
from libs.x12.guide import COMPONENT, ELEMENT
from libs.x12.tokenizer import Fault, tokens
from libs.x12.writing import Envelope, TransactionWriter, compose, day, moment, write_file

GUIDE = "005010X212"
_STATUS_ELEMENTS = 10


@dataclass(slots=True, frozen=True)
class ClaimStatus:
    """What the shared system says about one claim. Money in cents.

    `finalized` is the day of adjudication; `payment_date` and `check_number` are those of the check or transfer.
    """

    internal_control_number: str
    patient_control_number: str
    status: Status
    effective: date
    charge_cents: int
    paid_cents: int = 0
    finalized: date | None = None
    payment_date: date | None = None
    check_number: str = ""
    service_from: date | None = None
    service_to: date | None = None


@dataclass(slots=True, frozen=True)
class StatusParty:
    """Provider and patient of a status as they stand in the file."""

    provider_name: str
    provider_npi: str
    last_name: str
    first_name: str
    mbi: str


class StatusFileError(Exception):
    """A 277 of the shared system cannot be read. The message is a stable code and holds no value of the file."""


def write_statuses(
    statuses: Iterable[tuple[ClaimStatus, StatusParty]], envelope: Envelope, source: Source, receiver: Source
) -> Iterator[bytes]:
    """Yield a 277 with one claim status for each item, in pieces of about 64 KB.

    Neighbours with the same provider share its level.
    """
    return write_file(envelope, "HN", GUIDE, _transaction(statuses, envelope, source, receiver))


def _transaction(
    statuses: Iterable[tuple[ClaimStatus, StatusParty]], envelope: Envelope, source: Source, receiver: Source
) -> Iterator[bytes]:
    writer = TransactionWriter("277", "0001", GUIDE)
    created = envelope.created
    writer.add("BHT", "0010", "08", str(envelope.control_number), day(created), moment(created), "DG")
    writer.add("HL", "1", "", "20", "1")
    writer.add("NM1", "PR", "2", source.name, "", "", "", "", "PI", source.identifier)
    writer.add("HL", "2", "1", "21", "1")
    writer.add("NM1", "41", "2", receiver.name, "", "", "", "", "46", receiver.identifier)
    level, above, provider = 2, 0, ""
    for status, party in statuses:
        if party.provider_npi != provider:
            level += 1
            above, provider = level, party.provider_npi
            writer.add("HL", str(level), "2", "19", "1")
            writer.add("NM1", "1P", "2", party.provider_name, "", "", "", "", "XX", provider)
        level += 1
        writer.add_text(*_status(status, party, level, above))
        if writer.full():
            yield writer.take()
    yield writer.close()


def _status(status: ClaimStatus, party: StatusParty, level: int, above: int) -> tuple[str, int]:
    segments = [
        compose("HL", str(level), str(above), "22", "0"),
        compose("NM1", "IL", "1", party.last_name, party.first_name, "", "", "", "MI", party.mbi),
        compose("TRN", "2", status.internal_control_number),
        compose(
            "STC",
            (status.status.category, status.status.code, status.status.entity),
            day(status.effective),
            "",
            decimal_text(status.charge_cents),
            decimal_text(status.paid_cents),
            day(status.finalized) if status.finalized else "",
            "",
            day(status.payment_date) if status.payment_date else "",
            status.check_number,
        ),
        compose("REF", "1K", status.internal_control_number),
        compose("REF", "EJ", status.patient_control_number),
    ]
    if status.service_from:
        first, last = day(status.service_from), day(status.service_to or status.service_from)
        segments.append(
            compose("DTP", "472", "D8", first) if first == last else compose("DTP", "472", "RD8", f"{first}-{last}")
        )
    return "".join(segments), len(segments)


def read_statuses(source: Iterable[bytes]) -> Iterator[ClaimStatus]:
    """Yield the claim statuses of a 277, in file order and constant memory.

    Raises `StatusFileError` when the file is no 277 of this guide, is cut off, or a status lacks its control
    number or has a value that cannot be read. What was yielded before is sound but the file must not be relied on.
    """
    pending: _Pending | None = None
    known = False
    for token in tokens(source):
        if isinstance(token, Fault):
            raise StatusFileError(token.code)
        for segment in token if isinstance(token, list) else ():
            elements = segment.split(ELEMENT)
            if elements[0] == "GS":
                known = elements[-1] == GUIDE
            if not known:
                continue
            if elements[0] in {"TRN", "HL", "SE"} and pending is not None:
                yield pending.close()
                pending = None
            if elements[0] == "TRN" and elements[1:2] == ["2"]:
                pending = _Pending()
            if pending is not None:
                pending.take(elements)
    if not known:
        raise StatusFileError("guide-not-supported")


class _Pending:
    """One claim status while its segments arrive."""

    def __init__(self) -> None:
        self._references: dict[str, str] = {}
        self._status: list[str] = []
        self._period = ""

    def take(self, elements: list[str]) -> None:
        match elements:
            case ["STC", *rest] if not self._status:
                self._status = [*rest, *[""] * (_STATUS_ELEMENTS - len(rest))]
            case ["REF", qualifier, value, *_]:
                self._references[qualifier] = value
            case ["DTP", "472", _, period, *_]:
                self._period = period

    def close(self) -> ClaimStatus:
        if "1K" not in self._references or not self._status:
            raise StatusFileError("status-incomplete")
        composite, effective, _, charge, paid, finalized, _, payment_date, check_number, *_ = self._status
        category, code, entity = (*composite.split(COMPONENT), "", "", "")[:3]
        try:
            return ClaimStatus(
                internal_control_number=self._references["1K"],
                patient_control_number=self._references.get("EJ", ""),
                status=Status(category, code, entity),
                effective=_day(effective),
                charge_cents=parse_cents(charge),
                paid_cents=parse_cents(paid or "0"),
                finalized=_day(finalized) if finalized else None,
                payment_date=_day(payment_date) if payment_date else None,
                check_number=check_number,
                service_from=_day(self._period[:8]) if self._period else None,
                service_to=_day(self._period[-8:]) if self._period else None,
            )
        except ValueError as error:
            raise StatusFileError("status-value") from error


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
