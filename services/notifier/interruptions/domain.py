"""What is an interruption, when one opens, changes, closes, and when it is taken back.

One interruption for each fault domain at a time. While something that a domain stands on is down, or may be, the
domain opens none of its own: one cause is told once (operations 1.4-3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from libs.common.ids import derived_id

State = Literal["open", "closed", "retracted"]
Kind = Literal["opened", "updated", "closed", "retracted"]


@dataclass(frozen=True, slots=True)
class Interruption:
    """One interruption as of its change number `sequence`.

    `functions` are codes of Appendix 9.1. `started_at` is the first failed probe, `detected_at` when it was opened,
    `ended_at` the first success of the run that closed it.
    """

    interruption_id: UUID
    fault_domain: str
    functions: tuple[str, ...]
    started_at: datetime
    detected_at: datetime
    sequence: int = 1
    state: State = "open"
    flapping: bool = False
    ended_at: datetime | None = None
    retracted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something happened to an interruption; `interruption` is the whole of it afterwards."""

    kind: Kind
    at: datetime
    interruption: Interruption


class DomainHealth(Protocol):
    """What is asked of the health of a fault domain here."""

    @property
    def down(self) -> bool:
        """Whether it counts as down."""

    @property
    def condition(self) -> str:
        """How it stands: up suspect down recovering unknown."""

    @property
    def failing_since(self) -> datetime | None:
        """The first failed probe of the run."""

    @property
    def working_since(self) -> datetime | None:
        """The first success of the run."""


class Domain(Protocol):
    """What is asked of a fault domain here."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that fail with it."""

    @property
    def parents(self) -> tuple[str, ...]:
        """What it stands on."""


def decide(
    contract_id: str,
    domains: Mapping[str, Domain],
    health: Mapping[str, DomainHealth],
    open_now: Mapping[str, Interruption],
    flapping: Iterable[str],
    now: datetime,
) -> list[Change]:
    """What must change so that the open interruptions (by fault domain) fit what is known. Asking twice is harmless.

    `flapping` names the domains that change too often.
    """
    changes = []
    unsteady = set(flapping)
    for name, domain in domains.items():
        state, interruption = health[name], open_now.get(name)
        if interruption is None:
            if state.condition == "down" and not _explained(domain, domains, health):
                changes.append(_opened(contract_id, domain, state.failing_since or now, now))
        elif not state.down and state.condition == "up":
            changes.append(_closed(interruption, state.working_since or now, now))
        elif name in unsteady and not interruption.flapping:
            changes.append(_changed("updated", interruption, now, flapping=True))
    return changes


def retracted(interruption: Interruption, now: datetime) -> Change | None:
    """It was a false alarm. Only what is closed can be taken back; `None` otherwise."""
    if interruption.state != "closed":
        return None
    after = replace(interruption, sequence=interruption.sequence + 1, state="retracted", retracted_at=now)
    return Change("retracted", now, after)


def superseded(interruption: Interruption, now: datetime) -> Change:
    """An open interruption whose fault domain has a newer one, or is watched no more: nobody else would close it."""
    return _closed(interruption, now, now)


def _explained(domain: Domain, domains: Mapping[str, Domain], health: Mapping[str, DomainHealth]) -> bool:
    """Whether something it stands on is down, or may turn out to be within seconds."""
    return any(
        health[parent].down or health[parent].condition == "suspect" or _explained(domains[parent], domains, health)
        for parent in domain.parents
        if parent in domains
    )


def _opened(contract_id: str, domain: Domain, started_at: datetime, now: datetime) -> Change:
    # Derived: a journal lost between two starts of the monitor does not make a second one of the same outage.
    interruption_id = derived_id("interruption", contract_id, domain.name, started_at.isoformat())
    return Change("opened", now, Interruption(interruption_id, domain.name, domain.functions, started_at, now))


def _closed(interruption: Interruption, ended_at: datetime, now: datetime) -> Change:
    after = replace(interruption, sequence=interruption.sequence + 1, state="closed", ended_at=ended_at)
    return Change("closed", now, after)


def _changed(kind: Kind, interruption: Interruption, now: datetime, *, flapping: bool) -> Change:
    return Change(kind, now, replace(interruption, sequence=interruption.sequence + 1, flapping=flapping))
