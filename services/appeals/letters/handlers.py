"""Keeps decision letters, and typesets them as tagged PDF (PDF/UA-1)."""

from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from libs.common.documents import typesetting
from libs.common.persistence.unit_of_work import UnitOfWork
from services.appeals.letters.domain import Letter, letter_of, letter_text

_TEMPLATE = Path(__file__).parent / "templates" / "letter.typ"
_OWN_GROUP = "appeals"


def sealed(work: UnitOfWork, appeal_id: UUID, letter: Letter) -> str:
    """A letter as the row of its appeal keeps it."""
    return work.runtime.keys.seal(_OWN_GROUP, letter_text(letter).encode(), context=_context(appeal_id))


def opened(work: UnitOfWork, appeal_id: UUID, kept: str) -> Letter:
    """The letter that was kept; whoever asks audits it. Raises `SealBrokenError`."""
    return letter_of(work.runtime.keys.open(kept, context=_context(appeal_id)).decode())


def _context(appeal_id: UUID) -> str:
    return f"appeal.letter|{appeal_id}"


async def typeset(letter: Letter) -> bytes:
    """The letter as a PDF."""
    return await typesetting.typeset(_TEMPLATE, asdict(letter))
