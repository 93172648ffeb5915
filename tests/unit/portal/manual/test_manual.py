import re
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from libs.common.clock import SetClock
from libs.common.deployment import Deployment, load_deployment
from libs.common.web.app import build_routes
from libs.common.web.pages import Frame, text
from services.portal.app import service
from services.portal.manual.domain import CHAPTERS, EDITIONS, Chapter, chapter, neighbors
from tests.support.portico import DME_CONTRACT, ROOT, whole

NOW = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
FRAME = Frame(load_deployment(ROOT / "contract.toml"), NOW)


class _Runtime:
    clock = SetClock(NOW)

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment


async def get(path: str, deployment: Deployment | None = None) -> httpx.Response:
    """A page under a contract; every chapter is in the manual of one that offers all."""
    app: FastAPI = build_routes(service)
    app.state.runtime = _Runtime(deployment or whole())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal") as client:
        return await client.get(path, headers={"accept": "text/html"})


@pytest.mark.parametrize("each", CHAPTERS, ids=lambda each: each.slug)
def test_a_chapter_has_the_sections_of_its_contents_in_their_order(each: Chapter) -> None:
    words = text(f"portal/manual/{each.slug}.html", {"frame": FRAME, "chapter": each, "in_print": False})

    assert re.findall(r'<h2 id="([^"]+)">([^<]+)</h2>', words) == [(one.anchor, one.title) for one in each.sections]


def test_addresses_are_unique_over_the_whole_manual() -> None:
    anchors = [section.anchor for each in CHAPTERS for section in each.sections]

    assert len(set(anchors)) == len(anchors)
    assert len({each.slug for each in CHAPTERS}) == len(CHAPTERS)
    assert "print" not in {each.slug for each in CHAPTERS}


def test_editions_are_numbered_and_newest_first() -> None:
    assert [each.issued for each in EDITIONS] == sorted((each.issued for each in EDITIONS), reverse=True)
    assert all(each.changes for each in EDITIONS)


async def test_the_contents_lead_to_every_section() -> None:
    page = (await get("/manual")).text

    assert all(f'href="/manual/{each.slug}#{one.anchor}"' in page for each in CHAPTERS for one in each.sections)
    assert f"Edition {EDITIONS[0].number}" in page
    assert EDITIONS[0].changes[0] in page


async def test_nobody_reads_the_manual_of_the_signed_in_without_a_sign_in() -> None:
    assert (await get("/home/manual")).status_code == 401


async def test_every_chapter_has_its_page_and_leads_on() -> None:
    for each in CHAPTERS:
        page = await get(f"/manual/{each.slug}")
        _, after = neighbors(each.slug)
        assert page.status_code == 200
        assert after is None or f'href="/manual/{after.slug}" rel="next"' in page.text


async def test_the_print_has_all_chapters_with_headings_in_order() -> None:
    page = (await get("/manual/print")).text

    assert re.findall(r'<h2 id="chapter-([^"]+)">', page) == [each.slug for each in CHAPTERS]
    assert page.count("<h3 id=") == sum(len(each.sections) for each in CHAPTERS)


@pytest.mark.parametrize("slug", ["nothing", "Appeals", "parts", "chapter", "contents", "%2e%2e"])
async def test_what_is_no_chapter_is_not_found(slug: str) -> None:
    assert chapter(slug) is None
    assert (await get(f"/manual/{slug}")).status_code == 404


async def test_a_chapter_about_functions_of_another_kind_of_contract_is_not_in_the_manual() -> None:
    ab, dme = FRAME.deployment, load_deployment(DME_CONTRACT)
    for path in ("/manual", "/manual/print", "/manual/eligibility"):
        assert "Equipment issued before" not in (await get(path, ab)).text
        assert "Equipment issued before" in (await get(path, dme)).text
    assert (await get("/manual/equipment", ab)).status_code == 404
    assert 'href="/manual/claims" rel="next"' in (await get("/manual/eligibility", ab)).text
