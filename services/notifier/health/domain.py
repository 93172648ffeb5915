"""When a fault domain is down, and when it works again: pure, one observation at a time.

Three failures in a row open, three successes and a hold close, and what changes too often stays down until it is
quiet (operations D2). Every time is the caller's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class Condition(StrEnum):
    """How a fault domain stands. UNKNOWN: we cannot see it, which counts neither as up nor as down."""

    UP = "up"
    SUSPECT = "suspect"
    DOWN = "down"
    RECOVERING = "recovering"
    UNKNOWN = "unknown"


class Result(StrEnum):
    """What one probe found.

    BLIND: it says nothing. The monitor could not even reach itself; or the service that talks to a partner could not
    be asked about it.
    """

    OK = "ok"
    FAILED = "failed"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class Rules:
    """How many observations, and how long, before anything is believed.

    `first_contact`: a domain that this monitor never saw working may take so long to start before it counts as down.
    """

    failures: int = 3
    successes: int = 3
    hold: timedelta = timedelta(seconds=30)
    flap_changes: int = 4
    flap_window: timedelta = timedelta(minutes=10)
    first_contact: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of one fault domain.

    `down` is what an interruption follows; it outlives blindness. `failing_since` is the first failed probe of the
    run that led here, `working_since` the first success of the run that closed, or is about to close.
    """

    condition: Condition = Condition.UNKNOWN
    down: bool = False
    seen_working: bool = False
    failures: int = 0
    successes: int = 0
    failing_since: datetime | None = None
    working_since: datetime | None = None
    changes: tuple[datetime, ...] = ()

    def flapping(self, now: datetime, rules: Rules) -> bool:
        """Whether it changed too often lately to be believed when it says that it works."""
        return len(_recent(self.changes, now, rules)) >= rules.flap_changes


@dataclass(frozen=True, slots=True)
class WentDown:
    """It is down, since the first failed probe of the run."""

    started_at: datetime
    detected_at: datetime


@dataclass(frozen=True, slots=True)
class Recovering:
    """It answered for the first time again; not believed yet."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Relapsed:
    """It failed again before it was believed."""

    at: datetime


@dataclass(frozen=True, slots=True)
class CameBack:
    """It works, since the first success of the run."""

    ended_at: datetime


@dataclass(frozen=True, slots=True)
class WentBlind:
    """The monitor cannot see it any more."""

    at: datetime


Event = WentDown | Recovering | Relapsed | CameBack | WentBlind


def known_down(since: datetime) -> Health:
    """Health of a domain whose interruption is open from before this monitor started."""
    return Health(condition=Condition.DOWN, down=True, seen_working=True, failing_since=since, changes=(since,))


def observe(health: Health, result: Result, now: datetime, rules: Rules) -> tuple[Health, tuple[Event, ...]]:
    """Take in one probe; what is known then, and what happened by it."""
    if result is Result.BLIND:
        blind = replace(health, condition=Condition.UNKNOWN, failures=0, successes=0)
        return blind, () if health.condition is Condition.UNKNOWN else (WentBlind(now),)
    if result is Result.OK:
        return _worked_while_down(health, now, rules) if health.down else _worked(health)
    return _failed_while_down(health, now, rules) if health.down else _failed(health, now, rules)


def _worked(health: Health) -> tuple[Health, tuple[Event, ...]]:
    return replace(health, condition=Condition.UP, seen_working=True, failures=0, failing_since=None), ()


def _worked_while_down(health: Health, now: datetime, rules: Rules) -> tuple[Health, tuple[Event, ...]]:
    first = health.successes == 0
    since = now if first or health.working_since is None else health.working_since
    changes = (*_recent(health.changes, now, rules), now) if first else health.changes
    trying = replace(
        health,
        condition=Condition.RECOVERING,
        successes=health.successes + 1,
        working_since=since,
        changes=changes,
    )
    believed = trying.successes >= rules.successes and now - since >= rules.hold and not trying.flapping(now, rules)
    if not believed:
        return trying, (Recovering(now),) if first else ()
    up = replace(trying, condition=Condition.UP, down=False, failures=0, successes=0, failing_since=None)
    return up, (CameBack(since),)


def _failed(health: Health, now: datetime, rules: Rules) -> tuple[Health, tuple[Event, ...]]:
    since = now if health.failures == 0 or health.failing_since is None else health.failing_since
    failures = health.failures + 1
    may_open = health.seen_working or now - since >= rules.first_contact
    if failures < rules.failures or not may_open:
        condition = Condition.SUSPECT if health.seen_working else Condition.UNKNOWN
        return replace(health, condition=condition, failures=failures, failing_since=since), ()
    down = replace(
        health,
        condition=Condition.DOWN,
        down=True,
        failures=failures,
        successes=0,
        failing_since=since,
        working_since=None,
        changes=(*_recent(health.changes, now, rules), now),
    )
    return down, (WentDown(since, now),)


def _failed_while_down(health: Health, now: datetime, rules: Rules) -> tuple[Health, tuple[Event, ...]]:
    relapsed = health.successes > 0
    changes = (*_recent(health.changes, now, rules), now) if relapsed else health.changes
    down = replace(health, condition=Condition.DOWN, successes=0, working_since=None, changes=changes)
    return down, (Relapsed(now),) if relapsed else ()


def _recent(changes: Iterable[datetime], now: datetime, rules: Rules) -> tuple[datetime, ...]:
    return tuple(at for at in changes if now - at < rules.flap_window)


@dataclass(frozen=True, slots=True)
class FaultDomain:
    """What fails together. `functions` are codes of Appendix 9.1; `parents` are domains it cannot work without.

    `culprit` names it to people, as the subject of a sentence; `workaround` says what they can do meanwhile, where
    there is something. `partner_of` names the service that talks to it, where it is an outside system.
    """

    name: str
    functions: tuple[str, ...]
    parents: tuple[str, ...] = ()
    culprit: str = ""
    workaround: str = ""
    partner_of: str = ""

    def cause(self, *, over: bool) -> str:
        """What is, or was, wrong: a sentence without its full stop."""
        return f"{self.culprit} {'did' if over else 'does'} not answer"


SHARED = ("postgresql", "kafka", "gateway", "auth")
"""Domains that everything stands on: when one is down, no function can be relied on."""

_SHARED_CULPRITS = {
    "postgresql": "The database of the portal",
    "kafka": "The message broker of the portal",
    "gateway": "The gateway of the portal",
    "auth": "The sign-in service of the portal",
}


class Function(Protocol):
    """What is asked of a portal function here."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def service(self) -> str:
        """Who must be up for it."""


class Partner(Protocol):
    """What is asked of a partner here."""

    @property
    def name(self) -> str:
        """Its name, as its service calls it."""

    @property
    def service(self) -> str:
        """Who talks to it."""

    @property
    def functions(self) -> tuple[str, ...]:
        """Codes of the functions that stop with it."""

    @property
    def culprit(self) -> str:
        """Its name to people, as the subject of a sentence."""

    @property
    def workaround(self) -> str:
        """What people can do meanwhile."""


def fault_domains(
    services: Iterable[str], functions: Iterable[Function], partners: Iterable[Partner] = ()
) -> dict[str, FaultDomain]:
    """The graph of a deployment: the shared domains, one domain for each other service, one for each partner.

    A partner stands on the service that talks to it: while that is down, nothing is known of the partner.
    Raises `ValueError` for a partner of no service, or with the name of another domain.
    """
    functions = tuple(functions)
    everything = tuple(each.code for each in functions)
    domains = {name: FaultDomain(name, everything, culprit=_SHARED_CULPRITS[name]) for name in SHARED}
    domains["auth"] = replace(domains["auth"], parents=("postgresql",))
    for service in services:
        if service not in domains:
            own = tuple(each.code for each in functions if each.service == service)
            culprit = f"The {service} service of the portal"
            domains[service] = FaultDomain(service, own, parents=SHARED, culprit=culprit)
    for partner in partners:
        if partner.service not in domains or partner.name in domains:
            raise ValueError(f"{partner.name} cannot be watched as a partner of {partner.service}")
        domains[partner.name] = FaultDomain(
            partner.name,
            tuple(code for code in everything if code in partner.functions),
            parents=tuple(dict.fromkeys((partner.service, *SHARED))),
            culprit=partner.culprit,
            workaround=partner.workaround,
            partner_of=partner.service,
        )
    return domains


TRAFFIC_MINIMUM = 20
"""Below so many requests in the window a share says nothing."""
FAILED_SHARE = 0.1
SLOW_MS = 1000


@dataclass
class TrafficWindow:
    """What one function answered lately: counts by second, kept for `span`, in memory only.

    `latency` counts by upper bound in milliseconds, 0 for slower than the last bound, as the events have it.
    """

    span: timedelta
    seconds: dict[datetime, tuple[int, int, Mapping[int, int]]] = field(default_factory=dict)

    def add(self, second: datetime, answered: int, failed: int, latency: Mapping[int, int]) -> None:
        """Count one more second of one process."""
        before = self.seconds.get(second, (0, 0, {}))
        merged = {bound: before[2].get(bound, 0) + latency.get(bound, 0) for bound in {*before[2], *latency}}
        self.seconds[second] = (before[0] + answered, before[1] + failed, merged)

    def figures(self, now: datetime) -> "Figures":
        """The figures of the last `span` before `now`; older seconds are forgotten."""
        self.seconds = {second: counts for second, counts in self.seconds.items() if now - second < self.span}
        latency: dict[int, int] = {}
        for _, _, counts in self.seconds.values():
            for bound, count in counts.items():
                latency[bound] = latency.get(bound, 0) + count
        return Figures(
            requests=sum(answered for answered, _, _ in self.seconds.values()),
            failed=sum(failed for _, failed, _ in self.seconds.values()),
            p50_ms=quantile(latency, 0.50),
            p95_ms=quantile(latency, 0.95),
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """Requests of a window, and the upper bounds of their latency (milliseconds; `inf` over the last bound)."""

    requests: int
    failed: int
    p50_ms: float
    p95_ms: float

    @property
    def failed_share(self) -> float:
        """The failed part of all requests, 0 to 1."""
        return self.failed / self.requests if self.requests else 0.0

    @property
    def degraded(self) -> bool:
        """Whether people notice: too many failures or too slow, over enough requests to say so."""
        bad = self.failed_share >= FAILED_SHARE or self.p95_ms > SLOW_MS
        return self.requests >= TRAFFIC_MINIMUM and bad


def quantile(latency: Mapping[int, int], share: float) -> float:
    """The bound below which `share` of the requests stayed; 0 when there were none."""
    total = sum(latency.values())
    if total == 0:
        return 0.0
    reached = 0
    for bound in sorted(bound for bound in latency if bound):
        reached += latency[bound]
        if reached >= total * share:
            return float(bound)
    return float("inf")
