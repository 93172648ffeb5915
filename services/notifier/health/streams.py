"""Error rate and latency of each function over the last one and five minutes, from what its processes report.

State that may be lost: the windows live in memory alone and are full again after five minutes. So there is no table
and no changelog topic; a restart costs figures of minutes, and nobody is owed one.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import faust

from libs.common.contracts.envelope import Received
from libs.common.contracts.ops import TRAFFIC, FunctionPerformance, FunctionTraffic
from libs.common.observability import metrics
from libs.common.streams.app import send, stream_app, topic_of
from libs.common.streams.guard import guarded
from services.notifier.health.domain import Figures, TrafficWindow

if TYPE_CHECKING:
    from libs.common.runtime import Runtime

_MINUTES = (1, 5)
_REPEAT = timedelta(seconds=30)
_REFRESH_SECONDS = 10.0

Say = Callable[[FunctionPerformance], Awaitable[None]]


class FunctionFigures:
    """The windows of all functions. `say` tells others when one is degraded, and when no longer."""

    def __init__(self, runtime: "Runtime", say: Say) -> None:
        self._runtime = runtime
        self._say = say
        self._windows: dict[str, dict[int, TrafficWindow]] = {}
        self._said: dict[str, FunctionPerformance] = {}

    async def take_in(self, received: Received[FunctionTraffic]) -> None:
        """Count one second of one function."""
        event = received.event
        if event.second < self._runtime.clock.now() - timedelta(minutes=max(_MINUTES)):
            return
        windows = self._windows.setdefault(
            event.function, {minutes: TrafficWindow(timedelta(minutes=minutes)) for minutes in _MINUTES}
        )
        # What was refused says how it was asked, not how we work.
        answered = event.outcome_ok + event.outcome_failed
        for window in windows.values():
            window.add(event.second, answered, event.outcome_failed, event.latency_ms)
        await self._judge(event.function)

    async def refresh(self) -> None:
        """Judge every function again: silence changes figures too."""
        for function in self._windows:
            await self._judge(function)

    async def _judge(self, function: str) -> None:
        now = self._runtime.clock.now()
        for minutes, window in self._windows[function].items():
            _show(function, minutes, window.figures(now))
        figures = self._windows[function][min(_MINUTES)].figures(now)
        before = self._said.get(function)
        was = before is not None and before.degraded
        repeat = before is not None and now - before.at >= _REPEAT
        if figures.degraded != was or (figures.degraded and repeat):
            said = FunctionPerformance(
                function=function, at=now, requests=figures.requests, failed=figures.failed, degraded=figures.degraded
            )
            await self._say(said)
            self._said[function] = said


def _show(function: str, minutes: int, figures: Figures) -> None:
    label = f"{minutes}"
    metrics.FUNCTION_REQUESTS.labels(function=function, minutes=label).set(figures.requests)
    metrics.FUNCTION_FAILED_SHARE.labels(function=function, minutes=label).set(figures.failed_share)
    for share, value in (("0.5", figures.p50_ms), ("0.95", figures.p95_ms)):
        metrics.FUNCTION_LATENCY_SECONDS.labels(function=function, minutes=label, share=share).set(value / 1000)


def function_figures(runtime: "Runtime") -> faust.App:
    """The stream application of the notifier."""
    app = stream_app(runtime, "function-figures")

    async def say(performance: FunctionPerformance) -> None:
        await send(app, runtime, performance)

    figures = FunctionFigures(runtime, say)
    app.agent(topic_of(app, TRAFFIC), name="function-figures")(guarded(app, runtime, figures.take_in))
    app.timer(_REFRESH_SECONDS)(figures.refresh)
    return app
