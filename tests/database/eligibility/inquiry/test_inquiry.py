import asyncio
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import httpx
import pikepdf
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from libs.common.messaging.subscriptions import Due
from services.eligibility.line.handlers import SWEEP
from simulators.hets.knowledge import Knowledge
from simulators.population import DEFAULT_SEED, Beneficiary, Population
from tests.support.applications import BILLER, OTHER_BILLER, Someone
from tests.support.eligibility import PATIENT, EligibilityService, eligibility_service, typed
from tests.support.platform import CloneSettings
from tools.walk.place import until

AGAIN_AFTER = timedelta(seconds=90)
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
        await portal.app.service.timers[SWEEP](
            work, Due(kind=SWEEP, subject="all", due_at=work.now, payload={}, attempts=0)
        )


@pytest.mark.parametrize(
    "left_out", [(), ("first_name",), ("birth_date",)], ids=["primary", "alternate 1", "alternate 2"]
)
async def test_each_search_of_the_handbook_finds_the_patient(
    portal: EligibilityService, left_out: tuple[str, ...]
) -> None:
    fields = {name: value for name, value in typed().items() if name not in left_out}
    page = await portal.answered(**fields)
    assert page.status_code == 200
    for words in ("Part A and Part B active", "Trace number", "Print this page", "Deductible"):
        assert words in page.text
    assert re.findall(r"autofocus>\s*<\w+ class=\"([\w-]+)", page.text) == ["p-answer"]
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
    assert "Part A and Part B active" in right.text
    assert await states(portal) == ["refused", "answered"]
    told = [each.event for each in await portal.published()]
    assert told[0].codes == ("71",)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("mbi", "1S" + PATIENT.mbi[2:], "Position 2"),
        ("mbi", PATIENT.mbi[:9], "this one has 9"),
        ("last_name", "", "Enter the last name."),
        ("birth_date", "11/24/2026", "is in the future"),
        ("birth_date", "tomorrow", "MM/DD/YYYY"),
        ("service_from", "11/22/2021", "4 years back"),
        ("service_to", "04/30/2027", "4 months ahead"),
    ],
)
async def test_what_to_correct_is_said_and_hets_is_not_asked(
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


async def test_everything_to_correct_is_said_in_one_pass(portal: EligibilityService) -> None:
    page = await portal.ask(**typed(mbi="1EG4", last_name="", birth_date="tomorrow", service_to="11/22/2021"))
    assert page.status_code == 422
    for field in ("mbi", "last_name", "birth_date", "service_from"):
        assert f'href="#{field}"' in page.text
    # The birth date was given, if wrongly: the search is not short of it.
    assert "first name or the birth date" not in page.text


async def test_days_in_the_wrong_order_and_neither_name_nor_birth_date(portal: EligibilityService) -> None:
    order = await portal.ask(**typed(service_from="11/20/2026", service_to="11/10/2026"))
    neither = await portal.ask(**typed(first_name="", birth_date=""))
    assert "is before the first" in order.text
    assert "first name or the birth date" in neither.text


@pytest.mark.parametrize("answer", ["foreign", "cut"])
async def test_an_answer_about_somebody_else_or_cut_off_is_not_shown_and_not_kept(
    portal: EligibilityService, answer: str
) -> None:
    portal.hets.behave(answer=answer)
    with capture_logs() as logs:
        page = await portal.answered()
    assert "is not about this question" in page.text
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


@pytest.mark.parametrize("trouble", ["refuse", "hold"])
async def test_what_was_sent_and_has_no_answer_is_not_sent_again_for_90_seconds(
    portal: EligibilityService, trouble: str
) -> None:
    portal.hets.behave(**{trouble: True})
    assert "did not answer" in (await portal.answered()).text
    portal.hets.behave()
    portal.app.clock.advance(timedelta(seconds=27))
    with capture_logs() as logs:
        again = await portal.ask(key="key-000002")
    assert (again.status_code, again.headers["retry-after"]) == (429, "63")
    assert "ask again in 63 seconds" in again.text
    assert f'value="{PATIENT.last_name}"' in again.text
    assert not [word for word in PRIVATE if word in str(logs)]
    assert (await states(portal), portal.hets.state.answered) == (["no-answer"], 0)
    # Another question about the same patient, and the same question of another user, are not concerned.
    assert "Part A and Part B active" in (await portal.answered(key="key-000003", **typed(birth_date=""))).text
    assert "Part A and Part B active" in (await portal.answered(OTHER_BILLER, key="key-000004", **typed())).text
    portal.app.clock.advance(timedelta(seconds=62))
    assert (await portal.ask(key="key-000005")).headers["retry-after"] == "1"
    portal.app.clock.advance(timedelta(seconds=1))
    assert "Part A and Part B active" in (await portal.answered(key="key-000006", **typed())).text
    assert "Part A and Part B active" in (await portal.answered(key="key-000007", **typed())).text
    audited = "SELECT count(*) FROM audit WHERE reason = 'inquiry-repeated' AND outcome = 'refused'"
    assert [row[0] for row in await portal.rows(audited)] == [2]
    assert [row[0] for row in await portal.rows("SELECT count FROM guess ORDER BY count")] == [0, 0]


async def test_the_same_question_at_once_is_sent_by_one_process_alone(portal: EligibilityService) -> None:
    portal.hets.behave(hold=True)
    answers = await asyncio.gather(*(portal.ask(key=f"key-{number:06}") for number in range(6)))
    assert sorted(answer.status_code for answer in answers) == [303] + [429] * 5
    assert (portal.hets.state.most_open, await states(portal)) == (1, ["no-answer"])


async def test_a_program_is_told_when_it_may_send_the_same_question_again(portal: EligibilityService) -> None:
    portal.hets.behave(refuse=True)
    body = {"mbi": PATIENT.mbi, "last_name": PATIENT.last_name, "first_name": PATIENT.first_name}
    for number in range(2):
        headers = {"idempotency-key": f"key-{number:06}"}
        answer = await portal.app.call("POST", "/api/eligibility/inquiries", BILLER, json=body, headers=headers)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "90")
    assert answer.json()["code"] == "inquiry-repeated"
    assert "ask again in 90 seconds" in answer.json()["detail"]
    assert "fields" not in answer.json()


async def test_a_question_whose_asker_died_may_have_been_sent(portal: EligibilityService) -> None:
    await portal.answered()
    await portal.rows("UPDATE inquiry SET state = 'pending' RETURNING 1")
    assert (await portal.ask(key="key-000002")).status_code == 429
    portal.app.clock.advance(AGAIN_AFTER)
    assert (await portal.ask(key="key-000003")).status_code == 303


async def test_what_was_not_sent_may_be_asked_again_at_once(portal: EligibilityService) -> None:
    await portal.hets.stop()
    for number in range(2):
        page = await portal.answered(key=f"key-{number:06}", **typed())
        assert "did not answer" in page.text
    found = [tuple(row) for row in await portal.rows("SELECT sent_at, reason FROM inquiry")]
    assert found == [(None, "no-connection ClientConnectorError")] * 2


async def test_while_hets_rests_the_page_says_so_at_once(portal: EligibilityService) -> None:
    portal.hets.behave(refuse=True)
    for number in range(5):
        await portal.ask(key=f"key-{number:06}", **typed(service_from=f"11/{number + 1:02}/2026"))
    assert portal.hets.state.refused == 5
    page = await portal.answered(key="key-000009", **typed())
    assert "did not answer the last questions, so yours was not sent" in page.text
    assert portal.hets.state.refused == 5
    portal.hets.behave()
    portal.app.clock.advance(timedelta(seconds=11))
    assert "Part A and Part B active" in (await portal.answered(key="key-000010", **typed())).text


async def test_who_finds_no_place_waits_for_a_turn_and_is_answered_then(
    databases: Callable[..., Awaitable[CloneSettings]], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = {"hets_connections": 1, "hets_wait_seconds": 0}
    async with eligibility_service(await databases("eligibility"), monkeypatch, **one) as portal:
        portal.hets.behave(hold=True)
        first = asyncio.create_task(portal.ask())

        async def is_held() -> bool:
            return portal.hets.state.open == 1

        await until(is_held, within=10, waiting_for="the first question")
        page = await portal.answered(key="key-000002", **typed(birth_date=""))
        assert "Waiting for its turn" in page.text
        body = {"mbi": PATIENT.mbi, "last_name": PATIENT.last_name, "first_name": PATIENT.first_name}
        headers = {"idempotency-key": "key-000003"}
        sent = await portal.app.call("POST", "/api/eligibility/inquiries", BILLER, json=body, headers=headers)
        assert (sent.status_code, sent.json()["state"], sent.headers["retry-after"]) == (202, "waiting", "5")
        await first
        portal.hets.behave()
        await portal.work_off()
        for address in (page.url.path, sent.headers["location"].removeprefix("/api")):
            assert "Part A and Part B active" in (await portal.app.call("GET", address, BILLER)).text
        assert portal.hets.state.answered == 2


@pytest.mark.parametrize(("answer", "words"), [("999", "it sent a 999"), ("TA1", "it sent a TA1")])
async def test_a_question_that_hets_cannot_read_is_explained(
    portal: EligibilityService, answer: str, words: str
) -> None:
    portal.hets.behave(answer=answer)
    with capture_logs() as logs:
        page = await portal.answered()
    for each in (words, "Asking again changes nothing", "Not read by HETS"):
        assert each in page.text
    listed = await portal.app.call("GET", "/eligibility", BILLER)
    assert "Not read by HETS" in listed.text
    program = await portal.app.call("GET", f"/api{page.url.path}", BILLER)
    assert words in program.json()["message"]
    [told] = [entry["reason"] for entry in logs if entry["event"] == "inquiry not answered"]
    assert told == {"999": "999 BHT", "TA1": "TA1 017"}[answer]
    assert not [word for word in PRIVATE if word in str(logs)]


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


async def test_the_answer_is_printed_as_a_tagged_pdf_and_that_is_kept_in_the_audit_trail(
    portal: EligibilityService,
) -> None:
    sent = await portal.ask()
    address = sent.headers["location"]
    for path in (address, f"/api{address}"):
        file = await portal.app.call("GET", f"{path}/pdf", BILLER)
        assert (file.status_code, file.headers["content-type"]) == (200, "application/pdf")
        assert not any(word in str(file.headers) for word in PRIVATE)
        with pikepdf.open(io.BytesIO(file.content)) as pdf:
            assert pdf.Root.MarkInfo.Marked
            assert str(pdf.Root.Lang) == "en-US"
        assert (await portal.app.call("GET", f"{path}/pdf", OTHER_BILLER)).status_code == 404
    [prints] = await portal.rows("SELECT count(*) FROM audit WHERE action = 'print' AND object_kind = 'inquiry'")
    assert prints[0] == 2


async def test_what_was_not_answered_is_not_printed(portal: EligibilityService) -> None:
    sent = await portal.ask(**typed(birth_date="01/02/1940"))
    file = await portal.app.call("GET", f"/api{sent.headers['location']}/pdf", BILLER)
    assert file.status_code == 404
    assert "There is no answer to print" in file.text


async def test_a_program_asks_and_reads_the_same(portal: EligibilityService) -> None:
    body = {"mbi": PATIENT.mbi, "last_name": PATIENT.last_name, "first_name": PATIENT.first_name}
    headers = {"idempotency-key": "key-000001"}
    asked = await portal.app.call("POST", "/api/eligibility/inquiries", BILLER, json=body, headers=headers)
    assert asked.status_code == 201
    assert asked.json()["state"] == "answered"
    assert asked.json()["parts"] == ["Part A", "Part B"]
    assert asked.json()["headline"] == "Part A and Part B active"
    assert asked.json()["person"]["mbi"] == PATIENT.mbi
    tabs, groups = asked.json()["tabs"], asked.json()["groups"]
    assert [heading for tab in tabs for heading in tab["headings"]] == list(groups)
    assert [(day["left"], day["amount_cents"]) for day in groups["Hospital days"]][1] == ("30 days", 43_400)
    [amounts] = asked.json()["amounts"]
    assert (amounts["year"], amounts["published"], amounts["part_b_deductible"]) == (2026, True, 28_300)
    again = await portal.app.call("GET", asked.headers["location"], BILLER)
    assert again.json() == asked.json()
    repeated = await portal.app.call("POST", "/api/eligibility/inquiries", BILLER, json=body, headers=headers)
    assert repeated.json() == asked.json()
    assert portal.hets.state.answered == 1
    actions = "SELECT action FROM audit WHERE object_kind = 'inquiry' ORDER BY action"
    assert [row[0] for row in await portal.rows(actions)] == ["answer", "ask", "read", "read", "read"]


async def test_a_program_is_told_what_to_do_when_hets_does_not_answer(portal: EligibilityService) -> None:
    portal.hets.behave(refuse=True)
    body = {"mbi": PATIENT.mbi, "last_name": PATIENT.last_name, "first_name": PATIENT.first_name}

    async def inquire(key: str) -> dict[str, object]:
        headers = {"idempotency-key": key}
        answer = await portal.app.call("POST", "/api/eligibility/inquiries", BILLER, json=body, headers=headers)
        found: dict[str, object] = answer.json()
        return found

    first = await inquire("key-000001")
    assert first["state"] == "no-answer"
    assert "did not answer" in str(first["message"])
    assert "new Idempotency-Key" in str(first["message"])
    portal.hets.behave()
    portal.app.clock.advance(AGAIN_AFTER)
    assert await inquire("key-000001") == first
    assert (await inquire("key-000002"))["state"] == "answered"


async def test_recent_checks_show_whom_for_which_days_and_what_came_of_it(portal: EligibilityService) -> None:
    await portal.answered(**typed(service_from="11/20/2026", service_to="11/21/2026"))
    await portal.answered(key="key-000002", **typed(birth_date="01/02/1940"))
    page = await portal.app.call("GET", "/eligibility", BILLER)
    for words in (f"MBI ending in {PATIENT.mbi[-4:]}", "11/20/2026", "Answered", "No match"):
        assert words in page.text
    # What was asked, never what HETS said: answers are in no list.
    assert "Part A" not in page.text


async def test_the_days_of_a_repeated_question_are_seen(portal: EligibilityService) -> None:
    wrong = await portal.answered(**typed(birth_date="01/02/1940", service_from="11/20/2026"))
    assert 'value="11/20/2026"' in wrong.text
    assert re.search(r'<details class="p-field" open><summary>Different date of service', wrong.text)


async def test_who_guesses_is_stopped_in_every_process_and_for_that_number_alone(portal: EligibilityService) -> None:
    async def guess(number: int, who: Someone = BILLER, patient: Beneficiary = PATIENT) -> httpx.Response:
        return await portal.ask(
            who, key=f"guess-{number:06}", **typed(patient, first_name="", birth_date=f"01/{number:02}/1940")
        )

    with capture_logs() as logs:
        # At once, as several processes would: each inquiry is counted before it is asked.
        answers = await asyncio.gather(*(guess(number) for number in range(1, 13)))
    assert sorted(answer.status_code for answer in answers) == [303] * 5 + [429] * 7
    assert portal.hets.state.answered == 5
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert "You asked 5 times about this Medicare number" in refused.text
    assert "You can ask about this number again after 11/24/2026" in refused.text
    assert [entry["code"] for entry in logs if entry["event"] == "request refused"] == ["inquiry-limited"] * 7
    audited = "SELECT count(*) FROM audit WHERE reason = 'inquiry-limited' AND outcome = 'refused'"
    assert [row[0] for row in await portal.rows(audited)] == [7]
    # Another patient, and another user, are not concerned; the right details come too late, until the time is over.
    assert (await guess(20, patient=Population().beneficiary(8))).status_code == 303
    assert (await guess(21, OTHER_BILLER)).status_code == 303
    assert (await portal.ask(key="right-00001")).status_code == 429
    portal.app.clock.advance(timedelta(hours=25))
    assert (await portal.ask(key="right-00002")).status_code == 303


async def test_a_program_that_guesses_is_told_so(portal: EligibilityService) -> None:
    for number in range(6):
        body = {"mbi": PATIENT.mbi, "last_name": "Nobody", "first_name": "Nemo" + "o" * number}
        headers = {"idempotency-key": f"guess-{number:06}"}
        answer = await portal.app.call("POST", "/api/eligibility/inquiries", BILLER, json=body, headers=headers)
    assert answer.status_code == 429
    assert (answer.json()["code"], list(answer.json()["fields"])) == ("inquiry-limited", ["mbi"])


@pytest.mark.parametrize("trouble", [None, "refuse", "foreign"])
async def test_what_is_no_guess_is_not_counted(portal: EligibilityService, trouble: str | None) -> None:
    if trouble == "foreign":
        portal.hets.behave(answer="foreign")
    elif trouble:
        portal.hets.behave(**{trouble: True})
    for number in range(7):
        assert (
            await portal.ask(key=f"key-{number:06}", **typed(service_from=f"11/{number + 1:02}/2026"))
        ).status_code == 303
    assert [row[0] for row in await portal.rows("SELECT count FROM guess")] == [0]
    portal.app.clock.advance(timedelta(hours=25))
    await run_sweep(portal)
    assert await portal.rows("SELECT count FROM guess") == []


async def test_codes_that_are_new_are_shown_and_an_operator_is_told(portal: EligibilityService) -> None:
    portal.hets.behave(answer="new-codes")
    before = sample("portico_unknown_codes_total", code_set="eligibility_or_benefit_code")
    with capture_logs() as logs:
        page = await portal.answered()
    assert "Part A and Part B active" in page.text
    assert "Unknown code 9Z" in page.text
    assert "HETS used a code that this portal does not know (EB01)" in page.text
    assert {(entry["code"], entry["partner"]) for entry in logs if entry["event"] == "unknown code"} == {
        ("eligibility_or_benefit_code", "hets")
    }
    assert sample("portico_unknown_codes_total", code_set="eligibility_or_benefit_code") > before
    refused = await portal.answered(key="key-000002", **typed(birth_date="01/02/1940"))
    assert "HETS refused the question for reason 9Z" in refused.text


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (0, ["Part A and Part B not active on this date", "Part B ended 06/30/2026"]),
        (1, ["Part A and Part B not active on this date", "UNLAWFUL PRESENCE"]),
        (2, ["Part A and Part B begins 12/01/2026"]),
        (3, ["Date of death 11/13/2026"]),
        (4, ["HETS has other data for this patient", "(you entered"]),
        (
            5,
            ["LANTERN GOLD HMO", "PO BOX 4100", "800-555-0177", "WWW.LANTERN.EXAMPLE", "the plan processes all claims"],
        ),
        (6, ["COPPERFIELD MUTUAL", "SUITE 900", "Insurance policy number", "COPPERFIELD FOUNDRY"]),
        (7, ["LANTERN HOSPICE", "no end date", "HCPCS G0438", "60 lifetime reserve days", "CMS amounts for 2026"]),
        (8, ["Part A and Part B not active on this date", "Immunosuppressive drugs alone (Part B-ID)", "05/20/2022"]),
        (9, ["Above $3,000.00: use the KX modifier", "Threshold reached: use the KX modifier."]),
        (10, ["CMS published $434.00 for 2026.", "Ask again tomorrow, or call the help desk."]),
        (11, ["Unknown code 9Z", "HETS used a code that this portal does not know (EB01)"]),
        (12, ["Part A and Part B active", "Annual wellness visit, later"]),
    ],
)
async def test_each_kind_of_patient_is_shown_with_what_hets_says(
    portal: EligibilityService, place: int, words: list[str]
) -> None:
    patient, _ = list(Knowledge(DEFAULT_SEED).patients.values())[place]
    page = await portal.answered(**typed(patient))
    assert [each for each in words if each not in page.text] == []


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
