from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from libs.common.messaging.subscriptions import Due
from services.eligibility.inquiry.handlers import SWEEP, sweep
from tests.support.applications import BILLER, OTHER_BILLER
from tests.support.eligibility import PATIENT, EligibilityService, eligibility_service, typed
from tests.support.platform import CloneSettings

PRIVATE = (PATIENT.mbi, PATIENT.last_name, PATIENT.last_name.upper(), f"{PATIENT.birth_date:%Y%m%d}")


@pytest.fixture
async def portal(
    databases: Callable[..., Awaitable[CloneSettings]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[EligibilityService]:
    async with eligibility_service(await databases("eligibility"), monkeypatch) as running:
        yield running


async def states(portal: EligibilityService) -> list[str]:
    return [row.state for row in await portal.rows("SELECT state FROM inquiry ORDER BY asked_at")]


async def run_sweep(portal: EligibilityService) -> None:
    runtime = portal.app.work
    async with runtime.database.work(runtime) as work:
        await sweep(work, Due(kind=SWEEP, subject="all", due_at=work.now, payload={}, attempts=0))


@pytest.mark.parametrize(
    "left_out", [(), ("first_name",), ("birth_date",)], ids=["primary", "alternate 1", "alternate 2"]
)
async def test_each_search_of_the_handbook_finds_the_patient(
    portal: EligibilityService, left_out: tuple[str, ...]
) -> None:
    fields = {name: value for name, value in typed().items() if name not in left_out}
    page = await portal.answered(**fields)
    assert page.status_code == 200
    for words in ("Part A and Part B in force", "Trace number", "Print this page", "Deductible"):
        assert words in page.text
    assert portal.hets.state.answered == 1
    assert await states(portal) == ["answered"]


async def test_the_answer_is_told_without_the_patient_and_kept_sealed(portal: EligibilityService) -> None:
    await portal.answered()
    [told] = await portal.published()
    assert told.event.type == "eligibility.inquiry-answered.v1"
    assert told.event.asked_by == BILLER.user_id
    [row] = await portal.rows("SELECT inquiry::text AS all FROM inquiry")
    assert not [word for word in PRIVATE if word in told.message.payload.decode() or word in row.all]


async def test_a_wrong_birth_date_is_explained_and_the_search_without_it_succeeds(portal: EligibilityService) -> None:
    wrong = await portal.answered(**typed(birth_date="01/02/1940"))
    assert "AAA 71" in wrong.text
    assert "birth date" in wrong.text.lower()
    assert f'value="{PATIENT.last_name}"' in wrong.text
    right = await portal.answered(key="key-000002", **typed(birth_date=""))
    assert "Part A and Part B in force" in right.text
    assert await states(portal) == ["refused", "answered"]
    told = [each.event for each in await portal.published()]
    assert told[0].codes == ("71",)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("mbi", "1S" + PATIENT.mbi[2:], "Position 2"),
        ("mbi", PATIENT.mbi[:9], "this one has 9"),
        ("last_name", "", "Enter the last name."),
        ("birth_date", "11/24/2026", "lies in the future"),
        ("birth_date", "tomorrow", "month/day/year"),
        ("service_from", "11/22/2021", "4 years back"),
        ("service_to", "04/30/2027", "4 months ahead"),
    ],
)
async def test_what_to_mend_is_said_and_hets_is_not_asked(
    portal: EligibilityService, field: str, value: str, sentence: str
) -> None:
    with capture_logs() as logs:
        page = await portal.ask(**typed(**{field: value}))
    assert page.status_code == 422
    assert sentence in page.text
    assert f'href="#{field}"' in page.text
    assert portal.hets.state.answered == 0
    assert await states(portal) == []
    assert [entry["code"] for entry in logs if entry["event"] == "request refused"] == ["form-invalid"]
    assert not [word for word in PRIVATE if word in str(logs)]


async def test_days_in_the_wrong_order_and_neither_name_nor_birth_date(portal: EligibilityService) -> None:
    order = await portal.ask(**typed(service_from="11/20/2026", service_to="11/10/2026"))
    neither = await portal.ask(**typed(first_name="", birth_date=""))
    assert "lies before the first" in order.text
    assert "first name or the birth date" in neither.text


@pytest.mark.parametrize("answer", ["foreign", "cut"])
async def test_an_answer_about_somebody_else_or_cut_off_is_not_shown_and_not_kept(
    portal: EligibilityService, answer: str
) -> None:
    portal.hets.behave(answer=answer)
    with capture_logs() as logs:
        page = await portal.answered()
    assert "does not belong to this question" in page.text
    assert [tuple(row) for row in await portal.rows("SELECT state, answer FROM inquiry")] == [("unreadable", None)]
    [told] = await portal.published()
    assert told.event.outcome == "unreadable"
    assert [entry["code"] for entry in logs if entry["event"] == "inquiry not answered"] == ["unreadable"]


@pytest.mark.parametrize("trouble", ["refuse", "hold", "gone"])
async def test_while_hets_does_not_answer_the_question_is_kept_for_later(
    portal: EligibilityService, trouble: str
) -> None:
    if trouble == "gone":
        await portal.hets.stop()
    else:
        portal.hets.behave(**{trouble: True})
    page = await portal.answered()
    assert "did not answer" in page.text
    assert f'value="{PATIENT.last_name}"' in page.text
    [told] = await portal.published()
    assert told.event.outcome == "no-answer"


@pytest.mark.parametrize(("trouble", "works"), [(None, True), ("refuse", False), ("hold", False), ("gone", False)])
async def test_whether_hets_works_is_told_to_who_watches(
    portal: EligibilityService, trouble: str | None, *, works: bool
) -> None:
    if trouble == "gone":
        await portal.hets.stop()
    elif trouble:
        portal.hets.behave(**{trouble: True})
    answer = await portal.app.call("GET", "/partnerz/hets")
    assert answer.status_code == (200 if works else 503)


async def test_the_same_form_twice_is_asked_once(portal: EligibilityService) -> None:
    first, second = await portal.ask(), await portal.ask()
    assert first.headers["location"] == second.headers["location"]
    assert portal.hets.state.answered == 1


async def test_another_clinic_finds_nothing(portal: EligibilityService) -> None:
    sent = await portal.ask()
    page = await portal.app.call("GET", sent.headers["location"], OTHER_BILLER)
    answer = await portal.app.call("GET", f"/api{sent.headers['location']}", OTHER_BILLER)
    assert (page.status_code, answer.status_code) == (404, 404)


async def test_a_program_asks_and_reads_the_same(portal: EligibilityService) -> None:
    body = {"mbi": PATIENT.mbi, "last_name": PATIENT.last_name, "first_name": PATIENT.first_name}
    headers = {"idempotency-key": "key-000001"}
    asked = await portal.app.call("POST", "/api/eligibility/inquiries", BILLER, json=body, headers=headers)
    assert asked.status_code == 201
    assert asked.json()["state"] == "answered"
    assert asked.json()["parts"] == ["Part A", "Part B"]
    again = await portal.app.call("GET", asked.headers["location"], BILLER)
    assert again.json() == asked.json()
    repeated = await portal.app.call("POST", "/api/eligibility/inquiries", BILLER, json=body, headers=headers)
    assert repeated.json() == asked.json()
    assert portal.hets.state.answered == 1
    actions = "SELECT action FROM audit WHERE object_kind = 'inquiry' ORDER BY action"
    assert [row[0] for row in await portal.rows(actions)] == ["answer", "ask", "read", "read", "read"]


async def test_what_was_left_pending_is_closed_and_the_first_outcome_stands(portal: EligibilityService) -> None:
    await portal.answered()
    await portal.rows("UPDATE inquiry SET state = 'pending' RETURNING 1")
    portal.app.clock.advance(timedelta(minutes=3))
    await run_sweep(portal)
    await run_sweep(portal)
    assert await states(portal) == ["no-answer"]
    assert [each.event.type for each in await portal.published()] == [
        "eligibility.inquiry-answered.v1",
        "eligibility.inquiry-failed.v1",
    ]


async def test_answers_are_forgotten_after_thirty_days(portal: EligibilityService) -> None:
    sent = await portal.ask()
    await portal.rows("UPDATE inquiry SET asked_at = asked_at - interval '31 days' RETURNING 1")
    await run_sweep(portal)
    page = await portal.app.call("GET", sent.headers["location"], BILLER)
    assert "The answer is no longer kept" in page.text
    assert [row.answer for row in await portal.rows("SELECT answer FROM inquiry")] == [None]
