"""Every query of the landing page."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, OperationalError

from libs.common.contracts.notifier import PortalState
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from services.portal.landing.tables import portal_state


class PortalStateCopy:
    """Reads the copy. A database that is away is no reason not to show the page: then nothing is known."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def state(self) -> PortalState | None:
        """The highest version received, `None` before the first or while the database is away."""
        statement = sa.select(portal_state.c.document).where(
            portal_state.c.contract_id == self._runtime.deployment.contract_id
        )
        try:
            async with self._runtime.database.engine.connect() as connection:
                document = (await connection.execute(statement)).scalar_one_or_none()
        except (OperationalError, DBAPIError, OSError, TimeoutError) as error:
            log.warning("landing page without the state of the functions", error_class=type(error).__name__)
            return None
        return None if document is None else PortalState.model_validate(document)


async def keep(work: UnitOfWork, state: PortalState) -> None:
    """Keep `state` unless a newer one is here already."""
    statement = insert(portal_state).values(
        contract_id=state.contract_id,
        generation=state.generation,
        version=state.version,
        document=state.model_dump(mode="json"),
    )
    newer = sa.tuple_(statement.excluded.generation, statement.excluded.version) > sa.tuple_(
        portal_state.c.generation, portal_state.c.version
    )
    await work.execute(
        statement.on_conflict_do_update(
            index_elements=["contract_id"],
            set_={name: statement.excluded[name] for name in ("generation", "version", "document")},
            where=newer,
        )
    )
