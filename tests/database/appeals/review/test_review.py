"""The contractor's reviewer: sees all, decides once, tells why."""

import io
import re
from datetime import date, timedelta
from html import unescape

import pikepdf
import pytest
from structlog.testing import capture_logs

from tests.support.appeals import MBI, Appeals, denied, pdf
from tests.support.applications import BILLER, OTHER_BILLER, REVIEWER

NO_APPEAL = "00000000-0000-4000-8000-000000000000"


def words_of(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


async def test_the_work_list_has_the_appeals_of_all_providers_those_due_first_on_top(portal: Appeals) -> None:
    theirs = await portal.filed(await portal.claim(denied(1), who=OTHER_BILLER), 1, who=OTHER_BILLER)
    portal.app.clock.advance(timedelta(days=3))
    mine = await portal.filed(await portal.claim(denied(1)), 1)
    page = (await portal.get("/appeals/review", REVIEWER)).text
    assert page.index(theirs) < page.index(mine)
    assert "2 appeals" in page
    assert "Office of biller of another office" in page
    assert 'href="/appeals/review"' in page  # the navigation of somebody without enrollments
    assert "Acting for" not in page
    assert "No appeal is in this state" in (await portal.get("/appeals/review?state=unfavorable", REVIEWER)).text


async def test_opening_an_appeal_shows_the_patient_and_is_audited(portal: Appeals) -> None:
    appeal = await portal.filed(await portal.claim(denied(1)), 1, file=pdf(), explanation="It was needed.")
    page = words_of((await portal.get(f"/appeals/review/{appeal}", REVIEWER)).text)
    assert "Aldora Mossinghame" in page
    assert f"{MBI[:4]}-{MBI[4:7]}-{MBI[7:]}" in page
    assert "It was needed." in page
    rows = await portal.rows(
        f"SELECT action, object_id FROM audit WHERE actor = 'person:{REVIEWER.user_id}'"  # noqa: S608 - an id
    )
    assert ("read", appeal) in [(row.action, row.object_id) for row in rows]
    document = (await portal.get(f"/api/appeals/{appeal}")).json()["documents"][0]["document_id"]
    assert (await portal.get(f"/appeals/review/{appeal}/documents/{document}", REVIEWER)).content == pdf()


async def test_a_favorable_decision_has_no_letter_and_names_the_lines_to_pay(portal: Appeals) -> None:
    claim = await portal.claim(denied(1), denied(2))
    appeal = await portal.filed(claim, 2)
    assert (await portal.decide(appeal, {2: True})).status_code == 303
    [event] = await portal.published("appeals.appeal-decided.v1")
    assert (event.event.outcome, event.event.lines, event.event.claim_id) == ("favorable", (2,), claim)
    page = words_of((await portal.get(f"/appeals/{appeal}")).text)
    assert "Decided in your favor" in page
    assert "The record of line 2 shows it." in page
    assert (await portal.get(f"/appeals/{appeal}/letter")).status_code == 404
    assert (await portal.get(f"/api/appeals/{appeal}/letter")).status_code == 404
    rights = words_of((await portal.get(f"/appeals/claims/{claim}/rights")).text)
    assert "Decided in your favor in appeal A-2611-000001" in rights
    assert "We must receive your appeal by 03/24/2027" in rights  # line 1 still can be appealed


async def test_a_line_of_a_hospital_without_a_procedure_is_named_by_its_revenue_code(portal: Appeals) -> None:
    claim = await portal.claim(denied(1), denied(2, procedure="0250"))
    for page in ("rights", "redetermination"):
        words = words_of((await portal.get(f"/appeals/claims/{claim}/{page}")).text)
        assert "Line 1 · 99213" in words
        assert "Line 2 · revenue code 0250" in words
    appeal = await portal.filed(claim, 2)
    assert "Line 2 · revenue code 0250" in words_of((await portal.get(f"/appeals/{appeal}")).text)
    assert "revenue code 0250" in words_of((await portal.get(f"/appeals/review/{appeal}", REVIEWER)).text)
    await portal.decide(appeal, {2: False})
    assert "revenue code 0250" in words_of((await portal.get(f"/appeals/{appeal}/letter")).text)


async def test_a_decision_in_part_is_told_by_a_letter_on_the_page_and_as_a_pdf(portal: Appeals) -> None:
    appeal = await portal.filed(await portal.claim(denied(1), denied(2)), 1, 2)
    await portal.decide(appeal, {1: True, 2: False})
    [event] = await portal.published("appeals.appeal-decided.v1")
    assert (event.event.outcome, event.event.lines) == ("partially-favorable", (1,))
    for path, who in ((f"/appeals/{appeal}", BILLER), (f"/appeals/review/{appeal}", REVIEWER)):
        letter = words_of((await portal.get(f"{path}/letter", who)).text)
        assert "Our decision is partially favorable." in letter
        assert "The record of line 2 shows it." in letter
        assert "must receive your request by 05/27/2027" in letter
        assert MBI not in letter
        file = await portal.get(f"{path}/letter.pdf", who)
        assert file.headers["content-type"] == "application/pdf"
        with pikepdf.open(io.BytesIO(file.content)) as document:
            assert document.open_metadata()["pdfuaid:part"] == "1"
    assert (await portal.get(f"/appeals/{appeal}/letter", OTHER_BILLER)).status_code == 404
    told = (await portal.get(f"/api/appeals/{appeal}")).json()
    assert (told["state"], told["has_letter"]) == ("partially-favorable", True)
    [row] = await portal.rows("SELECT letter FROM appeal")
    assert "Mossinghame" not in row.letter


async def test_an_unfavorable_decision_pays_nothing_and_opens_the_next_level(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    appeal = await portal.filed(claim, 1)
    await portal.decide(appeal, {1: False})
    [event] = await portal.published("appeals.appeal-decided.v1")
    assert (event.event.outcome, event.event.lines) == ("unfavorable", ())
    rights = words_of((await portal.get(f"/appeals/claims/{claim}/rights")).text)
    assert "it must be received by 05/27/2027" in rights
    assert "Ask for a redetermination" not in rights
    assert (await portal.ask(claim, 1)).status_code == 409


async def test_what_is_decided_on_a_weekend_bears_the_business_day_it_counts_as_received(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    portal.app.clock.advance(timedelta(days=5))  # from Monday to Saturday
    appeal = await portal.filed(claim, 1)
    assert (await portal.decide(appeal, {1: False})).status_code == 303
    [event] = await portal.published("appeals.appeal-decided.v1")
    [row] = await portal.rows("SELECT received_on, decided_on FROM appeal")
    assert (row.received_on, row.decided_on, event.event.decided_on) == (date(2026, 11, 30),) * 3
    assert "11/30/2026" in words_of((await portal.get(f"/appeals/{appeal}/letter")).text)


async def test_an_appeal_is_decided_once(portal: Appeals) -> None:
    appeal = await portal.filed(await portal.claim(denied(1)), 1)
    assert (await portal.decide(appeal, {1: True}, key="the same form")).status_code == 303
    assert (await portal.decide(appeal, {1: True}, key="the same form")).status_code == 303
    second = await portal.decide(appeal, {1: False})
    assert second.status_code == 409
    assert "was decided on 11/23/2026. A decision is issued once." in words_of(second.text)
    assert len(await portal.published("appeals.appeal-decided.v1")) == 1
    [row] = await portal.rows("SELECT outcome FROM appeal")
    assert row.outcome == "favorable"


async def test_nothing_is_added_to_what_was_decided(portal: Appeals) -> None:
    appeal = await portal.filed(await portal.claim(denied(1)), 1)
    await portal.decide(appeal, {1: False})
    answer = await portal.add(appeal, pdf())
    assert answer.status_code == 409
    assert "was decided, so nothing can be added to it" in words_of(answer.text)
    assert portal.stored_files() == 0


@pytest.mark.parametrize(
    ("decisions", "fields", "sentence", "reason"),
    [
        ({1: True}, {"rationale_1": " "}, "Line 1: give the rationale.", "without-rationale"),
        ({}, {"rationale_1": "It shows."}, "Line 1: choose what you decide.", "undecided"),
        ({1: True}, {"rationale_1": "x" * 2001}, "Line 1: shorten the rationale", "too-long"),
        ({1: True}, {"decision_1": "perhaps"}, "Line 1: choose what you decide.", "undecided"),
    ],
)
async def test_a_decision_that_lacks_something_is_not_issued_and_keeps_what_was_typed(
    portal: Appeals, decisions: dict[int, bool], fields: dict[str, str], sentence: str, reason: str
) -> None:
    appeal = await portal.filed(await portal.claim(denied(1)), 1)
    with capture_logs() as logged:
        answer = await portal.decide(appeal, decisions, **fields)
    assert answer.status_code == 422
    assert sentence in words_of(answer.text)
    assert fields.get("rationale_1", "").strip() in answer.text
    assert reason in [each.get("reason") for each in logged]
    assert await portal.published("appeals.appeal-decided.v1") == []
    [row] = await portal.rows("SELECT outcome, letter FROM appeal")
    assert (row.outcome, row.letter) == ("", None)


@pytest.mark.parametrize("path", ["", "/letter", "/letter.pdf", f"/documents/{NO_APPEAL}"])
async def test_what_does_not_exist_is_not_found(portal: Appeals, path: str) -> None:
    assert (await portal.get(f"/appeals/review/{NO_APPEAL}{path}", REVIEWER)).status_code == 404
    assert (await portal.get(f"/appeals/review/not-an-id{path}", REVIEWER)).status_code == 404
    assert (await portal.decide(NO_APPEAL, {1: True})).status_code == 404


async def test_a_document_of_another_appeal_is_not_found_in_this_one(portal: Appeals) -> None:
    one = await portal.filed(await portal.claim(denied(1)), 1, file=pdf())
    other = await portal.filed(await portal.claim(denied(1)), 1)
    document = (await portal.get(f"/api/appeals/{one}")).json()["documents"][0]["document_id"]
    assert (await portal.get(f"/appeals/review/{other}/documents/{document}", REVIEWER)).status_code == 404


async def test_a_provider_has_nothing_of_the_reviewers_and_the_reviewer_nothing_of_the_providers(
    portal: Appeals,
) -> None:
    claim = await portal.claim(denied(1))
    appeal = await portal.filed(claim, 1)
    for path in ("", f"/{appeal}", f"/{appeal}/letter"):
        assert (await portal.get(f"/appeals/review{path}", BILLER)).status_code == 403
    assert (await portal.decide(appeal, {1: True}, who=BILLER)).status_code == 403
    for path in ("/appeals", f"/appeals/{appeal}", f"/appeals/claims/{claim}/rights", "/api/appeals"):
        assert (await portal.get(path, REVIEWER)).status_code == 403
    [row] = await portal.rows("SELECT outcome FROM appeal")
    assert row.outcome == ""
