"""An 837P through the gateway: uploaded, validated, stored, its events consumed by a second service, answered.

The clock runs from the first byte sent until every claim is stored, its event counted by the notifier, and the 999 and
277CA can be downloaded. Meanwhile another program reads a page of submissions ten times a second: its 95th percentile
is the price others pay. What all processes of the portal used of the processor depends less than the rest on what else
the machine is doing. Everything runs on this machine, processes apart as in a deployment, fsync on; only the simulated
shared system holds its answers, because the real one has machines of its own.
Goal: 5,000 claims/s, that percentile under 50 ms, memory flat from 5,000 to 50,000 claims.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from bench.measuring import line, percentile, platform, processor_seconds, watch_memory
from deploy.local.portal import LocalPortal
from libs.common.clock import SystemClock
from libs.common.settings import SHARED_SYSTEM
from simulators.population import Population, write_837p
from tools.walk.place import Place, until
from tools.walk.program import Program

_SIZES = (25, 5_000, 50_000)
_ROUNDS = 3
_SPLIT = ("claims", "notifier")
_WATCHED = ("claims", "notifier-worker", "kafka")
_LOOK_SECONDS = 0.1


class _Counter:
    """How many accepted claims the second service has counted, over one connection."""

    def __init__(self, portal: LocalPortal) -> None:
        self._engine = create_async_engine(portal.settings.database("notifier", "work"), pool_size=1)

    async def __call__(self) -> int:
        statement = sa.text("SELECT coalesce(sum(count), 0) FROM function_activity WHERE counter = 'claims-accepted'")
        async with self._engine.connect() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def close(self) -> None:
        await self._engine.dispose()


async def run() -> None:
    """Warm up with one small file, then measure each size: the median of three rounds."""
    async with platform(split=_SPLIT) as portal:
        place = Place(portal.settings, portal)
        async with (
            Program(place, Population().api_clients[0]) as program,
            Program(place, Population().api_clients[0]) as other,
        ):
            await until(lambda: _signed_in(program), within=60, waiting_for="the first token")
            await _signed_in(other)
            await _hold_answers(portal)
            counted = _Counter(portal)
            await _submit(counted, program, _file(25), 25)
            for claims in _SIZES:
                await _measure(portal, counted, program, other, claims)
            await counted.close()


async def _hold_answers(portal: LocalPortal) -> None:
    async with httpx.AsyncClient(trust_env=False) as window:
        address = f"http://127.0.0.1:{portal.settings.port(SHARED_SYSTEM)}/behavior"
        (await window.post(address, json={"delay_seconds": 0, "hold": True})).raise_for_status()


async def _signed_in(program: Program) -> bool:
    enrollment = Population().enrollments[0].enrollment_id
    try:
        await program.sign_in(enrollment)
    except httpx.HTTPError:
        return False
    return True


async def _measure(portal: LocalPortal, counted: _Counter, program: Program, other: Program, claims: int) -> None:
    rates: list[float] = []
    latencies: list[float] = []
    peaks: dict[str, float] = {}
    used: list[float] = []
    content = _file(claims)
    for _ in range(_ROUNDS if claims < 50_000 else 1):
        stop = asyncio.Event()
        watching = asyncio.gather(_read_meanwhile(other, stop, latencies), watch_memory(portal, _WATCHED, stop, peaks))
        before = _processor_seconds(portal)
        rates.append(claims / await _submit(counted, program, content, claims))
        used.append(_processor_seconds(portal) - before)
        stop.set()
        await watching
    line(
        "claims-e2e",
        claims=claims,
        per_second=percentile(rates, 0.5),
        goal_per_second=5000,
        api_p95_ms=percentile(latencies, 0.95) * 1000,
        goal_api_p95_ms=50,
        processor_us_per_claim=percentile(used, 0.5) / claims * 1e6,
        **{f"{name}_peak_mb": peak for name, peak in sorted(peaks.items())},
    )


def _processor_seconds(portal: LocalPortal) -> float:
    return sum(processor_seconds(psutil.Process(each.pid)) for each in portal.status() if each.pid)


def _file(claims: int) -> bytes:
    """A file of so many claims; made before the clock runs, because making it stops whoever reads meanwhile."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "claims.837"
        received = SystemClock().now().date()
        sender = Population().provider_organization(1)
        write_837p(path, received=received, claims=claims, faulty=0, seed=claims, organization=sender)
        return path.read_bytes()


async def _submit(counted: _Counter, program: Program, content: bytes, claims: int) -> float:
    """Seconds from the first byte to the last effect."""
    await _signed_in(program)
    before = await counted()
    started = time.perf_counter()
    answer = await program.post(
        "/api/claims/submissions",
        content=content,
        headers={"content-type": "application/edi-x12", "idempotency-key": str(uuid4())},
    )
    address = answer.raise_for_status().headers["location"]

    async def finished() -> bool:
        if await counted() - before < claims:
            return False
        return bool((await program.get(address)).json()["state"] == "acknowledged")

    await until(finished, within=120, waiting_for=f"{claims} claims", pause=_LOOK_SECONDS)
    seconds = time.perf_counter() - started
    for kind in ("999", "277CA"):
        (await program.get(f"{address}/acknowledgments/{kind}")).raise_for_status()
    return seconds


async def _read_meanwhile(program: Program, stop: asyncio.Event, latencies: list[float]) -> None:
    while not stop.is_set():
        started = time.perf_counter()
        (await program.get("/api/claims/submissions")).raise_for_status()
        latencies.append(time.perf_counter() - started)
        await asyncio.sleep(0.1)
