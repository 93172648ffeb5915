"""Equipment of DME suppliers: which HCPCS codes are the same or similar, and how long an item lasts.

Two tables beside this file, `groups.csv` and `codes.csv`, each with its date, its source, and what is in it.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

_TABLES = Path(__file__).parent
LIFETIME_MONTHS = 60
"""The reasonable useful lifetime where no instruction says otherwise: 5 years (42 CFR 414.210(f)(1))."""


@dataclass(frozen=True, slots=True)
class Group:
    """Codes that are similar to each other: what they are called, and the policy (LCD) that groups them."""

    words: str
    source: str
    codes: tuple[str, ...]


def group_of(procedure: str) -> Group | None:
    """The group of a HCPCS code; `None` for a code of none: it is similar to itself alone."""
    return _GROUPS.get(_CODES[procedure].group) if procedure in _CODES else None


def alike(procedure: str) -> tuple[str, ...]:
    """The codes that are the same as or similar to a HCPCS code, itself among them."""
    group = group_of(procedure)
    return group.codes if group else (procedure,)


def lifetime_months(procedure: str) -> int:
    """For how many months Medicare pays for no other item in the place of one with this HCPCS code."""
    return _CODES[procedure].months if procedure in _CODES else LIFETIME_MONTHS


@dataclass(frozen=True, slots=True)
class _Code:
    group: str
    months: int


def _rows(name: str) -> Iterator[list[str]]:
    lines = (_TABLES / name).read_text(encoding="utf-8").splitlines()
    return csv.reader(line for line in lines if not line.startswith("#"))


def _dated() -> date:
    """The day the tables are of: the earlier one."""
    texts = ((_TABLES / name).read_text(encoding="utf-8") for name in ("groups.csv", "codes.csv"))
    return min(date.fromisoformat(day) for text in texts for day in re.findall(r"as of (\d{4}-\d\d-\d\d)", text))


_CODES: Mapping[str, _Code] = {
    code: _Code(group, int(months or LIFETIME_MONTHS)) for code, group, months in _rows("codes.csv")
}
_GROUPS: Mapping[str, Group] = {
    name: Group(words, source, tuple(code for code, each in _CODES.items() if each.group == name))
    for name, words, source in _rows("groups.csv")
}

GROUPS: tuple[Group, ...] = tuple(_GROUPS.values())
"""Every group, in the order of the table."""

AS_OF = _dated()
"""The day the tables are of."""
