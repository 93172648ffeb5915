"""What processes say of themselves. Lossy by nature: sent straight, never through the outbox."""

from datetime import datetime
from typing import Literal

from libs.common.contracts.base import Contract

HEARTBEAT = "ops.heartbeat.v1"
TRAFFIC = "ops.function-traffic.v1"
PERFORMANCE = "ops.function-performance.v1"


class Heartbeat(Contract, type="ops.heartbeat.v1", topic=HEARTBEAT):
    """A process is alive and its loop turns."""

    service: str
    role: str
    instance: str
    at: datetime

    @property
    def subject(self) -> str:
        """The process."""
        return f"{self.service}.{self.role}"


class FunctionTraffic(Contract, type="ops.function-traffic.v1", topic=TRAFFIC):
    """What one function answered in one second: outcomes, and the latency in a coarse histogram.

    `latency_ms` counts requests that were not refused by upper bound in milliseconds, from the last byte of their body:
    25, 50, 100, 250, 500, 1000, and over (0).
    """

    function: str
    service: str
    second: datetime
    outcome_ok: int
    outcome_refused: int
    outcome_failed: int
    latency_ms: dict[int, int]

    @property
    def subject(self) -> str:
        """The function."""
        return self.function


class FunctionPerformance(Contract, type="ops.function-performance.v1", topic=PERFORMANCE):
    """How one function did over the last minute. Said while it is degraded, and once when it no longer is."""

    function: str
    at: datetime
    requests: int
    failed: int
    degraded: bool

    @property
    def subject(self) -> str:
        """The function."""
        return self.function


TrafficOutcome = Literal["ok", "refused", "failed"]
LATENCY_BOUNDS_MS = (25, 50, 100, 250, 500, 1000)
