"""A person whom nobody knows registers, asks for an organization, is let in and granted access, and acts for it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from libs.common.messaging.subscriptions import Due
from libs.common.settings import Settings
from services.auth.access.handlers import REPUBLISH, republish_state
from services.auth.agreements.domain import AGREEMENTS, DUE
from services.auth.agreements.partner import our_texts
from services.auth.organization_link.tables import organization_request
from tests.support.auth import ADMINISTRATOR, RIVERSIDE, Browser, auth_with_people
from tests.support.registration import FROM_A_PAGE, PASSWORD, Registering, accept_terms, registering, send

LOGIN = "aldora.w"
ENROLLMENT = RIVERSIDE.enrollments[0]


@pytest.fixture
async def portal(
    databases: Callable[..., Awaitable[Settings]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Registering]:
    async with auth_with_people(await databases("auth")) as auth, registering(auth, monkeypatch) as running:
        async with auth.work.database.work(auth.work) as work:
            await republish_state(work, Due(REPUBLISH, "all", auth.clock.now(), {}, 0))
        yield running


async def form(browser: Browser, path: str, at: str, **fields: str) -> httpx.Response:
    """Send a form with what the page at `at` carries unseen."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', (await browser.through("GET", at)).text)
    carried = {"csrf": csrf[1] if csrf else "", "idempotency_key": str(uuid4())}
    return await browser.through("POST", path, FROM_A_PAGE, data={**carried, **fields})


async def test_from_nothing_to_access(portal: Registering) -> None:
    auth, person = portal.auth, portal.auth.client()
    await portal.until_identity(person)
    await send(person, "identity", ssn="900001234", consent="yes")
    await accept_terms(person)
    secret = await portal.secret(person)
    await send(person, "authenticator", code=portal.code_of(secret))
    await send(person, "account", user_id=LOGIN, new_password=PASSWORD, again=PASSWORD)
    await auth.copy_access()

    async def sign_in() -> httpx.Response:
        credentials = {"user_id": LOGIN, "password": PASSWORD, "accepted": "yes"}
        await person.direct("POST", "/sign-in", FROM_A_PAGE, data=credentials)
        return await person.code(portal.code_of(secret))

    assert (await sign_in()).status_code == 401  # the code that set it up is used
    auth.clock.advance(timedelta(seconds=60))
    assert (await sign_in()).headers["location"] == "/auth/organization"
    assert (await person.authorize("GET", "/auth/organization")).headers["location"].startswith(DUE)

    async def sign(document: str, path: str = "") -> None:
        text, place = our_texts()[document], f"{AGREEMENTS}/{document}"
        answers = {f"answer_{number}": str(each.right) for number, each in enumerate(text.questions, 1)}
        signer = re.search(r"as it is in your account: ([^<]+)<", (await person.through("GET", place)).text)
        assert signer
        signed = {**answers, "version": text.version, "accepted": "yes", "signer": signer[1]}
        assert (await form(person, f"{place}{path}", place, **signed)).status_code == 303
        await auth.copy_access()

    for document, path in (("terms", "/accept"), ("rules-of-behavior", ""), ("training", "")):
        await sign(document, path)
    asked = {"npi": ENROLLMENT.npi, "ptan": ENROLLMENT.ptan, "tax_id": RIVERSIDE.tax_id}
    await form(person, "/auth/organization", "/auth/organization", kind="provider", wanted="user", **asked)
    [request] = await auth.rows(organization_request)

    await auth.copy_access()
    administrator = auth.client("203.0.113.8")
    await administrator.sign_in(ADMINISTRATOR)
    path = f"/auth/users/joining/{request.request_id}"
    decided = await form(administrator, f"{path}/decision", path, outcome="approved")
    user_page = decided.headers["location"]
    await auth.copy_access()
    granted = {"grant_enrollment": str(ENROLLMENT.enrollment_id), "bundle": "biller"}
    assert (await form(administrator, f"{user_page}/grants/add", user_page, **granted)).status_code == 303
    await auth.copy_access()

    assert (await person.authorize("GET", "/auth")).headers["location"].startswith("/session/ended")
    auth.clock.advance(timedelta(seconds=60))
    assert (await sign_in()).headers["location"] == "/home"
    assert (await person.authorize("GET", "/auth")).headers["location"].startswith(DUE)
    await sign("attestation")
    account = await person.through("GET", "/auth")
    assert ENROLLMENT.npi in account.text
    assert "Claim Submission" in account.text
