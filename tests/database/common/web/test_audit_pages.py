"""The audit trail as auditors search it, and who saw one patient (45 CFR 164.528)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from libs.common.persistence.unit_of_work import Acting
from services.claims.status.domain import Patient
from services.claims.status.tables import PATIENT, claim
from tests.support.applications import BILLER, Application, Someone, application
from tests.support.planting import row_of
from tests.support.platform import CloneSettings
from tests.support.portico import whole

AUDITOR = Someone("auditor", role="MAC_AUDITOR", staff=True, permissions=frozenset())
MBI = "1EG4TE5MK73"
ACTOR = f"person:{BILLER.user_id}"


@pytest.fixture
async def claims(databases: Callable[..., Awaitable[CloneSettings]]) -> AsyncIterator[Application]:
    async with application("claims", await databases("claims"), whole()) as app:
        await app.admit(AUDITOR, BILLER)
        yield app


async def record(app: Application, count: int, *, object_id: str = "one", outcome: str = "done") -> None:
    acting = Acting(ACTOR, user_id=BILLER.user_id, enrollment_id=BILLER.enrollment_id, permission="claims.status")
    async with app.web.database.request(app.web, acting) as work:
        for _ in range(count):
            work.audit("read", "claim", object_id, outcome=outcome)  # type: ignore[arg-type]


async def found(app: Application, query: str = "") -> list[str]:
    answer = await app.call("GET", f"/api/claims/audit{query}", AUDITOR)
    assert answer.status_code == 200, answer.text
    return [each["object_id"] for each in answer.json()["records"]]


async def test_an_auditor_finds_records_by_time_person_action_object_and_outcome(claims: Application) -> None:
    await record(claims, 2, object_id="first")
    claims.clock.advance(timedelta(days=2))
    await record(claims, 1, object_id="second", outcome="failed")
    query = f"?actor={ACTOR}"
    assert await found(claims, query) == ["second", "first", "first"]
    assert await found(claims, f"{query}&until=2026-11-23") == ["first", "first"]
    assert await found(claims, f"{query}&since=2026-11-24") == ["second"]
    for wanted in ("object_id=second", "outcome=failed"):
        assert await found(claims, f"{query}&{wanted}") == ["second"]
    assert await found(claims, f"{query}&action=print") == []
    assert set(await found(claims, "?action=search&kind=audit")) == {"claims"}


async def test_the_page_the_file_and_the_next_page_show_the_same(claims: Application) -> None:
    await record(claims, 60)
    page = await claims.call("GET", f"/claims/audit?actor={ACTOR}&since=11/20/2026", AUDITOR)
    assert page.status_code == 200
    for words in ("60 records", "A claim was shown.", "/appeals/audit?", "/claims/audit/list.csv?"):
        assert words in page.text
    first = (await claims.call("GET", f"/api/claims/audit?actor={ACTOR}", AUDITOR)).json()
    second = (await claims.call("GET", f"/api/claims/audit?actor={ACTOR}&after={first['next']}", AUDITOR)).json()
    assert (len(first["records"]), len(second["records"]), second["next"]) == (50, 10, None)
    file = await claims.call("GET", f"/claims/audit/list.csv?actor={ACTOR}", AUDITOR)
    assert len(file.text.strip().splitlines()) == 61
    rows = await found(claims, "?action=download&kind=audit")
    assert rows == ["claims"]


@pytest.mark.parametrize("query", ["?outcome=perhaps", "?since=yesterday", "?after=nothing", "?who=me"])
async def test_a_search_of_a_program_that_cannot_be_is_refused(query: str, claims: Application) -> None:
    answer = await claims.call("GET", f"/api/claims/audit{query}", AUDITOR)
    assert answer.status_code in (400, 422)
    wrong = await claims.call("GET", "/claims/audit?since=yesterday", AUDITOR)
    assert "Enter the date as MM/DD/YYYY" in wrong.text


async def ask(app: Application, mbi: str, claims: str = "") -> tuple[int, str]:
    fields = {"csrf": AUDITOR.csrf, "idempotency_key": "key-000001", "mbi": mbi, "claims": claims}
    answer = await app.call("POST", "/claims/audit/disclosures", AUDITOR, data=fields)
    return answer.status_code, answer.text


async def test_who_saw_one_patient_is_told_by_number_and_the_number_stands_nowhere(claims: Application) -> None:
    one, other = UUID(int=1), UUID(int=2)
    async with claims.work.database.work(claims.work) as work:
        for claim_id, mbi in ((one, MBI), (other, "2EG4TE5MK73")):
            sealed = PATIENT.seal(work.runtime.keys, Patient(mbi, "Doe", "Jo", "1950-01-01", "F"), claim_id)
            token = work.runtime.keys.beneficiary_token(mbi)
            row = row_of(claim, BILLER.enrollment_id)
            row |= {"claim_id": claim_id, "patient": sealed, "beneficiary_token": token, "state": "paid"}
            await work.execute(claim.insert().values(row))
    await record(claims, 1, object_id=str(one))
    await record(claims, 1, object_id=str(one), outcome="refused")
    await record(claims, 1, object_id=str(other))
    status, page = await ask(claims, "1eg4-te5-mk73")
    assert (status, page.count("A claim was shown.")) == (200, 1)
    for words in (ACTOR, "Exempt: treatment or payment", "45 CFR 164.528", f'name="claims" value="{one}"'):
        assert words in page
    assert "Show remittance" in page
    assert (await ask(claims, "3EG4TE5MK73"))[1].count("Nothing of this patient was shown") == 1
    async with claims.work.database.work(claims.work) as work:
        rows = (await work.execute(sa.text("SELECT audit::text AS all FROM audit"))).scalars()
        assert not [row for row in rows if MBI in row]
    assert len(await found(claims, "?action=account")) == 2


@pytest.mark.parametrize("mbi", ["", "1EG4", "1EG4TE5MK7O", "x" * 21])
async def test_what_is_no_medicare_number_is_to_be_corrected(mbi: str, claims: Application) -> None:
    status, page = await ask(claims, mbi)
    assert status == 422
    assert 'href="#mbi"' in page


async def test_nobody_else_searches(claims: Application) -> None:
    for path in ("/claims/audit", "/api/claims/audit", "/claims/audit/list.csv", "/claims/audit/disclosures"):
        assert (await claims.call("GET", path, BILLER)).status_code == 403
