"""The envelope in which X12 transactions travel over HTTPS: CAQH CORE connectivity rule vC2.2.0, HTTP MIME multipart.

Source of the rule: CORE Phase II rule 270, adopted by 45 CFR 162.1203. The SOAP form of the same rule is not spoken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from typing import Literal

RULE_VERSION = "2.2.0"
SUCCESS = "Success"

_BOUNDARY = "core-connectivity-boundary"
_FIELDS = (
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
_REQUIRED = frozenset(_FIELDS[:7])
_MAX_FIELD_LENGTH = 256


class CoreEnvelopeError(ValueError):
    """A message that is no envelope of this rule. The text names the field, never a value."""


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


def write_message(message: CoreMessage) -> tuple[str, bytes]:
    """The content type and body of an HTTP message."""
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
    parts = [
        _part(name, value.encode()) for name, value in zip(_FIELDS, values, strict=True) if value or name in _REQUIRED
    ]
    parts.append(_part("Payload", message.payload))
    body = b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()
    return f"multipart/form-data; boundary={_BOUNDARY}", body


def _part(name: str, value: bytes) -> bytes:
    return f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"


def read_message(content_type: str, body: bytes) -> CoreMessage:
    """The inverse of `write_message`. Raises `CoreEnvelopeError`."""
    parsed = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace") + body)
    if not parsed.is_multipart():
        raise CoreEnvelopeError("the body is not a MIME multipart message")
    parts = {str(part.get_param("name", "", "content-disposition")): _bytes(part) for part in parsed.walk()}
    values = {name: _value(parts, name) for name in _FIELDS}
    missing = sorted(name for name in _REQUIRED if not values[name]) + [
        name for name in ("Payload",) if name not in parts
    ]
    if missing:
        raise CoreEnvelopeError(f"{missing[0]} is missing")
    if values["CORERuleVersion"] != RULE_VERSION:
        raise CoreEnvelopeError("CORERuleVersion is not 2.2.0")
    if values["ProcessingMode"] not in ("RealTime", "Batch"):
        raise CoreEnvelopeError("ProcessingMode is neither RealTime nor Batch")
    try:
        at = datetime.strptime(values["TimeStamp"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise CoreEnvelopeError("TimeStamp is not a time in UTC") from error
    return CoreMessage(
        values["PayloadType"],
        values["PayloadID"],
        at,
        values["SenderID"],
        values["ReceiverID"],
        parts["Payload"],
        "RealTime" if values["ProcessingMode"] == "RealTime" else "Batch",
        values["ErrorCode"],
        values["ErrorMessage"],
    )


def _bytes(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _value(parts: Mapping[str, bytes], name: str) -> str:
    value = parts.get(name, b"")
    if len(value) > _MAX_FIELD_LENGTH:
        raise CoreEnvelopeError(f"{name} is too long")
    return value.decode("ascii", "replace").strip()
