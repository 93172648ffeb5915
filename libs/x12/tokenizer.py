"""Cuts a stream of bytes into interchanges and segments, in constant memory and linear time.

Separators come from each ISA. Inside, they become the engine's own (`guide.py`), so nothing later depends on what a
sender likes. Carriage returns and line feeds after a terminator are legal; a byte-order mark or blanks before the first
ISA are not, and are named. Padding behind an interchange says nothing, and what cannot be read hides nothing behind it:
reading goes on at the next ISA.
Source of the rules: X12.5 interchange control structure, version 00501.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from libs.x12.guide import COMPONENT, ELEMENT, REPETITION, TERMINATOR

# ISA is the only segment of fixed width: 16 elements, the separators at known places.
_HEADER_SIZE = 106
_HEADER_SEPARATORS = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
# Far above any segment of these guides. Of a longer one only so much is kept; it is refused, for no element is as long.
MAX_SEGMENT_LENGTH = 65536
_SLICE = 65536
_LEAST_SLICE = 4096
# What fills up a block or ends a file: blanks, NUL, Ctrl-Z. It says nothing about the interchange before it.
_PADDING = b"\r\n\t \x00\x1a"
# What may stand before a segment that is found nevertheless; blanks are told.
_BETWEEN = b"\r\n\t "
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# Separators without which the segments of an interchange cannot be told apart: element separator and terminator.
_NO_SEGMENTS = frozenset({"004", "026"})
_VERSION, _SUPPORTED = 11, "00501"
_OWN = (TERMINATOR + ELEMENT + REPETITION + COMPONENT).encode()


@dataclass(slots=True, frozen=True)
class Header:
    """The ISA of an interchange: its elements, ISA01 first.

    `faults` are TA1 note codes that make what follows unreadable: the version, or a separator.
    """

    elements: tuple[str, ...]
    faults: tuple[str, ...]


@dataclass(slots=True, frozen=True)
class Fault:
    """Why a part of the stream was passed over: a stable code. It ends the interchange that was being read."""

    code: str


@dataclass(slots=True, frozen=True)
class Trailer:
    """The end of an interchange: the elements of its IEA, IEA01 first."""

    elements: tuple[str, ...]


Token = Header | list[str] | Trailer | Fault


def tokens(source: Iterable[bytes]) -> Iterator[Token]:
    """Yield, for each interchange, its header, lists of its segments, and its trailer or a fault.

    Holds at most one slice of 64 KB and one unfinished segment, whatever the size of the chunks of `source`.
    """
    slices = _slices(source)
    rest, fault = _start(slices)
    if fault:
        yield Fault(fault)
        return
    while rest := _refill(rest, slices):
        header, fault = _header(rest)
        if header is None:
            yield Fault(fault)
            rest = _next_header(rest[1:], slices)
            continue
        yield header
        if _NO_SEGMENTS.intersection(header.faults):
            rest = _next_header(rest[_HEADER_SIZE:], slices)
            continue
        body = _Body(rest[:_HEADER_SIZE], slices)
        yield from body.read(rest[_HEADER_SIZE:])
        if body.fault:
            yield Fault(body.fault)
        rest = body.rest


def _slices(source: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in slices of a good size: large chunks are cut, small ones gathered."""
    gathered: list[bytes] = []
    size = 0
    for chunk in source:
        if size + len(chunk) <= _SLICE:
            gathered.append(chunk)
            size += len(chunk)
            if size >= _LEAST_SLICE:
                yield b"".join(gathered)
                gathered, size = [], 0
            continue
        view = memoryview(b"".join((*gathered, chunk)))
        gathered, size = [], 0
        for start in range(0, len(view), _SLICE):
            yield bytes(view[start : start + _SLICE])
    if gathered:
        yield b"".join(gathered)


def _refill(rest: bytes, slices: Iterator[bytes]) -> bytes:
    """`rest` without the padding at its start, lengthened to hold a header if the stream has so much."""
    rest = rest.lstrip(_PADDING)
    while len(rest) < _HEADER_SIZE:
        more = next(slices, None)
        if more is None:
            return rest
        rest = (rest + more).lstrip(_PADDING)
    return rest


def _next_header(rest: bytes, slices: Iterator[bytes]) -> bytes:
    """What follows from the next header on; nothing when none comes."""
    while (place := _find_header(rest)) < 0:
        rest = rest[1 - _HEADER_SIZE :]
        more = next(slices, None)
        if more is None:
            # A header that is cut off is told, too.
            return rest[rest.find(b"ISA") :] if b"ISA" in rest else b""
        rest += more
    return rest[place:]


def _find_header(data: bytes, start: int = 0) -> int:
    """Where the next whole header lies from `start` on, or -1."""
    place = data.find(b"ISA", start)
    while place >= 0 and not _is_header(data, place):
        place = data.find(b"ISA", place + 1)
    return place


def _is_header(data: bytes, place: int) -> bool:
    """Whether a whole header lies at `place`, where `ISA` stands, and no text that only begins like one."""
    head = data[place : place + _HEADER_SIZE]
    separator = head[3:4]
    return (
        len(head) == _HEADER_SIZE
        and not separator.isalnum()
        and head[:-2].count(separator) == len(_HEADER_SEPARATORS)
        and all(head[at] == head[3] for at in _HEADER_SEPARATORS)
    )


def _start(slices: Iterator[bytes]) -> tuple[bytes, str]:
    """The first bytes of the file, and the code of the fault they show."""
    rest = b""
    for more in slices:
        rest += more
        if len(rest) >= _HEADER_SIZE:
            break
    if not rest:
        return rest, "empty"
    if rest.startswith(_BYTE_ORDER_MARKS):
        return rest, "byte-order-mark"
    if b"\x00" in rest[:_HEADER_SIZE]:
        return rest, "not-text"
    if rest[:1].isspace():
        return rest, "leading-space" if b"ISA" in rest else "not-x12"
    return rest, "" if rest.startswith(b"ISA") else "not-x12"


def _header(data: bytes) -> tuple[Header | None, str]:
    if not b"ISA".startswith(data[:3]):
        return None, "data-after-interchange"
    if len(data) < _HEADER_SIZE:
        return None, "truncated-header"
    separator = data[3]
    if any(data[place] != separator for place in _HEADER_SEPARATORS):
        return None, "header-width"
    head = data[:_HEADER_SIZE].decode("latin-1")
    ends = (*_HEADER_SEPARATORS[1:], 105)
    elements = tuple(head[start + 1 : end] for start, end in zip(_HEADER_SEPARATORS, ends, strict=True))
    return Header(elements, tuple(_faults(elements, head))), ""


def _faults(elements: tuple[str, ...], head: str) -> Iterator[str]:
    """TA1 notes: 017 version, 026 element separator, 004 terminator, 027 component separator, 022 repetition separator.

    The version comes first: before 00402, ISA11 held no separator but the letter U, which is right there. Of two
    separators that are alike the later one is wrong.
    """
    separators = {"026": head[3], "004": head[105], "027": head[104], "022": head[82]}
    if elements[_VERSION] != _SUPPORTED:
        yield "017"
        del separators["022"]
    seen = ""
    for note, separator in separators.items():
        if _cannot_separate(separator) or separator in seen:
            yield note
        seen += separator


def _cannot_separate(character: str) -> bool:
    return character.isalnum() or character == " "


class _Body:
    """The segments of one interchange, and what follows it."""

    def __init__(self, head: bytes, slices: Iterator[bytes]) -> None:
        self._slices = slices
        self._terminator = head[105:106]
        self._end = b"IEA" + head[3:4]
        self._table = _table(head)
        self.rest = b""
        self.fault = ""

    def read(self, data: bytes) -> Iterator[Token]:
        """Yield lists of segments and the trailer. Afterwards `rest` is what follows; `fault` says what is wrong."""
        while True:
            trailer = self._trailer(data)
            end = data.find(self._terminator, trailer) if trailer >= 0 else -1
            header = self._next_interchange(data)
            if header >= 0 and (end < 0 or header < end):
                whole = data.rfind(self._terminator, 0, header) + 1
                if whole:
                    yield self._segments(data[:whole])
                self.rest = data[header:]
                self.fault = "segment-too-long" if header - whole > MAX_SEGMENT_LENGTH else "trailer-missing"
                return
            if end >= 0:
                if trailer:
                    yield self._segments(data[:trailer])
                yield Trailer(tuple(data[trailer:end].translate(self._table).decode("latin-1").split(ELEMENT)[1:]))
                self.rest = data[end + 1 :]
                return
            cut = data.rfind(self._terminator)
            if cut >= 0:
                # A started trailer or header stays with what is still to come, so that it is found whole.
                yield self._segments(data[: cut + 1])
                data = data[cut + 1 :]
            if len(data) > MAX_SEGMENT_LENGTH:
                segment = data[:MAX_SEGMENT_LENGTH] + self._terminator
                data = self._pass_over(data[MAX_SEGMENT_LENGTH:])
                if self.fault:
                    return
                yield self._segments(segment)
                continue
            more = next(self._slices, None)
            if more is None:
                self.fault = "truncated"
                return
            data += more

    def _pass_over(self, data: bytes) -> bytes:
        """What follows the segment that is too long, of which `data` is the rest; else `fault` and `rest` are set."""
        while True:
            end = data.find(self._terminator)
            header = _find_header(data[: end + 1] if end >= 0 else data)
            if header >= 0:
                self.rest, self.fault = data[header:], "segment-too-long"
                return b""
            if end >= 0:
                return data[end + 1 :]
            more = next(self._slices, None)
            if more is None:
                self.fault = "segment-too-long"
                return b""
            data = data[1 - _HEADER_SIZE :] + more

    def _trailer(self, data: bytes) -> int:
        """Where the trailer starts, or -1."""
        place = data.find(self._end)
        while place >= 0 and not self._begins_segment(data, place):
            place = data.find(self._end, place + 1)
        return place

    def _next_interchange(self, data: bytes) -> int:
        """Where another header starts before a trailer came, or -1.

        What has our element separator cannot be data. Another one's header must stand where a segment begins.
        """
        place = _find_header(data)
        while place >= 0 and data[place + 3] != self._end[3] and not self._begins_segment(data, place):
            place = _find_header(data, place + 1)
        return place

    def _begins_segment(self, data: bytes, place: int) -> bool:
        """Whether `place` lies behind a terminator, and perhaps line ends and blanks, or at the start of `data`."""
        before = place - 1
        while before >= 0 and data[before] in _BETWEEN and data[before] != self._terminator[0]:
            before -= 1
        return before < 0 or data[before] == self._terminator[0]

    def _segments(self, data: bytes) -> list[str]:
        text = data.translate(self._table).decode("latin-1")
        pieces = text.split(TERMINATOR)
        if "\n" in text or "\r" in text:
            pieces = [piece.lstrip("\r\n") for piece in pieces]
        if not pieces[-1]:
            pieces.pop()
        return pieces


def _table(head: bytes) -> bytes:
    """The translation of one interchange's separators to the engine's. The engine's own, met in data, become NUL."""
    table = bytearray(range(256))
    for byte in _OWN:
        table[byte] = 0
    for place, own in ((3, ELEMENT), (82, REPETITION), (104, COMPONENT), (105, TERMINATOR)):
        if not _cannot_separate(chr(head[place])):
            table[head[place]] = ord(own)
    return bytes(table)
