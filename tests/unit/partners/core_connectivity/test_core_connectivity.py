from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.partners.core_connectivity import CoreEnvelopeError, CoreMessage, read_message, write_message

MESSAGE = CoreMessage(
    "X12_270_Request_005010X279A1",
    "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    datetime(2026, 11, 23, 14, 30, tzinfo=UTC),
    "15004",
    "CMS",
    b"ISA*00*~",
)


@given(st.binary(max_size=300).filter(lambda payload: b"core-connectivity-boundary" not in payload))
def test_what_is_written_is_read_again(payload: bytes) -> None:
    clean = payload.replace(b"\r", b"").replace(b"\n", b"")
    message = replace(MESSAGE, payload=clean, error_code="Success")
    assert read_message(*write_message(message)) == message


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b'name="PayloadID"', b'name="Other"', "PayloadID is missing"),
        (b'name="Payload"', b'name="Other"', "Payload is missing"),
        (b"2.2.0", b"4.0.0", "CORERuleVersion"),
        (b"RealTime", b"Sometime", "ProcessingMode"),
        (b"2026-11-23T14:30:00Z", b"yesterday", "TimeStamp"),
        (b"15004", b"1" * 300, "SenderID is too long"),
    ],
)
def test_what_is_wrong_is_named_without_its_value(old: bytes, new: bytes, sentence: str) -> None:
    content_type, body = write_message(MESSAGE)
    with pytest.raises(CoreEnvelopeError, match=sentence):
        read_message(content_type, body.replace(old, new, 1))


def test_a_body_that_is_no_multipart_message_is_refused() -> None:
    with pytest.raises(CoreEnvelopeError, match="multipart"):
        read_message("text/plain", b"hello")
