"""Billers for programs: what the pages list, asking a provider, ending. A letter is signed by a person, on the page."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from libs.common.ids import digest_of
from libs.common.security.permissions import USERS_MANAGE, USERS_READ
from libs.common.web.bodies import SentBody
from libs.common.web.idempotency import idempotently
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Permit, permitted
from services.auth.billers import repository
from services.auth.billers.domain import State, Terms
from services.auth.billers.handlers import ask, end

router = APIRouter(prefix="/api/auth")


class BillerAuthorization(BaseModel):
    """A provider and a vendor, and what the vendor may do for it. `functions` are codes of Appendix 9.1."""

    authorization_id: UUID
    provider: str
    vendor: str
    state: State
    functions: tuple[str, ...]
    submitter: str
    effective: date
    ends: date | None


class BillerAuthorizations(Listed):
    """Those that the organization is the provider or the vendor of, the newest first."""

    authorizations: tuple[BillerAuthorization, ...]


class NewAuthorization(SentBody):
    """What a vendor asks a provider for. The provider is found by NPI, PTAN and tax ID together."""

    npi: str = Field(max_length=10)
    ptan: str = Field(max_length=20)
    tax_id: str = Field(max_length=9)
    functions: tuple[str, ...]
    submitter: str = Field(max_length=15)
    effective: date
    ends: date | None = None


class Asked(BaseModel):
    """The request that waits for the provider."""

    authorization_id: UUID


@router.get("/billers")
async def billers(permit: Annotated[Permit, permitted(USERS_READ)], place: Following) -> BillerAuthorizations:
    """Which vendors act for the organization or want to; of a vendor: for which providers."""
    work, organization_id = permit.work, permit.principal.organization_id
    page = await repository.authorizations(work, organization_id, place)
    work.audit("list", "authorizations", organization_id)
    return BillerAuthorizations(
        **listed(page),
        authorizations=tuple(
            BillerAuthorization(
                authorization_id=each.authorization_id,
                provider=each.organization_name,
                vendor=each.vendor_name,
                state=each.state,
                functions=each.terms.functions,
                submitter=each.terms.submitter,
                effective=each.terms.effective,
                ends=each.terms.ends,
            )
            for each in page.rows
        ),
    )


@router.post("/billers", status_code=201)
async def send(
    permit: Annotated[Permit, permitted(USERS_MANAGE)],
    asked: NewAuthorization,
    idempotency_key: Annotated[str, Header()] = "",
) -> Asked:
    """Ask a provider. Its administrator confirms or refuses."""
    terms = Terms(tuple(sorted(set(asked.functions))), asked.submitter, asked.effective, asked.ends)

    async def do() -> str:
        return str(await ask(permit, asked.npi, asked.ptan, asked.tax_id, terms))

    content = digest_of("ask-provider", asked.model_dump_json())
    return Asked(authorization_id=UUID(await idempotently(permit, idempotency_key, content, do)))


@router.delete("/billers/{authorization_id}", status_code=204)
async def send_end(permit: Annotated[Permit, permitted(USERS_MANAGE)], authorization_id: UUID) -> Response:
    """End an authorization at once, or take a request back."""
    await end(permit, authorization_id)
    return Response(status_code=204)
