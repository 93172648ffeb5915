"""A request for a reconsideration: who may ask, what is kept, what goes to the QIC, and what comes back."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest

from libs.common.appeal_deadlines import reconsideration_until
from services.appeals.reconsideration.handlers import QIC_PATIENCE
from tests.support.appeals import Appeals, denied, pdf, scripted_pdf
from tests.support.applications import BILLER, OTHER_BILLER, Someone
from tests.support.portico import DAYS, MORNING
from tests.support.qic import DECIDES_AFTER, RunningQic, qic_serving

READER = Someone("reader", office="biller", permissions=frozenset({"appeals.redetermination-status", "claims.status"}))


def words_of(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


@pytest.fixture
async def qic(portal: Appeals, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RunningQic]:
    async with qic_serving(portal.app.work.settings, portal.app.clock, monkeypatch) as running:
        yield running


async def page(portal: Appeals, appeal: str, who: Someone = BILLER) -> str:
    answer = await portal.get(f"/appeals/{appeal}/reconsideration", who)
    assert answer.status_code == 200
    return words_of(answer.text)


async def later(portal: Appeals, seconds: float) -> None:
    """Let time pass, then do what has come due."""
    portal.app.clock.advance(timedelta(seconds=seconds))
    await portal.due()


# ---- asking ---------------------------------------------------------------------------------------------------------


async def test_the_form_says_by_when_and_what_is_asked(portal: Appeals) -> None:
    appeal = await portal.refused(lines=2, granted=(2,))
    until = reconsideration_until(MORNING.date(), DAYS)
    said = await page(portal, appeal)
    assert f"must receive your request by {until:%m/%d/%Y}" in said
    assert "CMS-20033" in said
    assert "Line 1 · 99213" in said
    assert "The record of line 1 shows it." in said
    assert "Line 2" not in said
    assert "Ask for a reconsideration (level 2)" in (await portal.get(f"/appeals/{appeal}")).text


async def test_an_old_code_is_renewed_before_the_form_is_filled_in(portal: Appeals) -> None:
    appeal = await portal.refused()
    old = replace(BILLER, factor_age=timedelta(hours=4, seconds=1))
    form = f"/appeals/{appeal}/reconsideration"
    asked = await portal.get(form, old)
    assert (asked.status_code, asked.headers["location"]) == (303, f"/session/step-up?next={form}")
    assert (await portal.ask_again(appeal, who=old)).status_code == 403
    assert (await portal.get(form)).status_code == 200


async def test_what_was_granted_or_not_decided_says_in_a_sentence_why_not(portal: Appeals) -> None:
    claim = await portal.claim(denied(1), denied(2))
    undecided = await portal.filed(claim, 1)
    granted = await portal.filed(claim, 2)
    await portal.decide(granted, {2: True})
    for appeal, sentence in (
        (undecided, "is not decided yet"),
        (granted, "decided in your favor, so there is nothing"),
    ):
        assert sentence in await page(portal, appeal)
        answer = await portal.ask_again(appeal)
        assert (answer.status_code, sentence in words_of(answer.text)) == (409, True)
    assert await portal.rows("SELECT * FROM reconsideration") == []
    refusals = await portal.rows("SELECT reason FROM audit WHERE action = 'ask-reconsideration' ORDER BY reason")
    assert [row.reason for row in refusals] == ["favorable", "undecided"]


async def test_what_is_missing_is_said_and_what_was_typed_stays(portal: Appeals) -> None:
    appeal = await portal.refused()
    answer = await portal.ask_again(appeal, explanation="", requester="Jo of the front desk", file=pdf())
    assert answer.status_code == 422
    assert "Explain why you disagree" in answer.text
    assert "Choose the file again" in answer.text
    assert "Jo of the front desk" in answer.text
    refused = await portal.ask_again(appeal, file=scripted_pdf())
    assert (refused.status_code, "holds a script" in refused.text) == (422, True)
    assert await portal.rows("SELECT * FROM reconsideration") == []
    assert portal.stored_files() == 0


async def test_after_the_last_day_good_cause_is_needed(portal: Appeals) -> None:
    appeal = await portal.refused()
    until = reconsideration_until(MORNING.date(), DAYS)
    portal.app.clock.advance(timedelta(days=(until - MORNING.date()).days + 1))
    assert f"The last day was {until:%m/%d/%Y}" in await page(portal, appeal)
    answer = await portal.ask_again(appeal)
    assert (answer.status_code, "needs good cause" in answer.text) == (422, True)
    assert (await portal.ask_again(appeal, good_cause="The office burned down.")).status_code == 303
    said = await page(portal, appeal)
    assert "The office burned down." in said
    assert "later, with good cause" in said


async def test_a_second_request_is_refused_with_a_link_to_the_first(portal: Appeals) -> None:
    appeal = await portal.refused()
    first = await portal.ask_again(appeal, key="the same form")
    again = await portal.ask_again(appeal, key="the same form")
    assert first.headers["location"] == again.headers["location"] == f"/appeals/{appeal}/reconsideration"
    second = await portal.ask_again(appeal, explanation="Once more.")
    assert second.status_code == 409
    assert f'href="/appeals/{appeal}/reconsideration"' in second.text
    assert "Once more." in second.text
    assert len(await portal.rows("SELECT * FROM reconsideration")) == 1


async def test_what_is_written_and_sent_is_kept_sealed(portal: Appeals) -> None:
    appeal = await portal.refused()
    await portal.ask_again(appeal, explanation="Ms. Mossinghame could not walk.", file=pdf(3), name="Mossinghame.pdf")
    [row] = await portal.rows(
        "SELECT r.argument, d.name FROM reconsideration r JOIN attachment d ON d.subject_id = r.appeal_id"
    )
    assert "Mossinghame" not in row.argument + row.name
    said = await page(portal, appeal)
    assert "Ms. Mossinghame could not walk." in said
    assert "Document 1: Mossinghame.pdf Received 3 pages" in said
    [path] = re.findall(
        rf'href="(/appeals/{appeal}/documents/[^"]+)"',
        (await portal.get(f"/appeals/{appeal}/reconsideration")).text,
    )
    file = await portal.get(path)
    assert file.content == pdf(3)
    assert 'filename="A-2611-000001-reconsideration-1.pdf"' in file.headers["content-disposition"]


async def test_others_neither_see_nor_ask(portal: Appeals) -> None:
    appeal = await portal.refused()
    assert (await portal.get(f"/appeals/{appeal}/reconsideration", OTHER_BILLER)).status_code == 404
    assert (await portal.ask_again(appeal, who=OTHER_BILLER)).status_code == 404
    await portal.app.admit(READER)
    assert "you need access to this function" in await page(portal, appeal, READER)
    assert (await portal.ask_again(appeal, who=READER)).status_code == 403
    await portal.ask_again(appeal)
    assert "On its way to the QIC" in await page(portal, appeal, READER)


# ---- the QIC --------------------------------------------------------------------------------------------------------


async def test_a_request_is_received_and_decided_and_what_was_granted_is_told(portal: Appeals, qic: RunningQic) -> None:
    claim = await portal.claim(denied(1), denied(2), denied(3))
    appeal = await portal.filed(claim, 1, 2, 3, file=pdf())
    await portal.decide(appeal, {1: False, 2: True, 3: False})
    assert (await portal.ask_again(appeal, file=pdf(2))).status_code == 303
    assert "On its way to the QIC" in await page(portal, appeal)

    await portal.due()
    [case] = qic.known.values()
    said = await page(portal, appeal)
    assert case.receipt.number in said
    assert "The QIC received it" in said
    assert f"decides by {MORNING.date() + timedelta(days=60):%m/%d/%Y}" in said
    [forwarded] = await portal.published("appeals.appeal-forwarded.v1")
    assert (forwarded.event.number, forwarded.event.level) == (case.receipt.number, 2)
    assert (forwarded.event.appeal_id, forwarded.event.received_on) == (UUID(appeal), MORNING.date())

    await later(portal, DECIDES_AFTER)
    [case] = qic.known.values()
    assert case.decision is not None
    assert [line.number for line in case.decision.lines] == [1, 3]
    granted = tuple(line.number for line in case.decision.lines if line.favorable)
    _first, decided = await portal.published("appeals.appeal-decided.v1")
    assert (decided.event.level, decided.event.number) == (2, case.receipt.number)
    assert decided.event.lines == granted
    said = await page(portal, appeal)
    assert case.decision.lines[0].rationale in said
    outcome = {0: "unfavorable", 1: "partially-favorable", 2: "favorable"}[len(granted)]
    assert decided.event.outcome == outcome
    answer = (await portal.get(f"/api/appeals/{appeal}/reconsideration")).json()
    assert (answer["state"], answer["number"]) == (outcome, case.receipt.number)
    assert [each["favorable"] for each in answer["lines"]] == [line.favorable for line in case.decision.lines]
    first = words_of((await portal.get(f"/appeals/{appeal}")).text)
    assert "At first it was decided partly in your favor; the letter says why. The QIC reconsidered it" in first
    assert "See the reconsideration (level 2)" in first
    rights = words_of((await portal.get(f"/appeals/claims/{claim}/rights")).text)
    assert "The QIC reconsidered it" in rights
    assert await portal.rows("SELECT * FROM due_work WHERE kind = 'follow-reconsideration'") == []


async def test_while_the_qic_is_away_a_request_waits_and_is_delivered_once(portal: Appeals, qic: RunningQic) -> None:
    appeal = await portal.refused()
    await qic.stop()
    await portal.ask_again(appeal)
    for _ in range(3):
        await later(portal, 10)
    assert "On its way to the QIC" in await page(portal, appeal)
    await qic.start()
    qic.behave(lose=True)  # it has it, and we do not hear of it
    await later(portal, 300)
    assert len(qic.known) == 1
    assert "On its way to the QIC" in await page(portal, appeal)
    qic.behave()
    await later(portal, 300)
    assert len(qic.known) == 1
    assert len(await portal.published("appeals.appeal-forwarded.v1")) == 1
    await qic.stop()
    await later(portal, DECIDES_AFTER)
    await qic.start()
    await later(portal, 300)
    assert len(await portal.published("appeals.appeal-decided.v1")) == 2
    await later(portal, 300)
    assert len(await portal.published("appeals.appeal-decided.v1")) == 2


async def test_a_request_that_could_not_be_delivered_for_long_says_what_to_do(portal: Appeals, qic: RunningQic) -> None:
    appeal = await portal.refused()
    await qic.stop()
    await portal.ask_again(appeal)
    await later(portal, 0)
    await later(portal, QIC_PATIENCE.total_seconds())

    assert "send it to the QIC yourself too" in await page(portal, appeal)


async def test_what_the_qic_received_after_the_last_day_says_when_it_was_asked_here(
    portal: Appeals, qic: RunningQic
) -> None:
    appeal = await portal.refused()
    until = reconsideration_until(MORNING.date(), DAYS)
    portal.app.clock.advance(timedelta(days=(until - MORNING.date()).days))
    qic.behave(refuse=True)
    await portal.ask_again(appeal)
    await portal.due()
    assert "later, with good cause" not in await page(portal, appeal)
    qic.behave()
    await later(portal, 2 * 86_400)
    assert "It reached the QIC after the last day." in await page(portal, appeal)


async def test_a_program_asks_with_a_key(portal: Appeals) -> None:
    appeal = await portal.refused()
    body = {"appeal_id": appeal, "requester": "Jo Clerk", "explanation": "It was needed."}
    answers = [
        await portal.app.call(
            "POST", "/api/appeals/reconsiderations", BILLER, json=body, headers={"idempotency-key": "program 000001"}
        )
        for _ in range(2)
    ]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].headers["location"] == f"/api/appeals/{appeal}/reconsideration"
    assert answers[0].json()["state"] == "sending"
    second = await portal.app.call(
        "POST", "/api/appeals/reconsiderations", BILLER, json=body, headers={"idempotency-key": "program 000002"}
    )
    assert (second.status_code, second.json()["code"]) == (409, "appeal-exists")
