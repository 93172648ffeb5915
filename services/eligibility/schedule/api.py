"""Schedules for programs: send a list of up to ten thousand patients, follow it, read what came of each."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict

from libs.common.documents.kinds import PDF
from libs.common.errors import Rejected
from libs.common.ids import digest_of
from libs.common.runtime import Runtime
from libs.common.security.permissions import ELIGIBILITY_INQUIRY
from libs.common.web.downloads import CSV
from libs.common.web.idempotency import idempotently
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Admission, Permit, admitted, permitted, runtime_of
from libs.common.web.uploads import body_of, read_upload
from services.eligibility.schedule.domain import (
    PATIENTS_OF_A_PROGRAM,
    SETTLED,
    TO_CORRECT,
    WAITING,
    Exceptional,
    RowState,
)
from services.eligibility.schedule.handlers import keep_confirmed
from services.eligibility.schedule.repository import Schedule
from services.eligibility.schedule.views import (
    Line,
    about,
    collected,
    counts_of,
    found,
    lines,
    printed_file,
    read,
    results_file,
)

router = APIRouter(prefix="/api/eligibility/schedules")

_LIMIT_BYTES = 4 * 1024 * 1024


class ScheduleAnswer(BaseModel):
    """One schedule: how many `patients` its list has, how many of them were not asked, wait and were answered.

    `exceptional`: answered so that somebody should look. `notes` say how the list was read.
    """

    schedule_id: UUID
    state: Literal["read", "confirmed"]
    made_at: datetime
    patients: int
    to_correct: int
    not_asked: int
    waiting: int
    settled: int
    exceptional: int
    notes: tuple[str, ...]


class FindingAnswer(BaseModel):
    """What came of a patient: the answer in a line, and why somebody should look (`exceptions`).

    `name` is the patient as HETS has them; `asked_as` the spelling by which HETS found them, where it is another.
    """

    model_config = ConfigDict(from_attributes=True)

    words: str
    more: tuple[str, ...]
    exceptions: tuple[Exceptional, ...]
    name: str
    asked_as: str
    hets_trace: str


class PatientAnswer(BaseModel):
    """One row of a schedule. `faults` say what to correct; `inquiry_id` names the inquiry with the whole answer."""

    number: int
    state: RowState
    faults: tuple[str, ...]
    mbi: str
    last_name: str
    first_name: str
    birth_date: date | None
    service_on: date | None
    reference: str
    inquiry_id: UUID | None
    trace: str
    asked_at: datetime | None
    answered_at: datetime | None
    finding: FindingAnswer | None


class PatientList(Listed):
    """Some rows of a schedule: those somebody should look at first."""

    patients: tuple[PatientAnswer, ...]


@router.post("", status_code=202)
async def send(
    request: Request,
    response: Response,
    admission: Annotated[Admission, admitted(ELIGIBILITY_INQUIRY, upload=True)],
    runtime: Annotated[Runtime, Depends(runtime_of)],
    idempotency_key: Annotated[str, Header()] = "",
) -> ScheduleAnswer:
    """Have up to 10,000 patients checked: a CSV as the body, or a form with one file. Needs an `Idempotency-Key`.

    Up to 4 MiB. Columns, in this order or named in the first row: MBI, last name, first name, birth date, date of
    service (else the next business day), own reference. All rows that are ready wait for their turn; rows to correct
    are not asked, and are listed with what to correct. A list of which no row is ready is refused.
    """
    pieces = body_of(request)
    if request.headers.get("content-type", "").startswith("multipart/"):
        upload = (await read_upload(request)).file
        if upload is None:
            raise Rejected("upload-missing", "Send the list as the one file of the form.", 400)
        pieces = upload.pieces
    content = await collected(pieces, _LIMIT_BYTES)
    reading = await read(runtime, content, limit=PATIENTS_OF_A_PROGRAM, field="body")
    if all(each.faults for each in reading.rows):
        first = reading.rows[0]
        sentence = f"No row can be asked. Row {first.number}: {' '.join(first.faults)}"
        raise Rejected("form-invalid", sentence, fields={"body": sentence})
    async with admission.open() as permit:

        async def do() -> str:
            return f"{router.prefix}/{await keep_confirmed(permit, reading)}"

        location = await idempotently(permit, idempotency_key, digest_of(router.prefix, content), do)
        response.headers["location"] = location
        return await _shown(permit, await found(permit, location.rsplit("/", 1)[-1]))


@router.get("/{schedule_id}")
async def schedule(permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], schedule_id: str) -> ScheduleAnswer:
    """One schedule: how far it is."""
    one = await found(permit, schedule_id)
    permit.work.audit("read", "schedule", one.schedule_id)
    return await _shown(permit, one)


@router.get("/{schedule_id}/patients")
async def patients(
    permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], schedule_id: str, place: Following
) -> PatientList:
    """The rows of a schedule with what came of each, fifty to a page."""
    one = await found(permit, schedule_id)
    permit.work.audit("read", "schedule", one.schedule_id)
    page = await lines(permit, one, place)
    return PatientList(**listed(page), patients=tuple(map(_patient, page.rows)))


@router.get(
    "/{schedule_id}/results.csv",
    response_class=Response,
    responses={200: {"description": "The file", "content": {CSV: {}}}},
)
async def results(admission: Annotated[Admission, admitted(ELIGIBILITY_INQUIRY)], schedule_id: str) -> Response:
    """Every row with its result as CSV."""
    return await results_file(admission, schedule_id)


@router.get(
    "/{schedule_id}/pdf",
    response_class=Response,
    responses={200: {"description": "The file", "content": {PDF.media_type: {}}}},
)
async def pdf(permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], schedule_id: str) -> Response:
    """All answers of a schedule of up to 99 patients as one tagged PDF."""
    return await printed_file(permit, schedule_id)


async def _shown(permit: Permit, one: Schedule) -> ScheduleAnswer:
    counts = await counts_of(permit, one)
    return ScheduleAnswer.model_validate(
        {
            "schedule_id": one.schedule_id,
            "state": one.state,
            "made_at": one.made_at,
            "patients": one.patients,
            "to_correct": counts[TO_CORRECT],
            "not_asked": counts["not-asked"],
            "waiting": counts[WAITING],
            "settled": counts[SETTLED],
            "exceptional": counts.exceptional,
            "notes": about(permit.work.runtime, one).notes,
        }
    )


def _patient(line: Line) -> PatientAnswer:
    row, inquiry = line.row, line.inquiry
    return PatientAnswer(
        number=row.number,
        state=line.stored.state,
        faults=row.faults,
        mbi=row.mbi,
        last_name=row.last_name,
        first_name=row.first_name,
        birth_date=row.birth_date,
        service_on=row.service_on,
        reference=row.reference,
        inquiry_id=inquiry.inquiry_id if inquiry else None,
        trace=inquiry.trace if inquiry else "",
        asked_at=inquiry.asked_at if inquiry else None,
        answered_at=inquiry.answered_at if inquiry else None,
        finding=FindingAnswer.model_validate(line.finding) if line.finding else None,
    )
