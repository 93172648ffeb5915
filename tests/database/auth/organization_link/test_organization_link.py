"""Asking for an organization: what must agree, who decides, and that access follows."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from libs.common.contracts.auth import MessageWanted, OrganizationAccess, OrganizationDecided, OrganizationRequested
from libs.common.contracts.envelope import Origin, Received, seal_envelope
from libs.common.contracts.remittance import RemittancePosted
from libs.common.messaging.subscriptions import Due
from libs.common.settings import Settings
from services.auth.access import repository as access
from services.auth.access.handlers import REPUBLISH, republish_state
from services.auth.access.tables import enrollment, vendor_authorization
from services.auth.organization_link.domain import REASONS
from services.auth.organization_link.handlers import SWEEP, note_payments, sweep
from services.auth.organization_link.tables import organization_request, payment_digest
from services.auth.registration.domain import APPLICANT, APPLICANTS
from services.auth.settings import auth_settings
from tests.support.auth import (
    ADMINISTRATOR,
    JUNIPER,
    OTHER_ADMINISTRATOR,
    POPULATION,
    RIVERSIDE,
    Auth,
    Browser,
    auth_with_people,
    signed_in,
    somebody,
)
from tests.support.portico import MORNING

ORGANIZATION = "/auth/organization"
PAID_ON = MORNING.date() - timedelta(days=20)
ENROLLMENT = JUNIPER.enrollments[0]
TYPED = {
    "kind": "provider",
    "wanted": "administrator",
    "npi": ENROLLMENT.npi,
    "ptan": ENROLLMENT.ptan.lower(),
    "tax_id": f"{JUNIPER.tax_id[:2]}-{JUNIPER.tax_id[2:]}",
    "submitter_id": JUNIPER.submitter_id,
    "paid_amount": "$1,234.50",
    "paid_on": f"{PAID_ON:%m/%d/%Y}",
}
OF_VENDOR = {
    "kind": "vendor",
    "wanted": "administrator",
    "npi": RIVERSIDE.enrollments[0].npi,
    "ptan": RIVERSIDE.enrollments[0].ptan,
    "submitter_id": POPULATION.vendor.submitter_id,
}


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        async with running.work.database.work(running.work) as work:
            await republish_state(work, Due(REPUBLISH, "all", running.clock.now(), {}, 0))
            await note_payments(work, [paid(123_450, PAID_ON)])
        await running.copy_access()
        yield running


def paid(cents: int, on: date) -> Received[Any]:
    event = RemittancePosted(
        remittance_id=uuid4(),
        enrollment_id=ENROLLMENT.enrollment_id,
        trace_number="1",
        paid_cents=cents,
        claims=1,
        issued_on=on,
    )
    origin = Origin(actor="system:remittance", correlation_id="")
    message = seal_envelope(event, event_id=uuid4(), source_name="/test", at=MORNING, origin=origin)
    return Received(event, uuid4(), message.key, MORNING, origin, message)


async def send(browser: Browser, path: str, **fields: str) -> httpx.Response:
    own = {"csrf": await browser.csrf(), "idempotency_key": str(uuid4())}
    return await browser.through("POST", path, {"sec-fetch-site": "same-origin"}, data={**own, **fields})


async def ask(browser: Browser, **changes: str) -> httpx.Response:
    return await send(browser, ORGANIZATION, **{**TYPED, **changes})


async def swept(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        await sweep(work, Due(SWEEP, "all", auth.clock.now(), {}, 0))


async def requests(auth: Auth) -> list[Any]:
    return sorted(await auth.rows(organization_request), key=lambda row: row.request_id)


async def member_of(auth: Auth, row: Any) -> tuple[Any, str]:
    async with auth.work.database.work(auth.work) as work:
        member = await access.member(work, row.user_id)
    assert member is not None
    return member.organization_id, member.role


async def test_an_applicant_arrives_there_and_sees_nothing_else(auth: Auth) -> None:
    browser = auth.client()
    answer = await browser.sign_in(await somebody(auth, "applicant"))
    assert answer.headers["location"] == ORGANIZATION
    assert "Ask for this organization" in (await browser.through("GET", ORGANIZATION)).text
    assert (await browser.through("GET", "/auth/users")).status_code == 403
    assert (await browser.through("GET", "/auth/organizations")).status_code == 403


async def test_an_administrator_is_verified_by_the_contractor_and_accepts_the_rules_of_administrators(
    auth: Auth,
) -> None:
    applicant = await signed_in(auth, "applicant")
    assert (await ask(applicant)).headers["location"] == ORGANIZATION
    [asked] = await requests(auth)
    assert "EDI enrollment of the contractor verifies" in (await applicant.through("GET", ORGANIZATION)).text
    staff = await signed_in(auth, "staff", role="MAC_EDI", organization=POPULATION.contractor.organization_id)
    assert "Jo applicant" in (await staff.through("GET", "/auth/organizations")).text
    page = await staff.through("GET", f"/auth/organizations/{asked.request_id}")
    assert "Approve" in page.text
    path = f"/auth/organizations/{asked.request_id}/decision"
    nobody = await send(staff, path, outcome="approved")
    assert (nobody.status_code, 'id="verified-error"' in nobody.text) == (422, True)
    called = "Dr. Alder, authorized official, at the number in PECOS."
    decided = await send(staff, path, outcome="approved", verified=called)
    assert called in (await staff.through("GET", f"/auth/organizations/{asked.request_id}")).text
    assert decided.headers["location"] == "/auth/organizations"
    assert await member_of(auth, asked) == (JUNIPER.organization_id, "PROVIDER_ADMIN")
    events = [each.event for each in await auth.copy_access()]
    assert [each.outcome for each in events if isinstance(each, OrganizationDecided)] == ["approved"]
    assert [each.kind for each in events if isinstance(each, MessageWanted)] == ["organization-approved"]
    # The session of before has ended, and the next one leads to the rules of the new role.
    assert (await applicant.authorize("GET", ORGANIZATION)).headers["location"].startswith("/session/ended")


REFUSED = (
    ({"ptan": "MR99999"}, "npi", "PECOS shows no enrollment"),
    ({"tax_id": "001099999"}, "tax_id", "The TIN is not the one"),
    ({"submitter_id": "SUB99999"}, "submitter_id", "does not list this submitter ID"),
    ({"paid_amount": "1,234.51"}, "paid_amount", "no payment of this amount and date"),
    ({"paid_on": "01/02/2026"}, "paid_on", "not one of the last 90 days"),
    ({"npi": "2900000001"}, "npi", "Check the NPI"),
    ({"paid_amount": ""}, "paid_amount", "Enter the amount"),
    ({"kind": "vendor", "submitter_id": "NONE"}, "submitter_id", "No clearinghouse or billing agency"),
)


async def test_each_refusal_has_its_reason_at_its_field_and_keeps_what_was_typed(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTICO_AUTH_ORGANIZATION_REQUESTS_A_DAY", "100")
    auth_settings.cache_clear()
    applicant = await signed_in(auth, "applicant")
    for changes, field, says in REFUSED:
        answer = await ask(applicant, **changes)
        assert (answer.status_code, says in answer.text, f'id="{field}-error"' in answer.text) == (422, True, True)
        assert ENROLLMENT.ptan.lower() in answer.text or "ptan" in changes
    assert await requests(auth) == []


async def test_attempts_are_counted_also_refused_ones(auth: Auth) -> None:
    applicant = await signed_in(auth, "applicant")
    answers = [(await ask(applicant, tax_id="001099999")).status_code for _ in range(5)]
    assert (answers, (await ask(applicant)).status_code) == ([422] * 5, 429)
    audited = [row for row in await auth.audited() if row[:2] == ("ask", "organization")]
    assert sorted(row[3] for row in audited) == ["limited"] + ["tax-id"] * 5


async def test_attempts_on_one_npi_are_counted_whoever_makes_them(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTICO_AUTH_ORGANIZATION_REQUESTS_FOR_NPI_A_DAY", "2")
    auth_settings.cache_clear()
    people = [await signed_in(auth, login) for login in ("first", "second", "third")]
    answers = [await ask(each, tax_id="001099999") for each in people]
    assert [each.status_code for each in answers] == [422, 422, 429]
    assert "too many asked for this NPI" in answers[2].text
    assert ("ask", "organization", "refused", "limited-npi") in await auth.audited()
    auth.clock.advance(timedelta(days=1))
    again = await signed_in(auth, "fourth")
    assert (await ask(again)).status_code == 303


async def test_a_payment_is_known_by_a_digest_for_90_days(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        await note_payments(work, [paid(123_450, PAID_ON), paid(0, PAID_ON), paid(5, PAID_ON - timedelta(days=90))])
        await sweep(work, Due(SWEEP, "all", auth.clock.now(), {}, 0))
    [kept] = await auth.rows(payment_digest)
    assert kept.issued_on == PAID_ON
    assert b"123450" not in kept.digest


async def test_a_user_is_let_in_by_the_administrator_of_that_organization_alone(auth: Auth) -> None:
    applicant = await signed_in(auth, "applicant")
    only = {"npi": RIVERSIDE.enrollments[0].npi, "ptan": RIVERSIDE.enrollments[0].ptan, "tax_id": RIVERSIDE.tax_id}
    await ask(applicant, wanted="user", submitter_id="", paid_amount="", paid_on="", **only)
    [asked] = await requests(auth)
    events = [each.event for each in await auth.copy_access()]
    [event] = [each for each in events if isinstance(each, OrganizationRequested)]
    assert (event.role, event.waits_for) == ("PROVIDER_USER", "administrator")
    letters = [(each.user_id, each.kind) for each in events if isinstance(each, MessageWanted)]
    assert letters == [(ADMINISTRATOR.user_uuid, "join-asked")]
    assert [each.join_requests for each in events if isinstance(each, OrganizationAccess)] == [1]
    stranger, administrator = auth.client(), auth.client()
    await stranger.sign_in(OTHER_ADMINISTRATOR)
    await administrator.sign_in(ADMINISTRATOR)
    path = f"/auth/users/joining/{asked.request_id}"
    assert (await stranger.through("GET", path)).status_code == 404
    assert (await send(stranger, f"{path}/decision", outcome="approved")).status_code == 404
    refused = await send(administrator, f"{path}/decision", outcome="declined")
    assert (refused.status_code, "Say why" in refused.text) == (422, True)
    decided = await send(administrator, f"{path}/decision", outcome="approved")
    assert decided.headers["location"] == f"/auth/users/{asked.user_id}"
    assert await member_of(auth, asked) == (RIVERSIDE.organization_id, "PROVIDER_USER")
    events = [each.event for each in await auth.copy_access()]
    assert [each.join_requests for each in events if isinstance(each, OrganizationAccess)] == [0]
    again = await send(administrator, f"{path}/decision", outcome="declined", reason="Changed my mind.")
    assert again.status_code == 409


async def test_a_clearinghouse_that_the_provider_lets_act_goes_to_the_contractor(auth: Auth) -> None:
    applicant = await signed_in(auth, "applicant")
    await send(applicant, ORGANIZATION, **OF_VENDOR)
    [event] = [each.event for each in await auth.copy_access() if isinstance(each.event, OrganizationRequested)]
    assert (event.role, event.waits_for, event.provider_id) == ("VENDOR_ADMIN", "contractor", RIVERSIDE.organization_id)
    assert event.organization_id == POPULATION.vendor.organization_id


async def test_a_clearinghouse_that_no_provider_named_waits_for_its_confirmation(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        await work.execute(sa.update(vendor_authorization).values(state="ended"))
    applicant = await signed_in(auth, "applicant")
    await send(applicant, ORGANIZATION, **OF_VENDOR)
    events = [each.event for each in await auth.copy_access()]
    assert [each.waits_for for each in events if isinstance(each, OrganizationRequested)] == ["provider"]
    asked = [row for row in await auth.rows(vendor_authorization) if row.state == "asked"]
    assert [(row.organization_id, row.submitter) for row in asked] == [
        (RIVERSIDE.organization_id, POPULATION.vendor.submitter_id)
    ]
    assert "is to confirm that you act for it" in (await applicant.through("GET", ORGANIZATION)).text
    staff = await signed_in(auth, "staff", role="MAC_EDI", organization=POPULATION.contractor.organization_id)
    assert "Jo applicant" not in (await staff.through("GET", "/auth/organizations")).text
    await swept(auth)
    assert await auth.letters() == []
    tomorrow = auth.work.today + timedelta(days=1)
    for days, listed in (
        ({"effective": tomorrow}, False),
        ({"effective": auth.work.today, "ends": auth.work.today}, True),
        ({"effective": auth.work.today - timedelta(days=2), "ends": auth.work.today - timedelta(days=1)}, False),
        ({"effective": auth.work.today, "ends": None}, True),
    ):
        async with auth.work.database.work(auth.work) as work:
            await work.execute(
                sa.update(vendor_authorization)
                .where(vendor_authorization.c.asked_by.is_not(None))
                .values(state="confirmed", signed_name="A B", decided_at=work.now, **days)
            )
        page = (await staff.through("GET", "/auth/organizations")).text
        assert ("Jo applicant" in page) is listed, days
    # Nobody decides by hand when a provider has signed: whoever of the contractor decides is told.
    await swept(auth)
    assert {each[0] for each in await auth.letters()} == {"organization-asked"}


async def test_a_declined_request_says_why_and_another_may_follow(auth: Auth) -> None:
    applicant = await signed_in(auth, "applicant")
    await ask(applicant)
    assert (await ask(applicant)).status_code == 409
    [asked] = await requests(auth)
    staff = await signed_in(auth, "staff", role="MAC_EDI", organization=POPULATION.contractor.organization_id)
    why = "The official of the organization does not know you."
    await send(staff, f"/auth/organizations/{asked.request_id}/decision", outcome="declined", reason=why)
    assert why in (await applicant.through("GET", ORGANIZATION)).text
    assert await member_of(auth, asked) == (APPLICANTS, APPLICANT)
    await ask(applicant)
    await send(applicant, f"{ORGANIZATION}/withdraw")
    assert [row.state for row in await requests(auth)] == ["declined", "withdrawn"]


async def test_what_nobody_decides_lapses(auth: Auth) -> None:
    await ask(await signed_in(auth, "applicant"))
    auth.clock.advance(timedelta(days=31))
    assert {each[0] for each in await auth.letters()} == {"organization-asked"}
    await swept(auth)
    assert [row.state for row in await requests(auth)] == ["lapsed"]
    assert await auth.letters() == [("organization-lapsed", ANY)]


async def test_whoever_decides_is_reminded_each_week(auth: Auth) -> None:
    await ask(await signed_in(auth, "applicant"))
    told = await auth.letters()
    for days, letters in ((6, []), (1, told), (1, []), (6, told)):
        auth.clock.advance(timedelta(days=days))
        await swept(auth)
        assert [each[0] for each in await auth.letters()] == [each[0] for each in letters]


async def test_what_no_longer_agrees_is_shown_and_cannot_be_approved(auth: Auth) -> None:
    await ask(await signed_in(auth, "applicant"))
    [asked] = await requests(auth)
    staff = await signed_in(auth, "staff", role="MAC_EDI", organization=POPULATION.contractor.organization_id)
    path = f"/auth/organizations/{asked.request_id}"
    assert "Does not agree" not in (await staff.through("GET", path)).text
    for column, now, was, reason in (
        ("pecos_active", False, True, "pecos-inactive"),
        ("edi_agreement_signed", False, True, "edi-agreement-missing"),
        ("tax_id", "001099999", JUNIPER.tax_id, "tax-id"),
        ("submitters", ["SUB99999"], [JUNIPER.submitter_id], "submitter-not-listed"),
    ):
        await on_file(auth, **{column: now})
        page = (await staff.through("GET", path)).text
        assert (page.count("Does not agree"), REASONS[reason].what in page) == (1, True)
        refused = await send(staff, f"{path}/decision", outcome="approved", verified="Dr. Alder")
        assert (refused.status_code, "This cannot be approved" in refused.text) == (422, True)
        assert ("decide", "organization-request", "refused", reason) in await auth.audited()
        await on_file(auth, **{column: was})
    assert (await send(staff, f"{path}/decision", outcome="approved", verified="Dr. Alder")).status_code == 303


async def on_file(auth: Auth, **columns: Any) -> None:
    async with auth.work.database.work(auth.work) as work:
        this = enrollment.c.enrollment_id == ENROLLMENT.enrollment_id
        await work.execute(sa.update(enrollment).where(this).values(**columns))


async def test_who_belongs_to_an_organization_asks_for_no_other(auth: Auth) -> None:
    administrator = auth.client()
    await administrator.sign_in(ADMINISTRATOR)
    page = await administrator.through("GET", ORGANIZATION)
    assert "Ask for this organization" not in page.text
    assert (await ask(administrator)).status_code == 409


async def test_one_administrator_is_advised_to_find_a_second(auth: Auth) -> None:
    administrator = auth.client()
    await administrator.sign_in(ADMINISTRATOR)
    assert "has one administrator" in (await administrator.through("GET", "/auth/users")).text
    await somebody(auth, "second", role="PROVIDER_ADMIN", organization=RIVERSIDE.organization_id)
    assert "has one administrator" not in (await administrator.through("GET", "/auth/users")).text
