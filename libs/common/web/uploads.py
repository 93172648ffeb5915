"""A form with one file, read as it arrives: the fields first, then the file piece by piece, nothing on disk.

The usual form readers spool a file to disk as it is, readable: not for patients' data. Here the fields must come
before the file (our forms are written so), so that they are checked before a byte of the file is taken.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from libs.common.errors import Rejected

# As a form has at most: a box for each of 50 lines, and three texts.
_MAX_FIELDS = 64
_MAX_FIELD_BYTES = 32 * 1024
_MAX_HEADER_BYTES = 2048
_MAX_BOUNDARY_BYTES = 70  # RFC 2046, section 5.1.1
_ONE_FILE = "Send one file at a time."
_BROKEN_OFF = "The file broke off on its way here. Nothing was kept; send it again."


@dataclass(slots=True)
class _Part:
    name: str
    file_name: str | None
    content: bytearray = field(default_factory=bytearray)


class _Reader:
    """Collects fields; hands out the pieces of the file."""

    def __init__(self, boundary: bytes) -> None:
        self.fields: dict[str, str] = {}
        self.file: _Part | None = None
        self.pieces: list[bytes] = []
        self.complete = False
        self._part: _Part | None = None
        self._headers: dict[str, bytes] = {}
        self._name = self._value = b""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._finished,
            },
        )

    def feed(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise _unreadable() from error

    def _begin(self) -> None:
        if len(self.fields) >= _MAX_FIELDS:
            raise _unreadable()
        self._headers = {}

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]
        self._check_header()

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._check_header()

    def _check_header(self) -> None:
        if len(self._name) + len(self._value) > _MAX_HEADER_BYTES:
            raise _unreadable()

    def _header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value
        self._name = self._value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        file_name = options.get(b"filename")
        self._part = _Part(
            options.get(b"name", b"").decode("utf-8", "replace"),
            None if file_name is None else file_name.decode("utf-8", "replace"),
        )
        if file_name is not None:
            if self.file is not None:
                raise Rejected("form-invalid", _ONE_FILE, 400, {"file": _ONE_FILE})
            self.file = self._part

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part is not None and self._part is self.file:
            self.pieces.append(data[start:end])
        elif self._part is not None:
            self._part.content += data[start:end]
            if len(self._part.content) > _MAX_FIELD_BYTES:
                raise _unreadable()

    def _end(self) -> None:
        if self._part is not None and self._part is not self.file:
            self.fields[self._part.name] = self._part.content.decode("utf-8", "replace")
        self._part = None

    def _finished(self) -> None:
        self.complete = True


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way: its name as the sender calls it (empty: none), and its pieces.

    They may be read once, and raise `Rejected` when the body breaks off.
    """

    name: str
    pieces: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class UploadForm:
    """The fields of a form, and its file; `None` when no file was chosen."""

    fields: Mapping[str, str]
    file: Upload | None


def _unreadable() -> Rejected:
    return Rejected(
        "form-invalid",
        "The form could not be read. Open the page again and send it once more.",
        status=400,
        for_programs="The multipart/form-data body could not be read to its end. Correct it and send it again.",
    )


def broken_off() -> Rejected:
    """The body ended before its file did."""
    return Rejected("upload-unreadable", _BROKEN_OFF, 400, {"file": _BROKEN_OFF})


async def body_of(request: Request) -> AsyncIterator[bytes]:
    """The pieces of a body that is the file itself. They raise `Rejected` when it breaks off."""
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect as gone:
        raise broken_off() from gone


async def read_upload(request: Request) -> UploadForm:
    """Read a `multipart/form-data` body up to the start of its file.

    Raises `Rejected` when it is no such form, or is longer or stranger than any form of ours.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary or len(boundary) > _MAX_BOUNDARY_BYTES:
        raise _unreadable()
    reader = _Reader(boundary)
    body = request.stream()
    try:
        async for chunk in body:
            reader.feed(chunk)
            if reader.file is not None:
                break
    except ClientDisconnect as gone:
        raise _unreadable() from gone
    name = "" if reader.file is None else reader.file.file_name or ""
    return UploadForm(reader.fields, Upload(name, _pieces(reader, body)) if name else None)


async def _pieces(reader: _Reader, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    while True:
        pieces, reader.pieces = reader.pieces, []
        for piece in pieces:
            yield piece
        try:
            reader.feed(await anext(body))
        except StopAsyncIteration:
            break
        except ClientDisconnect as gone:
            raise broken_off() from gone
    for piece in reader.pieces:
        yield piece
    if not reader.complete:
        raise broken_off()
