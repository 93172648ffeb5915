"""The draft of a month for the contractor's staff: a page, and each module of it as a file."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from libs.common.errors import Rejected
from libs.common.security.permissions import PORTAL_OPERATION
from libs.common.web.downloads import CSV, download_made
from libs.common.web.pages import render
from libs.common.web.permit import Permit, permitted
from libs.common.web.spreadsheets import csv_lines
from services.notifier.monthly_reports.domain import Month, month_of, parse_month
from services.notifier.monthly_reports.views import Draft, draft

router = APIRouter()

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MODULES = ("functionality", "interruptions", "activity")


@router.get("/notifier/reports")
async def current(request: Request, permit: Annotated[Permit, permitted(PORTAL_OPERATION)]) -> HTMLResponse:
    """The draft of the month that runs."""
    work = permit.work
    return await _page(request, permit, month_of(work.now, work.runtime.deployment.zone))


@router.get("/notifier/reports/{month}")
async def of_month(
    request: Request, month: str, permit: Annotated[Permit, permitted(PORTAL_OPERATION)]
) -> HTMLResponse:
    """The draft of one month."""
    return await _page(request, permit, _month(month))


@router.get("/notifier/reports/{month}/{module}.csv")
async def as_file(month: str, module: str, permit: Annotated[Permit, permitted(PORTAL_OPERATION)]) -> Response:
    """One module of the draft as a file: functionality (80.2.3.9), interruptions (80.2.3.8) or activity."""
    wanted = _month(month)
    if module not in _MODULES:
        raise Rejected("not-found", f"The report has the parts {', '.join(_MODULES)}.", status=404)
    found = await _begun(permit, wanted)
    permit.work.audit("download", f"report-{module}", str(wanted))
    rows = {"functionality": _functionality, "interruptions": _interruptions, "activity": _activity}[module]
    name = f"{permit.work.runtime.deployment.contract_id}-{wanted}-{module}-draft.csv"
    lines = "".join(csv_lines(rows(found, permit.work.runtime.deployment.zone)))
    return download_made(lines.encode(), name=name, media_type=CSV)


async def _page(request: Request, permit: Permit, month: Month) -> HTMLResponse:
    found = await _begun(permit, month)
    permit.work.audit("read", "report", str(month))
    offered = [each for each in found.functions if each.offered]
    return render(
        request,
        "notifier/monthly_reports/draft.html",
        {
            "draft": found,
            "title": _in_words(month),
            "in_words": _in_words,
            "offered": offered,
            "not_offered": [each for each in found.functions if not each.offered],
            "undisturbed": sum(not each.interruptions for each in offered),
            "before": month.before,
            "following": month.following if not found.running else None,
        },
    )


def _in_words(month: Month) -> str:
    return f"{_MONTHS[month.month - 1]} {month.year}"


def _month(text: str) -> Month:
    month = parse_month(text)
    if month is None:
        raise Rejected("not-found", "Name a month by year and number, such as 2026-11.", status=404)
    return month


async def _begun(permit: Permit, month: Month) -> Draft:
    found = await draft(permit.work, month)
    if found.reported is None:
        raise Rejected("not-found", "This month has not begun: there is nothing to report of it yet.", status=404)
    return found


def _functionality(found: Draft, _zone: ZoneInfo) -> Iterable[Sequence[object]]:
    yield (
        *("Code", "Function (Appendix 9.1)", "Offered", "Interruptions", "Minutes interrupted"),
        *("Available (percent)", "Comments"),
    )
    for each in found.functions:
        if each.offered:
            yield each.code, each.name, "yes", each.interruptions, each.minutes, each.percent, ""
        else:
            comment = f"Planned for {each.planned}" if each.planned else ""
            yield each.code, each.name, "no", "", "", "", comment


def _interruptions(found: Draft, zone: ZoneInfo) -> Iterable[Sequence[object]]:
    yield (
        *("Reference", "Started", "Ended", "Minutes in this month", "Functions (Appendix 9.1)", "Cause"),
        *("Workaround", "CMS notified"),
    )
    for each in found.interruptions:
        yield (
            each.interruption_id,
            _local(each.started_at, zone),
            _local(each.ended_at, zone),
            each.minutes,
            "; ".join(each.functions) or "none; only home and help pages",
            each.cause,
            each.workaround,
            _local(each.told_cms_at, zone),
        )


def _activity(found: Draft, _zone: ZoneInfo) -> Iterable[Sequence[object]]:
    yield "Code", "Function (Appendix 9.1)", "What was counted", "Count"
    for each in found.activity:
        yield each.code, each.function, each.words, each.count


def _local(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else at.astimezone(zone).isoformat(timespec="seconds")
