"""A gateway without the notifier's disk shows the same banner, and keeps it while the notifier is silent."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from deploy.edge.banner import TOLD, Follower
from libs.common.edge_banner import BANNER_IN_PAGE, ROUTES, publish_template

ZONE = ZoneInfo("America/New_York")
QUIET = {"banner": None, "banner_since": None, "functions": []}
LOUD = {
    "banner": "Claim Status has been unavailable since 9:30 a.m. ET. Other functions are available.",
    "banner_since": "2026-11-25T14:30:00Z",
    "functions": [
        {"code": "F-07", "name": "Claim Status", "condition": "not-available", "since": "2026-11-25T14:30:00Z"},
        {"code": "F-24", "name": "Remittance Advice", "condition": "available", "since": "2026-11-25T14:00:00Z"},
    ],
}


class Notifier:
    def __init__(self) -> None:
        self.answer: httpx.Response | None = httpx.Response(200, json=QUIET)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == TOLD
        if self.answer is None:
            raise httpx.ConnectError("nobody listens")
        return self.answer


@pytest.fixture
def notifier() -> Notifier:
    return Notifier()


@pytest.fixture
def follower(notifier: Notifier, tmp_path: Path) -> Follower:
    publish_template(tmp_path, json.dumps({"page": BANNER_IN_PAGE}))
    client = httpx.AsyncClient(transport=httpx.MockTransport(notifier), base_url="http://notifier-api:8406")
    return Follower(client, tmp_path, ZONE)


def shown(directory: Path) -> str:
    return str(json.loads((directory / ROUTES).read_text())["page"])


async def test_what_the_notifier_tells_is_shown_and_taken_down_again(
    notifier: Notifier, follower: Follower, tmp_path: Path
) -> None:
    notifier.answer = httpx.Response(200, json=LOUD)
    await follower.look()
    page = shown(tmp_path)
    assert "Claim Status has been unavailable" in page
    assert "Not available: Claim Status." in page
    assert "9:30" in page
    notifier.answer = httpx.Response(200, json=QUIET)
    await follower.look()
    assert shown(tmp_path) == ""


@pytest.mark.parametrize(
    "answer",
    [None, httpx.Response(503), httpx.Response(200, text="<html>"), httpx.Response(200, json={"banner": "x"}),
     httpx.Response(200, json=[])],
    ids=["gone", "not ready", "no JSON", "half", "a list"],
)  # fmt: skip
async def test_a_silent_notifier_changes_nothing(
    notifier: Notifier, follower: Follower, tmp_path: Path, answer: Any
) -> None:
    notifier.answer = httpx.Response(200, json=LOUD)
    await follower.look()
    before = shown(tmp_path)
    notifier.answer = answer
    if answer is not None:
        answer.request = httpx.Request("GET", "http://notifier-api:8406/")
    await follower.look()
    assert shown(tmp_path) == before


async def test_nothing_is_written_while_nothing_changes(notifier: Notifier, follower: Follower, tmp_path: Path) -> None:
    notifier.answer = httpx.Response(200, json=LOUD)
    await follower.look()
    (tmp_path / ROUTES).unlink()
    await follower.look()
    assert not (tmp_path / ROUTES).exists()
