"""A request that is put aside: offered when the form is opened again, to nobody else, until it is sent or given up."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import UUID

import httpx
import sqlalchemy as sa

from libs.common.persistence.tables import draft
from libs.common.persistence.unit_of_work import Acting
from libs.common.sweeps import DRAFTS_KEPT, sweep
from tests.support.appeals import Appeals, denied
from tests.support.applications import BILLER, OTHER_BILLER, Someone

COLLEAGUE = Someone("colleague", office="biller")
SAVE = "/appeals/drafts/redetermination"
WHY = "Mossinghame could not walk without it."


def form_of(claim: UUID) -> str:
    return f"/appeals/claims/{claim}/redetermination"


def words_of(page: httpx.Response) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.text)))


async def save(portal: Appeals, claim: UUID, who: Someone = BILLER, **typed: str) -> httpx.Response:
    sent = {"csrf": who.csrf, "enrollment": str(who.enrollment_id), "claim_id": str(claim), **typed}
    return await portal.app.call("POST", SAVE, who, data=sent)


async def test_a_form_put_aside_is_offered_when_it_is_opened_again(portal: Appeals) -> None:
    claim = await portal.claim(denied(1), denied(2))
    saved = await save(portal, claim, line_2="yes", explanation=WHY, requester="")
    assert (saved.status_code, saved.headers["location"]) == (303, f"{form_of(claim)}?draft=continue")
    opened = await portal.get(form_of(claim))
    assert "You began this on 11/23/2026" in words_of(opened)
    assert WHY not in opened.text
    continued = await portal.get(saved.headers["location"])
    assert "Draft saved 11/23/2026" in words_of(continued)
    assert WHY in continued.text
    assert re.search(r'name="line_2" value="yes" checked', continued.text)
    assert not re.search(r'name="line_1" value="yes" checked', continued.text)
    [row] = await portal.rows("SELECT d::text AS text FROM draft d")
    assert "Mossinghame" not in row.text


async def test_saving_again_keeps_when_it_was_begun_and_what_was_typed_last(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    await save(portal, claim, explanation="First.")
    portal.app.clock.advance(timedelta(days=3))
    await save(portal, claim, explanation="Second.")
    opened = words_of(await portal.get(form_of(claim)))
    assert "You began this on 11/23/2026" in opened
    assert "Saved last on 11/26/2026" in opened
    assert "kept until 12/26/2026" in opened
    continued = (await portal.get(f"{form_of(claim)}?draft=continue")).text
    assert "Second." in continued
    assert "First." not in continued


async def test_a_draft_goes_when_it_is_sent_or_discarded(portal: Appeals) -> None:
    claim, other = await portal.claim(denied(1)), await portal.claim(denied(1))
    for each in (claim, other):
        await save(portal, each, explanation=WHY)
    await portal.filed(claim, 1)
    sent = {"csrf": BILLER.csrf, "enrollment": str(BILLER.enrollment_id), "about": str(other)}
    discarded = await portal.app.call("POST", f"{SAVE}/discard", BILLER, data=sent)
    assert (discarded.status_code, discarded.headers["location"]) == (303, form_of(other))
    assert "You began this" not in (await portal.get(form_of(other))).text
    assert await portal.rows("SELECT 1 FROM draft") == []


async def test_nobody_else_sees_a_draft_not_even_past_the_pages(portal: Appeals) -> None:
    await portal.app.admit(COLLEAGUE)
    claim = await portal.claim(denied(1))
    await save(portal, claim, explanation=WHY)
    assert "You began this" not in (await portal.get(form_of(claim), COLLEAGUE)).text
    assert (await save(portal, claim, OTHER_BILLER, explanation="Mine.")).status_code == 404
    web = portal.app.web
    seen = {}
    for who in (BILLER, COLLEAGUE, OTHER_BILLER):
        acting = Acting(f"person:{who.user_id}", who.user_id, BILLER.enrollment_id)
        async with web.database.request(web, acting) as work:
            seen[who.name] = (await work.execute(sa.select(sa.func.count()).select_from(draft))).scalar_one()
    assert seen == {BILLER.name: 1, COLLEAGUE.name: 0, OTHER_BILLER.name: 0}


async def test_what_cannot_be_kept_is_told_at_its_field_and_nothing_typed_is_lost(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    refused = await save(portal, claim, explanation="a\x1bb", requester="Jo Clerk")
    assert refused.status_code == 422
    assert "Remove from the explanation what cannot be printed." in refused.text
    assert 'value="Jo Clerk"' in refused.text
    assert await portal.rows("SELECT 1 FROM draft") == []


async def test_a_form_may_be_put_aside_when_the_code_is_too_old_to_send_it(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    stale = replace(BILLER, factor_age=timedelta(hours=5))
    assert (await save(portal, claim, stale, explanation=WHY)).status_code == 303


async def test_thirty_days_after_it_was_saved_a_draft_is_forgotten(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    await save(portal, claim, explanation=WHY)
    runtime = portal.app.work
    for waited, left in ((DRAFTS_KEPT, 1), (timedelta(seconds=1), 0)):
        portal.app.clock.advance(waited)
        async with runtime.database.work(runtime) as work:
            await sweep(work)
        assert len(await portal.rows("SELECT 1 FROM draft")) == left
