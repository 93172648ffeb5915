"""`kill -9` of each process in turn while a file of 5,000 claims is on its way: nothing is lost, nothing is doubled."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
import pytest

from simulators.population import Population, claim_file
from tests.support.portal import WholePortal, whole_portal
from tools.walk.journey import today
from tools.walk.place import until
from tools.walk.program import Program

CLAIMS, FAULTY = 5_000, 20
# Those that stand between the sender and the portal are killed while the file is still arriving.
WHILE_IT_ARRIVES = ("gateway", "claims-api")
WHILE_IT_IS_READ = ("claims-worker", "claims-relay", "notifier-worker", "notifier-stream", "kafka", "postgresql")
VICTIMS = (*WHILE_IT_ARRIVES, *WHILE_IT_IS_READ)

WAITING = {"outbox": "SELECT count(*) FROM outbox", "parked": "SELECT count(*) FROM parked"}

pytestmark = pytest.mark.timeout(600)


@dataclass
class Sending:
    """One file and the key under which it is sent until it is taken."""

    content: bytes
    key: str


def file_for(number: int) -> Sending:
    pieces = claim_file(
        received=today(),
        claims=CLAIMS,
        faulty=FAULTY,
        seed=1000 + number,
        organization=Population().provider_organization(1),
        control_number=1000 + number,
    )
    return Sending(b"".join(pieces), str(uuid4()))


async def taken(program: Program, sending: Sending, half_way: Callable[[], None] | None = None) -> UUID:
    """Send until the portal has it, as a careful program does: always under the same key.

    `half_way` is called once, when half of the first attempt has gone.
    """
    told = half_way is None

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal told
        middle = len(sending.content) // 2
        yield sending.content[:middle]
        if not told and half_way is not None:
            told = True
            half_way()
        for start in range(middle, len(sending.content), 1 << 18):
            await asyncio.sleep(0)
            yield sending.content[start : start + (1 << 18)]

    async def attempt() -> UUID | None:
        try:
            answer = await program.send_file(pieces(), key=sending.key)
        except httpx.TransportError:
            return None
        assert answer.status_code in (202, 500, 502, 503, 504), answer.text
        return UUID(answer.json()["submission_id"]) if answer.status_code == 202 else None

    return await until(attempt, within=90, waiting_for="a portal that takes the file")


async def under_way(portal: WholePortal, submission_id: UUID) -> None:
    """Return when claims of the submission are being stored."""

    async def storing() -> bool:
        row = (
            await portal.rows(
                "claims", "SELECT state, next_chunk FROM submission WHERE submission_id = $1", submission_id
            )
        )[0]
        return row["next_chunk"] > 0 or row["state"] == "acknowledged"

    await until(storing, within=60, waiting_for="claims that are being stored", pause=0.02)


@pytest.fixture(scope="module")
async def portal() -> AsyncIterator[WholePortal]:
    async with whole_portal(split=("claims", "notifier")) as whole:
        yield whole


async def test_nothing_is_lost_or_doubled(portal: WholePortal) -> None:
    files = {victim: file_for(number) for number, victim in enumerate(VICTIMS)}
    submissions: dict[str, UUID] = {}
    async with portal.program() as program:
        await signed_in(program)
        for victim in WHILE_IT_ARRIVES:
            deaths: list[asyncio.Task[None]] = []
            submissions[victim] = await taken(
                program,
                files[victim],
                lambda victim=victim, deaths=deaths: deaths.append(asyncio.create_task(portal.killed(victim))),
            )
            await asyncio.gather(*deaths)
            assert deaths
        for victim in WHILE_IT_IS_READ:
            submissions[victim] = await taken(program, files[victim])
            await under_way(portal, submissions[victim])
            await portal.killed(victim)

    at_rest = await settled(portal, len(files))
    assert len(set(submissions.values())) == len(files)
    assert at_rest == {
        "submissions": len(files),
        "acknowledged": len(files),
        "claims": CLAIMS * len(files),
        "places in files": CLAIMS * len(files),
        "not accepted": FAULTY * len(files),
        "control numbers": (CLAIMS - FAULTY) * len(files),
        "outbox": 0,
        "parked": 0,
        "told: submissions-received": len(files),
        "told: submissions-acknowledged": len(files),
        "told: claims-accepted": (CLAIMS - FAULTY) * len(files),
        "told: claims-rejected": FAULTY * len(files),
    }


async def signed_in(program: Program) -> None:
    """The accounts of the demonstration are taken in while the portal starts."""

    async def attempt() -> bool:
        try:
            await program.sign_in()
        except httpx.HTTPStatusError:
            return False
        return True

    await until(attempt, within=60, waiting_for="the vendor's account", pause=4)


async def settled(portal: WholePortal, files: int) -> dict[str, int]:
    """The figures of when every file was answered, everything published, and every claim answered from behind.

    A moment later the outbox may have new rows: the shared system goes on to decide the claims.
    """

    async def done() -> dict[str, int] | None:
        now = await figures(portal)
        told = now["told: claims-accepted"] + now["told: claims-rejected"]
        open_claims = await portal.value("claims", "SELECT count(*) FROM claim WHERE state = 'accepted'")
        at_rest = now["acknowledged"] >= files and now["outbox"] == 0 and now["parked"] == 0
        return now if at_rest and told >= CLAIMS * files and open_claims == 0 else None

    try:
        return await until(done, within=180, waiting_for="the end of all work", pause=1)
    except TimeoutError as late:
        raise AssertionError(f"{late}: {await figures(portal)}") from late


async def figures(portal: WholePortal) -> dict[str, int]:
    """What stands in the databases of claims and notifier."""
    row = (
        await portal.rows(
            "claims",
            "SELECT (SELECT count(*) FROM submission) AS submissions,"
            " (SELECT count(*) FROM submission WHERE state = 'acknowledged') AS acknowledged,"
            ' count(*) AS claims, count(DISTINCT (submission_id, ordinal)) AS "places in files",'
            " count(*) FILTER (WHERE state = 'not-accepted') AS \"not accepted\","
            ' count(DISTINCT internal_control_number) AS "control numbers" FROM claim',
        )
    )[0]
    found: dict[str, int] = dict(row)
    for name, query in WAITING.items():
        found[name] = sum([await portal.value(service, query) for service in ("claims", "notifier")])
    for told in await portal.rows(
        "notifier", "SELECT counter, sum(count)::bigint AS total FROM function_activity GROUP BY counter"
    ):
        found[f"told: {told['counter']}"] = told["total"]
    return {f"told: {name}": 0 for name in ("claims-accepted", "claims-rejected")} | found
