"""Checks one file: its report, its answers, and how the command has to end."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from libs.x12.command.answers import Answers
from libs.x12.command.report import ItemFindings, as_json
from libs.x12.findings import Finding
from libs.x12.reader import Batch, read_file
from libs.x12.verdicts import FileVerdict

STANDARD_INPUT = "-"
ACCEPTED, REJECTED, UNREADABLE = 0, 1, 2
_PIECE = 1 << 16


@dataclass(slots=True, frozen=True)
class Task:
    """What to check: a file, the business day it counts as received, and the folder for answers, if any are wanted."""

    name: str
    received: date
    created: datetime
    folder: Path | None


@dataclass(slots=True, frozen=True)
class Outcome:
    """What came of it: the status to end with, the report, and one sentence when nothing could be read."""

    status: int
    report: dict[str, Any]
    sentence: str = ""


def check(task: Task) -> Outcome:
    """Check one file. Never raises for what the file holds, nor when it cannot be read."""
    items = ItemFindings()
    try:
        if task.folder is None:
            verdict = _read(pieces(task.name), task.received, items, None)
        else:
            with Answers(task.folder, task.received, task.created) as answers:
                verdict = _read(answers.pass_on(pieces(task.name)), task.received, items, answers)
                answers.write(verdict)
    except OSError as error:
        return _unreadable(task.name, error)
    report = as_json(task.name, verdict, items)
    if not verdict.is_x12:
        return Outcome(UNREADABLE, report, f"{task.name}: {verdict.findings[0].sentence}")
    return Outcome(ACCEPTED if verdict.verdict == "accepted" else REJECTED, report)


def pieces(name: str) -> Iterator[bytes]:
    """Yield a file, or the standard input, in pieces of 64 KB. Raises `OSError`."""
    if name == STANDARD_INPUT:
        yield from iter(lambda: sys.stdin.buffer.read(_PIECE), b"")
        return
    with Path(name).open("rb") as file:
        yield from iter(lambda: file.read(_PIECE), b"")


def _read(source: Iterator[bytes], received: date, items: ItemFindings, answers: Answers | None) -> FileVerdict:
    for event in read_file(source, received=received):
        if not isinstance(event, Batch):
            return event
        for item in event.items:
            if item.findings or getattr(item, "notices", ()):
                items.add(item)
        if answers is not None:
            answers.take(event.items)
    raise AssertionError("the reader always ends with a verdict")


def _unreadable(name: str, error: OSError) -> Outcome:
    sentence = f"{error.filename or name}: {error.strerror or 'cannot be read'}."
    finding = Finding(snip=1, code="unreadable", sentence=sentence, field="File")
    verdict = FileVerdict(is_x12=False, verdict="rejected", interchanges=[], findings=[finding])
    return Outcome(UNREADABLE, as_json(name, verdict, ItemFindings()), sentence)
