"""A request for a redetermination: taken whole, or refused with a sentence that helps and nothing left behind."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from structlog.testing import capture_logs

from libs.common.contracts.remittance import Adjustment, LineRemitted
from services.appeals import settings as settings_of_appeals
from services.appeals.settings import AppealsSettings
from tests.support.appeals import MBI, NOT_NEEDED, REFUSED_FILES, Appeals, denied, paid, pdf, remitted
from tests.support.applications import BILLER, OTHER_BILLER, REVIEWER

EXPLANATION = "The patient, Aldora Mossinghame, could not walk without it."


def words_of(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


async def nothing_kept(portal: Appeals) -> bool:
    counts = [
        (await portal.rows(f"SELECT count(*) FROM {table}"))[0][0]  # noqa: S608 - our own tables
        for table in ("appeal", "appeal_line", "attachment WHERE state <> 'failed'", "outbox", "idempotency")
    ]
    return counts == [0] * 5 and portal.stored_files() == 0


async def test_a_request_is_confirmed_with_number_business_day_and_what_is_next(portal: Appeals) -> None:
    claim = await portal.claim(denied(1), paid(2))
    appeal = await portal.filed(claim, 1, file=pdf(2), name="C:\\scans\\notes of Doe.pdf")
    receipt = words_of((await portal.get(f"/appeals/{appeal}/receipt")).text)
    assert "A-2611-000001" in receipt
    assert "counts as received 11/23/2026" in receipt
    assert "You get our decision by 01/22/2027" in receipt
    page = words_of((await portal.get(f"/appeals/{appeal}")).text)
    assert "We decide by 01/22/2027" in page
    assert "notes of Doe.pdf" in page
    assert "2 pages" in page
    assert MBI not in page
    [event] = await portal.published("appeals.appeal-filed.v1")
    assert (event.event.number, event.event.level, event.event.filed_by) == ("A-2611-000001", 1, BILLER.user_id)
    assert "A-2611-000001" in (await portal.get("/appeals")).text


async def test_the_rows_of_the_list_come_as_a_file(portal: Appeals) -> None:
    await portal.filed(await portal.claim(denied(1)), 1)
    assert "/appeals/list.csv" in (await portal.get("/appeals")).text
    [_, row] = csv.reader(io.StringIO((await portal.get("/appeals/list.csv")).text))
    assert (row[0], row[2:]) == ("A-2611-000001", ["11/23/2026", "01/22/2027", "Waiting for the decision", ""])
    assert "A-2611-000001" not in (await portal.get("/appeals/list.csv?state=favorable")).text
    assert "A-2611-000001" not in (await portal.get("/appeals/list.csv", OTHER_BILLER)).text


async def test_what_was_argued_and_what_files_are_called_lies_sealed(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    await portal.filed(claim, 1, file=pdf(), name="Mossinghame.pdf", explanation=EXPLANATION)
    for table in ("appeal", "attachment"):
        [row] = await portal.rows(f"SELECT t::text AS text FROM {table} t")  # noqa: S608 - our own tables
        assert "Mossinghame" not in row.text
    [message] = await portal.published("appeals.appeal-filed.v1")
    assert b"Mossinghame" not in message.message.payload


async def test_what_comes_after_the_cut_off_counts_as_the_next_business_day_but_is_in_time(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    last_evening = datetime(2027, 3, 25, 3, 30, tzinfo=UTC)  # 03/24/2027 11:30 p.m. in the contractor's zone
    portal.app.clock.advance(last_evening - portal.app.clock.now())
    appeal = await portal.filed(claim, 1)
    told = (await portal.get(f"/api/appeals/{appeal}")).json()
    assert (told["received_on"], told["late"], told["decide_by"]) == ("2027-03-25", False, "2027-05-24")


async def test_every_page_and_the_letter_say_the_same_day_of_receipt(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    saturday = datetime(2026, 12, 12, 15, 0, tzinfo=UTC)
    portal.app.clock.advance(saturday - portal.app.clock.now())
    appeal = await portal.filed(claim, 1)
    pages = [words_of((await portal.get(path)).text) for path in ("/appeals", f"/appeals/{appeal}")]
    assert all("12/14/2026" in page for page in pages)
    assert "counts as received 12/14/2026" in pages[1]
    await portal.decide(appeal, {1: False})
    assert "which we received on 12/14/2026" in words_of((await portal.get(f"/appeals/{appeal}/letter")).text)


async def test_a_late_request_needs_good_cause_and_nothing_typed_is_lost(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    portal.app.clock.advance(timedelta(days=126))
    with capture_logs() as logged:
        refused = await portal.ask(claim, 1, explanation=EXPLANATION, file=pdf())
    assert refused.status_code == 422
    page = words_of(refused.text)
    assert "The last day was 03/24/2027. Say what kept you from asking by then" in page
    assert "Choose the file again" in page
    assert EXPLANATION in page
    assert "checked" in refused.text
    assert await nothing_kept(portal)
    assert [each["reason"] for each in logged if each["event"] == "appeal refused"] == ["without-good-cause"]
    assert "Mossinghame" not in str(logged)
    appeal = await portal.filed(claim, 1, good_cause="A flood destroyed the records.")
    assert "A flood destroyed the records." in (await portal.get(f"/appeals/{appeal}")).text


async def test_a_second_request_is_led_to_the_first(portal: Appeals) -> None:
    claim = await portal.claim(denied(1), denied(2))
    first = await portal.filed(claim, 1)
    again = await portal.ask(claim, 1, 2, explanation=EXPLANATION)
    assert again.status_code == 409
    page = words_of(again.text)
    assert "Line 1 is in appeal A-2611-000001 already." in page
    assert f'href="/appeals/{first}"' in again.text
    assert f'href="/appeals/{first}#add"' in again.text
    assert EXPLANATION in page
    assert len(await portal.rows("SELECT 1 FROM appeal")) == 1
    told = await by_api(portal, claim, [1])
    assert (told.status_code, told.json()["code"]) == (409, "appeal-exists")
    assert told.json()["fields"]["appeal_id"] == first
    second = await portal.filed(claim, 2)
    assert second != first


@pytest.mark.parametrize("whole_first", [True, False])
async def test_a_claim_and_its_lines_are_one_appeal_in_both_directions(portal: Appeals, *, whole_first: bool) -> None:
    """One remittance of a claim may show it as a whole, and the next one by its lines."""
    whole = {"adjustments": NOT_NEEDED, "charge_cents": 12_500}
    shown: list[tuple[LineRemitted, ...]] = (
        [(), (denied(1), denied(2))] if whole_first else [(denied(1), denied(2)), ()]
    )
    claim = await portal.claim()
    numbers = []
    for sequence, lines in enumerate(shown, start=1):
        more = {} if lines else whole
        await portal.tell(remitted(claim, BILLER.enrollment_id, *lines, sequence=sequence, **more))
        numbers.append(1 if lines else 0)
        if sequence == 1:
            first = await portal.filed(claim, *([1, 2] if lines else [0]))
    again = await portal.ask(claim, numbers[1])
    assert again.status_code == 409
    assert f'href="/appeals/{first}"' in again.text
    assert "is in appeal A-2611-000001 already" in words_of(again.text)
    told = await by_api(portal, claim, [numbers[1]])
    assert (told.status_code, told.json()["code"]) == (409, "appeal-exists")
    assert len(await portal.rows("SELECT 1 FROM appeal")) == 1


async def test_what_was_never_appealed_can_be_when_a_later_notice_shows_the_claim_as_a_whole(portal: Appeals) -> None:
    claim = await portal.claim(denied(1), denied(2))
    first = await portal.filed(claim, 1)
    await portal.decide(first, {1: False})
    whole = remitted(claim, BILLER.enrollment_id, sequence=2, adjustments=NOT_NEEDED, charge_cents=25_000)
    await portal.tell(whole)
    page = words_of((await portal.get(f"/appeals/claims/{claim}/rights")).text)
    assert "The whole claim except line 1" in page
    assert "Line 1 has an appeal of its own, which this one leaves out." in page
    second = await portal.filed(claim, 0)
    assert (await portal.ask(claim, 0)).status_code == 409
    for path, who in ((f"/appeals/{second}", BILLER), (f"/appeals/review/{second}", REVIEWER)):
        assert "The whole claim except line 1" in words_of((await portal.get(path, who)).text)
    await portal.decide(second, {0: True})
    *_, decided = await portal.published("appeals.appeal-decided.v1")
    assert decided.event.lines == (2,)


async def by_api(portal: Appeals, claim: object, lines: list[int], *, key: str = "api-request-1", who=BILLER):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
    body = {"claim_id": str(claim), "lines": lines, "requester": "Jo Clerk", "explanation": EXPLANATION}
    return await portal.app.call("POST", "/api/appeals", who, headers={"idempotency-key": key}, json=body)


async def test_the_same_form_sent_twice_leads_to_the_same_appeal(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    first = await portal.ask(claim, 1, key="one form only", file=pdf())
    second = await portal.ask(claim, 1, key="one form only", file=pdf())
    assert first.headers["location"] == second.headers["location"]
    assert len(await portal.rows("SELECT 1 FROM attachment")) == 1
    assert portal.stored_files() == 1


@pytest.mark.parametrize(
    ("line", "sentence", "reason"),
    [
        (paid(1), "It was paid as the rules say", "line-not-appealable"),
        (denied(1, remarks=("MA130",)), "Correct it and send it as a new claim", "line-not-appealable"),
    ],
)
async def test_a_paid_or_unprocessable_line_is_refused(
    portal: Appeals, line: object, sentence: str, reason: str
) -> None:
    claim = await portal.claim(line, denied(2))  # type: ignore[arg-type]
    with capture_logs() as logged:
        answer = await portal.ask(claim, 1)
    assert answer.status_code == 422
    assert sentence in words_of(answer.text)
    assert reason in [each.get("reason") for each in logged]
    told = await by_api(portal, claim, [1])
    assert (told.status_code, told.json()["code"]) == (422, "appeal-not-possible")
    assert await nothing_kept(portal)


async def test_a_claim_that_was_never_finalized_is_refused(portal: Appeals) -> None:
    claim = await portal.claim(denied(1), decided=False)
    answer = await by_api(portal, claim, [1])
    assert (answer.status_code, answer.json()["code"]) == (422, "appeal-not-possible")
    assert "was not finalized" in answer.json()["detail"]


async def test_a_foreign_claim_is_not_found_and_nothing_is_told_of_it(portal: Appeals) -> None:
    claim = await portal.claim(denied(1), who=OTHER_BILLER)
    assert (await portal.ask(claim, 1, file=pdf())).status_code == 404
    assert (await by_api(portal, claim, [1])).status_code == 404
    assert (await portal.ask("no id", 1)).status_code == 404
    assert await nothing_kept(portal)


@pytest.mark.parametrize(
    ("fields", "lines", "sentence"),
    [
        ({}, (), "Choose at least one line to appeal."),
        ({"explanation": " "}, (1,), "Explain why you disagree with what was decided."),
        ({"requester": ""}, (1,), "Enter the name of the person who asks."),
        ({"explanation": "é" * 4001}, (1,), "Shorten the explanation to at most 4,000 characters; it has 4,001."),
        ({}, (1, 9), "The claim has no line 9."),
    ],
)
async def test_what_a_request_lacks_is_told_at_its_field(
    portal: Appeals, fields: dict[str, str], lines: tuple[int, ...], sentence: str
) -> None:
    claim = await portal.claim(denied(1))
    answer = await portal.ask(claim, *lines, **fields)
    assert answer.status_code == 422
    assert sentence in words_of(answer.text)
    if fields.get("explanation", "").startswith("é"):
        assert fields["explanation"] in answer.text
    assert await nothing_kept(portal)


@pytest.mark.parametrize("fault", REFUSED_FILES)
async def test_a_file_that_is_not_taken_says_why_and_leaves_nothing(portal: Appeals, fault: str) -> None:
    content, code, sentence = REFUSED_FILES[fault]
    claim = await portal.claim(denied(1))
    with capture_logs() as logged:
        answer = await portal.ask(claim, 1, file=content, explanation=EXPLANATION)
    assert answer.status_code == 422
    assert sentence in words_of(answer.text)
    assert EXPLANATION in words_of(answer.text)
    assert code in [each.get("code") for each in logged]
    assert await nothing_kept(portal)
    [row] = await portal.rows("SELECT reason FROM audit WHERE object_kind = 'attachment'")
    assert row.reason == code


async def test_a_file_over_the_limit_is_refused(portal: Appeals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "services.appeals.redetermination.handlers.appeals_settings", lambda: AppealsSettings(upload_limit_bytes=500)
    )
    assert settings_of_appeals.appeals_settings().upload_limit_bytes > 500
    claim = await portal.claim(denied(1))
    answer = await portal.ask(claim, 1, file=pdf(20))
    assert answer.status_code == 413
    assert "larger than 500 bytes" in words_of(answer.text)
    assert await nothing_kept(portal)


async def test_documents_are_added_later_and_move_the_day_of_the_decision(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    appeal = await portal.filed(claim, 1)
    assert (await portal.add(appeal, pdf())).status_code == 303  # the same day: part of the request
    assert (await portal.get(f"/api/appeals/{appeal}")).json()["decide_by"] == "2027-01-22"
    portal.app.clock.advance(timedelta(days=2))
    assert (await portal.add(appeal, pdf(3))).status_code == 303
    told = (await portal.get(f"/api/appeals/{appeal}")).json()
    assert told["decide_by"] == "2027-02-05"
    assert [each["pages"] for each in told["documents"]] == [1, 3]
    document = told["documents"][1]["document_id"]
    for path in (f"/appeals/{appeal}/documents/{document}", f"/api/appeals/{appeal}/documents/{document}"):
        assert (await portal.get(path)).content == pdf(3)
        assert (await portal.get(path, OTHER_BILLER)).status_code == 404
    assert (await portal.get(f"/appeals/{appeal}/documents/{appeal}")).status_code == 404


@pytest.mark.parametrize("content", [None, b"text"])
async def test_adding_nothing_or_no_document_is_told_on_the_page_of_the_appeal(
    portal: Appeals, content: bytes | None
) -> None:
    appeal = await portal.filed(await portal.claim(denied(1)), 1)
    answer = await portal.add(appeal, content)
    assert answer.status_code == 422
    assert ("Choose the document to add." if content is None else "This is not a PDF, TIFF or JPEG.") in words_of(
        answer.text
    )
    assert portal.stored_files() == 0


async def test_a_document_for_a_foreign_appeal_is_not_taken(portal: Appeals) -> None:
    appeal = await portal.filed(await portal.claim(denied(1)), 1)
    assert (await portal.add(appeal, pdf(), who=OTHER_BILLER)).status_code == 404
    for path in (f"/appeals/{appeal}", f"/appeals/{appeal}/receipt", f"/api/appeals/{appeal}"):
        assert (await portal.get(path, OTHER_BILLER)).status_code == 404
        assert (await portal.get(path, REVIEWER)).status_code == 403
    assert portal.stored_files() == 0


async def test_a_program_asks_and_adds_as_a_person_does(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    answer = await by_api(portal, claim, [1])
    assert answer.status_code == 201
    appeal = answer.json()
    assert answer.headers["location"] == f"/api/appeals/{appeal['appeal_id']}"
    assert (appeal["state"], appeal["explanation"], appeal["patient"]) == ("filed", EXPLANATION, "Aldora Mossinghame")
    added = await portal.app.call(
        "POST",
        "/api/appeals/documents",
        BILLER,
        headers={"idempotency-key": "api-document-1"},
        data={"appeal_id": appeal["appeal_id"]},
        files={"file": ("records.pdf", pdf(), "application/pdf")},
    )
    assert added.status_code == 201, added.text
    assert [each["name"] for each in added.json()["documents"]] == ["records.pdf"]
    listed = (await portal.get("/api/appeals?state=filed")).json()
    assert (listed["total"], listed["appeals"][0]["number"]) == (1, "A-2611-000001")


async def test_a_code_of_four_hours_ago_is_renewed_before_the_form_is_filled_in(portal: Appeals) -> None:
    """Decision 24: asking stands for a signature. Nothing typed is lost: the form opens only with a code that lasts."""
    claim = await portal.claim(denied(1))
    form = f"/appeals/claims/{claim}/redetermination"
    old = replace(BILLER, factor_age=timedelta(hours=4, seconds=1))
    asked = await portal.get(form, old)
    assert (asked.status_code, asked.headers["location"]) == (303, f"/session/step-up?next={form}")
    assert (await portal.ask(claim, 1, who=old, explanation=EXPLANATION)).status_code == 403
    assert (await by_api(portal, claim, [1], who=old)).status_code == 403
    assert await nothing_kept(portal)
    nearly = replace(BILLER, factor_age=timedelta(minutes=211))
    assert (await portal.get(form, nearly)).status_code == 303
    assert (await portal.get(form, replace(BILLER, factor_age=timedelta(minutes=209)))).status_code == 200
    assert (await portal.ask(claim, 1, who=nearly, explanation=EXPLANATION)).status_code == 303


async def test_a_claim_without_service_lines_is_appealed_as_a_whole(portal: Appeals) -> None:
    reason = Adjustment(group="CO", reason="50", amount_cents=90_000)
    claim = await portal.claim()
    from tests.support.appeals import remitted  # noqa: PLC0415 - beside its only use

    event = remitted(claim, BILLER.enrollment_id, charge_cents=90_000, adjustments=(reason,))
    await portal.tell(event)
    appeal = await portal.filed(claim, 0)
    await portal.decide(appeal, {0: True})
    [decided] = await portal.published("appeals.appeal-decided.v1")
    assert decided.event.lines == (1, 2)
