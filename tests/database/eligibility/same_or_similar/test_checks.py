"""Same or similar items asked of the item history over HTTPS, as people and programs see it."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from libs.common.messaging.subscriptions import Due
from services.eligibility.item_history.handlers import SWEEP, sweep
from tests.support.applications import BILLER, OTHER_BILLER, Someone
from tests.support.item_history import POPULATION, US, DmeService, dme_service, patient_of, typed
from tests.support.platform import CloneSettings
from tests.support.portico import MORNING

PAGE = "/eligibility/same-or-similar"
PATIENT = patient_of("A CPAP")
PRIVATE = (PATIENT.mbi, PATIENT.last_name, f"{PATIENT.birth_date:%m/%d/%Y}", f"{PATIENT.birth_date}")


@pytest.fixture
async def portal(
    databases: Callable[..., Awaitable[CloneSettings]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[DmeService]:
    async with dme_service(await databases("eligibility"), monkeypatch, PAGE) as running:
        yield running


async def states(portal: DmeService) -> list[str]:
    return [row.state for row in await portal.eligibility.rows("SELECT state FROM item_check ORDER BY asked_at")]


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize(
    ("story", "procedure", "modifiers", "meaning"),
    [
        ("Nothing", "E0601", "", "No same or similar item is on file"),
        ("A CPAP", "E0601", "NU", "Expect a denial: the same item was issued on"),
        ("A CPAP", "E0470", "", "Expect a denial: a similar item (E0601) was issued on"),
        ("A wheelchair in", "K0823", "", "Rented from Lanternview Home Medical: a similar item (K0001), month 7 of 13"),
        ("A hospital bed", "E0260", "", "You rent the same item to this patient: month 3 of 13"),
        ("A walker", "E0143", "", "A replacement can be paid"),
        ("Oxygen", "E1390", "", "Expect a denial: all 36 rental months are paid"),
        ("A wheelchair whose", "K0003", "", "An earlier rental ended after month 4 of 13"),
        ("A knee", "L1833", "LT", "Only an item for the right side is on file"),
        ("A knee", "L1833", "rt", "Expect a denial: the same item was issued on"),
    ],
)
async def test_each_history_says_first_what_it_means_for_the_order(
    portal: DmeService, story: str, procedure: str, modifiers: str, meaning: str
) -> None:
    page = await portal.answered(**typed(patient_of(story), procedure.lower(), modifiers))
    assert page.status_code == 200
    assert meaning in words_of(page.text)
    assert re.findall(r"autofocus>\s*<\w+ class=\"([\w-]+)", page.text) == ["p-answer"]
    assert 'id="procedure"' in page.text
    assert await states(portal) == ["answered"]


async def test_an_item_is_shown_with_supplier_days_and_lifetime(portal: DmeService) -> None:
    page = words_of((await portal.answered(**typed(PATIENT, "E0601"))).text)
    for words in (
        "E0601 RR KX · Cont airway pressure device",
        "11/23/2024 to 11/23/2025",
        "Rental, month 13 of 13",
        "11/22/2029",
        "Lanternview Home Medical NPI",
        "800-555-0160",
        "Within its lifetime",
        "Positive airway pressure and respiratory assist devices (LCD L33718 and L33800)",
        "Print this page",
        "on file at that time",
    ):
        assert words in page, words


async def test_the_right_patient_is_shown_by_name_or_birth_date(portal: DmeService) -> None:
    by_name = await portal.answered(**typed(PATIENT, "E0601", birth_date="", first_name=PATIENT.first_name.upper()))
    assert "Expect a denial" in by_name.text
    wrong = await portal.answered(key="key-000002", **typed(PATIENT, "E0601", birth_date="01/02/1940"))
    assert "The birth date is not the one on file for this Medicare number." in wrong.text
    assert f'value="{PATIENT.last_name}"' in wrong.text
    assert f"{PATIENT.birth_date:%m/%d/%Y}" not in wrong.text
    assert "Lanternview" not in wrong.text
    stranger = typed(POPULATION.beneficiary(9_999), "E0601")
    assert "does not know this Medicare number" in (await portal.answered(key="key-000003", **stranger)).text
    assert await states(portal) == ["answered", "refused", "refused"]


async def test_a_code_that_nobody_knows_is_told(portal: DmeService) -> None:
    page = await portal.answered(**typed(PATIENT, "E9998"))
    assert "The item history does not know HCPCS code E9998." in page.text
    assert await states(portal) == ["refused"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("procedure", "99213", "99213 is a CPT code"),
        ("procedure", "", "Enter the HCPCS code"),
        ("modifiers", "NU RR", "exclude each other"),
        ("mbi", "1EG4", "this one has 4"),
        ("last_name", "", "Enter the last name."),
        ("birth_date", "yesterday", "MM/DD/YYYY"),
        ("birth_date", "", "shows that it is the right patient"),
    ],
)
async def test_what_to_correct_is_said_and_nobody_is_asked(
    portal: DmeService, field: str, value: str, sentence: str
) -> None:
    with capture_logs() as logs:
        page = await portal.ask(**(typed(PATIENT, "E0601") | {field: value}))
    assert page.status_code == 422
    assert sentence in words_of(page.text).replace("&#39;", "'")
    assert portal.history.state.answered == 0
    assert await states(portal) == []
    assert not [word for word in PRIVATE if word in str(logs)]


async def test_everything_to_correct_is_said_in_one_pass(portal: DmeService) -> None:
    page = await portal.ask(**typed(PATIENT, "E601", "N", mbi="1EG4", last_name="", birth_date="tomorrow"))
    assert page.status_code == 422
    for field in ("procedure", "modifiers", "mbi", "last_name", "birth_date"):
        assert f'href="#{field}"' in page.text
    assert "shows that it is the right patient" not in page.text


@pytest.mark.parametrize(("answer", "code"), [("foreign", "trace"), ("other-patient", "patient")])
async def test_an_answer_to_another_question_is_neither_shown_nor_kept_and_an_operator_is_called(
    portal: DmeService, answer: str, code: str
) -> None:
    portal.history.behave(answer=answer)
    before = foreign_answers()
    with capture_logs() as logs:
        page = await portal.answered(**typed(PATIENT, "E0601"))
    assert "is not about this question" in page.text
    kept = await portal.eligibility.rows("SELECT state, answer FROM item_check")
    assert [tuple(row) for row in kept] == [("unreadable", None)]
    assert [(each["partner"], each["code"]) for each in logs if each["event"] == "foreign answer"] == [
        ("item_history", code)
    ]
    assert foreign_answers() == before + 1
    assert not [word for word in PRIVATE if word in str(logs)]


def foreign_answers() -> float:
    return REGISTRY.get_sample_value("portico_foreign_answers_total", {"partner": "item_history"}) or 0.0


@pytest.mark.parametrize("answer", ["cut", "new-words"])
async def test_an_answer_that_cannot_be_read_is_not_kept(portal: DmeService, answer: str) -> None:
    portal.history.behave(answer=answer)
    page = await portal.answered(**typed(PATIENT, "E0601"))
    assert "cannot be read" in page.text
    assert await states(portal) == ["unreadable"]


@pytest.mark.parametrize("trouble", ["refuse", "hold", "gone"])
async def test_while_the_item_history_does_not_answer_the_question_is_kept_to_ask_again(
    portal: DmeService, trouble: str
) -> None:
    if trouble == "gone":
        await portal.history.stop()
    else:
        portal.history.behave(**{trouble: True})
    page = await portal.answered(**typed(PATIENT, "E0601", "NU"))
    assert "The item history did not answer." in page.text
    assert 'value="E0601"' in page.text
    assert 'value="NU"' in page.text
    assert (await portal.app.call("GET", "/partnerz/item_history")).status_code == 503
    assert await states(portal) == ["no-answer"]


async def test_a_slow_answer_within_its_time_is_an_answer(portal: DmeService) -> None:
    portal.history.behave(delay_seconds=0.5)
    assert "Expect a denial" in (await portal.answered(**typed(PATIENT, "E0601"))).text
    assert (await portal.app.call("GET", "/partnerz/item_history")).status_code == 200


async def test_without_its_authority_nothing_is_sent(portal: DmeService) -> None:
    settings = portal.app.web.settings
    (settings.state_directory / "secrets/partners/item-history/authority.pem").unlink()
    assert "did not answer" in (await portal.answered(**typed(PATIENT, "E0601"))).text
    assert portal.history.state.answered == 0


async def test_the_answer_is_kept_sealed_and_for_a_short_time_only(portal: DmeService) -> None:
    first = await portal.ask(**typed(PATIENT, "E0601"))
    [row] = await portal.eligibility.rows("SELECT item_check::text AS all FROM item_check")
    assert not [word for word in (*PRIVATE, "E0601", "Lanternview") if word in row.all]
    portal.app.clock.leap(timedelta(days=31))
    await run_sweep(portal)
    page = await portal.app.call("GET", first.headers["location"], US)
    assert "The answer is no longer kept." in page.text
    assert f'value="{PATIENT.last_name}"' in page.text


async def run_sweep(portal: DmeService) -> None:
    runtime = portal.app.work
    async with runtime.database.work(runtime) as work:
        await sweep(work, Due(kind=SWEEP, subject="all", due_at=work.now, payload={}, attempts=0))


async def test_what_nobody_waits_for_any_more_is_closed(portal: DmeService) -> None:
    sent = await portal.ask(**typed(PATIENT, "E0601"))
    await portal.eligibility.rows("UPDATE item_check SET state = 'pending', answer = NULL RETURNING 1")
    assert "The item history is being asked." in (await portal.app.call("GET", sent.headers["location"], US)).text
    portal.app.clock.leap(timedelta(minutes=3))
    await run_sweep(portal)
    assert await states(portal) == ["no-answer"]


async def test_the_same_form_twice_is_asked_once(portal: DmeService) -> None:
    first, second = [await portal.ask(**typed(PATIENT, "E0601")) for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    assert portal.history.state.answered == 1


async def test_another_office_finds_nothing_and_the_check_is_of_its_kind(portal: DmeService) -> None:
    address = (await portal.ask(**typed(PATIENT, "E0601"))).headers["location"]
    program = address.replace("/checks", "")
    for path in (address, f"/api{program}", address.replace("same-or-similar", "certificates")):
        assert (await portal.app.call("GET", path, OTHER_BILLER)).status_code == 404
    assert (await portal.app.call("GET", address.replace("same-or-similar", "certificates"), US)).status_code == 404
    assert (await portal.app.call("GET", f"/api{program}", US)).status_code == 200


async def test_recent_checks_name_whom_for_what_and_not_the_result(portal: DmeService) -> None:
    await portal.answered(**typed(PATIENT, "E0601", "NU"))
    page = await portal.app.call("GET", PAGE, US)
    for words in (f"MBI ending in {PATIENT.mbi[-4:]}", "E0601 NU", "Answered", PATIENT.last_name):
        assert words in page.text
    assert "denial" not in page.text
    assert PATIENT.last_name not in (await portal.app.call("GET", PAGE, BILLER)).text
    assert 'href="/eligibility/certificates"' in page.text


async def test_a_thousand_items_come_page_by_page(portal: DmeService) -> None:
    page = await portal.answered(**typed(patient_of("1,000"), "E0607"))
    seen, addresses = rows_of(page.text), {page.request.url.path}
    assert "1,000 items" in page.text
    assert "A replacement can be paid" in page.text
    while following := re.search(r'href="([^"]+)" rel="next"', page.text):
        assert len(rows_of(page.text)) == 50
        page = await portal.app.call("GET", following[1].replace("&amp;", "&"), US)
        seen += rows_of(page.text)
        addresses.add(page.request.url.path)
    assert (len(seen), len(set(seen))) == (1_000, 1_000)
    assert len(addresses) == 1
    for wrong in ("after=1001", "before=0", "after=x"):
        assert (await portal.app.call("GET", f"{addresses.copy().pop()}?{wrong}", US)).status_code == 400


def rows_of(page: str) -> list[str]:
    return re.findall(r'data-label="Issued"><time datetime="([^"]+)"', page)


async def test_who_guesses_is_stopped_for_that_number_alone(portal: DmeService) -> None:
    async def guess(number: int, who: Someone = US, story: str = "A CPAP") -> int:
        fields = typed(patient_of(story), "E0601", birth_date=f"01/{number:02}/1940")
        return (await portal.ask(who, key=f"guess-{number:06}", **fields)).status_code

    statuses = await asyncio.gather(*(guess(number) for number in range(1, 13)))
    assert sorted(statuses) == [303] * 5 + [429] * 7
    assert portal.history.state.answered == 5
    refused = await portal.ask(key="right-00001", **typed(PATIENT, "E0601"))
    assert refused.status_code == 429
    assert "You can ask about this number again after 11/24/2026 9:30 a.m. EST" in words_of(refused.text)
    assert (await guess(20, story="A walker"), await guess(21, BILLER)) == (303, 303)
    audited = "SELECT count(*) FROM audit WHERE reason = 'inquiry-limited' AND outcome = 'refused'"
    assert [row[0] for row in await portal.eligibility.rows(audited)] == [8]
    portal.app.clock.leap(timedelta(hours=25))
    assert (await portal.ask(key="right-00002", **typed(PATIENT, "E0601"))).status_code == 303


async def test_codes_that_nobody_knows_are_no_guesses(portal: DmeService) -> None:
    for number in range(7):
        sent = await portal.ask(key=f"key-{number:06}", **typed(PATIENT, f"E99{number:02}"))
        assert sent.status_code == 303


async def test_a_program_asks_and_reads_the_same(portal: DmeService) -> None:
    body = {"procedure": "e0601", "mbi": PATIENT.mbi, "last_name": PATIENT.last_name, "first_name": PATIENT.first_name}
    asked = await portal.program(body)
    told = asked.json()
    assert (asked.status_code, told["state"], told["meaning"]["kind"]) == (201, "answered", "bad")
    assert "E0470" in told["compared"]
    [item] = told["items"]
    assert (item["standing"], item["rental_months"], item["rental_cap"], item["lifetime_ends"]) == (
        "owned",
        13,
        13,
        "2029-11-22",
    )
    assert item["supplier"]["name"] == "Lanternview Home Medical"
    assert (await portal.app.call("GET", asked.headers["location"], US)).json() == told
    assert (await portal.program(body)).json() == told
    assert portal.history.state.answered == 1
    wrong = await portal.program({**body, "procedure": "99213", "modifiers": "N"}, key="key-000002")
    assert (wrong.status_code, set(wrong.json()["fields"])) == (422, {"procedure", "modifiers"})
    portal.history.behave(refuse=True)
    away = await portal.program(body, key="key-000003")
    assert away.json()["state"] == "no-answer"
    assert "new Idempotency-Key" in away.json()["message"]


async def test_each_answer_is_audited_and_counted_once(portal: DmeService) -> None:
    await portal.answered(**typed(PATIENT, "E0601"))
    await portal.answered(key="key-000002", **typed(PATIENT, "E0601", birth_date="01/02/1940"))
    actions = "SELECT action, outcome FROM audit WHERE object_kind = 'item-check' ORDER BY action, outcome"
    assert [tuple(row) for row in await portal.eligibility.rows(actions)] == [
        ("answer", "done"),
        ("answer", "failed"),
        ("ask", "done"),
        ("ask", "done"),
        ("read", "done"),
        ("read", "done"),
    ]
    [used] = [each.event for each in await portal.eligibility.published()]
    assert (used.type, used.function, used.used_by) == ("functions.function-used.v1", "F-25", US.user_id)


async def test_the_answer_stays_that_of_its_day(portal: DmeService) -> None:
    first = await portal.ask(**typed(patient_of("A hospital bed"), "E0260"))
    portal.app.clock.leap(timedelta(days=29))
    page = await portal.app.call("GET", first.headers["location"], US)
    assert "You rent the same item to this patient" in page.text
    assert f"{MORNING:%m/%d/%Y}" in page.text
