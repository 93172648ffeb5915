"""The print of an answer: the same tabs as the page in the same order, whatever HETS said."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pikepdf
import pytest

from libs.common.documents.typesetting import typeset
from libs.x12.eligibility.writer import write_271
from libs.x12.writing import Envelope
from services.eligibility.entitlement.domain import TABS
from services.eligibility.hets.partner import open_answer
from services.eligibility.inquiry.views import Opened
from services.eligibility.printout import views
from simulators.hets.knowledge import Knowledge
from simulators.population import DEFAULT_SEED
from tests.support.eligibility import question
from tests.support.eligibility_answers import INQUIRY as ASKED
from tests.support.eligibility_files import INQUIRY, read_inquiry

NOW = datetime(2026, 11, 30, 15, tzinfo=UTC)
KNOWLEDGE = Knowledge(DEFAULT_SEED)
STORIES = {story.title: person for person, story in KNOWLEDGE.patients.values()}


def printed(title: str) -> dict[str, object]:
    """What the PDF says of the patient of a story."""
    person = STORIES[title]
    inquiry = read_inquiry(INQUIRY)
    name = inquiry.subscriber.name
    name.identifier, name.last_name, name.first_name = person.mbi, person.last_name, person.first_name
    inquiry.subscriber.birth_date = person.birth_date
    answer = KNOWLEDGE.answer(inquiry, NOW)
    content = b"".join(write_271([answer], Envelope("CMS", "SUBMITTER", NOW, 1)))
    entitlement, refusals = open_answer(content, NOW.date())
    one = Opened(ASKED, question(service_from=NOW.date(), service_to=NOW.date()), entitlement, refusals)
    return views.printed(one, ZoneInfo("America/New_York"))


@pytest.mark.parametrize("title", STORIES)
async def test_every_kind_of_answer_is_set_with_all_tabs_in_their_order(title: str) -> None:
    facts = printed(title)
    tabs = facts["tabs"]
    assert isinstance(tabs, list)
    assert [tab["title"] for tab in tabs] == [tab.name for tab in TABS]
    assert [tab["title"] for tab in tabs if not tab["tables"] and not tab["missing"]] == []
    alone = {"contractor": "Meridian", "title": "Medicare eligibility", "about": (), "columns": (), "summary": ()}
    content = await typeset(views._TEMPLATE, {**alone, "answers": [facts]})
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert len(pdf.pages) > 1


def test_the_print_has_the_amounts_of_the_year_and_says_what_it_is_not() -> None:
    facts = printed("Everything HETS may report")
    told = repr(facts)
    for words in ("CMS amounts for 2026: hospital days 1 to 60", "Days 61 to 90", "Part A deductible", "KX modifier"):
        assert words in told
    assert any("not a guarantee of payment" in each for each in facts["disclaimers"])  # type: ignore[attr-defined]
