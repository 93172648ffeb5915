"""The home page from events: what waits for whom, and nothing of anybody else."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from libs.common.access import keep_organizations
from libs.common.contracts.appeals import AppealDecided, AppealFiled
from libs.common.contracts.base import Contract
from libs.common.contracts.claims import SubmissionAcknowledged, SubmissionReceived
from libs.common.contracts.eligibility import InquiryAnswered
from libs.common.contracts.envelope import Message, Origin, Received
from libs.common.contracts.remittance import RemittancePosted
from libs.common.ids import derived_id
from libs.common.messaging.subscriptions import Due
from libs.common.persistence.tables import due_work
from services.portal.app import service
from services.portal.home.handlers import FORGET, forget_items
from services.portal.home.tables import item
from tests.support.applications import BILLER, Application, Applications, Someone, applications
from tests.support.claims import received
from tests.support.portico import MORNING

__all__ = ["applications"]

STRANGER = Someone("stranger")
COLLEAGUE = Someone("colleague", office="biller")
NARROW = Someone(
    "narrow", office="biller", permissions=frozenset({"claims.status"}), certified_left=timedelta(days=300)
)
ADMINISTRATOR = Someone("administrator", office="biller", role="PROVIDER_ADMIN", permissions=frozenset())
SOON = Someone("soon", office="biller", certified_left=timedelta(days=45))
OPERATOR = Someone("operator", role="PORTAL_OPERATOR", staff=True, permissions=frozenset())
EVERYBODY = (BILLER, STRANGER, COLLEAGUE, NARROW, ADMINISTRATOR, SOON, OPERATOR)


def events(who: Someone, number: int) -> list[Contract]:
    one = derived_id("object", number)
    whose = {"enrollment_id": who.enrollment_id}
    return [
        SubmissionReceived(
            submission_id=one,
            submitted_by=who.user_id,
            size_bytes=1,
            digest="d",
            received_at=MORNING,
            business_date=MORNING.date(),
            **whose,
        ),
        SubmissionAcknowledged(
            submission_id=one, submitted_by=who.user_id, claims_accepted=23, claims_rejected=2, verdict="A", **whose
        ),
        SubmissionAcknowledged(
            submission_id=derived_id("clean", number),
            submitted_by=who.user_id,
            claims_accepted=23,
            claims_rejected=0,
            verdict="A",
            **whose,
        ),
        InquiryAnswered(inquiry_id=one, asked_by=who.user_id, beneficiary_token="t", answered_at=MORNING, **whose),
        RemittancePosted(
            remittance_id=one, trace_number="T1", paid_cents=123450, claims=23, issued_on=MORNING.date(), **whose
        ),
        AppealFiled(
            appeal_id=one,
            number=f"R-{number}",
            level=1,
            claim_id=one,
            filed_by=who.user_id,
            filed_at=MORNING,
            received_on=MORNING.date(),
            **whose,
        ),
        AppealDecided(
            appeal_id=one,
            number=f"R-{number}",
            level=1,
            claim_id=one,
            internal_control_number="1",
            outcome="unfavorable",
            lines=(),
            decided_on=MORNING.date(),
            **whose,
        ),
        AppealDecided(
            appeal_id=one,
            number="1-1000000001",
            level=2,
            claim_id=one,
            internal_control_number="1",
            outcome="favorable",
            lines=(1,),
            decided_on=MORNING.date(),
            **whose,
        ),
    ]


async def tell(app: Application, told: Sequence[Contract]) -> None:
    handlers = {each.contract.type: each.handler for each in service.subscriptions}
    async with app.work.database.work(app.work) as work:
        for each in told:
            await handlers[each.type](work, [_received(each)])


def _received(event: Contract) -> Received[Any]:
    return Received(
        event=event,
        event_id=UUID(int=1),
        key=event.subject,
        time=MORNING,
        origin=Origin("test", ""),
        message=Message(event.topic, event.subject, [], b""),
    )


@pytest.fixture
async def app(applications: Applications) -> Application:
    """The portal, with what happened to two offices; made once for the module."""
    app = await applications("portal")
    async with app.work.database.work(app.work) as work:
        known = (await work.execute(sa.select(item.c.item_id))).first()
    if known is None:
        await app.admit(*EVERYBODY)
        await tell(app, [*events(BILLER, 1), *events(STRANGER, 2)])
    return app


async def home(app: Application, who: Someone) -> str:
    answer = await app.call("GET", "/home", who)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


async def test_a_biller_finds_what_waits_and_what_they_did_last(app: Application) -> None:
    page = await home(app, BILLER)
    one = derived_id("object", 1)

    for words, path in (
        ("2 claims not accepted: correct and send again", f"/claims/submissions/{one}"),
        ("Remittance of $1,234.50 for 23 claims", f"/remittance/{one}"),
        ("Redetermination R-1 decided not in your favor", f"/appeals/{one}"),
        ("Reconsideration 1-1000000001 decided in your favor", f"/appeals/{one}"),
        ("Claim file sent", f"/claims/submissions/{one}"),
        ("Eligibility inquiry answered", f"/eligibility/inquiries/{one}"),
        ("Redetermination R-1 requested", f"/appeals/{one}"),
    ):
        assert f'<a href="{path}">{words}</a>' in page
    assert "The state of the functions is not known at the moment." in page
    assert re.search(r'<a href="/home"[^>]* aria-current="page">Home</a>', page)
    assert re.search(r'<a href="/home/manual"[^>]*>Help</a>', page)
    assert page.count("not accepted: correct") == 1


async def test_payments_push_nothing_off_that_must_be_corrected(app: Application) -> None:
    busy = replace(BILLER, name="biller of a busy office")
    await app.admit(busy)
    refused, *_ = (each for each in events(busy, 3) if getattr(each, "claims_rejected", 0))
    payments = [
        RemittancePosted(
            remittance_id=derived_id("payment", number),
            enrollment_id=busy.enrollment_id,
            trace_number=f"T{number}",
            paid_cents=100,
            claims=1,
            issued_on=MORNING.date(),
        )
        for number in range(12)
    ]
    await tell(app, [refused, *payments])

    page = await home(app, busy)

    assert page.index("<h3>Fix now</h3>") < page.index("2 claims not accepted") < page.index("<h3>Payments</h3>")
    assert page.count("Remittance of $1.00") == 3


async def test_nothing_of_another_office_is_there(app: Application) -> None:
    page = await home(app, STRANGER)

    assert "R-2" in page
    assert "R-1" not in page


async def test_what_a_colleague_did_is_not_what_one_did_last(app: Application) -> None:
    page = await home(app, COLLEAGUE)

    assert "Claim file sent" not in page
    assert "2 claims not accepted" in page


async def test_only_what_one_may_open_is_told_of(app: Application) -> None:
    page = await home(app, NARROW)

    assert "Nothing is waiting for you at this NPI and PTAN." in page
    assert "Remittance of" not in page


async def test_certifications_are_told_to_whom_they_concern(app: Application) -> None:
    administrators, ones_own = await home(app, ADMINISTRATOR), await home(app, SOON)

    assert '<a href="/auth/users/recertification">Certify 3 users, the first by 12/23/2026</a>' in administrators
    assert "Remittance of" not in administrators
    assert "Your access must be certified by 01/07/2027: ask your portal administrator" in ones_own


async def test_administrators_find_the_requests_that_wait_and_nobody_else_does(app: Application) -> None:
    boss = replace(ADMINISTRATOR, name="administrator who is asked", office="")
    clerk = Someone("clerk of theirs", office=boss.name)
    await app.admit(boss, clerk)
    [office] = boss.access(app.clock.now())[1]
    waiting = office.model_copy(update={"version": 2, "access_requests": 2, "biller_requests": 1, "join_requests": 3})
    async with app.work.database.work(app.work) as work:
        await keep_organizations(work, [received(app.work, waiting)])
    page = await home(app, boss)
    assert '<a href="/auth/access-requests">Decide: 2 requests for access</a>' in page
    assert '<a href="/auth/billers">Decide: 1 company that wants to act for you</a>' in page
    assert '<a href="/auth/users/joining">Decide: 3 people who ask to join</a>' in page
    assert "Decide:" not in await home(app, clerk)


async def test_staff_of_the_contractor_find_the_functions_and_their_own_pages(app: Application) -> None:
    page = await home(app, OPERATOR)

    assert "Functions now" in page
    assert re.search(r'<a href="/notifier/reports"[^>]*>Monthly report\s*</a>', page)
    assert "What you did last" not in page


async def test_what_is_older_than_thirty_days_is_gone_from_the_page_and_then_from_the_table(app: Application) -> None:
    old = replace(BILLER, name="biller of last month")
    await app.admit(old)
    month = timedelta(days=31)
    sent = SubmissionReceived(
        submission_id=derived_id("old"),
        enrollment_id=old.enrollment_id,
        submitted_by=old.user_id,
        size_bytes=1,
        digest="d",
        received_at=MORNING - month,
        business_date=MORNING.date(),
    )
    await tell(app, [sent])
    assert "Claim file sent" not in await home(app, old)

    which = sa.select(sa.func.count()).select_from(item).where(item.c.enrollment_id == old.enrollment_id)
    async with app.work.database.work(app.work) as work:
        assert (await work.execute(which)).scalar_one() == 1
        days = (await work.execute(sa.select(due_work.c.due_at).where(due_work.c.kind == FORGET))).scalars().all()
        await forget_items(work, Due(FORGET, "day", MORNING, {}, 0))
        assert (await work.execute(which)).scalar_one() == 0
    assert sorted(day.date().isoformat() for day in days) == ["2026-11-23", "2026-12-24"]


async def test_nobody_gets_in_without_a_token(app: Application) -> None:
    assert (await app.call("GET", "/home")).status_code == 401
