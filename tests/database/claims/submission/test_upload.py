import re
from pathlib import Path

import pytest

from libs.common.security.permissions import CLAIM_SUBMIT
from services.claims.settings import ClaimsSettings
from services.claims.submission import handlers
from tests.support.claims import ClaimsService, claims_of, without


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


async def test_the_file_lies_encrypted(portal: ClaimsService) -> None:
    await portal.riverside.send(claims_of(3))
    [path] = documents_of(portal)
    assert b"ISA*" not in path.read_bytes()
