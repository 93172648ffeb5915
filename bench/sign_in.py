"""How many people sign in per second, against what the hash of their passwords alone allows.

A process of auth of its own; ten people at once give user ID and password, then the code of their authenticator. The
hash is made slow on purpose, and may take every core: all else beside it should cost little.
Goal: at least 0.8 of the hashes that as many cores compute by themselves.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from functools import partial

import httpx
import pyotp

from bench.access_at_size import fill
from bench.measuring import line, platform
from libs.common.ids import derived_id
from libs.common.process import build_runtime
from libs.common.runtime import Runtime
from libs.common.security.hash_pool import HashPool
from libs.common.security.passwords import hash_password, verify_password
from services.auth.factors.handlers import add_device
from services.auth.sessions.domain import SESSION_COOKIE
from services.auth.sign_in.pages import ATTEMPT_COOKIE
from services.auth.sign_in.repository import put_credential

_SECONDS, _AT_ONCE = 20.0, 10
_PEOPLE = range(1, 400)
_PASSWORD, _SECRET = "copper lantern behind nine doors", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


async def run() -> None:
    """Give people a password and an authenticator, hash alone for some seconds, and let them sign in as long."""
    async with platform("postgresql", "keys", "migrate", "auth-api", split=("auth",)) as place:
        runtime = build_runtime("auth", "all", place.settings)
        try:
            stored = await _people(runtime)
            alone = await _hashes_per_second(runtime, stored)
        finally:
            await runtime.database.close()
        reached = await _sign_ins_per_second(place.settings.service_port("auth", "api"))
    line("sign-in", per_second=reached, hashes_per_second=alone, share=reached / alone, goal_share=0.8)


async def _people(runtime: Runtime) -> str:
    await fill(runtime)
    stored = hash_password(_PASSWORD, runtime.keys)
    async with runtime.database.work(runtime) as work:
        for number in _PEOPLE:
            user_id = derived_id("bench", "user", number)
            await put_credential(work, user_id, stored)
            add_device(work, user_id, "Authenticator app", _SECRET)
    return stored


async def _hashes_per_second(runtime: Runtime, stored: str) -> float:
    """As the process computes them: one thread for each core."""
    pool, ends, done = HashPool(waiting=0), time.perf_counter() + _SECONDS, 0

    async def hash_on() -> None:
        nonlocal done
        while time.perf_counter() < ends:
            await pool.run(partial(verify_password, _PASSWORD, stored, runtime.keys))
            done += 1

    started = time.perf_counter()
    await asyncio.gather(*(hash_on() for _ in range(os.cpu_count() or 1)))
    return done / (time.perf_counter() - started)


async def _sign_ins_per_second(port: int) -> float:
    waiting = iter(_PEOPLE)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
        ends, started = time.perf_counter() + _SECONDS, time.perf_counter()
        done = sum(await asyncio.gather(*(_sign_in_on(client, waiting, ends) for _ in range(_AT_ONCE))))
        return done / (time.perf_counter() - started)


async def _sign_in_on(client: httpx.AsyncClient, waiting: Iterator[int], ends: float) -> int:
    done = 0
    for number in waiting:
        if time.perf_counter() >= ends:
            break
        client.cookies.clear()
        headers = {"sec-fetch-site": "same-origin", "x-forwarded-for": f"203.0.{number // 250}.{number % 250}"}
        form = {"user_id": f"user{number:03d}", "password": _PASSWORD, "accepted": "yes"}
        first = await client.post("/sign-in", data=form, headers=headers)
        attempt = first.cookies[ATTEMPT_COOKIE]
        code = {"code": pyotp.TOTP(_SECRET).now()}
        cookie = {**headers, "cookie": f"{ATTEMPT_COOKIE}={attempt}"}
        second = await client.post("/sign-in/code", data=code, headers=cookie)
        if SESSION_COOKIE not in second.cookies:
            raise RuntimeError(f"nobody signed in: {second.status_code}")
        done += 1
    return done
