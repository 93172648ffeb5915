"""Schedules: nothing is asked before it is confirmed, each patient once, and those to look at come first."""

import csv
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta

import httpx
import pikepdf
import pytest

from libs.common.messaging.subscriptions import Due
from services.eligibility.schedule.handlers import SWEEP, sweep
from simulators.hets.knowledge import Knowledge
from simulators.population import DEFAULT_SEED, Beneficiary, Population
from tests.support.applications import BILLER, OTHER_BILLER, Someone
from tests.support.eligibility import EligibilityService, eligibility_service
from tests.support.platform import CloneSettings

SCHEDULES = "/eligibility/schedules"
PEOPLE = [
    each for each in Population().beneficiaries(100) if all(int(each.mbi[-2:]) % divisor for divisor in (5, 7, 13))
]
"""Patients of whom HETS says nothing that needs a look."""


@pytest.fixture
async def portal(
    databases: Callable[..., Awaitable[CloneSettings]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[EligibilityService]:
    # HETS has its time on a busy machine: what it does not answer rests, and here the clock stands still.
    async with eligibility_service(await databases("eligibility"), monkeypatch) as running:
        yield running


def row(patient: Beneficiary, **changes: str) -> str:
    """A patient as a row of a spreadsheet."""
    cells = {
        "mbi": patient.mbi,
        "last_name": patient.last_name,
        "first_name": patient.first_name,
        "birth_date": f"{patient.birth_date:%m/%d/%Y}",
        "service_on": "",
        "reference": "",
    }
    return "\t".join((cells | changes).values())


async def send(
    portal: EligibilityService, rows: Sequence[str], who: Someone = BILLER, *, key: str = "key-000001", path: str = ""
) -> httpx.Response:
    """Send the form of the page with pasted rows; or a form about a schedule: `path` is its address and what to do."""
    fields = {
        "csrf": who.csrf,
        "enrollment": str(who.enrollment_id),
        "idempotency_key": key,
        **({"rows": "\r\n".join(rows)} if rows else {}),
    }
    if not path:
        return await portal.app.call("POST", SCHEDULES, who, data=fields, files={"file": ("", b"")})
    _, schedule_id, action = path.rsplit("/", 2)
    return await portal.app.call("POST", f"{SCHEDULES}/{action}", who, data=fields | {"schedule_id": schedule_id})


async def page(portal: EligibilityService, answer: httpx.Response, who: Someone = BILLER) -> str:
    """The page that a form leads to."""
    assert answer.status_code == 303, answer.text
    shown = await portal.app.call("GET", answer.headers["location"], who)
    assert shown.status_code == 200, shown.text
    return shown.text


async def checked(portal: EligibilityService, *rows: str) -> str:
    """The address of a schedule that was sent, confirmed and answered."""
    address: str = (await send(portal, rows)).headers["location"]
    assert (await send(portal, (), key="key-000002", path=f"{address}/confirm")).status_code == 303
    await portal.work_off()
    return address


async def test_a_list_is_shown_as_it_was_read_and_asked_about_when_it_is_confirmed(portal: EligibilityService) -> None:
    sent = await send(portal, [row(each) for each in PEOPLE[:5]])
    review = await page(portal, sent)
    assert "5 ready, 0 to correct" in review
    assert "11/24/2026" in review, "the next business day"
    assert await portal.rows("SELECT 1 FROM inquiry") == []
    address = sent.headers["location"]
    waiting = await page(portal, await send(portal, (), key="key-000002", path=f"{address}/confirm"))
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert "<strong>0</strong> of 5 patients" in waiting
    live = f"{address.replace('/eligibility/', '/eligibility/live/')}?said=0"
    assert "<strong>0</strong> of 5 patients" in (await portal.app.call("GET", live, BILLER)).text
    await portal.work_off()
    done = (await portal.app.call("GET", address, BILLER)).text
    assert "Nothing to look at" in done
    assert "5 patients answered" in done
    assert done.count("Part A and Part B active") == 5
    assert 'http-equiv="refresh"' not in done
    assert portal.hets.state.answered == 5
    assert (await portal.app.call("GET", live, BILLER)).headers["hx-refresh"] == "true"


async def test_what_needs_a_look_comes_first(portal: EligibilityService) -> None:
    stories = list(Knowledge(DEFAULT_SEED).patients.values())
    fine = [row(each) for each in PEOPLE[:3]]
    some = [row(stories[place][0]) for place in (0, 5, 6, 7)]
    unknown = row(PEOPLE[4], mbi="1EG4TE5MK73")
    address = await checked(portal, *fine, *some, unknown)
    shown = (await portal.app.call("GET", address, BILLER)).text
    assert "5 to look at" in shown
    for words in ("Not active", "Medicare Advantage", "Other insurance pays first", "Hospice", "Not found"):
        assert words in shown
    numbers = [int(each) for each in re.findall(r"Row (\d+)", shown)]
    assert numbers == [4, 5, 6, 7, 8, 1, 2, 3]


async def test_rows_to_correct_are_corrected_or_left_out(portal: EligibilityService) -> None:
    sent = await send(portal, [row(PEOPLE[0]), row(PEOPLE[1], mbi="1EG4"), row(PEOPLE[2], birth_date="31/31/1943")])
    address = sent.headers["location"]
    review = await page(portal, sent)
    assert "1 ready, 2 to correct" in review
    assert "this one has 4" in review
    assert "leave out 2" in review
    corrected = [row(PEOPLE[1]), row(PEOPLE[2], birth_date="still wrong")]
    again = await page(portal, await send(portal, corrected, key="key-000002", path=f"{address}/corrections"))
    assert "2 ready, 1 to correct" in again
    await send(portal, (), key="key-000003", path=f"{address}/confirm")
    await portal.work_off()
    shown = (await portal.app.call("GET", address, BILLER)).text
    assert "2 patients answered, 1 not asked" in shown
    assert portal.hets.state.answered == 2
    late = await send(portal, corrected, key="key-000004", path=f"{address}/corrections")
    assert late.status_code == 409


async def test_a_list_that_cannot_be_taken_is_shown_again_with_what_to_do(portal: EligibilityService) -> None:
    many = [row(each) for each in Population().beneficiaries(100)]
    answer = await send(portal, many)
    assert answer.status_code == 422
    assert "has 100 patients; 99 are taken at once" in answer.text
    assert many[0].split("\t", 1)[0] in answer.text, "what was pasted is not lost"
    assert await portal.rows("SELECT 1 FROM schedule") == []
    assert (await send(portal, ())).status_code == 422


async def test_a_file_is_read_as_what_is_pasted(portal: EligibilityService) -> None:
    fields = {"csrf": BILLER.csrf, "enrollment": str(BILLER.enrollment_id), "idempotency_key": "key-000001"}

    async def take(content: bytes) -> httpx.Response:
        files = {"file": ("schedule.csv", content)}
        return await portal.app.call("POST", SCHEDULES, BILLER, data=fields, files=files)

    content = "\ufeff" + "\n".join(row(each).replace("\t", ",") for each in PEOPLE[:2])
    assert "2 ready, 0 to correct" in await page(portal, await take(content.encode()))
    book = await take(b"PK\x03\x04 a workbook" * 100)
    assert book.status_code == 422
    assert "Save it as CSV" in book.text
    assert (await take(b"x" * (257 * 1024))).status_code == 413


async def test_the_same_patient_twice_is_asked_about_once_and_both_rows_show_it(portal: EligibilityService) -> None:
    sent = await send(portal, [row(PEOPLE[0], reference="first"), row(PEOPLE[0], reference="second")])
    assert "Rows 1 and 2 are the same patient on the same day: asked once" in await page(portal, sent)
    address = sent.headers["location"]
    await send(portal, (), key="key-000002", path=f"{address}/confirm")
    await portal.work_off()
    shown = (await portal.app.call("GET", address, BILLER)).text
    assert shown.count("Part A and Part B active") == 2
    assert portal.hets.state.answered == 1


async def test_a_name_that_hets_does_not_know_is_tried_in_other_spellings_within_the_limit(
    portal: EligibilityService,
) -> None:
    address = await checked(portal, row(PEOPLE[0], first_name="Other"), row(PEOPLE[1], last_name="Nobody"))
    shown = (await portal.app.call("GET", address, BILLER)).text
    assert f"Found as {PEOPLE[0].last_name}" in shown
    assert "Not found" in shown
    by_patient = "SELECT count(*) AS count FROM inquiry GROUP BY beneficiary_token"
    assert max(row.count for row in await portal.rows(by_patient)) <= 4
    guesses = await portal.rows("SELECT max(count) AS most FROM guess")
    assert guesses[0].most < 5, "the user may still try what they find out"


async def test_the_same_form_twice_asks_once(portal: EligibilityService) -> None:
    first, second = await send(portal, [row(PEOPLE[0])]), await send(portal, [row(PEOPLE[0])])
    assert first.headers["location"] == second.headers["location"]
    for key in ("key-000002", "key-000002"):
        assert (await send(portal, (), key=key, path=f"{first.headers['location']}/confirm")).status_code == 303
    assert (await send(portal, (), key="key-000003", path=f"{first.headers['location']}/confirm")).status_code == 409
    assert len(await portal.rows("SELECT 1 FROM inquiry")) == 1


async def test_everything_is_a_spreadsheet_with_who_asked_and_when(portal: EligibilityService) -> None:
    address = await checked(portal, row(PEOPLE[0], reference="-1+cmd"), row(PEOPLE[1], mbi="1EG4TE5MK73"))
    for path in (address, f"/api{address}"):
        file = await portal.app.call("GET", f"{path}/results.csv", BILLER)
        assert file.status_code == 200
        header, *rows = csv.reader(io.StringIO(file.text))
        found = [dict(zip(header, each, strict=True)) for each in rows]
        assert [each["Row"] for each in found] == ["2", "1"], "first what needs a look"
        assert found[0]["To look at"] == "Not found"
        assert found[1]["Your reference"] == "'-1+cmd"
        assert found[1]["Asked by"] == BILLER.name
        assert found[1]["HETS trace number"]
        assert (await portal.app.call("GET", f"{path}/results.csv", OTHER_BILLER)).status_code == 404


async def test_a_program_has_many_checked_and_reads_them_page_by_page(portal: EligibilityService) -> None:
    body = "\n".join(row(each).replace("\t", ",") for each in PEOPLE[:48]) + "\nnonsense,,"
    headers = {"idempotency-key": "key-000001", "content-type": "text/csv"}

    async def post(content: str = body, **more: str) -> httpx.Response:
        return await portal.app.call(
            "POST", f"/api{SCHEDULES}", BILLER, content=content.encode(), headers=headers | more
        )

    sent = await post()
    assert sent.status_code == 202, sent.text
    facts = {name: sent.json()[name] for name in ("patients", "waiting", "to_correct", "settled")}
    assert facts == {"patients": 49, "waiting": 48, "to_correct": 1, "settled": 0}
    assert (await post()).json() == sent.json()
    await portal.work_off()
    address = sent.headers["location"]
    assert (await portal.app.call("GET", address, BILLER)).json()["settled"] == 48
    listed = (await portal.app.call("GET", f"{address}/patients", BILLER)).json()
    assert listed["total"] == 49
    assert listed["patients"][0]["faults"]
    assert listed["patients"][1]["finding"]["words"] == "Part A and Part B active"
    refused = await post("nonsense,,", **{"idempotency-key": "key-000002"})
    assert refused.status_code == 422
    assert "Row 1" in refused.json()["fields"]["body"]


async def test_rows_are_sealed_and_forgotten_as_soon_as_answers(portal: EligibilityService) -> None:
    await checked(portal, row(PEOPLE[0], reference="A-17"))
    kept = await portal.rows(
        "SELECT schedule::text || schedule_row::text AS all FROM schedule JOIN schedule_row USING (schedule_id)"
    )
    private = (PEOPLE[0].mbi, PEOPLE[0].last_name, "A-17", "active")
    assert not [word for word in private if word in kept[0].all]
    await send(portal, [row(PEOPLE[1])], key="key-000005")

    async def after(**time: int) -> int:
        portal.app.clock.advance(timedelta(**time))
        runtime = portal.app.work
        async with runtime.database.work(runtime) as work:
            await sweep(work, Due(SWEEP, "all", work.now, {}, 0))
        return len(await portal.rows("SELECT 1 FROM schedule"))

    assert await after(hours=1) == 2
    assert await after(hours=25) == 1, "the one that nobody confirmed is gone"
    assert await after(days=30) == 0
    assert await portal.rows("SELECT 1 FROM schedule_row") == []


async def test_another_clinic_finds_no_schedule(portal: EligibilityService) -> None:
    address = await checked(portal, row(PEOPLE[0]))
    for path in (address, f"/api{address}", f"/api{address}/patients"):
        assert (await portal.app.call("GET", path, OTHER_BILLER)).status_code == 404


async def test_everything_is_one_tagged_pdf_with_the_summary_first(portal: EligibilityService) -> None:
    address = await checked(portal, *(row(each) for each in PEOPLE[:3]), row(PEOPLE[4], mbi="1EG4TE5MK73"))
    for path in (address, f"/api{address}"):
        file = await portal.app.call("GET", f"{path}/pdf", BILLER)
        assert (file.status_code, file.headers["content-type"]) == (200, "application/pdf")
        with pikepdf.open(io.BytesIO(file.content)) as pdf:
            assert pdf.Root.MarkInfo.Marked
            assert len(pdf.pages) >= 4, "the summary, then each answer on a page of its own"
        assert (await portal.app.call("GET", f"{path}/pdf", OTHER_BILLER)).status_code == 404
    prints = await portal.rows(
        "SELECT count(*) AS count FROM audit WHERE (action, object_kind) = ('print', 'schedule')"
    )
    assert prints[0].count == 2
