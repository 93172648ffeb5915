"""What belongs to others: answered as what does not exist, and refused by the database itself (S03, S04)."""

import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import astuple, is_dataclass, replace
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, NoResultFound
from structlog.testing import capture_logs

from libs.common.documents.kinds import X12
from libs.common.persistence.paging import START
from libs.common.persistence.tables import access_grant, access_user
from libs.common.persistence.unit_of_work import Acting, UnitOfWork
from libs.common.security.decision import Decision
from libs.common.settings import SERVICES
from libs.common.web import permit as permits
from tests.support.applications import (
    ADMINISTRATOR,
    ALL_ROUTES,
    BILLER,
    OTHER_BILLER,
    REVIEWER,
    Application,
    Applications,
    Route,
    Someone,
    service_named,
    staff_for,
)
from tests.support.attachments import complete as complete_attachment
from tests.support.planting import object_id, of_enrollments, plant, row_of
from tests.support.platform import PostgresqlServer
from tests.support.portico import ROOT
from tests.support.requests import NOBODYS, body_of, path_of

# Auth decides who may act for an enrollment, so it must see all of them: no row security stands in its own tables.
KEPT_BY_AUTH = {
    ("auth", each)
    for each in (
        "enrollment",
        "user_grant",
        "session",
        "certification",
        "enrollment_use",
        "organization_request",
        "viewing",
        "attachment",
    )
}
GUARDED = {
    name: [each for each in of_enrollments(service_named(name).metadata) if (name, each.name) not in KEPT_BY_AUTH]
    for name in SERVICES
}
WITH_ROWS = [name for name in SERVICES if GUARDED[name]]
WITH_READS = [name for name in WITH_ROWS if GUARDED[name] != [service_named(name).metadata.tables["attachment"]]]
"""Services that keep more of enrollments than the common table does."""
WITH_ANY_IDS = [
    each
    for each in ALL_ROUTES
    if each.permission is not None and re.search(r"\{\w*id\}", each.path) and "interruption" not in each.path
]
"""Routes to one object of somebody. Interruptions are everybody's."""

WITH_IDS = [each for each in WITH_ANY_IDS if each.permission is not None and not each.permission.staff]
OF_STAFF = [each for each in WITH_ANY_IDS if each not in WITH_IDS]
OF_PROVIDERS = [each for each in OF_STAFF if each.service != "auth"]
"""To the contractor's staff no provider's object is foreign. Those of auth belong to no provider."""

WITH_ROWS_BEHIND = [each for each in WITH_IDS if each.permission is not None and each.permission.data]
SHOWING = [
    each
    for each in ALL_ROUTES
    if each in WITH_ROWS_BEHIND
    or (each.method == "GET" and each.permission is not None and each.permission.data and not each.permission.staff)
]
"""Routes by which a provider's people see data of patients: objects, lists, files."""

COLLEAGUE = Someone("colleague without a grant", office="biller", permissions=frozenset())
ANOTHER = Someone("administrator of another office", role="PROVIDER_ADMIN", permissions=frozenset())


async def with_rows(app: Application) -> None:
    """Both billers, each with one row in every table that belongs to an enrollment."""
    async with app.work.database.work(app.work) as work:
        if (await work.execute(sa.select(access_user).where(access_user.c.user_id == BILLER.user_id))).first():
            return
    staff = {staff_for(each.permission) for each in OF_STAFF if each.permission and each.service == app.service.name}
    others = sorted(staff - {REVIEWER}, key=lambda each: each.name)
    people = (BILLER, OTHER_BILLER, ADMINISTRATOR, ANOTHER, REVIEWER, *others)
    await app.admit(*people, *(() if app.service.name == "auth" else (COLLEAGUE,)))
    async with app.work.database.work(app.work) as work:
        for who in (BILLER, OTHER_BILLER):
            await plant(work, GUARDED[app.service.name], who.enrollment_id)
            if app.service.name in COMPLETED:
                await COMPLETED[app.service.name](work, who.enrollment_id)


async def complete_claims(work: UnitOfWork, enrollment_id: UUID) -> None:
    """What a row alone cannot hold: a patient that opens, a document that is there."""
    from services.claims.status.domain import Patient  # noqa: PLC0415 - only for claims
    from services.claims.status.tables import PATIENT, claim  # noqa: PLC0415
    from services.claims.submission.tables import acknowledgment  # noqa: PLC0415

    claim_id = object_id(enrollment_id, "claim_id")
    sealed = PATIENT.seal(work.runtime.keys, Patient("1EG4TE5MK73", "Doe", "Jo", "1950-01-01", "F"), claim_id)
    number = planted("internal_control_number")(enrollment_id)
    values = {"patient": sealed, "internal_control_number": number}
    await work.execute(sa.update(claim).where(claim.c.claim_id == claim_id).values(**values))

    async def content() -> AsyncIterator[bytes]:
        yield b"ISA*"

    kept = await work.runtime.documents.put(content(), limit=10)
    await complete_attachment(work, enrollment_id, "submission", "submission_id", b"ISA*", X12)
    mine = acknowledgment.c.enrollment_id == enrollment_id
    await work.execute(sa.update(acknowledgment).where(mine).values(document=kept.reference, kind="999"))


async def complete_remittances(work: UnitOfWork, enrollment_id: UUID) -> None:
    """A file that is there, patients that open, reasons that are lists."""
    from services.remittance.advice.domain import Details, Patient  # noqa: PLC0415 - as above
    from services.remittance.advice.tables import DETAILS, remittance, remitted_claim, remitted_line  # noqa: PLC0415

    remittance_id, claim_id = object_id(enrollment_id, "remittance_id"), object_id(enrollment_id, "claim_id")
    sealed = DETAILS.seal(work.runtime.keys, Details(Patient("1EG4TE5MK73", "Jo Doe")), remittance_id, 1)

    async def content() -> AsyncIterator[bytes]:
        yield b"ISA*"

    kept = await work.runtime.documents.put(content(), limit=10)
    for table, values in (
        (remittance, {"document": kept.reference, "provider_adjustments": [], "facts": []}),
        (remitted_claim, {"details": sealed, "adjustments": [], "number": 1, "outcome": "paid", "claim_id": claim_id}),
        (remitted_line, {"adjustments": [], "facts": []}),
    ):
        await work.execute(sa.update(table).where(table.c.remittance_id == remittance_id).values(**values))


async def complete_appeals(work: UnitOfWork, enrollment_id: UUID) -> None:
    """An appeal that was decided by a letter, of one of the two lines of a claim, with a document that is there."""
    from tests.support.appeals import complete  # noqa: PLC0415 - only for appeals

    await complete(work, enrollment_id)


async def complete_items(work: UnitOfWork, enrollment_id: UUID) -> None:
    """What a user did."""
    from services.portal.home.tables import item  # noqa: PLC0415 - as above

    mine = item.c.enrollment_id == enrollment_id
    values = {"kind": "file-sent", "user_id": object_id(enrollment_id, "user_id")}
    await work.execute(sa.update(item).where(mine).values(**values))


async def complete_inquiries(work: UnitOfWork, enrollment_id: UUID) -> None:
    """Questions and answers that open, of HETS and of the item history; who looked a number up."""
    from bench.x12_271 import ANSWER as PAYLOAD  # noqa: PLC0415 - as above
    from services.eligibility.inquiry.tables import ANSWER, QUESTION, inquiry  # noqa: PLC0415
    from services.eligibility.look_up.tables import NAME, look_up_user  # noqa: PLC0415
    from tests.support.eligibility import question  # noqa: PLC0415

    inquiry_id = object_id(enrollment_id, "inquiry_id")
    keys = work.runtime.keys
    values = {
        "question": QUESTION.seal(keys, question(), inquiry_id),
        "answer": ANSWER.seal(keys, PAYLOAD, inquiry_id),
        "state": "answered",
        "answered_at": work.now,
    }
    await work.execute(sa.update(inquiry).where(inquiry.c.inquiry_id == inquiry_id).values(**values))
    unanswered = object_id(enrollment_id, "unanswered")
    await work.execute(
        sa.insert(inquiry).values(
            inquiry_id=unanswered,
            enrollment_id=enrollment_id,
            asked_by=object_id(enrollment_id, "asked_by"),
            asked_at=work.now,
            state="no-answer",
            trace=f"unanswered {enrollment_id.hex}",
            beneficiary_token="",
            question=QUESTION.seal(keys, question(), unanswered),
            question_digest=enrollment_id.bytes,
            sent_at=work.now,
        )
    )
    await complete_item_checks(work, enrollment_id)
    await complete_schedule(work, enrollment_id)
    user_id = object_id(enrollment_id, "looked_up_by")
    known = {"user_id": user_id, "name": NAME.seal(keys, "Jo Clerk", user_id)}
    accepted = {"rules_version": "", "rules_digest": "", "rules_accepted_at": work.now}
    await work.execute(look_up_user.insert().values(known | accepted))


async def complete_item_checks(work: UnitOfWork, enrollment_id: UUID) -> None:
    """A question about items, and beside it one about certificates."""
    from services.eligibility.item_history.domain import Question  # noqa: PLC0415 - as above
    from services.eligibility.item_history.tables import ANSWER, QUESTION, item_check  # noqa: PLC0415

    keys, asked = work.runtime.keys, Question("1EG4TE5MK73", "Doe", "Jo", None, "E0601")
    said = '{"trace": "", "mbi": "1EG4TE5MK73", "outcome": "found", "answered_at": "2026-11-20T15:00:00Z"}'
    await work.execute(
        item_check.insert().values(
            row_of(item_check, enrollment_id)
            | {"check_id": object_id(enrollment_id, "history_id"), "kind": "certificates", "trace": enrollment_id.hex}
        )
    )
    for name in ("check_id", "history_id"):
        check_id = object_id(enrollment_id, name)
        values = {
            "question": QUESTION.seal(keys, asked, check_id),
            "answer": ANSWER.seal(keys, said.encode(), check_id),
            "state": "answered",
            "answered_at": work.now,
        }
        await work.execute(sa.update(item_check).where(item_check.c.check_id == check_id).values(**values))


async def complete_schedule(work: UnitOfWork, enrollment_id: UUID) -> None:
    """A schedule whose one row opens, and waits to be confirmed."""
    from services.eligibility.schedule.domain import Row  # noqa: PLC0415 - as above
    from services.eligibility.schedule.tables import ABOUT, ROW, About, row, schedule  # noqa: PLC0415

    schedule_id, keys = object_id(enrollment_id, "schedule_id"), work.runtime.keys
    about = ABOUT.seal(keys, About("Someone"), schedule_id)
    await work.execute(sa.update(schedule).where(schedule.c.schedule_id == schedule_id).values(about=about))
    content = Row(1, ("1EG4TE5MK73", "Doe", "Jo", "", "", ""), mbi="1EG4TE5MK73", last_name="Doe", first_name="Jo")
    sealed = ROW.seal(keys, replace(content, service_on=work.runtime.today), schedule_id, 1)
    values = {"content": sealed, "state": "ready", "inquiry_id": object_id(enrollment_id, "inquiry_id")}
    await work.execute(sa.update(row).where(row.c.schedule_id == schedule_id).values(**values))


PATIENT = re.compile("Doe|1EG4|MK73|1950")
"""What is planted of a patient, whole or in part."""
SHOW_NO_PATIENT: Mapping[str, str] = {
    "GET /claims/submissions/{submission_id}/receipt": "a file, when it came and by which number to find it",
    "GET /api/claims/submissions": "files by their numbers, in counts: without the names that people give them",
    "GET /claims/live/submissions/{submission_id}": "how far a file is, in counts",
    "GET /eligibility/live/inquiries/{inquiry_id}": "whether an inquiry still waits",
    "GET /eligibility/live/schedules/{schedule_id}": "how far a schedule is, in counts",
    "GET /eligibility/look-up": "an empty form",
    "GET /eligibility/look-up/rules": "the rules before it",
}
"""Routes that need no audit row: what they show names nobody."""


def planted(column: str) -> Callable[[UUID], str]:
    """The text that `plant` puts into a column."""
    return lambda enrollment_id: f"{column} {enrollment_id.hex[:8]}"


ASKED_WITH: Mapping[str, Callable[[UUID], Any]] = {
    "limit": lambda _: 10,
    "place": lambda _: START,
    "state": lambda _: "",
    "eligibility.question_digest": lambda enrollment_id: enrollment_id.bytes,
    "eligibility.sent_after": lambda _: datetime(2000, 1, 1, tzinfo=UTC),
    "claims.number": planted("patient_control_number"),
    "claims.wanted": lambda _: import_module("services.claims.status.repository").ClaimFilter(),
    "claims.after": lambda _: (-1, 0),
    "remittance.number": planted("internal_control_number"),
    "remittance.numbers": lambda enrollment_id: [planted("internal_control_number")(enrollment_id)],
    "remittance.advice.find_claim.number": lambda _: 1,
    "remittance.advice.lines_of.numbers": lambda _: [1],
    "remittance.wanted": lambda _: import_module("services.remittance.advice.repository").RemittanceFilter(),
    "remittance.payer_identifier": lambda _: "",
    "remittance.trace_number": planted("trace_number"),
    "remittance.lane": lambda _: "2952919902",
    "remittance.payee": lambda _: import_module("services.remittance.quarantine.domain").Payee("", ""),
    "remittance.of_claims": lambda _: [],
    "remittance.claims": lambda _: [],
    "eligibility.asker": lambda enrollment_id: import_module("services.eligibility.conduct.domain").Asker(
        object_id(enrollment_id, "asked_by"), object_id(enrollment_id, "organization_id"), "1234567893"
    ),
    "eligibility.kind": lambda _: "items",
    "eligibility.npi": lambda _: "1234567893",
    "eligibility.npis": lambda _: ["1234567893"],
    "eligibility.since": lambda _: datetime(2000, 1, 1, tzinfo=UTC),
    "eligibility.subject": lambda _: "npi:1234567893",
    "eligibility.submitter": lambda _: "15004",
    "eligibility.today": lambda _: date(2026, 11, 23),
    "eligibility.token": planted("beneficiary_token"),
    "eligibility.words": lambda _: "",
    "appeals.number": planted("internal_control_number"),
    "eligibility.late_before": lambda _: datetime(2026, 11, 1, tzinfo=UTC),
    "eligibility.what": lambda _: import_module("services.eligibility.look_up.repository").Limit("", "", 1, 1),
    "eligibility.lane": lambda _: "desk",
    "portal.kinds": lambda _: ["file-sent"],
    "portal.since": lambda _: datetime(2000, 1, 1, tzinfo=UTC),
}
"""What reads are asked with where the parameter's name alone does not say it, the most particular first."""

FINDS_NOTHING_PLANTED: Mapping[str, Mapping[str, str]] = {
    "eligibility": {
        "item_history.misses": "what was answered is no miss",
        "inquiry.is_waiting": "what is planted was answered",
        "inquiry.last_turn": "the same",
        "schedule.waiting_for": "the schedule waits to be confirmed",
    },
    "remittance": {
        "quarantine.waiting": "what is in quarantine belongs to nobody",
        "quarantine.hold": "the same",
        "quarantine.contradicted": "remittance and claims are of the same enrollment",
        "advice.head": "what waits to be posted belongs to nobody yet",
        "advice.corrections": "a claim that was decided once was not corrected",
    },
}
"""Reads that find nothing in what is planted, and why."""

COMPLETED: Mapping[str, Callable[[UnitOfWork, UUID], Awaitable[None]]] = {
    "appeals": complete_appeals,
    "claims": complete_claims,
    "eligibility": complete_inquiries,
    "portal": complete_items,
    "remittance": complete_remittances,
}


def without_reference(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, re.sub(r"[0-9a-f-]{16,}", "…", answer.text)


@pytest.mark.parametrize("route", WITH_IDS, ids=str)
async def test_a_foreign_object_is_answered_as_one_that_does_not_exist(
    route: Route, applications: Applications
) -> None:
    app = await applications(route.service)
    await with_rows(app)
    data = route.permission is not None and route.permission.data
    who = BILLER if data else ADMINISTRATOR
    foreign: dict[str, Any] = {} if data else {"user_id": ANOTHER.user_id}
    before = await app.content(but=("audit", "audit_unsealed", "idempotency"))
    refused = await app.refused(who)

    theirs = await app.call(
        route.method,
        path_of(route, OTHER_BILLER.enrollment_id, **foreign),
        who,
        **body_of(route, who, OTHER_BILLER.enrollment_id, key="foreign object"),
    )
    nobodys = await app.call(route.method, path_of(route), who, **body_of(route, who, key="unknown object"))

    assert theirs.status_code == 404
    assert without_reference(theirs) == without_reference(nobodys)
    assert await app.refused(who) == refused + 2
    assert await app.content(but=("audit", "audit_unsealed", "idempotency")) == before


@pytest.mark.parametrize("route", WITH_ANY_IDS, ids=str)
@pytest.mark.parametrize("id_", ["1", "x" * 36, "00000000-0000-0000-0000-00000000000g", "%00", "..%2f..%2fetc"])
async def test_what_is_no_id_is_refused_and_nothing_fails(route: Route, id_: str, applications: Applications) -> None:
    app = await applications(route.service)
    await with_rows(app)
    who = BILLER if route.permission is not None and route.permission.data else ADMINISTRATOR
    who = staff_for(route.permission) if route.permission is not None and route in OF_STAFF else who
    path = re.sub(r"\{\w*id\}", id_, route.path).replace("{kind}", "999").replace("{permission}", "claims.status")
    answer = await app.call(route.method, path, who, **body_of(route, who))
    assert answer.status_code in (404, 422)


@pytest.mark.parametrize("route", OF_PROVIDERS, ids=str)
async def test_staff_see_every_providers_objects_and_providers_see_nothing_of_staffs(
    route: Route, applications: Applications
) -> None:
    app = await applications(route.service)
    await with_rows(app)
    for owner in (BILLER, OTHER_BILLER):
        request = path_of(route, owner.enrollment_id)
        body = body_of(route, REVIEWER, owner.enrollment_id, key=f"staff {owner.name}")
        assert (await app.call(route.method, request, REVIEWER, **body)).status_code in (200, 409)
        refused = await app.call(route.method, request, owner, **body_of(route, owner, owner.enrollment_id))
        assert refused.status_code == 403
    unknown = await app.call(route.method, path_of(route), REVIEWER, **body_of(route, REVIEWER, key="staff unknown"))
    assert unknown.status_code == 404


@pytest.mark.parametrize("name", WITH_ROWS)
async def test_every_table_of_enrollments_forces_row_security(name: str, applications: Applications) -> None:
    app = await applications(name)
    async with app.work.database.work(app.work) as work:
        guarded = await work.execute(
            sa.text(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relrowsecurity AND relforcerowsecurity"
            )
        )
        assert {each.name for each in GUARDED[name]} <= set(guarded.scalars())


@pytest.mark.parametrize("name", SERVICES)
async def test_the_web_role_can_neither_pass_row_security_by_nor_change_tables(
    name: str, applications: Applications
) -> None:
    app = await applications(name)
    async with app.work.database.work(app.work) as work:
        rights = sa.text(
            "SELECT rolname, rolbypassrls, rolsuper, rolcreaterole,"
            " (SELECT count(*) FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p')) AS owned"
            " FROM pg_roles r WHERE rolname LIKE current_database() OR rolname IN (:web, :work) ORDER BY rolname"
        )
        found = (await work.execute(rights, {"web": f"{name}_web", "work": f"{name}_work"})).all()
    assert [tuple(each) for each in found] == [
        (f"{name}_web", False, False, False, 0),
        (f"{name}_work", True, False, False, 0),
    ]


async def seen(app: Application, table: sa.Table, user: Someone, acting: Someone) -> set[Any]:
    """Whose rows the web role sees when `user` acts for the enrollment of `acting`."""
    async with app.web.database.request(app.web, acting_as(user, acting)) as work:
        return set((await work.execute(sa.select(table.c.enrollment_id))).scalars())


def acting_as(user: Someone, acting: Someone) -> Acting:
    return Acting(actor="person:test", user_id=user.user_id, enrollment_id=acting.enrollment_id)


@pytest.mark.parametrize("name", WITH_ROWS)
async def test_the_database_shows_only_rows_of_the_enrollment_acted_for(name: str, applications: Applications) -> None:
    app = await applications(name)
    await with_rows(app)
    for table in GUARDED[name]:
        assert await seen(app, table, BILLER, BILLER) == {BILLER.enrollment_id}, table.name
        assert await seen(app, table, BILLER, OTHER_BILLER) == set(), table.name
        assert await seen(app, table, COLLEAGUE, BILLER) == set(), table.name
        async with app.web.database.engine.connect() as connection:  # nobody is set at all
            assert (await connection.execute(sa.select(table.c.enrollment_id))).all() == [], table.name
        async with app.work.database.work(app.work) as work:
            everybody = set((await work.execute(sa.select(table.c.enrollment_id))).scalars())
        assert {BILLER.enrollment_id, OTHER_BILLER.enrollment_id} <= everybody, table.name


@pytest.mark.parametrize("name", WITH_ROWS)
async def test_the_database_refuses_to_write_for_another_enrollment(name: str, applications: Applications) -> None:
    app = await applications(name)
    await with_rows(app)
    for table in GUARDED[name]:
        before = await app.content()
        with pytest.raises(DBAPIError, match="row-level security"):
            async with app.web.database.request(app.web, acting_as(BILLER, BILLER)) as work:
                await work.execute(table.insert().values(row_of(table, NOBODYS)))
        with pytest.raises(DBAPIError, match="row-level security"):
            async with app.web.database.request(app.web, acting_as(BILLER, BILLER)) as work:
                await work.execute(sa.update(table).values(enrollment_id=OTHER_BILLER.enrollment_id))
        async with app.web.database.request(app.web, acting_as(BILLER, BILLER)) as work:
            theirs = table.c.enrollment_id == OTHER_BILLER.enrollment_id
            assert (await work.execute(sa.delete(table).where(theirs))).rowcount == 0, table.name
        assert await app.content() == before


@pytest.mark.parametrize("name", WITH_ROWS)
async def test_without_the_copy_of_access_nothing_is_seen(name: str, applications: Applications) -> None:
    app = await applications(name)
    await with_rows(app)
    async with app.work.database.work(app.work) as work:
        await work.execute(sa.delete(access_grant).where(access_grant.c.user_id == OTHER_BILLER.user_id))
    for table in GUARDED[name]:
        assert await seen(app, table, OTHER_BILLER, OTHER_BILLER) == set(), table.name
        assert await seen(app, table, BILLER, BILLER) == {BILLER.enrollment_id}, table.name


@pytest.mark.parametrize("route", WITH_ROWS_BEHIND, ids=str)
async def test_the_second_wall_stands_when_the_first_is_gone(
    route: Route, applications: Applications, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`decide()` says yes to everything: to a colleague who acts for the enrollment and has no grant for it."""
    app = await applications(route.service)
    await with_rows(app)
    monkeypatch.setattr(permits, "decide", lambda *_facts: Decision(allow=True, reason="ALLOWED"))
    request = path_of(route, BILLER.enrollment_id)

    theirs = await app.call(route.method, request, COLLEAGUE, **body_of(route, COLLEAGUE, BILLER.enrollment_id))
    assert theirs.status_code == 404

    mine = await app.call(route.method, request, BILLER, **body_of(route, BILLER, BILLER.enrollment_id))
    assert mine.status_code in {200, 303}


WRITE_BY_ANOTHER: Mapping[str, str] = {
    "eligibility.inquiry.opening": "it counts the question by a statement of conduct (`test_inquiry.py` has its wall)",
    "eligibility.conduct.count_questions": "it counts by the statement of `_count` beside it",
}
"""Functions of repositories that write by a statement that another function holds."""

_WRITES = re.compile(r"\b(insert|update|delete|copy|append_prepared)\(")


def reads_of(name: str) -> dict[str, Callable[..., Awaitable[Any]]]:
    """Every function of the repositories of a service that returns what it read and changes nothing."""
    found: dict[str, Callable[..., Awaitable[Any]]] = {}
    for file in sorted((ROOT / "services" / name).glob("*/repository.py")):
        module = import_module(f"services.{name}.{file.parent.name}.repository")
        for each, function in inspect.getmembers(module, inspect.iscoroutinefunction):
            own = function.__module__ == module.__name__ and not each.startswith("_")
            told = inspect.signature(function)
            returns = told.return_annotation not in (None, type(None))
            writes = f"{name}.{file.parent.name}.{each}" in WRITE_BY_ANOTHER or _WRITES.search(_source(function))
            if own and returns and "work" in told.parameters and not writes:
                found[f"{file.parent.name}.{each}"] = function
    return found


def _source(function: Any) -> str:
    """Its code, and that of the statements of its module that it names."""
    text = inspect.getsource(function)
    names = set(re.findall(r"\b_[A-Z_]+\b", text))
    module = inspect.getsource(inspect.getmodule(function) or function)
    if not names:
        return text
    assigned = re.compile(rf"^(?:{'|'.join(names)}) = .*?(?=^\S)", re.MULTILINE | re.DOTALL)
    return text + "".join(assigned.findall(module))


def asked_with(read: Callable[..., Awaitable[Any]], enrollment_id: UUID) -> dict[str, Any]:
    """What to ask a read for, so that it speaks of the planted objects of an enrollment."""
    wanted = {
        name: parameter
        for name, parameter in inspect.signature(read).parameters.items()
        if name != "work" and parameter.default is inspect.Parameter.empty
    }
    return {
        name: _asked_value(read, name, str(parameter.annotation), enrollment_id) for name, parameter in wanted.items()
    }


def _asked_value(read: Callable[..., Awaitable[Any]], name: str, annotation: str, enrollment_id: UUID) -> Any:
    module = read.__module__.split(".")
    service, feature = module[1], module[2]
    for key in (f"{service}.{feature}.{read.__name__}.{name}", f"{service}.{name}", name):
        if key in ASKED_WITH:
            return ASKED_WITH[key](enrollment_id)
    if name.endswith("_ids"):
        return [object_id(enrollment_id, name.removesuffix("s"))]
    if "UUID" in annotation:
        return object_id(enrollment_id, name)
    raise LookupError(f"say in ASKED_WITH what {read.__module__}.{read.__name__} is asked with as `{name}`")


@pytest.mark.parametrize("name", WITH_READS)
async def test_every_read_finds_its_own_and_nothing_for_whoever_acts_for_others(
    name: str, applications: Applications
) -> None:
    app = await applications(name)
    await with_rows(app)
    tables = {table.name for table in GUARDED[name]}
    said: list[str] = []
    sa.event.listen(
        app.web.database.engine.sync_engine, "before_cursor_execute", lambda *facts: said.append(str(facts[2]))
    )

    async def ask(read: Callable[..., Awaitable[Any]], acting: Acting) -> Any:
        async with app.web.database.request(app.web, acting) as work:
            try:
                return await read(work, **asked_with(read, BILLER.enrollment_id))
            except NoResultFound:
                return None

    asked = []
    for title, read in reads_of(name).items():
        said.clear()
        mine = await ask(read, acting_as(BILLER, BILLER))
        if not tables & set(re.findall(r"\w+", " ".join(said))):
            continue  # it reads what belongs to no enrollment
        asked.append(title)
        assert _nothing(mine) == (title in FINDS_NOTHING_PLANTED.get(name, {})), title
        assert _nothing(await ask(read, acting_as(BILLER, OTHER_BILLER))), title
        assert _nothing(await ask(read, acting_as(COLLEAGUE, BILLER))), title
    assert asked


def _nothing(found: Any) -> bool:
    """Nothing was found, counted or added up."""
    return not found or (is_dataclass(found) and not any(astuple(found)))  # type: ignore[call-overload]


async def test_the_system_itself_sees_all(applications: Applications) -> None:
    app = await applications("claims")
    await with_rows(app)
    from services.claims.submission import repository  # noqa: PLC0415 - only where claims is under test

    async with app.work.database.work(app.work) as work:
        for who in (BILLER, OTHER_BILLER):
            assert (await repository.newest(work, who.enrollment_id, START)).total == 1


@pytest.mark.parametrize("route", SHOWING, ids=str)
async def test_no_audit_row_no_data(
    route: Route, applications: Applications, postgresql_server: PostgresqlServer
) -> None:
    app = await applications(route.service)
    await with_rows(app)
    path, body = path_of(route, BILLER.enrollment_id), body_of(route, BILLER, BILLER.enrollment_id)
    shown = await app.call(route.method, path, BILLER, **body)
    assert shown.status_code in {200, 303}
    name = app.web.database.engine.url.database or ""
    superuser = await postgresql_server.server.connect(name)
    try:
        await superuser.execute(f"REVOKE INSERT ON audit FROM {route.service}_web")
        with capture_logs() as logged:
            answer = await app.call(route.method, path, BILLER, **body)
    finally:
        await superuser.execute(f"GRANT INSERT ON audit TO {route.service}_web")
        await superuser.close()
    if str(route) in SHOW_NO_PATIENT:
        assert not PATIENT.search(shown.text), "it shows a patient, so it must be audited"
    else:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert [each["log_level"] for each in logged if each["event"] == "audit row not written"] == ["error"]
    assert not PATIENT.search(answer.text)
