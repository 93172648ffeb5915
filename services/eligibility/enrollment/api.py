"""HETS EDI enrollment for programs: what CMS lists, ending and attesting. A person signs an enrollment, on the page."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, ConfigDict, Field

from libs.common.ids import digest_of
from libs.common.security.permissions import HETS_ENROLLMENT, HETS_ENROLLMENT_READ
from libs.common.web.bodies import SentBody
from libs.common.web.idempotency import idempotently
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Permit, permitted
from services.eligibility.enrollment import repository
from services.eligibility.enrollment.domain import ROWS_AT_ONCE, Contact, Standing, rows_of
from services.eligibility.enrollment.handlers import attest, attest_several, end
from services.eligibility.enrollment.views import found, our_submitter
from services.eligibility.enrollment.views import listed as listed_with_links

router = APIRouter(prefix="/api/eligibility/hets-enrollments")


class LinkAnswer(BaseModel):
    """An NPI and the submitter that may ask HETS for it, as CMS lists it; `ends` null: no last day."""

    model_config = ConfigDict(from_attributes=True)

    submitter: str
    npi: str
    effective: date
    ends: date | None
    attested_until: date


class ProviderAnswer(BaseModel):
    """An NPI and PTAN of the organization, with what CMS lists of the NPI.

    `standing` is with the submitter of this contractor: HETS may be asked while it is `live`, `due` (to be attested
    soon) or `overdue`.
    """

    enrollment_id: UUID
    npi: str
    ptan: str
    standing: Standing
    links: tuple[LinkAnswer, ...]


class ProvidersAnswer(Listed):
    """Some NPIs and PTANs of the organization."""

    providers: tuple[ProviderAnswer, ...]


class RequestAnswer(BaseModel):
    """What was asked for: `sending` until CMS has answered; HETS may be asked from then on.

    `given_up_at`: since when nobody tries any more to tell CMS; operators were called.
    """

    model_config = ConfigDict(from_attributes=True)

    request_id: UUID
    kind: Literal["enroll", "end", "attest"]
    submitter: str
    effective: date
    ends: date | None
    attested_until: date
    made_at: datetime
    state: Literal["sending", "told", "refused"]
    given_up_at: datetime | None = None


class EnrolledAnswer(ProviderAnswer):
    """The same with the last requests, the newest first."""

    requests: tuple[RequestAnswer, ...]


class AttestationBody(SentBody):
    """Which enrollment, by its submitter and first day, and whom CMS writes to."""

    submitter: str = Field(max_length=20)
    effective: date
    email: str = Field(default="", max_length=254)


class EndBody(AttestationBody):
    """The same with its last day."""

    last_day: date | None = None


class SeveralBody(SentBody):
    """Whose enrollments with a submitter (empty: that of this contractor) are attested, and whom CMS writes to."""

    npis: tuple[str, ...] = Field(max_length=ROWS_AT_ONCE)
    submitter: str = Field(default="", max_length=20)
    email: str = Field(default="", max_length=254)


class Attested(BaseModel):
    """What came of one NPI of a list: the request that was made, or why none was."""

    npi: str
    request_id: UUID | None
    fault: str


class SeveralAttested(BaseModel):
    """What came of each NPI, in the order of the list."""

    attested: tuple[Attested, ...]


class Made(BaseModel):
    """The request that was made."""

    request_id: UUID


@router.get("")
async def enrollments(
    permit: Annotated[Permit, permitted(HETS_ENROLLMENT_READ)],
    place: Following,
    find: Annotated[str, Query(max_length=20)] = "",
) -> ProvidersAnswer:
    """The NPIs and PTANs of the organization, each with its HETS EDI enrollments. `find`: digits of one of the two."""
    work, organization_id = permit.work, permit.principal.organization_id
    page = await repository.providers(work, organization_id, find.strip(), place)
    work.audit("list", "hets-enrollments", organization_id)
    return ProvidersAnswer(
        **listed(page),
        providers=tuple(
            ProviderAnswer(
                enrollment_id=each.provider.enrollment_id,
                npi=each.provider.npi,
                ptan=each.provider.ptan,
                standing=each.standing,
                links=tuple(map(LinkAnswer.model_validate, each.links)),
            )
            for each in await listed_with_links(permit, page.rows)
        ),
    )


@router.post("/attestations", status_code=202)
async def ask_attestations(
    permit: Annotated[Permit, permitted(HETS_ENROLLMENT)],
    body: SeveralBody,
    idempotency_key: Annotated[str, Header()] = "",
) -> SeveralAttested:
    """Attest the enrollments of several NPIs for a year from today: each that is right, and why others are not."""

    async def do() -> str:
        submitter = body.submitter or our_submitter(permit.work.runtime)
        rows = rows_of("\n".join(body.npis))
        made = await attest_several(permit, rows, submitter, Contact(body.email))
        told = [Attested(npi=each.row.npi, request_id=request_id, fault=each.fault) for each, request_id in made]
        return SeveralAttested(attested=tuple(told)).model_dump_json()

    content = digest_of("attest-several", body.model_dump_json())
    return SeveralAttested.model_validate_json(await idempotently(permit, idempotency_key, content, do))


@router.get("/{enrollment_id}")
async def enrollment(permit: Annotated[Permit, permitted(HETS_ENROLLMENT_READ)], enrollment_id: str) -> EnrolledAnswer:
    """One NPI and PTAN with its HETS EDI enrollments and what was asked for."""
    one = await found(permit, enrollment_id)
    return EnrolledAnswer(
        enrollment_id=one.provider.enrollment_id,
        npi=one.provider.npi,
        ptan=one.provider.ptan,
        standing=one.standing,
        links=tuple(map(LinkAnswer.model_validate, one.links)),
        requests=tuple(RequestAnswer.model_validate(each) for each, _ in one.requests),
    )


@router.post("/{enrollment_id}/end", status_code=202)
async def ask_end(
    permit: Annotated[Permit, permitted(HETS_ENROLLMENT)],
    enrollment_id: str,
    body: EndBody,
    idempotency_key: Annotated[str, Header()] = "",
) -> Made:
    """Ask CMS to end an enrollment."""

    async def do() -> str:
        contact = Contact(body.email)
        return str(await end(permit, enrollment_id, body.submitter, body.effective, body.last_day, contact))

    content = digest_of("end", enrollment_id, body.model_dump_json())
    return Made(request_id=UUID(await idempotently(permit, idempotency_key, content, do)))


@router.post("/{enrollment_id}/attest", status_code=202)
async def ask_attestation(
    permit: Annotated[Permit, permitted(HETS_ENROLLMENT)],
    enrollment_id: str,
    body: AttestationBody,
    idempotency_key: Annotated[str, Header()] = "",
) -> Made:
    """Attest an enrollment for a year from today."""

    async def do() -> str:
        return str(await attest(permit, enrollment_id, body.submitter, body.effective, Contact(body.email)))

    content = digest_of("attest", enrollment_id, body.model_dump_json())
    return Made(request_id=UUID(await idempotently(permit, idempotency_key, content, do)))
