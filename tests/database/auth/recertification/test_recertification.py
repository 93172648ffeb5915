"""Recertification of every user with every NPI: certified for a year, or gone at the next request."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from libs.common.contracts.sealed import CONTACT, Contact
from libs.common.errors import Rejected
from libs.common.persistence.unit_of_work import Acting
from libs.common.security.permissions import CLAIM_STATUS
from libs.common.settings import Settings
from services.auth.access.tables import user_account, user_grant
from services.auth.recertification import handlers
from services.auth.recertification.pages import PAGE
from services.auth.recertification.tables import certification
from tests.support.auth import (
    ADMINISTRATOR,
    BILLER,
    OTHER_ADMINISTRATOR,
    OTHER_BILLER,
    RIVERSIDE,
    Auth,
    Browser,
    auth_with_people,
)
from tests.support.certifications import (
    FIRST,
    FOREIGN,
    OTHER_NAME,
    SECOND,
    YEAR,
    act_for,
    choose,
    grants,
    many_users,
    may_read,
    row,
    send,
    shown,
)
from tests.support.portico import DAYS


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


@pytest.fixture
async def boss(auth: Auth) -> Browser:
    browser = auth.client()
    await browser.sign_in(ADMINISTRATOR)
    return browser


async def test_the_page_shows_every_user_with_every_npi_of_ones_own_organization(auth: Auth, boss: Browser) -> None:
    assert set(await shown(boss)) == {row(enrollment_id=FIRST), row(enrollment_id=SECOND)}
    page = (await boss.through("GET", PAGE)).text
    assert "2 decisions wait for you" in page
    assert BILLER.user_id in page
    assert all(each.npi in page for each in RIVERSIDE.enrollments)
    assert OTHER_BILLER.user_id not in page
    assert ("read", "certifications", "done", "") in await auth.audited()


async def test_of_many_each_page_has_some_what_is_due_first_and_none_twice(auth: Auth, boss: Browser) -> None:
    await many_users(auth, 120)
    pages, address = [], PAGE
    while address:
        text = (await boss.through("GET", address)).text
        pages.append(re.findall(r'<th scope="row">[^<]*<br><span class="p-muted">([^ <]+)', text))
        following = re.search(r'<a href="([^"]+)" rel="next">', text)
        address = unescape(following[1]) if following else ""
    assert [len(each) for each in pages] == [50, 50, 22]
    assert pages[0][:2] == [BILLER.user_id] * 2
    assert len({login for page in pages for login in page}) == 121
    first = (await boss.through("GET", PAGE)).text
    assert "2 decisions wait for you" in first
    assert "122 certifications" in first


async def test_of_many_programs_are_told_some_at_a_time_too(auth: Auth, boss: Browser) -> None:
    await many_users(auth, 60)
    token = {"authorization": (await boss.authorize("GET", "/auth")).headers["authorization"]}
    first = (await boss.direct("GET", "/api/auth/users/recertification", token)).json()
    rest = (await boss.direct("GET", f"/api/auth/users/recertification?after={first['next']}", token)).json()
    rows = first["certifications"] + rest["certifications"]
    assert (first["total"], len(first["certifications"]), rest["next"]) == (62, 50, None)
    assert len({(each["login"], each["enrollment_id"]) for each in rows}) == 62
    wrong = await boss.direct("GET", "/api/auth/users/recertification?after=nonsense", token)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "cursor-unknown")


async def test_what_is_due_can_be_chosen_in_one_go(boss: Browser) -> None:
    page = (await boss.through("GET", f"{PAGE}?choose=certify")).text
    assert len(re.findall(r'value="certify\.[0-9a-f]+" checked', page)) == 2


async def test_nothing_is_due_long_before_a_certification_runs_out(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(OTHER_ADMINISTRATOR)
    assert "Nothing is due" in (await browser.through("GET", PAGE)).text


async def test_certifying_counts_for_another_year_from_today(auth: Auth, boss: Browser) -> None:
    status, place = await send(boss, await choose(boss, "certify", row(enrollment_id=FIRST), row()))
    assert (status, place.split("=")[0]) == (303, f"{PAGE}?decided")
    assert "Saved: you certified 2 for another year" in (await boss.through("GET", place)).text
    until = DAYS.end_within(auth.clock.now(), YEAR)
    assert await grants(auth) == {FIRST: {until}, SECOND: {until}}
    events = await auth.copy_access()
    told = [each.event for each in events if each.event.type == "auth.recertified.v1"]
    assert {(each.user_id, each.enrollment_id, each.certified_by, each.certified_until) for each in told} == {
        (BILLER.user_uuid, FIRST, ADMINISTRATOR.user_uuid, until),
        (BILLER.user_uuid, SECOND, ADMINISTRATOR.user_uuid, until),
    }
    assert sum(each.event.type == "auth.user-access.v1" for each in events) == 1
    kept = await auth.rows(certification)
    assert {(each.enrollment_id, each.verdict, each.certified_until) for each in kept} == {
        (FIRST, "certify", until),
        (SECOND, "certify", until),
    }
    assert "Nothing is due" in (await boss.through("GET", place)).text


async def test_what_was_decided_is_told_of_decisions_alone_never_of_an_address(auth: Auth, boss: Browser) -> None:
    assert "Saved" not in (await boss.through("GET", f"{PAGE}?certified=999&declined=3")).text
    _, place = await send(boss, await choose(boss, "certify", row()))
    other = auth.client("203.0.113.9")
    await other.sign_in(OTHER_ADMINISTRATOR)
    assert "Saved" not in (await other.through("GET", place)).text
    assert (await boss.through("GET", f"{PAGE}?decided=nonsense")).status_code == 404


async def test_declining_takes_one_npi_away_at_the_next_request_and_no_other(auth: Auth, boss: Browser) -> None:
    biller = auth.client("203.0.113.9")
    await biller.sign_in(BILLER)
    await act_for(biller, SECOND)
    assert await may_read(auth, biller) == "ALLOWED"
    before = await grants(auth)
    assert (await send(boss, await choose(boss, "decline", row())))[0] == 303
    assert await grants(auth) == {FIRST: before[FIRST]}
    # The token of the next request asks for a newer copy than the services have: they refuse until it came.
    with pytest.raises(Rejected, match="access-changing"):
        await may_read(auth, biller)
    await auth.copy_access()
    assert await may_read(auth, biller) == "NPI_NOT_GRANTED"
    assert await act_for(biller, SECOND) == 404
    assert await act_for(biller, FIRST) == 303
    assert await may_read(auth, biller) == "ALLOWED"


async def test_who_lost_the_npi_acted_for_is_asked_for_whom_to_act(auth: Auth, boss: Browser) -> None:
    biller = auth.client("203.0.113.9")
    await biller.sign_in(BILLER)
    await act_for(biller, SECOND)
    await send(boss, await choose(boss, "decline", row()))
    await auth.copy_access()
    account = await biller.through("GET", "/auth")
    assert "Choose a provider" in account.text
    page = await biller.through("GET", "/session/acting?next=/claims")
    assert (page.status_code, RIVERSIDE.enrollments[0].npi in page.text) == (200, True)
    assert RIVERSIDE.enrollments[1].npi not in page.text


async def test_the_notifier_alone_learns_whom_to_tell(auth: Auth, boss: Browser) -> None:
    await send(boss, await choose(boss, "decline", row()))
    (event,) = [each.event for each in await auth.copy_access() if each.event.type == "auth.role-removed.v1"]
    assert (event.user_id, event.enrollment_id, event.permission) == (BILLER.user_uuid, SECOND, "*")
    assert (event.reason, event.removed_by) == ("not-recertified", ADMINISTRATOR.user_uuid)
    assert BILLER.email not in event.model_dump_json()
    contact = CONTACT.open(auth.work.keys, event.sealed_contact, BILLER.user_uuid)
    assert contact == Contact(f"{BILLER.first_name} {BILLER.last_name}", BILLER.email)


async def test_both_verdicts_go_together_and_each_is_told_on_the_page(auth: Auth, boss: Browser) -> None:
    chosen = await choose(boss, "certify", row(enrollment_id=FIRST)) | await choose(boss, "decline", row())
    _, place = await send(boss, chosen)
    page = (await boss.through("GET", place)).text
    assert "certified 1 for another year and removed all access in 1 case" in page
    assert "Decided in the last year" in page
    assert page.count(RIVERSIDE.enrollments[1].npi) == 1  # among the decisions only
    assert ("certify", "certification", "done", "hasty") in await auth.audited()
    assert ("decline", "certification", "done", "hasty") in await auth.audited()


async def test_what_nobody_answers_lapses_and_the_page_says_so(auth: Auth) -> None:
    auth.clock.advance(timedelta(days=46))  # the feed gave 45, to the end of the day
    biller = auth.client("203.0.113.9")
    await biller.sign_in(BILLER)
    assert await may_read(auth, biller) == "RECERT_EXPIRED"
    browser = auth.client()
    await browser.sign_in(ADMINISTRATOR)
    assert "2 certifications are suspended" in (await browser.through("GET", PAGE)).text
    assert "Suspended" in (await biller.through("GET", "/auth")).text
    await send(browser, await choose(browser, "certify", row(enrollment_id=FIRST)))
    await auth.copy_access()
    assert await may_read(auth, biller) == "ALLOWED"


async def test_the_campaign_follows_the_business_clock(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = auth.client()
    await browser.sign_in(OTHER_ADMINISTRATOR)
    later = auth.clock.now() + timedelta(days=325)
    monkeypatch.setattr(auth.clock, "business", lambda: later)
    assert "1 decision waits for you" in (await browser.through("GET", PAGE)).text
    name = row(OTHER_BILLER.user_uuid, FOREIGN)
    await send(browser, await choose(browser, "certify", name), signer=OTHER_NAME)
    assert await grants(auth, OTHER_BILLER.user_uuid) == {FOREIGN: {DAYS.end_within(later, YEAR)}}
    assert "Nothing is due" in (await browser.through("GET", PAGE)).text


async def test_a_program_reads_what_is_due_and_decides_nothing(boss: Browser) -> None:
    token = {"authorization": (await boss.authorize("GET", "/auth")).headers["authorization"]}
    listed = (await boss.direct("GET", "/api/auth/users/recertification", token)).json()["certifications"]
    assert {(each["login"], each["npi"], each["state"]) for each in listed} == {
        (BILLER.user_id, each.npi, "open") for each in RIVERSIDE.enrollments
    }
    path = f"/api/auth/users/{BILLER.user_uuid}/enrollments/{SECOND}/recertification"
    assert (await boss.direct("POST", path, token, json={})).status_code == 404


# -- what must be refused: nothing is half-written, the reason is kept, and it names nobody -------------------------


async def state(auth: Auth) -> dict[str, Any]:
    """All that a decision could have changed."""
    return {
        "grants": sorted(map(tuple, await auth.rows(user_grant)), key=str),
        "epochs": sorted((each.user_id, each.epoch) for each in await auth.rows(user_account)),
        "decisions": await auth.rows(certification),
    }


async def refused(
    auth: Auth, browser: Browser, chosen: dict[str, str], reason: str = "", **form: str
) -> tuple[int, str]:
    """Send what must be refused, and see that nothing came of it but the reason."""
    before = await state(auth)
    with capture_logs() as lines:
        answer = await send(browser, chosen, **form)
    assert await state(auth) == before
    assert await auth.copy_access() == []
    if reason:
        assert ("refuse", "certification", "refused", reason) in await auth.audited()
        assert reason in [line.get("reason") for line in lines]
    assert BILLER.email not in json.dumps(lines, default=str)
    return answer


async def give_data_access(auth: Auth, enrollment_id: UUID = FIRST) -> None:
    """Let the administrator hold a grant too, as somebody may from earlier times."""
    async with auth.work.database.work(auth.work) as work:
        until = auth.clock.now() + timedelta(days=10)
        await work.execute(
            user_grant.insert().values(
                user_id=ADMINISTRATOR.user_uuid,
                enrollment_id=enrollment_id,
                permission=CLAIM_STATUS.name,
                effective=auth.clock.now(),
                certified_until=until,
            )
        )


async def test_nobody_certifies_themselves(auth: Auth, boss: Browser) -> None:
    await give_data_access(auth)
    assert "another administrator decides" in (await boss.through("GET", PAGE)).text
    mine = {row(ADMINISTRATOR.user_uuid, FIRST): "certify.whatever"}
    form = {"enrollment": ""}
    status, said = await refused(auth, boss, mine, "own-access", **form)
    assert status == 403
    assert "You cannot certify your own access. Another administrator" in said
    # Not even hidden among others: all of the form is refused.
    together = mine | await choose(boss, "decline", row())
    assert (await refused(auth, boss, together, "own-access", **form))[0] == 403


@pytest.mark.parametrize(
    ("user_id", "enrollment_id", "reason"),
    [
        (OTHER_BILLER.user_uuid, FOREIGN, "not-a-member"),
        (OTHER_BILLER.user_uuid, FIRST, "not-a-member"),
        (uuid4(), FIRST, "not-a-member"),
        (BILLER.user_uuid, FOREIGN, "foreign-enrollment"),
        (BILLER.user_uuid, uuid4(), "foreign-enrollment"),
    ],
)
async def test_foreign_and_unknown_are_answered_alike(
    auth: Auth, boss: Browser, user_id: UUID, enrollment_id: UUID, reason: str
) -> None:
    status, said = await refused(auth, boss, {row(user_id, enrollment_id): "decline.x"}, reason)
    assert status == 404
    assert "There is nothing at this address, or nothing you may see." in said
    together = {row(user_id, enrollment_id): "decline.x"} | await choose(boss, "certify", row())
    assert (await refused(auth, boss, together, reason))[0] == 404


@pytest.mark.parametrize("name", ["decide.nonsense", f"decide.{BILLER.user_uuid}.", "decide..", "decide.1.2"])
async def test_nonsense_in_place_of_an_id_is_nothing_here(auth: Auth, boss: Browser, name: str) -> None:
    assert (await refused(auth, boss, {name: "decline.x"}))[0] == 404


async def test_a_verdict_that_does_not_exist_is_refused(auth: Auth, boss: Browser) -> None:
    assert (await refused(auth, boss, {row(): "promote.x"}))[0] == 422


async def test_nothing_chosen_is_told_on_the_page(auth: Auth, boss: Browser) -> None:
    status, said = await refused(auth, boss, {row(): "later", row(enrollment_id=FIRST): "later"})
    assert status == 422
    assert "for at least one user and NPI" in said


async def test_a_form_that_was_opened_before_the_access_changed_is_refused_as_a_whole(
    auth: Auth, boss: Browser
) -> None:
    chosen = await choose(boss, "certify", row(enrollment_id=FIRST), row())
    async with auth.work.database.work(auth.work) as work:
        gone = (user_grant.c.enrollment_id == SECOND) & (user_grant.c.permission == CLAIM_STATUS.name)
        await work.execute(sa.delete(user_grant).where(gone))
    status, said = await refused(auth, boss, chosen, "outdated")
    assert status == 409
    assert "changed after you opened the page, so nothing was saved" in said
    assert (await send(boss, await choose(boss, "certify", *chosen)))[0] == 303


async def test_what_somebody_else_declined_meanwhile_cannot_be_certified(auth: Auth, boss: Browser) -> None:
    chosen = await choose(boss, "certify", row())
    await send(boss, await choose(boss, "decline", row()))
    await auth.copy_access()
    assert (await refused(auth, boss, chosen, "outdated"))[0] == 409


async def test_the_same_form_sent_twice_decides_once(auth: Auth, boss: Browser) -> None:
    chosen, key = await choose(boss, "decline", row()), str(uuid4())
    first = await send(boss, chosen, idempotency_key=key)
    assert await send(boss, chosen, idempotency_key=key) == first
    assert len(await auth.rows(certification)) == 1
    events = await auth.copy_access()
    assert [each.event.type for each in events] == ["auth.user-access.v1", "auth.role-removed.v1"]
    other = {name: value.replace("decline", "certify") for name, value in chosen.items()}
    assert (await refused(auth, boss, other, idempotency_key=key))[0] == 409


async def test_a_form_of_another_session_or_another_enrollment_decides_nothing(auth: Auth, boss: Browser) -> None:
    chosen = await choose(boss, "decline", row())
    assert (await refused(auth, boss, chosen, csrf="another session's"))[0] == 403
    assert (await refused(auth, boss, chosen, enrollment=str(FIRST)))[0] == 409
    assert (await refused(auth, boss, chosen, idempotency_key=""))[0] == 400


async def test_the_second_factor_must_be_fresh(auth: Auth, boss: Browser) -> None:
    chosen = await choose(boss, "decline", row())
    auth.clock.advance(timedelta(minutes=8))
    await boss.through("GET", PAGE)
    auth.clock.advance(timedelta(minutes=8))
    page = (await boss.through("GET", PAGE)).text
    assert f"/session/step-up?next={PAGE}" in page
    assert 'name="decide.' not in page
    assert (await refused(auth, boss, chosen))[0] == 403
    assert ("refuse", "route", "refused", "STEP_UP_REQUIRED") in await auth.audited()


async def test_a_biller_certifies_nobody(auth: Auth) -> None:
    biller = auth.client()
    await biller.sign_in(BILLER)
    assert (await biller.through("GET", PAGE)).status_code == 403
    assert (await refused(auth, biller, {row(): "certify.x"}, enrollment=str(FIRST)))[0] == 403


async def test_a_failure_in_the_middle_leaves_everything_as_it_was(
    auth: Auth, boss: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = await choose(boss, "certify", row(enrollment_id=FIRST)) | await choose(boss, "decline", row())

    async def fails(*_: object) -> None:
        raise ConnectionError("the database is gone")

    monkeypatch.setattr(handlers, "publish_users", fails)
    assert (await refused(auth, boss, chosen))[0] == 500
    monkeypatch.undo()
    assert (await send(boss, chosen))[0] == 303


async def test_what_was_decided_can_be_neither_changed_nor_deleted(auth: Auth, boss: Browser) -> None:
    await send(boss, await choose(boss, "decline", row()))
    for runtime in (auth.web, auth.work):
        for statement in (certification.delete(), certification.update().values(verdict="certify")):
            with pytest.raises(DBAPIError, match="kept as it was"):
                async with runtime.database.request(runtime, Acting(actor="test")) as work:
                    await work.execute(statement)
    assert len(await auth.rows(certification)) == 1
