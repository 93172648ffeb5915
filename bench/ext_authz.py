"""What the gateway's question before each request costs: `/gateway/authorize`, asked as Envoy asks it.

A process of auth of its own answers 500 questions a second, of 399 people who are signed in, over connections that are
kept. A question is asked when it is due, whether or not earlier ones are answered: what it waits for counts.
Goal: a 95th percentile under 5 ms.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle, islice

from bench.access_at_size import fill
from bench.measuring import line, percentile, platform
from libs.common.ids import derived_id, secret_text
from libs.common.process import build_runtime
from libs.common.settings import Settings
from services.auth.agreements.handlers import record
from services.auth.sessions.domain import SESSION_COOKIE, Session
from services.auth.sessions.repository import begin_session, key_of

_PER_SECOND, _WARM_UP_SECONDS, _SECONDS = 500, 5, 20
_PEOPLE = range(1, 400)
_CONNECTIONS = 32
_PATHS = (
    "/claims",
    "/claims/submissions?after=7",
    "/eligibility",
    "/remittance",
    "/appeals",
    "/home",
    "/session/status",
)
_QUESTION = (
    "GET /gateway/authorize{path} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}={secret}\r\naccept: text/html\r\n"
    "sec-fetch-site: same-origin\r\nx-forwarded-for: 203.0.113.7\r\n"
    "x-request-id: 0f0e0d0c-0b0a-4908-8706-050403020100\r\n"
    "traceparent: 00-0f0e0d0c0b0a49088706050403020100-8706050403020100-01\r\n"
    "user-agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\r\n"
)

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def run() -> None:
    """Sign people in, ask for some seconds, and tell how long answers took."""
    async with platform("postgresql", "keys", "migrate", "auth-api", split=("auth",)) as place:
        questions = await _questions(place.settings)
        port = place.settings.service_port("auth", "api")
        connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(_CONNECTIONS)]
        asked = cycle(questions)
        await _ask(connections, list(islice(asked, _WARM_UP_SECONDS * _PER_SECOND)))
        milliseconds = await _ask(connections, list(islice(asked, _SECONDS * _PER_SECOND)))
        for _, writer in connections:
            writer.close()
    figures = {f"p{share}_ms": percentile(milliseconds, share / 100) for share in (50, 95, 99)}
    line("ext-authz", per_second=_PER_SECOND, questions=len(milliseconds), **figures, goal_p95_ms=5)


async def _questions(settings: Settings) -> list[bytes]:
    """A question for each person and address, the same person never twice in a row."""
    runtime = build_runtime("auth", "all", settings)
    try:
        await fill(runtime)
        secrets = {number: secret_text() for number in _PEOPLE}
        async with runtime.database.work(runtime) as work:
            for number, secret in secrets.items():
                await record(work, derived_id("bench", "user", number), "PROVIDER_USER")
                session = Session(
                    key=key_of(secret),
                    kind="person",
                    user_id=derived_id("bench", "user", number),
                    enrollment_id=derived_id("bench", "enrollment", 0),
                    assurance=2,
                    factor_at=work.now,
                    last_seen_at=work.now,
                    idle=timedelta(minutes=30),
                    ends_at=work.now + timedelta(hours=12),
                    csrf=secret_text(),
                    signed_in_at=work.now,
                )
                await begin_session(work, session)
    finally:
        await runtime.database.close()
    return [
        _QUESTION.format(path=path, cookie=SESSION_COOKIE, secret=secret).encode()
        for path in _PATHS
        for secret in secrets.values()
    ]


async def _ask(connections: Sequence[Connection], questions: Sequence[bytes]) -> list[float]:
    """How many milliseconds after it was due each question was answered."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for each in connections:
        free.put_nowait(each)
    started = time.perf_counter()

    async def one(number: int, question: bytes) -> float:
        due = started + number / _PER_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        reader, writer = connection = await free.get()
        writer.write(question)
        head = await reader.readuntil(b"\r\n\r\n")
        passed = (time.perf_counter() - due) * 1000
        if not head.startswith(b"HTTP/1.1 200 "):
            status = head.partition(b"\r\n")[0].decode()
            raise RuntimeError(f"Auth let a request not pass: {status}")
        free.put_nowait(connection)
        return passed

    return list(await asyncio.gather(*(one(*each) for each in enumerate(questions))))
