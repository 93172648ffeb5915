"""What was taken and what was answered, in one SQLite file: it outlives kill -9."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from libs.common.contracts.envelope import Message, headers_from_text, headers_to_text
from libs.common.contracts.partner import ClaimAdjustment

# A part is answered that it is in process, then how it was decided, then what is paid for it. An order to adjust is
# answered with the new decision, then with what is paid.
DECIDED, REMITTED = 2, 3

_LOOK_AT_CLOCK_SECONDS = 2.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS part (
    number INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    topic TEXT NOT NULL,
    key TEXT NOT NULL,
    headers TEXT NOT NULL,
    payload BLOB NOT NULL,
    received_at REAL NOT NULL,
    answered INTEGER NOT NULL DEFAULT 0,
    answer_at TEXT,
    claims INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '',
    is_order INTEGER NOT NULL DEFAULT 0,
    pays_on TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS decided (internal_control_number TEXT PRIMARY KEY, part INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS behavior (one INTEGER PRIMARY KEY CHECK (one = 1), delay_seconds REAL, hold INTEGER);
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A message that was taken: claims, or an order to adjust one (`is_order`).

    `answered` answers were sent; `answer_at` fixes the time of the one under way.
    """

    number: int
    message: Message
    answered: int
    answer_at: datetime | None
    is_order: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How far the work has come, in parts and claims; `finished` parts were decided, `remitted` ones paid too."""

    taken: int
    in_process: int
    finished: int
    unreadable: int
    claims: int
    remitted: int


class Progress:
    """The file of one directory."""

    def __init__(self, directory: Path, *, delay_seconds: float) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connection = sqlite3.connect(directory / "progress.sqlite", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.executescript(_SCHEMA)
        self._connection.execute("INSERT OR IGNORE INTO behavior VALUES (1, ?, 0)", (delay_seconds,))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def take(self, messages: Sequence[Message], now: datetime) -> None:
        """Remember messages; one that came before is not taken twice."""
        rows = [
            (
                message.headers["ce_id"],
                message.topic,
                message.key,
                headers_to_text(message.headers),
                message.payload,
                now.timestamp(),
                message.headers["ce_type"] == ClaimAdjustment.type,
            )
            for message in messages
        ]
        self._connection.execute("BEGIN")
        self._connection.executemany(
            "INSERT OR IGNORE INTO part (event_id, topic, key, headers, payload, received_at, is_order)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        self._connection.execute("COMMIT")

    def behave(self, *, delay_seconds: float, hold: bool) -> None:
        """From now on decide so long after a part came, or not at all while on hold."""
        self._connection.execute("UPDATE behavior SET delay_seconds = ?, hold = ?", (delay_seconds, hold))

    def behavior(self) -> tuple[float, bool]:
        """Delay in seconds, and whether it is on hold."""
        row = self._connection.execute("SELECT delay_seconds, hold FROM behavior").fetchone()
        return row["delay_seconds"], bool(row["hold"])

    def next_due(self, now: datetime, today: date) -> Part | None:
        """The next part that an answer is due for: first answers before later ones, each in order of arrival.

        Decisions wait for the delay, payments for their day.
        """
        delay, hold = self.behavior()
        if hold:
            return None
        row = self._connection.execute(
            "SELECT * FROM part WHERE problem = '' AND (answered = 0"
            " OR (answered = 1 AND (is_order OR received_at <= ?))"
            " OR (answered = ? AND NOT is_order AND pays_on <= ?)) ORDER BY answered, number LIMIT 1",
            ((now - timedelta(seconds=delay)).timestamp(), DECIDED, today.isoformat()),
        ).fetchone()
        return None if row is None else _part(row)

    def seconds_to_next(self, now: datetime, most: float) -> float:
        """How long nothing will be due, unless something comes meanwhile."""
        delay, hold = self.behavior()
        oldest, unpaid = self._connection.execute(
            "SELECT min(received_at) FILTER (WHERE answered = 1), count(*) FILTER (WHERE answered = ?)"
            " FROM part WHERE problem = '' AND NOT is_order",
            (DECIDED,),
        ).fetchone()
        if hold:
            return most
        if oldest is None:
            # The business clock may be moved while nobody says so.
            return min(most, _LOOK_AT_CLOCK_SECONDS) if unpaid else most
        return min(most, max(0.0, float(oldest) + delay - now.timestamp()))

    def begin(self, part: Part, at: datetime) -> datetime:
        """Fix the time of the answer under way. Done again after a crash, it is the time of the first attempt."""
        if part.answer_at is not None:
            return part.answer_at
        self._connection.execute("UPDATE part SET answer_at = ? WHERE number = ?", (at.isoformat(), part.number))
        return at

    def answered(self, part: Part, claims: int) -> None:
        """The answer under way has been sent."""
        self._connection.execute(
            "UPDATE part SET answered = ?, answer_at = NULL, claims = ? WHERE number = ?",
            (part.answered + 1, claims, part.number),
        )

    def decided(self, part: Part, pays_on: date, claims: Iterable[str]) -> None:
        """Remember when the claims of a part are paid, and which of them may come back after an appeal."""
        self._connection.execute("BEGIN")
        self._connection.execute("UPDATE part SET pays_on = ? WHERE number = ?", (pays_on.isoformat(), part.number))
        self._connection.executemany(
            "INSERT OR IGNORE INTO decided VALUES (?, ?)", [(number, part.number) for number in claims]
        )
        self._connection.execute("COMMIT")

    def part_of(self, internal_control_number: str) -> Part | None:
        """The part with a claim that was decided."""
        row = self._connection.execute(
            "SELECT part.* FROM part JOIN decided ON part.number = decided.part WHERE internal_control_number = ?",
            (internal_control_number,),
        ).fetchone()
        return None if row is None else _part(row)

    def orders_before(self, part: Part) -> list[Message]:
        """The orders that came before this one, the oldest first."""
        rows = self._connection.execute(
            "SELECT * FROM part WHERE is_order AND number < ? ORDER BY number", (part.number,)
        )
        return [_part(row).message for row in rows]

    def give_up(self, part: Part, problem: str) -> None:
        """The part cannot be read; a person has to look."""
        self._connection.execute("UPDATE part SET problem = ? WHERE number = ?", (problem, part.number))

    def counts(self) -> Counts:
        """How far the work has come."""
        row = self._connection.execute(
            "SELECT count(*), sum(problem = '' AND answered < ?), sum(answered >= ?), sum(problem <> ''), sum(claims),"
            " sum(answered = ?) FROM part WHERE NOT is_order",
            (DECIDED, DECIDED, REMITTED),
        ).fetchone()
        return Counts(*(value or 0 for value in row))


def _part(row: Any) -> Part:
    return Part(
        number=row["number"],
        message=Message(row["topic"], row["key"], headers_from_text(row["headers"]), row["payload"]),
        answered=row["answered"],
        answer_at=datetime.fromisoformat(row["answer_at"]) if row["answer_at"] else None,
        is_order=bool(row["is_order"]),
    )
