"""Code sets that live outside the guides, as replaceable tables with effective dates.

A table is one file of this folder, named like the set: `pos.csv`. Lines beginning with `#` say where its codes come
from and of which day the list is. Every other line is a code, the first and the last day it may be used (empty: always)
and, where it helps, our own short words:

    10,2022-01-01,,Telehealth in the patient's home

Where the list only shows that a code is closed and no source names its last day, the last day is written as a bound:
`<2026-08-17` says that the code was closed before that day. It may be read and put in words, and is judged as in use
before that day; from that day on nobody may send it.

A code between slashes is a form, a regular expression, for sets whose list is too long or too short-lived to keep here:
whether such a code is in the list of the year is judged by adjudication. Forms and codes may stand side by side. Tables
hold codes alone, never the official texts, which belong to the keepers of the lists.

`load` reads a folder of newer tables over those of the project.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

TABLES = Path(__file__).parent
CLOSED_BEFORE = "<"


@dataclass(slots=True, frozen=True)
class Code:
    """One line of a table: a code, or a form between slashes, and the days from `first` to `last` it may be used.

    `is_bound` is true when no source names the last day: the code was closed on `last` or earlier.
    """

    code: str
    first: date = date.min
    last: date = date.max
    words: str = ""
    is_bound: bool = False

    @property
    def is_open(self) -> bool:
        """True when no last day is known, not even a bound."""
        return self.last == date.max


class CodeSet:
    """The codes of one set. A code may have several periods of use."""

    def __init__(self, name: str, codes: Iterable[Code]) -> None:
        self.name = name
        self.codes = tuple(codes)
        self._periods: dict[str, list[tuple[date, date]]] = {}
        self._forms: list[tuple[re.Pattern[str], date, date]] = []
        for code in self.codes:
            if _is_form(code):
                self._forms.append((re.compile(code.code[1:-1]), code.first, code.last))
            else:
                self._periods.setdefault(code.code, []).append((code.first, code.last))

    def holds(self, code: str, on: date) -> bool:
        """Return True when `code` may be used on the day `on`."""
        for first, last in self._periods.get(code, ()):
            if first <= on <= last:
                return True
        return any(first <= on <= last and form.fullmatch(code) for form, first, last in self._forms)

    def words(self, code: str) -> str:
        """Return our own words for a code, or nothing."""
        return next((each.words for each in reversed(self.codes) if each.code == code), "")

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What matches every code of the set, whatever the day."""
        return re.compile("|".join(each.code[1:-1] if _is_form(each) else re.escape(each.code) for each in self.codes))


def _is_form(code: Code) -> bool:
    return len(code.code) > 2 and code.code[0] == code.code[-1] == "/"


def load(folder: Path | None = None) -> dict[str, CodeSet]:
    """Return every code set by its name: the project's, those of `folder` in place of theirs.

    Raises `OSError` when a table cannot be read, and `ValueError` with its file and line when it is none.
    """
    files = {file.stem: file for place in (TABLES, folder) if place is not None for file in place.glob("*.csv")}
    return {name: CodeSet(name, _read(file)) for name, file in sorted(files.items())}


def _read(file: Path) -> Iterator[Code]:
    lines = file.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        code, first, last, words = (*next(csv.reader([line])), "", "", "")[:4]
        try:
            first_day = date.fromisoformat(first) if first else date.min
            last_day, is_bound = _last_day(last)
            yield Code(code, first_day, last_day, words, is_bound)
        except ValueError as error:
            raise ValueError(f"{file.name}, line {number}: write days as 2026-01-31") from error


def _last_day(text: str) -> tuple[date, bool]:
    """The last day of a code, and whether it is the latest one possible."""
    if text.startswith(CLOSED_BEFORE):
        return date.fromisoformat(text[len(CLOSED_BEFORE) :]) - timedelta(days=1), True
    return date.fromisoformat(text) if text else date.max, False


def line_of(code: Code) -> str:
    """The line of a table that says what `code` says."""
    first = "" if code.first == date.min else code.first.isoformat()
    last = "" if code.is_open else code.last.isoformat()
    if code.is_bound:
        last = f"{CLOSED_BEFORE}{code.last + timedelta(days=1)}"
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow((code.code, first, last, code.words))
    return buffer.getvalue()


CODE_SETS: Mapping[str, CodeSet] = load()
