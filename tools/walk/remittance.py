"""Remittance: the payment floor passes, the 835 arrives, and every reason stands in words."""

import re
from datetime import date, datetime, timedelta

from libs.common.clock import SystemClock, offset_in
from tools.walk.journey import Journey, expect
from tools.walk.person import Page
from tools.walk.place import until
from tools.walk.telling import UnexpectedError

_LIST = "/remittance"
PAID_WITHIN = 90.0
_EXPECTED = re.compile(r"payment is expected on ([0-9/]{10})")
ON_PAYMENT_FLOOR = "Approved, on the payment floor"
# What must be explained somewhere on the claims of the file: reductions of what was paid, and two kinds of refusal.
_REASONS = ("CO-45", "CO-253", "PR-1", "PR-2", "CO-50", "CO-16", "MA130")


def move_business_clock(walk: Journey, days: int) -> None:
    """Let `days` pass for deadlines and payments; sessions and codes go by real time."""
    path = walk.place.settings.state_directory / "clock-offset"
    moved = offset_in(path) + timedelta(days=days)
    draft = path.with_suffix(".draft")
    draft.write_text(str(int(moved.total_seconds())), encoding="ascii")
    draft.replace(path)


def business_today(walk: Journey) -> date:
    """The day in the contractor's time zone by the business clock."""
    clock = SystemClock(walk.place.settings.state_directory / "clock-offset")
    return clock.business().astimezone(walk.place.deployment.zone).date()


def day_in(pattern: re.Pattern[str], page: Page) -> date | None:
    """The day that a page tells where `pattern` has its group; None when it does not."""
    told = pattern.search(page.text)
    return datetime.strptime(told[1], "%m/%d/%Y").date() if told else None  # noqa: DTZ007 - a day has no zone


async def payment_is_expected(walk: Journey) -> str:
    """A paid claim says when its payment is expected, on the payment floor or after it; that day comes."""
    path = await _claim_with(walk, ON_PAYMENT_FLOOR)
    page = await walk.biller.open(path)
    expect(page, 200, "payment floor", "expected")
    expected = day_in(_EXPECTED, page)
    if expected is None:
        raise UnexpectedError("the day on which the payment is expected", f"“{page.heading}”")
    days = (expected - business_today(walk)).days
    if days < walk.place.deployment.payment_floor_days:
        raise UnexpectedError("no payment before the payment floor", f"one in {days} days")
    move_business_clock(walk, days)
    return f"the clock moves {days} days, to {expected:%m/%d/%Y}"


async def _claim_with(walk: Journey, words: str) -> str:
    page = await walk.biller.open(walk.sent.path)
    for row in page.rows():
        link = row["Claim"].first("a")
        if link and row["Status"].text == words:
            return link["href"]
    raise UnexpectedError(f"a claim that is “{words}”", "none")


async def remittance_arrives(walk: Journey) -> str:
    """The 835 came over the partner topic, balanced, and is shown per payment."""
    first = next(iter(walk.sent.accepted))

    async def look() -> Page | None:
        page = await walk.biller.open(_LIST)
        for path in page.links(f"{_LIST}/"):
            page = await walk.biller.open(path)
            if page.says(f"ICN {first}"):
                return page
        return None

    page = await until(look, within=PAID_WITHIN, waiting_for="the remittance of the file", pause=0.5)
    walk.remittance = page.path
    links = page.links(f"{page.path}/claims/")
    walk.remitted = {row["Claim"].text.removeprefix("ICN "): path for row, path in zip(page.rows(), links, strict=True)}
    await _paid_claim_names(walk, page)
    return f"{page.heading}, {len(links)} claims"


async def _paid_claim_names(walk: Journey, remittance: Page) -> None:
    """A paid claim of it names the number by which the remittance is known: claim status and remittance agree."""
    number = remittance.heading.removeprefix("Remittance ")
    paid = next(row["Claim"].text for row in remittance.rows() if row["Outcome"].text == "Paid")
    page = await walk.biller.open(walk.sent.accepted[paid.removeprefix("ICN ")])
    expect(page, 200, f"Check or EFT number {number}")


async def reasons_in_words(walk: Journey) -> str:
    """Each claim by itself, with CARC and RARC explained; what must not be appealed says so."""
    told: set[str] = set()
    for number, path in walk.remitted.items():
        page = await walk.biller.open(path)
        expect(page, 200, number)
        found = {code for code in _REASONS if page.says(code)}
        told |= found
        if "CO-50" in found:
            walk.denied.setdefault(number, path)
        if "MA130" in found:
            walk.unprocessable.setdefault(number, path)
    if missing := [code for code in _REASONS if code not in told]:
        raise UnexpectedError(f"all of {', '.join(_REASONS)}", f"no {', '.join(missing)}")
    return f"{len(walk.remitted)} claims: {', '.join(sorted(told))} in words"


async def remittance_downloads(walk: Journey) -> str:
    """The same as 835 and as PDF; the program reads it too."""
    file = await walk.biller.client.get(f"{walk.remittance}/835")
    document = await walk.biller.client.get(f"{walk.remittance}/pdf")
    if not file.content.startswith(b"ISA*") or not document.content.startswith(b"%PDF-"):
        raise UnexpectedError("an 835 and a PDF", f"{file.status_code} and {document.status_code}")
    answer = (await walk.program.get(f"/api{walk.remittance}/835")).raise_for_status()
    if answer.content != file.content:
        raise UnexpectedError("the same 835 for the program", "another")
    return f"835 of {len(file.content):,} bytes, PDF of {len(document.content):,}"
