"""What the contractor's own website tells of the portal (handbook 1.4 and 8.2.1): no word of its inside."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

KEPT = timedelta(days=30)
"""How long an interruption that is over stays in the list."""

FRESH_SECONDS = 5
"""How long an answer may be kept: as long as a probe takes to come round."""

PAGES = "/notifier/public/interruptions"
"""The pages of single interruptions stand below."""

State = Literal["open", "closed", "retracted"]

_OURS = {False: "A part of the portal does not answer", True: "A part of the portal did not answer"}


class Interruption(Protocol):
    """What is asked of an interruption here."""

    @property
    def interruption_id(self) -> UUID:
        """Its id."""

    @property
    def fault_domain(self) -> str:
        """What failed."""

    @property
    def functions(self) -> tuple[str, ...]:
        """Codes of the functions it stops."""

    @property
    def state(self) -> State:
        """Whether it is over."""

    @property
    def started_at(self) -> datetime:
        """Since when."""

    @property
    def ended_at(self) -> datetime | None:
        """Until when."""

    @property
    def retracted_at(self) -> datetime | None:
        """When it was taken back."""


class FaultDomain(Protocol):
    """What is asked of a fault domain here."""

    def cause(self, *, over: bool) -> str:
        """What is, or was, wrong."""

    @property
    def workaround(self) -> str:
        """What people can do meanwhile."""

    @property
    def partner_of(self) -> str:
        """The service that talks to it, where it is an outside system."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One interruption as everybody may know it. `functions` are names of Appendix 9.1; `changed_at`: the last news."""

    interruption_id: UUID
    functions: tuple[str, ...]
    state: State
    cause: str
    workaround: str
    started_at: datetime
    ended_at: datetime | None
    changed_at: datetime

    @property
    def path(self) -> str:
        """Where everybody can read about it."""
        return f"{PAGES}/{self.interruption_id}"

    @property
    def title(self) -> str:
        """What it is about, in one line."""
        what = ", ".join(self.functions) or "Home and help pages"
        return {
            "open": f"Not available: {what}",
            "closed": f"Available again: {what}",
            "retracted": f"False alarm: {what}",
        }[self.state]


def notices(
    interruptions: Iterable[Interruption], names: Mapping[str, str], domains: Mapping[str, FaultDomain]
) -> list[Notice]:
    """Interruptions as notices, in the same order. `names` are those of the functions by code.

    An outside system is named, because people hear of it elsewhere too; a part of the portal is not.
    """
    return [_notice(each, names, domains.get(each.fault_domain)) for each in interruptions]


def _notice(interruption: Interruption, names: Mapping[str, str], domain: FaultDomain | None) -> Notice:
    partner = domain if domain is not None and domain.partner_of else None
    over = interruption.state != "open"
    return Notice(
        interruption_id=interruption.interruption_id,
        functions=tuple(names.get(code, code) for code in interruption.functions),
        state=interruption.state,
        cause=partner.cause(over=over) if partner else _OURS[over],
        workaround=partner.workaround if partner else "",
        started_at=interruption.started_at,
        ended_at=interruption.ended_at,
        changed_at=interruption.retracted_at or interruption.ended_at or interruption.started_at,
    )


def newest_change(listed: Sequence[Notice], otherwise: datetime) -> datetime:
    """When the list last changed; `otherwise` where it is empty."""
    return max((each.changed_at for each in listed), default=otherwise)
