"""A function is killed and comes back: what people, programs and CMS see of it."""

import time
from collections.abc import Mapping
from typing import Any

from libs.common.clock import SystemClock
from tools.walk.journey import Journey, Outage, expect
from tools.walk.place import until
from tools.walk.telling import UnexpectedError

SERVICE = "claims"
ALL_WORK = "All functions work."
_TOLD_WITHIN = 30.0
_BACK_WITHIN = 60.0
_RECOVERY_WITHIN = 90.0


def _functions(walk: Journey) -> list[str]:
    """The names in Appendix 9.1 of what the killed service does."""
    return [each.name for each in walk.place.deployment.functions if each.service == SERVICE]


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
    outage, names = walk.lost, _functions(walk)

    async def look() -> str | None:
        page = await walk.stranger.open("/")
        told = page.root.first(where=lambda each: each["id"] == "interruption")
        return told.text if told and all(name in told.text for name in names) else None

    sentence = await until(look, within=_TOLD_WITHIN, waiting_for="a banner that names what is not available")
    seconds = time.monotonic() - outage.killed_at
    landing = walk.stranger.page
    expect(landing, 200, "Other functions work", *names)
    expect(await walk.biller.open("/claims"), 503, *names)
    return f"outage → banner {seconds:.1f} s: “{sentence}”"


async def told_to_cms(walk: Journey) -> str:
    """CMS's mailbox has the contractor alert: contract, names of the functions, start and detection."""
    outage, contract = walk.lost, walk.place.deployment.contract_id

    async def look() -> Mapping[str, Any] | None:
        messages = await walk.place.messages(outage.messages_before)
        return next((each for each in messages if "interruption" in each["subject"].lower()), None)

    message = await until(look, within=_TOLD_WITHIN, waiting_for="a contractor alert in CMS's mailbox")
    for words in (f"Contract: {contract}", "Started: ", "Detected: ", *(f"- {name}" for name in _functions(walk))):
        if words not in message["body"]:
            raise UnexpectedError(f"“{words}” in the alert", f"“{message['body']}”")
    return f"outage → alert {_accepted_after(outage.killed_at, message):.1f} s: “{message['subject']}”"


async def back(walk: Journey) -> str:
    """Start claims again: its pages are its own again, and nobody had to sign in anew."""
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
    outage = walk.lost

    async def look() -> Mapping[str, Any] | None:
        messages = await walk.place.messages(outage.messages_before)
        return next((each for each in messages if "restored" in each["subject"].lower()), None)

    async def all_work() -> bool:
        return (await walk.stranger.open("/")).says(ALL_WORK)

    message = await until(look, within=_RECOVERY_WITHIN, waiting_for="the recovery message in CMS's mailbox")
    await until(all_work, within=_TOLD_WITHIN, waiting_for=f"“{ALL_WORK}” on the landing page")
    for words in ("Ended: ", "Duration: ", *(f"- {name}" for name in _functions(walk))):
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
