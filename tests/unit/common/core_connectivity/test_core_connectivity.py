import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.edge.certificates import ensure_certificates
from libs.common.clock import SystemClock
from libs.common.core_connectivity import (
    CoreEnvelopeError,
    CoreMessage,
    HttpAnswer,
    exchange,
    read_message,
    write_message,
)

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


# --- one message over a connection of its own -------------------------------------------------------------------------


@asynccontextmanager
async def answering(answer: bytes, directory: Path) -> AsyncIterator[tuple[str, ssl.SSLContext, list[bytes]]]:
    """A server that reads one request and answers `answer`; its address, how to trust it, what it was sent."""
    files = ensure_certificates(directory, SystemClock())
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(files.certificate, files.key)
    taken: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        taken.append(head + await reader.readexactly(5))
        writer.write(answer)
        if answer:
            writer.close()

    server = await asyncio.start_server(take, "localhost", 0, ssl=own)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"https://localhost:{port}/core/mime", ssl.create_default_context(cafile=str(files.authority)), taken


async def post(address: str, trust: ssl.SSLContext, *, seconds: float = 5.0) -> HttpAnswer:
    return await exchange(address, trust, "text/plain", b"hello", seconds=seconds, longest=10)


@pytest.mark.parametrize("length", [b"content-length: 4\r\n", b""], ids=["told", "until the end"])
async def test_an_answer_comes_back_whole(tmp_path: Path, length: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/x\r\n" + length + b"\r\nfour"
    async with answering(answer, tmp_path) as (address, trust, taken):
        assert await post(address, trust) == HttpAnswer(200, "text/x", b"four")
    assert taken[0].startswith(b"POST /core/mime HTTP/1.1\r\n")
    assert b"connection: close" in taken[0].lower()
    assert taken[0].endswith(b"\r\n\r\nhello")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\ncut off", "cut off"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nmuch longer", "too long"),
        (b"SSH-2.0-other\r\n", "not HTTP"),
    ],
    ids=["cut", "long", "foreign"],
)
async def test_whatever_is_no_whole_answer_is_an_error_of_the_way(tmp_path: Path, answer: bytes, sentence: str) -> None:
    async with answering(answer, tmp_path) as (address, trust, _):
        with pytest.raises(ConnectionError, match=sentence):
            await post(address, trust)


async def test_who_says_nothing_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    async with answering(b"", tmp_path) as (address, trust, _):
        with pytest.raises(TimeoutError):
            await post(address, trust, seconds=0.2)


async def test_a_server_that_another_authority_signed_is_not_spoken_to(tmp_path: Path) -> None:
    async with answering(b"HTTP/1.1 200 OK\r\n\r\n", tmp_path) as (address, _, taken):
        with pytest.raises(OSError, match="certificate"):
            await post(address, ssl.create_default_context())
    assert taken == []
