"""The HTTP MIME multipart form of the envelope: a part for each field, and one for the payload."""

from email import message_from_bytes
from email.message import Message

from libs.partners.core_connectivity.message import (
    FIELDS,
    PAYLOAD,
    CoreEnvelopeError,
    CoreMessage,
    fields_of,
    message_of,
)

_BOUNDARY = "core-connectivity-boundary"


def write_message(message: CoreMessage) -> tuple[str, bytes]:
    """The content type and body of an HTTP message."""
    parts = [_part(name, value.encode()) for name, value in fields_of(message)]
    parts.append(_part(PAYLOAD, message.payload))
    body = b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()
    return f"multipart/form-data; boundary={_BOUNDARY}", body


def _part(name: str, value: bytes) -> bytes:
    return f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"


def read_message(content_type: str, body: bytes) -> CoreMessage:
    """The inverse of `write_message`. Raises `CoreEnvelopeError`."""
    try:
        parsed = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace") + body)
    except RecursionError as error:
        raise CoreEnvelopeError("the parts of the body stand too deep within each other") from error
    if not parsed.is_multipart():
        raise CoreEnvelopeError("the body is not a MIME multipart message")
    parts = {str(part.get_param("name", "", "content-disposition")): part for part in parsed.walk()}
    values = {name: _bytes(parts[name]).decode("ascii", "replace") for name in FIELDS if name in parts}
    return message_of(values, _bytes(parts[PAYLOAD]) if PAYLOAD in parts else None)


def _bytes(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""
