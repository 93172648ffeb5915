"""What was taken and what was answered, in one SQLite file: it outlives kill -9."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from libs.common.messaging.envelope import Message, headers_from_text, headers_to_text

ANSWERS = 2

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
    problem TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS behaviour (one INTEGER PRIMARY KEY CHECK (one = 1), delay_seconds REAL, hold INTEGER);
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A message that was taken. `answered` answers were sent; `answer_at` fixes the time of the one under way."""

    number: int
    message: Message
    answered: int
    answer_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How far the work has come, in parts and claims."""

    taken: int
    in_process: int
    finished: int
    unreadable: int
    claims: int


class Progress:
    """The file of one directory."""

    def __init__(self, directory: Path, *, delay_seconds: float) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connection = sqlite3.connect(directory / "progress.sqlite", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.executescript(_SCHEMA)
        self._connection.execute("INSERT OR IGNORE INTO behaviour VALUES (1, ?, 0)", (delay_seconds,))

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
            )
            for message in messages
        ]
        self._connection.execute("BEGIN")
        self._connection.executemany(
            "INSERT OR IGNORE INTO part (event_id, topic, key, headers, payload, received_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            rows,
        )
        self._connection.execute("COMMIT")

    def behave(self, *, delay_seconds: float, hold: bool) -> None:
        """From now on decide so long after a part came, or not at all while on hold."""
        self._connection.execute("UPDATE behaviour SET delay_seconds = ?, hold = ?", (delay_seconds, hold))

    def behaviour(self) -> tuple[float, bool]:
        """Delay in seconds, and whether it is on hold."""
        row = self._connection.execute("SELECT delay_seconds, hold FROM behaviour").fetchone()
        return row["delay_seconds"], bool(row["hold"])

    def next_due(self, now: datetime) -> Part | None:
        """The next part that an answer is due for: first answers before decisions, each in order of arrival."""
        delay, hold = self.behaviour()
        if hold:
            return None
        row = self._connection.execute(
            "SELECT * FROM part WHERE problem = '' AND (answered = 0 OR (answered = 1 AND received_at <= ?))"
            " ORDER BY answered, number LIMIT 1",
            ((now - timedelta(seconds=delay)).timestamp(),),
        ).fetchone()
        return None if row is None else _part(row)

    def seconds_to_next(self, now: datetime, most: float) -> float:
        """How long nothing will be due, unless something comes meanwhile."""
        delay, hold = self.behaviour()
        oldest = self._connection.execute(
            "SELECT min(received_at) FROM part WHERE problem = '' AND answered = 1"
        ).fetchone()[0]
        if hold or oldest is None:
            return most
        return min(most, max(0.0, float(oldest) + delay - now.timestamp()))

    def begin(self, part: Part, at: datetime) -> datetime:
        """Fix the time of the answer under way. Done again after a crash, it is the time of the first attempt."""
        if part.answer_at is not None:
            return part.answer_at
        self._connection.execute("UPDATE part SET answer_at = ? WHERE number = ?", (at.isoformat(), part.number))
        return at

    def answered(self, part: Part, claims: int) -> None:
        """The answer under way has been sent. After the last one the message is no longer needed."""
        count = part.answered + 1
        payload = b"" if count == ANSWERS else part.message.payload
        self._connection.execute(
            "UPDATE part SET answered = ?, answer_at = NULL, claims = ?, payload = ? WHERE number = ?",
            (count, claims, payload, part.number),
        )

    def give_up(self, part: Part, problem: str) -> None:
        """The part cannot be read; a person has to look."""
        self._connection.execute("UPDATE part SET problem = ? WHERE number = ?", (problem, part.number))

    def counts(self) -> Counts:
        """How far the work has come."""
        row = self._connection.execute(
            "SELECT count(*), sum(problem = '' AND answered < ?), sum(answered = ?), sum(problem <> ''), sum(claims)"
            " FROM part",
            (ANSWERS, ANSWERS),
        ).fetchone()
        return Counts(*(value or 0 for value in row))


def _part(row: Any) -> Part:
    return Part(
        number=row["number"],
        message=Message(row["topic"], row["key"], headers_from_text(row["headers"]), row["payload"]),
        answered=row["answered"],
        answer_at=datetime.fromisoformat(row["answer_at"]) if row["answer_at"] else None,
    )
