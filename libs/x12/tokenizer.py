"""Cuts a stream of bytes into interchanges and segments, in constant memory and linear time.

Separators come from each ISA. Inside, they become the engine's own (`guide.py`), so nothing later depends on what a
sender likes. Carriage returns and line feeds after a terminator are legal; a byte-order mark or blanks before the
first ISA are not, and are named.
Source of the rules: X12.5 interchange control structure, version 00501.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from libs.x12.guide import COMPONENT, ELEMENT, REPETITION, TERMINATOR

# ISA is the only segment of fixed width: 16 elements, the separators at known places.
_HEADER_SIZE = 106
_HEADER_SEPARATORS = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
# Far above any segment of these guides; what is longer has lost its terminator.
LONGEST_SEGMENT = 65536
_SLICE = 65536
_LEAST_SLICE = 4096
_LINE_ENDS = b"\r\n"
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_OWN = (TERMINATOR + ELEMENT + REPETITION + COMPONENT).encode()


@dataclass(slots=True, frozen=True)
class Header:
    """The ISA of an interchange: its elements, ISA01 first. `faults` are TA1 note codes about its separators."""

    elements: tuple[str, ...]
    faults: tuple[str, ...]


@dataclass(slots=True, frozen=True)
class Fault:
    """Why the stream cannot be read on: a stable code. It is always the last token."""

    code: str


@dataclass(slots=True, frozen=True)
class Trailer:
    """The end of an interchange: the elements of its IEA, IEA01 first."""

    elements: tuple[str, ...]


Token = Header | list[str] | Trailer | Fault


def tokens(source: Iterable[bytes]) -> Iterator[Token]:
    """Yield, for each interchange, its header, lists of its segments, and its trailer; last of all perhaps a fault.

    Holds at most one slice of 64 KB and one unfinished segment, whatever the size of the chunks of `source`.
    """
    slices = _slices(source)
    rest, fault = _start(slices)
    if fault:
        yield Fault(fault)
        return
    first = True
    while True:
        rest = _refill(rest.lstrip(_LINE_ENDS), slices, _HEADER_SIZE)
        if not rest:
            return
        header, fault = _header(rest)
        if header is None:
            yield Fault(fault if first else "data-after-interchange")
            return
        first = False
        yield header
        if header.faults:
            yield Fault("separators")
            return
        body = _Body(rest[:_HEADER_SIZE], slices)
        yield from body.read(rest[_HEADER_SIZE:])
        if body.fault:
            yield Fault(body.fault)
            return
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


def _refill(rest: bytes, slices: Iterator[bytes], size: int) -> bytes:
    """`rest`, lengthened to at least `size` bytes if the stream has them, line ends at its start dropped."""
    while len(rest) < size:
        more = next(slices, None)
        if more is None:
            return rest
        rest = (rest + more).lstrip(_LINE_ENDS)
    return rest


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
    if not data.startswith(b"ISA"):
        return None, "not-x12"
    if len(data) < _HEADER_SIZE:
        return None, "truncated-header"
    separator = data[3]
    if any(data[place] != separator for place in _HEADER_SEPARATORS):
        return None, "header-width"
    head = data[:_HEADER_SIZE].decode("latin-1")
    ends = (*_HEADER_SEPARATORS[1:], 105)
    elements = tuple(head[start + 1 : end] for start, end in zip(_HEADER_SEPARATORS, ends, strict=True))
    return Header(elements, tuple(_separator_faults(head))), ""


def _separator_faults(head: str) -> Iterator[str]:
    """TA1 notes: 004 terminator, 016 repetition separator, 026 element separator, 027 component separator."""
    element, component, terminator, repetition = head[3], head[104], head[105], head[82]
    for note, separator, others in (
        ("026", element, component + terminator + repetition),
        ("027", component, element + terminator + repetition),
        ("004", terminator, element + component + repetition),
        ("016", repetition, element + component + terminator),
    ):
        if separator.isalnum() or separator == " " or separator in others:
            yield note


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
        """Yield lists of segments and the trailer. Afterwards `rest` is what follows, or `fault` says what is wrong."""
        while True:
            start = self._trailer(data)
            end = data.find(self._terminator, start) if start >= 0 else -1
            if end >= 0:
                if start:
                    yield self._segments(data[:start])
                yield Trailer(tuple(data[start:end].translate(self._table).decode("latin-1").split(ELEMENT)[1:]))
                self.rest = data[end + 1 :]
                return
            cut = data.rfind(self._terminator)
            if cut >= 0:
                # A started trailer stays with what is still to come, so that it is found whole.
                yield self._segments(data[: cut + 1])
                data = data[cut + 1 :]
            if len(data) > LONGEST_SEGMENT:
                self.fault = "segment-too-long"
                return
            more = next(self._slices, None)
            if more is None:
                self.fault = "truncated"
                return
            data += more

    def _trailer(self, data: bytes) -> int:
        """Where the trailer starts, or -1: behind a terminator and perhaps line ends, or at the start of `data`."""
        place = data.find(self._end)
        while place >= 0:
            before = place - 1
            while before >= 0 and data[before] in _LINE_ENDS and data[before] != self._terminator[0]:
                before -= 1
            if before < 0 or data[before] == self._terminator[0]:
                return place
            place = data.find(self._end, place + 1)
        return -1

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
        table[head[place]] = ord(own)
    return bytes(table)
