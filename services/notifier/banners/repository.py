"""What was last told of all functions: as rows, and in a local file that needs no database."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from libs.common.files import replace_file
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.settings import Settings
from services.notifier.banners.domain import Situation
from services.notifier.banners.tables import function_performance, portal_state

_SITUATION = TypeAdapter(Situation)
_DEGRADED_FOR = timedelta(seconds=90)
_ROWS_SECONDS = 1.0


def situation_file(settings: Settings) -> Path:
    """Where the watching process keeps what it last told."""
    return settings.state_directory / "journal" / "functions.json"


def keep(settings: Settings, situation: Situation) -> None:
    """Write the file, whole or not at all. Raises `OSError` when the disk refuses."""
    file = situation_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, _SITUATION.dump_json(situation).decode())


def kept(settings: Settings) -> Situation | None:
    """What the file says; `None` where no process on this machine ever watched."""
    file = situation_file(settings)
    return _SITUATION.validate_json(file.read_bytes()) if file.exists() else None


async def last_told(work: UnitOfWork, contract_id: str) -> Situation | None:
    """What the rows say; `None` before anything was told."""
    found = await work.execute(sa.select(portal_state.c.situation).where(portal_state.c.contract_id == contract_id))
    situation = found.scalar_one_or_none()
    return None if situation is None else _SITUATION.validate_python(situation)


async def tell(work: UnitOfWork, contract_id: str, situation: Situation) -> tuple[int, int]:
    """Make `situation` the last told; its generation and version."""
    row = insert(portal_state).values(
        contract_id=contract_id, version=1, situation=_SITUATION.dump_python(situation, mode="json")
    )
    told = await work.execute(
        row.on_conflict_do_update(
            index_elements=["contract_id"],
            set_={"version": portal_state.c.version + 1, "situation": row.excluded.situation},
        ).returning(portal_state.c.generation, portal_state.c.version)
    )
    row_now = told.one()
    return row_now.generation, row_now.version


async def keep_performance(work: UnitOfWork, function: str, at: datetime, *, degraded: bool) -> None:
    """Remember the newest word about a function's performance."""
    row = insert(function_performance).values(function=function, at=at, degraded=degraded)
    await work.execute(
        row.on_conflict_do_update(
            index_elements=["function"],
            set_={"at": row.excluded.at, "degraded": row.excluded.degraded},
            where=row.excluded["at"] >= function_performance.c["at"],
        )
    )


async def degraded_functions(work: UnitOfWork) -> frozenset[str]:
    """Codes of functions that were called degraded lately. What is not repeated is over."""
    found = await work.execute(
        sa.select(function_performance.c.function).where(
            function_performance.c.degraded, function_performance.c["at"] > work.now - _DEGRADED_FOR
        )
    )
    return frozenset(found.scalars())


async def told(runtime: Runtime) -> Situation | None:
    """What people are told now: the file of the watching process where there is one, else the rows.

    `None` before anything was told, and where there is neither file nor database: nobody knows then.
    """
    known = await asyncio.to_thread(kept, runtime.settings)
    if known is not None:
        return known
    try:
        async with asyncio.timeout(_ROWS_SECONDS), runtime.database.work(runtime) as work:
            return await last_told(work, runtime.deployment.contract_id)
    except (OSError, TimeoutError, SQLAlchemyError) as error:
        log.warning("the state of the functions cannot be read", error_class=type(error).__name__)
        return None
