"""The journey through all services, from the access to the payment after an appeal, with crashes on every way.

A file of professional claims and one claim of a hospital are sent; the latter is denied, and paid after its appeal.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from deploy.local.portal import free_port_base
from libs.common.access import AccessCopy
from libs.common.clock import SystemClock
from libs.common.process import subscriptions_of
from libs.common.runtime import Runtime
from libs.common.security.permissions import ELIGIBILITY_INQUIRY, USERS_MANAGE
from libs.common.security.principal import Principal
from libs.common.settings import MAILBOX_SMTP, POSTGRESQL
from libs.common.web.permit import Admission, Permit
from libs.x12.remittance.objects import ClaimGroup
from services.appeals.app import service as appeals
from services.appeals.redetermination import repository as appeal_rows
from services.appeals.redetermination.domain import Asked
from services.appeals.redetermination.handlers import file_appeal
from services.appeals.review.domain import LineDecision
from services.appeals.review.handlers import decide
from services.auth.app import service as auth
from services.auth.feeds.handlers import IMPORT
from services.auth.recertification import repository as certifications
from services.auth.recertification.domain import Decision
from services.auth.recertification.handlers import decide as certify
from services.auth.settings import auth_settings
from services.claims.app import service as claims
from services.claims.submission.handlers import door, receive
from services.eligibility.app import service as eligibility
from services.eligibility.inquiry.handlers import ask
from services.notifier.app import service as notifier
from services.portal.app import service as portal
from services.remittance.app import service as remittance
from simulators.cms_mailbox.mailbox import Behavior, Mailbox, Step
from simulators.cms_mailbox.server import serving_smtp
from simulators.hets.enrollments import Enrollments
from simulators.population import DEFAULT_SEED, DemoUser, Enrollment, Population, claim_file, institutional_claim_file
from simulators.shared_system.adjudication import DENIED, adjudicate
from simulators.shared_system.payments import remitted as shown
from tests.support.attachments import arrived
from tests.support.auth import ADMINISTRATOR, BILLER, RIVERSIDE, deliver_feeds
from tests.support.claims import enrollment_of
from tests.support.eligibility import hets_serving, question
from tests.support.portico import MORNING
from tests.support.simulation import SHARED_SYSTEM_SEED, Simulation, runtime_in, seeds, simulation

_SERVICES = (auth, eligibility, claims, remittance, appeals, notifier, portal)
_CLAIMS, _FAULTY = 30, 2
_ACCEPTED = _CLAIMS - _FAULTY + 1
_FIRST, _SECOND = RIVERSIDE.enrollments
_PAYMENT_FLOOR = timedelta(days=14)


_PAID = "SELECT sum(paid_cents) FROM claim"
_POSTED = "SELECT sum(paid_cents) FROM remittance"
_PAID_LINES = """
SELECT DISTINCT remitted_claim.claim_id, remitted_line.claim_line, remitted_line.billed
FROM remitted_claim JOIN remitted_line ON remitted_line.remittance_id = remitted_claim.remittance_id
    AND remitted_line.claim_number = remitted_claim.number
WHERE remitted_claim.sequence = 3 AND remitted_line.paid_cents > 0
"""


def _ended(remitted: int, appealed: int) -> dict[tuple[str, str], list[tuple[Any, ...]]]:
    """What each service must hold in the end, by a query of it."""
    numbers = "SELECT sequence, count(*), count(DISTINCT claim_id) FROM remitted_claim GROUP BY 1 ORDER BY 1"
    versions = "SELECT version, count(*), count(DISTINCT claim_id) FROM claim_status GROUP BY 1 ORDER BY 1"
    counters = "SELECT counter, sum(count) FROM function_activity GROUP BY 1 ORDER BY 1"
    return {
        ("eligibility", "SELECT state FROM inquiry"): [("answered",)],
        ("claims", versions): [
            (1, _ACCEPTED, _ACCEPTED),
            (2, _ACCEPTED, _ACCEPTED),
            (3, appealed, appealed),
        ],
        ("claims", "SELECT count(*) FROM claim WHERE state = 'adjusted'"): [(appealed,)],
        ("claims", "SELECT state FROM claim WHERE type_of_bill = '131'"): [("adjusted",)],
        ("claims", "SELECT count(*) FROM audit WHERE action = 'order-adjustment'"): [(appealed,)],
        # The payment, what was taken back after an appeal, and the second payment.
        ("remittance", numbers): [(1, remitted, remitted), (2, appealed, appealed), (3, appealed, appealed)],
        ("remittance", "SELECT count(*) FROM known_claim"): [(_ACCEPTED,)],
        ("appeals", "SELECT outcome, count(*) FROM appeal GROUP BY 1"): [("favorable", appealed)],
        ("appeals", "SELECT count(*) FROM remitted_claim WHERE sequence = 3"): [(appealed,)],
        ("notifier", counters): [
            ("appeals-filed", appealed),
            ("claims-accepted", _ACCEPTED),
            ("claims-rejected", _FAULTY),
            ("inquiries-answered", 1),
            ("remittances-posted", 2 + appealed),
            ("roles-removed", 1),
            ("submissions-acknowledged", 2),
            ("submissions-received", 2),
        ],
        ("portal", "SELECT count(*) FROM item WHERE kind = 'inquiry'"): [(1,)],
    }


@pytest.fixture(autouse=True)
def _auth_that_rests(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PORTICO_AUTH_PASSWORD_ITERATIONS", "1000")
    monkeypatch.setenv("PORTICO_AUTH_FEED_POLL_SECONDS", "300")
    auth_settings.cache_clear()
    yield
    auth_settings.cache_clear()


@asynccontextmanager
async def _mailbox(world: Simulation, directory: Path) -> AsyncIterator[Mailbox]:
    """A mail server for this world alone that does not take everything at first."""
    runtime = runtime_in(world, "notifier")
    async with free_port_base() as base:
        # The database is the session's; the mail server listens for this test alone.
        server = runtime.settings.database_url or f"postgresql://127.0.0.1:{runtime.settings.port(POSTGRESQL)}"
        runtime.settings = runtime.settings.model_copy(update={"port_base": base, "database_url": server})
        with closing(Mailbox(directory, SystemClock())) as mailbox:
            mailbox.behave(Behavior(steps=[Step(reply=451, times=2)]))
            async with serving_smtp(mailbox, runtime.settings.port(MAILBOX_SMTP)):
                yield mailbox


@asynccontextmanager
async def _permit(runtime: Runtime, user: DemoUser, permission: Any) -> AsyncIterator[Permit]:
    """What a route holds, by the access that arrived in this service."""
    facts = await AccessCopy(runtime).read(user.user_uuid, user.organization_id, _FIRST.enrollment_id)
    now = runtime.clock.now()
    principal = Principal(
        "person", user.user_uuid, user.user_id, user.organization_id, user.role, 2, now, _FIRST.enrollment_id, 1, 1,
        "session", "csrf",
    )  # fmt: skip
    async with runtime.database.work(runtime) as work:
        yield Permit(principal, permission, facts, work)


async def _import(runtime: Runtime) -> None:
    """The partners' files are there now; the first row of this work has the time of the machine."""
    async with runtime.database.work(runtime) as work:
        await work.schedule(IMPORT, "all", work.now)


async def _ask(runtime: Runtime) -> None:
    """An inquiry that HETS answers."""
    async with _permit(runtime, BILLER, ELIGIBILITY_INQUIRY) as permit:
        principal = permit.principal
    await ask(Admission(principal, lambda: _permit(runtime, BILLER, ELIGIBILITY_INQUIRY)), question(), "key-000001")


def _professional_claims() -> Iterator[bytes]:
    return claim_file(received=MORNING.date(), claims=_CLAIMS, faulty=_FAULTY, seed=5, organization=RIVERSIDE)


def _denied_visit() -> Iterator[bytes]:
    """One claim of a hospital that the shared system denies at first, and tells its lines in another order."""
    for seed in count():
        [claim] = Population(seed).institutional_claims(1, received=MORNING.date(), organization=RIVERSIDE)
        decision = adjudicate(claim, SHARED_SYSTEM_SEED)
        told = [line.control_number for line in shown(claim, decision, ClaimGroup()).lines]
        if decision.status == DENIED and told != [str(line.number) for line in claim.lines]:
            break
    return institutional_claim_file(
        received=MORNING.date(), claims=1, faulty=0, seed=seed, organization=RIVERSIDE, control_number=2
    )


async def _send(runtime: Runtime, content: Iterable[bytes], enrollment: Enrollment) -> None:
    file = await arrived(runtime, door(), content, enrollment_id=enrollment.enrollment_id)
    async with runtime.database.work(runtime) as work:
        await receive(work, file, enrollment=enrollment_of(RIVERSIDE, enrollment), submitted_by=BILLER.user_uuid)


async def _appeal(runtime: Runtime, claim_id: UUID, enrollment_id: UUID) -> tuple[int, str] | None:
    """Ask about the last line of a claim that was not necessary, and decide in favor; its number and procedure."""
    async with runtime.database.work(runtime) as work:
        claim = await appeal_rows.find_claim(work, claim_id, enrollment_id)
        assert claim is not None
        assert claim.notice is not None
        denied = {
            line.number: line.procedure
            for line in claim.notice.lines
            if "50" in {reason.code for reason in line.reasons}
        }
        if not denied:
            return None
        asked = Asked(frozenset({max(denied)}), "Jo Clerk", "It was needed.")
        provider = (RIVERSIDE.name, _FIRST.npi, _FIRST.ptan)
        appeal_id = await file_appeal(work, claim, asked, filed_by=BILLER.user_uuid, provider=provider)
    granted = {number: LineDecision(favorable=True, rationale="The record shows it.") for number in asked.lines}
    async with runtime.database.work(runtime) as work:
        await decide(work, appeal_id, granted, decided_by=ADMINISTRATOR.user_uuid)
    return max(denied.items())


async def _decline(runtime: Runtime) -> None:
    """The biller loses the second NPI."""
    async with _permit(runtime, ADMINISTRATOR, USERS_MANAGE) as permit:
        items = await certifications.items(permit.work, [BILLER.user_uuid], [_SECOND.enrollment_id])
        seen = items[BILLER.user_uuid, _SECOND.enrollment_id].seen
        await certify(
            permit,
            [Decision(BILLER.user_uuid, _SECOND.enrollment_id, "decline", seen)],
            signer=permit.principal.name,
        )


async def _rows(world: Simulation, service: str, query: str) -> list[tuple[Any, ...]]:
    runtime = runtime_in(world, service)
    async with runtime.database.work(runtime) as work:
        return [tuple(row) for row in await work.execute(sa.text(query))]


async def _through_trouble(world: Simulation) -> None:
    await world.trouble(120)
    await world.settle()


@pytest.mark.parametrize("seed", seeds(13, 14, 15))
async def test_whatever_happens_on_the_way_the_journey_ends_the_same(
    databases: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seed: int
) -> None:
    settings = await databases(*(each.name for each in _SERVICES))
    deliver_feeds(settings)
    async with (
        simulation(settings, [(each, subscriptions_of(each)) for each in _SERVICES], seed) as world,
        _mailbox(world, tmp_path / "mailbox") as mailbox,
        hets_serving(settings, monkeypatch, enrollments=Enrollments(DEFAULT_SEED)),
    ):
        await _import(runtime_in(world, "auth"))
        await _through_trouble(world)
        await _ask(runtime_in(world, "eligibility"))
        await _send(runtime_in(world, "claims"), _professional_claims(), _FIRST)
        await _send(runtime_in(world, "claims"), _denied_visit(), _SECOND)
        await _through_trouble(world)
        assert await _rows(world, "remittance", "SELECT count(*) FROM remittance") == [(0,)]
        world.clock.advance(_PAYMENT_FLOOR)
        await _through_trouble(world)
        remitted = await _rows(world, "appeals", "SELECT claim_id, enrollment_id FROM remitted_claim ORDER BY claim_id")
        court = runtime_in(world, "appeals")
        won = {claim_id: await _appeal(court, claim_id, enrollment_id) for claim_id, enrollment_id in remitted}
        granted = {claim_id: line for claim_id, line in won.items() if line}
        appealed = len(granted)
        await _decline(runtime_in(world, "auth"))
        await _through_trouble(world)

        assert world.crashes > 10
        assert appealed > 1
        # The administrator is reminded once to certify, the biller told once what ended.
        assert [each.recipients for each in mailbox.messages] == [[ADMINISTRATOR.email], [BILLER.email]]
        for (service, query), expected in _ended(len(remitted), appealed).items():
            assert await _rows(world, service, query) == expected, f"{service}: {query}"
        assert await _rows(world, "claims", _PAID) == await _rows(world, "remittance", _POSTED)
        # The line that won is paid, and no other, wherever the remittances tell it.
        paid = {
            claim_id: (number, billed) for claim_id, number, billed in await _rows(world, "remittance", _PAID_LINES)
        }
        assert paid == granted
        for each in _SERVICES:
            left = "SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM parked)"
            assert await _rows(world, each.name, left) == [(0, 0)], each.name
