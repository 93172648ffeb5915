"""The only place that asks the machine for the time.

Two clocks: `now()` is real time (tokens, sessions, retries, envelopes); `business()` is the time by which legal
deadlines run and may be moved forward in the local profile, so that day 126 can be looked at today.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """What every part of Portico asks for the time. All times are aware, in UTC."""

    def now(self) -> datetime:
        """Real time."""

    def business(self) -> datetime:
        """The time deadlines, cut-offs and the payment floor are counted by, and that people are shown."""

    def offset(self) -> timedelta:
        """How far business time is ahead of real time: nothing in use."""


class SystemClock:
    """The machine's clock. `offset_file`, if it exists, holds whole seconds added to business time."""

    def __init__(self, offset_file: Path | None = None) -> None:
        self._offset_file = offset_file

    def now(self) -> datetime:
        """Real time."""
        return datetime.now(UTC)

    def business(self) -> datetime:
        """Real time plus the offset of the local profile."""
        return self.now() + self.offset()

    def offset(self) -> timedelta:
        """What the file says now."""
        if self._offset_file is None or not self._offset_file.exists():
            return timedelta(0)
        return timedelta(seconds=int(self._offset_file.read_text(encoding="ascii") or 0))


class SetClock:
    """A clock that stands still until it is moved: tests and the simulation tier."""

    def __init__(self, start: datetime) -> None:
        self._now, self._offset = start, timedelta(0)

    def now(self) -> datetime:
        """The time it was set to."""
        return self._now

    def business(self) -> datetime:
        """The same, as far ahead as it has leapt."""
        return self._now + self._offset

    def offset(self) -> timedelta:
        """How far it has leapt."""
        return self._offset

    def leap(self, step: timedelta) -> None:
        """Let business time run ahead of real time by `step` more."""
        self._offset += step

    def advance(self, step: timedelta) -> None:
        """Move forward by `step`."""
        self._now += step
