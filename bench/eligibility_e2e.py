"""An eligibility inquiry through the gateway: decided, written down, asked of HETS, judged, written down, answered.

First as many at once as programs ask, each its next as soon as it has its answer: inquiries per second. Then half of
that rate, at an even beat whether or not answers are late, so that waiting is counted: the 95th percentile. The
simulated HETS answers at once; its own work and ours share this machine, as does the program that asks.
Goal: 300 inquiries/s, that percentile under 60 ms.
"""

import asyncio
import itertools
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from uuid import uuid4

import httpx
import psutil

from bench.measuring import line, percentile, platform, processor_seconds, watch_memory
from deploy.local.portal import LocalPortal
from simulators.population import Population
from tools.walk.place import Place, until
from tools.walk.program import Program

_NEEDED = ("gateway", "auth", "eligibility", "hets", "enrollment_feeds")
_SPLIT = ("eligibility",)
_PROGRAMS = (1, 8, 16)
_WARM_UP_SECONDS = 3.0
_SECONDS = 10.0
# So many beneficiaries are asked about in turn: HETS has these on file.
_PATIENTS = 500


class _Inquirer:
    """Asks about one beneficiary after the other; each answer must be one of benefits."""

    def __init__(self) -> None:
        population = Population()
        self._patients = itertools.cycle(list(population.beneficiaries(_PATIENTS)))
        self.enrollment = population.enrollments[0].enrollment_id
        self.asked = 0

    async def ask(self, program: Program) -> None:
        """One inquiry, as a program makes it. Raises `ValueError` when HETS did not answer it."""
        patient = next(self._patients)
        answer = await program.post(
            "/api/eligibility/inquiries",
            json={
                "mbi": patient.mbi,
                "last_name": patient.last_name,
                "first_name": patient.first_name,
                "birth_date": f"{patient.birth_date}",
            },
            headers={"idempotency-key": str(uuid4())},
        )
        if answer.raise_for_status().json()["state"] != "answered":
            raise ValueError("an inquiry of the bench was not answered")
        self.asked += 1


async def run() -> None:
    """Measure with one program, then with more at once; the highest rate is the one that is halved."""
    async with platform(*_NEEDED, split=_SPLIT) as portal, AsyncExitStack() as stack:
        place, inquirer = Place(portal.settings, portal), _Inquirer()
        client = Population().api_clients[0]
        programs = [await stack.enter_async_context(Program(place, client)) for _ in range(max(_PROGRAMS))]
        await until(lambda: _signed_in(programs[0], inquirer), within=60, waiting_for="the first token")
        for program in programs[1:]:
            # One token for all: how often a program may ask for one is limited.
            program.client.headers["authorization"] = programs[0].client.headers["authorization"]
        await _full_load(inquirer, programs, _WARM_UP_SECONDS)
        stop, peaks = asyncio.Event(), dict[str, float]()
        watching = asyncio.create_task(watch_memory(portal, ("eligibility", "gateway", "auth"), stop, peaks))
        before, asked_before = _processors(portal), inquirer.asked
        rates = {some: await _full_load(inquirer, programs[:some], _SECONDS) for some in _PROGRAMS}
        used = {name: seconds - before[name] for name, seconds in _processors(portal).items()}
        asked = inquirer.asked - asked_before
        rate = max(rates.values())
        latencies = await _beat(inquirer, programs, rate / 2)
        stop.set()
        await watching
    line(
        "eligibility-e2e",
        per_second=rate,
        goal_per_second=300,
        **{f"per_second_of_{some}": each for some, each in rates.items()},
        offered_per_second=rate / 2,
        p50_ms=percentile(latencies, 0.5) * 1000,
        p95_ms=percentile(latencies, 0.95) * 1000,
        goal_p95_ms=60,
        **{f"{name}_processor_ms": 1000 * seconds / asked for name, seconds in sorted(used.items())},
        **{f"{name}_peak_mb": peak for name, peak in sorted(peaks.items())},
    )


def _processors(portal: LocalPortal) -> dict[str, float]:
    """What each process of the portal used of the processor so far."""
    running = {each.name.replace("-", "_"): each.pid for each in portal.status()}
    seconds = {name: processor_seconds(psutil.Process(pid)) for name, pid in running.items() if pid}
    return {**seconds, "bench": time.process_time()}


async def _signed_in(program: Program, inquirer: _Inquirer) -> bool:
    """Whether the token is given, and the service knows by now for whom it was given."""
    try:
        await program.sign_in(inquirer.enrollment)
        await inquirer.ask(program)
    except httpx.HTTPError:
        return False
    return True


async def _full_load(inquirer: _Inquirer, programs: list[Program], seconds: float) -> float:
    """Inquiries per second when each program asks again as soon as it has its answer."""
    started = time.perf_counter()

    async def one_after_the_other(program: Program) -> int:
        asked = 0
        while time.perf_counter() - started < seconds:
            await inquirer.ask(program)
            asked += 1
        return asked

    asked = await asyncio.gather(*map(one_after_the_other, programs))
    return sum(asked) / (time.perf_counter() - started)


async def _beat(inquirer: _Inquirer, programs: list[Program], per_second: float) -> list[float]:
    """The seconds each inquiry took, counted from the moment it was due, at `per_second` of them."""
    started = time.perf_counter()
    turns: Iterator[Program] = itertools.cycle(programs)

    async def one(due: float, program: Program) -> float:
        await asyncio.sleep(due - time.perf_counter())
        await inquirer.ask(program)
        return time.perf_counter() - due

    beats = int(per_second * _SECONDS)
    return await asyncio.gather(*(one(started + beat / per_second, next(turns)) for beat in range(beats)))
