"""Tables in monthly partitions: who makes the months to come, how an old month is dropped.

The key is an id that begins with its time (version 7, or derived from one) or a time. A migration makes a table such a
one by `partition_by_month` of the database, which makes the months itself too (`keep_partitions`, as the owner of the
tables): no process needs the right to. Nobody reaches a partition but through its table, where row security stands.
What no month takes goes into the default partition, and calls an operator.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from libs.common.observability.alarms import report_partition
from libs.common.persistence.unit_of_work import UnitOfWork

MONTHS_AHEAD = 3


async def keep_partitions(work: UnitOfWork) -> None:
    """See to it that the months to come have their partitions; call an operator where one is missing or not used.

    From this month by real time to `MONTHS_AHEAD` later by business time, which may be ahead.
    """
    first, last = _month(work.now), _month(work.runtime.clock.business(), MONTHS_AHEAD)
    found = await work.execute(sa.select(sa.func.keep_partitions(first, last)))
    for fault in found.scalars():
        report_partition(fault)


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a partitioned table: its first day, and whether it has been kept as long as its table says."""

    table: str
    first: date
    may_be_dropped: bool


async def months(work: UnitOfWork, tables: Iterable[sa.Table]) -> list[Month]:
    """The months that are there of `tables`, the oldest first of each; those that are not partitioned have none."""
    found = []
    for table in tables:
        children = sa.text(
            "SELECT right(c.relname, 7) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = to_regclass(:table) AND NOT c.relname LIKE '%_default' ORDER BY c.relname"
        )
        for name in (await work.execute(children, {"table": table.name})).scalars():
            first = date(int(name[:4]), int(name[5:]), 1)
            found.append(Month(table.name, first, first < kept_since(table.info["kept_years"], work.now)))
    return found


def kept_since(years: int, now: datetime) -> date:
    """The first day of the first month that must still be there when all that is `years` old may go."""
    return date(now.year - years, now.month, 1)


async def drop(work: UnitOfWork, month: Month, *, reason: str) -> None:
    """Drop a month for good, as the owner of the tables. Audited."""
    name = f"{month.table}_{month.first:%Y_%m}"
    await work.execute(sa.select(sa.func.drop_partition(month.table, name)))
    work.audit("drop", "month", name, reason=reason)


def _month(moment: datetime, later: int = 0) -> date:
    months = moment.year * 12 + moment.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)
