"""Recertification as a test meets it: the page of an administrator, what it shows and what it sends."""

import re
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from libs.common.access import AccessCopy
from libs.common.security.decision import Resource, decide
from libs.common.security.permissions import CLAIM_STATUS
from libs.common.security.tokens import verify_internal_token
from services.auth.access.tables import membership, user_account, user_grant
from services.auth.recertification.pages import PAGE
from tests.support.auth import ADMINISTRATOR, BILLER, JUNIPER, OTHER_ADMINISTRATOR, RIVERSIDE, Auth, Browser

FIRST, SECOND = (each.enrollment_id for each in RIVERSIDE.enrollments)
FOREIGN = JUNIPER.enrollments[0].enrollment_id
YEAR = 365
NAME, OTHER_NAME = (f"{each.first_name} {each.last_name}" for each in (ADMINISTRATOR, OTHER_ADMINISTRATOR))


def row(user_id: object = BILLER.user_uuid, enrollment_id: object = SECOND) -> str:
    """The name under which the decision about one user and one enrollment is sent."""
    return f"decide.{user_id}.{enrollment_id}"


async def shown(browser: Browser) -> dict[str, str]:
    """What the page has before it about each row: the value of its decision without the verdict."""
    page = await browser.through("GET", PAGE)
    assert page.status_code == 200, page.text
    return dict(re.findall(r'name="(decide\.[^"]+)" value="certify\.([0-9a-f]+)"', page.text))


async def send(browser: Browser, chosen: dict[str, str], **form: str) -> tuple[int, str]:
    """Send the form with these decisions. Status, and where it leads or what it says."""
    body = {"csrf": await browser.csrf(), "idempotency_key": str(uuid4()), "signer": NAME, **chosen, **form}
    answer = await browser.through("POST", PAGE, data=body)
    return answer.status_code, answer.headers.get("location") or answer.text


async def choose(browser: Browser, verdict: str, *rows: str) -> dict[str, str]:
    """Rows with a verdict, as the page shows them now."""
    seen = await shown(browser)
    return {name: f"{verdict}.{seen[name]}" for name in rows}


async def grants(auth: Auth, user_id: UUID = BILLER.user_uuid) -> dict[UUID, set[datetime]]:
    """Until when a user is certified for each enrollment they can reach."""
    found: dict[UUID, set[datetime]] = {}
    for each in await auth.rows(user_grant):
        if each.user_id == user_id:
            found.setdefault(each.enrollment_id, set()).add(each.certified_until)
    return found


async def may_read(auth: Auth, browser: Browser) -> str:
    """What a service that has auth's records decides for this browser's next request."""
    decided = await browser.authorize("GET", "/auth")
    principal = verify_internal_token(auth.web, decided.headers["authorization"])
    facts = await AccessCopy(auth.work).facts(principal)
    return decide(facts, CLAIM_STATUS, Resource(principal.enrollment_id), principal, auth.clock.now()).reason


async def act_for(browser: Browser, enrollment_id: UUID) -> int:
    form = {"csrf": await browser.csrf(), "acting": str(enrollment_id), "return_to": "/claims"}
    return (await browser.through("POST", "/session/acting", data=form)).status_code


async def many_users(auth: Auth, count: int) -> None:
    """More users of the clinic, each certified for one function of its first NPI for most of a year."""
    users = [uuid4() for _ in range(count)]
    async with auth.work.database.work(auth.work) as work:
        like = {}
        for table in (user_account, membership):
            found = await work.execute(sa.select(table).where(table.c.user_id == BILLER.user_uuid))
            like[table] = dict(found.one()._mapping)
        grant = {
            "enrollment_id": FIRST,
            "permission": CLAIM_STATUS.name,
            "effective": auth.clock.now(),
            "certified_until": auth.clock.now() + timedelta(days=300),
        }
        named = [{"user_id": each, "login": f"USER{place:04}"} for place, each in enumerate(users)]
        await work.execute(user_account.insert(), [like[user_account] | each for each in named])
        await work.execute(membership.insert(), [like[membership] | {"user_id": each} for each in users])
        await work.execute(user_grant.insert(), [grant | {"user_id": each} for each in users])
