"""Somebody whom nobody knows registers by themselves, and signs in for the first time."""

import re
import secrets

import httpx
import pyotp

from libs.common.clock import SystemClock
from tools.walk.journey import Journey, expect
from tools.walk.person import Page
from tools.walk.place import until
from tools.walk.telling import UnexpectedError

_ABOUT = {
    "Birth date": "02/03/1980",
    "Phone number": "(614) 555-0142",
    "Street address": "12 Lantern Lane",
    "City": "Fernmoor",
    "State": "OH",
    "ZIP code": "45001",
}
_CODE = re.compile(r"Your code is ([0-9]{6})")


async def visitor_registers(walk: Journey) -> str:
    """New User Registration to its end: ten recovery codes, of which the first is kept for the first sign-in."""
    person, user = walk.visitor, walk.visitor.user
    before = len(await walk.place.messages())
    await person.open("/register")
    await person.follow("Begin")
    named = {"First name": user.first_name, "Last name": user.last_name, "Email address": user.email}
    await person.submit("Continue", {**_ABOUT, **named, "I have read this statement and agree": "yes"})

    async def mailed() -> str | None:
        letters = [each for each in await walk.place.messages(before) if user.email in each["recipients"]]
        found = _CODE.search(letters[-1]["body"]) if letters else None
        return found[1] if found else None

    code = await until(mailed, within=30, waiting_for="the code that confirms the address")
    expect(await person.submit("Continue", {"Code": code}), 200, "Check my identity")
    agreed = {"Social Security number": _number(), "I agree that my identity is checked this way": "yes"}
    expect(await person.submit("Check my identity", agreed), 200, "Read the terms")
    await person.submit("Accept and continue", {"I have read these terms and accept them": "yes"})
    shown = pyotp.TOTP(_secret(person.page)).at(SystemClock().now())
    expect(await person.submit("Confirm", {"Code": shown}), 200, "User ID and password")
    chosen = {"User ID": user.user_id, "New password": user.password, "New password again": user.password}
    page = await person.submit("Complete registration", chosen)
    expect(page, 200, "We have your registration", "never shown again")
    walk.recovery_codes = tuple(re.findall(r"(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}", page.main.text))
    return f"{user.user_id} is registered, with {len(walk.recovery_codes)} recovery codes"


async def visitor_signs_in(walk: Journey) -> str:
    """A recovery code is at hand at once; the next code of the authenticator would be half a minute away."""
    person, user = walk.visitor, walk.visitor.user
    if not walk.recovery_codes:
        raise UnexpectedError("recovery codes", "none, because an earlier step failed")
    await person.open("/sign-in")
    known = {"User ID": user.user_id, "Password": user.password, "I have read this notice and accept it": "yes"}
    await person.submit("Sign in", known)
    await person.follow("Use a recovery code")
    await person.submit("Continue", {"Recovery code": walk.recovery_codes[0]})

    async def opened() -> Page | None:
        # Auth waits for its own copy of an access that is moments old.
        page = await person.open("/auth/organization")
        return page if page.status != httpx.codes.SERVICE_UNAVAILABLE else None

    await until(opened, within=30, waiting_for="a page of the new account")
    expect(await person.sign_documents(), 200)
    page = await until(opened, within=30, waiting_for="the page that asks for the organization")
    expect(page, 200, "Say for which organization you work")
    return f"{user.user_id} is asked for an organization"


def _number() -> str:
    """A number that the simulated partner agrees to, of a person who did not register before."""
    return f"900{secrets.randbelow(90):02}{secrets.randbelow(9_000) + 1_000:04}"


def _secret(page: Page) -> str:
    """What the page shows for an authenticator."""
    for each in page.main.all(where=lambda each: bool(re.fullmatch(r"[A-Z2-7]{32}", each["data-copy"]))):
        return each["data-copy"]
    raise UnexpectedError("the secret of an authenticator", f"“{page.heading}”")
