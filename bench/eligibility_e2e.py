"""An eligibility inquiry through the gateway: decided, written down, asked of HETS, judged, written down, answered.

First as many at once as programs ask, each its next as soon as it has its answer: inquiries per second. Then half of
that rate, at an even beat whether or not answers are late, so that waiting is counted: the 95th percentile. The
simulated HETS answers at once; its own work and ours share this machine, as does the program that asks. What it took
on average is told apart from the rest, which is ours and the way there.
Goal: 300 inquiries/s, that percentile under 60 ms.
"""

import asyncio
import itertools
import json
import os
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from uuid import uuid4

import httptools
import httpx
import psutil

from bench.measuring import line, percentile, platform, processor_seconds, watch_memory
from deploy.local.portal import LocalPortal
from libs.common.settings import GATEWAY, HETS_WINDOW, Settings
from simulators.population import Beneficiary, Population
from tools.walk.place import Place, until
from tools.walk.program import Program

_PATH = "/api/eligibility/inquiries"
_NEEDED = ("gateway", "auth", "eligibility", "hets", "enrollment_feeds")
_SPLIT = ("eligibility",)
_PROGRAMS = (1, 8, 16)
_WARM_UP_SECONDS = 3.0
_SECONDS = 10.0
# So many beneficiaries are asked about in turn: HETS has these on file.
_PATIENTS = 500


class _Program:
    """A program on one kept connection. It costs a sixth of what a client library does, which shares our two cores."""

    def __init__(self, place: Place, token: str) -> None:
        self._place = place
        self._head = (
            f"POST {_PATH} HTTP/1.1\r\nhost: localhost:{place.settings.port(GATEWAY)}\r\naccept: application/json\r\n"
            f"content-type: application/json\r\nauthorization: {token}\r\n"
        )
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._turn = asyncio.Lock()
        self._status, self._body, self._whole = 0, b"", False

    async def post(self, body: bytes) -> tuple[int, bytes]:
        """Send one body and wait for its answer: status and body. One at a time."""
        async with self._turn:
            if self._streams is None:
                port = self._place.settings.port(GATEWAY)
                self._streams = await asyncio.open_connection("localhost", port, ssl=self._place.trust)
            reader, writer = self._streams
            head = f"{self._head}idempotency-key: {uuid4()}\r\ncontent-length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            parser = httptools.HttpResponseParser(self)
            self._body, self._whole = b"", False
            while not self._whole:
                parser.feed_data(await reader.read(1 << 16))
            return parser.get_status_code(), self._body

    def on_body(self, piece: bytes) -> None:
        """The parser found a piece of the body."""
        self._body += piece

    def on_message_complete(self) -> None:
        """The parser found the end of the answer."""
        self._whole = True

    def close(self) -> None:
        """End the connection."""
        if self._streams is not None:
            self._streams[1].close()


class _Inquirer:
    """Asks about one beneficiary after the other; each answer must be one of benefits."""

    def __init__(self) -> None:
        population = Population()
        self._questions = itertools.cycle(list(map(_question, population.beneficiaries(_PATIENTS))))
        self.asked = 0

    async def ask(self, program: _Program) -> None:
        """One inquiry, as a program makes it. Raises `ValueError` when HETS did not answer it."""
        status, answer = await program.post(next(self._questions))
        if status != 201 or json.loads(answer)["state"] != "answered":
            raise ValueError(f"an inquiry of the bench was not answered: status {status}")
        self.asked += 1


def _question(patient: Beneficiary) -> bytes:
    return json.dumps(
        {
            "mbi": patient.mbi,
            "last_name": patient.last_name,
            "first_name": patient.first_name,
            "birth_date": f"{patient.birth_date}",
            # The same patients come again and again: HETS is asked each time.
            "again": True,
        }
    ).encode()


async def run() -> None:
    """Measure with one program, then with more at once; the highest rate is the one that is halved."""
    # One program asks for one NPI what a whole contractor is asked in hours.
    os.environ |= {f"PORTICO_ELIGIBILITY_{name}_HOURLY": str(10**9) for name in ("PROGRAM", "NPI")}
    async with platform(*_NEEDED, split=_SPLIT) as portal, AsyncExitStack() as stack:
        place, inquirer = Place(portal.settings, portal), _Inquirer()
        # One token for all, and not asked for in haste: how often a program may ask for one is limited.
        token = await until(lambda: _token(place), within=60, waiting_for="the first token", pause=2)
        programs = [_Program(place, token) for _ in range(max(_PROGRAMS))]
        for program in programs:
            stack.callback(program.close)
        await _full_load(inquirer, programs, _WARM_UP_SECONDS)
        stop, peaks = asyncio.Event(), dict[str, float]()
        watching = asyncio.create_task(watch_memory(portal, ("eligibility", "gateway", "auth"), stop, peaks))
        before, asked_before = _processors(portal), inquirer.asked
        rates = {some: await _full_load(inquirer, programs[:some], _SECONDS) for some in _PROGRAMS}
        used = {name: seconds - before[name] for name, seconds in _processors(portal).items()}
        asked = inquirer.asked - asked_before
        rate = max(rates.values())
        at_hets, asked_before = await _at_hets(portal.settings), inquirer.asked
        latencies = await _beat(inquirer, programs, rate / 2)
        at_hets = (await _at_hets(portal.settings) - at_hets) / (inquirer.asked - asked_before)
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
        hets_ms=at_hets * 1000,
        own_p50_ms=(percentile(latencies, 0.5) - at_hets) * 1000,
        own_p95_ms=(percentile(latencies, 0.95) - at_hets) * 1000,
        **{f"{name}_processor_ms": 1000 * seconds / asked for name, seconds in sorted(used.items())},
        **{f"{name}_peak_mb": peak for name, peak in sorted(peaks.items())},
    )


async def _at_hets(settings: Settings) -> float:
    """The seconds that all inquiries together were with HETS so far."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"http://localhost:{settings.port(HETS_WINDOW)}/progress")
    return float(answer.json()["milliseconds"]) / 1000


def _processors(portal: LocalPortal) -> dict[str, float]:
    """What each process of the portal used of the processor so far."""
    running = {each.name.replace("-", "_"): each.pid for each in portal.status()}
    seconds = {name: processor_seconds(psutil.Process(pid)) for name, pid in running.items() if pid}
    return {**seconds, "bench": time.process_time()}


async def _token(place: Place) -> str | None:
    """What to send as `Authorization`, once it is given and the service knows by now for whom it was given."""
    population = Population()
    async with Program(place, population.api_clients[0]) as client:
        try:
            await client.sign_in(population.enrollments[0].enrollment_id)
            (await client.get(f"{_PATH}/{uuid4()}")).raise_for_status()
        except httpx.HTTPStatusError as error:
            # An inquiry that nobody made is not found by whoever may look for it.
            if error.response.status_code == httpx.codes.NOT_FOUND:
                return client.client.headers["authorization"]
        except httpx.HTTPError:
            return None
    return None


async def _full_load(inquirer: _Inquirer, programs: list[_Program], seconds: float) -> float:
    """Inquiries per second when each program asks again as soon as it has its answer."""
    started = time.perf_counter()

    async def one_after_the_other(program: _Program) -> int:
        asked = 0
        while time.perf_counter() - started < seconds:
            await inquirer.ask(program)
            asked += 1
        return asked

    asked = await asyncio.gather(*map(one_after_the_other, programs))
    return sum(asked) / (time.perf_counter() - started)


async def _beat(inquirer: _Inquirer, programs: list[_Program], per_second: float) -> list[float]:
    """The seconds each inquiry took, counted from the moment it was due, at `per_second` of them."""
    started = time.perf_counter()
    turns: Iterator[_Program] = itertools.cycle(programs)

    async def one(due: float, program: _Program) -> float:
        await asyncio.sleep(due - time.perf_counter())
        await inquirer.ask(program)
        return time.perf_counter() - due

    beats = int(per_second * _SECONDS)
    return await asyncio.gather(*(one(started + beat / per_second, next(turns)) for beat in range(beats)))
