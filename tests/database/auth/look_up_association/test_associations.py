"""Who looks up for which NPI follows from the grants, is published, and is kept with its end."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from libs.common.contracts.auth import UserAccess
from libs.common.security.permissions import CLAIM_STATUS, ELIGIBILITY_LOOK_UP
from tests.support.applications import Application, Someone, application
from tests.support.auth import carry
from tests.support.platform import CloneSettings

BOSS = Someone("boss", role="PROVIDER_ADMIN", permissions=frozenset())
CLERK = Someone("clerk", office=BOSS.name, permissions=frozenset())
AUDITOR = Someone("auditor", role="MAC_AUDITOR", staff=True, permissions=frozenset())
ELSEWHERE = Someone("boss elsewhere", role="PROVIDER_ADMIN", permissions=frozenset())


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[CloneSettings]]) -> AsyncIterator[Application]:
    async with application("auth", await databases("auth")) as running:
        await running.admit(BOSS, CLERK, ELSEWHERE, AUDITOR)
        yield running


async def change(auth: Application, what: str, permission: str) -> list[str]:
    """The NPIs that the clerk looks up for by what is published then."""
    data = {
        "csrf": BOSS.csrf,
        "idempotency_key": f"{what} {permission}",
        "grant_enrollment": str(CLERK.enrollment_id),
        "permission": permission,
    }
    path = f"/auth/users/{CLERK.user_id}/grants/{what}"
    answer = await auth.call("POST", path, BOSS, headers={"sec-fetch-site": "same-origin"}, data=data)
    assert answer.status_code == 303
    [record] = [each.event for each in await carry(auth.work) if isinstance(each.event, UserAccess)]
    return [each.npi for each in record.look_up_npis]


async def test_an_association_begins_with_the_grant_and_ends_with_it(auth: Application) -> None:
    assert await change(auth, "add", CLAIM_STATUS.name) == []
    assert await change(auth, "add", ELIGIBILITY_LOOK_UP.name) == [CLERK.npi]
    page = (await auth.call("GET", "/auth/look-ups", BOSS)).text
    assert CLERK.npi in page
    assert "/eligibility/look-up/office" in page
    assert await change(auth, "remove", CLAIM_STATUS.name) == [CLERK.npi]
    assert await change(auth, "remove", ELIGIBILITY_LOOK_UP.name) == []
    [kept] = (await auth.call("GET", "/api/auth/look-ups", BOSS)).json()["associations"]
    assert (kept["npi"], kept["until"] is None) == (CLERK.npi, False)
    assert CLERK.npi in (await auth.call("GET", "/auth/look-ups/list.csv", BOSS)).text
    assert CLERK.npi not in (await auth.call("GET", "/auth/look-ups/list.csv", ELSEWHERE)).text


async def test_the_contractor_finds_by_npi_who_of_any_organization_looks_up(auth: Application) -> None:
    await change(auth, "add", ELIGIBILITY_LOOK_UP.name)
    everywhere = "/auth/desk/look-ups"
    page = (await auth.call("GET", f"{everywhere}?npi={CLERK.npi}", AUDITOR)).text
    assert f"Office of {CLERK.office}" in page
    file = (await auth.call("GET", f"{everywhere}/list.csv?npi={CLERK.npi}", AUDITOR)).text
    assert [line.split(",")[0].strip('"') for line in file.splitlines()] == ["NPI", CLERK.npi]
    assert "Nobody looks up" in (await auth.call("GET", f"{everywhere}?npi=1", AUDITOR)).text
    assert (await auth.call("GET", everywhere, BOSS)).status_code == 403
