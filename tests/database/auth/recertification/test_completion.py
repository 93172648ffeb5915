"""How far the certification of all users is, as the contractor shows it to CMS (handbook 6.4)."""

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from libs.common.settings import Settings
from services.auth.access.tables import user_grant
from services.auth.recertification.pages import COMPLETION
from simulators.population import DemoUser
from tests.support.auth import ADMINISTRATOR, BILLER, JUNIPER, POPULATION, RIVERSIDE, Auth, Browser, auth_with_people
from tests.support.certifications import choose, row, send

EDI, AUDITOR, HELP_DESK = (
    next(each for each in POPULATION.users if each.role == role) for role in ("MAC_EDI", "MAC_AUDITOR", "MAC_CSR")
)


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def signed_in(auth: Auth, user: DemoUser, address: str = "203.0.113.7") -> Browser:
    browser = auth.client(address)
    await browser.sign_in(user)
    return browser


async def board(browser: Browser, query: str = "") -> dict[str, tuple[str, ...]]:
    """What the file says of each organization: certified, due, suspended."""
    answer = await browser.through("GET", f"{COMPLETION}/list.csv{query}")
    assert answer.status_code == 200
    lines = csv.DictReader(io.StringIO(answer.text))
    return {each["Organization"]: (each["Certified"], each["Due"], each["Suspended"]) for each in lines}


async def test_every_organization_is_counted_by_the_state_of_its_users(auth: Auth) -> None:
    edi = await signed_in(auth, EDI)
    found = await board(edi)
    # Two enrollments of the biller are due.
    assert found[RIVERSIDE.name][1:] == ("2", "0")
    assert found[JUNIPER.name][1:] == ("0", "0")
    assert JUNIPER.name not in await board(edi, "?left=yes")
    page = (await edi.through("GET", COMPLETION)).text
    assert "2 decisions due, 0 certifications suspended" in page
    assert RIVERSIDE.name not in (await edi.through("GET", f"{COMPLETION}?find=juniper")).text
    boss = await signed_in(auth, ADMINISTRATOR, "203.0.113.9")
    await send(boss, await choose(boss, "certify", row()))
    assert (await board(edi))[RIVERSIDE.name][1:] == ("1", "0")
    async with auth.work.database.work(auth.work) as work:
        mine = user_grant.c.user_id == BILLER.user_uuid
        over = auth.clock.now() - timedelta(days=1)
        await work.execute(user_grant.update().where(mine).values(certified_until=over))
    assert (await board(edi))[RIVERSIDE.name][1:] == ("0", "2")
    pdf = await edi.through("GET", f"{COMPLETION}/pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert {("read", "done"), ("download", "done"), ("print", "done")} <= {
        (action, outcome) for action, kind, outcome, _ in await auth.audited() if kind == "certifications"
    }


async def test_the_auditor_sees_it_and_the_help_desk_and_providers_do_not(auth: Auth) -> None:
    for user, status in ((AUDITOR, 200), (HELP_DESK, 403), (ADMINISTRATOR, 403)):
        browser = await signed_in(auth, user)
        for path in (COMPLETION, f"{COMPLETION}/list.csv", f"{COMPLETION}/pdf"):
            assert (await browser.through("GET", path)).status_code == status
