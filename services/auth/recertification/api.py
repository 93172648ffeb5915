"""Recertification for programs: what is due and how far it is. A decision is signed by a person, on the page."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from libs.common.security.permissions import USERS_READ
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Permit, permitted
from services.auth.recertification import views
from services.auth.recertification.domain import State
from services.auth.recertification.repository import Scope

router = APIRouter(prefix="/api/auth")


class Evidence(BaseModel):
    """What is known when somebody decides; null where it does not apply, or never was."""

    last_use: datetime | None
    last_sign_in: datetime | None
    pecos_active: bool | None
    edi_agreement_signed: bool | None
    agreements_until: datetime | None
    training_until: datetime | None
    vendor_until: date | None


class Certification(BaseModel):
    """One user with one enrollment they can reach.

    Without an enrollment it is the account of another administrator, certified by itself.
    """

    user_id: UUID
    login: str
    enrollment_id: UUID | None
    npi: str
    ptan: str
    permissions: tuple[str, ...]
    certified_until: datetime
    state: State
    evidence: Evidence
    out_of_turn: str


class Certifications(Listed):
    """What is certified of the users of the organization: what is to be decided first, then by login."""

    certifications: tuple[Certification, ...]


class EnrollmentProgress(BaseModel):
    """How many users are certified for one enrollment, how many are due, and how many suspended."""

    enrollment_id: UUID | None
    npi: str
    ptan: str
    certified: int
    open: int
    suspended: int
    first: datetime | None


class CampaignProgress(BaseModel):
    """How far the certification of the organization is. `hasty`: decisions made in under two seconds each."""

    percent: int
    hasty: int
    enrollments: tuple[EnrollmentProgress, ...]


@router.get("/users/recertification")
async def certifications(permit: Annotated[Permit, permitted(USERS_READ)], place: Following) -> Certifications:
    """Which user can reach which enrollment, certified until when, on what evidence, and what is due."""
    work, organization_id = permit.work, permit.principal.organization_id
    page, rows = await views.rows_page(work, Scope(organization_id), place, permit.principal.user_id)
    work.audit("read", "certifications", organization_id)
    return Certifications(
        **listed(page),
        certifications=tuple(
            Certification(
                user_id=each.item.user_id,
                login=each.member.login,
                enrollment_id=each.enrollment.enrollment_id if each.enrollment else None,
                npi=each.enrollment.npi if each.enrollment else "",
                ptan=each.enrollment.ptan if each.enrollment else "",
                permissions=each.item.permissions if each.enrollment else (),
                certified_until=each.item.certified_until,
                state=each.state,
                evidence=Evidence(
                    last_use=each.evidence.last_use,
                    last_sign_in=each.evidence.last_sign_in,
                    pecos_active=each.evidence.pecos_active,
                    edi_agreement_signed=each.evidence.edi_agreement_signed,
                    agreements_until=each.evidence.agreements_until,
                    training_until=each.evidence.training_until,
                    vendor_until=each.evidence.vendor_until,
                ),
                out_of_turn=each.trigger,
            )
            for each in rows
        ),
    )


@router.get("/users/recertification/board")
async def board(permit: Annotated[Permit, permitted(USERS_READ)]) -> CampaignProgress:
    """How far the certification is, enrollment by enrollment."""
    found = await views.board(permit.work, Scope(permit.principal.organization_id))
    permit.work.audit("read", "certifications", permit.principal.organization_id)
    return CampaignProgress(
        percent=found.percent,
        hasty=found.hasty,
        enrollments=tuple(
            EnrollmentProgress(
                enrollment_id=enrollment.enrollment_id if enrollment else None,
                npi=enrollment.npi if enrollment else "",
                ptan=enrollment.ptan if enrollment else "",
                certified=row.certified,
                open=row.open,
                suspended=row.suspended,
                first=row.first,
            )
            for enrollment, row in found.rows
        ),
    )
