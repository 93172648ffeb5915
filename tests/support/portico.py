"""A runtime on a test's own database, with a clock the test moves and ids drawn from a seed."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from libs.common.clock import Clock, SetClock
from libs.common.deployment import Deployment, FunctionSwitch, load_deployment
from libs.common.document_store import DocumentStore
from libs.common.functions import FUNCTIONS
from libs.common.ids import Ids
from libs.common.persistence.unit_of_work import Database
from libs.common.runtime import Runtime
from libs.common.security.key_files import prepare_keys
from libs.common.security.keys import KeyRing
from libs.common.settings import DatabaseRole, Settings

ROOT = Path(__file__).parents[2]
MORNING = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
CONTRACT, DME_CONTRACT = ROOT / "contract.toml", ROOT / "contract-dme.toml"
LINES_OF_BUSINESS = ("A", "B", "DME")
DAYS = load_deployment(CONTRACT).business_days


def switched(deployment: Deployment, switches: Mapping[str, FunctionSwitch]) -> Deployment:
    """The same contract with these functions."""
    told = {code: switch.model_dump() for code, switch in switches.items()}
    return Deployment.model_validate({**deployment.model_dump(by_alias=True), "functions": told})


def whole() -> Deployment:
    """`contract.toml` with every line of business and the functions of other kinds on: for tests of all routes."""
    told = load_deployment(CONTRACT).model_dump(by_alias=True)
    others = {code: {"state": "on", "approval": "TEST"} for code, each in FUNCTIONS.items() if each.only}
    functions = {**told["functions"], **others}
    return Deployment.model_validate({**told, "lines_of_business": LINES_OF_BUSINESS, "functions": functions})


@asynccontextmanager
async def runtime_for(
    service: str,
    settings: Settings,
    *,
    role: DatabaseRole = "work",
    clock: Clock | None = None,
    seed: int = 1,
    deployment: Deployment | None = None,
) -> AsyncIterator[Runtime]:
    """A `Runtime` as the processes build it, but on `clock` (a set one unless given) and seeded ids.

    Without a `deployment` it serves `contract.toml`.
    """
    prepare_keys(settings.state_directory / "secrets", month=f"{MORNING:%Y-%m}")
    clock = clock or SetClock(MORNING)
    keys = KeyRing.load(settings, service)
    database = Database(settings.database(service, role), connections=4)
    yield Runtime(
        service,
        f"test-{service}",
        settings=settings,
        deployment=deployment or load_deployment(CONTRACT),
        clock=clock,
        ids=Ids(clock, Random(seed).randbytes),
        database=database,
        keys=keys,
        documents=DocumentStore(service, settings, keys),
    )
    await database.close()
