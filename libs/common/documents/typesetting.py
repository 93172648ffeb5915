"""Turns facts into a tagged PDF (PDF/UA-1) by a template of their feature: letters, remittances, eligibility.

The typesetter keeps what it has set in memory for the life of its process: some 19 MiB for each statement of 100
claims. So each document is set in a process of its own, which ends with it, and two at once at most.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from libs.common.process_stream import preload, stream_from_process

AT_ONCE = 2
"""Documents that are set at the same time: their processes count against the memory of the service."""

_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

# Only the processes that set hold the typesetter, each from the server it is forked from.
preload("typst")


async def typeset(template: Path, facts: Mapping[str, Any]) -> bytes:
    """The PDF of `facts` (what JSON can hold), read by the template as `json(bytes(sys.inputs.facts))`.

    About 0.1 s for a page and 0.4 s for a hundred claims, in a process of its own. Raises `ProcessStreamError` for a
    template that is wrong.
    """
    turn = _TURNS.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    async with turn:
        return b"".join([piece async for piece in stream_from_process(_compiled, template, json.dumps(facts))])


def _compiled(template: Path, facts: str) -> Iterator[bytes]:
    import typst  # noqa: PLC0415

    yield typst.compile(
        template.read_bytes(),
        format="pdf",
        sys_inputs={"facts": facts},
        pdf_standards="ua-1",
        ignore_system_fonts=True,
    )
