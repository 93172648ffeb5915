"""Schedules for people: paste or choose a list, look it through, have all checked, see first who needs a look."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from libs.common.errors import Rejected
from libs.common.ids import digest_of, secret_text
from libs.common.persistence.paging import START, Place
from libs.common.runtime import Runtime
from libs.common.security.permissions import ELIGIBILITY_INQUIRY
from libs.common.web.forms import Form
from libs.common.web.idempotency import idempotently
from libs.common.web.pages import Progress, render, text
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Admission, Permit, admitted, permitted, runtime_of
from libs.common.web.permitted_form import PermittedForm, permitted_form
from libs.common.web.spreadsheets import csv_lines
from services.eligibility.schedule import repository
from services.eligibility.schedule.domain import (
    FIELD_WORDS,
    PATIENTS_ON_A_PAGE,
    READ,
    SETTLED,
    WAITING,
)
from services.eligibility.schedule.handlers import confirm, correct, keep
from services.eligibility.schedule.repository import Counts, Schedule
from services.eligibility.schedule.views import (
    Line,
    about,
    collected,
    counts_of,
    found,
    lines,
    next_business_day,
    opened,
    printed_file,
    read,
    results_file,
)

router = APIRouter()

SCHEDULES = "/eligibility/schedules"
_CRUMBS = (("Eligibility", "/eligibility"),)
_LIMIT_BYTES = 256 * 1024
_ROWS = 100
_NONE_YET = "You have not checked a schedule for this NPI and PTAN yet. Paste one above."
_SCHEDULE_COLUMNS = (
    Column("Read"),
    Column("Patients", number=True),
    Column("To look at", number=True),
    Column("Status"),
)
_ROW_COLUMNS = (
    Column("Patient"),
    Column("Medicare number"),
    Column("Date of service"),
    Column("Result"),
    Column("Asked"),
)


class ListForm(BaseModel):
    """A list as it was pasted; or nothing, when a file comes with the form."""

    rows: Annotated[str, Field(title="Patients", max_length=30_000)] = ""


class ConfirmationForm(BaseModel):
    """Which list is confirmed."""

    schedule_id: Annotated[str, Field(max_length=36)]


class CorrectionForm(ListForm, ConfirmationForm):
    """The rows of a list that were to be corrected, as they read now."""


@router.get(SCHEDULES)
async def schedules(
    request: Request, permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], place: Around
) -> HTMLResponse:
    """The form for a list, and the schedules of before."""
    return await _list_page(request, permit, Form(), place=place)


async def _list_page(request: Request, permit: Permit, form: Form, *, place: Place = START) -> HTMLResponse:
    work, enrollment_id = permit.work, permit.enrollment.enrollment_id
    page = await repository.newest(work, enrollment_id, place)
    counts = await repository.counts(work, [each.schedule_id for each in page.rows])
    work.audit("list", "schedules", enrollment_id)
    context = {
        "form": form,
        "idempotency_key": secret_text(),
        "limit": _LIMIT_BYTES,
        "most": PATIENTS_ON_A_PAGE,
        "service_on": next_business_day(work.runtime),
        "listing": Listing("schedule", _SCHEDULE_COLUMNS, page, SCHEDULES, _NONE_YET),
        "rows": [(each, counts[each.schedule_id], *_status(each, counts[each.schedule_id])) for each in page.rows],
        "crumbs": _CRUMBS,
    }
    return render(request, "eligibility/schedule/schedules.html", context)


def _status(one: Schedule, counts: Counts) -> tuple[str, str]:
    if one.state == READ:
        return "information", "Not confirmed yet"
    if counts[WAITING]:
        return "waiting", f"{counts[SETTLED]:,} of {counts.asked:,} answered"
    return ("warning", f"{counts.exceptional:,} to look at") if counts.exceptional else ("good", "All in order")


@router.post(SCHEDULES)
async def send(
    form: Annotated[
        PermittedForm[ListForm], permitted_form(ELIGIBILITY_INQUIRY, ListForm, page=_list_page, upload=True)
    ],
    runtime: Annotated[Runtime, Depends(runtime_of)],
) -> Response:
    """Read a list, and lead to what was read. The same form sent twice is read once."""
    if form.file is not None and form.value.rows:
        sentence = "Paste the patients or choose a file, not both."
        raise Rejected("form-invalid", sentence, fields={"file": sentence})
    field = "rows" if form.file is None else "file"
    content = form.value.rows if form.file is None else await collected(form.file.pieces, _LIMIT_BYTES)
    reading = await read(runtime, content, limit=PATIENTS_ON_A_PAGE, field=field)
    digest = digest_of(SCHEDULES, content)
    async with form.open() as permit:

        async def do() -> str:
            return f"{SCHEDULES}/{await keep(permit, reading)}"

        return RedirectResponse(await idempotently(permit, form.key, digest, do), 303)


@router.get(SCHEDULES + "/{schedule_id}")
async def schedule(
    request: Request, permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], schedule_id: str, place: Around
) -> HTMLResponse:
    """A list as it was read, to be confirmed; then what came of each patient, those to look at first."""
    one = await found(permit, schedule_id)
    if one.state == READ:
        return await _review_page(request, permit, Form(), one)
    permit.work.audit("read", "schedule", one.schedule_id)
    return render(request, "eligibility/schedule/schedule.html", await _results(permit, one, place))


async def _results(permit: Permit, one: Schedule, place: Place) -> dict[str, object]:
    page = await lines(permit, one, replace(place, size=_ROWS))
    counts = await counts_of(permit, one)
    address = f"{SCHEDULES}/{one.schedule_id}"
    return {
        "schedule": one,
        "counts": counts,
        "about": about(permit.work.runtime, one),
        "listing": Listing("patient", _ROW_COLUMNS, page, address, "", csv=f"{address}/results.csv"),
        "progress": _progress(one, counts),
        "printable": one.patients <= PATIENTS_ON_A_PAGE and not counts[WAITING],
        "crumbs": (*_CRUMBS, ("Schedules", SCHEDULES)),
    }


def _progress(one: Schedule, counts: Counts, said: int = -1) -> Progress:
    live_at = f"/eligibility/live/schedules/{one.schedule_id}"
    return Progress("Asking HETS", counts[SETTLED], counts.asked, "patient", live_at, said=said)


@router.get("/eligibility/live/schedules/{schedule_id}")
async def live(
    permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)],
    schedule_id: str,
    said: Annotated[int, Query(ge=-1, le=4)] = -1,
) -> HTMLResponse:
    """How many answers have come, for the page that waits for them; with each quarter of them it loads itself again."""
    one = await found(permit, schedule_id)
    counts = await counts_of(permit, one)
    progress = _progress(one, counts, said)
    if not counts[WAITING] or progress.quarter > said:
        return HTMLResponse("", headers={"HX-Refresh": "true"})
    return HTMLResponse(text("kinds/progress_state.html", {"progress": progress}))


async def _corrections_page(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    """The list again, with what was typed and what to correct in it."""
    return await _review_page(request, permit, form, await found(permit, form.typed.get("schedule_id", "")))


async def _review_page(request: Request, permit: Permit, form: Form, one: Schedule) -> HTMLResponse:
    work = permit.work
    rows = [opened(work.runtime, each) for each in await repository.all_rows(work, one.schedule_id, one.enrollment_id)]
    wrong = [each for each in rows if each.row.faults]
    work.audit("read", "schedule", one.schedule_id)
    header = "".join(csv_lines([tuple(FIELD_WORDS.values())]))
    again = header + "".join(csv_lines(each.row.typed for each in wrong))
    context = {
        "schedule": one,
        "about": about(work.runtime, one),
        "wrong": wrong,
        "ready": [each for each in rows if not each.row.faults],
        "twice": _twice(rows),
        "form": Form({"rows": again} | dict(form.typed), form.errors),
        "idempotency_key": secret_text(),
        "crumbs": (*_CRUMBS, ("Schedules", SCHEDULES)),
    }
    return render(request, "eligibility/schedule/review.html", context)


def _twice(rows: Sequence[Line]) -> list[str]:
    """Which rows are about a patient of a row before, on the same day."""
    first: dict[object, int] = {}
    found = []
    for each in rows:
        row = each.row
        before = first.setdefault((row.mbi, row.service_on), row.number)
        if before != row.number and not row.faults:
            found.append(f"Rows {before} and {row.number} are the same patient on the same day: asked once.")
    return found


@router.post(SCHEDULES + "/corrections")
async def send_corrections(
    form: Annotated[
        PermittedForm[CorrectionForm], permitted_form(ELIGIBILITY_INQUIRY, CorrectionForm, page=_corrections_page)
    ],
    runtime: Annotated[Runtime, Depends(runtime_of)],
) -> RedirectResponse:
    """Read the rows to correct again."""
    reading = await read(runtime, form.value.rows, limit=PATIENTS_ON_A_PAGE, field="rows")
    async with form.open() as permit:

        async def do() -> str:
            await correct(permit, form.value.schedule_id, reading)
            return f"{SCHEDULES}/{form.value.schedule_id}"

        return await form.once(permit, do)


@router.post(SCHEDULES + "/confirm")
async def send_confirmation(
    form: Annotated[PermittedForm[ConfirmationForm], permitted_form(ELIGIBILITY_INQUIRY, ConfirmationForm)],
) -> RedirectResponse:
    """Ask HETS about all rows that are ready."""
    async with form.open() as permit:

        async def do() -> str:
            await confirm(permit, form.value.schedule_id)
            return f"{SCHEDULES}/{form.value.schedule_id}"

        return await form.once(permit, do)


@router.get(SCHEDULES + "/{schedule_id}/results.csv")
async def results(admission: Annotated[Admission, admitted(ELIGIBILITY_INQUIRY)], schedule_id: str) -> Response:
    """Every row with its result, for a spreadsheet."""
    return await results_file(admission, schedule_id)


@router.get(SCHEDULES + "/{schedule_id}/pdf")
async def pdf(permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], schedule_id: str) -> Response:
    """All answers as one tagged PDF."""
    return await printed_file(permit, schedule_id)
