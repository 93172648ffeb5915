"""`kill -9` of each process and simulator once while claims, payments and an appeal travel: nothing lost or doubled."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.portal import WholePortal, whole_portal
from tools.walk import access, appeals, claims, eligibility, hospital, remittance
from tools.walk.journey import Journey, journey
from tools.walk.place import until

# Who dies, by what is on its way then. The mail server and its sender die last, with a mail between them.
WITH_CLAIMS = ("claims-api", "claims-worker", "claims-relay", "gateway")
WITH_AN_INQUIRY = ("hets", "mbi_look_up", "eligibility")
WITH_A_PAYMENT = ("shared_system", "remittance", "kafka")
WITH_AN_APPEAL = ("appeals", "portal", "notifier-stream", "notifier-relay")
WITH_AN_ORDER = ("postgresql", "auth", "phone_messages", "proofing")
WITH_A_RECONSIDERATION = ("qic",)
WITH_A_MAIL = ("cms_mailbox", "notifier-worker", "notifier-api")
VICTIMS = (
    *WITH_CLAIMS, *WITH_AN_INQUIRY, *WITH_A_PAYMENT, *WITH_AN_APPEAL, *WITH_AN_ORDER, *WITH_A_MAIL,
    *WITH_A_RECONSIDERATION,
)  # fmt: skip
DONE_ONCE = {"keys", "topics", "migrate", "enrollment_feeds"}

ACCEPTED = claims.CLAIMS - claims.FAULTY + 1
"""Those of the practice that have no fault, and the one of the hospital."""
SERVICES = ("auth", "eligibility", "claims", "remittance", "appeals", "notifier", "portal")

PROCESSED, REVERSED = "1", "22"
"""CLP02: as primary, whether it was paid or denied, and taken back (X12 RFI 1423)."""

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
async def portal() -> AsyncIterator[WholePortal]:
    async with whole_portal(split=("claims", "notifier")) as whole:
        yield whole


async def test_the_journey_outlives_every_process(portal: WholePortal, tmp_path: Path) -> None:
    assert {one.name for one in portal.portal.status()} - DONE_ONCE == set(VICTIMS)
    async with journey(portal.place, portal.codes, tmp_path) as walk:
        for step in (access.biller_signs_in, access.biller_signs_documents, access.biller_chooses_npi):
            await step(walk)
        await claims.biller_uploads(walk)
        await all_killed(portal, WITH_CLAIMS)
        # By another search than the one that follows: what was sent and has no answer is not sent again for 90 s.
        asked = asyncio.create_task(eligibility.ask(walk, birth_date=""))
        await all_killed(portal, WITH_AN_INQUIRY)
        await asyncio.wait([asked])
        for step in (
            eligibility.patient_is_entitled,
            claims.acknowledged_in_words,
            claims.accepted_and_not,
            claims.statuses_arrive,
            hospital.hospital_claim_is_accepted,
            hospital.hospital_claim_is_decided,
            remittance.payment_is_expected,
        ):
            await step(walk)
        await all_killed(portal, WITH_A_PAYMENT)
        for step in (
            remittance.remittance_arrives,
            remittance.reasons_in_words,
            hospital.hospital_claim_is_remitted,
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

        assert await figures(portal) == {
            "claims": claims.CLAIMS + 1,
            "taken in by the shared system": ACCEPTED,
            "decided": ACCEPTED,
            "decided again": 1,
            "adjusted": 1,
            "adjustments ordered": 1,
            "orders": 1,
            "claims known to remittance": ACCEPTED,
            "remittances": 3,
            "appeals": 1,
            "mails": 1,
            "inquiries answered": 1,
            "told: submissions-received": 2,
            "told: submissions-acknowledged": 2,
            "told: claims-accepted": ACCEPTED,
            "told: claims-rejected": claims.FAULTY,
            "told: inquiries-answered": 1,
            "told: remittances-posted": 3,
            "told: appeals-filed": 1,
            "told: roles-removed": 1,
        }
        await paid_once(portal, appealed=next(iter(walk.denied)))
        mails = [each for each in await portal.place.messages() if walk.biller.user.email in each["recipients"]]
        assert len(mails) == 1
        await reconsidered_once(portal, walk)


async def reconsidered_once(portal: WholePortal, walk: Journey) -> None:
    """Another appeal goes on to the QIC, which dies with it on its way: received once, decided once."""
    await appeals.another_is_refused(walk)
    asked = asyncio.create_task(appeals.reconsideration_is_asked_for(walk))
    await all_killed(portal, WITH_A_RECONSIDERATION)
    await asked
    await appeals.qic_decides(walk)
    await settled(portal)
    with closing(sqlite3.connect(portal.state / "qic" / "cases.sqlite")) as cases:
        [(number, decision)] = cases.execute("SELECT number, decision FROM file").fetchall()
    assert (number, bool(decision)) == (1, True)
    received = "SELECT count(*) FROM audit WHERE action = 'forward'"
    decided = "SELECT count(*) FROM audit WHERE action = 'decide' AND object_kind = 'reconsideration'"
    assert [await portal.value("appeals", each) for each in (received, decided)] == [1, 1]


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


async def figures(portal: WholePortal) -> dict[str, int]:
    """What stands in the databases, at the shared system and in the mailbox."""
    found = {
        name: await portal.value(service, f"SELECT {what}")
        for service, name, what in (
            ("claims", "claims", "count(*) FROM claim"),
            ("claims", "taken in by the shared system", "count(*) FROM claim_status WHERE version = 1"),
            ("claims", "decided", "count(*) FROM claim_status WHERE version = 2"),
            ("claims", "decided again", "count(*) FROM claim_status WHERE version > 2"),
            ("claims", "adjusted", "count(*) FROM claim WHERE state = 'adjusted'"),
            ("claims", "adjustments ordered", "count(*) FROM audit WHERE action = 'order-adjustment'"),
            ("remittance", "claims known to remittance", "count(*) FROM known_claim"),
            ("remittance", "remittances", "count(*) FROM remittance"),
            ("appeals", "appeals", "count(*) FROM appeal"),
            ("notifier", "mails", "count(*) FROM message WHERE state = 'accepted'"),
            ("eligibility", "inquiries answered", "count(*) FROM inquiry WHERE state = 'answered'"),
        )
    }
    for told in await portal.rows(
        "notifier", "SELECT counter, sum(count)::bigint AS total FROM function_activity GROUP BY counter"
    ):
        found[f"told: {told['counter']}"] = told["total"]
    with closing(sqlite3.connect(portal.state / "shared_system" / "progress.sqlite")) as progress:
        found["orders"] = progress.execute("SELECT count(*) FROM part WHERE is_order").fetchone()[0]
    return found


async def remitted(portal: WholePortal) -> dict[str, list[tuple[int, str]]]:
    """By ICN, which remittances spoke of it, as sequence and CLP02."""
    found: dict[str, list[tuple[int, str]]] = {}
    for row in await portal.rows(
        "remittance", "SELECT internal_control_number, sequence, status FROM remitted_claim ORDER BY sequence"
    ):
        found.setdefault(row["internal_control_number"], []).append((row["sequence"], row["status"]))
    return found


async def paid_once(portal: WholePortal, *, appealed: str) -> None:
    """Each decided claim is remitted once, the appealed one taken back and paid too; the sums agree everywhere."""
    decided = await portal.rows(
        "claims",
        "SELECT internal_control_number AS number FROM claim"
        " WHERE state NOT IN ('not-accepted', 'information-requested')",
    )
    by_number = await remitted(portal)
    assert by_number.keys() == {row["number"] for row in decided}
    assert [sequence for sequence, _ in by_number[appealed]] == [1, 2, 3]
    assert [status for _, status in by_number.pop(appealed)] == [PROCESSED, REVERSED, PROCESSED]
    assert {len(each) for each in by_number.values()} == {1}
    in_claims = await portal.value("claims", "SELECT sum(paid_cents) FROM claim")
    in_payments = await portal.value("remittance", "SELECT sum(paid_cents) FROM remittance")
    in_lines = await portal.value("remittance", "SELECT sum(paid_cents) FROM remitted_line")
    of_claims = await portal.value("remittance", "SELECT sum(paid_cents) FROM remitted_claim")
    assert in_claims == in_payments == of_claims == in_lines > 0
