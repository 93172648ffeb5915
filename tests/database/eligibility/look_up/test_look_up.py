import asyncio
import csv
import io
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from libs.common.contracts.claims import ClaimAccepted
from libs.common.contracts.envelope import Message, Origin, Received
from libs.common.mbi import format_mbi
from libs.common.messaging.subscriptions import Due
from services.eligibility.look_up.handlers import SWEEP, claim_accepted, sweep
from services.eligibility.settings import eligibility_settings
from tests.support.applications import BILLER, OTHER_BILLER, Someone
from tests.support.eligibility import eligibility_service
from tests.support.mbi_look_up import (
    DIED_3,
    DIED_5,
    LOOK_UP,
    PATIENT,
    POPULATION,
    TWICE,
    LookUps,
    look_ups,
    ssn_of,
    typed,
)
from tests.support.platform import CloneSettings

NOBODY = "These details do not lead to exactly one person"
SSN = ssn_of(PATIENT)
PRIVATE = (SSN, f"{SSN[:3]}-{SSN[3:5]}-{SSN[5:]}", PATIENT.mbi, PATIENT.first_name, PATIENT.last_name)
PRIVATE += tuple(f"{PATIENT.birth_date:{form}}" for form in ("%Y%m%d", "%Y-%m-%d", "%m/%d/%Y"))
COLLEAGUE = Someone("colleague", office="biller")
OF_ANOTHER_NPI = Someone("biller of another NPI", npi="2951234563")
CLERK_OF_VENDOR = Someone("clerk of a vendor", role="VENDOR_USER", vendor="authorized")
NOT_ASSOCIATED = Someone("colleague of no NPI", office="biller", looks_up=False)
ADMINISTRATOR = Someone("administrator of the office", office="biller", role="PROVIDER_ADMIN", permissions=frozenset())
STALE_ADMINISTRATOR = Someone(
    "stale administrator",
    office="biller",
    role="PROVIDER_ADMIN",
    permissions=frozenset(),
    factor_age=timedelta(minutes=20),
)
ANOTHER = Someone("administrator of another office", role="PROVIDER_ADMIN", permissions=frozenset())


@pytest.fixture
async def portal(
    databases: Callable[..., Awaitable[CloneSettings]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[LookUps]:
    async with (
        eligibility_service(await databases("eligibility"), monkeypatch) as running,
        look_ups(running, monkeypatch) as found,
    ):
        await found.app.admit(
            COLLEAGUE, NOT_ASSOCIATED, OF_ANOTHER_NPI, ADMINISTRATOR, STALE_ADMINISTRATOR, ANOTHER, CLERK_OF_VENDOR
        )
        await found.accept_rules(BILLER)
        yield found


async def states(portal: LookUps) -> list[str]:
    return [row.state for row in await portal.rows("SELECT state FROM look_up ORDER BY look_up_id")]


async def everything_kept(portal: LookUps) -> str:
    """Every row of every table, as text."""
    runtime = portal.app.work
    async with runtime.database.work(runtime) as work:
        tables = "relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace"
        names = (await work.execute(sa.text(f"SELECT relname FROM pg_class WHERE {tables}"))).scalars().all()  # noqa: S608 - written above
        found = [(await work.execute(sa.text(f'SELECT t::text FROM "{name}" t'))).scalars().all() for name in names]  # noqa: S608 - names of our own tables
    assert len(names) > 10
    return "\n".join(row for rows in found for row in rows)


async def claims(portal: LookUps, *people: str, after: timedelta = timedelta(days=1), who: Someone = BILLER) -> None:
    """Let claims of these Medicare numbers be accepted, some time after now."""
    runtime = portal.app.work
    events = [
        Received(
            event=ClaimAccepted(
                claim_id=UUID(int=number),
                submission_id=UUID(int=1),
                enrollment_id=who.enrollment_id,
                internal_control_number="2226327000001",
                beneficiary_token=runtime.keys.beneficiary_token(mbi),
                total_charge_cents=100,
                lines=1,
            ),
            event_id=UUID(int=number),
            key="k",
            time=portal.app.clock.now() + after,
            origin=Origin(actor="test", correlation_id=""),
            message=Message("claims.events.v1", "k", {}, b""),
        )
        for number, mbi in enumerate(people, start=1)
    ]
    async with runtime.database.work(runtime) as work:
        await claim_accepted(work, events)


async def run_sweep(portal: LookUps) -> None:
    runtime = portal.app.work
    async with runtime.database.work(runtime) as work:
        await sweep(work, Due(kind=SWEEP, subject="all", due_at=work.now, payload={}, attempts=0))


# ---- found, not found -----------------------------------------------------------------------------------------------


async def test_a_number_is_found_shown_once_and_leads_to_an_eligibility_check(portal: LookUps) -> None:
    form = await portal.opened()
    page = await portal.send(form=form)
    assert page.status_code == 200
    assert format_mbi(PATIENT.mbi) in page.text
    assert f'data-copy="{format_mbi(PATIENT.mbi)}"' in page.text
    assert SSN not in page.text
    assert page.headers["cache-control"] == "no-store"
    # The address says nothing; what is asked next goes in the body of a form.
    assert str(page.request.url).endswith(LOOK_UP)
    main = page.text.partition("<main")[2]
    check = dict(re.findall(r'name="(\w+)" value="([^"]*)"', main.partition("<aside")[0]))
    asked = await portal.app.call("POST", "/eligibility/inquiries", BILLER, data=check)
    answer = await portal.app.call("GET", asked.headers["location"], BILLER)
    assert "Part A and Part B active" in answer.text

    again = await portal.send(form=form)
    assert "This form was sent before" in again.text
    assert PATIENT.mbi not in again.text.replace("-", "")
    assert portal.source.state.answered == 1
    assert await states(portal) == ["found"]


@pytest.mark.parametrize(
    "fields",
    [
        typed(last_name="Nobody"),
        typed(ssn="123-00-0001"),
        typed(birth_date="01/02/1940"),
        typed(TWICE),
        typed(DIED_5),
    ],
    ids=["another name", "another SSN", "another birth date", "two people", "died too long ago"],
)
async def test_nobody_several_and_long_dead_are_answered_alike(portal: LookUps, fields: dict[str, str]) -> None:
    page = await portal.send(**fields)
    assert page.status_code == 200
    assert NOBODY in page.text
    assert f'value="{fields["last_name"]}"' in page.text
    told = re.sub(r'value="[^"]*"|\S+ plus \S+|: [a-z, ]+\?|the \w+ of', "", page.text.partition("<main")[2])
    other = await portal.send(**typed(last_name="Nemo"))
    assert (
        told.partition("Look up again")[0]
        == re.sub(
            r'value="[^"]*"|\S+ plus \S+|: [a-z, ]+\?|the \w+ of', "", other.text.partition("<main")[2]
        ).partition("Look up again")[0]
    )
    assert await states(portal) == ["not-found", "not-found"]


async def test_nobody_looks_up_for_an_npi_they_are_not_associated_with(portal: LookUps) -> None:
    await portal.accept_rules(NOT_ASSOCIATED)
    page = await portal.send(NOT_ASSOCIATED)
    assert page.status_code == 403
    assert f"You are not associated with NPI {NOT_ASSOCIATED.npi}" in page.text
    assert portal.source.state.answered == 0
    assert await states(portal) == []


async def test_who_died_is_found_for_four_years(portal: LookUps) -> None:
    page = await portal.send(**typed(DIED_3))
    assert format_mbi(DIED_3.mbi) in page.text
    assert "11/01/2023" in page.text


async def test_an_ssn_is_taken_with_and_without_dashes(portal: LookUps) -> None:
    page = await portal.send(ssn=f"{SSN[:3]}-{SSN[3:5]} {SSN[5:]}", first_name=PATIENT.first_name.upper())
    assert format_mbi(PATIENT.mbi) in page.text


# ---- nothing is kept ------------------------------------------------------------------------------------------------


async def test_nothing_of_the_patient_is_kept_logged_or_told(portal: LookUps, caplog: pytest.LogCaptureFixture) -> None:
    with capture_logs() as logs, caplog.at_level(logging.DEBUG):
        assert format_mbi(PATIENT.mbi) in (await portal.send()).text
        await portal.send(last_name="Nobody")
        await portal.send(birth_date="tomorrow")
        await portal.send(answer="certainly not")
        portal.source.behave(answer="cut")
        await portal.send()
        portal.source.behave(refuse=True)
        await portal.send()
    kept = await everything_kept(portal)
    said = f"{logs} {caplog.text}"
    assert [place for place, text in (("kept", kept), ("said", said)) if any(word in text for word in PRIVATE)] == []
    token = portal.app.work.keys.beneficiary_token(PATIENT.mbi)
    assert [tuple(row) for row in await portal.rows("SELECT beneficiary_token FROM look_up ORDER BY look_up_id")] == [
        (token,),
        ("",),
        ("",),
        ("",),
    ]


async def test_the_use_is_told_and_audited_without_the_patient(portal: LookUps) -> None:
    await portal.send()
    [told] = [each.event for each in await portal.eligibility.published()]
    assert (told.type, told.function, told.used_by) == ("functions.function-used.v1", "F-17", BILLER.user_id)
    audited = await portal.rows(
        "SELECT action, outcome, reason, actor, enrollment_id FROM audit"
        " WHERE object_kind = 'look-up' ORDER BY audit_id"
    )
    assert [(row.action, row.outcome, row.reason) for row in audited] == [
        ("ask", "done", ""),
        ("answer", "done", "found"),
        ("read", "done", ""),
    ]
    assert {row.actor for row in audited} == {f"person:{BILLER.user_id}"}
    assert {row.enrollment_id for row in audited} == {BILLER.enrollment_id}


# ---- bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("first_name", "", "Enter the first name."),
        ("last_name", "", "Enter the last name."),
        ("last_name", "x" * 61, "Shorten the last name"),
        ("birth_date", "", "Enter the birth date."),
        ("birth_date", "1943-03-30", "MM/DD/YYYY"),
        ("birth_date", "11/24/2026", "is in the future"),
        ("birth_date", "11/24/1890", "more than 130 years back"),
        ("confirmed", "", "Confirm that this patient will be billed to Medicare by NPI 1234567893"),
        ("answer", "", "Answer the question."),
    ],
)
async def test_what_to_correct_is_said_the_rest_is_kept_and_the_ssn_is_not(
    portal: LookUps, field: str, value: str, sentence: str
) -> None:
    page = await portal.send(**{field: value})
    assert page.status_code == 422
    assert sentence in page.text
    assert f'href="#{field}"' in page.text
    assert "it is the one entry that is never kept" in page.text
    assert SSN not in page.text
    for name in {"first_name", "last_name", "birth_date"} - {field}:
        assert f'value="{typed()[name]}"' in page.text
    assert portal.source.state.answered == 0
    assert await states(portal) == []
    assert await portal.rows("SELECT * FROM idempotency WHERE location <> '/eligibility/look-up'") == []


@pytest.mark.parametrize(
    "ssn",
    ["", "87654320", "8765432100", "876-54-320x", "000-12-3456", "666123456", "987-65-4321", "\u0661" * 9, "1" * 40],
    ids=["none", "eight", "ten", "letter", "000", "666", "9", "other digits", "too long"],
)
async def test_an_impossible_ssn_is_refused_before_anybody_is_asked_and_not_repeated(portal: LookUps, ssn: str) -> None:
    page = await portal.send(ssn=ssn)
    assert page.status_code == 422
    assert 'href="#ssn"' in page.text
    assert not ssn or ssn not in page.text
    assert not ssn or "not kept" in page.text
    assert portal.source.state.answered == 0


async def test_everything_to_correct_is_said_in_one_pass(portal: LookUps) -> None:
    page = await portal.send(first_name="", last_name="", birth_date="tomorrow", confirmed="", answer="")
    for field in ("first_name", "last_name", "ssn", "birth_date", "confirmed", "answer"):
        assert f'href="#{field}"' in page.text, field


async def test_the_same_question_stays_while_other_fields_are_corrected(portal: LookUps) -> None:
    form = await portal.opened()
    page = await portal.send(form=form, last_name="")
    assert f'value="{form["challenge"]}"' in page.text
    assert f'value="{portal.answer(form)}"' in page.text
    assert format_mbi(PATIENT.mbi) in (await portal.send(form=form)).text


# ---- that a person asks ---------------------------------------------------------------------------------------------


async def test_a_wrong_answer_asks_nobody_and_brings_another_question(portal: LookUps) -> None:
    form = await portal.opened()
    page = await portal.send(form=form, answer="a lamp post")
    assert page.status_code == 422
    assert "That is not the answer" in page.text
    assert form["challenge"] not in page.text
    assert "a lamp post" not in page.text
    # The right answer comes too late: the question was answered.
    assert "That is not the answer" in (await portal.send(form=form)).text
    assert portal.source.state.answered == 0
    assert await states(portal) == []


async def test_a_question_is_of_one_user_and_grows_old(portal: LookUps) -> None:
    await portal.accept_rules(COLLEAGUE)
    form, foreign = await portal.opened(), await portal.opened(COLLEAGUE)
    theirs = {**form, "challenge": foreign["challenge"]}
    answer = portal.answer(foreign, COLLEAGUE)
    assert "too late" in (await portal.send(form=theirs, answer=answer)).text
    assert "too late" in (await portal.send(form={**form, "challenge": "s1.eligibility.x.AAAA"}, answer=answer)).text
    answer = portal.answer(form)
    portal.app.clock.advance(timedelta(minutes=31))
    assert "too late" in (await portal.send(form=form, answer=answer)).text
    assert portal.source.state.answered == 0


async def test_who_answers_wrongly_again_and_again_waits(portal: LookUps) -> None:
    for _ in range(5):
        assert (await portal.send(answer="no")).status_code == 422
    page = await portal.send()
    assert page.status_code == 429
    assert "was answered wrongly 5 times. You can look up again after 11/23/2026 10:30 a.m. EST" in page.text
    assert SSN not in page.text
    portal.app.clock.advance(timedelta(hours=1))
    assert format_mbi(PATIENT.mbi) in (await portal.send()).text


async def test_the_same_form_twice_at_once_is_asked_once(portal: LookUps) -> None:
    form = await portal.opened()
    pages = await asyncio.gather(*(portal.send(form=form) for _ in range(4)))
    assert portal.source.state.answered == 1
    assert sum(format_mbi(PATIENT.mbi) in page.text for page in pages) == 1
    assert sum("This form was sent before" in page.text for page in pages) == 3


# ---- limits ---------------------------------------------------------------------------------------------------------


async def test_one_user_and_one_npi_have_their_limits_over_all_processes(
    portal: LookUps, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, most in (("AN_HOUR", 3), ("OF_NPI_AN_HOUR", 4)):
        monkeypatch.setenv(f"PORTICO_ELIGIBILITY_LOOK_UPS_{name}", str(most))
    eligibility_settings.cache_clear()
    await portal.accept_rules(COLLEAGUE)
    forms = [await portal.opened() for _ in range(5)]
    pages = await asyncio.gather(*(portal.send(form=form) for form in forms))
    assert sorted(page.status_code for page in pages) == [200, 200, 200, 429, 429]
    refused = next(page for page in pages if page.status_code == 429)
    assert "You made 3 look-ups within an hour, as many as one person may." in refused.text
    assert (await portal.send(COLLEAGUE)).status_code == 200
    of_npi = await portal.send(COLLEAGUE)
    assert (of_npi.status_code, "4 look-ups were made for NPI 1234567893" in of_npi.text) == (429, True)
    assert portal.source.state.answered == 4
    reasons = await portal.rows("SELECT reason FROM audit WHERE outcome = 'refused' ORDER BY reason")
    assert [row[0] for row in reasons] == ["look-ups 1", "look-ups 1", "look-ups-of-npi 1"]
    portal.app.clock.advance(timedelta(minutes=61))
    assert (await portal.send()).status_code == 200


async def test_too_many_in_vain_lock_and_the_offices_administrator_unlocks(portal: LookUps) -> None:
    form: dict[str, str] = {}
    for number in range(10):
        form = form or await portal.opened()
        page = await portal.send(last_name=f"Nobody{'x' * number}")
        assert NOBODY in page.text
    page = await portal.send(form=form)
    assert page.status_code == 403
    assert "10 in 24 hours led to nobody. Your office&#39;s portal administrator can unlock them" in page.text
    opened = await portal.app.call("GET", LOOK_UP, BILLER)
    assert "Locked" in opened.text
    assert "challenge" not in opened.text
    portal.app.clock.advance(timedelta(hours=25))
    assert "Locked" in (await portal.app.call("GET", LOOK_UP, BILLER)).text

    assert ">biller<" not in await office(portal, ANOTHER)
    assert "Enter a fresh code" in await office(portal, STALE_ADMINISTRATOR)
    shown = await office(portal)
    assert ">biller<" in shown
    address = f"{LOOK_UP}/office/{BILLER.user_id}/release"
    for who, status in ((ANOTHER, 404), (STALE_ADMINISTRATOR, 403), (COLLEAGUE, 403), (ADMINISTRATOR, 303)):
        body = {"csrf": who.csrf, "idempotency_key": "release-0001"}
        assert (await portal.app.call("POST", address, who, data=body)).status_code == status, who.name
    assert format_mbi(PATIENT.mbi) in (await portal.send()).text
    audited = "SELECT action, object_id FROM audit WHERE object_kind = 'look-ups' AND action LIKE '%lock' ORDER BY at"
    assert [tuple(row) for row in await portal.rows(audited)] == [
        ("lock", str(BILLER.user_id)),
        ("unlock", str(BILLER.user_id)),
    ]


async def office(portal: LookUps, who: Someone = ADMINISTRATOR) -> str:
    page = await portal.app.call("GET", f"{LOOK_UP}/office", who)
    assert page.status_code == 200
    return page.text


@pytest.mark.parametrize("trouble", ["refuse", "cut"])
async def test_what_the_source_did_wrong_counts_for_nobody(portal: LookUps, trouble: str) -> None:
    portal.source.behave(**({"refuse": True} if trouble == "refuse" else {"answer": trouble}))
    for _ in range(11):
        assert (await portal.send()).status_code == 200
    portal.source.behave()
    assert format_mbi(PATIENT.mbi) in (await portal.send()).text
    assert [each.event.type for each in await portal.eligibility.published()] == ["functions.function-used.v1"]


# ---- rules ----------------------------------------------------------------------------------------------------------


async def test_the_rules_come_first_and_again_with_a_new_text(portal: LookUps) -> None:
    first = await portal.app.call("GET", LOOK_UP, COLLEAGUE)
    assert (first.status_code, first.headers["location"]) == (303, f"{LOOK_UP}/rules")
    page = await portal.app.call("GET", f"{LOOK_UP}/rules", COLLEAGUE)
    assert "for the first time" in page.text
    body = {"csrf": COLLEAGUE.csrf, "enrollment": str(COLLEAGUE.enrollment_id), "idempotency_key": "rules-00001"}
    without = await portal.app.call("POST", f"{LOOK_UP}/rules", COLLEAGUE, data={**body, "version": "2026-12"})
    assert (without.status_code, "accept them" in without.text) == (422, True)
    old = {**body, "version": "2020-01", "accepted": "yes"}
    assert (await portal.app.call("POST", f"{LOOK_UP}/rules", COLLEAGUE, data=old)).status_code == 409
    await portal.accept_rules(COLLEAGUE)
    assert (await portal.app.call("GET", LOOK_UP, COLLEAGUE)).status_code == 200
    form = await portal.opened(COLLEAGUE)

    await portal.rows("UPDATE look_up_user SET rules_version = 'an older text' RETURNING 1")
    assert (await portal.app.call("GET", LOOK_UP, COLLEAGUE)).status_code == 303
    assert "have a new text" in (await portal.app.call("GET", f"{LOOK_UP}/rules", COLLEAGUE)).text
    refused = await portal.send(COLLEAGUE, form)
    assert refused.status_code == 409
    assert portal.source.state.answered == 0
    signed = await portal.rows(
        "SELECT object_id, outcome FROM audit WHERE object_kind = 'hets-rules' ORDER BY at, outcome"
    )
    assert {tuple(row) for row in signed} == {("2026-12", "done"), ("2020-01", "refused")}


# ---- the source -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["refuse", "hold", "gone", "untrusted"])
async def test_while_the_source_does_not_answer_the_entries_are_kept_but_the_ssn(portal: LookUps, trouble: str) -> None:
    if trouble == "gone":
        await portal.source.stop()
    elif trouble == "untrusted":
        folder = portal.app.web.settings.state_directory / "secrets/partners"
        (folder / "mbi-look-up/authority.pem").unlink()
        (folder / "mbi-look-up/authority.pem").write_bytes((folder / "hets/authority.pem").read_bytes())
    else:
        portal.source.behave(**{trouble: True})
    with capture_logs() as logs:
        page = await portal.send()
    assert "The source of Medicare numbers did not answer" in page.text
    assert f'value="{PATIENT.last_name}"' in page.text
    assert SSN not in page.text
    assert await states(portal) == ["no-answer"]
    assert [entry["code"] for entry in logs if entry["event"] == "look-up not answered"] == ["no-answer"]
    check = await portal.app.call("GET", "/partnerz/mbi_look_up")
    assert check.status_code == 503


async def test_a_slow_source_is_waited_for_and_holds_no_connection(portal: LookUps) -> None:
    portal.source.behave(delay_seconds=0.5)
    # More at once than the service has connections to its database.
    forms = [await portal.opened() for _ in range(9)]
    pages = await asyncio.gather(*(portal.send(form=form) for form in forms))
    assert [format_mbi(PATIENT.mbi) in page.text for page in pages] == [True] * 9
    portal.source.behave()
    assert (await portal.app.call("GET", "/partnerz/mbi_look_up")).status_code == 200


@pytest.mark.parametrize("answer", ["foreign", "stale", "cut"])
async def test_an_answer_about_somebody_or_something_else_is_not_shown(portal: LookUps, answer: str) -> None:
    portal.source.behave(answer=answer)
    page = await portal.send()
    assert "Answer not usable" in page.text
    assert PATIENT.mbi not in page.text.replace("-", "")
    assert await states(portal) == ["unreadable"]


async def test_what_was_left_pending_is_closed_and_counts_for_nobody(portal: LookUps) -> None:
    await portal.send(last_name="Nobody")
    await portal.rows("UPDATE look_up SET state = 'pending' RETURNING 1")
    portal.app.clock.advance(timedelta(minutes=3))
    await run_sweep(portal)
    await run_sweep(portal)
    assert await states(portal) == ["no-answer"]
    assert [row[0] for row in await portal.rows("SELECT count FROM look_up_count WHERE what = 'in-vain'")] == [0]
    portal.app.clock.advance(timedelta(days=401))
    await run_sweep(portal)
    assert await portal.rows("SELECT 1 FROM look_up UNION ALL SELECT 1 FROM look_up_count") == []


# ---- against claims -------------------------------------------------------------------------------------------------


async def test_the_office_sees_which_look_ups_no_claim_followed(portal: LookUps) -> None:
    billed, never = PATIENT, POPULATION.beneficiary(8)
    await portal.send()
    await portal.send(**typed(never))
    await portal.send(last_name="Nobody")
    await claims(portal, billed.mbi, never.mbi, after=-timedelta(days=1))  # before: they do not count
    await claims(portal, billed.mbi, who=OF_ANOTHER_NPI)
    waiting = await own(portal)
    assert ("Found", "No claim yet") in waiting
    portal.app.clock.advance(timedelta(days=1))
    await claims(portal, billed.mbi, who=OTHER_BILLER)  # another enrollment of the same NPI
    portal.app.clock.leap(timedelta(days=31))
    # The newest first.
    assert await own(portal) == [("No number shown", ""), ("Found", "No claim after 30 days"), ("Found", "11/24/2026")]
    page = await portal.app.call("GET", f"{LOOK_UP}/claims", BILLER)
    assert "3 look-ups" in page.text
    facts = re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page.text)
    assert facts == [
        ("Look-ups", "3"),
        ("Patients found", "2"),
        ("With a claim of this NPI since", "1"),
        ("No claim after 30 days", "1"),
    ]
    assert not [word for word in PRIVATE if word in page.text]
    assert (await own(portal, COLLEAGUE), await own(portal, OTHER_BILLER)) == ([], [])


async def own(portal: LookUps, who: Someone = BILLER) -> list[tuple[str, str]]:
    file = await portal.app.call("GET", f"{LOOK_UP}/claims/list.csv", who)
    return [(row["Result"], row["Claim received"]) for row in csv.DictReader(io.StringIO(file.text))]


async def test_administrators_see_counts_of_their_people_and_of_their_npis(portal: LookUps) -> None:
    await portal.accept_rules(COLLEAGUE, OTHER_BILLER)
    for who in (BILLER, BILLER, COLLEAGUE, OTHER_BILLER):
        await portal.send(who)
    await claims(portal, PATIENT.mbi)
    portal.app.clock.leap(timedelta(days=31))
    file = await portal.app.call("GET", f"{LOOK_UP}/office/list.csv", ADMINISTRATOR)
    rows = list(csv.reader(io.StringIO(file.text)))
    assert rows == [
        ["NPI", "User", "Look-ups", "Patients found", "With a claim since", "No claim after 30 days"],
        ["1234567893", "biller", "2", "1", "1", "0"],
        ["1234567893", "colleague", "1", "1", "1", "0"],
    ]
    page = await office(portal)
    assert ">colleague<" in page
    assert not [word for word in PRIVATE if word in page + file.text]
    assert "colleague" not in await office(portal, ANOTHER)
    for who in (BILLER, OTHER_BILLER):
        assert (await portal.app.call("GET", f"{LOOK_UP}/office", who)).status_code == 403


async def test_a_vendors_look_ups_are_seen_by_the_provider_whose_npi_it_is(portal: LookUps) -> None:
    await portal.accept_rules(CLERK_OF_VENDOR)
    assert format_mbi(PATIENT.mbi) in (await portal.send(CLERK_OF_VENDOR)).text
    [row] = await portal.rows("SELECT owner_id, organization_id FROM look_up")
    assert row.owner_id != row.organization_id
    assert row.organization_id == CLERK_OF_VENDOR.organization_id
    runtime = portal.app.work
    async with runtime.database.work(runtime) as work:
        await work.execute(sa.text("UPDATE look_up SET owner_id = :mine"), {"mine": ADMINISTRATOR.organization_id})
    assert ">clerk of a vendor<" in await office(portal)
