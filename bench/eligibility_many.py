"""Many patients at once, as a program sends them: a schedule of 99, and 10,000 while HETS takes 15 seconds.

The 99: seconds from sending the list to the last answer, with a HETS that answers at once. The 10,000: seconds until
the list is taken, then, while every answer is 15 s late, what claims and eligibility answer others, and the memory.
Then HETS is quick again, and all are asked to the end: those without an answer are errors.
Goals: 99 in under 5 s; no error.
"""

import asyncio
import os
import time
from datetime import timedelta
from uuid import uuid4

import httpx

from bench.measuring import line, percentile, platform, watch_memory
from deploy.local.portal import LocalPortal
from libs.common.clock import SystemClock
from libs.common.settings import HETS_WINDOW
from simulators.behaving import Behavior
from simulators.population import Population
from tools.walk.place import Place, until
from tools.walk.program import Program

_SCHEDULES = "/api/eligibility/schedules"
_OTHERS = {"claims": "/api/claims/submissions", "eligibility": "/api/eligibility/inquiries"}
_NEEDED = ("gateway", "auth", "eligibility", "claims", "hets", "enrollment_feeds")
# HETS has so many patients on file; each is asked about on so many days.
_PATIENTS, _DAYS = 500, 20
_FEW = 99
_LATE_SECONDS, _WATCH_SECONDS = 15.0, 60.0


async def run() -> None:
    """Measure the few, then the many."""
    # One program asks for one NPI what a whole contractor is asked in hours.
    os.environ |= {f"PORTICO_ELIGIBILITY_{name}_HOURLY": str(10**9) for name in ("PROGRAM", "NPI")}
    population = Population()
    async with (
        platform(*_NEEDED, split=("eligibility", "claims")) as portal,
        Program(Place(portal.settings, portal), population.api_clients[0]) as program,
    ):
        await until(lambda: _is_known(program, population), within=60, waiting_for="the first token", pause=2)
        started = time.perf_counter()
        await _ended(program, await _send(program, _rows(_FEW, 1)))
        line("eligibility-schedule", patients=_FEW, seconds=time.perf_counter() - started, goal_seconds=5)

        stop, peaks = asyncio.Event(), dict[str, float]()
        watching = asyncio.create_task(watch_memory(portal, ("eligibility",), stop, peaks))
        await _let_hets(portal, Behavior(delay_seconds=_LATE_SECONDS))
        started = time.perf_counter()
        address = await _send(program, _rows(_PATIENTS, _DAYS))
        taken = time.perf_counter() - started
        answers = await _watch_others(program)
        await _let_hets(portal, Behavior())
        started = time.perf_counter()
        ended = await _ended(program, address)
        drained = time.perf_counter() - started
        without = await _without_answer(program, address)
        stop.set()
        await watching
    line(
        "eligibility-many",
        patients=ended["patients"],
        taken_seconds=taken,
        errors=ended["not_asked"] + ended["to_correct"] + without,
        drained_seconds=drained,
        **{f"{name}_p95_ms": percentile(seconds, 0.95) * 1000 for name, seconds in answers.items()},
        **{f"{name}_peak_mb": peak for name, peak in sorted(peaks.items())},
    )


def _rows(patients: int, days: int) -> bytes:
    """A list in CSV: each patient on so many days, the last of them today."""
    today = SystemClock().business().date()
    days_asked = [f"{today - timedelta(days=back):%m/%d/%Y}" for back in range(days)]
    rows = (
        f"{each.mbi},{each.last_name},{each.first_name},{each.birth_date:%m/%d/%Y},{day}"
        for day in days_asked
        for each in Population().beneficiaries(patients)
    )
    return "\n".join(rows).encode()


async def _is_known(program: Program, population: Population) -> bool:
    """Whether the program has a token, and eligibility and claims know by now for whom it was given."""
    try:
        await program.sign_in(population.enrollments[0].enrollment_id)
        answers = [await program.get(f"{path}/{uuid4()}") for path in _OTHERS.values()]
    except httpx.HTTPError:
        return False
    return all(each.status_code == httpx.codes.NOT_FOUND for each in answers)


async def _send(program: Program, content: bytes) -> str:
    """Send a list; the address of its schedule."""
    headers = {"content-type": "text/csv", "idempotency-key": str(uuid4())}
    answer = await program.post(_SCHEDULES, content=content, headers=headers, timeout=120)
    return answer.raise_for_status().headers["location"]


async def _ended(program: Program, address: str) -> dict[str, int]:
    """The counts of a schedule, once nothing of it waits any more."""

    async def look() -> dict[str, int] | None:
        answer = await program.get(address)
        if answer.status_code == httpx.codes.UNAUTHORIZED:  # a token lives ten minutes
            await program.sign_in(Population().enrollments[0].enrollment_id)
            return None
        counts = answer.raise_for_status().json()
        return None if counts["waiting"] else counts

    return await until(look, within=900, waiting_for="the last answer", pause=0.2)


async def _without_answer(program: Program, address: str) -> int:
    """How many rows of a schedule ended without an answer of HETS."""
    answer = await program.get(f"{address}/results.csv", timeout=120)
    return answer.raise_for_status().text.count("No answer")


async def _watch_others(program: Program) -> dict[str, list[float]]:
    """The seconds each look into claims and eligibility took, one after the other, for a while."""
    seconds: dict[str, list[float]] = {name: [] for name in _OTHERS}
    ends = time.perf_counter() + _WATCH_SECONDS
    while time.perf_counter() < ends:
        for name, path in _OTHERS.items():
            started = time.perf_counter()
            (await program.get(path)).raise_for_status()
            seconds[name].append(time.perf_counter() - started)
        await asyncio.sleep(0.05)
    return seconds


async def _let_hets(portal: LocalPortal, behavior: Behavior) -> None:
    """Tell HETS how to behave."""
    async with httpx.AsyncClient(trust_env=False) as client:
        address = f"http://localhost:{portal.settings.port(HETS_WINDOW)}/behavior"
        (await client.post(address, json=behavior.model_dump())).raise_for_status()
