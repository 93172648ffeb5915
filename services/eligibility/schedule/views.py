"""Finds schedules for page and program, opens what is sealed of them, and reads lists."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from fastapi.responses import Response

from libs.common.documents.kinds import PDF
from libs.common.errors import Rejected, nothing_here
from libs.common.mbi import format_mbi
from libs.common.persistence.paging import Page, Place
from libs.common.ports import Ports
from libs.common.web.downloads import download_made
from libs.common.web.formats import count, day, moment, size
from libs.common.web.paging import batches, csv_file
from libs.common.web.permit import Admission, Permit, opaque
from services.eligibility.inquiry.repository import Inquiry, some
from services.eligibility.inquiry.views import faults_of
from services.eligibility.inquiry.views import opened as opened_inquiry
from services.eligibility.printout.views import Summary, printed_together
from services.eligibility.schedule import repository
from services.eligibility.schedule.domain import EXCEPTIONS, FIELD_WORDS, PATIENTS_ON_A_PAGE, ROW_WORDS, Finding, Row
from services.eligibility.schedule.processing import ListFaultError, Reading, decoded, read_list
from services.eligibility.schedule.repository import Counts, Schedule, StoredRow
from services.eligibility.schedule.tables import ABOUT, FINDING, ROW, About

CSV_COLUMNS = (
    *("Row", "Result", "To look at", "More", *FIELD_WORDS.values(), "Name as HETS has it", "Found as"),
    *("Asked by", "Asked", "Answered", "HETS trace number", "Portal reference"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a schedule with its seals opened, and its inquiry, as far as it was asked."""

    stored: StoredRow
    row: Row
    finding: Finding | None
    inquiry: Inquiry | None = None

    @property
    def statuses(self) -> tuple[tuple[str, str], ...]:
        """Kinds of status and words: what is exceptional about it, the most important first; else how it stands."""
        if self.finding is None:
            return (ROW_WORDS[self.stored.state],)
        return tuple(EXCEPTIONS[each] for each in self.finding.exceptions) or ((self.finding.kind, self.finding.words),)


async def found(permit: Permit, schedule_id: str) -> Schedule:
    """The schedule of the enrollment acted for. Raises `Rejected` (404)."""
    one = await repository.find(permit.work, opaque(schedule_id), permit.enrollment.enrollment_id)
    if one is None:
        raise nothing_here()
    return one


def about(runtime: Ports, one: Schedule) -> About:
    """What is told of a schedule as a whole, with its seal opened."""
    return ABOUT.open(runtime.keys, one.about, one.schedule_id)


def opened(runtime: Ports, stored: StoredRow, inquiry: Inquiry | None = None) -> Line:
    """A row with its seals opened."""
    owner = stored.schedule_id, stored.number
    finding = None if stored.finding is None else FINDING.open(runtime.keys, stored.finding, *owner)
    return Line(stored, ROW.open(runtime.keys, stored.content, *owner), finding, inquiry)


async def lines(permit: Permit, one: Schedule, place: Place) -> Page[Line]:
    """The rows of a schedule with their inquiries: what needs a look first."""
    page = await repository.listed(permit.work, one.schedule_id, one.enrollment_id, place)
    return Page(tuple(await with_inquiries(permit, page.rows)), page.previous, page.next, page.total)


async def with_inquiries(permit: Permit, rows: Sequence[StoredRow]) -> list[Line]:
    """Rows with their seals opened, and their inquiries."""
    work = permit.work
    ids = [each.inquiry_id for each in rows if each.inquiry_id]
    inquiries = await some(work, ids, permit.enrollment.enrollment_id)
    return [opened(work.runtime, each, inquiries.get(each.inquiry_id) if each.inquiry_id else None) for each in rows]


async def printed(permit: Permit, one: Schedule) -> bytes:
    """All of a schedule as one PDF: a summary, then each answer. Audited. Raises `Rejected` (404) for a long one."""
    if one.patients > PATIENTS_ON_A_PAGE:
        raise Rejected(
            "not-found", "A schedule of more than 99 patients is not printed. Download it as CSV.", status=404
        )
    work, deployment = permit.work, permit.work.runtime.deployment
    page = await lines(permit, one, Place(size=PATIENTS_ON_A_PAGE, counted=False))
    work.audit("print", "schedule", one.schedule_id)
    by_id = {each.inquiry.inquiry_id: each.inquiry for each in page.rows if each.inquiry and each.inquiry.answer}
    answers = await asyncio.to_thread(lambda: [opened_inquiry(work.runtime, each) for each in by_id.values()])
    made_by = about(work.runtime, one).made_by
    summary = Summary(
        "Medicare eligibility of a schedule",
        (f"Checked by {made_by} on {moment(one.made_at, deployment.zone)}. {count(one.patients, 'patient')}.",),
        ("Row", "Patient", "Date of service", "Result", "Asked"),
        tuple(_printed_row(each, deployment.zone) for each in page.rows),
    )
    return await printed_together(permit, summary, [each for each in answers if each.answer])


def _printed_row(line: Line, zone: ZoneInfo) -> tuple[str, ...]:
    row, finding, inquiry = line.row, line.finding, line.inquiry
    statuses = "; ".join(words for _, words in line.statuses)
    result = (statuses, finding.words if finding and finding.exceptions else "", *row.faults)
    asked = (f"{moment(inquiry.asked_at, zone)}", f"Reference {inquiry.trace}") if inquiry else ("Not asked",)
    return (
        str(row.number),
        "\n".join(filter(None, (row.patient, row.reference))),
        day(row.service_on) if row.service_on else "",
        "\n".join(filter(None, dict.fromkeys(result))),
        "\n".join(asked),
    )


async def counts_of(permit: Permit, one: Schedule) -> Counts:
    """How many rows of a schedule stand how."""
    return (await repository.counts(permit.work, [one.schedule_id]))[one.schedule_id]


def next_business_day(runtime: Ports) -> date:
    """The day of rows that name none: tomorrow, or the next day on which offices are open."""
    return runtime.deployment.business_days.on_or_after(runtime.today + timedelta(days=1))


async def read(runtime: Ports, content: str | bytes, *, limit: int, field: str) -> Reading:
    """Read a list, in a thread of its own: ten thousand rows take some tenths of a second.

    Raises `Rejected` (422) at `field` for a list that cannot be taken as a whole.
    """
    try:
        return await asyncio.to_thread(_read, runtime, content, limit)
    except ListFaultError as fault:
        raise Rejected("form-invalid", str(fault), fields={field: str(fault)}) from None


def _read(runtime: Ports, content: str | bytes, limit: int) -> Reading:
    return read_list(
        decoded(content) if isinstance(content, bytes) else content,
        service_on=next_business_day(runtime),
        limit=limit,
        faults=lambda question: faults_of(runtime, question),
    )


async def collected(pieces: AsyncIterator[bytes], limit: int) -> bytes:
    """A whole list. Raises `Rejected` (413) for one that is larger than `limit` bytes."""
    found = bytearray()
    async for piece in pieces:
        found += piece
        if len(found) > limit:
            sentence = f"The list is larger than {size(limit)}. Split it and send the parts one by one."
            raise Rejected("upload-too-large", sentence, 413, {"file": sentence})
    return bytes(found)


async def printed_file(permit: Permit, schedule_id: str) -> Response:
    """All answers of a schedule as one tagged PDF, for people and programs."""
    one = await found(permit, schedule_id)
    return download_made(await printed(permit, one), name=_file_name(one, "pdf"), media_type=PDF.media_type)


def _file_name(one: Schedule, ending: str) -> str:
    """A name that names nobody."""
    return f"schedule-{one.made_at:%Y%m%d}-{str(one.schedule_id)[-6:]}.{ending}"


async def results_file(admission: Admission, schedule_id: str) -> Response:
    """Every row of a schedule with its result, for a spreadsheet."""
    async with admission.open() as permit:
        one = await found(permit, schedule_id)
        permit.work.audit("download", "schedule", one.schedule_id)
        made_by, zone = about(permit.work.runtime, one).made_by, permit.work.runtime.deployment.zone

    async def rows() -> AsyncIterator[list[Sequence[object]]]:
        async for part in batches(admission, lambda permit, place: lines(permit, one, place)):
            yield [_csv_row(each, made_by, zone) for each in part]

    return csv_file(_file_name(one, "csv"), CSV_COLUMNS, rows())


def _csv_row(line: Line, made_by: str, zone: ZoneInfo) -> tuple[object, ...]:
    row, finding, inquiry = line.row, line.finding, line.inquiry
    return (
        row.number,
        finding.words if finding else ROW_WORDS[line.stored.state][1],
        "; ".join(words for _, words in line.statuses) if finding and finding.exceptions else "",
        " ".join((*(finding.more if finding else ()), *row.faults)),
        format_mbi(row.mbi),
        row.last_name,
        row.first_name,
        day(row.birth_date) if row.birth_date else "",
        day(row.service_on) if row.service_on else "",
        row.reference,
        *((finding.name, finding.asked_as) if finding else ("", "")),
        *((made_by, moment(inquiry.asked_at, zone)) if inquiry else ("", "")),
        moment(inquiry.answered_at, zone) if inquiry and inquiry.answered_at else "",
        finding.hets_trace if finding else "",
        inquiry.trace if inquiry else "",
    )
