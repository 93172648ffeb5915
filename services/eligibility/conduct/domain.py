"""How HETS may be asked: how often, and how often in vain. CMS audits each submitter for volume and refusals.

Source of the rules: HETS 270/271 Rules of Behavior; since 2026-05-11 HETS blocks an NPI for a day after AAA 41.
"""

from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

HoldReason = Literal["fishing", "errors", "not-enrolled"]
FISHING: HoldReason = "fishing"
ERRORS: HoldReason = "errors"
NOT_ENROLLED: HoldReason = "not-enrolled"

Details = tuple[str, Hashable, date | None]
"""Whom a question is about, as they were written: beneficiary token, name and birth date. Other ones are a guess."""

DAY = timedelta(hours=24)
_NOT_LINKED = "41"
# AAA03: birth date, name or number are not those of a patient of Medicare. Other refusals tell nothing about patients.
_MISMATCHES = frozenset({"58", "71", "73", "75"})
# AAA03 that say nothing about the question: HETS itself is away.
_NOT_NOW = frozenset({"42", "80"})


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks HETS, for which provider. `program`: an API client, which asks for many people."""

    user_id: UUID
    organization_id: UUID
    npi: str
    program: bool = False

    @property
    def user(self) -> str:
        """The user as a subject of counts and holds."""
        return user_subject(self.user_id)

    @property
    def provider(self) -> str:
        """The NPI as a subject of counts and holds."""
        return f"npi:{self.npi}"


def user_subject(user_id: UUID) -> str:
    """A user as a subject of counts and holds."""
    return f"user:{user_id}"


@dataclass(frozen=True, slots=True)
class Budget:
    """So many, and no less than this share of all that was asked: few refusals in many questions are nobody's fault."""

    most: int
    share: float

    def spent(self, bad: int, asked: int) -> bool:
        """Whether `bad` of `asked` questions are over the budget."""
        return bad > self.most and bad > self.share * asked


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed. Hourly counts are of questions; budgets are of 24 hours."""

    guesses: int
    user_hourly: int
    program_hourly: int
    npi_hourly: int
    strangers: Budget
    user_errors: Budget
    npi_errors: Budget
    npi_pause: timedelta

    def hourly(self, asker: Asker) -> int:
        """How often the user may ask in an hour."""
        return self.program_hourly if asker.program else self.user_hourly


@dataclass(frozen=True, slots=True)
class Hold:
    """Whoever may not ask: why, since when and until when; `None`: until somebody lifts it."""

    reason: HoldReason
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a user and the NPI acted for stand with HETS before the next question; counts include that one.

    `guesses` counts inquiries of the user about one beneficiary that did not match, since `guessing_since`.
    """

    guesses: int
    guessing_since: datetime
    user_asked: int
    npi_asked: int
    user_hold: Hold | None
    npi_hold: Hold | None


@dataclass(frozen=True, slots=True)
class Day:
    """What came of 24 hours: questions and refusals of a user and of an NPI; different numbers that did not match."""

    user_asked: int
    user_refused: int
    npi_asked: int
    npi_refused: int
    strangers: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """A hold that follows from a refusal: of whom, why, for how long (`None`: until somebody lifts it)."""

    of: Literal["user", "npi"]
    reason: HoldReason
    lasts: timedelta | None


def hour_of(now: datetime) -> datetime:
    """The hour in which questions are counted."""
    return now.replace(minute=0, second=0, microsecond=0)


def is_guess(codes: Collection[str]) -> bool:
    """True when HETS refused (AAA03) because number, name or birth date are not those of a patient of Medicare."""
    return not _MISMATCHES.isdisjoint(codes)


def is_error(codes: Collection[str]) -> bool:
    """Whether a refusal counts: not one by which HETS says that it cannot answer now."""
    return bool(codes) and not _NOT_NOW.issuperset(codes)


def is_not_linked(codes: Collection[str]) -> bool:
    """Whether HETS refused because the NPI has no HETS EDI enrollment with this submitter."""
    return _NOT_LINKED in codes


def verdicts(day: Day, limits: Limits) -> Iterator[Verdict]:
    """What follows from the refusals of the last 24 hours, the user's first."""
    if limits.strangers.spent(day.strangers, day.user_asked):
        yield Verdict("user", FISHING, None)
    elif limits.user_errors.spent(day.user_refused, day.user_asked):
        yield Verdict("user", ERRORS, None)
    if limits.npi_errors.spent(day.npi_refused, day.npi_asked):
        yield Verdict("npi", ERRORS, limits.npi_pause)


HOLD_WORDS: dict[HoldReason, str] = {
    FISHING: "Too many different Medicare numbers were asked about that no patient has, or with other details",
    ERRORS: "HETS refused too many of the questions",
    NOT_ENROLLED: "HETS answered that the NPI has no HETS EDI enrollment (AAA 41)",
}
"""Why somebody may not ask, without a period."""
