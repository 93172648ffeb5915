"""Counts what was done with each function."""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.unit_of_work import UnitOfWork
from services.notifier.monthly_reports.tables import function_activity


async def add(work: UnitOfWork, contract_id: str, function: str, counter: str, counts: Mapping[date, int]) -> None:
    """Add to a counter, by day, in one statement. Rows are taken in the order of days, so that two cannot deadlock."""
    rows = [
        {"contract_id": contract_id, "function": function, "day": day, "counter": counter, "count": counts[day]}
        for day in sorted(counts)
    ]
    statement = insert(function_activity).values(rows)
    await work.execute(
        statement.on_conflict_do_update(
            index_elements=["contract_id", "function", "day", "counter"],
            set_={"count": function_activity.c.count + statement.excluded.count},
        )
    )


async def totals(work: UnitOfWork, contract_id: str, first: date, end: date) -> dict[str, int]:
    """Each counter over the days from `first` on and before `end`."""
    found = await work.execute(
        sa.select(function_activity.c.counter, sa.func.sum(function_activity.c.count).label("total"))
        .where(
            function_activity.c.contract_id == contract_id,
            function_activity.c.day >= first,
            function_activity.c.day < end,
        )
        .group_by(function_activity.c.counter)
    )
    return {row.counter: int(row.total) for row in found}


async def total(work: UnitOfWork, function: str, counter: str) -> int:
    """A counter over all days."""
    found = await work.execute(
        sa.select(sa.func.coalesce(sa.func.sum(function_activity.c.count), 0)).where(
            function_activity.c.function == function, function_activity.c.counter == counter
        )
    )
    return int(found.scalar_one())
