"""Example files of others, by transaction set."""

import re
from pathlib import Path

_FOLDER = Path(__file__).parent
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DECIMAL = re.compile(r"-?[0-9]*\.[0-9]+")


def examples(transaction: str) -> list[Path]:
    """The example files of one kind, by name."""
    return sorted(path for path in (_FOLDER / transaction).iterdir() if path.suffix != ".md")


def without_mark(data: bytes) -> bytes:
    """`data` without a byte-order mark."""
    return data.removeprefix(_BYTE_ORDER_MARK)


def segments_of(data: bytes) -> list[str]:
    """The segments of a file between its headers and trailers, written alike.

    Separators become `*`, `^` and `:`, line ends and trailing empty elements go, amounts lose needless zeros.
    """
    text = without_mark(data).decode("latin-1")
    element, repetition, component, terminator = text[3], text[82], text[104], text[105]
    table = str.maketrans({element: "*", repetition: "^", component: ":"})
    segments = [piece.strip("\r\n").translate(table) for piece in text.split(terminator)]
    return [_alike(segment) for segment in segments if segment and segment.split("*")[0] not in _ENVELOPE]


_ENVELOPE = {"ISA", "TA1", "GS", "ST", "SE", "GE", "IEA"}


def _alike(segment: str) -> str:
    elements = [
        each.rstrip("0").rstrip(".") if _DECIMAL.fullmatch(each) else each.rstrip(":") for each in segment.split("*")
    ]
    return "*".join(elements).rstrip("*")
