"""Who looks up Medicare numbers for which NPI, for administrators: CMS compares look-ups of an NPI with its claims."""

from collections.abc import Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from libs.common.persistence.paging import Page, Place
from libs.common.security.permissions import ASSOCIATIONS_READ, USERS_READ
from libs.common.web.formats import moment
from libs.common.web.forms import Form
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing, batches, csv_file
from libs.common.web.permit import Admission, Permit, admitted, permitted, runtime_of
from services.auth.look_up_association import repository
from services.auth.look_up_association.repository import Association

router = APIRouter()

ASSOCIATIONS = "/auth/look-ups"
EVERYWHERE = "/auth/desk/look-ups"
_COLUMNS = tuple(map(Column, ("User", "User ID", "NPI", "Since", "Until")))
_COLUMNS_EVERYWHERE = tuple(map(Column, ("NPI", "User", "User ID", "Organization", "Since", "Until")))

Find = Annotated[str, Query(max_length=100)]
Npi = Annotated[str, Query(max_length=10)]


@router.get(ASSOCIATIONS)
async def associations(
    request: Request, permit: Annotated[Permit, permitted(USERS_READ)], place: Around, find: Find = ""
) -> HTMLResponse:
    """Which user looks up for which NPI, and did before."""
    work, organization_id, words = permit.work, permit.principal.organization_id, find.strip()
    page = await repository.associations(work, organization_id, place, words)
    work.audit("list", "look-up-associations", organization_id)
    filters = {"find": words} if words else {}
    context = {
        "rows": page.rows,
        "listing": Listing(
            "association",
            _COLUMNS,
            page,
            ASSOCIATIONS,
            "Nobody looks up Medicare numbers for such an NPI. Grant MBI look-up under Administration.",
            filters=filters,
            csv=f"{ASSOCIATIONS}/list.csv",
        ),
        "form": Form(filters),
        "crumbs": (),
    }
    return render(request, "auth/look_up_association/associations.html", context)


@router.get(ASSOCIATIONS + "/list.csv")
async def associations_file(
    request: Request, admission: Annotated[Admission, admitted(USERS_READ)], find: Find = ""
) -> Response:
    """The same as a file for a spreadsheet."""
    zone = runtime_of(request).deployment.zone
    async with admission.open() as permit:
        permit.work.audit("download", "look-up-associations", permit.principal.organization_id)

    async def some(permit: Permit, place: Place) -> Page[Association]:
        return await repository.associations(permit.work, permit.principal.organization_id, place, find.strip())

    rows = ([_in_file(each, zone) for each in some_rows] async for some_rows in batches(admission, some))
    return csv_file("look-up-associations.csv", [column.label for column in _COLUMNS], rows)


def _in_file(one: Association, zone: ZoneInfo) -> Sequence[str]:
    until = moment(one.until, zone) if one.until else ""
    return one.name, one.login, one.npi, moment(one.since, zone), until


@router.get(EVERYWHERE)
async def associations_everywhere(
    request: Request, permit: Annotated[Permit, permitted(ASSOCIATIONS_READ)], place: Around, npi: Npi = ""
) -> HTMLResponse:
    """Who of any organization looks up for which NPI, and did before: for the contractor, whom CMS asks."""
    work, wanted = permit.work, npi.strip()
    page = await repository.associations_everywhere(work, place, wanted)
    work.audit("list", "look-up-associations", "all")
    filters = {"npi": wanted} if wanted else {}
    context = {
        "rows": page.rows,
        "listing": Listing(
            "association",
            _COLUMNS_EVERYWHERE,
            page,
            EVERYWHERE,
            "Nobody looks up Medicare numbers for this NPI, and nobody did. Enter all ten digits of it.",
            filters=filters,
            csv=f"{EVERYWHERE}/list.csv",
        ),
        "form": Form(filters),
        "crumbs": (),
    }
    return render(request, "auth/look_up_association/everywhere.html", context)


@router.get(EVERYWHERE + "/list.csv")
async def associations_everywhere_file(
    request: Request, admission: Annotated[Admission, admitted(ASSOCIATIONS_READ)], npi: Npi = ""
) -> Response:
    """The same as a file for a spreadsheet."""
    zone = runtime_of(request).deployment.zone
    async with admission.open() as permit:
        permit.work.audit("download", "look-up-associations", "all")

    async def some(permit: Permit, place: Place) -> Page[Association]:
        return await repository.associations_everywhere(permit.work, place, npi.strip())

    def in_file(one: Association) -> Sequence[str]:
        name, login, of_npi, since, until = _in_file(one, zone)
        return of_npi, name, login, one.organization, since, until

    rows = ([in_file(each) for each in some_rows] async for some_rows in batches(admission, some))
    return csv_file("look-up-associations.csv", [column.label for column in _COLUMNS_EVERYWHERE], rows)
