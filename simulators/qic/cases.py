"""The cases that came and what was decided of them, in one SQLite file without patients: it outlives kill -9."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b, sha256
from pathlib import Path
from uuid import UUID

from libs.common.clock import Clock
from libs.partners.qic import Case, CaseFile, Decision, LineDecision, Receipt

_FIRST_NUMBER = 1_000_000_000
# Of a hundred lines, how many are decided in favor: with evidence, and without.
_WITH_EVIDENCE, _WITHOUT = 70, 40
_GRANTED = "The file supports the service: it was reasonable and necessary."
_REFUSED = "The file does not show that the service was reasonable and necessary."

_SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    case_id TEXT, document_id TEXT, digest TEXT NOT NULL, PRIMARY KEY (case_id, document_id)
);
CREATE TABLE IF NOT EXISTS file (
    number INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    lines TEXT NOT NULL,
    documents INTEGER NOT NULL,
    received_at TEXT NOT NULL,
    decide_at REAL NOT NULL,
    decision TEXT
);
"""


class MissingDocumentError(Exception):
    """The case file names a document that did not come, or came otherwise."""


class AnotherFileError(Exception):
    """Another file came before under the same case."""


class Cases:
    """The file of one directory."""

    def __init__(self, directory: Path, clock: Clock, *, seed: int, decide_seconds: float) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connection = sqlite3.connect(directory / "cases.sqlite", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.executescript(_SCHEMA)
        self._clock = clock
        self._seed = seed
        self._decide_after = timedelta(seconds=decide_seconds)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def keep_document(self, case_id: UUID, document_id: UUID, content: bytes) -> None:
        """Remember that a document came: what it was is known by its digest. Sent again, it replaces itself."""
        self._connection.execute(
            "INSERT OR REPLACE INTO document VALUES (?, ?, ?)",
            (str(case_id), str(document_id), sha256(content).hexdigest()),
        )

    def take(self, case_id: UUID, sent: CaseFile) -> Receipt:
        """Take a case in; it is on the disk when this returns. The same again gives the same receipt.

        Raises `MissingDocumentError`, `AnotherFileError`.
        """
        digest = sha256(sent.model_dump_json().encode()).hexdigest()
        before = self._row(case_id)
        if before is not None and before["digest"] != digest:
            raise AnotherFileError
        if before is None:
            self._check_documents(case_id, sent)
            self._connection.execute(
                "INSERT INTO file (case_id, digest, lines, documents, received_at, decide_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    str(case_id),
                    digest,
                    " ".join(str(line.number) for line in sent.lines),
                    len(sent.documents),
                    self._clock.business().isoformat(),
                    (self._clock.now() + self._decide_after).timestamp(),
                ),
            )
        case = self.find(case_id)
        if case is None:
            raise LookupError("a case that was just taken")
        return case.receipt

    def _check_documents(self, case_id: UUID, sent: CaseFile) -> None:
        rows = self._connection.execute("SELECT document_id, digest FROM document WHERE case_id = ?", (str(case_id),))
        came = {row["document_id"]: row["digest"] for row in rows}
        if any(came.get(str(each.document_id)) != each.digest for each in sent.documents):
            raise MissingDocumentError

    def find(self, case_id: UUID) -> Case | None:
        """How a case stands; it is decided when one looks after its time has come, and stays so."""
        row = self._row(case_id)
        if row is None:
            return None
        if row["decision"] is None and self._clock.now().timestamp() >= row["decide_at"]:
            decision = Decision(decided_at=self._clock.business(), lines=tuple(self._decided(row)))
            self._connection.execute(
                "UPDATE file SET decision = ? WHERE number = ?", (decision.model_dump_json(), row["number"])
            )
            row = self._row(case_id) or row
        return _case(row)

    def _decided(self, row: sqlite3.Row) -> Iterator[LineDecision]:
        share = _WITH_EVIDENCE if row["documents"] else _WITHOUT
        for number in map(int, row["lines"].split()):
            facts = f"{self._seed}|{row['number']}|{number}".encode()
            favorable = int.from_bytes(blake2b(facts, digest_size=8).digest(), "big") % 100 < share
            yield LineDecision(number=number, favorable=favorable, rationale=_GRANTED if favorable else _REFUSED)

    def all(self) -> dict[str, Case]:
        """Every case by its id, the oldest first."""
        rows = self._connection.execute("SELECT * FROM file ORDER BY number").fetchall()
        return {row["case_id"]: _case(row) for row in rows}

    def _row(self, case_id: UUID) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(
            "SELECT * FROM file WHERE case_id = ?", (str(case_id),)
        ).fetchone()
        return found


def _case(row: sqlite3.Row) -> Case:
    return Case(
        receipt=Receipt(
            number=f"1-{_FIRST_NUMBER + row['number']}", received_at=datetime.fromisoformat(row["received_at"])
        ),
        decision=None if row["decision"] is None else Decision.model_validate_json(row["decision"]),
    )
