"""The one way in for files, through the services that use it: nothing is lost unsaid, nothing is kept unseen."""

import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from PIL import Image
from structlog.testing import capture_logs

from libs.common.documents import attachments
from libs.common.documents.attachments import FAILED_SHOWN, PENDING_AT_MOST, Arrived, settle
from libs.common.errors import Rejected
from services.appeals.redetermination.handlers import door
from tests.support.appeals import Appeals, appeals_service, denied, pdf
from tests.support.applications import BILLER, OTHER_BILLER
from tests.support.attachments import arrived
from tests.support.claims import claims_of, claims_service
from tests.support.clamd import HARMFUL, RunningClamd, clamd_serving
from tests.support.platform import CloneSettings

Take = Callable[..., Awaitable[CloneSettings]]


def words_of(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)).replace("\xa0", " "))


@pytest.fixture
async def clamd() -> AsyncIterator[RunningClamd]:
    async with clamd_serving() as running:
        yield running


@pytest.fixture
async def portal(databases: Take, clamd: RunningClamd) -> AsyncIterator[Appeals]:
    """Appeals, with a scanner."""
    settings = (await databases("appeals")).model_copy(update={"scanner": clamd.address})
    async with appeals_service(settings) as running:
        yield running


async def states(portal: Any) -> list[tuple[str, str]]:
    return [tuple(row) for row in await portal.rows("SELECT state, fault FROM attachment ORDER BY state")]


async def page(portal: Appeals, path: str) -> str:
    answer = await portal.get(path)
    assert answer.status_code == 200
    return words_of(answer.text)


# ---- scanning -------------------------------------------------------------------------------------------------------


async def test_what_is_stored_was_scanned_whole(portal: Appeals, clamd: RunningClamd) -> None:
    appeal = await portal.filed(await portal.claim(denied(1)), 1, file=pdf(2))
    assert clamd.seen == [pdf(2)]
    assert await states(portal) == [("stored", "")]
    assert "Document 1: notes.pdf Received 2 pages" in await page(portal, f"/appeals/{appeal}")


async def test_a_harmful_file_is_refused_with_what_to_do_and_nothing_of_it_is_kept(portal: Appeals) -> None:
    appeal = await portal.filed(await portal.claim(denied(1)), 1)
    answer = await portal.add(appeal, pdf() + HARMFUL)
    assert answer.status_code == 422
    assert "Have the computer it comes from checked" in words_of(answer.text)
    assert portal.stored_files() == 0
    assert await states(portal) == [("failed", "upload-harmful")]


async def test_while_the_scanner_is_away_nothing_is_stored_and_the_same_form_works_later(
    portal: Appeals, clamd: RunningClamd
) -> None:
    claim = await portal.claim(denied(1))
    clamd.breaks_off = True
    refused = await portal.ask(claim, 1, file=pdf(), key="one form", explanation="It was needed at home.")
    assert refused.status_code == 503
    assert "Send it again in a few minutes" in words_of(refused.text)
    assert "It was needed at home." in words_of(refused.text)
    assert portal.stored_files() == 0
    assert await portal.rows("SELECT 1 FROM appeal") == []
    clamd.breaks_off = False
    assert (await portal.ask(claim, 1, file=pdf(), key="one form")).status_code == 303
    assert portal.stored_files() == 1


# ---- what people see ------------------------------------------------------------------------------------------------


def picture(kind: str) -> bytes:
    content = io.BytesIO()
    Image.new("L", (30, 20)).save(content, kind)
    return content.getvalue()


@pytest.mark.parametrize(
    ("kind", "extension", "media_type"), [("TIFF", "tif", "image/tiff"), ("JPEG", "jpg", "image/jpeg")]
)
async def test_a_scan_or_photograph_comes_back_as_what_it_is(
    portal: Appeals, kind: str, extension: str, media_type: str
) -> None:
    appeal = await portal.filed(await portal.claim(denied(1)), 1, file=picture(kind), name="scan of Mossinghame.xyz")
    [document] = (await portal.get(f"/api/appeals/{appeal}")).json()["documents"]
    assert (document["state"], document["kind"], document["pages"]) == ("stored", kind.lower(), 1)
    answer = await portal.get(f"/appeals/{appeal}/documents/{document['document_id']}")
    assert answer.content == picture(kind)
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"] == f'attachment; filename="A-2611-000001-1.{extension}"'


async def test_a_file_that_failed_stands_on_the_page_with_what_to_do_and_nobody_else_sees_it(portal: Appeals) -> None:
    appeal = await portal.filed(await portal.claim(denied(1)), 1, file=pdf())
    await portal.add(appeal, b"PK\x03\x04 a spreadsheet", name="notes of Doe.xlsx")
    said = await page(portal, f"/appeals/{appeal}")
    assert "notes of Doe.xlsx Not received" in said
    assert "This is not a PDF, TIFF or JPEG. Save or scan the document as one of these" in said
    told = (await portal.get(f"/api/appeals/{appeal}")).json()["documents"]
    [failed] = [each for each in told if each["state"] == "failed"]
    assert (failed["kind"], failed["received_at"]) == ("", None)
    assert "choose that file" in failed["next_step"]
    assert (await portal.get(f"/appeals/{appeal}/documents/{failed['document_id']}")).status_code == 404
    assert (await portal.get(f"/appeals/{appeal}", OTHER_BILLER)).status_code == 404
    assert "notes of Doe.xlsx" not in await page(portal, "/appeals")


async def test_a_file_of_a_request_that_was_not_made_is_named_for_a_week(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    await portal.ask(claim, 1, file=b"text", name="notes.txt")
    assert "Files not received" in (said := await page(portal, "/appeals"))
    assert "notes.txt Not received" in said
    assert "notes.txt" not in words_of((await portal.get("/appeals", OTHER_BILLER)).text)
    portal.app.clock.advance(FAILED_SHOWN)
    assert "notes.txt" not in await page(portal, "/appeals")


async def test_a_claim_file_that_failed_stands_below_those_that_were_sent(databases: Take) -> None:
    async with claims_service(await databases("claims")) as portal:
        await portal.riverside.upload(claims_of(1))
        await portal.riverside.upload(b"%PDF-1.7", key="key-000002", name="january.pdf")
        said = words_of((await portal.riverside.get("/claims/submissions")).text)
        assert "january.pdf Not received" in said
        assert "This is not an X12 claim file" in said
        assert await states(portal) == [("failed", "upload-not-x12"), ("stored", "")]
        listed = "SELECT 1 FROM audit WHERE action = 'list' AND object_kind = 'submissions'"
        assert len(await portal.rows(listed)) == 2  # the form that was shown again, and the page
        assert "january.pdf" not in words_of((await portal.lakeside.get("/claims/submissions")).text)


# ---- nothing ages without an alarm ----------------------------------------------------------------------------------


async def pending(portal: Appeals) -> Arrived:
    """An upload whose process died after its content was stored, and before anything followed from it."""
    return await arrived(
        portal.app.work, door("redetermination"), [pdf()], enrollment_id=BILLER.enrollment_id, name="lost.pdf"
    )


async def settled(portal: Appeals) -> list[dict[str, Any]]:
    """Look for unfinished uploads once; what was logged."""
    runtime = portal.app.work
    with capture_logs() as logged:
        async with runtime.database.work(runtime) as work:
            await settle(work)
    return list(logged)


async def test_an_upload_is_written_down_before_its_content_is_stored(portal: Appeals) -> None:
    """The process dies in the middle: what it had begun is known."""
    runtime = portal.app.work

    def dying() -> Any:
        yield pdf()
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        await arrived(runtime, door("redetermination"), dying(), enrollment_id=BILLER.enrollment_id)
    assert await states(portal) == [("pending", "")]
    assert portal.stored_files() == 0


async def test_one_that_stays_pending_fails_calls_an_operator_and_tells_its_sender(portal: Appeals) -> None:
    await pending(portal)
    portal.app.clock.advance(PENDING_AT_MOST)
    assert await settled(portal) == []
    assert "lost.pdf Being received" in await page(portal, "/appeals")
    portal.app.clock.advance(timedelta(seconds=1))
    assert [(each["event"], each["log_level"]) for each in await settled(portal)] == [("upload unfinished", "error")]
    assert await states(portal) == [("failed", "upload-unreadable")]
    assert portal.stored_files() == 0
    said = await page(portal, "/appeals")
    assert "lost.pdf Not received" in said
    assert "Nothing was kept; send it again." in said
    assert await settled(portal) == []


async def test_one_that_was_given_up_cannot_be_stored_any_more(portal: Appeals) -> None:
    """A process that was only very slow: its file is gone, so nothing may say that it was received."""
    late = await pending(portal)
    portal.app.clock.advance(PENDING_AT_MOST + timedelta(seconds=1))
    await settled(portal)
    runtime = portal.app.work
    with pytest.raises(Rejected, match="upload-unreadable"):
        async with runtime.database.work(runtime) as work:
            await attachments.keep(work, late, BILLER.enrollment_id)
    assert await states(portal) == [("failed", "upload-unreadable")]


async def test_what_was_received_is_never_given_up(portal: Appeals) -> None:
    appeal = await portal.filed(await portal.claim(denied(1)), 1, file=pdf())
    portal.app.clock.advance(timedelta(days=30))
    assert await settled(portal) == []
    assert portal.stored_files() == 1
    assert "notes.pdf Received" in await page(portal, f"/appeals/{appeal}")
