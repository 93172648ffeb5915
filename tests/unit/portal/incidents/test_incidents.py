"""How an incident is reported (E-38): linked from every page, with the addresses of the contract, also signed out."""

import tomllib

import httpx

from libs.common.clock import SetClock
from libs.common.deployment import Deployment
from libs.common.web.app import build_routes
from libs.common.web.frames import INCIDENTS
from services.portal.app import service
from tests.support.portico import MORNING, ROOT

CONTRACT = tomllib.loads((ROOT / "contract.toml").read_text(encoding="utf-8"))
HELP_DESK = {"phone": "1-800-555-0199", "hours": "Weekdays, 7 to 7", "email": "incidents@portico.example"}


class _Runtime:
    clock = SetClock(MORNING)
    deployment = Deployment.model_validate({**CONTRACT, "help_desk": HELP_DESK})


async def page(path: str) -> str:
    app = build_routes(service)
    app.state.runtime = _Runtime()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal") as client:
        return (await client.get(path, headers={"accept": "text/html"})).text


async def test_it_says_what_to_report_to_whom_and_when() -> None:
    found = await page(INCIDENTS)
    main = found.split("<main", 1)[1].split("</main>", 1)[0]
    assert "Report at once" in main
    assert "lost or stolen" in main
    for address in HELP_DESK.values():
        assert address in main


async def test_it_is_linked_from_the_foot_of_other_pages() -> None:
    foot = (await page("/catalog")).split("<footer", 1)[1]
    assert f'<a href="{INCIDENTS}">Report an incident</a>' in foot
