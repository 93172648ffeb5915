"""HETS EDI enrollment: taken from an administrator, told to CMS, and asked before HETS is."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from libs.common.contracts.eligibility import HetsNotice
from libs.common.messaging.subscriptions import Due
from libs.partners.hets_enrollment import Change
from services.eligibility.enrollment.domain import REFRESH, REMIND, SEND
from services.eligibility.enrollment.handlers import refresh, remind, send
from services.eligibility.enrollment.partner import EnrollmentOffice, EnrollmentOfficeUnavailableError
from simulators.hets.enrollments import Enrollments
from simulators.population import DEFAULT_SEED, Population
from tests.support.applications import ADMINISTRATOR, BILLER, Someone
from tests.support.eligibility import EligibilityService, eligibility_service, typed
from tests.support.platform import CloneSettings
from tests.support.portico import MORNING

BOSS = Someone("administrator of the billers", office="biller", role="PROVIDER_ADMIN", permissions=frozenset())
ENROLLED = Someone("biller of an enrolled NPI", npi=Population().enrollments[0].npi, ptan="P00009")
PATH = f"/eligibility/hets-enrollments/{BILLER.enrollment_id}"
TODAY = f"{MORNING:%m/%d/%Y}"
FORM = {
    "accepted": "yes",
    "submitter": "MER15004",
    "offshore": "no",
    "effective": TODAY,
    "ends": "",
    "email": "official@clinic.example",
    "alternate": "",
    "signer": BOSS.name,
}


@pytest.fixture
async def portal(
    databases: Callable[..., Awaitable[CloneSettings]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[EligibilityService]:
    enrollments = Enrollments(DEFAULT_SEED)
    async with eligibility_service(await databases("eligibility"), monkeypatch, enrollments=enrollments) as running:
        await running.app.admit(BOSS, ENROLLED)
        yield running


async def press(
    portal: EligibilityService, path: str, fields: Mapping[str, str], key: str, who: Someone = BOSS
) -> httpx.Response:
    return await portal.app.call("POST", path, who, data={"csrf": who.csrf, "idempotency_key": key, **fields})


async def take_list(portal: EligibilityService) -> None:
    await refresh(portal.app.work, Due(kind=REFRESH, subject="all", due_at=MORNING, payload={}, attempts=0))


async def tell_cms(portal: EligibilityService) -> None:
    """Run what waits to be sent, as the worker does."""
    for row in await portal.rows("DELETE FROM due_work WHERE kind = 'send-hets-enrollment' RETURNING subject"):
        await send(portal.app.work, Due(kind=SEND, subject=row.subject, due_at=MORNING, payload={}, attempts=0))


async def enroll(portal: EligibilityService, key: str = "enroll-0001", **changes: str) -> httpx.Response:
    return await press(portal, PATH, {**FORM, "step": "submit", **changes}, key)


async def test_an_npi_that_is_not_enrolled_is_refused_before_hets_is_asked(portal: EligibilityService) -> None:
    await take_list(portal)
    page = await portal.ask()
    assert page.status_code == 403
    for words in ("has no active HETS EDI enrollment", "AAA 41", "Nothing was sent", "portal administrator"):
        assert words in page.text
    assert f'value="{typed()["last_name"]}"' in page.text
    answer = await portal.app.call(
        "POST",
        "/api/eligibility/inquiries",
        BILLER,
        json={"mbi": typed()["mbi"], "last_name": "Doe", "first_name": "Jo"},
        headers={"idempotency-key": "key-000001"},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "inquiry-not-enrolled")
    assert "HETS cannot be asked now." in (await portal.app.call("GET", "/eligibility", BILLER)).text
    assert portal.hets.state.answered == 0
    assert (await portal.ask(ENROLLED)).status_code == 303
    assert portal.hets.state.answered == 1


async def test_until_the_list_is_known_hets_judges_and_aaa_41_holds_the_npi_for_a_day(
    portal: EligibilityService,
) -> None:
    page = await portal.answered()
    assert "AAA 41" in page.text
    assert "Provider not accepted" in (await portal.app.call("GET", "/eligibility", BILLER)).text
    held = await portal.ask(key="key-000002")
    assert held.status_code == 403
    assert "HETS takes no question for NPI 1234567893 until 11/24/2026" in held.text
    assert portal.hets.state.answered == 1
    portal.app.clock.advance(timedelta(hours=24, minutes=1))
    assert (await portal.ask(key="key-000003")).status_code == 303
    assert portal.hets.state.answered == 2


async def test_an_administrator_enrolls_an_npi_and_hets_can_be_asked(portal: EligibilityService) -> None:
    await take_list(portal)
    listed = await portal.app.call("GET", "/eligibility/hets-enrollments", BOSS)
    assert "Not enrolled: HETS cannot be asked" in listed.text
    assert ENROLLED.ptan not in listed.text
    form = await portal.app.call("GET", PATH, BOSS)
    assert 'value="MER15004"' in form.text
    assert "HETS Rules of Behavior" in form.text
    review = await press(portal, PATH, FORM, "enroll-0001")
    assert review.status_code == 200
    assert "Nothing is sent yet" in review.text
    assert "official@clinic.example" in review.text
    back = await press(portal, PATH, {**FORM, "step": "change"}, "enroll-0001")
    assert 'value="official@clinic.example"' in back.text
    assert await portal.rows("SELECT 1 FROM hets_request") == []
    first, second = await enroll(portal), await enroll(portal)
    assert (first.status_code, second.headers["location"]) == (303, first.headers["location"])
    assert len(await portal.rows("SELECT 1 FROM hets_request")) == 1
    # Whoever asks before CMS knows would be blocked for a day.
    assert (await portal.ask(key="key-000001")).status_code == 403
    assert "CMS is being told" in (await portal.app.call("GET", PATH, BOSS)).text
    await tell_cms(portal)
    await take_list(portal)
    page = await portal.app.call("GET", PATH, BOSS)
    for words in ("Live", "CMS has it", "11/23/2027", "official@clinic.example"):
        assert words in page.text
    assert (await portal.ask(key="key-000002")).status_code == 303
    [told] = [each.event for each in await portal.published() if "hets-enrollment" in each.event.type]
    assert (told.change, told.npi, told.submitter) == ("enroll", BILLER.npi, "MER15004")
    [row] = await portal.rows("SELECT hets_request::text AS all FROM hets_request")
    assert "official@clinic.example" not in row.all


async def test_an_enrollment_is_attested_and_ended(portal: EligibilityService) -> None:
    await enroll(portal)
    await tell_cms(portal)
    change = {"submitter": "MER15004", "effective": TODAY, "contact_email": "official@clinic.example"}
    early = await press(portal, f"{PATH}/end", {**change, "last_day": "11/22/2026"}, "end-000001")
    assert early.status_code == 422
    assert 'href="#last_day"' in early.text
    portal.app.clock.advance(timedelta(days=20))
    assert (await press(portal, f"{PATH}/attest", change, "attest-0001")).status_code == 303
    await tell_cms(portal)
    assert "12/13/2027" in (await portal.app.call("GET", PATH, BOSS)).text
    last = f"{MORNING + timedelta(days=20):%m/%d/%Y}"
    assert (await press(portal, f"{PATH}/end", {**change, "last_day": last}, "end-000002")).status_code == 303
    await tell_cms(portal)
    await take_list(portal)
    assert (await portal.ask(key="key-000001")).status_code == 303
    portal.app.clock.advance(timedelta(days=1))
    assert (await portal.ask(key="key-000002")).status_code == 403
    page = await portal.app.call("GET", PATH, BOSS)
    assert [each for each in ("Enrolled", "Attested for another year", "Ended") if each not in page.text] == []
    kinds = "SELECT kind FROM hets_request ORDER BY made_at"
    assert [row.kind for row in await portal.rows(kinds)] == ["enroll", "attest", "end"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"accepted": ""}, "accepted"),
        ({"submitter": "?"}, "submitter"),
        ({"submitter": "NOBODY"}, "submitter"),
        ({"offshore": ""}, "offshore"),
        ({"effective": ""}, "effective"),
        ({"effective": "11/22/2026"}, "effective"),
        ({"effective": "tomorrow"}, "effective"),
        ({"ends": "11/22/2026"}, "ends"),
        ({"email": ""}, "email"),
        ({"alternate": "nobody"}, "alternate"),
    ],
)
async def test_what_to_correct_is_said_and_cms_is_told_nothing(
    portal: EligibilityService, changes: dict[str, str], field: str
) -> None:
    page = await enroll(portal, **changes)
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert 'value="official@clinic.example"' in page.text or field == "email"
    assert await portal.rows("SELECT 1 FROM hets_request") == []


async def test_an_npi_without_a_claims_edi_enrollment_is_not_enrolled(portal: EligibilityService) -> None:
    unsigned = Someone("unsigned", edi_agreement_signed=False, role="PROVIDER_ADMIN", permissions=frozenset())
    await portal.app.admit(unsigned)
    path = f"/eligibility/hets-enrollments/{unsigned.enrollment_id}"
    page = await portal.app.call("GET", path, unsigned)
    assert "No EDI Enrollment Agreement for claims is on file" in page.text
    assert 'href="https://edi.portico.example/forms/edi-enrollment.pdf"' in page.text
    sent = await press(portal, path, {**FORM, "step": "submit"}, "enroll-0001", unsigned)
    assert sent.status_code == 422
    assert await portal.rows("SELECT 1 FROM hets_request") == []


async def test_an_old_code_and_a_foreign_administrator_change_nothing(portal: EligibilityService) -> None:
    stale = Someone(
        "administrator with an old code",
        office="biller",
        role="PROVIDER_ADMIN",
        permissions=frozenset(),
        factor_age=timedelta(minutes=16),
    )
    await portal.app.admit(stale)
    assert "Enter a fresh code" in (await portal.app.call("GET", PATH, stale)).text
    assert (await press(portal, PATH, {**FORM, "step": "submit"}, "enroll-0001", stale)).status_code == 403
    foreign = await press(portal, PATH, {**FORM, "step": "submit"}, "enroll-0002", ADMINISTRATOR)
    assert foreign.status_code == 404
    assert await portal.rows("SELECT 1 FROM hets_request") == []


async def test_while_cms_is_away_the_request_waits_and_the_list_of_before_stands(portal: EligibilityService) -> None:
    await take_list(portal)
    await enroll(portal)
    portal.hets.behave(refuse=True)
    [row] = await portal.rows("SELECT subject FROM due_work WHERE kind = 'send-hets-enrollment'")
    due = Due(kind=SEND, subject=row.subject, due_at=MORNING, payload={}, attempts=0)
    with pytest.raises(EnrollmentOfficeUnavailableError):
        await send(portal.app.work, due)
    await take_list(portal)
    assert len(await portal.rows("SELECT 1 FROM hets_link")) == 2
    again = await enroll(portal, key="enroll-0002")
    assert "CMS is being told of another change" in again.text
    portal.hets.behave()
    await send(portal.app.work, due)
    await send(portal.app.work, due)
    states = "SELECT state FROM hets_request"
    assert [each.state for each in await portal.rows(states)] == ["told"]


async def test_programs_read_and_attest_and_a_person_signs(portal: EligibilityService) -> None:
    api = f"/api{PATH}"
    signs = await portal.app.call("POST", api, BOSS, json=dict(FORM), headers={"idempotency-key": "enroll-0001"})
    assert signs.status_code == 405
    wrong = await enroll(portal, signer="Somebody Else")
    assert (wrong.status_code, "Type your name as it is in your account" in wrong.text) == (422, True)
    program = replace(BOSS, kind="client")
    assert (await press(portal, PATH, {**FORM, "step": "submit"}, "enroll-0002", program)).status_code == 403
    assert await portal.rows("SELECT 1 FROM hets_request") == []
    # Case and spaces tell nobody from anybody.
    await enroll(portal, key="enroll-0003", signer=f"  {BOSS.name.upper()}")
    await tell_cms(portal)
    [row] = await portal.rows("SELECT signer FROM hets_request")
    assert row.signer == BOSS.name.upper()
    body = {"submitter": "MER15004", "effective": "2026-11-23", "email": "official@clinic.example"}
    made = await portal.app.call("POST", f"{api}/attest", program, json=body, headers={"idempotency-key": "attest-01"})
    assert made.status_code == 202
    found = (await portal.app.call("GET", api, BOSS)).json()
    assert [(each["submitter"], each["ends"]) for each in found["links"]] == [("MER15004", None)]
    assert [(each["kind"], each["state"]) for each in found["requests"]] == [("attest", "sending"), ("enroll", "told")]
    [listed] = (await portal.app.call("GET", "/api/eligibility/hets-enrollments", BOSS)).json()["providers"]
    assert listed["npi"] == BILLER.npi
    assert re.fullmatch(r"[0-9a-f-]{36}", made.json()["request_id"])


SEVERAL = "/eligibility/hets-enrollments/several"
LIST = f"NPI,PTAN\n{BILLER.npi}\n{ENROLLED.npi}\n1234567890\n{BILLER.npi},{BILLER.ptan},yes"


async def test_of_a_list_each_npi_is_judged_by_itself_and_the_right_ones_are_enrolled(
    portal: EligibilityService,
) -> None:
    fields = {**FORM, "rows": LIST}
    assert "Enroll several NPIs" in (await portal.app.call("GET", "/eligibility/hets-enrollments", BOSS)).text
    assert "HETS Rules of Behavior" in (await portal.app.call("GET", SEVERAL, BOSS)).text
    review = await press(portal, SEVERAL, fields, "several-001")
    for words in ("1 of 4 NPIs", "no such NPI and PTAN", "This is no NPI", "Line 2 has this NPI already"):
        assert words in review.text
    assert await portal.rows("SELECT 1 FROM hets_request") == []
    sent = {**fields, "step": "submit", "ready": "1"}
    first, second = [await press(portal, SEVERAL, sent, "several-001") for _ in range(2)]
    assert (first.status_code, second.headers["location"]) == (303, first.headers["location"])
    [row] = await portal.rows("SELECT npi, offshore FROM hets_request")
    assert (row.npi, row.offshore) == (BILLER.npi, False)
    page = await portal.app.call("GET", "/eligibility/hets-enrollments", BOSS)
    assert "Submitted: CMS is being told" in page.text
    changed = await press(portal, SEVERAL, sent, "several-002")
    assert changed.status_code == 409
    assert "0 of these NPIs can be enrolled now" in changed.text
    assert len(await portal.rows("SELECT 1 FROM hets_request")) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"rows": ""}, "rows"), ({"submitter": "NOBODY"}, "submitter"), ({"accepted": ""}, "accepted")],
)
async def test_what_is_wrong_with_the_form_of_a_list_is_said_at_once(
    portal: EligibilityService, changes: dict[str, str], field: str
) -> None:
    page = await press(portal, SEVERAL, {**FORM, "rows": LIST, **changes}, "several-001")
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text


ATTESTATIONS = "/eligibility/hets-enrollments/attestations"


async def test_of_a_list_each_enrollment_that_goes_on_is_attested_for_another_year(portal: EligibilityService) -> None:
    await enroll(portal)
    await tell_cms(portal)
    portal.app.clock.advance(timedelta(days=20))
    assert ATTESTATIONS in (await portal.app.call("GET", "/eligibility/hets-enrollments", BOSS)).text
    fields = {"rows": LIST, "submitter": "MER15004", "email": "official@clinic.example"}
    wrong = await press(portal, ATTESTATIONS, {**fields, "email": ""}, "attest-0000")
    assert (wrong.status_code, 'href="#email"' in wrong.text) == (422, True)
    review = await press(portal, ATTESTATIONS, fields, "attest-0001")
    for words in ("1 of 4 enrollments", "12/13/2027", "no such NPI and PTAN", "Line 2 has this NPI already"):
        assert words in review.text
    sent = {**fields, "step": "submit", "ready": "1"}
    first, second = [await press(portal, ATTESTATIONS, sent, "attest-0001") for _ in range(2)]
    assert (first.status_code, second.headers["location"]) == (303, first.headers["location"])
    kinds = "SELECT kind FROM hets_request ORDER BY made_at"
    assert [row.kind for row in await portal.rows(kinds)] == ["enroll", "attest"]
    assert (await press(portal, ATTESTATIONS, sent, "attest-0002")).status_code == 409
    await tell_cms(portal)
    assert "12/13/2027" in (await portal.app.call("GET", PATH, BOSS)).text


async def test_a_program_attests_several_and_is_told_what_came_of_each(portal: EligibilityService) -> None:
    await enroll(portal)
    await tell_cms(portal)
    program = replace(BOSS, kind="client")
    body = {"npis": [BILLER.npi, ENROLLED.npi, "1"], "email": "official@clinic.example"}
    key = {"idempotency-key": "attest-0001"}
    answers = [await portal.app.call("POST", f"/api{ATTESTATIONS}", program, headers=key, json=body) for _ in range(2)]
    assert [each.status_code for each in answers] == [202, 202]
    made = answers[0].json()["attested"]
    assert answers[1].json()["attested"] == made
    assert [(each["npi"], bool(each["request_id"]), bool(each["fault"])) for each in made] == [
        (BILLER.npi, True, False),
        (ENROLLED.npi, False, True),
        ("1", False, True),
    ]
    assert len(await portal.rows("SELECT 1 FROM hets_request WHERE kind = 'attest'")) == 1


async def test_another_submitter_is_enrolled_with_when_cms_knows_it(portal: EligibilityService) -> None:
    review = await press(portal, PATH, {**FORM, "submitter": "clearway1"}, "enroll-0001")
    assert "CLEARWAY1, Clearway Exchange" in review.text
    portal.hets.behave(refuse=True)
    away = await press(portal, PATH, {**FORM, "submitter": "clearway1"}, "enroll-0001")
    assert (away.status_code, "CMS cannot say now" in away.text) == (422, True)
    ours = await press(portal, PATH, FORM, "enroll-0001")
    assert ours.status_code == 200


async def test_a_form_is_put_aside_by_an_administrator_and_sent_later(portal: EligibilityService) -> None:
    about = {**FORM, "effective": "", "enrollment_id": str(BILLER.enrollment_id)}
    saved = await press(portal, "/eligibility/hets-enrollments/drafts", about, "draft-00001")
    assert saved.headers["location"] == f"{PATH}?draft=continue"
    assert 'value="official@clinic.example"' in (await portal.app.call("GET", f"{PATH}?draft=continue", BOSS)).text
    assert "Draft, not sent" in (await portal.app.call("GET", "/eligibility/hets-enrollments", BOSS)).text
    [kept] = await portal.rows("SELECT content FROM draft")
    assert "official@" not in kept.content
    elsewhere = await press(portal, "/eligibility/hets-enrollments/drafts", about, "draft-00002", ADMINISTRATOR)
    assert elsewhere.status_code == 404
    await enroll(portal)
    assert await portal.rows("SELECT 1 FROM draft") == []


async def test_a_request_that_nobody_tries_any_more_says_so(portal: EligibilityService) -> None:
    await enroll(portal)
    await portal.rows("UPDATE due_work SET given_up_at = now() WHERE kind = 'send-hets-enrollment' RETURNING 1")
    assert "Not sent: CMS could not be told" in (await portal.app.call("GET", PATH, BOSS)).text
    found = (await portal.app.call("GET", f"/api{PATH}", BOSS)).json()
    assert found["standing"] == "not-sent"
    assert found["requests"][0]["given_up_at"]


async def test_the_official_is_reminded_of_the_attestation_each_time_once(portal: EligibilityService) -> None:
    await enroll(portal)
    await tell_cms(portal)

    async def reminded() -> int:
        async with portal.app.work.database.work(portal.app.work) as work:
            await remind(work, Due(kind=REMIND, subject="all", due_at=MORNING, payload={}, attempts=0))
        return len([each for each in await portal.published() if each.event.type.endswith("attestation-due.v1")])

    counts = []
    for days in (0, 365 - 45, 1, 14, 1):
        portal.app.clock.advance(timedelta(days=days))
        counts.append(await reminded())
    assert counts == [0, 1, 1, 2, 2]
    told = next(each.event for each in await portal.published() if each.event.type.endswith("attestation-due.v1"))
    assert "official@" not in told.model_dump_json()


async def noticed(portal: EligibilityService) -> list[tuple[str, str]]:
    """What administrators are told: the matter, and of which NPI."""
    told = [each.event for each in await portal.published() if isinstance(each.event, HetsNotice)]
    return [(each.matter, each.npi) for each in told]


async def look(portal: EligibilityService) -> None:
    async with portal.app.work.database.work(portal.app.work) as work:
        await remind(work, Due(kind=REMIND, subject="all", due_at=MORNING, payload={}, attempts=0))


async def test_of_an_enrollment_that_nobody_asked_for_here_the_administrators_are_reminded(
    portal: EligibilityService,
) -> None:
    await take_list(portal)
    await look(portal)
    assert await noticed(portal) == []
    [link] = await portal.rows(f"SELECT attested_until FROM hets_link WHERE npi = '{ENROLLED.npi}'")  # noqa: S608 - ours
    portal.app.clock.advance(timedelta(days=(link.attested_until - portal.app.work.today).days - 45))
    for _ in range(2):
        await look(portal)
    assert await noticed(portal) == [("attestation-due", ENROLLED.npi)]
    portal.app.clock.advance(timedelta(days=15))
    await look(portal)
    assert await noticed(portal) == [("attestation-due", ENROLLED.npi)] * 2


async def test_the_administrators_are_told_of_a_request_that_cms_refuses(portal: EligibilityService) -> None:
    await enroll(portal)
    [row] = await portal.rows("SELECT request_id FROM hets_request")
    office = EnrollmentOffice(portal.app.work.settings)
    other = Change(
        contract_id="other",
        submitter="MER15004",
        npi=ENROLLED.npi,
        ptan=ENROLLED.ptan,
        effective=MORNING.date(),
        ends=None,
        attested_until=MORNING.date(),
        offshore=False,
    )
    await office.tell(row.request_id, other)
    await tell_cms(portal)
    assert "CMS did not take it" in (await portal.app.call("GET", PATH, BOSS)).text
    assert await noticed(portal) == [("refused", BILLER.npi)]


async def test_the_administrators_are_told_once_of_a_request_that_could_not_be_sent(
    portal: EligibilityService,
) -> None:
    await enroll(portal)
    await look(portal)
    assert await noticed(portal) == []
    await portal.rows("UPDATE due_work SET given_up_at = now() WHERE kind = 'send-hets-enrollment' RETURNING 1")
    for _ in range(2):
        await look(portal)
    assert await noticed(portal) == [("not-sent", BILLER.npi)]
