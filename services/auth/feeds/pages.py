"""What became of the partners' files, for the EDI department: what is late, what is held, which rows are wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from libs.common.ids import secret_text
from libs.common.security.permissions import FEEDS_DECIDE, FEEDS_READ
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, fresh_code, opaque, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.feeds import repository
from services.auth.feeds.domain import OUTCOMES, REASONS, SOURCES
from services.auth.feeds.handlers import decide_file
from services.auth.settings import auth_settings

router = APIRouter()

FEEDS = "/auth/desk/feeds"
_COLUMNS = (
    Column("File"),
    Column("Seen"),
    Column("Rows", number=True),
    Column("Not taken", number=True),
    Column("Outcome"),
)
_NONE = "No file has arrived yet."
_NEARLY = timedelta(minutes=1)
_FAULTS_SHOWN = 200

FIELDS = {
    "day": "the day from or until which the status counts",
    "effective": "the first day, with its time zone",
    "enrollment_id": "the ID of the enrollment",
    "form": "the fields of a row, no more and no fewer",
    "line_of_business": "A, B or DME",
    "npi": "the NPI: ten digits, the last one a check digit",
    "organization_id": "the ID of the organization",
    "ptan": "the PTAN: at most 20 characters",
    "record": "agreement or partner",
    "submitters": "submitter IDs of 2 to 15 characters",
    "tax_id": "the tax identifier: nine digits",
    "twice": "the record stands in the file twice",
}
"""What to correct, in words. A field without words is named as in the agreed form."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """When a source delivered last, and whether it is late."""

    title: str
    at: datetime | None
    late: bool


@router.get(FEEDS)
async def feeds(request: Request, permit: Annotated[Permit, permitted(FEEDS_READ)], place: Around) -> HTMLResponse:
    """The last delivery of each source, the rows that were not taken, and all files, the newest first."""
    work = permit.work
    page = await repository.files(work, place)
    last, late = await repository.last_taken(work), timedelta(hours=auth_settings().feed_late_hours)
    work.audit("read", "feeds", "all")
    decides = permit.principal.role in FEEDS_DECIDE.staff
    context = {
        "listing": Listing("file", _COLUMNS, page, FEEDS, _NONE),
        "deliveries": [
            Delivery(
                title,
                last.get(source),
                work.now - last.get(source, datetime.min.replace(tzinfo=work.now.tzinfo)) > late,
            )
            for source, title in SOURCES.items()
        ],
        "faults": await repository.open_faults(work, at_most=_FAULTS_SHOWN),
        "fields": FIELDS,
        "sources": SOURCES,
        "outcomes": OUTCOMES,
        "reasons": REASONS,
        "decides": decides,
        "fresh": permit.is_fresh(FEEDS_DECIDE, _NEARLY),
        "step_up": fresh_code(FEEDS),
        "late_hours": auth_settings().feed_late_hours,
        "idempotency_key": secret_text(),
        "crumbs": (),
    }
    return render(request, "auth/feeds/feeds.html", context)


class FileForm(BaseModel):
    """What is decided about a held file."""

    file_verdict: Literal["take", "refuse"] = Field(title="Decision")


@router.post(FEEDS + "/{file_id}")
async def decide(
    form: Annotated[PermittedForm[FileForm], permitted_form(FEEDS_DECIDE, FileForm)], file_id: str
) -> RedirectResponse:
    """Let a held file in, or refuse it."""
    async with form.open() as permit:

        async def do() -> str:
            await decide_file(permit, opaque(file_id), form.value.file_verdict)
            return FEEDS

        return await form.once(permit, do)
