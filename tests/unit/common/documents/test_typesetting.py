"""The typesetter keeps what it set in its memory, so it never lives in the process of a service."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from libs.common.documents import typesetting
from libs.common.documents.typesetting import AT_ONCE, typeset
from libs.common.process_stream import ProcessStreamError

STATEMENT = Path(__file__).parents[4] / "services/remittance/statement/templates/statement.typ"
_MAX_GROWTH = 24 * 1024 * 1024
"""One statement of a hundred claims leaves 19 MiB behind where it was set; twenty would be 380."""


def facts(claims: int, title: str) -> dict[str, object]:
    line = ("1", "99213 25", "11/01/2026", "$100.00", "$90.00", "$80.00", "CO-45 $10.00, PR-2 $8.00, CO-253 $2.00")
    about = [("Patient", "Aldora Ashgrove"), ("Charge", "$300.00"), ("Paid", "$240.00")]
    return {
        "title": title,
        "payer": "Meridian",
        "printed": "Printed 11/29/2026",
        "about": [("Issued", "11/23/2026")],
        "columns": ("Line", "Procedure", "Service", "Charge", "Allowed", "Paid", "Why the rest was not paid"),
        "claims": [{"title": f"ICN {number}", "about": about, "lines": [line] * 3} for number in range(claims)],
        "reasons": [("CO-45", "Above the fee schedule.")],
    }


def resident() -> int:
    """Bytes of memory this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


async def test_twenty_statements_leave_nothing_in_the_memory_of_the_service() -> None:
    await typeset(STATEMENT, facts(100, "The first"))
    before = resident()
    for number in range(20):
        document = await typeset(STATEMENT, facts(100, f"Statement {number}"))
        assert document.startswith(b"%PDF-")
    assert resident() - before < _MAX_GROWTH


async def test_two_documents_are_set_at_once_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0

    async def counted(*_what: object) -> AsyncIterator[bytes]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        yield b"%PDF-"
        running -= 1

    monkeypatch.setattr(typesetting, "stream_from_process", counted)
    await asyncio.gather(*(typeset(STATEMENT, facts(1, str(number))) for number in range(6)))
    assert most == AT_ONCE == 2


async def test_a_template_that_is_wrong_is_told_by_the_class_of_its_error(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.typ"
    wrong.write_text("#let", encoding="utf-8")
    with pytest.raises(ProcessStreamError, match="TypstError"):
        await typeset(wrong, {})
