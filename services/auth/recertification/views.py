"""What a decision about certification is made on: rows with their evidence; how far the campaign is; its reports."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from libs.common.contracts.auth import Enrollment
from libs.common.documents.typesetting import typeset
from libs.common.errors import nothing_here
from libs.common.functions import NAMES
from libs.common.persistence.paging import Page, Place
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.security.permissions import CATALOG
from libs.common.web.formats import day, moment
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.access.domain import Member
from services.auth.agreements.domain import PRIVILEGED
from services.auth.inactive import repository as use
from services.auth.recertification import repository
from services.auth.recertification.domain import (
    ACCOUNT,
    STATES,
    TRIGGERS,
    VERDICTS,
    Item,
    State,
    due_until,
    state_of,
)
from services.auth.recertification.repository import Decided, Everywhere, OrganizationProgress, Progress, Scope
from services.auth.settings import auth_settings

FIELD, KEEP = "decide", "keep"
HISTORY = timedelta(days=400)
HISTORY_ROWS = 200
REPORT_COLUMNS = (
    "User",
    "User ID",
    "NPI",
    "PTAN",
    "Functions",
    "Certified until",
    "State",
    "Last use",
    "Last sign-in",
    "PECOS",
    "EDI agreement",
    "Agreements signed until",
    "Training until",
    "Authorized by the provider until",
)
COMPLETION_COLUMNS = ("Organization", "Certified", "Due", "Suspended", "First runs out")
_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
_COMPLETION = Path(__file__).parent / "templates" / "completion.typ"
_NEVER = "Never"
_ACCOUNTS = {True: "Account without access to an NPI", False: "Account of a privileged user"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a user and an enrollment when somebody decides; of an account there is no enrollment.

    `vendor_until`: the last day of the provider's authorization, of a user who works for a vendor, if it has one.
    """

    last_use: datetime | None
    last_sign_in: datetime | None
    pecos_active: bool | None
    edi_agreement_signed: bool | None
    agreements_until: datetime | None
    training_until: datetime | None
    vendor_until: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One user with one enrollment they can reach, or one account by itself, as it is shown to who decides."""

    member: Member
    enrollment: Enrollment | None
    functions: tuple[tuple[str, str], ...]
    item: Item
    state: State
    myself: bool
    evidence: Evidence
    trigger: str

    @property
    def names(self) -> tuple[str, ...]:
        """What the functions are called."""
        return tuple(dict.fromkeys(name for _, name in self.functions))

    @property
    def idle(self) -> bool:
        """Whether it is an account that can reach nothing, and has no privilege."""
        return self.enrollment is None and self.member.role not in PRIVILEGED

    @property
    def where(self) -> str:
        """What tells it from the other rows in the name of a field."""
        return f"{self.item.user_id}.{self.item.enrollment_id}"

    @property
    def field(self) -> str:
        """The name of the choice in the form."""
        return f"{FIELD}.{self.where}"

    @property
    def open(self) -> bool:
        """Whether it is to be decided now, by whoever looks."""
        return self.state != "certified" and not self.myself


async def rows_page(work: UnitOfWork, scope: Scope, place: Place, looking: UUID) -> tuple[Page[Item], list[Row]]:
    """A page of what is certified in a scope, what is due first, each row with its evidence."""
    page = await repository.items_page(work, scope, place, due=due_now(work))
    return page, await rows_of(work, scope, page.rows, looking)


async def rows_of(work: UnitOfWork, scope: Scope, items: Sequence[Item], looking: UUID) -> list[Row]:
    """Items with whose they are and their evidence."""
    business, window = work.runtime.clock.business(), auth_settings().recertification_window
    user_ids = {each.user_id for each in items}
    enrollment_ids = {each.enrollment_id for each in items} - {ACCOUNT}
    members, enrollments = await _named(work, scope, user_ids, enrollment_ids)
    known = await evidence_of(work, items, enrollments)
    triggers = await repository.triggers_of(work, enrollment_ids | {each.organization_id for each in members.values()})
    offered = work.runtime.deployment.offered
    rows = []
    for each in items:
        member = members[each.user_id]
        reason = triggers.get(each.enrollment_id) or triggers.get(member.organization_id)
        rows.append(
            Row(
                member=member,
                enrollment=enrollments.get(each.enrollment_id),
                functions=() if each.enrollment_id == ACCOUNT else functions_of(each.permissions, offered),
                item=each,
                state=state_of(each.certified_until, now=work.now, business=business, window=window),
                myself=each.user_id == looking,
                evidence=known[each.user_id, each.enrollment_id],
                trigger=TRIGGERS[reason] if reason else "",
            )
        )
    return rows


async def _named(
    work: UnitOfWork, scope: Scope, user_ids: Collection[UUID], enrollment_ids: Collection[UUID]
) -> tuple[Mapping[UUID, Member], Mapping[UUID, Enrollment]]:
    if scope.organization_id is None:
        members = await repository.members_everywhere(work, user_ids)
    else:
        members = await access.members_by_id(work, scope.organization_id, user_ids)
    return members, await access.enrollments_by_id(work, scope.organization_id, enrollment_ids)


async def evidence_of(
    work: UnitOfWork, items: Iterable[Item], enrollments: Mapping[UUID, Enrollment]
) -> dict[tuple[UUID, UUID], Evidence]:
    """What is known of some items, by user and enrollment."""
    keys = {(each.user_id, each.enrollment_id) for each in items}
    users = {user_id for user_id, _ in keys}
    uses = await use.last_uses(work, users, {enrollment_id for _, enrollment_id in keys})
    signs = await use.last_sign_ins(work, users)
    persons = await repository.persons(work, users)
    vendors = await repository.vendors_last_days(work, users, {enrollment_id for _, enrollment_id in keys})
    found = {}
    for user_id, enrollment_id in keys:
        enrollment, person = enrollments.get(enrollment_id), persons.get(user_id)
        found[user_id, enrollment_id] = Evidence(
            last_use=uses.get((user_id, enrollment_id)),
            last_sign_in=signs.get(user_id),
            pecos_active=enrollment.pecos_active if enrollment else None,
            edi_agreement_signed=enrollment.edi_agreement_signed if enrollment else None,
            agreements_until=person.rules_until if person else None,
            training_until=person.training_until if person else None,
            vendor_until=vendors.get((user_id, enrollment_id)),
        )
    return found


def frozen(evidence: Evidence) -> dict[str, str | bool | None]:
    """Evidence as it is kept with a decision."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(evidence).items()}


def due_now(work: UnitOfWork) -> datetime:
    """What is certified until then at the latest is to be decided now."""
    return due_until(
        now=work.now, business=work.runtime.clock.business(), window=auth_settings().recertification_window
    )


def functions_of(permissions: Sequence[str], offered: Collection[str] | None = None) -> tuple[tuple[str, str], ...]:
    """Permissions with what their functions are called, those not `offered` left out, by name.

    A permission of an earlier release is called by its own name.
    """
    named = []
    for permission in permissions:
        known = CATALOG.get(permission)
        if known is None:
            named.append((permission, permission))
        elif offered is None or known.function in offered:
            named.append((permission, NAMES[known.function]))
    return tuple(sorted(named, key=lambda each: (each[1], each[0])))


@dataclass(frozen=True, slots=True)
class Told:
    """What became of an item, in words."""

    decided: Decided
    user: str
    enrollment: Enrollment | None
    functions: tuple[str, ...]
    status: tuple[str, str]
    by: str


async def history(work: UnitOfWork, scope: Scope) -> list[Told]:
    """What became of the items of a scope in the last year, the newest first."""
    since = work.runtime.clock.business() - HISTORY
    decided = await repository.decided(work, scope, since=since, at_most=HISTORY_ROWS)
    user_ids = {each.user_id for each in decided} | {each.decided_by for each in decided if each.decided_by}
    # Who decided about an account may be staff of the contractor.
    members = await repository.members_everywhere(work, user_ids)
    enrollments = (await _named(work, scope, (), {each.enrollment_id for each in decided}))[1]

    def name(user_id: UUID | None) -> str:
        if user_id is None:
            return ""
        member = members.get(user_id)
        return member.name if member else "A former user"

    return [
        Told(
            decided=each,
            user=name(each.user_id),
            enrollment=enrollments.get(each.enrollment_id),
            functions=tuple(
                dict.fromkeys(
                    words for _, words in functions_of(each.kept if each.verdict == "change" else each.permissions)
                )
            ),
            status=VERDICTS[each.verdict],
            by=name(each.decided_by),
        )
        for each in decided
    ]


@dataclass(frozen=True, slots=True)
class Board:
    """How far the campaign is: of each enrollment, of all, and how many decisions were too quick."""

    rows: tuple[tuple[Enrollment | None, Progress], ...]
    hasty: int

    @property
    def open(self) -> int:
        """How many decisions are open or late."""
        return sum(each.open + each.suspended for _, each in self.rows)

    @property
    def certified(self) -> int:
        """How many are certified."""
        return sum(each.certified for _, each in self.rows)

    @property
    def percent(self) -> int:
        """How much of all is certified."""
        return 100 if not self.open + self.certified else self.certified * 100 // (self.open + self.certified)


async def board(work: UnitOfWork, scope: Scope) -> Board:
    """How far the certification of a scope is."""
    rows = await repository.progress(work, scope, now=work.now, due=due_now(work))
    enrollments = (await _named(work, scope, (), {each.enrollment_id for each in rows}))[1]
    since = work.runtime.clock.business() - HISTORY
    return Board(
        tuple((enrollments.get(each.enrollment_id), each) for each in rows),
        await repository.hasty(work, scope, since=since),
    )


async def scope_of(permit: Permit, *, enrollment_id: UUID | None = None, user_id: UUID | None = None) -> Scope:
    """A scope within the administrator's own organization. Raises `Rejected` (404) for what is not of it."""
    organization_id = permit.principal.organization_id
    if enrollment_id is not None and not await access.may_act_for(permit.work, organization_id, enrollment_id):
        raise nothing_here()
    if user_id is not None and user_id not in await access.members_by_id(permit.work, organization_id, [user_id]):
        raise nothing_here()
    return Scope(organization_id, user_id=user_id, enrollment_id=enrollment_id)


def report_row(work: UnitOfWork, row: Row) -> tuple[str, ...]:
    """A row of a report, in the order of `REPORT_COLUMNS`."""
    zone, known = work.runtime.deployment.zone, row.evidence
    enrollment = row.enrollment

    def date_of(value: datetime | None) -> str:
        return day(value.astimezone(zone).date()) if value else _NEVER

    def yes(value: bool | None, words: str, otherwise: str) -> str:
        return "" if value is None else words if value else otherwise

    return (
        row.member.name,
        row.member.login,
        enrollment.npi if enrollment else "",
        enrollment.ptan if enrollment else "",
        ", ".join(row.names) if enrollment else _ACCOUNTS[row.idle],
        date_of(row.item.certified_until),
        STATES[row.state][1],
        date_of(known.last_use),
        date_of(known.last_sign_in),
        yes(known.pecos_active, "Active", "Not active"),
        yes(known.edi_agreement_signed, "Signed", "Missing"),
        date_of(known.agreements_until),
        date_of(known.training_until),
        day(known.vendor_until) if known.vendor_until else "",
    )


async def printed(permit: Permit, title: str, rows: Sequence[Row], told: Sequence[Told]) -> bytes:
    """A report as a tagged PDF (PDF/UA-1): how each row stands, and what was decided in the last year."""
    work, deployment = permit.work, permit.work.runtime.deployment
    zone = deployment.zone
    organization = permit.facts.organization
    standing = [report_row(work, each) for each in rows]
    facts = {
        "contractor": deployment.contractor,
        "title": title,
        "about": [
            ("Organization", organization.name if organization else ""),
            ("Printed", f"{moment(work.runtime.clock.business(), zone)} by {permit.principal.name}"),
        ],
        "columns": ("User", "NPI and PTAN", "Functions", "Certified until", "Evidence"),
        "rows": [
            (
                f"{each[0]}\n{each[1]}",
                f"{each[2]} {each[3]}".strip(),
                each[4],
                f"{each[5]}\n{each[6]}",
                "\n".join(
                    f"{label}: {words}" for label, words in zip(REPORT_COLUMNS[7:], each[7:], strict=True) if words
                ),
            )
            for each in standing
        ],
        "decided_columns": ("User", "When", "NPI and PTAN", "Decision", "By"),
        "decided": [
            (
                each.user,
                moment(each.decided.decided_at, zone),
                f"{each.enrollment.npi} {each.enrollment.ptan}" if each.enrollment else "",
                each.status[1] + (" (in under 2 seconds)" if each.decided.hasty else ""),
                each.by or "Nobody",
            )
            for each in told
        ],
    }
    return await typeset(_TEMPLATE, facts)


async def completion_page(
    work: UnitOfWork, place: Place, words: str = "", *, left: bool = False
) -> Page[OrganizationProgress]:
    """A page of how far each organization is, for the contractor."""
    return await repository.by_organization(work, place, now=work.now, due=due_now(work), words=words, left=left)


async def completion(work: UnitOfWork) -> Everywhere:
    """How far the certification of all users of the portal is (handbook 6.4)."""
    return await repository.everywhere(work, now=work.now, due=due_now(work))


async def progress_of(work: UnitOfWork, organization_id: UUID) -> OrganizationProgress:
    """How far one organization is, for the contractor. Raises `Rejected` (404)."""
    found = await repository.progress_of(work, organization_id, now=work.now, due=due_now(work))
    if found is None:
        raise nothing_here()
    return found


def completion_row(work: UnitOfWork, one: OrganizationProgress) -> tuple[str, ...]:
    """A row of the completion board, in the order of `COMPLETION_COLUMNS`."""
    first = day(one.first.astimezone(work.runtime.deployment.zone).date()) if one.first else ""
    return one.name, str(one.certified), str(one.open), str(one.suspended), first


async def printed_completion(permit: Permit, rows: Sequence[OrganizationProgress]) -> bytes:
    """The completion board as a tagged PDF (PDF/UA-1): all together, and as many organizations as one prints."""
    work, deployment = permit.work, permit.work.runtime.deployment
    found = await completion(work)
    facts = {
        "contractor": deployment.contractor,
        "title": "Certification of all users",
        "about": [
            ("Organizations", f"{found.organizations:,}, of which {found.complete:,} have nothing left to decide"),
            ("Certified", f"{found.certified:,}"),
            ("Due", f"{found.open:,}"),
            ("Suspended", f"{found.suspended:,}"),
            ("Printed", f"{moment(work.runtime.clock.business(), deployment.zone)} by {permit.principal.name}"),
        ],
        "columns": COMPLETION_COLUMNS,
        "rows": [completion_row(work, each) for each in rows],
    }
    return await typeset(_COMPLETION, facts)
