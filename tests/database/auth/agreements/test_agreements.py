"""Documents people sign (S28): nothing opens before them, each signature is kept, a new text asks everybody again."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from libs.common.messaging.subscriptions import Due
from libs.common.settings import Settings
from services.auth.access.domain import ADMINISTRATORS
from services.auth.access.tables import membership
from services.auth.agreements.domain import AGREEMENTS, DUE, signable_by
from services.auth.agreements.handlers import LAPSE, lapse
from services.auth.agreements.partner import our_texts
from services.auth.agreements.tables import agreement_signature, agreement_text
from tests.support.auth import (
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
NAME = f"{BILLER.first_name} {BILLER.last_name}"
RIGHT = {f"answer_{place}": str(each.right) for place, each in enumerate(our_texts()["training"].questions, 1)}
TERMS, RULES = f"{AGREEMENTS}/terms", f"{AGREEMENTS}/rules-of-behavior"
ATTESTATION = f"{AGREEMENTS}/attestation"
TRAINING, CODES = f"{AGREEMENTS}/training", f"{AGREEMENTS}/code-sets"


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth"), rules_accepted_by_all=False) as running:
        yield running


async def signed_in(auth: Auth) -> Browser:
    browser = auth.client()
    await browser.sign_in(BILLER)
    return browser


async def send(browser: Browser, path: str, **form: str) -> tuple[int, str]:
    """Send the form of a document as its page has it, `form` over it. Status, and where it leads or what it says."""
    page = (await browser.through("GET", path)).text
    hidden = dict(re.findall(r'name="(csrf|version)" value="([^"]*)"', page))
    action = re.search(r'class="p-form" method="post" action="([^"]+)"', page)
    body = {
        "csrf": hidden.get("csrf", ""),
        "enrollment": str(RIVERSIDE.enrollments[0].enrollment_id),
        "version": hidden.get("version", ""),
        "accepted": "yes",
        "signer": NAME,
        "idempotency_key": str(uuid4()),
        **(RIGHT if path == TRAINING else {}),
        **form,
    }
    otherwise = f"{path}/accept" if path in (TERMS, CODES) else path
    answer = await browser.through("POST", action[1] if action else otherwise, data=body)
    return answer.status_code, answer.headers.get("location") or unescape(answer.text)


async def sign_all(auth: Auth, browser: Browser) -> list[Any]:
    """Sign all there is, and what was told of it."""
    events = []
    for path in (TERMS, RULES, ATTESTATION, TRAINING, CODES):
        status, said = await send(browser, path)
        assert status == 303, said
        events += [each.event for each in await auth.copy_access()]
    return events


async def signatures(auth: Auth) -> list[tuple[str, str, str]]:
    """Document, version and means of what the biller signed, in order."""
    rows = [row for row in await auth.rows(agreement_signature) if row.user_id == BILLER.user_uuid]
    return [(row.agreement, row.version, row.means) for row in sorted(rows, key=lambda each: each.signed_at)]


async def leads_to(browser: Browser, path: str = "/home") -> str:
    """Where the gateway leads; empty when it lets the request pass."""
    decided = await browser.authorize("GET", path)
    return "" if decided.status_code == 200 else decided.headers["location"]


async def load(auth: Auth) -> None:
    """Let the worker look at the operator's folder."""
    async with auth.work.database.work(auth.work) as work:
        await lapse(work, Due(LAPSE, "all", auth.clock.now(), {}, 0))


def official(auth: Auth, name: str, version: str, words: str = "You agree.") -> Path:
    """Lay an official text into the operator's folder."""
    path = auth.work.settings.state_directory / "agreements" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f'document = "{name}"\nversion = "{version}"\ntitle = "Official"\n'
        f'[[parts]]\nheading = "By the agency"\nopening = "{words}"\n',
        encoding="utf-8",
    )
    return path


async def test_every_page_form_and_fragment_leads_to_what_is_due_and_the_way_out_stays_open(auth: Auth) -> None:
    browser = await signed_in(auth)
    for path in ("/", "/claims", "/auth", "/auth/users", "/session/acting"):
        assert await leads_to(browser, f"{path}?page=2") == f"{DUE}?next={path}%3Fpage%3D2"
    own = {"sec-fetch-site": "same-origin"}
    assert (await browser.authorize("POST", "/claims/submissions", own)).headers["location"] == DUE
    fragment = await browser.authorize("GET", "/claims/live/submissions/1", {"hx-request": "true"})
    assert (fragment.status_code, fragment.headers["hx-redirect"]) == (401, DUE)
    told = await browser.authorize("GET", "/claims", {"accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (403, "access-denied")
    for method, path in (
        ("POST", "/sign-out"),
        ("GET", "/session/status"),
        ("GET", "/session/step-up"),
        ("GET", RULES),
    ):
        assert (await browser.authorize(method, path, own)).status_code == 200


async def test_one_document_after_the_other_then_the_page_one_wanted(auth: Auth) -> None:
    browser = await signed_in(auth)
    place = f"{DUE}?next=/home"
    for path in (TERMS, RULES, ATTESTATION, TRAINING):
        answer = await browser.through("GET", place)
        assert answer.headers["location"] == f"{path}?next=%2Fhome"
        page = (await browser.through("GET", answer.headers["location"])).text
        assert "Sign out without signing" in page
        assert 'aria-label="Functions"' not in page
        status, place = await send(browser, path, next="/home")
        assert (status, place) == (303, f"{DUE}?next=%2Fhome")
        await auth.copy_access()
    assert (await browser.through("GET", place)).headers["location"] == "/home"
    assert await leads_to(browser) == ""
    # The license of the codes is asked where there are codes.
    assert await leads_to(browser, "/claims?page=2") == f"{CODES}?next=/claims%3Fpage%3D2"
    await send(browser, CODES, next="/claims")
    assert await leads_to(browser, "/claims") == ""


async def test_a_signature_is_kept_with_the_text_told_and_shown_as_a_copy(auth: Auth) -> None:
    browser = await signed_in(auth)
    events = await sign_all(auth, browser)
    until = auth.clock.now() + YEAR
    access = [each for each in events if each.type == "auth.user-access.v1"][-1]
    assert (access.rules_of_behavior_until, access.training_until) == (until, until)
    told = [each for each in events if each.type == "auth.agreement-signed.v1"]
    assert [(each.agreement, each.until) for each in told] == [
        (each.name, until) for each in signable_by("PROVIDER_USER")
    ]
    rows = {row.agreement: row for row in await auth.rows(agreement_signature) if row.user_id == BILLER.user_uuid}
    rules, text = rows["rules-of-behavior"], our_texts()["rules-of-behavior"]
    assert (rules.version, bytes(rules.digest), rules.signer, rules.means) == (
        "2026-12",
        text.digest,
        NAME,
        "electronic",
    )
    assert ("sign", "agreement", "done", "electronic") in await auth.audited()
    page = (await browser.through("GET", AGREEMENTS)).text
    copy = f"{AGREEMENTS}/copies/{rules.signature_id}"
    assert "All documents are signed" in page
    assert copy in page
    shown = unescape((await browser.through("GET", copy)).text)
    assert text.digest.hex() in shown
    assert text.parts[1].sentences[0] in shown
    pdf = await browser.through("GET", f"{copy}/pdf")
    assert pdf.content.startswith(b"%PDF-")
    other = auth.client("203.0.113.9")
    await other.sign_in(OTHER_BILLER)
    assert (await other.through("GET", copy)).status_code == 404
    assert (await other.through("GET", f"{copy}/pdf")).status_code == 404


async def test_once_a_year_one_confirms_what_the_account_says_before_going_on(auth: Auth) -> None:
    browser = await signed_in(auth)
    await sign_all(auth, browser)
    assert await leads_to(browser) == ""
    auth.clock.advance(YEAR)
    browser = await signed_in(auth)
    for path in (TERMS, RULES, TRAINING):
        await send(browser, path)
        await auth.copy_access()
    assert (await browser.through("GET", DUE)).headers["location"].startswith(ATTESTATION)
    page = unescape((await browser.through("GET", ATTESTATION)).text)
    assert all(words in page for words in (NAME, BILLER.email, RIVERSIDE.name))
    await send(browser, ATTESTATION)
    await auth.copy_access()
    assert await leads_to(browser) == ""


async def test_after_a_year_it_is_asked_again_and_from_45_days_before_it_can_be_renewed(auth: Auth) -> None:
    for days, kept in ((0, 1), (365 - 46, 1), (1, 2)):
        auth.clock.advance(timedelta(days=days))
        browser = await signed_in(auth)
        for path in (TERMS, RULES, ATTESTATION, TRAINING) if days == 0 else (RULES,):
            await send(browser, path, version="2026-12" if path == RULES else "2027-02" if path == TERMS else "2027-01")
            await auth.copy_access()
        assert sum(each[0] == "rules-of-behavior" for each in await signatures(auth)) == kept
    auth.clock.advance(YEAR)
    browser = await signed_in(auth)
    assert await leads_to(browser) == f"{DUE}?next=/home"
    assert "that year is over" in (await browser.through("GET", RULES)).text


async def test_an_official_text_stands_in_place_of_ours_and_asks_everybody_again(
    auth: Auth,
) -> None:
    other = auth.client("203.0.113.9")
    await other.sign_in(OTHER_BILLER)
    assert await leads_to(other) == ""
    file = official(auth, "terms", "CMS-1")
    official(auth, "notice", "HHS-7", "This is a system of the Government.")
    await load(auth)
    lapsed = {each.event.user_id: each.event for each in await auth.copy_access()}
    assert set(lapsed) == {each.user_uuid for each in POPULATION.users if each != BILLER}
    assert lapsed[OTHER_BILLER.user_uuid].rules_of_behavior_until == auth.clock.now()
    assert await leads_to(other) == f"{DUE}?next=/home"
    assert "has a new text" in (await other.through("GET", TERMS)).text
    assert "This is a system of the Government." in (await other.direct("GET", "/sign-in?reason=again")).text
    assert ("import", "agreement-text", "done", "") in await auth.audited()
    await load(auth)
    assert await auth.copy_access() == []
    file.unlink()
    await load(auth)
    assert await leads_to(other) == ""  # what was signed of ours counts again


async def test_a_faulty_official_text_changes_nothing_and_is_told_once(auth: Auth) -> None:
    official(auth, "terms", "CMS-1")
    await load(auth)
    await auth.copy_access()
    official(auth, "terms", "CMS-1", "Other words.")
    official(auth, "training", "CMS-1")
    with capture_logs() as lines:
        await load(auth)
    said = [line["reason"] for line in lines if line["event"] == "text refused"]
    assert [each.split(":")[0] for each in said] == ["file", "version CMS-1 was used for other words"]
    assert await auth.copy_access() == []
    assert "You agree." in (await (await signed_in(auth)).through("GET", TERMS)).text


async def test_who_becomes_an_administrator_signs_more_before_going_on(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        mine = membership.c.user_id == OTHER_BILLER.user_uuid
        await work.execute(sa.update(membership).where(mine).values(role="PROVIDER_ADMIN"))
    await load(auth)
    await auth.copy_access()
    browser = auth.client()
    await browser.sign_in(OTHER_BILLER)
    place = (await browser.through("GET", DUE)).headers["location"]
    assert place.startswith(f"{AGREEMENTS}/privileged-rules")
    for name in ("privileged-rules", "administrator"):
        form = {"enrollment": "", "signer": f"{OTHER_BILLER.first_name} {OTHER_BILLER.last_name}"}
        assert (await send(browser, f"{AGREEMENTS}/{name}", **form))[0] == 303
        await auth.copy_access()
    assert await leads_to(browser) == ""


async def test_a_program_of_an_administrator_sees_who_signed_what(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(next(each for each in POPULATION.users if each.user_id == "riverside.admin"))
    token = {"authorization": (await browser.authorize("GET", "/auth")).headers["authorization"]}
    users = (await browser.direct("GET", "/api/auth/users/agreements", token)).json()["users"]
    found = {each["login"]: each for each in users}
    assert found[BILLER.user_id]["due"] == ["terms", "rules-of-behavior", "attestation", "training", "code-sets"]
    assert found["riverside.admin"]["due"] == []
    signed = {each["document"]: each["sha256"] for each in found["riverside.admin"]["signed"]}
    assert signed["training"] == our_texts()["training"].digest.hex()
    assert ADMINISTRATORS  # the vendor's own stands in another organization
    assert OTHER_BILLER.user_id not in found


# -- what must be refused ------------------------------------------------------------------------------------------


async def refused(auth: Auth, browser: Browser, path: str, **form: str) -> tuple[int, str]:
    """Send what must be refused, and see that nothing came of it."""
    status, said = await send(browser, path, **form)
    assert await signatures(auth) == []
    assert await leads_to(browser) == f"{DUE}?next=/home"
    assert await auth.copy_access() == []
    return status, said


@pytest.mark.parametrize(
    ("path", "form", "status", "said"),
    [
        (RULES, {"accepted": "", "next": "/claims"}, 422, "Read the document, and tick that you accept it"),
        (RULES, {"signer": "Somebody Else"}, 422, f"Type your name as it is in your account: {NAME}."),
        (RULES, {"signer": ""}, 422, "Type your name"),
        (RULES, {"version": "2025-11"}, 409, "has a new text since you opened the page"),
        (RULES, {"version": ""}, 409, "has a new text"),
        (RULES, {"csrf": "another session's"}, 403, "opened in an earlier session"),
        (RULES, {"enrollment": str(RIVERSIDE.enrollments[1].enrollment_id)}, 409, "acting for another enrollment"),
        (TRAINING, dict.fromkeys(RIGHT, "1"), 422, "The help desk never asks for a password or a code."),
        (TRAINING, dict.fromkeys(RIGHT, ""), 422, "Question 1:"),
        (TRAINING, {"answer_1": "two"}, 422, "as a whole number"),
        (f"{AGREEMENTS}/administrator", {}, 404, "There is nothing at this address"),
        (f"{AGREEMENTS}/notice", {}, 404, "There is nothing at this address"),
    ],
)
async def test_what_is_no_signature_signs_nothing(
    auth: Auth, path: str, form: dict[str, str], status: int, said: str
) -> None:
    found, words = await refused(auth, await signed_in(auth), path, **form)
    assert (found, said in words) == (status, True), words


async def test_what_asks_for_a_fresh_code_is_not_signed_on_the_way_without(auth: Auth) -> None:
    browser = await signed_in(auth)
    csrf = re.search(r'name="csrf" value="([^"]+)"', (await browser.through("GET", RULES)).text)
    assert csrf
    form = {"csrf": csrf[1], "version": "2026-12", "accepted": "yes", "signer": NAME, "idempotency_key": str(uuid4())}
    assert (await browser.through("POST", f"{RULES}/accept", data=form)).status_code == 404
    assert await signatures(auth) == []


async def test_signing_asks_for_a_fresh_code(auth: Auth) -> None:
    browser = await signed_in(auth)
    form: dict[str, Any] = {"version": "2026-12"}
    auth.clock.advance(timedelta(minutes=16))
    assert f"/session/step-up?next={quote(RULES)}" in (await browser.through("GET", RULES)).text
    assert (await refused(auth, browser, RULES, **form))[0] == 403
    assert ("refuse", "route", "refused", "STEP_UP_REQUIRED") in await auth.audited()
    assert (await send(browser, TERMS))[0] == 303


async def test_the_same_form_sent_twice_is_one_signature(auth: Auth) -> None:
    browser = await signed_in(auth)
    key = str(uuid4())
    first = await send(browser, TERMS, idempotency_key=key, next="/claims")
    await auth.copy_access()
    assert await send(browser, TERMS, idempotency_key=key, next="/claims", version="2027-02") == first
    assert len(await signatures(auth)) == 1
    assert first == (303, f"{DUE}?next=%2Fclaims")


async def test_it_leads_to_no_other_host(auth: Auth) -> None:
    assert await send(await signed_in(auth), TERMS, next="//evil.example/") == (303, f"{DUE}?next=%2Fhome")


@pytest.mark.parametrize("table", [agreement_signature, agreement_text], ids=lambda each: str(each.name))
async def test_what_was_signed_can_be_neither_changed_nor_deleted(auth: Auth, table: sa.Table) -> None:
    for runtime in (auth.web, auth.work):
        for statement in (table.delete(), table.update().values(version="x")):
            with pytest.raises(DBAPIError, match="kept as it was"):
                async with runtime.database.engine.begin() as connection:
                    await connection.execute(statement)


async def test_the_account_file_signs_for_those_of_a_demonstration(auth: Auth) -> None:
    other = auth.client()
    assert path_of(await other.sign_in(OTHER_BILLER)) == "/home"
    assert await leads_to(other, "/claims") == ""
