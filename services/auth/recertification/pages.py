"""Recertification for people: every user with every NPI, those of one page decided together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field, field_validator

from libs.common.contracts.auth import Enrollment
from libs.common.errors import Rejected
from libs.common.functions import NAMES
from libs.common.ids import secret_text
from libs.common.persistence.paging import START, Place
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.security.permissions import CATALOG, USERS_MANAGE, USERS_READ
from libs.common.web.forms import Form, Rows
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, fresh_code, opaque, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.access import repository as access
from services.auth.access.domain import Member
from services.auth.recertification import repository
from services.auth.recertification.domain import STATES, Decision, Item, State, Verdict, due_until, state_of
from services.auth.recertification.handlers import decide
from services.auth.recertification.repository import Decided
from services.auth.settings import auth_settings

router = APIRouter()

PAGE = "/auth/users/recertification"
USERS = "/auth/users"
FIELD, LATER = "decide", "later"
MAX_AT_ONCE = 500
"""Decisions in one form: what fits the cap of the gateway on a form."""

_COLUMNS = tuple(map(Column, ("User", "May act for", "Functions", "Certified until", "Decision")))
_HISTORY, _HISTORY_ROWS = timedelta(days=400), 200
_NEARLY = timedelta(minutes=1)
_VERDICTS: Mapping[str, Verdict] = {"certify": "certify", "decline": "decline"}
_NOTHING_CHOSEN = "Choose “Certify” or “Decline” for at least one user and NPI."


@dataclass(frozen=True, slots=True)
class Row:
    """One user with one enrollment they can reach, as it is shown. `field` is the name its decision is sent under."""

    member: Member
    enrollment: Enrollment
    functions: tuple[str, ...]
    item: Item
    state: State
    myself: bool

    @property
    def field(self) -> str:
        """The name of the choice in the form."""
        return f"{FIELD}.{self.item.user_id}.{self.item.enrollment_id}"

    @property
    def open(self) -> bool:
        """Whether it is to be decided now, by whoever looks."""
        return self.state != "certified" and not self.myself


class DecisionsForm(BaseModel):
    """What was chosen in each row that was not left for later, sorted by the rows."""

    chosen: Annotated[dict[str, str], Rows(rf"{FIELD}\.(.+)"), Field(title="Decision")] = {}

    @field_validator("chosen")
    @classmethod
    def _without_later(cls, chosen: dict[str, str]) -> dict[str, str]:
        return {row: chosen[row] for row in sorted(chosen) if chosen[row] != LATER}


@router.get(PAGE)
async def recertification(
    request: Request,
    permit: Annotated[Permit, permitted(USERS_READ)],
    place: Around,
    choose: str = "",
    decided: str = "",
) -> HTMLResponse:
    """What is due, what is certified, and what was decided. `choose=certify` has that chosen for all due on the page.

    `decided` is one of the decisions just made.
    """
    permit.work.audit("read", "certifications", permit.principal.organization_id)
    organization_id = permit.principal.organization_id
    done = await repository.made_with(permit.work, organization_id, opaque(decided)) if decided else (0, 0)
    return await _page(request, permit, place, choose=choose, done=done)


async def _decide_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    return await _page(request, permit, START, form=form)


@router.post(PAGE)
async def decide_all(
    form: Annotated[PermittedForm[DecisionsForm], permitted_form(USERS_MANAGE, DecisionsForm, page=_decide_again)],
) -> Response:
    """Carry out everything that was chosen, or nothing."""
    decisions = [_decision(*row) for row in form.value.chosen.items()]
    if not decisions:
        raise Rejected("form-invalid", _NOTHING_CHOSEN, fields={"": _NOTHING_CHOSEN})
    if len(decisions) > MAX_AT_ONCE:
        raise Rejected("form-invalid", f"Decide at most {MAX_AT_ONCE} at once, and then the others.")
    async with form.open() as permit:

        async def do() -> str:
            return f"{PAGE}?decided={await decide(permit, decisions)}"

        return await form.once(permit, do)


def _decision(row: str, value: str) -> Decision:
    """What is decided of a row, `<user>.<enrollment>`: `<verdict>.<what was seen>`."""
    user_id, _, enrollment_id = row.partition(".")
    word, _, seen = value.partition(".")
    verdict = _VERDICTS.get(word)
    if verdict is None:
        raise Rejected("form-invalid", "Choose “Certify” or “Decline”, or leave the row for later.")
    return Decision(opaque(user_id), opaque(enrollment_id), verdict, seen)


async def _page(
    request: Request,
    permit: Permit,
    place: Place,
    *,
    choose: str = "",
    done: tuple[int, int] = (0, 0),
    form: Form | None = None,
) -> HTMLResponse:
    work, organization_id, administrator = permit.work, permit.principal.organization_id, permit.principal.user_id
    business, window = work.runtime.clock.business(), auth_settings().recertification_window
    due = due_until(now=work.now, business=business, window=window)
    page = await repository.items_page(work, organization_id, place, due=due)
    history = await repository.decided(work, organization_id, since=business - _HISTORY, at_most=_HISTORY_ROWS)
    user_ids = {user_id for each in history for user_id in (each.user_id, each.decided_by)}
    members = await access.members_by_id(work, organization_id, user_ids | {each.user_id for each in page.rows})
    enrollment_ids = {each.enrollment_id for each in page.rows} | {each.enrollment_id for each in history}
    enrollments = await access.enrollments_by_id(work, organization_id, enrollment_ids)
    rows = [
        _row(work, each, members[each.user_id], enrollments[each.enrollment_id], administrator) for each in page.rows
    ]
    context = {
        "organization": permit.facts.organization,
        "listing": Listing("certification", _COLUMNS, page, PAGE, ""),
        "rows": rows,
        "STATES": STATES,
        "standing": await repository.standing(work, organization_id, administrator, now=work.now, due=due),
        "open_here": sum(each.open for each in rows),
        "decided": [_told(each, members, enrollments) for each in history],
        "window": auth_settings().recertification_window_days,
        "chosen": choose == "certify",
        "certified": done[0],
        "declined": done[1],
        "form": form or Form(),
        "fresh": permit.is_fresh(USERS_MANAGE, _NEARLY),
        "step_up": fresh_code(PAGE),
        "page": PAGE,
        "idempotency_key": secret_text(),
        "crumbs": (("Administration", USERS),),
    }
    return render(request, "auth/recertification/recertification.html", context)


def _row(work: UnitOfWork, item: Item, member: Member, enrollment: Enrollment, administrator: UUID) -> Row:
    business, window = work.runtime.clock.business(), auth_settings().recertification_window
    return Row(
        member=member,
        enrollment=enrollment,
        functions=_functions(item.permissions, work.runtime.deployment.offered),
        item=item,
        state=state_of(item.certified_until, now=work.now, business=business, window=window),
        myself=item.user_id == administrator,
    )


def _functions(permissions: Sequence[str], offered: Collection[str] | None = None) -> tuple[str, ...]:
    """What the functions are called, those not `offered` left out; a permission of an earlier release by its name."""
    known = {CATALOG[name].function for name in permissions if name in CATALOG}
    others = {name for name in permissions if name not in CATALOG}
    return tuple(sorted({NAMES[code] for code in known if offered is None or code in offered} | others))


def _told(
    each: Decided, members: Mapping[UUID, Member], enrollments: Mapping[UUID, Enrollment]
) -> tuple[Decided, str, Enrollment | None, tuple[str, ...], str]:
    """A decision in words: whose, for which enrollment, what it was about, by whom."""

    def name(user_id: UUID) -> str:
        member = members.get(user_id)
        return member.name if member else "A former user"

    functions = _functions(each.permissions)
    return each, name(each.user_id), enrollments.get(each.enrollment_id), functions, name(each.decided_by)
