"""Access for some time, and administrators of small organizations who work with patient data too."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from libs.common.contracts.auth import Grant, UserAccess
from libs.common.messaging.subscriptions import Due
from services.auth.access.handlers import END_WHAT_IS_OVER, end_what_is_over
from services.auth.settings import auth_settings
from tests.support.applications import Application, Someone, application
from tests.support.auth import carry
from tests.support.platform import CloneSettings

BOSS = Someone("boss", role="PROVIDER_ADMIN", permissions=frozenset())
SECOND = Someone("second boss", office=BOSS.name, role="PROVIDER_ADMIN", permissions=frozenset())
CLERK = Someone("clerk", office=BOSS.name, permissions=frozenset())


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[CloneSettings]]) -> AsyncIterator[Application]:
    async with application("auth", await databases("auth")) as running:
        await running.admit(BOSS, SECOND, CLERK)
        yield running


async def send(auth: Application, path: str, **fields: str) -> httpx.Response:
    data = {"csrf": BOSS.csrf, "idempotency_key": f"{path} {sorted(fields.items())}"[:200], **fields}
    return await auth.call("POST", path, BOSS, headers={"sec-fetch-site": "same-origin"}, data=data)


async def add(auth: Application, who: Someone = CLERK, **fields: str) -> httpx.Response:
    given = {"grant_enrollment": str(CLERK.enrollment_id), "permission": "claims.status", **fields}
    return await send(auth, f"/auth/users/{who.user_id}/grants/add", **given)


async def published(auth: Application) -> list[UserAccess]:
    return [each.event for each in await carry(auth.work) if isinstance(each.event, UserAccess)]


async def sweep(auth: Application) -> None:
    async with auth.work.database.work(auth.work) as work:
        await end_what_is_over(work, Due(END_WHAT_IS_OVER, "all", auth.clock.now(), {}, 0))


async def test_access_with_a_last_day_ends_with_it_and_can_be_given_again(auth: Application) -> None:
    async def given(**fields: str) -> Grant:
        assert (await add(auth, **fields)).status_code == 303
        [record] = await published(auth)
        [grant] = record.grants
        return grant

    first = await given(last_day="11/30/2026")
    assert first.ends is not None
    assert first.ends.isoformat() == "2026-12-01T05:00:00+00:00"
    later = await given(last_day="12/31/2026")
    assert later.ends is not None
    assert later.ends.isoformat() == "2027-01-01T05:00:00+00:00"
    auth.clock.advance(timedelta(days=45))
    await sweep(auth)
    assert [record.grants for record in await published(auth)] == [()]


async def test_a_last_day_lies_within_the_longest_time(auth: Application) -> None:
    for day, words in (("11/22/2026", "is over"), ("02/01/2027", "at most 60 days")):
        answer = await add(auth, last_day=day)
        assert answer.status_code == 422
        assert words in answer.text
    assert await published(auth) == []


async def test_another_administrator_of_a_small_organization_may_work_with_patient_data(
    auth: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/auth/users/{SECOND.user_id}/dual-role"
    assert (await add(auth, SECOND)).status_code == 403
    assert (await send(auth, f"/auth/users/{BOSS.user_id}/dual-role", dual_role="yes")).status_code == 403
    assert (await send(auth, f"/auth/users/{CLERK.user_id}/dual-role", dual_role="yes")).status_code == 403
    assert (await send(auth, path, dual_role="yes")).status_code == 303
    assert [each.dual_role for each in await published(auth)] == [True]
    monkeypatch.setenv("PORTICO_AUTH_DUAL_ROLE_BELOW", "3")
    auth_settings.cache_clear()
    await sweep(auth)
    [record] = await published(auth)
    assert (record.user_id, record.dual_role) == (SECOND.user_id, False)
    refused = await auth.call("PUT", f"/api{path}", BOSS, json={"dual_role": True})
    assert refused.status_code == 403
    assert "fewer than 3" in refused.text


async def test_with_the_dual_role_goes_what_was_granted(auth: Application) -> None:
    path = f"/auth/users/{SECOND.user_id}/dual-role"
    await send(auth, path, dual_role="yes")
    assert (await add(auth, SECOND)).status_code == 303
    assert (await send(auth, path, dual_role="no")).status_code == 303
    assert [(each.dual_role, len(each.grants)) for each in await published(auth)] == [(True, 0), (True, 1), (False, 0)]
