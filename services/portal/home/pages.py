"""The home page: what waits for a person, how the functions are, what they did last. Every line is a link."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.functions import NEWS
from libs.common.money import format_dollars
from libs.common.security.decision import ADMINISTRATORS
from libs.common.security.permissions import OWN_ACCOUNT
from libs.common.web.conditions import functions_now
from libs.common.web.formats import count, day
from libs.common.web.frames import SIGNED_IN_MANUAL
from libs.common.web.pages import render
from libs.common.web.permit import Permit, permitted, runtime_of
from services.portal.home import repository
from services.portal.home.domain import (
    FIX_NOW,
    KEPT,
    OWN_DOING,
    WAITING,
    Group,
    Item,
    certification_due,
)
from services.portal.landing.repository import PortalStateCopy

router = APIRouter()

_OUTCOMES = {
    "favorable": "in your favor",
    "partially-favorable": "partly in your favor",
    "unfavorable": "not in your favor",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page: where it leads, and since when it stands there, if that matters."""

    words: str
    path: str
    at: datetime | None = None


@router.get("/home")
async def home(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> HTMLResponse:
    """The first page after sign-in, for the enrollment acted for."""
    work = permit.work
    state = await PortalStateCopy(runtime_of(request)).state()
    return render(
        request,
        "portal/home/home.html",
        {
            "waiting": await _waiting(permit),
            "last": await _lines(permit, OWN_DOING),
            "now": functions_now(request, work.runtime.deployment, state, work.runtime.clock),
            "acts": permit.principal.enrollment_id is not None,
        },
    )


async def _waiting(permit: Permit) -> list[tuple[str, list[Line]]]:
    """What waits for the person, under its headings; a heading under which nothing waits is left out."""
    groups = {group.heading: await _lines(permit, group) for group in WAITING}
    groups[FIX_NOW.heading] = [*_requests(permit), *await _certifications(permit), *groups[FIX_NOW.heading]]
    return [(heading, lines) for heading, lines in groups.items() if lines]


async def _lines(permit: Permit, group: Group) -> list[Line]:
    """What happened of the kinds of a group that the person may open."""
    work, enrollment_id = permit.work, permit.principal.enrollment_id
    may = [kind for kind in group.kinds if permit.may(NEWS[kind].permission)]
    if enrollment_id is None or not may:
        return []
    since = work.now - KEPT
    if group is OWN_DOING:
        user_id = permit.principal.user_id
        found = await repository.of_user(work, enrollment_id, user_id, may, since=since, limit=group.limit)
    else:
        found = await repository.of_enrollment(work, enrollment_id, may, since=since, limit=group.limit)
    return [Line(_words(each), each.path, each.at) for each in found]


def _words(one: Item) -> str:
    news = NEWS[one.kind]
    return news.words.format(
        count=count(one.count, news.counted),
        amount=format_dollars(one.amount_cents),
        number=one.number,
        outcome=_OUTCOMES.get(one.outcome, one.outcome),
    )


def _requests(permit: Permit) -> list[Line]:
    """What people and companies ask of an administrator's organization."""
    facts = permit.facts.organization
    if facts is None or permit.principal.role not in ADMINISTRATORS:
        return []
    waiting = (
        (facts.access_requests, "request for access", "requests for access", "/auth/access-requests"),
        (
            facts.biller_requests,
            "company that wants to act for you",
            "companies that want to act for you",
            "/auth/billers",
        ),
        (facts.join_requests, "person who asks to join", "people who ask to join", "/auth/users/joining"),
    )
    return [Line(f"Decide: {count(number, one, many)}", path) for number, one, many, path in waiting if number]


async def _certifications(permit: Permit) -> list[Line]:
    """Whose access must be certified soon: of an administrator's users; else one's own."""
    work, user = permit.work, permit.facts.user
    if user is None:
        return []
    due_of = partial(
        certification_due,
        now=work.now,
        business=work.runtime.clock.business(),
        zone=work.runtime.deployment.zone,
    )
    if permit.principal.role in ADMINISTRATORS:
        users = await repository.grants_of_users(work, user.organization_id)
        dues = [due for grants in users if (due := due_of(grants)) is not None]
        if not dues:
            return []
        who = count(len(dues), "user")
        return [Line(f"Certify {who}, the first by {day(min(dues))}", "/auth/users/recertification")]
    due = due_of(permit.facts.grants)
    if due is None:
        return []
    words = f"Your access must be certified by {day(due)}: ask your portal administrator"
    return [Line(words, f"{SIGNED_IN_MANUAL}/administration#certifying")]
