import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from libs.common.security.permissions import CLAIM_SUBMIT
from services.claims.settings import ClaimsSettings
from services.claims.submission import handlers
from tests.support.claims import ClaimsService, Clinic, claims_of, without


def documents_of(portal: ClaimsService) -> list[Path]:
    folder = portal.work.settings.state_directory / "documents" / "claims"
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_file_is_received_under_a_number(portal: ClaimsService) -> None:
    answer = await portal.riverside.upload(claims_of(3))
    assert answer.status_code == 303
    receipt = await portal.riverside.get(answer.headers["location"])
    assert receipt.status_code == 200
    assert re.search(r"S-2611-\d{6}", receipt.text)
    assert "11/23/2026" in receipt.text
    [event] = await portal.published("claims.submission-received.v1")
    assert event.event.size_bytes == len(claims_of(3))


async def test_the_same_form_twice_gives_the_same_submission(portal: ClaimsService) -> None:
    first = await portal.riverside.upload(claims_of(3))
    again = await portal.riverside.upload(claims_of(3))
    assert again.headers["location"] == first.headers["location"]
    assert len(await portal.rows("SELECT 1 FROM submission")) == 1
    assert len(documents_of(portal)) == 1


async def test_the_same_key_with_another_file_is_refused(portal: ClaimsService) -> None:
    await portal.riverside.send(claims_of(3))
    other = await portal.riverside.send(claims_of(4))
    assert (other.status_code, other.json()["code"]) == (409, "form-reused")
    assert len(documents_of(portal)) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "upload-empty"),
        (b"%PDF-1.7 a document", "upload-not-x12"),
        (b"\xef\xbb\xbfISA*00*", "upload-byte-order-mark"),
        ("ISA*00*".encode("utf-16"), "upload-byte-order-mark"),
        (b"  \nISA*00*", "upload-byte-order-mark"),
    ],
)
async def test_what_is_no_claim_file_is_refused_and_not_kept(portal: ClaimsService, content: bytes, code: str) -> None:
    by_program = await portal.riverside.send(content)
    assert (by_program.status_code, by_program.json()["code"]) == (422, code)
    by_person = await portal.riverside.upload(content)
    assert by_person.status_code == 422
    assert by_program.json()["fields"]["file"].split(":")[0] in by_person.text.replace("&#39;", "'")
    assert documents_of(portal) == []
    assert await portal.rows("SELECT 1 FROM submission") == []
    refusals = await portal.rows("SELECT reason FROM audit WHERE outcome = 'refused'")
    assert [row.reason for row in refusals] == [code, code]


async def test_a_form_without_a_file_asks_for_one(portal: ClaimsService) -> None:
    answer = await portal.riverside.upload(b"", name="")
    assert answer.status_code == 422
    assert "Choose the claim file to send." in answer.text


async def test_a_file_over_the_limit_is_refused_and_not_kept(
    portal: ClaimsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "claims_settings", lambda: ClaimsSettings(upload_limit_bytes=2000))
    answer = await portal.riverside.send(claims_of(25))
    assert (answer.status_code, answer.json()["code"]) == (413, "upload-too-large")
    assert documents_of(portal) == []


async def test_a_form_of_another_session_or_enrollment_is_refused(portal: ClaimsService) -> None:
    forged = await portal.riverside.upload(claims_of(1), csrf="of somebody else")
    assert forged.status_code == 403
    other = await portal.riverside.upload(claims_of(1), enrollment=str(portal.lakeside.principal.enrollment_id))
    assert other.status_code == 409
    assert documents_of(portal) == []


async def test_without_the_permission_nothing_is_taken(portal: ClaimsService) -> None:
    await without(portal, portal.riverside, CLAIM_SUBMIT)
    answer = await portal.riverside.send(claims_of(1))
    assert (answer.status_code, answer.json()["code"]) == (403, "access-denied")
    assert documents_of(portal) == []


def since_the_code(portal: ClaimsService, age: timedelta) -> Clinic:
    """Riverside's person, whose last code is so old."""
    clinic = portal.riverside
    return replace(clinic, principal=replace(clinic.principal, factor_at=portal.clock.now() - age))


async def test_a_code_of_four_hours_ago_sends_nothing_and_still_shows_what_was_sent(portal: ClaimsService) -> None:
    """Decision 24: sending stands for a signature; looking does not."""
    await portal.accepted_file(1)
    clinic = since_the_code(portal, timedelta(hours=4, seconds=1))
    before = documents_of(portal)
    for answer in (await clinic.upload(claims_of(1), key="key-000009"), await clinic.send(claims_of(1), key="key-9")):
        assert answer.status_code == 403
        assert "This needs a fresh code" in answer.text
    assert documents_of(portal) == before
    refusals = await portal.rows("SELECT reason FROM audit WHERE outcome = 'refused'")
    assert [row.reason for row in refusals] == ["STEP_UP_REQUIRED"] * 2
    page = (await clinic.get("/claims/submissions")).text
    assert "Enter a fresh code before you send a file" in page
    assert '"/session/step-up?next=/claims/submissions"' in page
    assert 'type="file"' not in page
    assert "Files you sent" in page


@pytest.mark.parametrize(("minutes", "form"), [(209, True), (211, False)])
async def test_the_form_opens_only_while_the_code_is_good_for_half_an_hour_more(
    portal: ClaimsService, minutes: int, form: bool
) -> None:
    clinic = since_the_code(portal, timedelta(minutes=minutes))
    assert ('type="file"' in (await clinic.get("/claims/submissions")).text) == form
    clinic = since_the_code(portal, timedelta(minutes=239))
    assert (await clinic.upload(claims_of(1))).status_code == 303


async def test_the_file_lies_encrypted(portal: ClaimsService) -> None:
    await portal.riverside.send(claims_of(3))
    [path] = documents_of(portal)
    assert b"ISA*" not in path.read_bytes()
