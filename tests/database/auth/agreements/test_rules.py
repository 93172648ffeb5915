"""The Rules of Behavior: nothing opens before them, each acceptance is kept, and a new text asks everybody again."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from libs.common.messaging.subscriptions import Due
from libs.common.settings import Settings
from services.auth.access.domain import ADMINISTRATORS
from services.auth.access.tables import user_account
from services.auth.agreements import domain
from services.auth.agreements.domain import ADMINISTRATOR_RULES, RULES, USER_RULES
from services.auth.agreements.handlers import LAPSE, lapse
from services.auth.agreements.tables import agreement_signature
from tests.support.auth import (
    ADMINISTRATOR,
    BILLER,
    OTHER_BILLER,
    POPULATION,
    RIVERSIDE,
    Auth,
    Browser,
    auth_with_people,
    path_of,
)

YEAR = timedelta(days=365)


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth"), rules_accepted_by_all=False) as running:
        yield running


async def signed_in(auth: Auth) -> Browser:
    browser = auth.client()
    await browser.sign_in(BILLER)
    return browser


async def send(browser: Browser, **form: str) -> tuple[int, str]:
    """Send the form of the page as it stands, with `form` over it. Status, and where it leads or what it says."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', (await browser.through("GET", RULES)).text)
    body = {
        "csrf": csrf[1] if csrf else "",
        "enrollment": str(RIVERSIDE.enrollments[0].enrollment_id),
        "version": USER_RULES.version,
        "accepted": "yes",
        "idempotency_key": str(uuid4()),
        **form,
    }
    answer = await browser.through("POST", RULES, data=body)
    return answer.status_code, answer.headers.get("location") or answer.text


async def signatures(auth: Auth) -> list[tuple[str, str]]:
    """Version and means of what the biller accepted, in order."""
    rows = [row for row in await auth.rows(agreement_signature) if row.user_id == BILLER.user_uuid]
    return [(row.version, row.means) for row in sorted(rows, key=lambda each: each.signed_at)]


async def opens(browser: Browser) -> bool:
    return (await browser.authorize("GET", "/claims")).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/claims", "/auth", "/auth/users", "/eligibility", "/session/acting", "/notifier"]
)
async def test_every_page_leads_to_them_and_back(auth: Auth, path: str) -> None:
    decided = await (await signed_in(auth)).authorize("GET", f"{path}?page=2")
    assert (decided.status_code, decided.headers["location"]) == (303, f"{RULES}?next={path}%3Fpage%3D2")


async def test_forms_and_fragments_lead_there_too_and_programs_are_told(auth: Auth) -> None:
    browser = await signed_in(auth)
    own = {"sec-fetch-site": "same-origin"}
    assert (await browser.authorize("POST", "/claims/submissions", own)).headers["location"] == RULES
    fragment = await browser.authorize("GET", "/claims/live/submissions/1", {"hx-request": "true"})
    assert (fragment.status_code, fragment.headers["hx-redirect"]) == (401, RULES)
    told = await browser.authorize("GET", "/claims", {"accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (403, "access-denied")


@pytest.mark.parametrize(("method", "path"), [("POST", "/sign-out"), ("GET", "/session/status"), ("GET", RULES)])
async def test_the_way_to_them_and_out_stays_open(auth: Auth, method: str, path: str) -> None:
    browser = await signed_in(auth)
    assert (await browser.authorize(method, path, {"sec-fetch-site": "same-origin"})).status_code == 200


async def test_the_page_offers_nothing_else(auth: Auth) -> None:
    page = await (await signed_in(auth)).through("GET", RULES)
    assert page.status_code == 200
    assert "What you must not do" in page.text
    assert "Sign out without accepting" in page.text
    assert 'aria-label="Functions"' not in page.text
    assert "Addendum" not in page.text


async def test_accepting_opens_the_portal_and_is_kept_and_told(auth: Auth) -> None:
    browser = await signed_in(auth)
    assert await send(browser, next="/session/acting?next=/claims") == (303, "/session/acting?next=/claims")
    assert await opens(browser)
    events = {each.event.type: each.event for each in await auth.copy_access()}
    assert events["auth.user-access.v1"].rules_of_behavior_until == auth.clock.now() + YEAR
    signed = events["auth.agreement-signed.v1"]
    assert (signed.user_id, signed.version, signed.until) == (BILLER.user_uuid, "2026-12", auth.clock.now() + YEAR)
    (row,) = [row for row in await auth.rows(agreement_signature) if row.user_id == BILLER.user_uuid]
    assert (row.version, row.means, row.signed_at) == ("2026-12", "electronic", auth.clock.now())
    assert (row.digest, row.valid_until) == (USER_RULES.digest, auth.clock.now() + YEAR)
    assert ("sign", "agreement", "done", "electronic") in await auth.audited()


async def test_it_is_asked_once_only(auth: Auth) -> None:
    browser = await signed_in(auth)
    await send(browser)
    await auth.copy_access()
    page = await browser.through("GET", RULES)
    assert "You accepted these rules" in page.text
    assert "Accept and continue" not in page.text
    auth.clock.advance(timedelta(seconds=60))
    assert path_of(await auth.client("203.0.113.9").sign_in(BILLER)) == "/session/acting"


async def test_after_a_year_it_is_asked_again_and_before_that_it_may_be_renewed(auth: Auth) -> None:
    for days, kept in ((0, 1), (365 - 46, 1), (1, 2)):
        auth.clock.advance(timedelta(days=days))
        assert (await send(await signed_in(auth)))[0] == 303
        await auth.copy_access()
        assert await signatures(auth) == [("2026-12", "electronic")] * kept
    auth.clock.advance(YEAR)
    browser = await signed_in(auth)
    assert not await opens(browser)
    assert "that year is over" in (await browser.through("GET", RULES)).text


async def test_a_new_text_asks_everybody_again_at_once_and_tells_the_other_services(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = auth.client("203.0.113.9")
    await other.sign_in(OTHER_BILLER)
    assert await opens(other)
    monkeypatch.setattr(domain, "USER_RULES", replace(USER_RULES, version="2027-01"))
    monkeypatch.setattr("services.auth.agreements.handlers.USER_RULES", replace(USER_RULES, version="2027-01"))
    assert not await opens(other)
    assert "have a new text" in (await other.through("GET", RULES)).text
    async with auth.work.database.work(auth.work) as work:
        await lapse(work, Due(LAPSE, "all", auth.clock.now(), {}, 0))
    lapsed = {each.event.user_id: each.event for each in await auth.copy_access()}
    # Administrators accept another text, which did not change; the biller of the demo accepted none.
    assert set(lapsed) == {
        each.user_uuid for each in POPULATION.users if each.role not in ADMINISTRATORS and each != BILLER
    }
    assert lapsed[OTHER_BILLER.user_uuid].rules_of_behavior_until == auth.clock.now()
    async with auth.work.database.work(auth.work) as work:
        await lapse(work, Due(LAPSE, "all", auth.clock.now(), {}, 0))
    assert await auth.copy_access() == []


async def test_an_administrator_accepts_the_addendum_too(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        mine = user_account.c.user_id == ADMINISTRATOR.user_uuid
        await work.execute(sa.update(user_account).where(mine).values(rules_of_behavior_version="2026-12"))
    browser = auth.client()
    await browser.sign_in(ADMINISTRATOR)
    assert not await opens(browser)
    page = await browser.through("GET", RULES)
    assert "Addendum for those who manage users" in page.text
    form = {"enrollment": "", "version": ADMINISTRATOR_RULES.version}
    status, said = await send(browser, **form)
    assert (status, "accept them" in said) == (422, True)
    assert await send(browser, **form, addendum="yes") == (303, "/auth/users")
    assert await opens(browser)


# -- what must be refused ------------------------------------------------------------------------------------------


async def refused(auth: Auth, browser: Browser, **form: str) -> tuple[int, str]:
    """Send what must be refused, and see that nothing came of it."""
    status, said = await send(browser, **form)
    assert await signatures(auth) == []
    assert not await opens(browser)
    assert await auth.copy_access() == []
    return status, said


async def test_without_the_tick_nothing_is_accepted(auth: Auth) -> None:
    status, said = await refused(auth, await signed_in(auth), accepted="", next="/claims")
    assert status == 422
    assert "Read the Rules of Behavior and accept them to continue" in said
    assert 'name="next" value="/claims"' in said


@pytest.mark.parametrize("version", ["2025-11", "", "2026-12-privileged", "x" * 99])
async def test_an_old_version_is_not_accepted_in_place_of_the_new(auth: Auth, version: str) -> None:
    with capture_logs() as lines:
        status, said = await refused(auth, await signed_in(auth), version=version)
    assert status == 409
    assert "have a new text since you opened this page" in said
    assert ("sign", "agreement", "refused", "old-version") in await auth.audited()
    assert "old-version" in [line.get("reason") for line in lines]


async def test_a_form_of_another_session_or_enrollment_accepts_nothing(auth: Auth) -> None:
    browser = await signed_in(auth)
    assert (await refused(auth, browser, csrf="another session's"))[0] == 403
    assert (await refused(auth, browser, enrollment=str(RIVERSIDE.enrollments[1].enrollment_id)))[0] == 409


async def test_the_same_form_sent_twice_is_one_acceptance(auth: Auth) -> None:
    browser = await signed_in(auth)
    key = str(uuid4())
    first = await send(browser, idempotency_key=key, next="/claims")
    await auth.copy_access()
    assert await send(browser, idempotency_key=key, next="/claims") == first == (303, "/claims")
    assert len(await signatures(auth)) == 1


async def test_it_leads_to_no_other_host(auth: Auth) -> None:
    assert await send(await signed_in(auth), next="//evil.example/") == (303, "/home")


@pytest.mark.parametrize("statement", [agreement_signature.delete(), agreement_signature.update().values(version="x")])
async def test_what_was_accepted_can_be_neither_changed_nor_deleted(auth: Auth, statement: sa.Executable) -> None:
    await send(await signed_in(auth))
    for runtime in (auth.web, auth.work):
        with pytest.raises(DBAPIError, match="kept as it was"):
            async with runtime.database.engine.begin() as connection:
                await connection.execute(statement)
    assert len(await signatures(auth)) == 1
