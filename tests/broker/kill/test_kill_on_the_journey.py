"""`kill -9` of each process and simulator once while claims, payments and an appeal travel: nothing lost or doubled."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.portal import WholePortal, whole_portal
from tools.walk import access, appeals, claims, eligibility, remittance
from tools.walk.journey import Journey, journey
from tools.walk.place import until

# Who dies, by what is on its way then. The mail server and its sender die last, with a mail between them.
WITH_CLAIMS = ("claims-api", "claims-worker", "claims-relay", "gateway")
WITH_AN_INQUIRY = ("hets", "eligibility")
WITH_A_PAYMENT = ("shared_system", "remittance", "kafka")
WITH_AN_APPEAL = ("appeals", "portal", "notifier-stream", "notifier-relay")
WITH_AN_ORDER = ("postgresql", "auth")
WITH_A_MAIL = ("cms_mailbox", "notifier-worker", "notifier-api")
VICTIMS = (*WITH_CLAIMS, *WITH_AN_INQUIRY, *WITH_A_PAYMENT, *WITH_AN_APPEAL, *WITH_AN_ORDER, *WITH_A_MAIL)
DONE_ONCE = {"keys", "topics", "migrate", "enrollment_feeds"}

ACCEPTED = claims.CLAIMS - claims.FAULTY
SERVICES = ("auth", "eligibility", "claims", "remittance", "appeals", "notifier", "portal")

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
async def portal() -> AsyncIterator[WholePortal]:
    async with whole_portal(split=("claims", "notifier")) as whole:
        yield whole


async def test_the_journey_outlives_every_process(portal: WholePortal, tmp_path: Path) -> None:
    assert {one.name for one in portal.portal.status()} - DONE_ONCE == set(VICTIMS)
    async with journey(portal.place, portal.codes, tmp_path) as walk:
        for step in (access.biller_signs_in, access.biller_accepts_rules, access.biller_chooses_npi):
            await step(walk)
        await claims.biller_uploads(walk)
        await all_killed(portal, WITH_CLAIMS)
        asked = asyncio.create_task(eligibility.ask(walk))
        await all_killed(portal, WITH_AN_INQUIRY)
        await asyncio.wait([asked])
        for step in (
            eligibility.patient_is_entitled,
            claims.acknowledged_in_words,
            claims.accepted_and_not,
            claims.statuses_arrive,
            remittance.payment_is_expected,
        ):
            await step(walk)
        await all_killed(portal, WITH_A_PAYMENT)
        for step in (
            remittance.remittance_arrives,
            remittance.reasons_in_words,
            appeals.rights_are_told,
            appeals.appeal_is_filed,
        ):
            await step(walk)
        await all_killed(portal, WITH_AN_APPEAL)
        await appeals.reviewer_decides(walk)
        await all_killed(portal, WITH_AN_ORDER)
        await appeals.adjusted_and_paid(walk)
        await walk.administrator.sign_in()
        await access.administrator_declines_npi(walk)
        await all_killed(portal, WITH_A_MAIL)
        await access.user_is_mailed(walk)
        await settled(portal)
        print(await figures(portal, walk))


async def all_killed(portal: WholePortal, names: tuple[str, ...]) -> None:
    """Kill all of them side by side and wait until the whole portal serves again."""
    await asyncio.gather(*(portal.killed(name) for name in names))
    await portal.portal.wait_ready(within=60)


async def settled(portal: WholePortal) -> None:
    """Return when nothing waits anywhere to be sent or done again."""

    async def done() -> bool:
        waiting = "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM parked)"
        return not any([await portal.value(service, waiting) for service in SERVICES])

    await until(done, within=60, waiting_for="the end of all work", pause=0.5)


async def figures(portal: WholePortal, walk: Journey) -> dict[str, object]:
    for service, table in (("claims", "SELECT category, status_code, version, count(*), count(distinct claim_id) FROM claim_status group by 1,2,3 order by 3,1"),
        ("claims", "select state, count(*), sum(paid_cents) from claim group by 1"), ("remittance", "SELECT * from remittance"),
        ("remittance", "SELECT remittance_id, status, sequence, count(*), count(distinct internal_control_number), count(claim_id), sum(paid_cents) from remitted_claim group by 1,2,3"),
        ("remittance", "SELECT count(*) from known_claim"), ("appeals", "select number, outcome from appeal"), ("appeals", "select sequence, status, count(*) from remitted_claim group by 1,2"),
        ("appeals", "select count(*) from finalized_claim"), ("claims", "select action, object_kind, count(*), count(distinct object_id) from audit group by 1,2"),
        ("notifier", "select counter, sum(count) from function_activity group by 1"), ("notifier", "select * from message"),
        ("eligibility", "select state, count(*) from inquiry group by 1"), ("portal", "select table_name from information_schema.tables where table_schema='public'")):
        print(service, *(await portal.rows(service, table)), sep="\n   ")
    with closing(sqlite3.connect(portal.state / "shared_system" / "progress.sqlite")) as seen:
        print(seen.execute("SELECT is_order, answered, claims, problem FROM part").fetchall())
    print([(m["subject"], m["recipients"]) for m in await portal.place.messages()])
    return {}
