"""Judges a stored document of a kind in a process of its own, with little memory and little time.

The process reads the file from the store itself. So what is wrong with a file can harm nothing else, and no copy of it
lies in the memory of a service.
"""

import asyncio
import resource
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing, suppress
from weakref import WeakKeyDictionary

from libs.common.document_store import DocumentStore
from libs.common.documents.judgments import MAX_PAGES, Fault, Judgment
from libs.common.documents.kinds import PDF, Kind
from libs.common.errors import Rejected
from libs.common.process_stream import ProcessStreamError, stream_from_process

AT_ONCE = 2
"""Documents that are judged at the same time: their processes count against the memory of the service."""

_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
_SECONDS = 15.0
_MEMORY = 1 << 30


async def examine(documents: DocumentStore, reference: str, kind: Kind) -> Judgment:
    """Look at a whole document. What takes too long or too much memory is unreadable to us."""
    turn = _TURNS.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    try:
        async with (
            turn,
            asyncio.timeout(_SECONDS),
            aclosing(stream_from_process(judgments, documents, reference, kind.name)) as found,
        ):
            return await anext(found)
    except (ProcessStreamError, TimeoutError):
        return Judgment(0, "unreadable")


def judgments(documents: DocumentStore, reference: str, kind: str) -> Iterator[Judgment]:
    """Yield the one judgment on a document: the work of the process that `examine` starts."""
    judge, content = _judge(kind), b"".join(documents.open_sync(reference))
    with suppress(ValueError, OSError):  # a system that cannot limit memory has the limit of time left
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    yield judge(content)


def _judge(kind: str) -> Callable[[bytes], Judgment]:
    # Here, so that only the process that judges holds the libraries: 12 MB that a service does not need.
    if kind == PDF.name:
        from libs.common.documents import pdf  # noqa: PLC0415

        return pdf.judge
    from libs.common.documents import pictures  # noqa: PLC0415

    return pictures.judge


def refusal(fault: Fault) -> Rejected:
    """Why a document is not taken, as the error the sender is answered with."""
    sentence = _SENTENCES[fault]
    fields = {"file": sentence}
    if fault == "encrypted":
        return Rejected("upload-encrypted", sentence, 422, fields)
    if fault == "active":
        return Rejected("upload-active-content", sentence, 422, fields)
    if fault == "without-pages":
        return Rejected("upload-empty", sentence, 422, fields)
    if fault in {"too-many-pages", "unfolds"}:
        return Rejected("upload-too-large", sentence, 413, fields)
    return Rejected("upload-unreadable", sentence, 422, fields)


_SENTENCES: Mapping[Fault, str] = {
    "encrypted": "This PDF is protected by a password. Save it without one and choose it again.",
    "active": "This PDF holds a script, a form, another file, or a link to one. Print it to a new PDF and choose that.",
    "too-many-pages": f"This file has more than {MAX_PAGES:,} pages. Split it and add the parts one by one.",
    "unfolds": "The pictures in this file are too large. Scan it with a lower resolution, or split it.",
    "without-pages": "This PDF has no pages. Choose the document again.",
    "unreadable": "This file cannot be read; it may be damaged. Save it again and choose it again.",
}
