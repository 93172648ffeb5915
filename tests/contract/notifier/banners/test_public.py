"""What is open to everybody: the state of the functions as a fragment and as JSON, also without a database."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from libs.common.clock import SystemClock
from libs.common.deployment import load_deployment
from libs.common.settings import Settings
from libs.common.web.app import build_routes
from services.notifier.app import service
from services.notifier.banners import repository
from services.notifier.banners.domain import FunctionState, Situation
from tests.support.portico import MORNING

CONTRACT = Path(__file__).parents[4] / "contract.toml"
SITUATION = Situation(
    (
        FunctionState("F-07", "Claim Status", "not-available", MORNING),
        FunctionState("F-12", "Eligibility Inquiry and Response", "available", MORNING),
    ),
    "Claim Status has been unavailable since 9:30 a.m. EST. Other functions are available.",
    MORNING,
)


class _NoDatabase:
    def work(self, _runtime: Any) -> Any:
        raise ConnectionRefusedError


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = build_routes(service)
    app.state.runtime = SimpleNamespace(
        settings=Settings(profile="test", state_directory=tmp_path),
        deployment=load_deployment(CONTRACT),
        clock=SystemClock(),
        database=_NoDatabase(),
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notifier") as made:
        yield made


async def test_the_fragment_tells_each_function_with_words(client: httpx.AsyncClient, tmp_path: Path) -> None:
    repository.keep(Settings(state_directory=tmp_path), SITUATION)
    answer = await client.get("/notifier/public/functions")

    assert answer.status_code == 200
    assert "Claim Status" in answer.text
    assert "Not available" in answer.text
    assert "9:30 a.m. EST" in answer.text
    assert "<html" not in answer.text


async def test_programs_get_the_same(client: httpx.AsyncClient, tmp_path: Path) -> None:
    repository.keep(Settings(state_directory=tmp_path), SITUATION)
    told = (await client.get("/notifier/public/functions.json")).json()

    assert told["banner"] == SITUATION.banner
    assert {each["code"]: each["condition"] for each in told["functions"]} == {
        "F-07": "not-available",
        "F-12": "available",
    }


async def test_where_nothing_is_known_it_says_so(client: httpx.AsyncClient) -> None:
    assert "not known yet" in (await client.get("/notifier/public/functions")).text
    assert (await client.get("/notifier/public/functions.json")).json()["functions"] == []


def test_the_public_api_is_described() -> None:
    assert "/notifier/public/functions.json" in build_routes(service).openapi()["paths"]
