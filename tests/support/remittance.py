"""The remittance service on a test's own database, and remittances of the shared system for two clinics."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.contracts.claims import ClaimStatusChanged
from libs.common.contracts.envelope import Message, Received, headers_from_text, open_envelope
from libs.common.contracts.partner import RemittanceAdvice
from libs.common.deployment import load_deployment
from libs.common.documents.store import PARTNER_REMITTANCE
from libs.common.security.keys import KeyRing
from libs.partners.handover import PartnerExchange, advice_place
from libs.x12.claim.objects import Claim, InstitutionalClaim, ProfessionalClaim
from libs.x12.remittance.objects import ClaimGroup
from libs.x12.remittance.writer import write_835
from libs.x12.writing import Envelope
from services.remittance.advice.handlers import keep_claims, post_remittances
from simulators.shared_system.adjudication import AnyClaim, adjudicate
from simulators.shared_system.payments import remittance, remitted
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
    claims: Sequence[AnyClaim], *, trace: str = TRACE, npi: str = NPI, tax_id: str = BILLER.tax_id
) -> bytes:
    """An 835 that pays what was decided."""
    deployment = load_deployment(ROOT / "contract.toml")
    group = ClaimGroup()
    rows = [remitted(claim, adjudicate(claim, SEED), group) for claim in claims]
    payee = replace(claims[0].billing, npi=npi, tax_id=tax_id)
    envelope = Envelope(sender="SHAREDSYSTEM", receiver=deployment.contract_id, created=MORNING, control_number=7)
    return b"".join(write_835([remittance(payee, rows, trace, MORNING.date(), deployment)], envelope))


@dataclass
class RemittanceService:
    """The service and two clinics that know nothing of each other."""

    app: Application

    def advice(self, content: bytes, *, claims: int, advice_id: int = 1) -> RemittanceAdvice:
        """The event by which the shared system hands `content` over."""
        keys = KeyRing.load(self.app.work.settings, "shared_system")
        counter = PartnerExchange(self.app.work.settings, keys, PARTNER_REMITTANCE)
        given = counter.give([content], place=advice_place(UUID(int=advice_id)))
        return RemittanceAdvice(advice_id=UUID(int=advice_id), lane=NPI, claims=claims, **asdict(given))

    async def post(self, event: RemittanceAdvice) -> None:
        """Handle the event as the worker does."""
        async with self.app.work.database.work(self.app.work) as work:
            await post_remittances(work, [received(self.app.work, event)])

    async def know(self, claims: Sequence[Claim], whose: Someone = BILLER) -> None:
        """Let claims tell whose these ICNs are."""
        events = [
            received(
                self.app.work,
                ClaimStatusChanged(
                    claim_id=claim_id_of(each),
                    enrollment_id=whose.enrollment_id,
                    internal_control_number=each.internal_control_number,
                    category="F1",
                    status_code="65",
                    version=2,
                    sealed_lines=self.sealed_lines(each),
                ),
            )
            for each in claims
        ]
        async with self.app.work.database.work(self.app.work) as work:
            await keep_claims(work, events)

    def sealed_lines(self, claim: Claim) -> str:
        """Which lines a claim has, as claims seals it."""
        lines = claim.lines if isinstance(claim, ProfessionalClaim | InstitutionalClaim) else []
        named = {line.control_number or str(line.number): line.number for line in lines}
        keys = KeyRing.load(self.app.work.settings, "claims")
        context = f"{ClaimStatusChanged.type}|{claim_id_of(claim)}"
        return keys.seal("claim-lines", json.dumps(named).encode(), context=context)

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
