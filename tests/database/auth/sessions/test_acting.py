"""For whom one acts: asked where there is a choice, changed without losing the way, never guessed."""

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import sqlalchemy as sa

from libs.common.settings import Settings
from tests.support.auth import (
    ADMINISTRATOR,
    BILLER,
    OTHER_BILLER,
    RIVERSIDE,
    Auth,
    auth_with_people,
    path_of,
    read_claims,
)

FIRST, SECOND = RIVERSIDE.enrollments

# Sixty clinics, of which three each have the same name; the user may act for all of them.
_MANY = sa.text("""
    WITH clinic AS (
        INSERT INTO organization (organization_id, kind, name, epoch, version)
        SELECT gen_random_uuid(), 'provider', 'Clinic ' || n % 20, 1, 1 FROM generate_series(1, 60) n
        RETURNING organization_id
    ), held AS (
        INSERT INTO enrollment (enrollment_id, organization_id, npi, tax_id, ptan, line_of_business, pecos_active,
            edi_agreement_signed, submitters, effective)
        SELECT gen_random_uuid(), organization_id, (1000000000 + row_number() OVER ())::text, '', 'P', 'B', true, true,
            '{}', '2026-01-01' FROM clinic
        RETURNING enrollment_id
    )
    INSERT INTO user_grant (user_id, enrollment_id, permission, effective, certified_until)
    SELECT :user, enrollment_id, permission, '2026-01-01', '2027-01-01' FROM held,
        unnest(ARRAY['claims.status', 'claims.submit']) permission
""")


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def test_with_more_than_one_npi_one_chooses_after_sign_in_the_first_being_chosen_already(auth: Auth) -> None:
    browser = auth.client()
    answer = await browser.sign_in(BILLER)
    page = await browser.through("GET", answer.headers["location"])
    assert page.status_code == 200
    assert page.text.index(f"NPI {FIRST.npi}") < page.text.index(f"NPI {SECOND.npi}")
    assert f'value="{FIRST.enrollment_id}" checked' in page.text
    form = {"csrf": await browser.csrf(), "acting": str(SECOND.enrollment_id), "return_to": "/claims/submissions"}
    assert path_of(await browser.through("POST", "/session/acting", data=form)) == "/claims/submissions"
    claims = read_claims((await browser.authorize("GET", "/claims")).headers["authorization"])
    assert claims["enr"] == str(SECOND.enrollment_id)
    assert f"PTAN {SECOND.ptan}" in (await browser.through("GET", "/auth")).text


async def test_a_choice_is_found_by_npi_ptan_or_a_part_of_the_name_and_by_nothing_else(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)

    async def found(words: str) -> list[str]:
        page = await browser.through("GET", f"/session/acting?find={words}")
        return [each.npi for each in RIVERSIDE.enrollments if f"NPI {each.npi}</strong>" in page.text]

    assert await found(SECOND.npi) == [SECOND.npi]
    assert await found(SECOND.ptan.lower()) == [SECOND.npi]
    assert await found("riversi") == [FIRST.npi, SECOND.npi]
    assert await found("%25") == []
    nothing = await browser.through("GET", "/session/acting?find=Juniper")
    assert "No enrollment of yours has this NPI, PTAN or organization name." in nothing.text


async def test_many_choices_are_searched_and_no_menu_lists_them(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("libs.common.security.decision", "services.auth.sessions.pages"):
        monkeypatch.setattr(f"{module}.MAX_CHOICES", 1)
    browser = auth.client()
    await browser.sign_in(BILLER)
    page = (await browser.through("GET", "/auth")).text
    assert '<a href="/session/acting?next=/auth">Change' in page
    assert "Act for another enrollment" not in page
    assert 'aria-label="Find an enrollment"' in (await browser.through("GET", "/session/acting")).text


async def test_many_choices_are_paged_by_name_each_shown_once(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        await work.execute(_MANY, {"user": BILLER.user_uuid})
    browser = auth.client()
    await browser.sign_in(BILLER)

    async def pages(address: str, relation: str) -> AsyncIterator[tuple[str, list[tuple[str, str]]]]:
        while address:
            text = (await browser.through("GET", address)).text
            yield address, re.findall(r"<strong>NPI (\d+)</strong> <span>([^·]+) ·", text)
            address = html.unescape("".join(re.findall(f'<a href="([^"]+)" rel="{relation}">', text)))

    forth = [page async for page in pages("/session/acting?next=/auth", "next")]
    shown = [choice for _, page in forth for choice in page]
    assert [len(page) for _, page in forth] == [50, 12]
    assert len({npi for npi, _ in shown}) == 62
    assert [name for _, name in shown] == sorted(name for _, name in shown)
    assert [page async for _, page in pages(forth[-1][0], "prev")] == [page for _, page in reversed(forth)]


async def test_with_one_npi_or_none_one_goes_straight_on(auth: Auth) -> None:
    other, boss = auth.client(), auth.client("203.0.113.9")
    assert path_of(await other.sign_in(OTHER_BILLER)) == "/home"
    assert path_of(await other.through("GET", "/session/acting?next=/claims")) == "/claims"
    assert path_of(await boss.sign_in(ADMINISTRATOR)) == "/auth/users"
    assert path_of(await boss.through("GET", "/session/acting")) == "/auth/users"


async def test_whoever_does_not_choose_acts_for_the_first(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    claims = read_claims((await browser.authorize("GET", "/claims")).headers["authorization"])
    assert claims["enr"] == str(FIRST.enrollment_id)


async def test_the_choice_leads_to_no_other_host(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    page = await browser.through("GET", "/session/acting?next=//evil.example/")
    assert 'name="return_to" value="/home"' in page.text


async def test_the_menu_leads_back_to_the_page_one_was_on_and_warns_of_what_was_not_sent(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    page = (await browser.through("GET", "/auth")).text
    assert 'name="return_to" value="/auth"' in page
    assert "Send or save the form you are filling in first" in page
    assert "data-unsent hidden" in page
