"""What a website gets: the same facts as JSON, Atom and HTML, to keep for seconds, with a database and without."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import httpx
import pytest

from libs.common.clock import SetClock
from libs.common.deployment import load_deployment
from libs.common.settings import Settings
from libs.common.web.app import build_routes
from libs.common.web.headers import AnswerHeaders
from services.notifier.app import service
from services.notifier.banners import repository
from services.notifier.banners.domain import FunctionState, Situation
from services.notifier.interruptions.domain import Change, Interruption
from services.notifier.interruptions.handlers import record_change
from tests.support.portico import MORNING, ROOT, runtime_for

ATOM = "{http://www.w3.org/2005/Atom}"
SITUATION = Situation(
    (FunctionState("F-12", "Eligibility Inquiry and Response", "not-available", MORNING),),
    "Eligibility Inquiry and Response has been unavailable since 9:30 a.m. EST. Other functions are available.",
    MORNING,
)
HOST = "portal.example"
PATHS = ("status.json", "interruptions.atom", "status.html")


class _NoDatabase:
    def work(self, _runtime: Any) -> Any:
        raise ConnectionRefusedError


def client_of(runtime: Any) -> httpx.AsyncClient:
    app = build_routes(service)
    app.state.runtime = runtime
    transport = httpx.ASGITransport(AnswerHeaders(app, "notifier"))
    return httpx.AsyncClient(transport=transport, base_url="http://notifier/notifier/public")


@pytest.fixture
async def website(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[httpx.AsyncClient]:
    """Two interruptions, one that goes on and one of last week; another is too old to be told."""
    settings = (await databases("notifier")).model_copy(update={"public_host": HOST})
    async with runtime_for("notifier", settings, role="web") as runtime:
        repository.keep(runtime.settings, SITUATION)
        going_on = Interruption(UUID(int=1), "hets", ("F-12",), MORNING - timedelta(minutes=5), MORNING)
        over = Interruption(
            UUID(int=2),
            "postgresql",
            ("F-07", "F-12"),
            MORNING - timedelta(days=7),
            MORNING - timedelta(days=7),
            state="closed",
            ended_at=MORNING - timedelta(days=7) + timedelta(minutes=3),
        )
        old = Interruption(
            UUID(int=3),
            "claims",
            ("F-07",),
            MORNING - timedelta(days=40),
            MORNING - timedelta(days=40),
            state="closed",
            ended_at=MORNING - timedelta(days=31),
        )
        async with runtime.database.work(runtime) as work:
            for each in (going_on, over, old):
                await record_change(work, "15004", Change("opened", each.started_at, each))
        async with client_of(runtime) as client:
            yield client


async def test_programs_get_banner_functions_and_interruptions(website: httpx.AsyncClient) -> None:
    told = (await website.get("/status.json")).json()

    assert told["banner"] == SITUATION.banner
    assert [each["condition"] for each in told["functions"]] == ["not-available"]
    assert [(each["state"], each["cause"]) for each in told["open"]] == [
        ("open", "HETS, the eligibility system of CMS, does not answer")
    ]
    assert [each["functions"] for each in told["last"]] == [["Claim Status", "Eligibility Inquiry and Response"]]


async def test_each_entry_of_the_feed_opens_a_page_for_everybody(website: httpx.AsyncClient) -> None:
    feed = ET.fromstring((await website.get("/interruptions.atom")).text)  # noqa: S314 - our own text
    addresses = [link.get("href", "") for link in feed.findall(f"{ATOM}entry/{ATOM}link")]
    pages = [await website.get(address) for address in addresses]

    assert all(address.startswith(f"https://{HOST}/notifier/public/interruptions/") for address in addresses)
    assert [page.status_code for page in pages] == [200, 200]
    assert "HETS, the eligibility system of CMS, does not answer." in pages[0].text
    assert "The functions are available again." in pages[1].text
    assert not [word for page in pages for word in ("postgres", "kafka", "sequence") if word in page.text.lower()]


@pytest.mark.parametrize("name", [UUID(int=9), "no-id"])
async def test_what_was_no_interruption_has_no_page(website: httpx.AsyncClient, name: object) -> None:
    assert (await website.get(f"/interruptions/{name}")).status_code == 404


async def test_people_get_the_same_in_words_that_fit_into_another_page(website: httpx.AsyncClient) -> None:
    piece = (await website.get("/status.html")).text

    assert str(SITUATION.banner) in piece
    assert "HETS, the eligibility system of CMS, does not answer." in piece
    assert "Available again: Claim Status, Eligibility Inquiry and Response" in piece
    for foreign in ("<html", "<script", "<style", "style=", "href="):
        assert foreign not in piece


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_tells_of_the_inside(website: httpx.AsyncClient, path: str) -> None:
    told = (await website.get(f"/{path}")).text.lower()

    assert not [word for word in ("postgres", "kafka", "fault", "localhost", "127.0.0.1", "sequence") if word in told]


@pytest.mark.parametrize("path", PATHS)
async def test_anybody_may_keep_it_for_seconds_and_any_page_may_read_it(website: httpx.AsyncClient, path: str) -> None:
    answer = await website.get(f"/{path}", headers={"origin": "https://mac.example"})

    assert answer.headers["cache-control"] == "public, max-age=5"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert (await website.options(f"/{path}")).status_code == 405
    assert "access-control-allow-origin" not in (await website.get("/functions.json")).headers


async def test_without_a_database_the_state_is_told_and_the_list_is_not_called_empty(tmp_path: Path) -> None:
    settings = Settings(profile="test", state_directory=tmp_path)
    repository.keep(settings, SITUATION)
    runtime = SimpleNamespace(
        settings=settings,
        deployment=load_deployment(ROOT / "contract.toml"),
        clock=SetClock(MORNING),
        database=_NoDatabase(),
    )
    async with client_of(runtime) as client:
        told = (await client.get("/status.json")).json()
        piece = (await client.get("/status.html")).text
        feed = await client.get("/interruptions.atom")

    assert told["banner"] == SITUATION.banner
    assert (told["open"], told["last"]) == (None, None)
    assert "cannot be listed at the moment" in piece
    assert (feed.status_code, feed.headers["cache-control"]) == (503, "no-store")
