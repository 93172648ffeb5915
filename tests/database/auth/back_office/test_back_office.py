"""The contractor's staff: helping an account, closing one everywhere, looking as a user, roles for a time (S05)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from libs.common.ids import digest_of
from libs.common.messaging.due_work import DueWork
from libs.common.persistence.tables import audit, due_work
from libs.common.settings import Settings
from services.auth.access.handlers import publish_users
from services.auth.access.tables import membership
from services.auth.back_office.handlers import END_ELEVATION, end_elevation
from services.auth.back_office.tables import account_deed, elevation
from services.auth.clients.handlers import token_address
from services.auth.clients.tables import client_key
from services.auth.passwords.handlers import MAIL_LINK
from services.auth.registration import repository as registrations
from simulators.population import DemoUser
from tests.support.auth import (
    ADMINISTRATOR,
    BILLER,
    CLIENT,
    OTHER_BILLER,
    POPULATION,
    RIVERSIDE,
    Auth,
    Browser,
    assertion,
    auth_with_people,
    path_of,
)
from tests.support.desk import EDI, HELP_DESK, SECURITY, WHY, helped, read_csrf, send, signed_in, state_of


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


@pytest.mark.parametrize("words", ["riverside.bil", BILLER.last_name.lower(), RIVERSIDE.npi])
async def test_staff_find_an_account_by_user_id_name_or_npi(auth: Auth, words: str) -> None:
    browser = await signed_in(auth, HELP_DESK)
    page = (await browser.through("GET", f"/auth/desk?find={words}")).text
    assert f"/auth/desk/accounts/{BILLER.user_uuid}" in page
    shown = (await browser.through("GET", f"/auth/desk/accounts/{BILLER.user_uuid}")).text
    assert BILLER.email in shown
    assert RIVERSIDE.enrollments[0].ptan in shown
    assert f"/auth/desk/accounts/{BILLER.user_uuid}" not in (await browser.through("GET", "/auth/desk?find=ri")).text


async def test_staff_find_a_registration_by_its_support_code_and_see_how_far_it_is(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        identity = auth.work.ids.new()
        await registrations.add(work, identity, b"key", "R-7KQ2-M4XD", "sealed", b"digest of an address")
    browser = await signed_in(auth, HELP_DESK)
    page = (await browser.through("GET", "/auth/desk?find=r-7kq2-m4xd")).text
    assert "Registration R-7KQ2-M4XD" in page
    assert "<dd>Email</dd>" in page


async def test_a_locked_person_signs_in_again_after_the_help_desk_unlocked_the_account(auth: Auth) -> None:
    browser = auth.client()
    for _ in range(5):
        await browser.password(BILLER, password="wrong")
        auth.clock.advance(timedelta(minutes=2))
    assert path_of(await browser.sign_in(BILLER)) == "/sign-in"
    assert (await helped(auth, HELP_DESK, "unlock", BILLER)).status_code == 303
    auth.clock.advance(timedelta(minutes=2))
    assert path_of(await browser.sign_in(BILLER)) != "/sign-in"
    desk = await signed_in(auth, HELP_DESK)
    page = (await desk.through("GET", f"/auth/desk/accounts/{BILLER.user_uuid}")).text
    assert page.count("Password wrong") == 5
    assert WHY["ticket"] in page
    (deed,) = await auth.rows(account_deed)
    assert (deed.deed, deed.ticket, deed.done_by) == ("unlock", "T-1001", HELP_DESK.user_uuid)


async def test_the_help_desk_has_a_link_to_a_new_password_sent_and_sees_nothing_of_it(auth: Auth) -> None:
    answer = await helped(auth, HELP_DESK, "send-reset", BILLER)
    assert answer.status_code == 303
    async with auth.work.database.work(auth.work) as work:
        asked = sa.select(due_work.c.subject).where(due_work.c.kind == MAIL_LINK)
        assert (await work.execute(asked)).scalars().all() == [str(BILLER.user_uuid)]
    assert "link=" not in answer.text


async def test_a_disabled_account_ends_with_the_next_click_and_comes_back_when_enabled(auth: Auth) -> None:
    browser = await signed_in(auth, BILLER)
    assert (await helped(auth, HELP_DESK, "disable", BILLER)).status_code == 303
    assert path_of(await browser.authorize("GET", "/home")) == "/session/ended"
    assert await state_of(auth, BILLER) == "disabled"
    auth.clock.advance(timedelta(minutes=2))
    assert (await helped(auth, HELP_DESK, "enable", BILLER)).status_code == 303
    auth.clock.advance(timedelta(minutes=2))
    await browser.sign_in(BILLER)
    assert (await browser.authorize("GET", "/home")).status_code == 200


@pytest.mark.parametrize("about", [HELP_DESK, EDI], ids=["oneself", "another member of the staff"])
async def test_the_help_desk_changes_no_account_of_staff(auth: Auth, about: DemoUser) -> None:
    assert (await helped(auth, HELP_DESK, "disable", about)).status_code == 403
    assert await state_of(auth, about) == "active"
    assert [row[2] for row in await auth.audited() if row[:2] == ("disable", "account")] == ["refused"]


def new_key() -> tuple[str, str]:
    """A pair as PEM: private, public."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


async def token(auth: Auth, key: str, once: str) -> httpx.Response:
    signed = assertion(auth.clock, audience=token_address(auth.web), key=key, jti=once)
    body = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": signed,
    }
    return await auth.client().direct("POST", "/api/auth/token", data=body)


async def made_vendor_administrator(auth: Auth, user: DemoUser) -> None:
    async with auth.work.database.work(auth.work) as work:
        theirs = membership.c.user_id == user.user_uuid
        vendor = POPULATION.vendor.organization_id
        await work.execute(sa.update(membership).where(theirs).values(organization_id=vendor, role="VENDOR_ADMIN"))
        await publish_users(work, [user.user_uuid])
    await auth.copy_access()


async def test_a_vendors_administrator_replaces_and_revokes_the_key_of_a_program(auth: Auth) -> None:
    await made_vendor_administrator(auth, ADMINISTRATOR)
    browser = await signed_in(auth, ADMINISTRATOR)
    private, public = new_key()
    keys = f"/auth/users/programs/{CLIENT.client_id}/keys"
    refused = await send(browser, keys, public_key=private)
    assert (refused.status_code, "This is a private key" in refused.text) == (422, True)
    assert private.splitlines()[1] not in refused.text
    assert (await send(browser, keys, public_key=public)).status_code == 303
    assert (await token(auth, private, "a")).status_code == (await token(auth, CLIENT.private_key_pem, "b")).status_code
    assert (await send(browser, keys, public_key=new_key()[1])).status_code == 422
    auth.clock.advance(timedelta(hours=24))
    assert (await token(auth, CLIENT.private_key_pem, "c")).status_code == 401
    bearer = {"authorization": f"Bearer {(await token(auth, private, 'd')).json()['access_token']}"}
    assert (await auth.client().authorize("GET", "/api/claims", bearer)).status_code == 200
    await browser.sign_in(ADMINISTRATOR)
    (key_id,) = [row.key_id for row in await auth.rows(client_key) if row.ends_at is None]
    assert (await send(browser, f"{keys}/{key_id}/revoke")).status_code == 303
    assert (await auth.client().authorize("GET", "/api/claims", bearer)).status_code == 401
    assert (await token(auth, private, "e")).status_code == 401


async def test_a_high_risk_account_is_closed_everywhere_at_once_with_the_programs_it_had_the_keys_of(
    auth: Auth,
) -> None:
    await made_vendor_administrator(auth, ADMINISTRATOR)
    browser = await signed_in(auth, ADMINISTRATOR)
    private, public = new_key()
    await send(browser, f"/auth/users/programs/{CLIENT.client_id}/keys", public_key=public)
    bearer = {"authorization": f"Bearer {(await token(auth, private, 'a')).json()['access_token']}"}
    officer = await signed_in(auth, SECURITY)
    path = f"/auth/desk/accounts/{ADMINISTRATOR.user_uuid}/secure"
    assert (await send(officer, path, **WHY)).status_code == 422, "it must be confirmed"
    assert (await send(officer, path, confirmed="yes", **WHY)).status_code == 303
    assert path_of(await browser.authorize("GET", "/auth/users")) == "/session/ended"
    assert (await auth.client().authorize("GET", "/api/claims", bearer)).status_code == 401
    assert (await token(auth, private, "b")).status_code == 401
    events = {each.event.type: each.event for each in await auth.copy_access()}
    assert events["auth.account-disabled.v1"].reason == "high-risk"
    assert events["auth.user-access.v1"].state == "disabled"
    auth.clock.advance(timedelta(minutes=2))
    for by in (HELP_DESK, SECURITY):
        assert (await helped(auth, by, "enable", ADMINISTRATOR)).status_code == 403
        auth.clock.advance(timedelta(minutes=2))


async def look(auth: Auth, **form: str) -> Browser:
    browser = await signed_in(auth, HELP_DESK)
    answer = await send(browser, f"/auth/desk/view-as/{BILLER.user_uuid}", **{**WHY, **form})
    assert path_of(answer) == "/home"
    return browser


async def test_who_looks_as_a_user_sees_what_they_see_with_the_name_on_each_page(auth: Auth) -> None:
    ptan = RIVERSIDE.enrollments[1]
    browser = await look(auth, viewed_enrollment=str(ptan.enrollment_id))
    page = (await browser.through("GET", "/auth")).text
    assert f"<strong>{BILLER.first_name} {BILLER.last_name}</strong> of <strong>Riverside Clinic</strong>" in page
    assert BILLER.user_id in page
    assert ptan.ptan in page
    async with auth.work.database.work(auth.work) as work:
        pages = sa.select(audit.c.actor, audit.c.object_id, audit.c.reason).where(audit.c.object_kind == "page")
        assert (await work.execute(pages)).all() == [(f"person:{HELP_DESK.user_uuid}", str(BILLER.user_uuid), "/auth")]


async def test_who_looks_as_a_user_changes_and_sends_nothing(auth: Auth) -> None:
    browser = await look(auth)
    for method, path in (("POST", "/claims/submissions"), ("POST", "/auth/users"), ("DELETE", "/anything")):
        answer = await browser.authorize(method, path, {"sec-fetch-site": "same-origin"})
        assert (answer.status_code, "nothing can be changed" in answer.text) == (403, True)
    # Past the gateway, with the token of the view: the service refuses it too.
    looking = (await browser.authorize("GET", "/auth")).headers["authorization"]
    csrf = read_csrf(await browser.authorize("GET", "/session/status"))
    answer = await browser.direct(
        "POST", "/session/acting", {"authorization": looking}, data={"csrf": csrf, "acting": "x"}
    )
    assert answer.status_code == 403
    refusals = [row for row in await auth.audited() if row[2] == "refused" and row[3] == "VIEW_ONLY"]
    assert sorted(row[:2] for row in refusals) == [("refuse", "route")] + [("view-as", "page")] * 3


async def test_who_looks_as_a_user_is_asked_for_no_code_that_would_open_nothing(auth: Auth) -> None:
    browser = await look(auth)
    for path in ("/session/step-up?next=/auth/security", "/auth/password"):
        page = (await browser.through("GET", path)).text
        assert "no code is asked for" in page
        assert '"/session/step-up' not in page.replace('data-here="/session/step-up', "")
        assert 'name="code"' not in page


async def test_a_view_ends_when_one_says_so_or_after_half_an_hour(auth: Auth) -> None:
    browser = await look(auth)
    assert path_of(await send(browser, "/auth/desk/view-as/end")) == f"/auth/desk/accounts/{BILLER.user_uuid}"
    assert (await browser.through("GET", "/auth/desk")).status_code == 200
    assert (await send(browser, f"/auth/desk/view-as/{BILLER.user_uuid}", **WHY)).status_code == 303
    assert (await browser.through("GET", "/auth/desk")).status_code == 403
    for _ in range(3):
        auth.clock.advance(timedelta(minutes=10))
        await browser.authorize("GET", "/home")
    assert (await browser.through("GET", "/auth/desk")).status_code == 200


@pytest.mark.parametrize("missing", ["reason", "ticket", "a fresh code"])
async def test_to_look_as_a_user_takes_a_reason_a_ticket_and_a_fresh_code(auth: Auth, missing: str) -> None:
    browser = await signed_in(auth, HELP_DESK)
    for _ in range(2 if missing == "a fresh code" else 0):
        auth.clock.advance(timedelta(minutes=8))
        await browser.authorize("GET", "/auth/desk")
    form = {name: words for name, words in WHY.items() if name != missing}
    answer = await send(browser, f"/auth/desk/view-as/{BILLER.user_uuid}", **form)
    assert answer.status_code == (403 if missing == "a fresh code" else 422)
    assert (await browser.through("GET", "/auth/desk")).status_code == 200


async def role_of(auth: Auth, user: DemoUser) -> str:
    return next(row.role for row in await auth.rows(membership) if row.user_id == user.user_uuid)


async def test_a_role_for_a_time_takes_two_persons_and_ends_by_itself(auth: Auth) -> None:
    browser = await signed_in(auth, HELP_DESK)
    ask = {"staff_role": "MAC_EDI", "hours": "2", "reason": "Night shift."}
    assert (await send(browser, "/auth/desk/elevation", **ask)).status_code == 303
    (asked,) = await auth.rows(elevation)
    officer = await signed_in(auth, SECURITY)
    assert (await officer.through("GET", "/auth/desk/elevation")).text.count("Night shift.") == 1
    approve = f"/auth/desk/elevation/{asked.elevation_id}"
    assert (await send(browser, approve, role_verdict="approve")).status_code == 403
    assert await role_of(auth, HELP_DESK) == "MAC_CSR"
    assert (await send(officer, approve, role_verdict="approve")).status_code == 303
    assert await role_of(auth, HELP_DESK) == "MAC_EDI"
    assert path_of(await browser.authorize("GET", "/auth/desk")) == "/session/ended"
    await auth.copy_access()
    auth.clock.advance(timedelta(hours=2))
    worker = DueWork(auth.work, {END_ELEVATION: end_elevation}, {})
    while await worker.step():
        pass
    assert await role_of(auth, HELP_DESK) == "MAC_CSR"
    kinds = [(action, outcome) for action, kind, outcome, _ in await auth.audited() if kind == "elevation"]
    assert kinds == [("ask", "done"), ("approve", "done"), ("end", "done")]


async def test_a_security_officer_does_not_approve_what_she_asked_for(auth: Auth) -> None:
    officer = await signed_in(auth, SECURITY)
    await send(officer, "/auth/desk/elevation", staff_role="MAC_AUDITOR", hours="1", reason="Quarterly review.")
    (asked,) = await auth.rows(elevation)
    path = f"/auth/desk/elevation/{asked.elevation_id}"
    assert (await send(officer, path, role_verdict="approve")).status_code == 403
    assert await role_of(auth, SECURITY) == "MAC_SECURITY"
    assert ("decide", "elevation", "refused", "yourself") in await auth.audited()
    assert (await send(officer, f"{path}/end")).status_code == 303
    assert [row.state for row in await auth.rows(elevation)] == ["ended"]


async def test_providers_reach_nothing_of_the_back_office(auth: Auth) -> None:
    for user in (OTHER_BILLER, ADMINISTRATOR):
        browser = await signed_in(auth, user)
        for path in ("/auth/desk", f"/auth/desk/accounts/{BILLER.user_uuid}", "/auth/desk/feeds"):
            assert (await browser.through("GET", path)).status_code == 403


async def as_program(auth: Auth, by: DemoUser, method: str, path: str, **sent: Any) -> httpx.Response:
    """What a program is answered that works in the name of somebody of the staff."""
    auth.clock.advance(timedelta(minutes=2))
    browser = await signed_in(auth, by)
    token = {"authorization": (await browser.authorize("GET", "/auth")).headers["authorization"]}
    key = {"idempotency-key": digest_of(path, str(sent)).hex()} if method == "POST" else {}
    return await browser.direct(method, f"/api/auth/accounts{path}", token | key, **sent)


async def test_programs_of_the_desk_find_and_change_accounts_as_its_pages_do(auth: Auth) -> None:
    found = (await as_program(auth, HELP_DESK, "GET", f"?find={BILLER.user_id}")).json()["accounts"]
    assert [(each["user_id"], each["state"]) for each in found] == [(str(BILLER.user_uuid), "active")]
    assert (await as_program(auth, HELP_DESK, "GET", "?find=ri")).status_code == 422
    mine, officers = f"/{BILLER.user_uuid}", f"/{SECURITY.user_uuid}"
    for path, status in ((mine, 204), (officers, 403), (f"/{UUID(int=7)}", 404)):
        answer = await as_program(auth, HELP_DESK, "POST", f"{path}/deeds", json={"deed": "disable", **WHY})
        assert answer.status_code == status
    assert (await as_program(auth, HELP_DESK, "GET", mine)).json()["state"] == "disabled"
    answer = await as_program(auth, HELP_DESK, "POST", f"{mine}/deeds", json={"deed": "enable", "ticket": "T-1"})
    assert answer.status_code == 422, "it takes a reason"
    assert (await as_program(auth, HELP_DESK, "POST", f"{mine}/high-risk", json=WHY)).status_code == 403
    assert (await as_program(auth, SECURITY, "POST", f"{mine}/high-risk", json=WHY)).status_code == 204
    assert [each.deed for each in await auth.rows(account_deed)] == ["disable", "high-risk"]
