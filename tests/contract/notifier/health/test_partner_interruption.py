"""A partner that dies, behind a service that answers `/partnerz` as every service does; mail by real SMTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from deploy.local.portal import free_port_base
from libs.common.clock import SystemClock
from libs.common.deployment import load_deployment
from libs.common.runtime import Runtime
from libs.common.settings import Settings
from libs.common.web import app as web_app
from libs.common.web.app import partner_routes
from services.notifier.contractor_alerts import handlers
from services.notifier.health.partner import Probe, probes
from simulators.cms_mailbox.mailbox import Mailbox
from tests.support.notifier import CONTRACT, World, until


class PartnerIsGoneError(Exception):
    """It does not answer."""


@dataclass
class WithPartner(World):
    """The same world, where the partner is asked through its service as in use."""

    partner_down: bool = False
    asked: list[str] = field(default_factory=list)

    def probe(self, name: str) -> Probe:
        if name != "hets":
            return super().probe(name)
        real = probes(self.settings, load_deployment(CONTRACT).partners)[name]

        async def ask() -> None:
            self.asked.append(name)
            await real()

        return ask

    async def check(self, _runtime: Runtime) -> None:
        if self.partner_down:
            raise PartnerIsGoneError


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WithPartner]:
    monkeypatch.setattr(handlers, "pause_after", lambda _attempts: timedelta(milliseconds=20))
    async with free_port_base() as base:
        settings = Settings(profile="test", port_base=base, state_directory=tmp_path / "state")
        mailbox = Mailbox(tmp_path / "mailbox", SystemClock())
        yield WithPartner(settings, mailbox)
        mailbox.close()


@asynccontextmanager
async def eligibility(world: WithPartner, *, knows: bool = True) -> AsyncIterator[None]:
    """The service on its port, with the partner in its care or without."""
    app = FastAPI()
    app.state.runtime = None
    app.include_router(partner_routes({"hets": world.check} if knows else {}))
    port = world.settings.service_port("eligibility", "api")
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        await serving


async def asked(world: WithPartner, times: int = 3) -> None:
    until_now = len(world.asked)
    await until(lambda: len(world.asked) >= until_now + times)


async def test_a_partner_that_dies_is_named_in_banner_and_alert_and_so_is_its_return(world: WithPartner) -> None:
    async with world.mail(), eligibility(world), world.engine():
        await until(lambda: '"available"' in world.functions)
        await asked(world)
        world.partner_down = True
        await until(lambda: len(world.letters) == 1)
        banner, functions = world.banner, world.functions
        world.partner_down = False
        await until(lambda: len(world.letters) == 2)
        await until(lambda: world.banner == "null")

    opened, closed = world.letters
    assert opened.subject == "[Contractor Alert] 15004 Service interruption: 2 functions"
    for words in (
        "Contract: 15004 (J15)",
        "- Eligibility Inquiry and Response\n- Printable Entitlement Eligibility Page\n\n",
        "Cause: HETS, the eligibility system of CMS, does not answer.",
        "Started:",
        "Detected:",
        "Still available:\n- Claim Redetermination Status",
        "- Remittance Advice",
        "Workaround: Ask about eligibility through the voice response system",
        "Next update:",
        "Contact: Meridian Medicare Administrative Services, help desk: 1-800-555-0142",
    ):
        assert words in opened.body
    assert "HETS, the eligibility system of CMS, does not answer. Other functions are available." in banner
    assert functions.count("not-available") == 2
    assert "Service restored" in closed.subject
    assert "Cause: HETS, the eligibility system of CMS, did not answer." in closed.body


async def test_a_service_that_does_not_know_the_partner_is_no_interruption_of_it(world: WithPartner) -> None:
    async with world.mail(), world.engine():
        async with eligibility(world):
            await until(lambda: '"available"' in world.functions)
            await asked(world)
        async with eligibility(world, knows=False):
            await asked(world, 8)

    assert world.letters == []
    assert "unknown" not in world.functions


async def test_a_service_that_dies_opens_one_interruption_and_none_of_its_partner(world: WithPartner) -> None:
    async with world.mail(), world.engine():
        async with eligibility(world):
            await until(lambda: '"available"' in world.functions)
            await asked(world)
        world.down.add("eligibility")
        await until(lambda: len(world.letters) == 1)
        await asked(world, 8)

    assert "The eligibility service of the portal does not answer." in world.letters[0].body
    assert {each["change"]["interruption"]["fault_domain"] for each in world.journal if each["entry"] == "change"} == {
        "eligibility"
    }


async def answer_of(check: Callable[[Runtime], object], name: str = "hets") -> int:
    app = FastAPI()
    app.state.runtime = None
    app.include_router(partner_routes({"hets": check}))  # type: ignore[dict-item] # each of them is a coroutine function
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        return (await client.get(f"/partnerz/{name}")).status_code


async def test_a_service_tells_of_its_partner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_app, "_PARTNER_SECONDS", 0.02)

    async def answers(_runtime: Runtime) -> None:
        return

    async def fails(_runtime: Runtime) -> None:
        raise ConnectionRefusedError

    async def hangs(_runtime: Runtime) -> None:
        await asyncio.sleep(60)

    assert [await answer_of(each) for each in (answers, fails, hangs)] == [200, 503, 503]
    assert await answer_of(answers, "qic") == 404
