"""A user asks, an administrator decides, both are told; nobody approves what they asked for themselves (S05)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from libs.common.contracts.auth import MessageWanted, OrganizationAccess, UserAccess
from libs.common.contracts.sealed import WANTED_MESSAGE
from libs.common.messaging.subscriptions import Due
from services.auth.access.domain import BUNDLES
from services.auth.reports.handlers import WEEKLY, send_weekly
from services.auth.role_requests.handlers import LAPSE, lapse
from services.auth.sessions.repository import living_sessions
from services.auth.settings import auth_settings
from tests.support.applications import Application, Someone, application
from tests.support.auth import carry
from tests.support.platform import CloneSettings

BOSS = Someone("boss", role="PROVIDER_ADMIN", permissions=frozenset(), ptan="P00009")
SECOND = Someone("second boss", office=BOSS.name, role="PROVIDER_ADMIN", permissions=frozenset())
CLERK = Someone("clerk", office=BOSS.name, permissions=frozenset({"claims.status"}))
ALONE = Someone("alone", permissions=frozenset())
ELSEWHERE = Someone("boss elsewhere", role="PROVIDER_ADMIN", permissions=frozenset())
EDI = Someone("edi enrollment", role="MAC_EDI", staff=True, permissions=frozenset())
HELP_DESK = Someone("help desk", office=EDI.name, role="MAC_CSR", staff=True, permissions=frozenset())
VERIFIED = "Dr. Alder, authorized official, at the number in PECOS."
BILLER_DESK = BUNDLES["biller"].permissions - {"eligibility.certificates", "eligibility.same-or-similar"}
"""What the contract of the test offers of it."""
ASKED = {"what": "biller", "npi": BOSS.npi, "ptan": BOSS.ptan, "reason": "I bill for this clinic now."}


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[CloneSettings]]) -> AsyncIterator[Application]:
    async with application("auth", await databases("auth")) as running:
        await running.admit(BOSS, SECOND, CLERK, ALONE, ELSEWHERE, EDI, HELP_DESK)
        yield running


async def send(auth: Application, who: Someone, path: str, *, key: str = "", **fields: str) -> httpx.Response:
    data = {"csrf": who.csrf, "idempotency_key": key or f"{path} {sorted(fields.items())}"[:200], **fields}
    return await auth.call("POST", path, who, headers={"sec-fetch-site": "same-origin"}, data=data)


async def asked(auth: Application, who: Someone = CLERK, **changes: str) -> str:
    """The id of a new request."""
    answer = await send(auth, who, "/auth/requests", **{**ASKED, **changes})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).rsplit("/", 1)[1]


async def events(auth: Application) -> list[Any]:
    return [each.event for each in await carry(auth.work)]


async def sessions(auth: Application, who: Someone) -> int:
    async with auth.work.database.work(auth.work) as work:
        return len(await living_sessions(work, who.user_id))


def notices(found: list[Any]) -> set[tuple[object, str]]:
    return {(each.user_id, each.kind) for each in found if isinstance(each, MessageWanted)}


async def test_what_is_asked_for_waits_for_the_administrators_and_is_given_when_one_approves(
    auth: Application,
) -> None:
    request_id = await asked(auth, last_day="12/31/2026")
    found = await events(auth)
    assert notices(found) == {(BOSS.user_id, "access-asked"), (SECOND.user_id, "access-asked")}
    assert [each.access_requests for each in found if isinstance(each, OrganizationAccess)] == [1]
    page = (await auth.call("GET", f"/auth/access-requests/{request_id}", BOSS)).text
    assert "I bill for this clinic now." in page
    assert (await send(auth, BOSS, f"/auth/access-requests/{request_id}/approve")).status_code == 303
    found = await events(auth)
    assert notices(found) == {(CLERK.user_id, "access-approved")}
    assert [each.access_requests for each in found if isinstance(each, OrganizationAccess)] == [0]
    [record] = [each for each in found if isinstance(each, UserAccess)]
    ends = {each.permission: each.ends for each in record.grants}
    assert set(ends) == BILLER_DESK | {"claims.status"}
    assert ends["claims.status"] is None  # it stood already, for good
    assert {f"{each}" for name, each in ends.items() if name != "claims.status"} == {"2027-01-01 05:00:00+00:00"}
    assert (await send(auth, SECOND, f"/auth/access-requests/{request_id}/approve")).status_code == 409


async def test_a_refusal_tells_whoever_asked_why(auth: Application) -> None:
    request_id = await asked(auth)
    path = f"/auth/access-requests/{request_id}/refuse"
    assert "Say in a sentence why" in (await send(auth, BOSS, path, answer="")).text
    assert (await send(auth, BOSS, path, answer="Ask for the front desk.")).status_code == 303
    assert notices(await events(auth)) >= {(CLERK.user_id, "access-refused")}
    own = (await auth.call("GET", f"/auth/requests/{request_id}", CLERK)).text
    assert "Ask for the front desk." in own


async def test_nobody_decides_about_their_own_request_or_that_of_another_organization(auth: Application) -> None:
    request_id = await asked(auth, who=BOSS, what="dual-role", npi="", ptan="")
    decide = f"/auth/access-requests/{request_id}"
    assert (await send(auth, BOSS, f"{decide}/approve")).status_code == 403
    assert (await send(auth, BOSS, f"{decide}/refuse", answer="No.")).status_code == 403
    for who, status in ((ELSEWHERE, 404), (CLERK, 403)):
        assert (await send(auth, who, f"{decide}/approve")).status_code == status
        assert (await auth.call("GET", decide, who)).status_code == status
    assert (await auth.call("GET", f"/auth/requests/{request_id}", CLERK)).status_code == 404
    # Nor does the contractor, where another administrator can.
    assert (await auth.call("GET", f"/auth/organizations/access/{request_id}", EDI)).status_code == 404
    refused = await send(auth, EDI, f"/auth/organizations/access/{request_id}/approve", verified=VERIFIED)
    assert refused.status_code == 404
    assert (await send(auth, SECOND, f"{decide}/approve")).status_code == 303
    assert [each.dual_role for each in await events(auth) if isinstance(each, UserAccess)] == [True]


async def test_who_becomes_an_administrator_keeps_no_patient_data(auth: Application) -> None:
    request_id = await asked(auth, what="role", npi="", ptan="")
    await events(auth)
    assert await sessions(auth, CLERK) == 1
    assert (await send(auth, BOSS, f"/auth/access-requests/{request_id}/approve")).status_code == 303
    found = await events(auth)
    [record] = [each for each in found if isinstance(each, UserAccess)]
    assert (record.role, record.grants, record.dual_role) == ("PROVIDER_ADMIN", (), False)
    assert notices(found) == {(CLERK.user_id, "access-approved"), (EDI.user_id, "administrator-added")}
    assert await sessions(auth, CLERK) == 0  # who may do more signs in again


async def test_where_no_administrator_is_the_contractor_makes_one_of_whoever_asks(
    auth: Application,
) -> None:
    request_id = await asked(auth, who=ALONE, what="role", npi="", ptan="")
    found = await events(auth)
    assert notices(found) == {(EDI.user_id, "contractor-asked")}
    # It waits for nobody of her own organization.
    assert [each.access_requests for each in found if isinstance(each, OrganizationAccess)] == [0]
    assert (
        "EDI enrollment of the contractor decides"
        in (await auth.call("GET", f"/auth/requests/{request_id}", ALONE)).text
    )
    path = f"/auth/organizations/access/{request_id}"
    assert path in (await auth.call("GET", "/auth/organizations", EDI)).text
    assert (await auth.call("GET", path, HELP_DESK)).status_code == 403
    assert "I bill for this clinic now." in (await auth.call("GET", path, EDI)).text
    unverified = await send(auth, EDI, f"{path}/approve", key="nobody called")
    assert (unverified.status_code, 'id="verified-error"' in unverified.text) == (422, True)
    assert (await send(auth, EDI, f"{path}/approve", verified=VERIFIED)).status_code == 303
    found = await events(auth)
    [record] = [each for each in found if isinstance(each, UserAccess)]
    assert (record.user_id, record.role) == (ALONE.user_id, "PROVIDER_ADMIN")
    assert notices(found) == {(ALONE.user_id, "contractor-approved")}
    assert await sessions(auth, ALONE) == 0
    assert VERIFIED in (await auth.call("GET", path, EDI)).text
    assert (await send(auth, EDI, f"{path}/refuse", answer="No.")).status_code == 409


async def test_the_contractor_gives_the_only_administrator_the_dual_role_and_what_she_works_with(
    auth: Application,
) -> None:
    mine = {"npi": ELSEWHERE.npi, "ptan": ELSEWHERE.ptan}
    choices = (await auth.call("GET", "/auth/requests/new", ELSEWHERE)).text
    assert ("dual-role" in choices, "front-desk" in choices) == (True, False)
    first = await asked(auth, who=ELSEWHERE, what="dual-role", npi="", ptan="")
    path = f"/auth/organizations/access/{first}"
    assert (await send(auth, EDI, f"{path}/approve", verified=VERIFIED)).status_code == 303
    assert [each.dual_role for each in await events(auth) if isinstance(each, UserAccess)] == [True]
    second = await asked(auth, who=ELSEWHERE, **mine)
    path = f"/auth/organizations/access/{second}"
    assert (await send(auth, ELSEWHERE, f"/auth/access-requests/{second}/approve")).status_code == 403
    assert (await send(auth, EDI, f"{path}/approve", verified=VERIFIED)).status_code == 303
    [record] = [each for each in await events(auth) if isinstance(each, UserAccess)]
    assert {each.permission for each in record.grants} == BILLER_DESK


async def test_the_contractor_refuses_with_a_reason(auth: Application) -> None:
    request_id = await asked(auth, who=ALONE, what="role", npi="", ptan="")
    await events(auth)
    path = f"/auth/organizations/access/{request_id}/refuse"
    assert (await send(auth, EDI, path, key="without a reason")).status_code == 422
    assert (await send(auth, EDI, path, answer="Your official does not know you.")).status_code == 303
    assert notices(await events(auth)) == {(ALONE.user_id, "contractor-refused")}
    own = (await auth.call("GET", f"/auth/requests/{request_id}", ALONE)).text
    assert "Your official does not know you." in own


async def test_no_dual_role_where_many_work(auth: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTICO_AUTH_DUAL_ROLE_BELOW", "1")
    auth_settings.cache_clear()
    refused = await send(auth, ELSEWHERE, "/auth/requests", what="dual-role", reason="We are few.")
    assert (refused.status_code, "fewer than 1 people" in refused.text) == (422, True)


async def test_what_cannot_be_asked_for_is_said_at_its_field(auth: Application) -> None:
    for who, changes, words in (
        (CLERK, {"what": ""}, "Choose what you ask for"),
        (CLERK, {"what": "auth.manage-users"}, "Choose what you ask for"),
        (CLERK, {"npi": "1999999999"}, "Your organization does not act for this NPI"),
        (CLERK, {"reason": ""}, "Say in a sentence what you need it for"),
        (CLERK, {"last_day": "11/01/2026"}, "The last day is over"),
        (CLERK, {"last_day": "11/01/2027"}, "at most 60 days"),
        (CLERK, {"what": "claims.status"}, "You have this access already"),
        (BOSS, {"what": "claims.status"}, "Administrators see no patient data"),
        (CLERK, {"what": "dual-role"}, "Choose what you ask for"),
        (BOSS, {"what": "role"}, "Choose what you ask for"),
        (ALONE, {"ptan": ALONE.ptan}, "no administrator who could decide"),
    ):
        answer = await send(auth, who, "/auth/requests", **{**ASKED, **changes})
        assert answer.status_code == 422, changes
        assert words in answer.text
    assert await events(auth) == []


async def test_the_administrators_can_be_told_again_once_a_day_and_a_request_lapses_after_sixty(
    auth: Application,
) -> None:
    request_id = await asked(auth)
    assert "asked for this already" in (await send(auth, CLERK, "/auth/requests", key="asked twice", **ASKED)).text
    path = f"/auth/requests/{request_id}/remind"
    assert (await send(auth, CLERK, path, key="too soon")).status_code == 409
    await events(auth)
    auth.clock.advance(timedelta(hours=24))
    assert (await send(auth, CLERK, path, key="a day later")).status_code == 303
    assert notices(await events(auth)) == {(BOSS.user_id, "access-asked"), (SECOND.user_id, "access-asked")}
    assert (await send(auth, CLERK, path, key="and again")).status_code == 409

    async def sweep() -> None:
        async with auth.work.database.work(auth.work) as work:
            await lapse(work, Due(LAPSE, "all", auth.clock.now(), {}, 0))

    auth.clock.advance(timedelta(days=58))
    await sweep()
    assert await events(auth) == []
    auth.clock.advance(timedelta(days=1, seconds=1))
    await sweep()
    assert notices(await events(auth)) == {(CLERK.user_id, "access-lapsed")}


async def test_each_monday_administrators_are_told_how_many_requests_wait(auth: Application) -> None:
    async def monday(**payload: Any) -> list[Any]:
        async with auth.work.database.work(auth.work) as work:
            await send_weekly(work, Due(WEEKLY, "all", auth.clock.now(), payload, 0))
        return [each for each in await events(auth) if isinstance(each, MessageWanted)]

    await asked(auth)
    await asked(auth, what="appeals")
    await events(auth)
    assert await monday(first=True) == []
    told = await monday()
    keys = auth.work.keys
    assert {
        (each.user_id, each.kind, WANTED_MESSAGE.open(keys, each.sealed_message, each.user_id).facts["count"])
        for each in told
    } == {(BOSS.user_id, "requests-pending", "2"), (SECOND.user_id, "requests-pending", "2")}
    waiting = await auth.call("GET", "/auth/reports/requests.csv", BOSS)
    assert waiting.text.count("clerk") == 2
    assert "clerk" not in (await auth.call("GET", "/auth/reports/requests.csv", ELSEWHERE)).text


async def test_reports_name_who_manages_users_and_who_does_not_sign_in(auth: Application) -> None:
    auth.clock.advance(timedelta(days=20))
    page = (await auth.call("GET", "/auth/reports", BOSS)).text
    assert "Not signed in for 20 days" in page
    assert "Everybody has signed in" in page
    privileged = (await auth.call("GET", "/auth/reports/administrators.csv", BOSS)).text
    assert "second boss" in privileged
    assert "clerk" not in privileged
    auth.clock.advance(timedelta(seconds=1))
    silent = (await auth.call("GET", "/auth/reports/not-signed-in.csv", BOSS)).text
    assert "clerk" in silent
    assert "boss elsewhere" not in silent


async def test_programs_list_and_decide(auth: Application) -> None:
    request_id = await asked(auth)
    [one] = (await auth.call("GET", "/api/auth/access-requests", BOSS)).json()["requests"]
    assert (one["request_id"], one["state"]) == (request_id, "open")
    decided = await auth.call(
        "POST",
        f"/api/auth/access-requests/{request_id}/decision",
        BOSS,
        headers={"idempotency-key": "decided once"},
        json={"decision": "approve"},
    )
    assert decided.status_code == 204
