"""Rows as CSV for the spreadsheets of offices, which run what looks like a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

_AMOUNT = re.compile(r"-?[\d,]+(\.\d+)?")
# At the start of a value, and behind whatever a spreadsheet of another country takes for the end of one.
_FORMULA = re.compile(r"(^|[;,|\t\r\n])(\s*)(?=[=+\-@\t\r])")


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield each row as a line of CSV (RFC 4180), all values quoted, none of them a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    for row in rows:
        writer.writerow([_plain(str(value)) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _plain(value: str) -> str:
    """The value with an apostrophe before each formula sign that could begin one; amounts stay as they are."""
    return value if _AMOUNT.fullmatch(value) else _FORMULA.sub(r"\1\2'", value)
