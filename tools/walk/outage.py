"""A function is killed and comes back: what people, programs and CMS see of it."""

import time
from collections.abc import Mapping
from typing import Any

from libs.common.clock import SystemClock
from libs.common.deployment import Partner
from libs.common.functions import FUNCTIONS
from tools.walk.eligibility import ask
from tools.walk.journey import Journey, Outage, expect
from tools.walk.place import until
from tools.walk.telling import UnexpectedError

SERVICE = "claims"
PARTNER = "hets"
ALL_WORK = "All functions are available."
_TOLD_WITHIN = 30.0
_BACK_WITHIN = 60.0
_RECOVERY_WITHIN = 90.0


def _functions(walk: Journey) -> list[str]:
    """The names in Appendix 9.1 of what the killed service does."""
    return [each.name for each in walk.place.deployment.functions if each.service == SERVICE]


def _partner(walk: Journey) -> Partner:
    return next(each for each in walk.place.deployment.partners if each.name == PARTNER)


def _partners_functions(walk: Journey) -> list[str]:
    return [FUNCTIONS[code].name for code in _partner(walk).functions]


async def partner_killed(walk: Journey) -> str:
    """Kill HETS: an inquiry says that it does not answer and keeps the question; claims and remittances work."""
    walk.outage = Outage(time.monotonic(), len(await walk.place.messages()))
    await walk.place.supervision.kill(PARTNER)
    # By a search that was not made before: the same question would be shown its answer.
    page = await ask(walk, first_name="")
    expect(page, 200, "did not answer", "Claims, remittances and appeals work", "Check eligibility")
    walk.unanswered = page.path
    for path in ("/claims", "/remittance", "/appeals"):
        expect(await walk.biller.open(path), 200)
    return f"“{page.heading}”; claims, remittances and appeals open"


async def partner_announced(walk: Journey) -> str:
    """The landing page and the feed for the contractor's website name the functions that HETS stops, and no other."""
    seconds = await _banner(walk, _partners_functions(walk))
    feed = (await walk.stranger.client.get("/notifier/public/status.json")).raise_for_status().json()
    down = [each["name"] for each in feed["functions"] if each["condition"] == "not-available"]
    if sorted(down) != sorted(_partners_functions(walk)) or not feed["banner"]:
        raise UnexpectedError(f"{', '.join(_partners_functions(walk))} in the feed", ", ".join(down) or "nothing")
    return f"outage → banner {seconds:.1f} s: “{feed['banner']}”"


async def partner_told_to_cms(walk: Journey) -> str:
    """The contractor alert names HETS as the cause, the functions, a way around, the next update and whom to ask."""
    partner = _partner(walk)
    return await _alert(
        walk,
        _partners_functions(walk),
        f"{partner.culprit} does not answer",
        partner.workaround,
        "Next update",
        "Contact",
    )


async def partner_recovered(walk: Journey) -> str:
    """HETS is started again: inquiries are answered, and the recovery message follows."""
    walk.lost.started_at = time.monotonic()
    await walk.place.supervision.start_process(PARTNER)

    async def look() -> bool:
        return (await ask(walk)).says("Part A and Part B active")

    await until(look, within=_BACK_WITHIN, waiting_for="an answer of HETS")
    return await _restored(walk, _partners_functions(walk))


async def month_shows_minutes(walk: Journey) -> str:
    """An operator of the contractor opens the draft of the month: the interruption stands in it with its minutes."""
    expect(await walk.operator.sign_in(), 200)
    page = await walk.operator.open("/notifier/reports")
    expect(page, 200, "Minutes interrupted", *_partners_functions(walk))
    wanted = _partners_functions(walk)[0]
    for row in page.rows():
        if wanted in row["Function of Appendix 9.1"].text and row["Interruptions"].text not in ("", "0"):
            return f"{wanted}: {row['Interruptions'].text} interruptions, {row['Minutes interrupted'].text} minutes"
    raise UnexpectedError(f"an interruption of {wanted}", "none in the draft")


async def killed(walk: Journey) -> str:
    """Kill claims; its pages are the gateway's at once, and its API says so to programs."""
    before = await walk.place.messages()
    walk.outage = Outage(time.monotonic(), len(before))
    await walk.place.supervision.kill(SERVICE)
    page = await walk.biller.open("/claims")
    expect(page, 503, "not available", walk.place.deployment.help_desk.phone)
    answer = await walk.program.get(f"/api/{SERVICE}/submissions")
    _expect_problem(answer.status_code, answer.headers.get("content-type", ""), 503)
    return f"page “{page.heading}”; API {answer.status_code} {answer.headers['content-type']}"


def _expect_problem(status: int, kind: str, wanted: int) -> None:
    if status != wanted or not kind.startswith("application/problem+json"):
        raise UnexpectedError(f"{wanted} application/problem+json", f"{status} {kind}")


async def announced(walk: Journey) -> str:
    """The landing page names the functions that are down and says that the others work; so does the gateway's page."""
    names = _functions(walk)
    seconds = await _banner(walk, names)
    expect(await walk.biller.open("/claims"), 503, *names)
    return f"outage → banner {seconds:.1f} s"


async def _banner(walk: Journey, names: list[str]) -> float:
    """Seconds from the outage to a banner on the landing page that names what is not available."""
    outage = walk.lost

    async def look() -> str | None:
        page = await walk.stranger.open("/")
        told = page.root.first(where=lambda each: each["id"] == "interruption")
        return told.text if told and all(name in told.text for name in names) else None

    await until(look, within=_TOLD_WITHIN, waiting_for="a banner that names what is not available")
    seconds = time.monotonic() - outage.killed_at
    expect(walk.stranger.page, 200, "Other functions are available", *names)
    return seconds


async def told_to_cms(walk: Journey) -> str:
    """CMS's mailbox has the contractor alert: contract, names of the functions, start and detection."""
    return await _alert(walk, _functions(walk))


async def _alert(walk: Journey, names: list[str], *sentences: str) -> str:
    outage, contract = walk.lost, walk.place.deployment.contract_id

    async def look() -> Mapping[str, Any] | None:
        messages = await walk.place.messages(outage.messages_before)
        return next((each for each in messages if "interruption" in each["subject"].lower()), None)

    message = await until(look, within=_TOLD_WITHIN, waiting_for="a contractor alert in CMS's mailbox")
    told = " ".join(message["body"].split())
    wanted = (f"Contract: {contract}", "Started: ", "Detected: ", *(f"- {name}" for name in names), *sentences)
    for words in wanted:
        if words not in told:
            raise UnexpectedError(f"“{words}” in the alert", f"“{message['body']}”")
    return f"outage → alert {_accepted_after(outage.killed_at, message):.1f} s: “{message['subject']}”"


async def back(walk: Journey) -> str:
    """Start claims again: its pages are its own again, and nobody had to sign in again."""
    outage = walk.lost
    outage.started_at = time.monotonic()
    await walk.place.supervision.start_process(SERVICE)

    async def look() -> bool:
        page = await walk.biller.open("/claims")
        return page.status == 200 and bool(page.rows())

    await until(look, within=_BACK_WITHIN, waiting_for="the pages of claims")
    return f"start → pages {time.monotonic() - outage.started_at:.1f} s"


async def recovered(walk: Journey) -> str:
    """CMS has the recovery message, and the landing page says again that all functions work."""
    return await _restored(walk, _functions(walk))


async def _restored(walk: Journey, names: list[str]) -> str:
    outage = walk.lost

    async def look() -> Mapping[str, Any] | None:
        messages = await walk.place.messages(outage.messages_before)
        return next((each for each in messages if "restored" in each["subject"].lower()), None)

    async def all_work() -> bool:
        return (await walk.stranger.open("/")).says(ALL_WORK)

    message = await until(look, within=_RECOVERY_WITHIN, waiting_for="the recovery message in CMS's mailbox")
    await until(all_work, within=_TOLD_WITHIN, waiting_for=f"“{ALL_WORK}” on the landing page")
    for words in ("Ended: ", "Duration: ", *(f"- {name}" for name in names)):
        if words not in message["body"]:
            raise UnexpectedError(f"“{words}” in the recovery message", f"“{message['body']}”")
    return f"start → recovery message {_accepted_after(outage.started_at, message):.1f} s: “{message['subject']}”"


def _accepted_after(moment: float, message: Mapping[str, Any]) -> float:
    """Seconds from `moment` of the steady clock to when the mailbox accepted the message."""
    now = SystemClock().now()
    accepted = type(now).fromisoformat(message["received_at"])
    return time.monotonic() - moment - (now - accepted).total_seconds()


async def everything_works(walk: Journey) -> str:
    """The landing page says that all functions work."""

    async def look() -> bool:
        return (await walk.biller.open("/")).says(ALL_WORK)

    # A portal that has just started is watched for a few seconds before anything is said of it.
    await until(look, within=_RECOVERY_WITHIN, waiting_for=f"“{ALL_WORK}” on the landing page")
    expect(walk.biller.page, 200, *(each.name for each in walk.place.deployment.functions))
    return f"{len(walk.place.deployment.functions)} functions of contract {walk.place.deployment.contract_id}"
