"""Tables in monthly partitions: how a migration makes one, who makes the months to come, how an old month is dropped.

The key is an id that begins with its time (version 7, or derived from one) or a time. The database makes the partitions
itself (`keep_partitions`, as the owner of the tables): no process needs the right to. Nobody reaches a partition but
through its table, where row security stands. What no month takes goes into the default partition, and calls an
operator.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import sqlalchemy as sa

from libs.common.observability.alarms import report_partition
from libs.common.persistence.unit_of_work import UnitOfWork

MONTHS_AHEAD = 3


class Operations(Protocol):
    """The part of `alembic.op` used here."""

    def execute(self, sqltext: Any) -> None:
        """Run a statement."""

    def get_bind(self) -> sa.Connection:
        """The connection of the migration."""


def partition_by_month(operations: Operations, table: str, key: str, *, primary_key: Sequence[str]) -> None:
    """Make a table one in monthly partitions by its column `key`; rows, rights and indexes stay as they are.

    A unique index without `key` can only hold within a month: it is made in each partition, by the pattern of the
    default one. Triggers and row security are for the caller to set on the new table.
    """
    before = f"{table}_before"
    indexes = operations.get_bind().execute(
        sa.text(
            "SELECT c.relname, pg_get_indexdef(c.oid), i.indisunique"
            " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE i.indrelid = to_regclass(:table) AND NOT i.indisprimary ORDER BY c.relname"
        ),
        {"table": table},
    )
    definitions = [tuple(row) for row in indexes]
    operations.execute(f"ALTER TABLE {table} RENAME TO {before}")
    operations.execute(f"ALTER TABLE {before} DROP CONSTRAINT {table}_pkey")
    # The owner would copy nothing past rules that bind it too.
    operations.execute(f"ALTER TABLE {before} NO FORCE ROW LEVEL SECURITY")
    operations.execute(
        f"CREATE TABLE {table} (LIKE {before} INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE ({key})"
    )
    operations.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({', '.join(primary_key)})")
    operations.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
    operations.execute(f"SELECT close_partition('{table}_default')")
    for name, definition, unique in definitions:
        operations.execute(f"DROP INDEX {name}")
        local = definition.replace(f".{table} ", f".{table}_default ")
        operations.execute(local if unique else definition)
    first = f"month_of((SELECT {key} FROM {before} ORDER BY {key} LIMIT 1))"  # noqa: S608 - names of our own tables
    operations.execute(
        f"SELECT keep_partitions(greatest(coalesce({first}, current_date), current_date - interval '10 years')::date,"
        f" (current_date + interval '{MONTHS_AHEAD} months')::date)"
    )
    operations.execute(f"INSERT INTO {table} SELECT * FROM {before}")  # noqa: S608
    operations.execute(f"DROP TABLE {before}")


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
    await work.execute(sa.text("SET LOCAL lock_timeout = '5s'"))
    await work.execute(sa.text(f"ALTER TABLE {month.table} DETACH PARTITION {name}"))
    await work.execute(sa.text(f"DROP TABLE {name}"))
    work.audit("drop", "month", name, reason=reason)


def _month(moment: datetime, later: int = 0) -> date:
    months = moment.year * 12 + moment.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)
