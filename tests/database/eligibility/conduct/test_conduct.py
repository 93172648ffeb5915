"""Who asks too often or in vain is kept from asking, is told so, and is unlocked by the administrator."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from libs.common.messaging.subscriptions import Due
from services.eligibility.line.handlers import SWEEP
from services.eligibility.settings import eligibility_settings
from simulators.population import Population
from tests.support.applications import ADMINISTRATOR, BILLER, OTHER_BILLER, Someone
from tests.support.eligibility import EligibilityService, eligibility_service, typed
from tests.support.platform import CloneSettings

BOSS = Someone("administrator of the billers", office="biller", role="PROVIDER_ADMIN", permissions=frozenset())
COLLEAGUE = Someone("colleague", office="biller")


@pytest.fixture
async def portal(
    databases: Callable[..., Awaitable[CloneSettings]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[EligibilityService]:
    for name, value in (
        ("STRANGERS_DAILY", 3),
        ("ERRORS_DAILY", 5),
        ("NPI_ERRORS_DAILY", 8),
        ("USER_HOURLY", 12),
        ("NPI_HOURLY", 15),
    ):
        monkeypatch.setenv(f"PORTICO_ELIGIBILITY_{name}", str(value))
    async with eligibility_service(await databases("eligibility"), monkeypatch) as running:
        await running.app.admit(BOSS, COLLEAGUE)
        yield running


async def stranger(portal: EligibilityService, number: int, who: Someone = BILLER) -> httpx.Response:
    """Ask about somebody with a name that is not theirs."""
    patient = Population().beneficiary(200 + number)
    return await portal.ask(who, key=f"stranger-{number:06}", **typed(patient, last_name="Nobody", birth_date=""))


async def test_who_fishes_is_locked_told_and_unlocked_by_the_administrator(portal: EligibilityService) -> None:
    before = REGISTRY.get_sample_value("portico_inquiries_held_total", {"reason": "fishing"}) or 0.0
    with capture_logs() as logs:
        assert [(await stranger(portal, number)).status_code for number in range(4)] == [303] * 4
    assert [entry["reason"] for entry in logs if entry["event"] == "inquiries held"] == ["fishing"]
    assert REGISTRY.get_sample_value("portico_inquiries_held_total", {"reason": "fishing"}) == before + 1
    refused = await portal.ask(key="right-0001")
    assert refused.status_code == 403
    for words in ("Your eligibility checks are locked", "Too many different Medicare numbers", "portal administrator"):
        assert words in refused.text
    assert f'value="{typed()["last_name"]}"' in refused.text
    answer = await portal.app.call(
        "POST",
        "/api/eligibility/inquiries",
        BILLER,
        json={"mbi": typed()["mbi"], "last_name": "Doe", "first_name": "Jo"},
        headers={"idempotency-key": "right-0002"},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "inquiry-held")
    assert portal.hets.state.answered == 4
    form = await portal.app.call("GET", "/eligibility", BILLER)
    assert "HETS cannot be asked now." in form.text
    # It is one person's, and stays until somebody lifts it.
    assert (await portal.ask(COLLEAGUE, key="colleague-01")).status_code == 303
    portal.app.clock.advance(timedelta(hours=30))
    assert (await portal.ask(key="right-0003")).status_code == 403
    await unlock(portal)
    assert (await portal.ask(key="right-0004")).status_code == 303
    # What was counted before does not lock again.
    await stranger(portal, 9)
    assert (await portal.ask(key="right-0005", **typed(birth_date=""))).status_code == 303
    audited = "SELECT action FROM audit WHERE object_kind = 'asker' ORDER BY audit_id"
    assert [row[0] for row in await portal.rows(audited)] == ["hold", "lift"]


async def unlock(portal: EligibilityService) -> None:
    page = await portal.app.call("GET", "/eligibility/use", BOSS)
    assert page.status_code == 200
    assert "Locked" in page.text
    assert page.text.index(str(BILLER.user_id)) < page.text.index(str(COLLEAGUE.user_id))
    assert not any(word in page.text for word in (typed()["mbi"], typed()["last_name"]))
    body = {"csrf": BOSS.csrf, "idempotency_key": "unlock-0001"}
    # Nobody but an administrator of the same organization unlocks.
    path = f"/eligibility/use/{BILLER.user_id}/unlock"
    foreign = await portal.app.call("POST", path, ADMINISTRATOR, data=body | {"csrf": ADMINISTRATOR.csrf})
    assert foreign.status_code == 404
    done = await portal.app.call("POST", path, BOSS, data=body)
    assert done.status_code == 303
    listed = (await portal.app.call("GET", "/api/eligibility/use", BOSS)).json()
    mine = next(each for each in listed["users"] if each["user_id"] == str(BILLER.user_id))
    assert (mine["asked"], mine["refused"], mine["locked_since"]) == (4, 4, None)


async def test_the_budget_of_refusals_counts_the_same_patient_too(portal: EligibilityService) -> None:
    # Two patients, three refusals of each: nobody fishes, but HETS refused too much.
    for patient in (1, 2):
        for number in range(3):
            fields = typed(Population().beneficiary(300 + patient), birth_date=f"01/0{number + 1}/1940")
            assert (await portal.ask(key=f"error-{patient}-{number}", **fields)).status_code == 303
    page = await portal.ask(key="right-0001")
    assert page.status_code == 403
    assert "HETS refused too many of the questions" in page.text


async def test_an_npi_over_its_budget_pauses_for_all_and_goes_on_by_itself(portal: EligibilityService) -> None:
    people = [Someone(f"biller {number}", office="biller") for number in range(3)]
    await portal.app.admit(*people)
    for number, who in enumerate(people):
        for each in range(3):
            assert (await stranger(portal, 10 * number + each, who)).status_code == 303
    page = await portal.ask(COLLEAGUE, key="colleague-01")
    assert page.status_code == 403
    assert "pause until 11/23/2026" in page.text
    portal.app.clock.advance(timedelta(minutes=61))
    assert (await portal.ask(COLLEAGUE, key="colleague-02")).status_code == 303


async def test_questions_are_limited_by_the_hour_of_a_user_and_of_an_npi(portal: EligibilityService) -> None:
    people = list(Population().beneficiaries(16))
    asked = [(await portal.ask(key=f"hour-{n:06}", **typed(each))).status_code for n, each in enumerate(people[:12])]
    assert set(asked) == {303}
    over = await portal.ask(key="hour-000012", **typed(people[12]))
    assert over.status_code == 429
    assert "You asked HETS 12 times within this hour" in over.text
    others = [(await portal.ask(COLLEAGUE, key=f"other-{n}", **typed(people[n]))).status_code for n in range(12, 16)]
    assert others == [303, 303, 303, 429]
    assert portal.hets.state.answered == 15
    # Another NPI is not concerned, and the next hour begins at zero.
    npi = Someone("of another NPI", npi="1245319599")
    await portal.app.admit(npi)
    assert (await portal.ask(npi, key="another-npi", **typed(people[12]))).status_code == 303
    portal.app.clock.advance(timedelta(hours=1))
    assert (await portal.ask(key="hour-000013", **typed(people[12]))).status_code == 303


async def test_what_was_counted_is_forgotten_after_a_month(portal: EligibilityService) -> None:
    await portal.ask()
    assert await portal.rows("SELECT 1 FROM tally")
    portal.app.clock.advance(timedelta(days=eligibility_settings().tally_days, hours=1))
    runtime = portal.app.work
    async with runtime.database.work(runtime) as work:
        await portal.app.service.timers[SWEEP](
            work, Due(kind=SWEEP, subject="all", due_at=work.now, payload={}, attempts=0)
        )
    assert await portal.rows("SELECT 1 FROM tally") == []


async def test_the_same_form_twice_counts_once(portal: EligibilityService) -> None:
    await portal.ask()
    await portal.ask()
    await portal.ask(OTHER_BILLER)
    counted = "SELECT subject, sum(asked) FROM tally GROUP BY subject ORDER BY subject"
    assert [row[1] for row in await portal.rows(counted)] == [2, 1, 1]
