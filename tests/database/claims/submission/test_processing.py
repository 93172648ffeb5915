import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from libs.common.crashpoints import set_crash_hook
from libs.common.document_store import DocumentMissingError
from libs.common.messaging.due_work import release
from libs.common.messaging.subscriptions import PATIENCE, Due
from libs.common.persistence.tables import due_work
from libs.partners.handover import PartnerExchange
from libs.x12.reader import FileVerdict, read_file
from services.claims.shared_system.handlers import forward_submission
from services.claims.submission import domain, handlers
from services.claims.submission.domain import FORWARD, PROCESS
from services.claims.submission.processing import stage_reference
from simulators.population import file_faults
from tests.support.claims import RECEIVED, ClaimsService, claims_of
from tests.support.x12_institutional import STAY


async def test_good_claims_get_a_number_and_faulty_ones_the_field_to_correct(portal: ClaimsService) -> None:
    submission = await portal.accepted_file(25, faulty=2)
    answer = (await portal.riverside.get(f"/api/claims/submissions/{submission}")).json()
    assert (answer["state"], answer["verdict"]) == ("acknowledged", "partial")
    assert (answer["claims_accepted"], answer["claims_rejected"]) == (23, 2)
    assert answer["acknowledgments"] == ["277CA", "999"]
    accepted = await portal.published("claims.claim-accepted.v1")
    numbers = [each.event.internal_control_number for each in accepted]
    assert len(set(numbers)) == 23
    assert all(number.startswith("2226327") and len(number) == 13 for number in numbers)
    assert len(await portal.published("claims.claim-rejected.v1")) == 2
    page = (await portal.riverside.get(f"/claims/submissions/{submission}")).text
    assert page.count("Not accepted: this is not a denial and has no appeal rights.") == 1
    assert "<strong>2 claims:</strong>" in page or page.count("<strong>1 claim:</strong>") == 2
    assert page.index("not a denial") < page.index("ICN 22")


async def test_everything_to_correct_is_a_file_of_rows_with_claim_and_place(
    portal: ClaimsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.claims.submission.pages._CORRECTIONS_AT_ONCE", 1)
    submission = await portal.accepted_file(25, faulty=3)
    page = (await portal.riverside.get(f"/claims/submissions/{submission}")).text
    assert f'href="/claims/submissions/{submission}/corrections.csv"' in page
    assert "File control number (ISA13)" in page
    numbers = (await portal.riverside.get(f"/api/claims/submissions/{submission}")).json()["control_numbers"]
    assert [len(each) for each in numbers] == [9]
    assert numbers[0] in page
    answer = await portal.riverside.get(f"/claims/submissions/{submission}/corrections.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    header, *rows = csv.reader(io.StringIO(answer.text))
    kept = await portal.rows(
        "SELECT ordinal, patient_control_number, code, sentence FROM claim JOIN claim_finding USING (claim_id)"
        " ORDER BY ordinal, number"
    )
    assert header[0] == "Claim in the file"
    assert [(int(row[0]), row[1].removeprefix("'"), row[4], row[5].removeprefix("'")) for row in rows] == [
        tuple(each) for each in kept
    ]
    assert len({row[0] for row in rows}) == 3
    assert all(
        re.match(r"[A-Z0-9]{2,3}\d*(-\d)?, loop \w+, segment \d+ of its transaction set", row[2]) for row in rows
    )


@pytest.mark.parametrize(("kind", "word"), [("999", b"AK9*A"), ("277ca", b"STC*A2:20")])
async def test_acknowledgments_can_be_downloaded(portal: ClaimsService, kind: str, word: bytes) -> None:
    submission = await portal.accepted_file(5, faulty=1)
    answer = await portal.riverside.get(f"/claims/submissions/{submission}/{kind}")
    assert answer.status_code == 200
    assert word in answer.content
    assert answer.headers["content-disposition"].startswith("attachment")


async def test_only_accepted_claims_go_on_to_the_shared_system(portal: ClaimsService) -> None:
    await portal.accepted_file(25, faulty=2)
    [outbound] = await portal.published("partner.claims-outbound.v1")
    handover = PartnerExchange(portal.work.settings, portal.work.keys)
    claims, verdict = [], None
    for item in read_file(handover.take(outbound.event), received=RECEIVED):
        if isinstance(item, FileVerdict):
            verdict = item
        else:
            claims += item.items
    assert verdict is not None
    assert (verdict.claims_accepted, verdict.claims_rejected) == (23, 0)
    accepted = await portal.published("claims.claim-accepted.v1")
    assert [each.internal_control_number for each in claims] == [
        each.event.internal_control_number for each in accepted
    ]


async def test_an_institutional_claim_is_shown_by_its_type_of_bill_and_goes_on_under_its_own_guide(
    portal: ClaimsService,
) -> None:
    answer = await portal.hospital.send(STAY.encode())
    await portal.process()
    result = (await portal.hospital.get(answer.headers["location"])).json()
    assert (result["verdict"], result["claims_accepted"], result["claims_rejected"]) == ("accepted", 1, 0)
    handover = PartnerExchange(portal.work.settings, portal.work.keys)
    [part] = await portal.published("partner.claims-outbound.v1")
    *_, verdict = read_file(handover.take(part.event), received=RECEIVED)
    assert isinstance(verdict, FileVerdict)
    assert (verdict.verdict, verdict.claims_accepted, part.event.claims) == ("accepted", 1, 1)
    assert [transaction.guide for transaction in verdict.transactions()] == ["005010X223A2"]
    [row] = await portal.rows("SELECT claim_id FROM claim WHERE type_of_bill = '111'")
    claim = (await portal.hospital.get(f"/api/claims/{row.claim_id}")).json()
    assert (claim["type_of_bill"], claim["place_of_service"], claim["attending_npi"]) == ("111", "", "2952919902")
    assert [line["revenue_code"] for line in claim["lines"]] == ["0120", "0250"]
    page = (await portal.hospital.get(f"/claims/{row.claim_id}")).text
    assert all(words in page for words in ("Type of bill", "Statement covers", "Attending NPI", "Revenue code", "0250"))
    assert not any(words in page for words in ("Place of service", "Diagnosis pointer", "Rendering NPI"))


@pytest.mark.parametrize("fault", ["structure", "wrong-segment-count", "truncated", "wrong-group-count"])
async def test_a_refused_file_leaves_no_claim_behind(portal: ClaimsService, fault: str) -> None:
    answer = await portal.riverside.send(file_faults(claims_of(5))[fault])
    assert answer.status_code == 202
    await portal.process()
    result = (await portal.riverside.get(answer.headers["location"])).json()
    assert (result["state"], result["verdict"], result["claims_accepted"]) == ("acknowledged", "rejected", 0)
    assert result["findings"]
    assert await portal.rows("SELECT 1 FROM claim") == []
    assert await portal.published("claims.claim-accepted.v1", "partner.claims-outbound.v1") == []
    page = await portal.riverside.get(f"/claims/submissions/{result['submission_id']}")
    assert "What to correct in the file" in page.text


async def test_line_ends_after_segments_are_accepted(portal: ClaimsService) -> None:
    answer = await portal.riverside.send(file_faults(claims_of(5))["crlf"])
    await portal.process()
    result = (await portal.riverside.get(answer.headers["location"])).json()
    assert result["claims_accepted"] == 5


@pytest.mark.parametrize(
    "point",
    [
        "claims.before-chunk-commit",
        "claims.after-chunk-commit",
        "claims.before-acknowledged-commit",
        "claims.after-acknowledged-commit",
    ],
)
async def test_a_crash_anywhere_loses_and_doubles_nothing(
    portal: ClaimsService, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    monkeypatch.setattr(handlers, "chunk_size", lambda _: 10)
    answer = await portal.riverside.send(claims_of(25, faulty=2))
    due = Due("process-submission", answer.json()["submission_id"], portal.clock.now(), {}, 0)
    passes = 0

    def crash(name: str) -> None:
        nonlocal passes
        if name == point:
            passes += 1
            if passes in (1, 3):
                raise ConnectionResetError("crash")

    set_crash_hook(crash)
    try:
        for _ in range(4):
            try:
                await handlers.process_submission(portal.work, due)
            except ConnectionResetError:
                continue
    finally:
        set_crash_hook(None)
    assert passes >= 1
    claims = await portal.rows("SELECT ordinal, internal_control_number FROM claim ORDER BY ordinal")
    assert [row.ordinal for row in claims] == list(range(1, 26))
    numbers = [row.internal_control_number for row in claims if row.internal_control_number]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 23
    events = await portal.published("claims.claim-accepted.v1", "claims.claim-rejected.v1")
    assert len({each.event_id for each in events}) == len(events) == 25
    assert len(await portal.published("claims.submission-acknowledged.v1")) == 1
    assert len(await portal.rows("SELECT 1 FROM due_work WHERE kind = 'forward-submission'")) == 1
    result = (await portal.riverside.get(answer.headers["location"])).json()
    assert (result["state"], result["claims_stored"]) == ("acknowledged", 25)


@pytest.mark.parametrize("point", ["claims.before-forwarded-commit", "claims.after-forwarded-commit"])
async def test_claims_that_are_sent_on_again_are_the_same_event(portal: ClaimsService, point: str) -> None:
    submission = await portal.accepted_file(25, faulty=2)
    [first] = await portal.published("partner.claims-outbound.v1")
    due = Due("forward-submission", submission, portal.clock.now(), {}, 0)

    def crash(name: str) -> None:
        if name == point:
            raise ConnectionResetError("crash")

    set_crash_hook(crash)
    try:
        with pytest.raises(ConnectionResetError):
            await forward_submission(portal.work, due)
    finally:
        set_crash_hook(None)
    portal.clock.advance(timedelta(minutes=5))
    await forward_submission(portal.work, due)
    again = await portal.published("partner.claims-outbound.v1")
    assert len(again) >= 2
    assert {each.event_id for each in again} == {first.event_id}
    assert {(each.event.digest, each.event.claims) for each in again} == {(first.event.digest, 23)}


async def test_a_refused_set_leaves_no_claim_beside_accepted_ones(portal: ClaimsService) -> None:
    refused = file_faults(claims_of(5, control_number=2))["wrong-segment-count"]
    content = claims_of(5, control_number=1) + refused + claims_of(5, control_number=3)
    submission = (await portal.riverside.send(content)).json()["submission_id"]
    await portal.process()
    result = (await portal.riverside.get(f"/api/claims/submissions/{submission}")).json()
    assert (result["verdict"], result["claims_accepted"], result["claims_stored"]) == ("partial", 10, 10)
    rows = await portal.rows("SELECT ordinal FROM claim ORDER BY ordinal")
    assert [row.ordinal for row in rows] == [1, 2, 3, 4, 5, 11, 12, 13, 14, 15]
    assert len(await portal.published("claims.claim-accepted.v1")) == 10
    [outbound] = await portal.published("partner.claims-outbound.v1")
    assert outbound.event.claims == 10
    answers = await portal.riverside.get(f"/claims/submissions/{submission}/277ca")
    assert answers.content.count(b"REF*1K*") == 10


async def test_nothing_set_aside_stays_behind(portal: ClaimsService) -> None:
    submission = await portal.accepted_file(3)
    with pytest.raises(DocumentMissingError):
        next(portal.work.documents.open_sync(stage_reference(UUID(submission)).hex))


async def test_two_files_of_one_day_share_no_control_number(portal: ClaimsService) -> None:
    for number in (1, 2):
        await portal.riverside.send(claims_of(3, control_number=number), key=f"key-00000{number}")
    await portal.process()
    rows = await portal.rows("SELECT internal_control_number FROM claim")
    assert len({row.internal_control_number for row in rows}) == len(rows) == 6


async def test_no_patient_is_readable_in_rows_or_events(portal: ClaimsService) -> None:
    content = claims_of(5)
    await portal.riverside.send(content)
    await portal.process()
    people = [segment.split(b"*") for segment in content.split(b"~") if segment.startswith(b"NM1*IL")]
    rows = str(await portal.rows("SELECT patient, beneficiary_token FROM claim"))
    events = str(await portal.rows("SELECT headers, convert_from(payload, 'UTF8') FROM outbox"))
    for person in people:
        assert person[9].decode() not in rows + events
        assert f"{person[3].decode()}" not in events
        assert f'"{person[3].decode()}' not in rows


async def test_the_waiting_page_shows_how_far_it_is_and_then_loads_itself_again(portal: ClaimsService) -> None:
    answer = await portal.riverside.send(claims_of(3))
    submission = UUID(answer.json()["submission_id"])
    page = await portal.riverside.get(f"/claims/submissions/{submission}")
    assert "The file is being checked as a whole." in page.text
    assert f"/claims/live/submissions/{submission}" in page.text
    await portal.process()
    live = await portal.riverside.get(f"/claims/live/submissions/{submission}")
    assert live.headers["hx-refresh"] == "true"


async def test_a_file_that_cannot_be_read_says_so_until_it_is_released(portal: ClaimsService) -> None:
    submission = (await portal.riverside.send(claims_of(3))).json()["submission_id"]
    documents = portal.work.documents
    [(reference,)] = await portal.rows("SELECT document FROM attachment")
    content = b"".join([piece async for piece in documents.read(reference)])
    await documents.delete(reference)
    await portal.process()
    portal.clock.advance(PATIENCE)
    await portal.process()

    page = (await portal.riverside.get(f"/claims/submissions/{submission}")).text
    assert "Do not send it again" in page
    assert "http-equiv" not in page
    assert (await portal.riverside.get(f"/claims/live/submissions/{submission}")).headers["hx-refresh"] == "true"
    assert (await portal.riverside.get(f"/api/claims/submissions/{submission}")).json()["stopped_at"]
    assert "Do not send it again" not in (await portal.riverside.get("/claims/submissions")).text

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    await documents.put(pieces(), limit=1 << 20, reference=UUID(reference))
    async with portal.work.database.work(portal.work) as work:
        assert await release(work, PROCESS, submission)
    await portal.process()
    answer = (await portal.riverside.get(f"/api/claims/submissions/{submission}")).json()
    assert (answer["state"], answer["stopped_at"]) == ("acknowledged", None)


async def test_accepted_claims_that_could_not_be_passed_on_are_told_of(portal: ClaimsService) -> None:
    submission = await portal.accepted_file()
    async with portal.work.database.work(portal.work) as work:
        await work.schedule(FORWARD, submission, work.now)
        await work.execute(sa.update(due_work).values(given_up_at=work.now))

    assert "could not be passed on" in (await portal.riverside.get(f"/claims/submissions/{submission}")).text


def test_chunks_depend_on_the_file_alone() -> None:
    assert domain.chunk_size(10_000) == 500
    assert domain.chunk_size(2_000_000) == 2000
