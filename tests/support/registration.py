"""Registration as a person meets it: the proofing partner beside auth, and the steps as a browser takes them."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pyotp
import pytest

from deploy.local.portal import free_port_base
from libs.common.contracts.auth import MessageWanted
from libs.common.contracts.sealed import WANTED_MESSAGE, WantedMessage
from libs.common.settings import PROOFING
from services.auth.agreements.partner import our_texts
from services.auth.proofing.partner import PARTNER
from services.auth.settings import auth_settings
from simulators.proofing.server import Behavior, State, door
from simulators.serving import install_client, install_trust, serve_http
from tests.support.auth import Auth, Browser
from tests.support.eligibility import listens
from tools.walk.place import until

FROM_A_PAGE = {"sec-fetch-site": "same-origin"}
PASSWORD = "seven quiet lanterns by the mill"
PERSON = {
    "first_name": "Aldora",
    "last_name": "Willowmarch",
    "birth_date": "02/03/1980",
    "email": "aldora@willowmarch.example",
    "telephone": "(614) 555-0142",
    "street": "12 Lantern Lane",
    "city": "Fernmoor",
    "state": "OH",
    "postal_code": "45001",
    "privacy": "yes",
}
SSN = "900-00-1234"


@dataclass
class Registering:
    """Auth with the proofing partner, and the mail it wanted to be sent."""

    auth: Auth
    partner: State
    letters: list[tuple[str, WantedMessage]]

    def behave(self, **behavior: Any) -> None:
        """Tell the partner how to behave."""
        self.partner.behavior = Behavior(**behavior)

    async def mail(self) -> list[tuple[str, WantedMessage]]:
        """Kind and content of what was to be mailed since the last time."""
        events = [each.event for each in await self.auth.copy_access()]
        return [
            (each.kind, WANTED_MESSAGE.open(self.auth.web.keys, each.sealed_message, each.user_id))
            for each in events
            if isinstance(each, MessageWanted)
        ]

    async def code(self) -> str:
        """The newest code that was mailed."""
        return [told.facts["code"] for kind, told in await self.mail() if kind == "registration-code"][-1]

    async def secret(self, browser: Browser) -> str:
        """The secret that the page shows for an authenticator."""
        page = (await browser.direct("GET", "/register/authenticator")).text
        return str(re.findall(r'data-copy="([A-Z2-7]{32})"', page)[0])

    def code_of(self, secret: str) -> str:
        """What an authenticator shows now."""
        return pyotp.TOTP(secret).at(int(self.auth.clock.now().timestamp()))

    async def until_identity(self, browser: Browser, **person: str) -> None:
        """Say who one is, and confirm the address."""
        await send(browser, "person", **{**PERSON, **person})
        assert leads_to(await send(browser, "email", code=await self.code())) == "/register/identity"

    async def until_factor(self, browser: Browser, ssn: str = SSN, **person: str) -> None:
        """The same, then be proofed and accept the terms."""
        await self.until_identity(browser, **person)
        await send(browser, "identity", ssn=ssn, consent="yes")
        assert leads_to(await accept_terms(browser)) == "/register/authenticator"

    async def until_account(self, browser: Browser, ssn: str = SSN, **person: str) -> None:
        """The same, then set up an authenticator."""
        await self.until_factor(browser, ssn, **person)
        secret = await self.secret(browser)
        assert leads_to(await send(browser, "authenticator", code=self.code_of(secret))) == "/register/account"

    async def registered(self, browser: Browser, login: str, ssn: str = SSN, **person: str) -> tuple[str, ...]:
        """All of it: the recovery codes that are shown at its end."""
        await self.until_account(browser, ssn, **person)
        return await complete(browser, login)


async def send(browser: Browser, step: str, **fields: str) -> httpx.Response:
    """Send the form of a step."""
    return await browser.direct("POST", f"/register/{step}", FROM_A_PAGE, data=fields)


async def accept_terms(browser: Browser) -> httpx.Response:
    """Accept the terms as they are shown."""
    return await send(browser, "terms", accepted="yes", version=our_texts()["terms"].version)


async def complete(browser: Browser, login: str) -> tuple[str, ...]:
    """Choose user ID and password, the last step: the recovery codes that are shown then."""
    answer = await send(browser, "account", user_id=login, new_password=PASSWORD, again=PASSWORD)
    assert answer.status_code == 200, re.sub(r"<[^>]+>", " ", answer.text)
    assert "We have your registration" in answer.text
    return tuple(re.findall(r"<li>((?:[A-Z2-7]{4}-?){4})</li>", answer.text))


def leads_to(answer: httpx.Response) -> str:
    """Where an answer leads."""
    assert answer.status_code == 303, re.sub(r"<[^>]+>", " ", answer.text)
    return str(answer.headers["location"])


@asynccontextmanager
async def registering(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Registering]:
    """The proofing partner on a port of its own, trusted by auth."""
    async with free_port_base() as base:
        port, directory = base + PROOFING, auth.web.settings.state_directory
        monkeypatch.setenv("PORTICO_AUTH_PROOFING_ADDRESS", f"https://localhost:{port}")
        monkeypatch.setenv("PORTICO_AUTH_PROOFING_SECONDS", "60")
        auth_settings.cache_clear()
        files = install_trust(PARTNER, directory, auth.clock)
        clients = install_client(PARTNER, directory, auth.clock)
        state, stop = State(), asyncio.Event()
        serving = asyncio.create_task(serve_http(door(state), port, stop, certificates=files, clients=clients))
        await until(lambda: listens(port), within=10, waiting_for="the proofing partner")
        try:
            yield Registering(auth, state, [])
        finally:
            stop.set()
            await serving
