"""Turns facts into a tagged PDF (PDF/UA-1) by a template of their feature: letters and remittances alike."""

import asyncio
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst


async def typeset(template: Path, facts: Mapping[str, Any]) -> bytes:
    """The PDF of `facts` (what JSON can hold), read by the template as `json(bytes(sys.inputs.facts))`.

    About 50 ms for a page, in a thread: the typesetter holds no lock of ours. Raises `typst.TypstError` for a
    template that is wrong.
    """
    return await asyncio.to_thread(_compiled, template, json.dumps(facts))


def _compiled(template: Path, facts: str) -> bytes:
    return typst.compile(
        _read(template), format="pdf", sys_inputs={"facts": facts}, pdf_standards="ua-1", ignore_system_fonts=True
    )


@cache
def _read(template: Path) -> bytes:
    return template.read_bytes()
