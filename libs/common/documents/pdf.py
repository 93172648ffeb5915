"""Whether a PDF from outside is one that people may be asked to open: readable, with pages, and without a will.

It is looked at in a process of its own (`judging.py`), because a PDF is a program for its reader: a few bytes can
unfold to gigabytes, and objects can lead in circles.
"""

from io import BytesIO
from typing import Any

import pikepdf

from libs.common.documents.judgments import MAX_DECODED_BYTES, MAX_PAGES, Fault, Judgment

# Keys that only occur where a script, another file, a form of the old kind or a portfolio is kept (ISO 32000-1, 7.11,
# 12.3.5 and 12.6).
_ACTIVE_KEYS = frozenset(
    {"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/RichMediaContent", "/XFA", "/Collection", "/UF"}
)
# What may happen without anybody's doing, and at a click of the reader (ISO 32000-1, table 198). All else is refused.
_ALLOWED_ACTIONS = frozenset({"/GoTo", "/Named"})
_ALLOWED_AT_A_CLICK = _ALLOWED_ACTIONS | {"/URI"}
_ALLOWED_ADDRESSES = ("http:", "https:", "mailto:")
_COLORS = 3  # of a picture that is more than black and white


def judge(content: bytes) -> Judgment:
    """What is found of a file that begins as a PDF."""
    try:
        with pikepdf.open(BytesIO(content), suppress_warnings=True) as document:
            return Judgment(len(document.pages), _fault(document))
    except pikepdf.PasswordError:
        return Judgment(0, "encrypted")
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError):
        return Judgment(0, "unreadable")


def _fault(document: pikepdf.Pdf) -> Fault:
    """The first fault of a document that opens, the cheapest look first."""
    if document.is_encrypted:
        return "encrypted"
    if not document.pages:
        return "without-pages"
    if len(document.pages) > MAX_PAGES:
        return "too-many-pages"
    if any(_active(each) for each in document.objects):
        return "active"
    return "unfolds" if _decoded_bytes(document) > MAX_DECODED_BYTES else ""


def _active(top: Any) -> bool:
    """Whether an object, or what is directly in it, acts or leads outside. What it refers to is looked at by itself."""
    waiting = [top]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Array):
            inside: list[Any] = list(each.as_list())
        elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            if _acts(each) or _leads_outside(each):
                return True
            inside = [each.get(key) for key in each.keys()]  # noqa: SIM118 - no mapping: iterating a stream fails
        else:
            continue
        waiting += [value for value in inside if isinstance(value, pikepdf.Object) and not value.is_indirect]
    return False


def _acts(each: Any) -> bool:
    """Whether a dictionary holds an action that is not allowed where it is."""
    by_itself = [each.get("/OpenAction"), each.get("/Next"), *_values(each.get("/AA"))]
    at_a_click = [each.get("/A"), each.get("/PA")]
    return (
        any(not _allowed(action, _ALLOWED_ACTIONS) for action in by_itself)
        or any(not _allowed(action, _ALLOWED_AT_A_CLICK) for action in at_a_click)
        or (each.get("/Type") == "/Action" and not _allowed(each, _ALLOWED_AT_A_CLICK))
    )


def _allowed(action: Any, kinds: frozenset[str]) -> bool:
    """Whether a value is no action (a destination, an attribute of the structure) or one, or a list, of `kinds`."""
    if isinstance(action, pikepdf.Array):
        return all(_allowed(each, kinds) for each in action.as_list())
    if not isinstance(action, pikepdf.Dictionary) or "/S" not in action:
        return True
    kind = str(action.get("/S"))
    return kind in kinds and (kind != "/URI" or str(action.get("/URI")).lower().startswith(_ALLOWED_ADDRESSES))


def _values(actions: Any) -> list[Any]:
    return [actions.get(key) for key in actions.keys()] if isinstance(actions, pikepdf.Dictionary) else []  # noqa: SIM118


def _leads_outside(each: Any) -> bool:
    """Whether a dictionary names a file: one inside, one beside the document, or one of a server (7.11, 8.10.4)."""
    if _ACTIVE_KEYS & set(each.keys()) or each.get("/Type") in {"/EmbeddedFile", "/Filespec", "/F"}:
        return True
    # `/F` is a number where it holds the flags of an annotation; elsewhere it is the name of a file.
    return isinstance(each.get("/F"), pikepdf.String | pikepdf.Dictionary | pikepdf.Stream)


def _decoded_bytes(document: pikepdf.Pdf) -> int:
    """How large a document is when all of it is unpacked, counted until it is too much."""
    total = 0
    for each in document.objects:
        if isinstance(each, pikepdf.Stream):
            total += _decoded_stream_bytes(each)
            if total > MAX_DECODED_BYTES:
                break
    return total


def _decoded_stream_bytes(stream: Any) -> int:
    try:
        return len(stream.read_bytes())
    except pikepdf.PdfError:  # packed as a picture, which is as large as its pixels
        bits = int(stream.get("/BitsPerComponent", 1))
        colors = 1 if bits == 1 else _COLORS
        return max(0, int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) * bits * colors // 8)
