"""Reports for administrators: which requests wait, who does not sign in, who manages users; each also as a file."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from libs.common.persistence.paging import Page, Place
from libs.common.security.permissions import USERS_READ
from libs.common.web.formats import day, moment
from libs.common.web.pages import render
from libs.common.web.paging import batches, csv_file
from libs.common.web.permit import Admission, Permit, admitted, permitted, runtime_of
from services.auth.reports import repository
from services.auth.reports.handlers import silent_since
from services.auth.reports.repository import Person
from services.auth.role_requests import repository as requests
from services.auth.role_requests.domain import Request as AccessRequest
from services.auth.settings import auth_settings

router = APIRouter()

REPORTS = "/auth/reports"
_ROWS = 50
_PEOPLE = ("Name", "User ID", "Role", "Account", "Last sign-in")
_PRIVILEGED = (*_PEOPLE, "Rules of Behavior until")
_REQUESTS = ("User", "User ID", "Asked for", "NPI and PTAN", "Asked")


@router.get(REPORTS)
async def reports(request: Request, permit: Annotated[Permit, permitted(USERS_READ)]) -> HTMLResponse:
    """What waits, who has not signed in for long, and who manages users."""
    work, facts = permit.work, permit.facts.organization
    organization_id, days = permit.principal.organization_id, auth_settings().not_signed_in_days
    silent = await repository.not_signed_in(work, organization_id, silent_since(work, days), limit=_ROWS)
    work.audit("read", "access-report", organization_id)
    context = {
        "organization": facts,
        "silent": silent,
        "cut_off": len(silent) == _ROWS,
        "privileged": await repository.privileged(work, organization_id),
        "role": _role,
        "days": days,
        "columns": _PEOPLE,
        "privileged_columns": _PRIVILEGED,
        "path": REPORTS,
        "crumbs": (),
    }
    return render(request, "auth/reports/reports.html", context)


@router.get(REPORTS + "/requests.csv")
async def requests_file(request: Request, admission: Annotated[Admission, admitted(USERS_READ)]) -> Response:
    """The requests that wait."""
    zone = runtime_of(request).deployment.zone
    await _note(admission)

    async def some(permit: Permit, place: Place) -> Page[AccessRequest]:
        return await requests.of_organization(permit.work, permit.principal.organization_id, place, only_open=True)

    rows = (
        [(each.name, each.login, each.what, each.where, moment(each.asked_at, zone)) for each in some_rows]
        async for some_rows in batches(admission, some)
    )
    return csv_file("requests-for-access.csv", _REQUESTS, rows)


@router.get(REPORTS + "/not-signed-in.csv")
async def not_signed_in_file(request: Request, admission: Annotated[Admission, admitted(USERS_READ)]) -> Response:
    """Everybody who has not signed in for long."""
    zone = runtime_of(request).deployment.zone
    await _note(admission)
    async with admission.open() as permit:
        work, organization_id = permit.work, permit.principal.organization_id
        since = silent_since(work, auth_settings().not_signed_in_days)
        people = await repository.not_signed_in(work, organization_id, since, limit=None)
    return csv_file("not-signed-in.csv", _PEOPLE, _once([_person(each, zone) for each in people]))


@router.get(REPORTS + "/administrators.csv")
async def administrators_file(request: Request, admission: Annotated[Admission, admitted(USERS_READ)]) -> Response:
    """Everybody who manages users."""
    zone = runtime_of(request).deployment.zone
    await _note(admission)
    async with admission.open() as permit:
        people = await repository.privileged(permit.work, permit.principal.organization_id)
    rows = [(*_person(each, zone), day(each.rules_until.astimezone(zone).date())) for each in people]
    return csv_file("administrators.csv", _PRIVILEGED, _once(rows))


async def _note(admission: Admission) -> None:
    async with admission.open() as permit:
        permit.work.audit("download", "access-report", permit.principal.organization_id)


async def _once(rows: Sequence[Sequence[object]]) -> AsyncIterator[Sequence[Sequence[object]]]:
    yield rows


def _person(one: Person, zone: ZoneInfo) -> Sequence[str]:
    return one.name, one.login, _role(one), one.state.capitalize(), _last(one.signed_in_at, zone)


def _last(signed_in_at: datetime | None, zone: ZoneInfo) -> str:
    return moment(signed_in_at, zone) if signed_in_at else "Never"


def _role(one: Person) -> str:
    words = one.role.replace("_", " ").capitalize()
    return f"{words}, works with patient data too" if one.dual_role else words
