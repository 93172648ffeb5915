"""Whether a file from outside is a PDF that people may be asked to open: readable, with pages, and without a will.

The file is looked at in a process of its own with little memory and little time, because a PDF is a program for its
reader: a few bytes can unfold to gigabytes, and objects can lead in circles.
"""

import asyncio
import resource
from collections.abc import Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

import pikepdf

from libs.common.process_stream import ProcessStreamError, preload, stream_from_process

PdfFault = Literal["", "not-pdf", "encrypted", "unreadable", "without-pages", "active"]
"""What is wrong with a file; empty when nothing is. `active`: it carries scripts, launches, forms or other files."""

START_BYTES = 1024
"""The mark of a PDF stands within so many bytes (ISO 32000-1, annex H.3.4.1)."""

_MARK = b"%PDF-"
_SECONDS = 15.0
_MEMORY = 1 << 30
# Keys that only occur where a script, another file or a form of the old kind is kept (ISO 32000-1, 7.11 and 12.6).
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/RichMediaContent", "/XFA"})
_ACTIVE_ACTIONS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE"})


@dataclass(frozen=True, slots=True)
class PdfVerdict:
    """What was found: the number of pages, and the fault if there is one."""

    pages: int
    fault: PdfFault = ""


async def examine(content: bytes) -> PdfVerdict:
    """Look at a whole file. What takes too long or too much memory is unreadable to us."""
    if _MARK not in content[:START_BYTES]:
        return PdfVerdict(0, "not-pdf")
    try:
        async with asyncio.timeout(_SECONDS), aclosing(stream_from_process(verdicts, content)) as found:
            return await anext(found)
    except (ProcessStreamError, TimeoutError):
        return PdfVerdict(0, "unreadable")


def verdicts(content: bytes) -> Iterator[PdfVerdict]:
    """Yield the one verdict on `content`: the work of the process that `examine` starts."""
    with suppress(ValueError, OSError):  # a system that cannot limit memory has the limit of time left
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    yield verdict(content)


def verdict(content: bytes) -> PdfVerdict:
    """The verdict on a file that begins as a PDF."""
    try:
        with pikepdf.open(BytesIO(content), suppress_warnings=True) as document:
            pages = len(document.pages)
            if document.is_encrypted:
                return PdfVerdict(pages, "encrypted")
            if any(_active(each) for each in document.objects):
                return PdfVerdict(pages, "active")
            return PdfVerdict(pages, "" if pages else "without-pages")
    except pikepdf.PasswordError:
        return PdfVerdict(0, "encrypted")
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError):
        return PdfVerdict(0, "unreadable")


def _active(top: Any) -> bool:
    """Whether an object, or what stands directly in it, does something. What it refers to is looked at by itself."""
    waiting = [top]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Array):
            inside: list[Any] = list(each.as_list())
        elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            keys = set(each.keys())
            if keys & _ACTIVE_KEYS or str(each.get("/S")) in _ACTIVE_ACTIONS or each.get("/Type") == "/EmbeddedFile":
                return True
            inside = [each.get(key) for key in keys]
        else:
            continue
        waiting += [value for value in inside if isinstance(value, pikepdf.Object) and not value.is_indirect]
    return False


# The child processes import this once, in the server they are forked from.
preload("libs.common.documents.pdf")
