"""A remittance from the shared system: handed over, read and balanced, posted, its events taken in by appeals.

The clock of `posted` runs from the event published until the payment stands in PostgreSQL; that of `told` until appeals
knows of every claim of it. The portal knew all claims before, so each causes an event. The plain floor: the same rows
of claims and lines written by COPY in one transaction, with nothing read, sealed, judged or told.
"""

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from json import dumps
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bench.events import runtime
from bench.measuring import line, percentile, platform, watch_memory
from libs.common.clock import SystemClock
from libs.common.contracts.envelope import Message, Origin, seal_envelope
from libs.common.contracts.partner import RemittanceAdvice
from libs.common.document_store import PARTNER_REMITTANCE
from libs.common.ids import derived_id
from libs.common.messaging.kafka import KafkaPublisher
from libs.common.runtime import Runtime
from libs.common.settings import DatabaseRole
from libs.partners.handover import PartnerExchange, advice_place
from services.remittance.advice.tables import known_claim, remitted_claim, remitted_line
from simulators.population import Enrollment, Population
from simulators.remittances import remittance, remittance_file
from tools.walk.place import until

_NEEDED = ("auth", "enrollment_feeds", "remittance", "appeals")
_SPLIT = ("remittance", "appeals")
_ROUNDS = 3
_LARGE = 5_000
_SMALL, _SMALL_FILES = 25, 100
_LOOK_SECONDS = 0.05


class _Bench:
    """The shared system's side of the counter, and what the databases of both services hold by now."""

    def __init__(self, within: Runtime, publisher: KafkaPublisher) -> None:
        self._within = within
        self._publisher = publisher
        self._counter = PartnerExchange(within.settings, within.keys, PARTNER_REMITTANCE)
        self._today = SystemClock().now().date()
        self._numbers = itertools.count(1)
        self._remittance = _engine(within, "remittance", "work")
        self._appeals = _engine(within, "appeals", "work")
        self._population = Population()

    async def close(self) -> None:
        await self._remittance.dispose()
        await self._appeals.dispose()

    @property
    def enrollment(self) -> Enrollment:
        """Who is paid."""
        return self._population.enrollments[0]

    async def paid_enrollment_is_known(self) -> bool:
        """Whether remittance has its copy of who is enrolled."""
        return await _number(self._remittance, "SELECT count(*) FROM access_organization") > 0

    async def hand_over(self, claims: int) -> Message:
        """An 835 of claims that the portal knows, sealed and ready to be published. Each is of a day of its own."""
        number = next(self._numbers)
        issued = self._today - timedelta(days=number)
        await self._know(issued, claims)
        advice_id = derived_id("bench", "advice", number)
        pieces = remittance_file(issued=issued, claims=claims, control_number=number)
        given = await asyncio.to_thread(self._counter.give, pieces, place=advice_place(advice_id))
        event = RemittanceAdvice(advice_id=advice_id, lane=self.enrollment.npi, claims=claims, **asdict(given))
        origin = Origin(actor="partner:bench", correlation_id=str(advice_id))
        return seal_envelope(event, event_id=advice_id, source_name="bench", at=SystemClock().now(), origin=origin)

    async def _know(self, issued: date, claims: int) -> None:
        numbers = [each.payer_claim_control_number for each in remittance(issued=issued, claims=claims).claims]
        async with self._within.database.work(self._within) as work:
            work.insert(
                known_claim,
                [
                    {
                        "internal_control_number": number,
                        "claim_id": derived_id("bench", "claim", number),
                        "enrollment_id": self.enrollment.enrollment_id,
                    }
                    for number in numbers
                ],
            )

    async def post(self, messages: Sequence[Message], claims: int) -> tuple[float, float]:
        """Seconds until `messages` with `claims` claims together are posted, and until appeals knows of all."""
        payments, told = await self._payments(), await self._told()

        async def all_posted() -> bool:
            return await self._payments() - payments == len(messages)

        async def all_told() -> bool:
            return await self._told() - told == claims

        started = time.perf_counter()
        await self._publisher.publish(messages)
        await until(all_posted, within=120, waiting_for="the payments", pause=_LOOK_SECONDS)
        posted = time.perf_counter() - started
        await until(all_told, within=120, waiting_for="what appeals is told", pause=_LOOK_SECONDS)
        return posted, time.perf_counter() - started

    async def _payments(self) -> int:
        return await _number(self._remittance, "SELECT count(*) FROM remittance")

    async def _told(self) -> int:
        return await _number(self._appeals, "SELECT count(*) FROM remitted_claim")

    async def floor(self) -> float:
        """Seconds for the rows of the largest remittance, written by COPY into tables of the same form."""
        tables = (remitted_claim.name, remitted_line.name)
        rows: dict[str, list[tuple[Any, ...]]] = {}
        async with self._remittance.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            largest = await driver.fetchval("SELECT remittance_id FROM remittance ORDER BY claims DESC LIMIT 1")
            for name in tables:
                found = await driver.fetch(f"SELECT * FROM {name} WHERE remittance_id = $1", largest)  # noqa: S608
                rows[name] = [tuple(dumps(one) if isinstance(one, list) else one for one in row) for row in found]
        owner = _engine(self._within, "remittance", "owner")
        async with owner.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            for name in tables:
                await driver.execute(f"CREATE TABLE floor_of_{name} (LIKE {name} INCLUDING ALL)")
            started = time.perf_counter()
            async with driver.transaction():
                for name in tables:
                    await driver.copy_records_to_table(f"floor_of_{name}", records=rows[name])
            seconds = time.perf_counter() - started
        await owner.dispose()
        return seconds


def _engine(within: Runtime, service: str, role: DatabaseRole) -> AsyncEngine:
    """A connection of the bench's own. Row security hides what is counted from the owner, not from the work role."""
    return create_async_engine(within.settings.database(service, role), pool_size=1)


async def _number(engine: AsyncEngine, statement: str) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(sa.text(statement))).scalar_one())


async def run() -> None:
    """Post one small remittance to warm up, then large ones alone and small ones in a row."""
    async with platform(*_NEEDED, split=_SPLIT) as portal, runtime("remittance", portal.settings) as within:
        publisher = KafkaPublisher(portal.settings.kafka, client="bench")
        await publisher.start()
        bench = _Bench(within, publisher)
        await until(bench.paid_enrollment_is_known, within=60, waiting_for="the copy of access")
        await bench.post([await bench.hand_over(_SMALL)], _SMALL)
        stop, peaks = asyncio.Event(), dict[str, float]()
        watching = asyncio.create_task(watch_memory(portal, ("remittance", "appeals"), stop, peaks))
        large = [await bench.post([await bench.hand_over(_LARGE)], _LARGE) for _ in range(_ROUNDS)]
        files = [await bench.hand_over(_SMALL) for _ in range(_SMALL_FILES)]
        small = await bench.post(files, _SMALL * _SMALL_FILES)
        stop.set()
        await watching
        floor = await bench.floor()
        await bench.close()
        await publisher.stop()
    line(
        "remittance-post",
        claims=_LARGE,
        posted_per_second=_LARGE / percentile([posted for posted, _ in large], 0.5),
        told_per_second=_LARGE / percentile([told for _, told in large], 0.5),
        floor_per_second=_LARGE / floor,
        small_claims=_SMALL,
        small_remittances_per_second=_SMALL_FILES / small[0],
        small_told_per_second=_SMALL_FILES / small[1],
        **{f"{name}_peak_mb": peak for name, peak in sorted(peaks.items())},
    )
