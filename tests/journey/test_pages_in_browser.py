"""The pages as people meet them, in Chromium through the gateway: barriers, policy, keyboard, narrow, scriptless."""

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect
from playwright.async_api import TimeoutError as PressedTooSoonError

from libs.common.deployment import load_deployment
from simulators.population import Enrollment, claim_file, file_faults
from tests.support.browser import barriers, browser, overflows, scrolled_tables, unreachable
from tests.support.portal import Walked, WholePortal
from tests.support.portico import CONTRACT
from tests.support.windows import NARROW, WIDE, window
from tools.walk.eligibility import answer_to
from tools.walk.journey import today
from tools.walk.place import until

BILLER, ADMINISTRATOR, OTHER_BILLER = "riverside.biller", "riverside.admin", "juniper.biller"
REVIEWER, OPERATOR = "meridian.reviewer", "meridian.operator"
HELP_DESK, EDI, SECURITY = "meridian.helpdesk", "meridian.edi", "meridian.security"
ON_PAYMENT_FLOOR = "Approved, on the payment floor"
_NEW_EACH_TIME = re.compile(r"(What is|Which) .*\?")
"""The question of a form that shows that a person asks."""
_MINUTE = re.compile(r"\d\d/\d\d/\d{4} \d{1,2}:\d\d [ap]\.m\. E[DS]T")

Look = Callable[[str, Page], Awaitable[None]]


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as started:
        yield started


@pytest.fixture(scope="module")
def screenshots() -> Path | None:
    """Where pictures of every page go, to be looked at: the folder $PORTICO_SCREENSHOTS, if it is named."""
    named = os.environ.get("PORTICO_SCREENSHOTS")
    if named:
        Path(named).mkdir(parents=True, exist_ok=True)
    return Path(named) if named else None


@pytest.fixture
def look(screenshots: Path | None) -> Look:
    """What every page is asked, wide and narrow: no barrier, nothing out of reach of the keyboard, no sideways
    scrolling, of a table neither; a picture of each is kept where somebody wants them."""

    async def ask(name: str, page: Page) -> None:
        for width, viewport in (("wide", WIDE), ("narrow", NARROW)):
            await page.set_viewport_size(viewport)
            if screenshots:
                await page.screenshot(path=screenshots / f"{name}-{width}.png", full_page=True)
            assert await barriers(page) == [], f"{name}, {width}"
            assert not await overflows(page), f"{name}, {width}"
            assert await unreachable(page) == [], f"{name}, {width}"
            assert await scrolled_tables(page) == [], f"{name}, {width}"
        assert await page.locator("h1").count() == 1

    return ask


PUBLIC = {
    "landing": "/",
    "catalog": "/catalog",
    "manual": "/manual",
    "manual-chapter": "/manual/appeals",
    "manual-print": "/manual/print",
    "report-incident": "/report-incident",
    "register-person": "/register/person",
    "sign-in": "/sign-in",
    "forgotten-user-id": "/sign-in/forgotten-user-id",
    "factors-lost": "/sign-in/factors-lost",
    "new-factor": "/sign-in/new-factor",
    "code": "/sign-in/code",
    "session-ended": "/session/ended?reason=timeout",
}


@pytest.mark.parametrize("name", PUBLIC)
async def test_pages_before_sign_in(chromium: Browser, portal: WholePortal, look: Look, name: str) -> None:
    async with window(chromium, portal) as context:
        page = await context.new_page()
        await page.goto(portal.place.address + PUBLIC[name])
        await look(name, page)


async def test_the_state_inside_a_page_of_the_contractors_website(
    chromium: Browser, portal: WholePortal, look: Look
) -> None:
    async with window(chromium, portal) as context:
        page = await context.new_page()
        answer = await page.request.get(f"{portal.place.address}/notifier/public/status.html")
        await page.set_content(
            "<!doctype html><html lang=en><title>Provider portal</title>"
            f"<main><h1>Provider portal</h1>{await answer.text()}</main>"
        )
        await look("website-status", page)


OWN = {
    "home": "/home",
    "eligibility": "/eligibility",
    "eligibility-history": "/eligibility/history",
    "eligibility-schedules": "/eligibility/schedules",
    "eligibility-schedule": "",
    "eligibility-entitlement": "",
    "eligibility-all-tabs": "",
    "eligibility-not-answered": "",
    "look-up": "/eligibility/look-up",
    "look-up-rules": "/eligibility/look-up/rules",
    "look-ups-against-claims": "/eligibility/look-up/claims",
    "submissions": "/claims/submissions",
    "submission": "",
    "claims": "/claims",
    "claim-accepted": "",
    "claim-not-accepted": "",
    "claim-of-a-hospital": "",
    "remittances": "/remittance",
    "remittance": "",
    "appeals": "/appeals",
    "appeal-decided": "",
    "appeal-reconsidered": "",
    "reconsideration": "",
    "reconsideration-of-what-was-granted": "",
    "appeal-rights-of-an-unprocessable-claim": "",
    "account": "/auth",
    "own-email": "/auth/email",
    "another-user-id": "/auth/another-user-id",
    "my-agreements": "/auth/agreements",
    "rules-of-behavior": "/auth/agreements/rules-of-behavior",
    "security-training": "/auth/agreements/training",
    "choice-of-npi": "/session/acting",
    "not-found": "/claims/00000000-0000-4000-8000-000000000000",
    "not-allowed": "/auth/users",
    "function-status": "/notifier",
    "catalog-signed-in": "/home/catalog",
    "report-incident-signed-in": "/home/report-incident",
}
OWN |= {each.name: each.path for each in load_deployment(CONTRACT).functions if each.path not in OWN.values()}


def own_path(name: str, walked: Walked) -> str:
    """Where a biller finds the page: some addresses the walk alone knows."""
    walk = walked.journey
    known = {
        "eligibility-schedule": walk.schedule,
        "eligibility-entitlement": walk.entitlement,
        "eligibility-all-tabs": f"{walk.entitlement}#all",
        "eligibility-not-answered": walk.unanswered,
        "submission": walk.sent.path,
        "claim-accepted": next(iter(walk.sent.accepted.values())),
        "claim-not-accepted": walk.sent.not_accepted[0],
        "claim-of-a-hospital": next(iter(walk.sent_by_hospital.accepted.values())),
        "remittance": walk.remittance,
        "appeal-decided": walk.appeal,
        "appeal-reconsidered": walk.second_appeal,
        "reconsideration": f"{walk.second_appeal}/reconsideration",
        "reconsideration-of-what-was-granted": f"{walk.appeal}/reconsideration",
        "appeal-rights-of-an-unprocessable-claim": rights_path(walk.sent.accepted[next(iter(walk.unprocessable))]),
    }
    return OWN[name] or known[name]


def rights_path(claim: str) -> str:
    """Where the rights of the claim at the address `claim` stand."""
    return f"/appeals{claim}/rights"


async def act_for(page: Page, portal: WholePortal, enrollment: Enrollment) -> None:
    """Choose for whom the person on `page` acts from now on."""
    await page.goto(f"{portal.place.address}/session/acting")
    main = page.locator("main")  # the menu of every page offers the same choice
    await main.get_by_label(f"NPI {enrollment.npi}").check()
    await main.get_by_role("button", name="Continue").click()
    await expect(page.locator(".p-acting").first).to_contain_text(enrollment.npi)


@pytest.mark.parametrize("name", OWN)
async def test_pages_of_a_biller(chromium: Browser, portal: WholePortal, walked: Walked, look: Look, name: str) -> None:
    path = own_path(name, walked)
    clinic, hospital = portal.population.provider_organization(1).enrollments
    async with window(chromium, portal, BILLER) as context:
        page = await context.new_page()
        await act_for(page, portal, hospital if name == "claim-of-a-hospital" else clinic)
        await page.goto(portal.place.address + path)
        await look(name, page)
        if name == "claims":
            await page.set_viewport_size({"width": 1024, "height": 768})
            assert await scrolled_tables(page) == []
        await page.set_viewport_size(WIDE)
        words = await page.locator("main").inner_text()
    async with window(chromium, portal, BILLER, scripts=False) as context:
        page = await context.new_page()
        await page.goto(portal.place.address + path)
        scriptless = await page.locator("main").inner_text()
    # What scripts add are helpers such as "Copy"; every answer is there without them. A problem's reference is new
    # each time, and what was so at one minute may be read in the next.
    words, scriptless = (_MINUTE.sub("", text) for text in (words, scriptless))
    missing = [
        line
        for line in scriptless.splitlines()
        if line not in words and "this reference" not in line and not _NEW_EACH_TIME.fullmatch(line)
    ]
    assert missing == []


OF_STAFF_AND_ADMINISTRATORS = {
    "joining": (ADMINISTRATOR, "/auth/users/joining"),
    "lost-factors": (ADMINISTRATOR, "/auth/users/lost-factors"),
    "certification-board": (ADMINISTRATOR, "/auth/users/recertification/board"),
    "programs": (ADMINISTRATOR, "/auth/users/programs"),
    "access-requests": (ADMINISTRATOR, "/auth/access-requests"),
    "billers": (ADMINISTRATOR, "/auth/billers"),
    "look-up-associations": (ADMINISTRATOR, "/auth/look-ups"),
    "reports": (ADMINISTRATOR, "/auth/reports"),
    "leaving": (ADMINISTRATOR, "/auth/leaving"),
    "sign-in-and-security": (ADMINISTRATOR, "/auth/security"),
    "hets-enrollments": (ADMINISTRATOR, "/eligibility/hets-enrollments"),
    "enrollment-feeds": (EDI, "/auth/desk/feeds"),
    "organization-requests": (EDI, "/auth/organizations"),
    "lost-factors-at-the-desk": (EDI, "/auth/desk/lost-factors"),
    "certifications-of-all": (EDI, "/auth/desk/certifications"),
    "look-ups-of-all": (EDI, "/auth/desk/look-ups"),
    "staff": (SECURITY, "/auth/desk/staff"),
    "new-staff": (SECURITY, "/auth/desk/staff/new"),
    "roles-for-a-time": (SECURITY, "/auth/desk/elevation"),
}


@pytest.mark.parametrize("name", OF_STAFF_AND_ADMINISTRATORS)
async def test_pages_of_staff_and_administrators(
    chromium: Browser, portal: WholePortal, walked: Walked, look: Look, name: str
) -> None:
    del walked
    who, path = OF_STAFF_AND_ADMINISTRATORS[name]
    async with window(chromium, portal, who) as context:
        page = await context.new_page()
        answer = await page.goto(f"{portal.place.address}{path}")
        assert answer is not None
        assert answer.status == 200
        await look(name, page)


async def test_administration(chromium: Browser, portal: WholePortal, walked: Walked, look: Look) -> None:
    del walked
    async with window(chromium, portal, ADMINISTRATOR) as context:
        page = await context.new_page()
        await page.goto(f"{portal.place.address}/auth/users")
        await look("administration", page)
        await page.goto(f"{portal.place.address}/auth/users/{portal.population.user(BILLER).user_uuid}")
        await page.locator("main details summary").first.press("Enter")  # no pointer rests on what opens
        await look("access-of-a-user", page)
        await page.goto(f"{portal.place.address}/auth/users/recertification?choose=certify")
        await look("recertification", page)
        await page.goto(f"{portal.place.address}/auth/agreements/administrator")
        await look("agreement-of-administrators", page)
        await page.goto(f"{portal.place.address}/eligibility/look-up/office")
        await expect(page.get_by_role("table")).to_contain_text(portal.population.provider_organization(1).npi)
        await look("look-ups-of-an-office", page)


async def test_changing_for_whom_one_acts_asks_before_what_was_typed_is_lost(
    chromium: Browser, portal: WholePortal, walked: Walked
) -> None:
    del walked
    async with window(chromium, portal, BILLER) as context:
        page = await context.new_page()
        await page.goto(f"{portal.place.address}/claims")
        await page.locator("main form[method=post] [name=number]").fill("a number not sent")
        await page.locator(".p-acting summary").click()
        menu = page.locator(".p-acting form")
        await menu.get_by_role("button", name="Change").click()
        await expect(menu.get_by_role("alert")).to_contain_text("was not sent")
        await expect(page.locator("main form[method=post] [name=number]")).to_have_value("a number not sent")
        async with page.expect_navigation():
            await menu.get_by_role("button", name="Change and lose it").click()
        await expect(page.locator("h1")).to_have_text("Claims")


async def test_operation(chromium: Browser, portal: WholePortal, walked: Walked, look: Look) -> None:
    del walked
    async with window(chromium, portal, OPERATOR) as context:
        page = await context.new_page()
        await page.goto(f"{portal.place.address}/notifier/reports")
        await look("draft-of-the-month", page)


async def test_the_back_office(chromium: Browser, portal: WholePortal, walked: Walked, look: Look) -> None:
    del walked
    async with window(chromium, portal, SECURITY) as context:
        page = await context.new_page()
        await page.goto(f"{portal.place.address}/auth/desk?find={OTHER_BILLER}")
        await page.locator("main table a").first.click()
        await look("account-of-a-user", page)
    async with window(chromium, portal, HELP_DESK) as context:
        page = await context.new_page()
        await page.goto(f"{portal.place.address}/auth/desk?find={OTHER_BILLER}")
        await look("accounts", page)
        await page.locator("main table a").first.click()
        await page.get_by_role("link", name="See the portal as this person").click()
        await look("view-as", page)
        await page.get_by_label("Reason").fill("The caller finds no remittance.")
        await page.get_by_label("Ticket number").fill("T-1001")
        await page.get_by_role("button", name="Begin").click()
        await expect(page.get_by_role("region", name="View as another person")).to_be_visible()
        await look("viewed-page", page)
        await page.get_by_role("button", name="End the view").click()
        await expect(page.get_by_role("heading", level=1)).to_be_visible()


async def test_an_interruption_that_is_over(chromium: Browser, portal: WholePortal, walked: Walked, look: Look) -> None:
    del walked
    async with window(chromium, portal, BILLER) as context:
        page = await context.new_page()
        await page.goto(f"{portal.place.address}/notifier")
        await page.locator("main a[href*='/notifier/interruptions/']").first.click()
        await look("interruption", page)
        interruption = page.url.rsplit("/", 1)[-1]
    async with window(chromium, portal) as context:
        page = await context.new_page()
        await page.goto(f"{portal.place.address}/notifier/public/interruptions/{interruption}")
        await look("interruption-for-everybody", page)


async def test_eligibility_asked_wrongly_and_corrected(
    chromium: Browser, portal: WholePortal, walked: Walked, look: Look
) -> None:
    patient = walked.journey.population.beneficiary(11)
    async with window(chromium, portal, BILLER) as context:
        page = await context.new_page()
        await page.goto(f"{portal.place.address}/eligibility")
        await expect(page.get_by_label("Medicare number (MBI)")).to_be_focused()
        await page.keyboard.type("1EG4 TE5 MK7")
        await page.keyboard.press("Enter")
        await expect(page.locator(".p-errors")).to_be_focused()
        await look("eligibility-errors", page)
        await page.get_by_label("Medicare number (MBI)").fill(patient.mbi)
        await page.get_by_role("textbox", name="Last name").fill(patient.last_name)
        await page.get_by_label("Birth date").fill(f"{patient.birth_date.replace(year=1901):%m/%d/%Y}")
        await page.get_by_role("button", name="Check eligibility").click()
        await page.get_by_text("AAA 71").first.wait_for()
        await look("eligibility-refused", page)
        await page.get_by_label("First name").fill(patient.first_name)
        await page.get_by_label("Birth date").fill("")
        await page.get_by_role("button", name="Check eligibility").click()
        # On a small screen too the answer is what one sees first; the next patient is one key away.
        answer = page.locator(".p-answer").filter(has_text="Part A and Part B active")
        await expect(answer).to_be_in_viewport()
        await expect(page.locator(":focus .p-answer")).to_have_count(1)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Medicare number (MBI)")).to_be_focused()


async def test_an_answer_is_read_by_tabs_without_a_script_and_a_print_has_them_all(
    chromium: Browser, portal: WholePortal, walked: Walked
) -> None:
    async with window(chromium, portal, BILLER, scripts=False) as context:
        page = await context.new_page()
        await act_for(page, portal, portal.population.provider_organization(1).enrollments[0])
        await page.goto(portal.place.address + walked.journey.entitlement)
        await page.get_by_role("textbox", name="Last name").fill("Ashgrove")
        parts = page.get_by_role("navigation", name="Parts of the answer")
        entitlement = page.get_by_role("heading", name="Part A and Part B", exact=True)
        days = page.get_by_role("heading", name="Hospital days")
        await expect(entitlement).to_be_visible()
        await expect(days).to_be_hidden()
        await parts.get_by_role("link", name="Inpatient and SNF").press("Enter")
        await expect(days).to_be_in_viewport()
        await expect(entitlement).to_be_hidden()
        await expect(parts).to_be_in_viewport()
        await parts.get_by_role("link", name="Show all").press("Enter")
        await expect(entitlement).to_be_visible()
        await expect(days).to_be_visible()
        # The page was not loaded again: what was typed for the next patient is still there.
        await expect(page.get_by_role("textbox", name="Last name")).to_have_value("Ashgrove")
        await page.goto(portal.place.address + walked.journey.entitlement)
        await page.emulate_media(media="print")
        for shown in (entitlement, days):
            await expect(shown).to_be_visible()
        await expect(parts).to_be_hidden()


async def test_a_medicare_number_is_looked_up_wrongly_in_vain_and_by_keyboard(
    chromium: Browser, portal: WholePortal, walked: Walked, look: Look
) -> None:
    del walked
    patient = portal.population.beneficiary(12)
    number = f"{patient.mbi[:4]}-{patient.mbi[4:7]}-{patient.mbi[7:]}"
    async with window(chromium, portal, BILLER) as context:
        page = await context.new_page()
        ssn, answer = page.get_by_label("Social Security number (SSN)"), page.locator("[name=answer]")
        await page.goto(f"{portal.place.address}/eligibility/look-up")
        await expect(page.get_by_label("First name")).to_be_focused()
        await page.keyboard.type(patient.first_name)
        await page.keyboard.press("Tab")
        await page.keyboard.type("Nobody")
        await ssn.fill("000-12-3456")
        await answer.press("Enter")
        await expect(page.locator(".p-errors")).to_be_focused()
        await expect(ssn).to_have_value("")
        await look("look-up-errors", page)
        await ssn.fill(portal.population.social_security_number(patient.mbi))
        await page.get_by_label("Birth date").fill(f"{patient.birth_date:%m/%d/%Y}")
        await page.get_by_label("This patient will be billed").check()
        await answer.fill(answer_to(await question_on(page)))
        await page.get_by_role("button", name="Look up").click()
        await page.get_by_text("No Medicare number to show").first.wait_for()
        await look("look-up-in-vain", page)
        await page.get_by_role("textbox", name="Last name").fill(patient.last_name)
        await ssn.fill(portal.population.social_security_number(patient.mbi))
        await page.get_by_label("This patient will be billed").check()
        await answer.fill(answer_to(await question_on(page)))
        await answer.press("Enter")
        await expect(page.locator("main")).to_contain_text(number)
        await expect(page.locator(":focus .p-answer")).to_have_count(1)
        await look("look-up-found", page)
        assert page.url == f"{portal.place.address}/eligibility/look-up"
        await page.get_by_role("button", name="Check eligibility").click()
        await page.wait_for_url("**/eligibility/inquiries/*")
        # Back leads to no number: the page was for once.
        await page.goto(f"{portal.place.address}/eligibility/look-up")
        await expect(page.locator("main")).not_to_contain_text(number)


async def question_on(page: Page) -> str:
    """The question that shows that a person asks."""
    return await page.locator("label[for=answer]").inner_text()


async def test_a_denied_claim_is_appealed_once_and_reviewed(
    chromium: Browser, portal: WholePortal, walked: Walked, look: Look
) -> None:
    number, remitted = list(walked.journey.denied.items())[2]
    form = f"{portal.place.address}/appeals{walked.journey.sent.accepted[number]}/redetermination"
    async with window(chromium, portal, BILLER) as context:
        page, second = await context.new_page(), await context.new_page()
        await second.goto(form)
        await page.goto(portal.place.address + remitted)
        ask = page.get_by_role("link", name="Ask for a redetermination")
        await ask.wait_for()  # the part of appeals has come into the page
        await expect(page.get_by_role("complementary").get_by_role("heading")).to_have_count(1)
        await look("remitted-claim", page)
        await page.set_viewport_size({"width": 1200, "height": 800})
        assert await scrolled_tables(page) == []
        await page.goto(portal.place.address + rights_path(walked.journey.sent.accepted[number]))
        await look("appeal-rights", page)
        await ask.click()
        await look("appeal-form", page)
        await put_aside_and_continue(page, look)
        await page.get_by_label("Why do you disagree?").fill("")
        await page.get_by_role("button", name="Send the request").click()
        await expect(page.locator(".p-errors")).to_be_focused()
        await look("appeal-form-errors", page)
        await ask_for_redetermination(page)
        await page.wait_for_url("**/receipt")
        await look("appeal-receipt", page)
        await page.get_by_role("link", name="Follow this appeal").click()
        await page.get_by_role("heading", name="Lines in this appeal").wait_for()
        await look("appeal-received", page)
        appeal = page.url.rsplit("/", 1)[-1]
        await ask_for_redetermination(second)
        await second.get_by_text("Not submitted").first.wait_for()
        await look("appeal-twice", second)
    async with window(chromium, portal, REVIEWER) as context:
        page = await context.new_page()
        await page.goto(f"{portal.place.address}/appeals/review")
        await look("appeal-reviews", page)
        await page.set_viewport_size(WIDE)
        await expect(page.get_by_role("navigation", name="Functions").get_by_role("link")).to_have_text(
            ["Home", "Appeal reviews", "Back office", "Help"]
        )
        await page.goto(f"{portal.place.address}/appeals/review/{appeal}")
        await look("appeal-review", page)
        for choice in await page.get_by_label("Unfavorable").all():
            await choice.check()
        for rationale in await page.locator("textarea").all():
            await rationale.fill("The record shows no reason for the service.")
        await page.get_by_role("button", name="Issue the decision").click()
        await page.get_by_text("Decided on").first.wait_for()
        await look("appeal-review-decided", page)
    async with window(chromium, portal, BILLER) as context:
        page = await context.new_page()
        await page.goto(f"{portal.place.address}/appeals/{appeal}")
        await page.get_by_role("link", name="Read the decision letter").click()
        await look("appeal-letter", page)
        await reconsider(context, f"{portal.place.address}/appeals/{appeal}", look)


async def put_aside_and_continue(page: Page, look: Look) -> None:
    """Save the form on `page` as a draft, open it again, and continue."""
    form, why = page.url, page.get_by_label("Why do you disagree?")
    await why.fill("To be finished tomorrow.")
    await page.get_by_role("button", name="Save draft").click()
    await page.get_by_text("Draft saved").wait_for()
    await look("appeal-form-saved", page)
    await page.goto(form)
    await expect(why).to_have_value("")
    await look("appeal-form-offered", page)
    await page.get_by_role("link", name="Continue").click()
    await expect(why).to_have_value("To be finished tomorrow.")


async def reconsider(context: BrowserContext, appeal: str, look: Look) -> None:
    """Ask the QIC to reconsider an appeal, and ask again."""
    page, second = await context.new_page(), await context.new_page()
    await page.goto(appeal)
    await page.get_by_role("link", name="Ask for a reconsideration").click()
    await look("reconsideration-form", page)
    await page.get_by_role("button", name="Send the request").click()
    await expect(page.locator(".p-errors")).to_be_focused()
    await look("reconsideration-form-errors", page)
    await second.goto(f"{appeal}/reconsideration")
    for form in (page, second):
        await form.get_by_label("Why do you disagree with our decision?").fill("The second page shows it.")
        await form.get_by_role("button", name="Send the request").click()
        await form.get_by_role("heading", name=re.compile("^(Reconsideration of|This was requested)")).wait_for()
    await look("reconsideration-asked-for", page)
    await look("reconsideration-twice", second)


async def ask_for_redetermination(page: Page) -> None:
    """Fill in the form on `page` for every line and send it."""
    for line in await page.locator("#lines input[type=checkbox]").all():
        await line.check()
    await page.get_by_label("Why do you disagree?").fill("The record shows that the service was necessary on that day.")
    await page.get_by_label("Name of the person who asks").fill("Alder Brook")
    await page.get_by_role("button", name="Send the request").click()


async def test_a_file_that_cannot_be_read_and_one_that_is_being_read(
    chromium: Browser, portal: WholePortal, walked: Walked, look: Look, tmp_path: Path
) -> None:
    del walked
    broken = tmp_path / "broken.txt"
    broken.write_bytes(file_faults(b"".join(claim_file(received=today(), claims=3, faulty=0)))["structure"])
    long = tmp_path / "long.txt"
    clinic = portal.population.provider_organization(1)
    long.write_bytes(b"".join(claim_file(received=today(), claims=600, faulty=20, seed=7, organization=clinic)))
    async with window(chromium, portal, BILLER) as context:
        page = await context.new_page()
        await send(page, portal, broken)
        await look("receipt", page)
        await page.get_by_role("link", name="Follow this submission").click()
        await page.get_by_text("What to correct in the file").wait_for()
        await look("submission-not-accepted", page)
        async with portal.held("claims", "claim"):
            await send(page, portal, long)
            await page.get_by_role("link", name="Follow this submission").click()
            await page.locator(".p-progress progress").wait_for()
            await look("submission-in-progress", page)
        await page.get_by_role("heading", name="Claims of this file").wait_for()
        await look("submission-of-many-claims", page)
        await open_claim_on_payment_floor(page)
        await look("claim-on-the-payment-floor", page)


async def open_claim_on_payment_floor(page: Page) -> None:
    """Look at the submission on `page` again until a claim of it is approved, and open that."""
    approved = page.get_by_role("row").filter(has_text=ON_PAYMENT_FLOOR).get_by_role("link")

    async def decided() -> bool:
        await page.reload()
        return await approved.count() > 0

    await until(decided, within=90, waiting_for="a claim on the payment floor", pause=1)
    await approved.first.click()
    await expect(page.locator("main")).to_contain_text("expected")


async def send(page: Page, portal: WholePortal, path: Path) -> None:
    """Send a file through the upload form."""
    await page.goto(f"{portal.place.address}/claims/submissions")
    await page.locator("input[type=file]").set_input_files(path)
    await page.get_by_role("button", name="Send the file").click()
    await page.wait_for_url("**/receipt")


async def test_sign_in_and_upload_by_keyboard_alone(
    chromium: Browser, portal: WholePortal, walked: Walked, tmp_path: Path
) -> None:
    del walked
    claims = tmp_path / "claims.txt"
    organization = portal.population.provider_organization(2)
    claims.write_bytes(b"".join(claim_file(received=today(), claims=2, faulty=1, organization=organization)))
    user = portal.population.user(OTHER_BILLER)
    async with window(chromium, portal) as context:
        page = await context.new_page()
        await page.goto(f"{portal.place.address}/")
        await page.keyboard.press("Enter")  # the landing page has its focus on "Sign in"
        await page.wait_for_url("**/sign-in")
        await tab_to(page, "accepted")
        await page.keyboard.press("Space")
        await tab_to(page, "user_id")
        await page.keyboard.type(user.user_id)
        await tab_to(page, "password")
        await page.keyboard.type(user.password)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/sign-in/code**")
        await expect(page.locator("[name=code]")).to_be_focused()
        await page.keyboard.type(await portal.codes.next(user))
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/home")
        await follow_by_keyboard(page, "Claims")
        await page.wait_for_url("**/claims")
        await follow_by_keyboard(page, "Submit claims")
        await expect(page.locator("h1")).to_have_text("Submit claims")
        await choose_by_keyboard(page, claims)
        await tab_to(page, "", "submit")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/claims/submissions/*/receipt")
        await expect(page.locator("main")).to_contain_text("S-")


async def choose_by_keyboard(page: Page, file: Path) -> None:
    """Open the file dialog with Enter and choose. A press while the page still settles opens none: press again."""
    for _ in range(5):
        await tab_to(page, "file")
        try:
            async with page.expect_file_chooser(timeout=5000) as choosing:
                await page.keyboard.press("Enter")
            await (await choosing.value).set_files(file)
        except PressedTooSoonError:
            continue
        return
    raise AssertionError("Enter on the file field opens no dialog")


async def follow_by_keyboard(page: Page, words: str) -> None:
    """Press Tab until a link that begins with `words` has the focus, then Enter."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("words => document.activeElement.innerText.trim().startsWith(words)", words):
            await page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab never reaches {words}")


async def tab_to(page: Page, name: str, kind: str = "") -> None:
    """Press Tab until the field called `name` (or a button of `kind` inside the main form) has the focus."""
    for _ in range(40):
        at = await page.evaluate(
            "() => { const at = document.activeElement;"
            " return [at.name || at.id || '', at.type || '', !!at.closest('main form')] }"
        )
        if (name and at[0] == name) or (kind and at[1] == kind and at[2]):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {name or kind}")


async def test_pages_while_a_function_is_down(
    chromium: Browser, portal: WholePortal, walked: Walked, look: Look
) -> None:
    del walked
    await portal.portal.kill("remittance")
    try:
        async with window(chromium, portal, BILLER) as context:
            page = await context.new_page()

            async def announced() -> bool:
                await page.goto(f"{portal.place.address}/")
                return await page.locator("#interruption").count() > 0

            await until(announced, within=30, waiting_for="the banner")
            await look("landing-while-down", page)
            await expect(page.locator("#interruption")).to_contain_text("Other functions are available")
            await expect(page.get_by_text("Other functions are available")).to_have_count(1)
            await page.goto(f"{portal.place.address}/remittance")
            await look("unavailable", page)
            await expect(page.locator("main")).to_contain_text("Remittance Advice")
            await page.goto(f"{portal.place.address}/claims")
            await look("claims-while-another-is-down", page)
    finally:
        await portal.portal.start_process("remittance")
