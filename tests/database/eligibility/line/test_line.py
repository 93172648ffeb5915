"""Inquiries in line: each is asked in its turn and has one outcome, whoever dies meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from libs.common.crashpoints import set_crash_hook
from libs.common.messaging.subscriptions import Due
from services.eligibility.hets.domain import Question
from services.eligibility.inquiry.domain import ASK_WAITING
from services.eligibility.line.handlers import SWEEP
from services.eligibility.settings import eligibility_settings
from simulators.population import Population
from tests.support.applications import BILLER, OTHER_BILLER
from tests.support.eligibility import EligibilityService, eligibility_service, question
from tests.support.platform import CloneSettings
from tests.support.portico import MORNING
from tests.support.simulation import Crash
from tools.walk.place import until

STATES = "SELECT state, count(*) AS count FROM inquiry GROUP BY state ORDER BY state"


@pytest.fixture
async def portal(
    databases: Callable[..., Awaitable[CloneSettings]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[EligibilityService]:
    # HETS has its time on a busy machine: what it does not answer rests, and here the clock stands still.
    async with eligibility_service(await databases("eligibility"), monkeypatch) as running:
        yield running


def patients(count: int) -> list[Question]:
    """A question about each of so many patients."""
    people = Population()
    some = (people.beneficiary(number) for number in range(20, 20 + count))
    return [question(mbi=each.mbi, last_name=each.last_name, birth_date=each.birth_date) for each in some]


async def states(portal: EligibilityService) -> dict[str, int]:
    return {row.state: row.count for row in await portal.rows(STATES)}


async def ask_all(portal: EligibilityService) -> None:
    await portal.app.service.jobs[ASK_WAITING].run(
        portal.app.work, Due(ASK_WAITING, "all", portal.app.clock.now(), {}, 0)
    )


async def run_sweep(portal: EligibilityService) -> None:
    runtime = portal.app.work
    async with runtime.database.work(runtime) as work:
        await portal.app.service.timers[SWEEP](work, Due(SWEEP, "all", work.now, {}, 0))


async def test_what_waits_is_asked_and_each_outcome_is_told_once(portal: EligibilityService) -> None:
    wrong = question(birth_date=question().birth_date + timedelta(days=1))
    ids = await portal.put_in_line(*patients(20), wrong)
    assert await states(portal) == {"waiting": 21}
    assert portal.hets.state.answered == 0
    await portal.work_off()
    assert await states(portal) == {"answered": 20, "refused": 1}
    assert portal.hets.state.answered == 21
    told = [each.event for each in await portal.published()]
    assert sorted(each.inquiry_id for each in told) == sorted(each for each in ids if each)
    assert [each.codes for each in told if each.type == "eligibility.inquiry-failed.v1"] == [("71",)]
    assert await portal.rows("SELECT 1 FROM due_work WHERE kind = 'ask-waiting'") == []


async def test_one_offices_many_do_not_hold_up_another_offices_one(
    portal: EligibilityService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTICO_ELIGIBILITY_IN_LINE_AT_ONCE", "1")
    monkeypatch.setenv("PORTICO_ELIGIBILITY_IN_LINE_PER_SECOND", "1000")
    eligibility_settings.cache_clear()
    many = patients(30)
    await portal.put_in_line(*many)
    asking = asyncio.create_task(ask_all(portal))
    await until(lambda: _answered(portal, 5), within=20, waiting_for="the first answers")
    await portal.put_in_line(*many[:2], who=OTHER_BILLER)
    await asking
    rows = await portal.rows("SELECT enrollment_id, turn FROM inquiry ORDER BY turn")
    first, second = (row.turn for row in rows if row.enrollment_id == OTHER_BILLER.enrollment_id)
    assert await states(portal) == {"answered": 32}
    assert second == first + 1, "they take turns with the many, of which each has a turn of its own"
    assert second < 28, "most of the many come later"


async def _answered(portal: EligibilityService, least: int) -> bool:
    return portal.hets.state.answered >= least


@pytest.mark.parametrize(
    ("point", "asked"),
    [
        # The first is called and never asked; or asked, but its answer is lost; or its answer is kept.
        ("eligibility.called", 5),
        ("eligibility.before-outcome-commit", 6),
        ("eligibility.after-outcome-commit", 5),
    ],
)
async def test_a_worker_that_dies_loses_nothing_and_nothing_is_asked_twice_without_need(
    portal: EligibilityService, monkeypatch: pytest.MonkeyPatch, point: str, asked: int
) -> None:
    monkeypatch.setenv("PORTICO_ELIGIBILITY_IN_LINE_AT_ONCE", "1")
    eligibility_settings.cache_clear()
    ids = await portal.put_in_line(*patients(5))

    def die(name: str) -> None:
        if name == point:
            set_crash_hook(None)
            raise Crash(name)

    set_crash_hook(die)
    try:
        with pytest.raises(Crash):
            await ask_all(portal)
    finally:
        set_crash_hook(None)
    # Another worker takes over and asks for the others; after two minutes also for what the dead one had called.
    await ask_all(portal)
    portal.app.clock.advance(timedelta(minutes=3))
    await run_sweep(portal)
    await portal.work_off()
    assert await states(portal) == {"answered": 5}
    assert portal.hets.state.answered == asked
    told = [each.event.inquiry_id for each in await portal.published()]
    assert sorted(told) == sorted(each for each in ids if each)


async def test_what_hets_does_not_answer_is_asked_again_after_a_rest_and_not_for_ever(
    portal: EligibilityService,
) -> None:
    portal.hets.behave(refuse=True)
    await portal.put_in_line(question())
    asking = asyncio.create_task(ask_all(portal))
    for tries in range(1, 4):
        await until(lambda tries=tries: _refused(portal, tries), within=20, waiting_for="a try")
        portal.app.clock.advance(timedelta(seconds=91))
    await asking
    assert await states(portal) == {"no-answer": 1}
    assert portal.hets.state.refused == 3
    [told] = await portal.published()
    assert told.event.outcome == "no-answer"


async def _refused(portal: EligibilityService, times: int) -> bool:
    waiting = await portal.rows("SELECT 1 FROM inquiry WHERE state = 'pending'")
    return portal.hets.state.refused == times and not waiting


async def test_who_has_lost_access_meanwhile_is_not_asked_for(portal: EligibilityService) -> None:
    await portal.put_in_line(question())
    await portal.rows("DELETE FROM access_grant RETURNING 1")
    await portal.work_off()
    assert await states(portal) == {"no-answer": 1}
    assert portal.hets.state.answered == 0


async def test_who_guesses_is_not_asked_for_and_the_others_are(portal: EligibilityService) -> None:
    wrong = [question(birth_date=question().birth_date + timedelta(days=number)) for number in range(1, 8)]
    ids = await portal.put_in_line(*wrong, *patients(1))
    assert [each is None for each in ids] == [False] * 5 + [True] * 2 + [False]
    await portal.work_off()
    assert await states(portal) == {"answered": 1, "refused": 5}
    assert await portal.put_in_line(*wrong[:1]) == [None]
    assert [row.count for row in await portal.rows("SELECT count FROM guess WHERE count > 0")] == [5]


async def test_who_waits_sees_it_and_then_the_answer(portal: EligibilityService) -> None:
    [inquiry_id] = await portal.put_in_line(question())
    address = f"/eligibility/inquiries/{inquiry_id}"
    page = await portal.app.call("GET", address, BILLER)
    assert "Waiting for its turn" in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert (await portal.app.call("GET", f"/api{address}", BILLER)).json()["state"] == "waiting"
    live = f"/eligibility/live/inquiries/{inquiry_id}"
    assert "Waiting for its turn" in (await portal.app.call("GET", live, BILLER)).text
    assert (await portal.app.call("GET", live, OTHER_BILLER)).status_code == 404
    await portal.work_off()
    assert (await portal.app.call("GET", live, BILLER)).headers["hx-refresh"] == "true"
    assert "Part A and Part B active" in (await portal.app.call("GET", address, BILLER)).text


async def test_one_patient_on_many_days_is_one_guess_and_every_day_is_asked(portal: EligibilityService) -> None:
    days = [
        question(service_from=MORNING.date() - timedelta(days=back), service_to=MORNING.date() - timedelta(days=back))
        for back in range(12)
    ]
    ids = await portal.put_in_line(*days)
    await portal.work_off()
    assert None not in ids
    assert await states(portal) == {"answered": 12}
    assert [row.count for row in await portal.rows("SELECT count FROM guess")] == [0]


async def test_days_that_did_not_match_are_one_guess_and_other_names_are_others(portal: EligibilityService) -> None:
    wrong = [question(last_name="Nobody", service_from=MORNING.date() - timedelta(days=back)) for back in range(3)]
    await portal.put_in_line(*wrong)
    await portal.work_off()
    assert await states(portal) == {"refused": 3}
    assert [row.count for row in await portal.rows("SELECT count FROM guess")] == [1]
    others = [question(last_name=f"Nobody {letter}") for letter in "ABCDE"]
    ids = await portal.put_in_line(*others)
    assert [each is not None for each in ids] == [True, True, True, True, False]
