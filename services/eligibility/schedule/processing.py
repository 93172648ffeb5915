"""Reads a list of patients as offices have it: pasted from a spreadsheet, or a CSV file, columns named or not.

Nothing is guessed in silence: a row that can be read in two ways is one to correct.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from libs.common.mbi import is_valid_mbi, normalize_mbi
from libs.common.text import is_printable, plain
from services.eligibility.hets.domain import Question
from services.eligibility.schedule.domain import FIELD_WORDS, FIELDS, Row, checked_together

Faults = Callable[[Question], Mapping[str, str]]
"""What to correct in a question, by field of the form."""

NAME = "name"
_LENGTHS = {
    "mbi": 30,
    "last_name": 60,
    "first_name": 35,
    "birth_date": 30,
    "service_on": 30,
    "reference": 40,
    NAME: 100,
}
_LARGEST_CELL = 1_000
_LEAST_COLUMNS, _LEAST_NAMED = 3, 2
_MONTHS = 12
_SPELLINGS = {
    "mbi": (
        "mbi medicarenumber medicareno medicare medicareid medicarebeneficiaryidentifier medicarebeneficiaryid"
        " beneficiaryid hic hicn hicnumber memberid membernumber subscriberid insuranceid policynumber insurancenumber"
    ),
    "last_name": "lastname last surname familyname lname patientlastname patientlast ptlastname beneficiarylastname",
    "first_name": "firstname first givenname fname patientfirstname patientfirst ptfirstname beneficiaryfirstname",
    NAME: "name patientname patient fullname patientfullname ptname beneficiary beneficiaryname",
    "birth_date": "birthdate dateofbirth dob birthday bday bdate patientdob patientbirthdate birth",
    "service_on": (
        "dateofservice dos servicedate appointmentdate apptdate appointment appt visitdate date scheduledate"
        " scheduleddate dateofvisit encounterdate"
    ),
    "reference": (
        "reference yourreference ownreference ref account accountnumber accountno acct acctno patientaccount"
        " patientaccountnumber patientid patientno ptid chart chartnumber chartno mrn medicalrecordnumber id"
    ),
}
_KNOWN = {spelling: field for field, spellings in _SPELLINGS.items() for spelling in spellings.split()}
_TEXT_FORMULA = re.compile(r'="(.*)"')
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}")
_YEAR_FIRST = re.compile(r"(\d{4})[/.-]?(\d{2})[/.-]?(\d{2})")
_MONTH_FORMS = ("%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y")
_TIME_OF_DAY = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2})?( ?[AP]M)?$", re.IGNORECASE)
_MIDDLE_INITIAL = re.compile(r"(.*\S)\s+\w\.?")


class ListFaultError(ValueError):
    """The list as a whole cannot be taken; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A list as it was read: its rows, and what to know of how they were read."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which field each column holds; None for one that is not used."""

    fields: tuple[str | None, ...]
    named: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of a row by field, and what is wrong with them so far, by field; the row as a whole is no field."""

    number: int
    values: dict[str, str]
    wrong: dict[str, str]


_IN_ORDER = _Layout(FIELDS, named=False)
_MERGED = _Layout(("mbi", NAME, "birth_date", "service_on", "reference"), named=False)


def decoded(content: bytes) -> str:
    """The text of a file. Raises `ListFaultError` for what is no text."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ListFaultError("This is a workbook. Save it as CSV in your spreadsheet, or copy its rows and paste them.")
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig"), (b"", "cp1252")):
        if content.startswith(mark):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                continue
            if is_printable(text):
                return text
    raise ListFaultError("This is no list that can be read. Save it as CSV in your spreadsheet and send that.")


def read_list(text: str, *, service_on: date, limit: int, faults: Faults) -> Reading:
    """Read a list. `service_on` is the date of service of rows that have none; `limit` how many patients are taken.

    Raises `ListFaultError` when no row can be told from another, or there are none, or too many.
    """
    lines = _lines(text)
    if not lines:
        raise ListFaultError("The list is empty. Paste the rows of your schedule, or choose its file.")
    layout = _layout(lines)
    content = lines[1:] if layout.named else lines
    if not content:
        raise ListFaultError("The list has column names but no patient. Add the rows below them.")
    if len(content) > limit:
        last = content[limit - 1][0]
        raise ListFaultError(
            f"The list has {len(content):,} patients; {limit:,} are taken at once. Send the rows up to row {last:,}"
            " first, then the others as a second list."
        )
    cells = [_cells(number, values, layout) for number, values in content]
    order = _date_order(each.values for each in cells)
    rows = checked_together(_row(each, order, service_on, faults) for each in cells)
    return Reading(tuple(rows), (*layout.notes, *order.notes, *_past(rows, service_on)))


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """The rows that are not blank, each with its number in the list and its cells."""
    text = text.removeprefix("\ufeff")
    delimiter = _delimiter(text)
    found = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, values in enumerate(reader, start=1):
            cells = [_cell(each) for each in values]
            if any(cells) and not (number == 1 and values[0].lower().startswith("sep=")):
                found.append((number, cells))
    except csv.Error:
        raise ListFaultError(
            f"A quotation mark in row {number + 1} or below is not closed. Close or remove it."
        ) from None
    return found


def _delimiter(text: str) -> str:
    """What stands between cells: tabs in what is pasted from a spreadsheet; else what the first rows have most of."""
    if text[:5].lower().startswith("sep=") and len(text) > 4:
        return text[4]
    start = "\n".join(text.split("\n", 20)[:20])
    counts = {each: start.count(each) for each in "\t;|,"}
    return "\t" if counts["\t"] else max(counts, key=lambda each: (counts[each], each == ","))


def _cell(value: str) -> str:
    """A cell as it was meant: spreadsheets write ="001" to keep the zeros."""
    value = plain(value.replace("\n", " ").replace("\r", " ").replace("\u00a0", " "))
    text = _TEXT_FORMULA.fullmatch(value)
    return plain(text[1]) if text else value


def _spelling(name: str) -> str:
    """A name of a column, bare: `Medicare Number (MBI)` as `medicarenumber`."""
    return re.sub(r"\(.*?\)|[^a-z]", "", name.lower())


def _layout(lines: Sequence[tuple[int, list[str]]]) -> _Layout:
    """What the columns hold: by their names when the first row has some, else by their order."""
    first = lines[0][1]
    named = [_KNOWN.get(_spelling(each)) for each in first]
    if sum(each is not None for each in named) >= _LEAST_NAMED and not any(
        is_valid_mbi(normalize_mbi(each)) for each in first
    ):
        return _named_layout(first, named)
    merged = sum(_is_merged(values) for _, values in lines)
    if merged * 2 > len(lines):
        return _MERGED
    by_place = Counter(
        place for _, values in lines for place, each in enumerate(values) if is_valid_mbi(normalize_mbi(each))
    )
    if by_place and 0 not in by_place:
        raise ListFaultError(
            "The Medicare number must stand in the first column: Medicare number, last name, first name, birth date,"
            " date of service, your reference. Or name the columns in the first row, in any order."
        )
    return _IN_ORDER


def _named_layout(first: Sequence[str], named: Sequence[str | None]) -> _Layout:
    twice = [field for field, count in Counter(each for each in named if each).items() if count > 1]
    if twice:
        words = FIELD_WORDS.get(twice[0], "Name")
        raise ListFaultError(f"Two columns are taken for the same: {words}. Name or remove one of them.")
    if NAME in named and "last_name" in named:
        # A last name of its own says more than a whole name beside it.
        named = [None if each == NAME else each for each in named]
    for field, other in (("mbi", ""), ("last_name", NAME)):
        if field not in named and other not in named:
            raise ListFaultError(
                f"No column is named {FIELD_WORDS[field]}. Name the columns in the first row: Medicare number, last"
                " name, first name, birth date, date of service, your reference."
            )
    unused = [each for each, field in zip(first, named, strict=True) if field is None and each]
    notes = (f"Columns that are not used: {', '.join(each[:40] for each in unused)}.",) if unused else ()
    return _Layout(tuple(named), named=True, notes=notes)


def _is_merged(values: Sequence[str]) -> bool:
    """Whether the third cell is a date, so that the second is the whole name."""
    return len(values) >= _LEAST_COLUMNS and _looks_like_date(values[2])


def _looks_like_date(value: str) -> bool:
    value = _TIME_OF_DAY.sub("", value)
    return (
        any(each.fullmatch(value) for each in (_NUMBERS, _SHORT_YEAR, _YEAR_FIRST)) or _month_named(value) is not None
    )


def _cells(number: int, values: Sequence[str], layout: _Layout) -> _Cells:
    """The cells of a row by field, and what is wrong with their number."""
    cells = dict.fromkeys(FIELDS, "")
    for field, value in zip(layout.fields, values, strict=False):
        if field is not None:
            cells[field] = value[:_LARGEST_CELL]
    wrong = {}
    if any(values[len(layout.fields) :]):
        wrong[""] = (
            f"This row has {len(values)} columns, the list has {len(layout.fields)}. Put quotation marks around a value"
            " that has the separator in it."
        )
    elif not layout.named and len(values) < _LEAST_COLUMNS:
        wrong[""] = "Columns are missing. Give at least Medicare number, last name and first name or birth date."
    return _Cells(number, cells, wrong)


# --- dates ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Order:
    """How dates such as 03/04/2026 are read, and what to tell of it."""

    day_first: bool = False
    notes: tuple[str, ...] = ()


def _date_order(rows: Iterable[Mapping[str, str]]) -> _Order:
    """Month first, as here, unless dates of the list can be read with the day first only, and none with the month."""
    day_first = month_first = False
    for cells in rows:
        for field in ("birth_date", "service_on"):
            parts = _NUMBERS.fullmatch(_TIME_OF_DAY.sub("", cells[field]))
            day_first = day_first or bool(parts and int(parts[1]) > _MONTHS >= int(parts[2]))
            month_first = month_first or bool(parts and int(parts[2]) > _MONTHS >= int(parts[1]))
    if day_first and not month_first:
        words = "Dates were read as day/month/year: some of them cannot be read otherwise. Compare them."
        return _Order(day_first=True, notes=(words,))
    return _Order()


def _month_named(value: str) -> date | None:
    for form in _MONTH_FORMS:
        try:
            return datetime.strptime(value, form).date()  # noqa: DTZ007 - a calendar day has no zone
        except ValueError:
            continue
    return None


def _day(value: str, order: _Order) -> date | str:
    """The day that a cell names, or what to correct in it."""
    value = _TIME_OF_DAY.sub("", value)
    if parts := _NUMBERS.fullmatch(value):
        first, second, year = (int(each) for each in parts.groups())
        month, day = (second, first) if order.day_first else (first, second)
        swapped = month > _MONTHS >= day
        wrong = "has month and day the wrong way round. Write the month first" if swapped else "is no day. Correct it"
    elif parts := _YEAR_FIRST.fullmatch(value):
        year, month, day = (int(each) for each in parts.groups())
        wrong = "is no day. Correct it"
    elif named := _month_named(value):
        return named
    elif _SHORT_YEAR.fullmatch(value):
        return "has a year of two digits. Write all four: 03/30/1943."
    else:
        return "cannot be read. Write it as MM/DD/YYYY: 03/30/1943."
    try:
        return date(year, month, day)
    except ValueError:
        return f"{wrong}: 03/30/1943."


def _past(rows: Sequence[Row], service_on: date) -> Iterator[str]:
    past = [row.number for row in rows if row.service_on and row.typed[4] and row.service_on < service_on]
    if past:
        some = ", ".join(map(str, past[:5])) + (" and more" if len(past) > 5 else "")
        yield f"Dates of service before {service_on:%m/%d/%Y} in rows {some}: see that month and day are not swapped."


# --- rows -----------------------------------------------------------------------------------------------------------

_QUESTION_FIELDS = {"service_from": "service_on", "service_to": "service_on"}


def _row(cells: _Cells, order: _Order, service_on: date, faults: Faults) -> Row:
    typed = tuple(
        cells.values.get(NAME) or cells.values[field] if field == "last_name" else cells.values[field]
        for field in FIELDS
    )
    for field, value in cells.values.items():
        if fault := _cell_fault(field, value):
            cells.wrong.setdefault(field, fault)
    _split_name(cells)
    values = cells.values
    birth_date = _day_of(cells, "birth_date", order)
    asked_on = _day_of(cells, "service_on", order) or service_on
    mbi = normalize_mbi(values["mbi"])
    if "" not in cells.wrong:
        asked = Question(mbi, values["last_name"], values["first_name"], birth_date, asked_on, asked_on)
        _add_faults(cells, faults(asked))
    return Row(
        cells.number,
        typed,
        tuple(cells.wrong.values()),
        mbi,
        values["last_name"],
        values["first_name"],
        birth_date,
        asked_on,
        values["reference"],
    )


def _add_faults(cells: _Cells, faults: Mapping[str, str]) -> None:
    """Add what is wrong with the question as a whole, but not what follows from a cell that is wrong."""
    for name, sentence in faults.items():
        field = _QUESTION_FIELDS.get(name, name)
        was_given = (NAME in cells.wrong and field in ("last_name", "first_name")) or (
            "birth_date" in cells.wrong and field == "first_name"
        )
        if not was_given:
            cells.wrong.setdefault(field, sentence)


def _split_name(cells: _Cells) -> None:
    """Put a whole name into its two fields, where it is sure which part is which."""
    values = cells.values
    whole = values.get(NAME, "")
    if not whole and values["first_name"]:
        return
    name = _split(whole or values["last_name"])
    if whole and not re.search(r"[\s,]", whole):
        values["last_name"] = whole
    elif name:
        values["last_name"], values["first_name"] = name
    elif whole:
        cells.wrong.setdefault(NAME, "Write the name as DOE, JANE or in two columns: last name, first name.")


def _day_of(cells: _Cells, field: str, order: _Order) -> date | None:
    """The day of a field; what is wrong with it is noted."""
    value = cells.values[field]
    if not value or field in cells.wrong:
        return None
    found = _day(value, order)
    if isinstance(found, str):
        cells.wrong[field] = f"{FIELD_WORDS[field]} {found}"
        return None
    return found


def _cell_fault(field: str, value: str) -> str:
    words = FIELD_WORDS.get(field, "Name")
    if value[:1] in ("=", "@", "+"):
        return f"{words} begins with {value[0]}: formulas are not taken. Paste the value itself."
    if not is_printable(value):
        return f"{words} has characters that cannot be printed. Remove them."
    if len(value) > _LENGTHS[field]:
        return f"{words} has {len(value)} characters, at most {_LENGTHS[field]} are taken. Shorten it."
    return ""


def _split(name: str) -> tuple[str, str] | None:
    """Last and first name of a whole one, when a comma says which is which; a middle initial is left out."""
    parts = [plain(each) for each in name.split(",")]
    if len(parts) != 2 or not all(parts):
        return None
    initial = _MIDDLE_INITIAL.fullmatch(parts[1])
    return parts[0], initial[1] if initial else parts[1]
