"""The catalog of functions as everybody reads it: offered, planned, and nothing of what is off."""

import re
import tomllib

import httpx

from libs.common.clock import SetClock
from libs.common.deployment import Deployment
from libs.common.functions import FUNCTIONS
from libs.common.web.app import build_routes
from services.portal.app import service
from tests.support.portico import MORNING, ROOT

CONTRACT = tomllib.loads((ROOT / "contract.toml").read_text(encoding="utf-8"))


class _Runtime:
    clock = SetClock(MORNING)

    def __init__(self, **switches: dict[str, str]) -> None:
        changed = {code.replace("_", "-"): switch for code, switch in switches.items()}
        self.deployment = Deployment.model_validate({**CONTRACT, "functions": {**CONTRACT["functions"], **changed}})


async def page(runtime: _Runtime, path: str = "/catalog") -> str:
    app = build_routes(service)
    app.state.runtime = runtime
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal") as client:
        return (await client.get(path, headers={"accept": "text/html"})).text


async def test_what_is_on_is_offered_where_it_is_found() -> None:
    runtime = _Runtime()
    found = await page(runtime)
    for each in runtime.deployment.functions:
        assert f'<a href="{each.path}">{each.name}</a>' in found
        assert each.purpose.replace("'", "&#39;") in found


async def test_what_is_planned_is_told_with_its_period_and_no_address() -> None:
    found = await page(_Runtime(F_07={"state": "planned", "period": "April to June 2027"}))
    planned = found.split('id="planned"')[1]
    assert re.search(r"<dt>Claim Status</dt>.*Planned for April to June 2027", planned)
    assert 'href="/claims"' not in found


async def test_what_is_off_is_not_told() -> None:
    found = await page(_Runtime(F_07={"state": "off"}))
    assert "Claim Status" not in found
    assert FUNCTIONS["F-28"].name not in found


async def test_a_contract_without_plans_has_no_such_heading() -> None:
    assert 'id="planned"' not in await page(_Runtime(F_10={"state": "off"}, F_17={"state": "off"}))


async def test_every_page_before_sign_in_leads_there() -> None:
    assert '<a href="/catalog">All functions</a>' in await page(_Runtime(), "/manual")
