"""Outage of a function → alert accepted at CMS, banner in front of people; its return → recovery message accepted.

The engine, gateway, mail server, broker and database are the real ones. The services that die are small stand-ins, four
at a time, each at a moment of its own. The recovery includes the hold (`--hold` seconds, 30 in production).
"""

import argparse
import asyncio
import base64
import json
import os
import random
import ssl
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

import httpx

from bench.measuring import CORE, line, percentile, platform
from libs.common.clock import SystemClock
from libs.common.deployment import load_deployment
from libs.common.edge_banner import INTERRUPTION_HEADER
from libs.common.settings import GATEWAY, MAILBOX_HTTP, Settings

_VICTIMS = ("claims", "eligibility", "remittance", "appeals")
_ALWAYS_THERE = ("auth", "portal")
_PARTS = (*CORE, "cms_mailbox", "gateway", "notifier")
_POLL_SECONDS = 0.05
_PROBE_SECONDS = 5.0
_SETTLE_SECONDS = 12.0
_GOALS = {"goal_alert_s": 10, "goal_banner_s": 8, "goal_recovery_s": 45}


class _Watched:
    """What the gateway shows and what CMS has, looked at again and again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.down: frozenset[str] = frozenset()
        self.letters: list[tuple[str, str, datetime]] = []

    async def run(self) -> None:
        authority = self._settings.state_directory / "tls" / "authority.pem"
        async with (
            httpx.AsyncClient(verify=ssl.create_default_context(cafile=str(authority)), timeout=5) as gateway,
            httpx.AsyncClient(timeout=5) as mailbox,
        ):
            while True:
                shown = (await gateway.get(f"https://localhost:{self._settings.port(GATEWAY)}/")).text
                self.down = frozenset((json.loads(base64.b64decode(shown)) or {"functions": ()})["functions"])
                view = await mailbox.get(
                    f"http://127.0.0.1:{self._settings.port(MAILBOX_HTTP)}/messages",
                    params={"after": len(self.letters)},
                )
                self.letters += [
                    (each["subject"], _affected(each["body"]), datetime.fromisoformat(each["received_at"]))
                    for each in view.json()["messages"]
                ]
                await asyncio.sleep(_POLL_SECONDS)

    async def banner_names(self, function: str) -> datetime:
        while function not in self.down:  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(_POLL_SECONDS)
        return SystemClock().now()

    async def letter(self, title: str, function: str, after: datetime) -> datetime:
        while True:
            for subject, affected, at in self.letters:
                if title in subject and function in affected and at >= after:
                    return at
            await asyncio.sleep(_POLL_SECONDS)


def _affected(body: str) -> str:
    return body.split("Functions affected", 1)[1].split("\n\n", 1)[0]


async def run(rounds: int = 3, hold: float = 30.0) -> None:
    """Kill each stand-in `rounds` times and bring it back."""
    # The same few services die again and again here, which the flap guard rightly takes for one long interruption.
    os.environ |= {"PORTICO_WATCH_HOLD": str(hold), "PORTICO_WATCH_FLAP_CHANGES": "1000"}
    alerts: list[float] = []
    banners: list[float] = []
    recoveries: list[float] = []
    async with AsyncExitStack() as stack:
        portal = await stack.enter_async_context(platform(*_PARTS))
        await stack.enter_async_context(_stand_ins(portal.settings, _ALWAYS_THERE))
        watched = _Watched(portal.settings)
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(watched.run())
            victims = [group.create_task(_victim(portal.settings, watched, name, rounds)) for name in _VICTIMS]
            await asyncio.wait(victims)
            watching.cancel()
        for alert, banner, recovery in (figures for each in victims for figures in each.result()):
            alerts.append(alert)
            banners.append(banner)
            recoveries.append(recovery)
    line(
        "outage-to-alert",
        outages=len(alerts),
        alert_p50=percentile(alerts, 0.5),
        alert_p95=percentile(alerts, 0.95),
        banner_p95=percentile(banners, 0.95),
        recovery_p95=percentile(recoveries, 0.95),
        hold_s=hold,
        **_GOALS,
    )


async def _victim(settings: Settings, watched: _Watched, service: str, rounds: int) -> list[tuple[float, float, float]]:
    function = next(each.name for each in load_deployment(settings.contract_file).functions if each.service == service)
    clock = SystemClock()
    figures = []
    stack = AsyncExitStack()
    await stack.enter_async_context(_stand_ins(settings, (service,)))
    await asyncio.sleep(_SETTLE_SECONDS)
    for _ in range(rounds):
        await asyncio.sleep(random.uniform(0, _PROBE_SECONDS))
        killed = clock.now()
        await stack.aclose()
        accepted, shown = await asyncio.gather(
            watched.letter("Service interruption:", function, killed), watched.banner_names(function)
        )
        returned = clock.now()
        await stack.enter_async_context(_stand_ins(settings, (service,)))
        over = await watched.letter("Service restored", function, returned)
        figures.append(
            (
                (accepted - killed).total_seconds(),
                (shown - killed).total_seconds(),
                (over - returned).total_seconds(),
            )
        )
    await stack.aclose()
    return figures


@asynccontextmanager
async def _stand_ins(settings: Settings, services: Sequence[str]) -> AsyncIterator[None]:
    """A process that answers for `services`, killed at the end of the block."""
    ports = [str(settings.service_port(service, "api")) for service in services]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.outage_to_alert", "--stand-in", *ports, stdout=asyncio.subprocess.PIPE
    )
    if process.stdout is not None:
        await process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        await process.wait()


async def _stand_in(ports: Sequence[int]) -> None:
    """Answer every request with what the gateway said of interruptions."""
    for port in ports:
        await asyncio.start_server(_answer, "127.0.0.1", port)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    told = next((text.split(": ", 1)[1] for text in head if text.lower().startswith(f"{INTERRUPTION_HEADER}: ")), "")
    answer = ("HTTP/1.1 200 OK", "x-portico-answer: stand-in", "connection: close", f"content-length: {len(told)}", "")
    writer.write("\r\n".join((*answer, told)).encode())
    writer.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each of four services dies")
    parser.add_argument("--hold", type=float, default=30.0, help="seconds that a service must work to be believed")
    parser.add_argument("--stand-in", type=int, nargs="+", default=(), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    _given = _arguments()
    asyncio.run(_stand_in(_given.stand_in) if _given.stand_in else run(_given.rounds, _given.hold))
