"""Function status for people: what works now, and the interruptions there were."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.errors import Rejected
from libs.common.functions import NAMES
from libs.common.security.permissions import MESSAGES_READ
from libs.common.settings import SERVICES
from libs.common.web.pages import Step, render
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, opaque, permitted
from services.notifier.banners.domain import Situation, listed
from services.notifier.banners.repository import kept, last_told
from services.notifier.contractor_alerts.domain import duration_in_words
from services.notifier.health.domain import FaultDomain, fault_domains
from services.notifier.interruptions import repository
from services.notifier.interruptions.domain import Interruption

router = APIRouter()

_WORDS = {
    "opened": "Not available: interruption opened",
    "updated": "It comes and goes: kept open",
    "closed": "Available again: interruption closed",
    "retracted": "Retracted: it was a false alarm",
}


@router.get("/notifier")
async def status(request: Request, permit: Annotated[Permit, permitted(MESSAGES_READ)], place: Around) -> HTMLResponse:
    """Every function and its state, then interruptions, newest first."""
    work = permit.work
    page = await repository.newest(work, place)
    listing = Listing(
        noun="interruption",
        columns=(Column("Functions"), Column("State"), Column("Started"), Column("Ended")),
        page=page,
        path="/notifier",
        empty="There was no interruption yet.",
    )
    situation = kept(work.runtime.settings) or await last_told(work, work.runtime.deployment.contract_id)
    return render(
        request,
        "notifier/interruptions/status.html",
        {
            "situation": situation or Situation(()),
            "listing": listing,
            "interruptions": page.rows,
            "names": {each.interruption_id: _names(each) for each in page.rows},
        },
    )


@router.get("/notifier/interruptions/{interruption_id}")
async def detail(
    request: Request, interruption_id: str, permit: Annotated[Permit, permitted(MESSAGES_READ)]
) -> HTMLResponse:
    """One interruption: what was down, from when to when, and for how long."""
    found = await repository.one(permit.work, opaque(interruption_id))
    if found is None:
        raise Rejected("not-found", "There is no interruption at this address.", status=404)
    interruption, changes = found
    offset, ended = permit.work.runtime.clock.offset(), interruption.ended_at
    return render(
        request,
        "notifier/interruptions/interruption.html",
        {
            "interruption": interruption,
            "names": _names(interruption),
            "domain": _domain(permit, interruption),
            "steps": [Step(each.at + offset, _WORDS[each.kind]) for each in reversed(changes)],
            "duration": duration_in_words(ended - interruption.started_at) if ended else "",
        },
    )


def _domain(permit: Permit, interruption: Interruption) -> FaultDomain | None:
    """What failed; `None` when it is watched no more."""
    deployment = permit.work.runtime.deployment
    return fault_domains(SERVICES, deployment.functions, deployment.partners).get(interruption.fault_domain)


def _names(interruption: Interruption) -> str:
    return listed([NAMES[code] for code in interruption.functions]) or "Home and help pages"
