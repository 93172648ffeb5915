"""Submissions for people: send a claim file, watch it being read, see what became of it."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from libs.common.documents import attachments
from libs.common.ids import secret_text
from libs.common.persistence.paging import START, Place
from libs.common.security.permissions import CLAIM_STATUS, CLAIM_SUBMIT, CLAIMS_SENDING
from libs.common.web.forms import Form, Pressed
from libs.common.web.pages import Progress, Receipt, render, text
from libs.common.web.paging import Around, Column, Listing, csv_file
from libs.common.web.permit import FORM_TIME, Admission, Permit, admitted, fresh_code, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.claims.settings import claims_settings
from services.claims.status import repository as claims
from services.claims.status.domain import NO_DENIAL
from services.claims.status.views import rows_in_words
from services.claims.submission import repository
from services.claims.submission.domain import NOT_READ, NOT_SENT_ON, PURPOSE, verdict_in_words
from services.claims.submission.handlers import take_in
from services.claims.submission.repository import FileFinding, Submission
from services.claims.submission.views import download, found, stopped_at

router = APIRouter()

SUBMISSIONS = "/claims/submissions"
_KINDS = {"ta1": "TA1", "999": "999", "277ca": "277CA"}
_COLUMNS = (
    Column("Number"),
    Column("Received"),
    Column("Counts as received"),
    Column("Status"),
    Column("Accepted", number=True),
    Column("Not accepted", number=True),
)
_CORRECTION_COLUMNS = (
    "Claim in the file",
    "Patient control number",
    "Segment and element",
    "Field",
    "Code",
    "What to correct",
    "277CA status",
)
_CORRECTIONS_AT_ONCE = 1000
_NONE_YET = "You have not sent a claim file for this NPI and PTAN yet. Choose one above."
_NONE_KEPT = "No claim of this file was kept, because the file as a whole was not accepted."
_CLAIM_COLUMNS = (
    Column("Claim"),
    Column("Patient"),
    Column("Patient control number"),
    Column("Status"),
    Column("Service"),
    Column("Charge", number=True),
    Column("What to correct"),
)


_SUBMISSIONS_CRUMB = ("Submissions", SUBMISSIONS)


def _crumbs(permit: Permit) -> tuple[tuple[str, str], ...]:
    """The way above the submissions: the claims, for whom they are open to."""
    return (("Claims", "/claims"),) if permit.may(CLAIM_STATUS) else ()


def submission_status(one: Submission) -> tuple[str, str]:
    """Kind of status and words of a submission."""
    if one.state == "acknowledged":
        kind, words, _ = verdict_in_words(one.verdict, one.claims_accepted, one.claims_rejected)
        return kind, words
    return "waiting", "Being read"


@router.get(SUBMISSIONS)
async def submissions(
    request: Request, permit: Annotated[Permit, permitted(CLAIM_SUBMIT)], place: Around
) -> HTMLResponse:
    """The form for a claim file, and the files sent before."""
    return await _upload_page(request, permit, Form(), place=place)


async def _upload_page(request: Request, permit: Permit, form: Form, *, place: Place = START) -> HTMLResponse:
    work, enrollment_id = permit.work, permit.enrollment.enrollment_id
    page = await repository.newest(work, enrollment_id, place)
    work.audit("list", "submissions", enrollment_id)
    listing = Listing("submission", _COLUMNS, page, SUBMISSIONS, _NONE_YET)
    context = {
        "form": form,
        "idempotency_key": secret_text(),
        "fresh_code": "" if permit.is_fresh(CLAIMS_SENDING, FORM_TIME) else fresh_code(SUBMISSIONS),
        "limit": claims_settings().upload_limit_bytes,
        "listing": listing,
        "rows": [(each, *submission_status(each)) for each in page.rows],
        "not_received": await attachments.not_received(work, enrollment_id, (PURPOSE,)),
        "crumbs": _crumbs(permit),
    }
    return render(request, "claims/submission/submissions.html", context)


@router.post(SUBMISSIONS)
async def submit(
    form: Annotated[PermittedForm[Pressed], permitted_form(CLAIMS_SENDING, Pressed, page=_upload_page, upload=True)],
) -> Response:
    """Take the file of the form. The same form sent twice leads to the same submission."""
    submission_id = await take_in(form.admission, form.file, form.key)
    return RedirectResponse(f"{SUBMISSIONS}/{submission_id}/receipt", 303)


@router.get(SUBMISSIONS + "/{submission_id}/receipt")
async def receipt(
    request: Request, permit: Annotated[Permit, permitted(CLAIM_SUBMIT)], submission_id: str
) -> HTMLResponse:
    """What was received, and what happens next."""
    one = await found(permit, submission_id)
    following = (
        "We check that the file can be read: the TA1 or 999 says so, usually within a minute.",
        "We check each claim: the 277CA names those that were accepted and those to correct.",
        "Accepted claims go on to be processed. Their status shows under Claims.",
    )
    context = {
        "receipt": Receipt("Submission number", one.number, one.received_at, one.business_date, following),
        "follow": f"{SUBMISSIONS}/{one.submission_id}",
        "crumbs": (*_crumbs(permit), _SUBMISSIONS_CRUMB),
    }
    return render(request, "claims/submission/receipt.html", context)


@router.get(SUBMISSIONS + "/{submission_id}")
async def submission(
    request: Request,
    permit: Annotated[Permit, permitted(CLAIM_SUBMIT)],
    submission_id: str,
    place: Around,
) -> HTMLResponse:
    """How far a file is; when it has been read, its verdicts in words and its claims, those to correct on top."""
    one = await found(permit, submission_id)
    permit.work.audit("read", "submission", one.submission_id)
    crumbs = (*_crumbs(permit), _SUBMISSIONS_CRUMB)
    if one.state != "acknowledged":
        stopped = NOT_READ if await stopped_at(permit.work, one) else ""
        context = {"submission": one, "progress": _progress(permit, one), "stopped": stopped, "crumbs": crumbs}
        return render(request, "claims/submission/progress.html", context)
    enrollment_id = one.enrollment_id
    page = await claims.of_submission(permit.work, enrollment_id, one.submission_id, place)
    listing = Listing("claim", _CLAIM_COLUMNS, page, f"{SUBMISSIONS}/{one.submission_id}", _NONE_KEPT)
    faults = await claims.findings(permit.work, [each.claim_id for each in page.rows if each.state == "not-accepted"])
    kind, words, explanation = verdict_in_words(one.verdict, one.claims_accepted, one.claims_rejected)
    if await stopped_at(permit.work, one):
        explanation = f"{explanation} {NOT_SENT_ON}"
    context = {
        "submission": one,
        "kind": kind,
        "words": words,
        "explanation": explanation,
        "faults": await repository.findings(permit.work, one.submission_id, enrollment_id),
        "acknowledgments": await repository.acknowledgments(permit.work, one.submission_id, enrollment_id),
        "listing": listing,
        "groups": await claims.fault_groups(permit.work, one.submission_id, enrollment_id),
        "no_denial": NO_DENIAL,
        "rows": [(*row, faults.get(row[0].claim_id, [])) for row in rows_in_words(permit.work, page.rows)],
        "may_see_claims": permit.may(CLAIM_STATUS),
        "crumbs": crumbs,
    }
    return render(request, "claims/submission/submission.html", context)


@router.get("/claims/live/submissions/{submission_id}")
async def live(
    permit: Annotated[Permit, permitted(CLAIM_SUBMIT)],
    submission_id: str,
    said: Annotated[int, Query(ge=-1, le=4)] = -1,
) -> HTMLResponse:
    """How far a file is, for the page that waits for it; when it waits no more, it loads itself again."""
    one = await found(permit, submission_id)
    if one.state == "acknowledged" or await stopped_at(permit.work, one):
        return HTMLResponse("", headers={"HX-Refresh": "true"})
    return HTMLResponse(
        text("claims/submission/state.html", {"progress": _progress(permit, one, said), "submission": one})
    )


@router.get(SUBMISSIONS + "/{submission_id}/corrections.csv")
async def corrections(admission: Annotated[Admission, admitted(CLAIM_SUBMIT)], submission_id: str) -> Response:
    """Everything to correct in a file as rows for a spreadsheet: first the file as a whole, then claim by claim."""
    async with admission.open() as permit:
        one = await found(permit, submission_id)
        permit.work.audit("download", "corrections", one.submission_id)
        faults = await repository.findings(permit.work, one.submission_id, one.enrollment_id)
    return csv_file(f"{one.number}-corrections.csv", _CORRECTION_COLUMNS, _corrections(admission, one, faults))


async def _corrections(
    admission: Admission, one: Submission, faults: Sequence[FileFinding]
) -> AsyncIterator[list[Sequence[object]]]:
    """The rows, some at a time: a file may have hundreds of thousands, and a slow reader holds no transaction."""
    yield [("", "", each.place, each.field, each.code, each.sentence, "") for each in faults]
    after = (0, 0)
    while True:
        async with admission.open() as permit:
            some = await claims.corrections(
                permit.work, one.submission_id, one.enrollment_id, after=after, limit=_CORRECTIONS_AT_ONCE
            )
        yield [
            (
                each.ordinal,
                each.patient_control_number,
                each.place,
                each.field,
                each.code,
                each.sentence,
                f"{each.category} {each.status_code}",
            )
            for each in some
        ]
        if len(some) < _CORRECTIONS_AT_ONCE:
            return
        after = (some[-1].ordinal, some[-1].number)


@router.get(SUBMISSIONS + "/{submission_id}/{kind}")
async def acknowledgment(
    permit: Annotated[Permit, permitted(CLAIM_SUBMIT)], submission_id: str, kind: str
) -> StreamingResponse:
    """The TA1, 999 or 277CA as the X12 file it is."""
    return await download(permit, submission_id, _KINDS.get(kind, kind))


def _progress(permit: Permit, one: Submission, said: int = -1) -> Progress:
    left = None
    if one.started_at is not None and one.claims_stored:
        spent = (permit.work.now - one.started_at).total_seconds()
        left = round(spent * (one.claims - one.claims_stored) / one.claims_stored)
    return Progress(
        "Storing the claims",
        one.claims_stored,
        one.claims,
        "claim",
        f"/claims/live/submissions/{one.submission_id}",
        seconds_left=left,
        said=said,
    )
