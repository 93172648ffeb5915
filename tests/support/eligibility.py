"""The eligibility service on a test's own database, with HETS beside it: the simulator itself, over HTTPS."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from deploy.local.portal import free_port_base
from deploy.local.probes import tcp
from libs.common.clock import SetClock
from libs.common.contracts.envelope import Message, Received, headers_from_text, open_envelope
from libs.common.messaging.due_work import DueWork
from libs.common.settings import HETS, Settings
from libs.partners.core_connectivity.forms import Form
from services.eligibility.conduct.domain import Asker
from services.eligibility.hets import partner
from services.eligibility.hets.domain import Question
from services.eligibility.line.handlers import put_in_line
from services.eligibility.settings import eligibility_settings
from simulators.hets.enrollments import Enrollments
from simulators.hets.knowledge import Knowledge
from simulators.hets.server import Behavior, State, core
from simulators.population import DEFAULT_SEED, Beneficiary, Population
from simulators.serving import install_client, install_trust, serve_http
from tests.support.applications import ADMINISTRATOR, BILLER, OTHER_BILLER, Application, Someone, application
from tests.support.platform import CloneSettings
from tests.support.portico import MORNING
from tools.walk.place import until

PATIENT: Beneficiary = Population().beneficiary(7)


def question(**changes: Any) -> Question:
    """A question by the second search, for today."""
    today = MORNING.date()
    facts = {
        "mbi": PATIENT.mbi,
        "last_name": PATIENT.last_name,
        "first_name": "",
        "birth_date": PATIENT.birth_date,
        "service_from": today,
        "service_to": today,
    }
    return Question(**(facts | changes))


def typed(patient: Beneficiary = PATIENT, **changes: str) -> dict[str, str]:
    """The form as a clerk fills it in, by the primary search."""
    return {
        "mbi": patient.mbi,
        "last_name": patient.last_name,
        "first_name": patient.first_name,
        "birth_date": f"{patient.birth_date:%m/%d/%Y}",
        **changes,
    }


def wait_for_partner(monkeypatch: pytest.MonkeyPatch, setting: str, *, held: bool) -> None:
    """Set how long the service waits for a partner: long, on a busy machine too, but not for one that holds back."""
    monkeypatch.setenv(f"PORTICO_ELIGIBILITY_{setting}", "2" if held else "60")
    eligibility_settings.cache_clear()


@dataclass
class Hets:
    """HETS while it runs: how it behaves, how much it answered; it can be stopped."""

    monkeypatch: pytest.MonkeyPatch
    state: State
    stopping: asyncio.Event
    serving: asyncio.Task[None]

    def behave(self, **behavior: Any) -> None:
        wait_for_partner(self.monkeypatch, "HETS_SECONDS", held=behavior.get("hold", False))
        self.state.behavior = Behavior(**behavior)

    async def stop(self) -> None:
        self.stopping.set()
        await self.serving


@asynccontextmanager
async def hets_serving(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    form: Form = "mime",
    *,
    now: Callable[[], datetime] = lambda: MORNING,
    enrollments: Enrollments | None = None,
    **environment: Any,
) -> AsyncIterator[Hets]:
    """HETS on a port of its own, by whose clock it is `now`; it and the service of `settings` know each other.

    Without `enrollments` it answers everybody. `environment` are settings of the service, by their names.
    """
    async with free_port_base() as base:
        port = base + HETS
        told = {
            "hets_address": f"https://localhost:{port}/core/{form}",
            "hets_enrollment_address": f"https://localhost:{port}/edi",
            "hets_form": form,
            "hets_seconds": 60,
            **environment,
        }
        for name, value in told.items():
            monkeypatch.setenv(f"PORTICO_ELIGIBILITY_{name.upper()}", str(value))
        eligibility_settings.cache_clear()
        partner._DOORS.clear()  # tests share one loop; what one of them met of HETS is not the next one's
        files = install_trust("hets", settings.state_directory, SetClock(MORNING))
        clients = install_client("hets", settings.state_directory, SetClock(MORNING))
        state, stop = State(), asyncio.Event()
        application = core(Knowledge(DEFAULT_SEED), state, now, enrollments)
        serving = asyncio.create_task(serve_http(application, port, stop, certificates=files, clients=clients))
        await until(lambda: listens(port), within=10, waiting_for="HETS")
        try:
            yield Hets(monkeypatch, state, stop, serving)
        finally:
            stop.set()
            await serving
            eligibility_settings.cache_clear()


async def listens(port: int) -> bool:
    """Whether somebody answers on a port of this machine."""
    try:
        return await tcp(port)()
    except OSError:
        return False


@dataclass
class EligibilityService:
    """The service, two clinics that know nothing of each other, and HETS."""

    app: Application
    hets: Hets

    async def ask(self, who: Someone = BILLER, *, key: str = "key-000001", **fields: str) -> httpx.Response:
        """Send the form of the page."""
        body = {
            "csrf": who.csrf,
            "enrollment": str(who.enrollment_id),
            "idempotency_key": key,
            **(fields or typed()),
        }
        return await self.app.call("POST", "/eligibility/inquiries", who, data=body)

    async def answered(self, who: Someone = BILLER, **fields: str) -> httpx.Response:
        """The page that the form leads to."""
        sent = await self.ask(who, **fields)
        assert sent.status_code == 303, sent.text
        return await self.app.call("GET", sent.headers["location"], who)

    async def rows(self, statement: str) -> Sequence[Any]:
        """What a query of the test finds, past row security."""
        async with self.app.work.database.work(self.app.work) as work:
            return (await work.execute(sa.text(statement))).all()

    async def published(self) -> list[Received[Any]]:
        """The events that wait in the outbox."""
        rows = await self.rows("SELECT topic, key, headers, payload FROM outbox ORDER BY id")
        return [
            open_envelope(Message(row.topic, row.key, headers_from_text(row.headers), bytes(row.payload)))
            for row in rows
        ]

    async def put_in_line(self, *questions: Question, who: Someone = BILLER) -> list[UUID | None]:
        """Let questions wait for their turn, as a schedule does."""
        runtime = self.app.work
        async with runtime.database.work(runtime) as work:
            return await put_in_line(
                work, Asker(who.user_id, who.organization_id, who.npi), who.enrollment_id, questions
            )

    async def work_off(self) -> None:
        """Do all work that is due, until none is or it fails."""
        due_work = DueWork(self.app.work, {}, self.app.service.jobs)
        while await due_work.step():
            await due_work.finish_jobs()


@asynccontextmanager
async def eligibility_service(
    settings: CloneSettings, monkeypatch: pytest.MonkeyPatch, **environment: Any
) -> AsyncIterator[EligibilityService]:
    """The eligibility service with the access of two clinics in its copy, and HETS; as `hets_serving`."""
    async with (
        application("eligibility", settings) as app,
        hets_serving(settings, monkeypatch, **environment) as hets,
    ):
        await app.admit(BILLER, OTHER_BILLER, ADMINISTRATOR)
        yield EligibilityService(app, hets)
