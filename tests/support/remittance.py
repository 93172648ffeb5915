"""The remittance service on a test's own database, and remittances of the shared system for two clinics."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.contracts.claims import ClaimStatusChanged
from libs.common.contracts.envelope import Message, Received, headers_from_text, open_envelope
from libs.common.contracts.partner import RemittanceAdvice
from libs.common.contracts.sealed import CLAIM_LINES
from libs.common.deployment import load_deployment
from libs.common.document_store import PARTNER_REMITTANCE
from libs.common.messaging.due_work import DueWork
from libs.common.runtime import Runtime
from libs.common.security.keys import KeyRing
from libs.partners.handover import PartnerExchange, advice_place
from libs.x12.claim.objects import Claim, InstitutionalClaim, ProfessionalClaim
from libs.x12.remittance.objects import ClaimGroup, Payment, ProviderAdjustment, Reference, RemittedClaim
from libs.x12.remittance.writer import write_835
from libs.x12.writing import Envelope
from services.remittance.advice.handlers import keep_claims, take_advices
from services.remittance.app import service
from simulators.shared_system.adjudication import AnyClaim, adjudicate
from simulators.shared_system.payments import remittance, remitted, reversed_claim
from tests.support.applications import BILLER, OTHER_BILLER, Application, Someone, application
from tests.support.claims import received
from tests.support.partner_claims import accepted_claims
from tests.support.platform import CloneSettings
from tests.support.portico import MORNING, ROOT

SEED = 5
NPI = "1234567893"
TRACE = "EFT2611230001"
OTHER_CLINIC = replace(OTHER_BILLER, npi="2999999993", tax_id="001000002")


def decided_claims(count: int = 80) -> list[ProfessionalClaim]:
    """Claims of the population that are remitted."""
    return [each for each in accepted_claims(count) if adjudicate(each, SEED).lines]


def remittance_file(
    claims: Sequence[AnyClaim], *, trace: str = TRACE, npi: str = NPI, tax_id: str = BILLER.tax_id, ptan: str = ""
) -> bytes:
    """An 835 that pays what was decided."""
    deployment = load_deployment(ROOT / "contract.toml")
    group = ClaimGroup()
    rows = [remitted(claim, adjudicate(claim, SEED), group) for claim in claims]
    payee = replace(claims[0].billing, npi=npi, tax_id=tax_id)
    envelope = Envelope(sender="SHAREDSYSTEM", receiver=deployment.contract_id, created=MORNING, control_number=7)
    made = remittance(payee, rows, trace, MORNING.date(), deployment)
    if ptan:
        made.advice.payee.references.append(Reference("PQ", ptan))
    return b"".join(write_835([made], envelope))


def claim_file(
    claim: RemittedClaim, *adjustments: ProviderAdjustment, trace: str = TRACE, paid: int | None = None
) -> bytes:
    """An 835 with one claim, and with what else is taken from its payment."""
    return advice_file([claim], *adjustments, trace=trace, paid=paid)


def advice_file(
    claims: Sequence[RemittedClaim],
    *adjustments: ProviderAdjustment,
    trace: str = TRACE,
    paid: int | None = None,
    npi: str = NPI,
    tax_id: str = BILLER.tax_id,
) -> bytes:
    """An 835 of these claims, and with what else is taken from its payment."""
    deployment = load_deployment(ROOT / "contract.toml")
    payee = replace(next(accepted_claims(1)).billing, npi=npi, tax_id=tax_id)
    made = remittance(payee, claims, trace, MORNING.date(), deployment)
    made.advice.provider_adjustments = list(adjustments)
    total = sum(each.paid_cents for each in claims) - sum(each.amount_cents for each in adjustments)
    made.advice.payment.amount_cents = total if paid is None else paid
    if not made.advice.payment.amount_cents:
        made.advice.payment = Payment(handling="H", method="NON", effective=MORNING.date())
    envelope = Envelope("SHAREDSYSTEM", deployment.contract_id, MORNING, 7)
    return b"".join(write_835([made], envelope))


def changed_decision(claim: RemittedClaim, *, npi: str = NPI, tax_id: str = BILLER.tax_id) -> list[bytes]:
    """Three 835s in their order: a decision, what takes it back, and a new one."""
    number = claim.payer_claim_control_number
    back = reversed_claim(claim)
    owed = ProviderAdjustment(npi, date(MORNING.year, 12, 31), "FB", number, back.paid_cents)
    traces = [f"{number}-{place}" for place in (1, 2, 3)]
    return [
        advice_file([claim], trace=traces[0], npi=npi, tax_id=tax_id),
        advice_file([back], owed, trace=traces[1], npi=npi, tax_id=tax_id),
        advice_file([claim], trace=traces[2], npi=npi, tax_id=tax_id),
    ]


def handed_over(runtime: Runtime, content: bytes, *, claims: int, advice_id: int, lane: str = NPI) -> RemittanceAdvice:
    """The event by which the shared system hands `content` over."""
    keys = KeyRing.load(runtime.settings, "shared_system")
    counter = PartnerExchange(runtime.settings, keys, PARTNER_REMITTANCE)
    given = counter.give([content], place=advice_place(UUID(int=advice_id)))
    return RemittanceAdvice(advice_id=UUID(int=advice_id), lane=lane, claims=claims, **asdict(given))


def status_changed(runtime: Runtime, claim: Claim, whose: Someone = BILLER) -> ClaimStatusChanged:
    """The event by which claims tells whose an ICN is."""
    return ClaimStatusChanged(
        claim_id=claim_id_of(claim),
        enrollment_id=whose.enrollment_id,
        internal_control_number=claim.internal_control_number,
        category="F1",
        status_code="65",
        version=2,
        sealed_lines=_sealed_lines(runtime, claim),
    )


def _sealed_lines(runtime: Runtime, claim: Claim) -> str:
    """Which lines a claim has, as claims seals it."""
    lines = claim.lines if isinstance(claim, ProfessionalClaim | InstitutionalClaim) else []
    named = {line.control_number or str(line.number): line.number for line in lines}
    keys = KeyRing.load(runtime.settings, "claims")
    return CLAIM_LINES.seal(keys, named, claim_id_of(claim))


@dataclass
class RemittanceService:
    """The service and two clinics that know nothing of each other."""

    app: Application

    def advice(self, content: bytes, *, claims: int, advice_id: int = 1) -> RemittanceAdvice:
        """The event by which the shared system hands `content` over."""
        return handed_over(self.app.work, content, claims=claims, advice_id=advice_id)

    async def hand_over(self, *events: RemittanceAdvice) -> None:
        """Take the events as the worker does; nothing is posted yet."""
        async with self.app.work.database.work(self.app.work) as work:
            await take_advices(work, [received(self.app.work, event) for event in events])

    async def post(self, *events: RemittanceAdvice) -> None:
        """Take the events and do the work that they ask for, as the worker does."""
        await self.hand_over(*events)
        await self.work_off()

    async def work_off(self) -> None:
        """Do every job that is due."""
        due = DueWork(self.app.work, service.timers, service.jobs)
        while await due.step():
            await due.finish_jobs()

    async def refused(self) -> list[str]:
        """Why remittances cannot be posted, of those that hold a payee up."""
        rows = await self.rows("SELECT refused FROM waiting_advice WHERE refused <> '' ORDER BY place")
        return [row.refused for row in rows]

    async def know(self, claims: Sequence[Claim], whose: Someone = BILLER) -> None:
        """Let claims tell whose these ICNs are."""
        events = [received(self.app.work, status_changed(self.app.work, each, whose)) for each in claims]
        async with self.app.work.database.work(self.app.work) as work:
            await keep_claims(work, events)

    async def rows(self, statement: str) -> Sequence[Any]:
        """What a query of the test finds, past row security."""
        async with self.app.work.database.work(self.app.work) as work:
            return (await work.execute(sa.text(statement))).all()

    async def published(self, type_: str) -> list[Received[Any]]:
        """The events of one type that wait in the outbox."""
        rows = await self.rows("SELECT topic, key, headers, payload FROM outbox ORDER BY id")
        messages = [Message(row.topic, row.key, headers_from_text(row.headers), bytes(row.payload)) for row in rows]
        return [open_envelope(each) for each in messages if each.headers["ce_type"] == type_]


def claim_id_of(claim: Claim) -> UUID:
    """The portal's id of a claim in these tests."""
    return UUID(int=int(claim.internal_control_number))


@asynccontextmanager
async def remittance_service(settings: CloneSettings) -> AsyncIterator[RemittanceService]:
    """The remittance service with the access of two clinics in its copy; the first has the NPI that is paid."""
    async with application("remittance", settings) as app:
        await app.admit(BILLER, OTHER_CLINIC)
        yield RemittanceService(app)
