"""The only place that asks the machine for the time.

Two clocks: `now()` is real time (tokens, sessions, retries, envelopes); `business()` is the time by which legal
deadlines run and may be moved forward in the local profile, so that day 126 can be looked at today.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from libs.common.observability.alarms import report_bad_clock_offset

_FARTHEST = timedelta(days=100 * 366)
_SECONDS = re.compile(r"[0-9]{0,12}")


class Clock(Protocol):
    """What every part of Portico asks for the time. All times are aware, in UTC."""

    def now(self) -> datetime:
        """Real time."""

    def business(self) -> datetime:
        """The time deadlines, cut-offs and the payment floor are counted by, and that people are shown."""

    def offset(self) -> timedelta:
        """How far business time is ahead of real time: nothing in use."""


class SystemClock:
    """The machine's clock. `offset_file`, if it exists, holds what is added to business time (`offset_in`).

    What somebody writes into it by mistake calls an operator and changes nothing: business time goes on as it was.
    """

    def __init__(self, offset_file: Path | None = None) -> None:
        self._offset_file = offset_file
        self._offset = timedelta()
        self._refused = False

    def now(self) -> datetime:
        """Real time."""
        return datetime.now(UTC)

    def business(self) -> datetime:
        """Real time plus the offset of the local profile."""
        return self.now() + self.offset()

    def offset(self) -> timedelta:
        """What the file says now; what it said last while it says nothing that can be."""
        if self._offset_file is None:
            return timedelta(0)
        try:
            self._offset = offset_in(self._offset_file)
        except (OSError, ValueError) as error:
            if not self._refused:  # once, not at every request until it is corrected
                report_bad_clock_offset(error)
            self._refused = True
        else:
            self._refused = False
        return self._offset


def offset_in(file: Path) -> timedelta:
    """What `file` adds to business time: whole seconds, none when it is empty or not there.

    Raises `ValueError`, with what to correct, for anything else, for what lies back, and for more than a hundred years.
    """
    text = file.read_bytes().decode("ascii", "replace").strip() if file.exists() else ""
    offset = timedelta(seconds=int(text or 0)) if _SECONDS.fullmatch(text) else None
    if offset is None or offset > _FARTHEST:
        raise ValueError(
            f"{file} must hold whole seconds to add to business time, such as 1209600 for 14 days, 0 or more and at "
            "most a hundred years. Correct or delete it."
        )
    return offset


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
