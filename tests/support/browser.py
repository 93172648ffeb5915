"""A browser for tests, and what every page is asked in it."""

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from tools.assets import ACE, AXE

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VIEWS_OF_IBM: Mapping[str, str] = {
    "aria_form_label_unique": "a form without a name is no landmark (HTML-AAM, section 3.5), so it needs no name of its"
    " own; ours stand under a heading, and each would be one landmark more to pass by",
    "input_checkboxes_grouped": "radio buttons of one name are a group within their form (HTML, radio button group);"
    " the menu of every page and the page of the choice of NPI are two forms, each with a legend of its own",
}
"""Rules of IBM's engine that ask for more than WCAG 2.2 does, each with the reason why we do otherwise."""
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium() -> str | None:
    """The browser's path: `$CHROMIUM`, else one on the PATH, else `None`: the one Playwright installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next((found for found in map(shutil.which, _NAMES) if found), None)


@asynccontextmanager
async def browser(*arguments: str) -> AsyncIterator[Browser]:
    """A headless Chromium, with more `arguments` if wanted.

    Fails with one sentence when there is none: the tier is never skipped in silence.
    """
    async with async_playwright() as playwright:
        path = chromium()
        if path is None and not shutil.which(playwright.chromium.executable_path):
            raise AssertionError(
                "No Chromium was found. Set CHROMIUM to one, or install Debian's package chromium, "
                "or run: python -m playwright install chromium"
            )
        # The sandbox needs rights that containers and root do not give; these tests only open our own pages.
        started = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *arguments])
        try:
            yield started
        finally:
            await started.close()


async def watch_policy(context: BrowserContext) -> list[str]:
    """Collect every breach of the content security policy and every script error in `context`, as they happen."""
    seen: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            seen.append(message.text)

    def watch(page: Page) -> None:
        page.on("console", console)
        page.on("pageerror", lambda error: seen.append(str(error)))

    context.on("page", watch)
    return seen


async def _load(page: Page, name: str, judge: str) -> None:
    """Bring a judge onto the page, unless it is there from a look at another width."""
    if not await page.evaluate("name => name in window", name):
        await page.evaluate(judge)


async def axe_violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands (WCAG 2.2 AA and its best practices), one line each."""
    if not AXE.is_file():
        raise AssertionError("axe-core is missing. Run: make assets")
    await _load(page, "axe", AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = await page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", _TAGS
    )
    return [
        f"{violation['id']}: {violation['help']}: {node['html']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


async def ibm_violations(page: Page) -> list[str]:
    """What IBM's Equal Access engine finds on the page (WCAG 2.2), its own views left out, one line each.

    Closed details are opened for it: it sees no label in a closed one, though both label and control are there.
    """
    if not ACE.is_file():
        raise AssertionError("IBM's accessibility engine is missing. Run: make assets")
    await _load(page, "ace", ACE.read_text(encoding="utf-8"))
    found: list[dict[str, str]] = await page.evaluate(
        "async () => {"
        " const closed = [...document.querySelectorAll('details:not([open])')];"
        " closed.forEach(each => { each.open = true });"
        " const report = await new ace.Checker().check(document, ['WCAG_2_2']);"
        " closed.forEach(each => { each.open = false });"
        " return report.results.filter(each => each.value[0] === 'VIOLATION' && each.value[1] === 'FAIL')"
        ".map(each => ({rule: each.ruleId, words: each.message, html: each.snippet})) }"
    )
    return [f"{each['rule']}: {each['words']}: {each['html']}" for each in found if each["rule"] not in VIEWS_OF_IBM]


async def barriers(page: Page) -> list[str]:
    """What either judge finds on the page as it stands, one line each."""
    return [*await axe_violations(page), *await ibm_violations(page)]


async def tab_order(page: Page, stops: int) -> list[str]:
    """The words of what has the focus after each of `stops` presses of Tab."""
    words: list[str] = []
    for _ in range(stops):
        await page.keyboard.press("Tab")
        words.append(
            await page.evaluate(
                "() => { const at = document.activeElement;"
                " return (at.ariaLabel || at.labels?.[0]?.innerText || at.innerText || at.name || at.tagName)"
                ".trim().replace(/\\s+/g, ' ') }"
            )
        )
    return words


async def unreachable(page: Page) -> list[str]:
    """What can be used with a mouse but not be reached with Tab, or only out of the order of reading (WCAG 2.1.1)."""
    found: list[str] = await page.evaluate(
        "() => [...document.querySelectorAll('a, button, input, select, textarea, summary, [role=button], [onclick]')]"
        ".filter(each => each.type !== 'hidden' && !each.disabled && each.checkVisibility({visibilityProperty: true}))"
        ".filter(each => each.tabIndex !== 0 || (each.tagName === 'A' && !each.href))"
        ".map(each => each.outerHTML)"
    )
    return found


async def scrolled_tables(page: Page) -> list[str]:
    """The names of the tables on the page that must be scrolled sideways in their own box."""
    found: list[str] = await page.evaluate(
        "() => [...document.querySelectorAll('.p-table')].filter(each => each.scrollWidth > each.clientWidth)"
        ".map(each => each.ariaLabel || each.innerText.slice(0, 40))"
    )
    return found


async def overflows(page: Page) -> bool:
    """Whether the page as a whole must be scrolled sideways (WCAG 1.4.10); a table scrolls inside its own box."""
    answer: bool = await page.evaluate(
        "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return answer
