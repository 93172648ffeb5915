"""What an envelope of CORE vC2.2.0 says, whatever form it has: `mime.py`, `soap.py`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

RULE_VERSION = "2.2.0"
SUCCESS = "Success"

PAYLOAD = "Payload"
FIELDS = (
    "PayloadType",
    "ProcessingMode",
    "PayloadID",
    "TimeStamp",
    "SenderID",
    "ReceiverID",
    "CORERuleVersion",
    "ErrorCode",
    "ErrorMessage",
)
"""In the order of the schema; the payload stands before the two that only answers have."""

_REQUIRED = FIELDS[:7]
_MAX_FIELD_LENGTH = 256


class CoreEnvelopeError(ValueError):
    """A message that is no envelope of this rule. The text names the field, never a value.

    `error_code` is what the rule calls the fault, such as `PayloadIDRequired`; empty when no field is at fault.
    """

    def __init__(self, text: str, error_code: str = "") -> None:
        super().__init__(text)
        self.error_code = error_code


class CoreFaultError(CoreEnvelopeError):
    """The other side answered with a SOAP fault. `code` is one of SOAP's own, such as `Sender`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"SOAP fault {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class CoreMessage:
    """One message: what it carries, between whom, under which id.

    `payload_type` is such as `X12_270_Request_005010X279A1`; `at` is UTC; `payload_id` is unique for each message.
    An answer has an `error_code`: `Success`, or what is wrong with the envelope it answers.
    """

    payload_type: str
    payload_id: str
    at: datetime
    sender: str
    receiver: str
    payload: bytes
    mode: Literal["RealTime", "Batch"] = "RealTime"
    error_code: str = ""
    error_message: str = ""


def fields_of(message: CoreMessage) -> Iterator[tuple[str, str]]:
    """Name and value of each field that is to be written, in order."""
    values = (
        message.payload_type,
        message.mode,
        message.payload_id,
        message.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        message.sender,
        message.receiver,
        RULE_VERSION,
        message.error_code,
        message.error_message,
    )
    return ((name, value) for name, value in zip(FIELDS, values, strict=True) if value or name in _REQUIRED)


def message_of(found: Mapping[str, str], payload: bytes | None) -> CoreMessage:
    """The message that these fields make; `payload` is `None` where there was none. Raises `CoreEnvelopeError`."""
    values = {name: _value(found, name) for name in FIELDS}
    missing = sorted(name for name in _REQUIRED if not values[name])
    if missing or payload is None:
        name = [*missing, PAYLOAD][0]
        raise CoreEnvelopeError(f"{name} is missing", f"{name}Required")
    if values["CORERuleVersion"] != RULE_VERSION:
        raise CoreEnvelopeError("CORERuleVersion is not 2.2.0", "VersionMismatch")
    if values["ProcessingMode"] not in ("RealTime", "Batch"):
        raise CoreEnvelopeError("ProcessingMode is neither RealTime nor Batch", "ProcessingModeIllegal")
    return CoreMessage(
        values["PayloadType"],
        values["PayloadID"],
        _moment(values["TimeStamp"]),
        values["SenderID"],
        values["ReceiverID"],
        payload,
        "RealTime" if values["ProcessingMode"] == "RealTime" else "Batch",
        values["ErrorCode"],
        values["ErrorMessage"],
    )


def _value(found: Mapping[str, str], name: str) -> str:
    value = found.get(name, "").strip()
    if len(value) > _MAX_FIELD_LENGTH:
        raise CoreEnvelopeError(f"{name} is too long", f"{name}Illegal")
    return value


def _moment(text: str) -> datetime:
    """A time by ISO 8601; peers leave out the Z, or add parts of a second."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise CoreEnvelopeError("TimeStamp is not a time in UTC", "TimeStampIllegal") from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
