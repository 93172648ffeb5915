"""The claims service on a test's own database: its web application for two clinics, and its work done step by step."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import httpx
import sqlalchemy as sa

from libs.common.access import keep_organizations, keep_users
from libs.common.clock import SetClock
from libs.common.contracts.auth import Authorization, Enrollment, Grant, OrganizationAccess, UserAccess
from libs.common.contracts.envelope import Message, Origin, Received, headers_from_text, open_envelope, seal_envelope
from libs.common.messaging.due_work import DueWork
from libs.common.runtime import Runtime
from libs.common.security.key_files import prepare_token_keys
from libs.common.security.permissions import (
    CATALOG,
    CLAIM_STATUS,
    CLAIM_SUBMIT,
    REDETERMINATION_READ,
    REMITTANCE_READ,
    Permission,
)
from libs.common.security.principal import Principal
from libs.common.security.tokens import SigningKey, issue_internal_token
from libs.common.settings import Settings
from libs.common.web.app import create_app
from libs.common.web.traffic import Traffic
from services.claims.app import service
from simulators.population import Enrollment as Enrolled
from simulators.population import Organization, Population, claim_file
from tests.support.portico import MORNING, runtime_for

_PERMISSIONS = (CLAIM_SUBMIT, CLAIM_STATUS, REDETERMINATION_READ, REMITTANCE_READ)
_IDS = UUID("7d0b2f6e-5f0f-4d1a-9a55-0d6f3f9b7c11")
RECEIVED = MORNING.date()
RIVERSIDE, LAKESIDE = Population().provider_organization(1), Population().provider_organization(2)
"""The two clinics, as they stand on their claims."""


def claims_of(count: int, *, faulty: int = 0, control_number: int = 1) -> bytes:
    """A claim file of Riverside, `faulty` of its claims with a fault of their own."""
    return b"".join(claim_file(received=RECEIVED, claims=count, faulty=faulty, control_number=control_number))


@dataclass
class Clinic:
    """One person of one clinic, signed in, at the application."""

    principal: Principal
    client: httpx.AsyncClient
    signing: SigningKey
    clock: SetClock

    @property
    def headers(self) -> dict[str, str]:
        token = issue_internal_token(
            self.signing, self.principal, audience="claims", token_id="t", now=self.clock.now()
        )
        return {"authorization": f"Bearer {token}"}

    @property
    def unseen(self) -> dict[str, str]:
        """What every form carries unseen."""
        return {"csrf": self.principal.csrf, "enrollment": str(self.principal.enrollment_id)}

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path, headers=self.headers)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        return await self.client.post(path, data={**self.unseen, **fields}, headers=self.headers)

    async def upload(self, content: bytes, *, key: str = "key-000001", name: str = "claims.837", **fields: str) -> Any:
        """Send a file by the form of the page."""
        return await self.client.post(
            "/claims/submissions",
            data={**self.unseen, "idempotency_key": key, **fields},
            files={"file": (name, content)},
            headers=self.headers,
        )

    async def send(self, content: bytes, *, key: str = "key-000001") -> httpx.Response:
        """Send a file as a program does."""
        headers = {**self.headers, "idempotency-key": key, "content-type": "application/edi-x12"}
        return await self.client.post("/api/claims/submissions", content=content, headers=headers)


@dataclass
class ClaimsService:
    """The service and two clinics that know nothing of each other; the first has a hospital (Part A) too."""

    work: Runtime
    web: Runtime
    clock: SetClock
    riverside: Clinic
    hospital: Clinic
    lakeside: Clinic

    async def process(self) -> None:
        """Do every job that is due."""
        due = DueWork(self.work, service.timers, service.jobs)
        while await due.step():
            await due.finish_jobs()

    async def rows(self, statement: str) -> Sequence[Any]:
        """What a query of the test finds, past row security."""
        async with self.work.database.work(self.work) as work:
            return (await work.execute(sa.text(statement))).all()

    async def published(self, *types: str) -> list[Received[Any]]:
        """The events that wait in the outbox, of these types."""
        rows = await self.rows("SELECT topic, key, headers, payload FROM outbox ORDER BY id")
        messages = [Message(row.topic, row.key, headers_from_text(row.headers), bytes(row.payload)) for row in rows]
        return [open_envelope(each) for each in messages if each.headers["ce_type"] in types]

    async def accepted_file(self, count: int = 3, *, faulty: int = 0) -> str:
        """A file of Riverside that has been read; the id of its submission."""
        answer = await self.riverside.send(claims_of(count, faulty=faulty))
        assert answer.status_code == 202, answer.text
        await self.process()
        return str(answer.json()["submission_id"])


@asynccontextmanager
async def claims_service(settings: Settings) -> AsyncIterator[ClaimsService]:
    """The claims service on `settings`, with the access of two clinics already in its copy."""
    clock = SetClock(MORNING)
    secrets = settings.state_directory / "secrets"
    async with (
        runtime_for("claims", settings, clock=clock) as work,
        runtime_for("claims", settings, role="web", clock=clock, seed=2) as web,
    ):
        prepare_token_keys(secrets)
        web.outbox_written = work.outbox_written  # type: ignore[method-assign]
        application = create_app(service, web, Traffic(web))
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://claims") as client:
            clinics = [
                Clinic(await person_of(work, organization, enrollment), client, SigningKey(secrets), clock)
                for organization in (RIVERSIDE, LAKESIDE)
                for enrollment in organization.enrollments
            ]
            yield ClaimsService(work, web, clock, *clinics)


async def without(portal: ClaimsService, clinic: Clinic, *permissions: Permission) -> None:
    """Take permissions from a clinic's person."""
    kept = tuple(each for each in _PERMISSIONS if each not in permissions)
    async with portal.work.database.work(portal.work) as work:
        await keep_users(work, [received(portal.work, _access(portal.work, clinic.principal, kept, version=2))])


async def person_of(runtime: Runtime, organization: Organization, enrollment: Enrolled) -> Principal:
    """Somebody of `organization` who acts for one enrollment of it, with both in the service's copy of access."""
    return await _somebody(runtime, organization, enrollment, organization)


async def program_of(
    runtime: Runtime, vendor: Organization, organization: Organization, enrollment: Enrolled
) -> Principal:
    """A program of `vendor` that acts for one enrollment of a customer."""
    return await _somebody(runtime, organization, enrollment, vendor)


async def _somebody(
    runtime: Runtime, organization: Organization, enrollment: Enrolled, employer: Organization
) -> Principal:
    now = runtime.clock.now()
    of_vendor = employer.kind == "vendor"
    principal = Principal(
        kind="client" if of_vendor else "person",
        user_id=uuid5(_IDS, f"user of {employer.organization_id} for {enrollment.enrollment_id}"),
        name="J. Doe",
        organization_id=employer.organization_id,
        role="VENDOR_USER" if of_vendor else "PROVIDER_USER",
        assurance=2,
        factor_at=now,
        enrollment_id=enrollment.enrollment_id,
        user_epoch=1,
        organization_epoch=1,
        session="session",
        csrf=f"csrf of {enrollment.npi}",
        expires_in=1800,
    )
    user = _access(runtime, principal, _PERMISSIONS, version=1)
    async with runtime.database.work(runtime) as work:
        offices = {each.organization_id: each for each in (organization, employer)}
        await keep_organizations(work, [received(runtime, office_of(each)) for each in offices.values()])
        await keep_users(work, [received(runtime, user)])
    return principal


def office_of(organization: Organization) -> OrganizationAccess:
    """An organization of the population as auth tells of it."""
    return OrganizationAccess(
        organization_id=organization.organization_id,
        generation=1,
        version=1,
        epoch=1,
        kind=organization.kind,
        name=organization.name,
        enrollments=tuple(enrollment_of(organization, each) for each in organization.enrollments),
        vendors=organization.vendors,
        authorizations=tuple(authorization_of(each, organization) for each in organization.vendors),
    )


def authorization_of(vendor_id: UUID, organization: Organization) -> Authorization:
    """That a provider of the population lets a vendor do everything, as auth tells of it."""
    return Authorization(
        vendor_id=vendor_id,
        functions=tuple(sorted({each.function for each in CATALOG.values()})),
        effective=min(each.effective for each in organization.enrollments),
    )


def enrollment_of(organization: Organization, enrollment: Enrolled) -> Enrollment:
    """An enrollment of the population as auth tells of it."""
    return Enrollment(
        enrollment_id=enrollment.enrollment_id,
        organization_name=organization.name,
        npi=enrollment.npi,
        tax_id=organization.tax_id,
        ptan=enrollment.ptan,
        line_of_business=enrollment.line_of_business,
        pecos_active=True,
        edi_agreement_signed=True,
        submitters=enrollment.submitters,
        effective=enrollment.effective,
    )


def _access(runtime: Runtime, principal: Principal, permissions: Sequence[Permission], *, version: int) -> UserAccess:
    now, later = runtime.clock.now(), runtime.clock.now() + timedelta(days=300)
    assert principal.enrollment_id is not None
    return UserAccess(
        user_id=principal.user_id,
        generation=1,
        version=version,
        epoch=1,
        state="active",
        organization_id=principal.organization_id,
        role=principal.role,
        rules_of_behavior_until=later,
        training_until=later,
        grants=tuple(
            Grant(
                enrollment_id=principal.enrollment_id,
                permission=permission.name,
                effective=now - timedelta(days=1),
                certified_until=later,
            )
            for permission in permissions
        ),
    )


def received(runtime: Runtime, event: Any) -> Received[Any]:
    """An event as a worker hands it to its handler."""
    message = seal_envelope(
        event,
        event_id=runtime.ids.new(),
        source_name="/tests",
        at=runtime.clock.now(),
        origin=Origin(actor="tests", correlation_id="test"),
    )
    return replace(open_envelope(message), event=event)
