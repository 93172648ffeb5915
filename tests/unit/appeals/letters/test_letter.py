import io

import pikepdf
import pytest

from services.appeals.letters.domain import LetterFacts, LetterLine, compose, needs_letter
from services.appeals.letters.views import typeset

LINES = (
    LetterLine("Line 1", "99213 on 10/01/2026", "$125.00", "CO-50", "Paid", "The notes show the need.", ""),
    LetterLine("Line 2", "93000", "$42.00", "CO-151", "Not paid", "One was enough. #let $x$ *", "you may not bill"),
)
FACTS = LetterFacts(
    contractor="Meridian",
    number="A-2611-000001",
    outcome="partially-favorable",
    decided_on="11/23/2026",
    received_on="11/20/2026",
    provider="Riverside Clinic",
    npi="1234567893",
    ptan="MR10001",
    patient="Aldora Mossinghame",
    medicare_number="•••• ••• MK73",
    control_number="2226323000001",
    lines=LINES,
    next_level_until="05/27/2027",
    help_phone="1-800-555-0142",
    help_hours="Monday to Friday",
)


@pytest.mark.parametrize(
    ("outcome", "due"), [("favorable", False), ("partially-favorable", True), ("unfavorable", True)]
)
def test_a_letter_is_due_unless_all_is_granted(outcome: str, due: bool) -> None:
    assert needs_letter(outcome) == due


def test_a_letter_says_what_was_decided_why_and_how_to_go_on() -> None:
    text = repr(compose(FACTS))
    for words in ("partially favorable", "The notes show the need.", "One was enough.", "05/27/2027", "405.966"):
        assert words in text
    assert "Line 2: you may not bill." in text


async def test_the_pdf_is_tagged_for_screen_readers_and_takes_texts_as_they_are() -> None:
    content = await typeset(compose(FACTS))
    with pikepdf.open(io.BytesIO(content)) as document:
        assert document.Root.Lang == "en-US"
        assert bool(document.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in document.Root
        metadata = document.open_metadata()
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Medicare Redetermination Notice"
