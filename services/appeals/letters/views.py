"""Typesets decision letters as tagged PDF (PDF/UA-1)."""

from dataclasses import asdict
from pathlib import Path

from libs.common.documents import typesetting
from services.appeals.letters.domain import Letter

_TEMPLATE = Path(__file__).parent / "templates" / "letter.typ"


async def typeset(letter: Letter) -> bytes:
    """The letter as a PDF."""
    return await typesetting.typeset(_TEMPLATE, asdict(letter))
