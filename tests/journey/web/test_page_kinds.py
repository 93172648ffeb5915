"""Every kind of page, in every state, as a person meets it: in a browser, by keyboard, small, and without scripts."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.support.browser import barriers, browser, overflows, scrolled_tables, tab_order, watch_policy
from tests.support.page_kinds import app as samples

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 800}
EVERY_KIND = pytest.mark.parametrize("kind", [*samples.KINDS, "form-errors"])


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as started:
        yield started


@pytest.fixture
def session() -> samples.Session:
    return samples.Session()


@pytest.fixture
async def address(session: samples.Session) -> AsyncIterator[str]:
    with samples.sample_templates():
        async with samples.served(session) as base:
            yield base


@pytest.fixture
async def context(chromium: Browser) -> AsyncIterator[BrowserContext]:
    opened = await chromium.new_context(viewport=WIDE)
    yield opened
    await opened.close()


async def open_kind(page: Page, address: str, kind: str) -> None:
    if kind != "form-errors":
        await page.goto(f"{address}/{kind}")
        return
    await page.goto(f"{address}/form")
    await page.get_by_label("Patient control number").fill("RC-0000000000000000000482")
    await page.get_by_label("Day of service").fill("11/3/26")
    await page.get_by_role("button", name="Send the file").click()
    await page.wait_for_selector(".p-errors")


@EVERY_KIND
async def test_no_page_has_a_barrier_breaks_the_content_policy_or_outgrows_320_pixels(
    context: BrowserContext, address: str, kind: str
) -> None:
    breaches = await watch_policy(context)
    page = await context.new_page()
    await open_kind(page, address, kind)

    assert breaches == []
    assert await barriers(page) == []
    await page.set_viewport_size(NARROW)
    assert not await overflows(page)
    assert await barriers(page) == []


@EVERY_KIND
async def test_every_page_works_without_scripts(chromium: Browser, address: str, kind: str) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await open_kind(page, address, kind)

    await expect(page.locator("h1")).to_be_visible()
    assert await page.locator("main button:visible[data-copy], main button:visible[data-print]").count() == 0
    await context.close()


async def test_progress_refreshes_itself_without_scripts(address: str) -> None:
    async with browser("--blink-settings=scriptEnabled=false") as scriptless:
        page = await scriptless.new_page()
        await page.goto(f"{address}/progress")

        refreshed = await page.wait_for_event("framenavigated", timeout=20_000)

        assert refreshed.url == f"{address}/progress"


async def test_progress_is_fetched_and_told_by_the_quarter(context: BrowserContext, address: str) -> None:
    page = await context.new_page()
    await page.goto(f"{address}/progress")

    await expect(page.get_by_text("4,000 of 5,000 claims")).to_be_visible()
    await expect(page.locator("#progress-said")).to_have_text("Checking claims: 75 percent done")


async def test_one_key_on_the_landing_page_leads_to_the_sign_in(context: BrowserContext, address: str) -> None:
    page = await context.new_page()
    await page.goto(f"{address}/landing-down")
    await page.keyboard.press("Enter")

    await page.wait_for_url("**/sign-in")


async def test_tabbing_follows_reading_and_starts_with_the_skip_link(context: BrowserContext, address: str) -> None:
    page = await context.new_page()
    await page.goto(f"{address}/form")

    words = await tab_order(page, 12)

    assert words[0] == "Skip to main content"
    assert words[1] == "Meridian Medicare Administrative Services"
    assert words[2].startswith("Acting for: Riverside Clinic")
    assert words[3] == "Signed in as J. Doe"
    assert words[4:6] == ["Home", "Eligibility"]
    assert words[7] == "Remittances not available since 3:12 p.m. EST"


async def test_on_a_small_screen_the_navigation_is_behind_a_button_and_a_row_is_a_card_of_labeled_facts(
    chromium: Browser, address: str
) -> None:
    context = await chromium.new_context(viewport=NARROW, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{address}/list")
    assert await scrolled_tables(page) == []
    cell = page.locator("td[data-label=Charge]").first
    assert await cell.evaluate("at => getComputedStyle(at, '::before').content.includes('Charge: ')")
    submit = page.get_by_role("link", name="Submit claims")
    await expect(submit).to_be_hidden()
    await page.get_by_role("button", name="Menu").click()
    await expect(submit).to_be_visible()
    assert not await overflows(page)
    await page.keyboard.press("Escape")
    await expect(submit).to_be_hidden()
    await context.close()


async def test_escape_closes_a_menu_and_gives_the_focus_back(context: BrowserContext, address: str) -> None:
    page = await context.new_page()
    await page.goto(f"{address}/form")
    menu = page.locator("details.p-user")
    await menu.locator("summary").click()
    await menu.get_by_role("button", name="Sign out").focus()
    await page.keyboard.press("Escape")
    await expect(menu).not_to_have_attribute("open", "")
    await expect(menu.locator("summary")).to_be_focused()


async def test_one_key_leads_to_the_search_two_to_a_function_unless_switched_off(
    context: BrowserContext, address: str
) -> None:
    page = await context.new_page()
    await page.goto(f"{address}/list")
    search = page.get_by_label("Received from")
    await page.keyboard.press("/")
    await expect(page.locator("main [role=search] :focus")).to_have_count(1)
    await search.focus()
    await page.keyboard.type("gc?/")  # typed, not obeyed
    await expect(search).to_have_value("gc?/")
    await page.locator("h1").click()
    await page.keyboard.type("gl")
    assert page.url.endswith("/list")
    await page.keyboard.type("gc")
    await page.wait_for_url("**/claims")
    await page.goto(f"{address}/list")
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(keys).to_be_visible()
    assert await barriers(page) == []
    await keys.get_by_label("Single-key shortcuts are on").uncheck()
    await keys.get_by_role("button", name="Close").click()
    await page.reload()
    await page.keyboard.press("?")
    await expect(keys).to_be_hidden()
    await page.get_by_role("button", name="Keyboard shortcuts").click()
    await expect(keys).to_be_visible()


async def test_errors_take_the_focus_lead_to_their_fields_and_keep_what_was_typed(
    context: BrowserContext, address: str
) -> None:
    page = await context.new_page()
    await open_kind(page, address, "form-errors")

    await expect(page.locator(".p-errors")).to_be_focused()
    assert (await page.title()).startswith("Error: ")
    await page.get_by_role("link", name="Shorten the patient control number").click()
    field = page.get_by_label("Patient control number")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("RC-0000000000000000000482")
    await expect(field).to_have_accessible_description(
        "Your own number, at most 20 characters Shorten the patient control number to at most 20 characters; it has 25."
    )


async def test_a_form_is_sent_once_however_often_the_button_is_pressed(
    context: BrowserContext, address: str, session: samples.Session
) -> None:
    page = await context.new_page()
    await page.goto(f"{address}/form")
    await page.evaluate(
        "() => { const button = document.querySelector('main button[type=submit]'); button.click(); button.click(); }"
    )
    await page.wait_for_selector(".p-errors")

    assert session.asked.count("form") == 1


async def test_a_file_that_is_too_large_is_told_before_it_is_sent(context: BrowserContext, address: str) -> None:
    page = await context.new_page()
    await page.goto(f"{address}/form")
    field = page.get_by_label("Claim file")

    await field.set_input_files({"name": "empty.x12", "mimeType": "text/plain", "buffer": b""})
    await expect(page.get_by_text("This file is empty.")).to_be_visible()
    await field.set_input_files({"name": "good.x12", "mimeType": "text/plain", "buffer": b"ISA" * 400})
    await expect(page.get_by_text("1.2 KB, ready to send.")).to_be_visible()
    await field.evaluate("input => { input.dataset.limit = '1000'; }")
    await field.set_input_files({"name": "large.x12", "mimeType": "text/plain", "buffer": bytes(1001)})
    await expect(page.get_by_text("at most 1000 bytes can be sent")).to_be_visible()


async def test_a_session_about_to_end_asks_and_one_key_keeps_it(
    context: BrowserContext, address: str, session: samples.Session
) -> None:
    session.last(100)
    page = await context.new_page()
    await page.goto(f"{address}/detail")
    dialog = page.get_by_role("dialog", name="Your session is about to end")

    await expect(dialog).to_be_visible()
    await expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    assert "extend" not in session.asked
    assert await barriers(page) == []
    await page.keyboard.press("Enter")

    await expect(dialog).to_be_hidden()
    assert session.asked.count("extend") == 1
    assert session.expires_in > 1700


async def test_staying_in_one_tab_closes_the_question_in_the_other(
    context: BrowserContext, address: str, session: samples.Session
) -> None:
    session.last(100)
    first, second = await context.new_page(), await context.new_page()
    await first.goto(f"{address}/detail")
    await expect(first.locator("#time-out")).to_be_visible()
    await second.goto(f"{address}/list")
    await expect(second.locator("#time-out")).to_be_visible()

    await second.get_by_role("button", name="Stay signed in").click()

    await expect(second.locator("#time-out")).to_be_hidden()
    await expect(first.locator("#time-out")).to_be_hidden()


async def test_when_the_session_ends_every_tab_leaves_its_page(
    context: BrowserContext, address: str, session: samples.Session
) -> None:
    session.last(2)
    first, second = await context.new_page(), await context.new_page()
    await first.goto(f"{address}/detail")
    await second.goto(f"{address}/list")

    await first.wait_for_url("**/session/ended?reason=timeout&next=%2Fdetail")
    await second.wait_for_url("**/session/ended?reason=timeout&next=%2Flist")


async def test_looking_at_the_time_left_never_extends_the_session(
    context: BrowserContext, address: str, session: samples.Session
) -> None:
    session.last(100)
    page = await context.new_page()
    await page.goto(f"{address}/detail")
    await expect(page.locator("#time-out")).to_be_visible()

    assert session.asked == ["status"]
    assert session.expires_in <= 100
