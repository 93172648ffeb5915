"""Brings the code lists of `libs/x12/code_sets/` up to the next publication, and shows what changed.

    make code-lists FILE=carc-2027-03-01.csv

A publication is a CSV file that names every code of the lists it holds, several lists in one file if you like:

    # As of 2027-03-01
    set,code,effective_date,last_day
    CARC,307,2025-11-01,
    CARC,15,,closed
    508,248,,2026-10-31

`set` is CARC, RARC, 507, 508 or the name of a table (`pos`). An empty `effective_date` keeps the day we know. An empty
`last_day` means in use; `closed` means closed on a day the publication does not name. A code of ours that the
publication leaves out is closed before its day. Nothing is written unless the whole file is in order.
Codes and days only: the official texts belong to the keepers of the lists.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from libs.common.files import replace_file
from libs.x12.code_sets import TABLES, Code, line_of, load

application = typer.Typer(add_completion=False, help=__doc__)
console = Console(soft_wrap=True, highlight=False)

_SETS = {"CARC": "adjustment_reason", "RARC": "remark_code", "507": "claim_status_cat", "508": "claim_status"}
_HEADER = ["set", "code", "effective_date", "last_day"]
_CLOSED = "closed"
_AS_OF = re.compile(r"# As of (\d{4}-\d\d-\d\d)")
_COLUMNS = "# code,first day"
# A list that lacks more of the open codes than one in so many is a part of a list.
_MAX_LEFT_OUT = 10
_CODE = re.compile(r"[A-Z0-9]{1,30}")
_PIECES = re.compile(r"([A-Z]*)(\d*)(.*)")


class PublicationError(Exception):
    """What is wrong with a publication, in one sentence."""


@dataclass(frozen=True, slots=True)
class Publication:
    """The codes of each list as they are on the day `as_of`, by the name of our table and the code."""

    as_of: date
    sets: Mapping[str, Mapping[str, Code]]


@dataclass(slots=True)
class Difference:
    """What a publication changes in one table: codes in the order of the table."""

    added: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """True when anything changes."""
        return bool(self.added or self.closed or self.reopened or self.changed)


def read_publication(text: str, names: frozenset[str]) -> Publication:
    """Read a publication of tables among `names`. Raises `PublicationError` with what to correct."""
    lines = text.splitlines()
    stated = _AS_OF.match(lines[0]) if lines else None
    if stated is None:
        raise PublicationError("Line 1 must say which day the list is of: # As of 2027-03-01")
    as_of = _day(stated[1], 1)
    if len(lines) < 2 or next(csv.reader([lines[1]])) != _HEADER:
        raise PublicationError(f"Line 2 must name the columns: {','.join(_HEADER)}")
    sets: dict[str, dict[str, Code]] = {}
    for number, row in enumerate(_rows(lines[2:]), start=3):
        if not row:
            continue
        if len(row) != len(_HEADER):
            raise PublicationError(f"Line {number} has {len(row)} columns instead of {len(_HEADER)}.")
        listed, code, first, last = (part.strip() for part in row)
        name = _SETS.get(listed, listed)
        if name not in names:
            raise PublicationError(f"Line {number}: there is no code list {listed!r}.")
        if not _CODE.fullmatch(code):
            raise PublicationError(f"Line {number}: {code!r} is not a code; write capital letters and digits.")
        if code in sets.setdefault(name, {}):
            raise PublicationError(f"Line {number}: {listed} {code} stands in the file twice.")
        sets[name][code] = _published(code, first, last, as_of, number)
    if not sets:
        raise PublicationError("The file names no code.")
    return Publication(as_of, sets)


def _rows(lines: Sequence[str]) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines)
    except csv.Error as error:
        raise PublicationError(f"The file is not CSV: {error}.") from error


def _published(code: str, first: str, last: str, as_of: date, number: int) -> Code:
    first_day = _day(first, number) if first else date.min
    is_bound = last == _CLOSED
    if is_bound and first_day >= as_of:
        raise PublicationError(f"Line {number}: {code} is closed, but begins on the day of the list or later.")
    last_day = as_of - timedelta(days=1) if is_bound else _day(last, number) if last else date.max
    if last_day < first_day:
        raise PublicationError(f"Line {number}: {code} ends before it begins.")
    return Code(code, first_day, last_day, is_bound=is_bound)


def _day(text: str, number: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise PublicationError(f"Line {number}: {text!r} is not a day; write days as 2027-03-01.") from error


def merge(ours: Sequence[Code], published: Mapping[str, Code], as_of: date, name: str) -> tuple[list[Code], Difference]:
    """Our table as the publication has it, in order, and what differs; earlier periods of a code stay.

    Raises `PublicationError` when the publication holds only a part of the list.
    """
    # Forms (between slashes) are no codes of a list.
    latest = {code.code: code for code in ours if not code.code.startswith("/")}
    _ask_for_all(latest, published, name)
    rows = [code for code in ours if code is not latest.get(code.code)]
    difference = Difference()
    for code in sorted({*latest, *published}, key=_order):
        known, now = latest.get(code), published.get(code)
        if known is None or now is None:
            rows.append(_on_one_side(known, now, as_of, difference))
        else:
            rows += _on_both(known, now, as_of, difference)
    return sorted(rows, key=lambda each: (_order(each.code), each.first)), difference


def _ask_for_all(latest: Mapping[str, Code], published: Mapping[str, Code], name: str) -> None:
    in_use = [code for code, known in latest.items() if known.is_open]
    left_out = sum(code not in published for code in in_use)
    if left_out * _MAX_LEFT_OUT > len(in_use):
        raise PublicationError(
            f"The list leaves out {left_out} of the {len(in_use)} codes in use of {name}."
            " A publication names every code: add the others."
        )


def _ask_for_newer(text: str, as_of: date, name: str) -> None:
    """An older publication would close what is new since: it takes no table back."""
    stated = _AS_OF.search(text)
    if stated and date.fromisoformat(stated[1]) > as_of:
        raise PublicationError(f"The file is of {as_of}, and our list of {name} is newer: it is of {stated[1]}.")


def _on_one_side(known: Code | None, now: Code | None, as_of: date, difference: Difference) -> Code:
    """A code that only one of the two has: it is new, or it is gone."""
    if now is not None:
        difference.added.append(now.code)
        return now
    assert known is not None  # noqa: S101 - a code stands on one side at least
    if not known.is_open:
        return known
    difference.closed.append(known.code)
    return replace(known, last=as_of - timedelta(days=1), is_bound=True)


def _on_both(known: Code, now: Code, as_of: date, difference: Difference) -> Iterator[Code]:
    """The periods of a code both have, as the publication has them; a day it does not say stays ours."""
    if now.is_open and not known.is_open:
        difference.reopened.append(known.code)
        yield known
        yield replace(now, first=now.first if now.first > known.last else as_of, words=known.words)
        return
    merged = replace(known, first=now.first if now.first > date.min else known.first)
    if known.is_open or (not now.is_bound and not now.is_open):
        merged = replace(merged, last=now.last, is_bound=now.is_bound)
    if merged != known:
        (difference.closed if known.is_open and not now.is_open else difference.changed).append(known.code)
    yield merged


def _order(code: str) -> tuple[str, int, str]:
    """Codes by letters, then by number: N99 before N831."""
    letters, digits, rest = _PIECES.fullmatch(code).groups()  # type: ignore[union-attr]  # it matches any text
    return letters, int(digits or -1), rest


def table_text(text: str, rows: Sequence[Code], as_of: date) -> str:
    """The table `text` with other rows below its head, which says of which day they are."""
    head = [line for line in text.splitlines() if line.startswith("#")]
    stated = f"# As of {as_of}"
    if any(_AS_OF.match(line) for line in head):
        head = [_AS_OF.sub(stated, line) for line in head]
    else:
        at = next((at for at, line in enumerate(head) if line.startswith(_COLUMNS)), len(head))
        head.insert(at, f"{stated}.")
    return "".join([f"{line}\n" for line in head] + [line_of(row) for row in rows])


def bring_up_to_date(publication: Publication, folder: Path) -> dict[str, Difference]:
    """Write the tables of `folder` that the publication names, and return what changed in each.

    Raises `PublicationError` before anything is written.
    """
    sets, found, files = load(folder), {}, {}
    for name, published in publication.sets.items():
        rows, found[name] = merge(sets[name].codes, published, publication.as_of, name)
        file = folder / f"{name}.csv"
        text = file.read_text(encoding="utf-8")
        _ask_for_newer(text, publication.as_of, name)
        files[file] = table_text(text, rows, publication.as_of)
    for file, text in files.items():
        replace_file(file, text)
    return found


@application.command()
def code_lists(file: Annotated[Path, typer.Argument(help="The publication, as CSV.")]) -> None:
    """Bring the code lists up to a publication."""
    names = frozenset(table.stem for table in TABLES.glob("*.csv"))
    try:
        publication = read_publication(file.read_text(encoding="utf-8-sig"), names)
        found = bring_up_to_date(publication, TABLES)
    except (PublicationError, OSError, UnicodeDecodeError) as error:
        reason = error if isinstance(error, PublicationError) else "The file cannot be read as text (UTF-8)."
        console.print(f"[red]{file.name}: {reason}[/] Nothing was written.")
        raise typer.Exit(1) from error
    for name, difference in found.items():
        console.print(f"{name} as of {publication.as_of}{'' if difference else ': no difference'}")
        for kind in ("added", "closed", "reopened", "changed"):
            if codes := getattr(difference, kind):
                console.print(f"  {kind} {len(codes)}: {' '.join(codes)}")


if __name__ == "__main__":
    application()
