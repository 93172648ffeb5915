"""Counts what each portal function answered, second by second, for `ops.function-traffic.v1` and for /metrics."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common.contracts.ops import LATENCY_BOUNDS_MS, FunctionTraffic, TrafficOutcome
from libs.common.observability import metrics
from libs.common.runtime import Runtime
from libs.common.web.bodies import ARRIVED


@dataclass
class _Second:
    outcomes: dict[TrafficOutcome, int] = field(default_factory=lambda: {"ok": 0, "refused": 0, "failed": 0})
    latency_ms: dict[int, int] = field(default_factory=lambda: dict.fromkeys((*LATENCY_BOUNDS_MS, 0), 0))


class Traffic:
    """The counters of one process, by function code."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._functions: dict[str, _Second] = {}

    def count(self, function: str, status: int, seconds: float) -> None:
        """One request was answered, `seconds` after all of it had come. How long a refusal took says nothing of us."""
        outcome: TrafficOutcome = "failed" if status >= 500 else "refused" if status >= 400 else "ok"
        second = self._functions.setdefault(function, _Second())
        second.outcomes[outcome] += 1
        service = self._runtime.service
        metrics.REQUESTS.labels(service=service, function=function, outcome=outcome).inc()
        if outcome != "refused":
            second.latency_ms[next((bound for bound in LATENCY_BOUNDS_MS if seconds * 1000 <= bound), 0)] += 1
            metrics.REQUEST_SECONDS.labels(service=service, function=function).observe(seconds)

    def take(self) -> Iterable[FunctionTraffic]:
        """What was counted since the last time, as events; the counters start again."""
        functions, self._functions = self._functions, {}
        now = self._runtime.clock.now().replace(microsecond=0)
        for function, second in functions.items():
            yield FunctionTraffic(
                function=function,
                service=self._runtime.service,
                second=now,
                outcome_ok=second.outcomes["ok"],
                outcome_refused=second.outcomes["refused"],
                outcome_failed=second.outcomes["failed"],
                latency_ms=second.latency_ms,
            )


class CountTraffic:
    """ASGI middleware: counts requests whose route named its function (`request.state.function`)."""

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self._app = app
        self._traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and look at its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            state = scope.get("state", {})
            if function := state.get("function"):
                self._traffic.count(function, status, time.perf_counter() - state.get(ARRIVED, started))
