import csv
import html
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from libs.common.persistence.paging import MAX_COUNTED
from services.claims.status.repository import ORDERS
from tests.support.claims import ClaimsService, claims_of

# Many share a day of service, some have none, and charges repeat.
_ALIKE = """
    UPDATE claim SET total_charge_cents = 100 * (ordinal % 7),
        service_from = CASE WHEN ordinal % 5 > 0 THEN service_from + ordinal % 3 END
"""
# Copies of the one claim there is, whom nobody can open: lists for programs and files show no patient.
_COPIES = sa.text("""
    INSERT INTO claim (claim_id, submission_id, ordinal, enrollment_id, state, category, status_code,
        internal_control_number, patient_control_number, patient, beneficiary_token, total_charge_cents, service_from,
        service_to, billing_npi, rendering_npi, place_of_service, diagnoses, received_on)
    SELECT gen_random_uuid(), submission_id, n, enrollment_id, state, category, status_code, n::text,
        patient_control_number, '', beneficiary_token, total_charge_cents, service_from, service_to, billing_npi,
        rendering_npi, place_of_service, diagnoses, received_on
    FROM claim, generate_series(2, :count) n WHERE ordinal = 1
""")
_SORTED = {
    "received": "SELECT claim_id FROM claim ORDER BY submission_id, ordinal",
    "service": "SELECT claim_id FROM claim ORDER BY coalesce(service_from, '-infinity'), claim_id",
    "charge": "SELECT claim_id FROM claim ORDER BY total_charge_cents, claim_id",
}
_CLAIM = re.compile(r'<th scope="row"[^>]*><a href="/claims/([0-9a-f-]{36})">')


async def with_claims(portal: ClaimsService, count: int) -> None:
    """Let Riverside have that many claims."""
    await portal.accepted_file(1)
    async with portal.work.database.work(portal.work) as work:
        await work.execute(_COPIES, {"count": count})


async def pages(portal: ClaimsService, address: str, relation: str) -> AsyncIterator[tuple[str, list[str]]]:
    """Each page of a list and the claims on it, as its links lead from one to the next."""
    while address:
        text = (await portal.riverside.get(address)).text
        yield address, _CLAIM.findall(text)
        address = html.unescape("".join(re.findall(f'<a href="([^"]+)" rel="{relation}">', text)))


@pytest.mark.parametrize("sort", [sign + name for name in ORDERS for sign in ("", "-")])
async def test_pages_forth_and_back_show_every_claim_once_and_in_order(portal: ClaimsService, sort: str) -> None:
    await portal.accepted_file(107)
    async with portal.work.database.work(portal.work) as work:
        await work.execute(sa.text(_ALIKE))

    forth = [page async for page in pages(portal, f"/claims?sort={sort}", "next")]
    back = [shown async for _, shown in pages(portal, forth[-1][0], "prev")]

    expected = [str(row.claim_id) for row in await portal.rows(_SORTED[sort.removeprefix("-")])]
    if sort.startswith("-"):
        expected.reverse()
    assert [len(shown) for _, shown in forth] == [50, 50, 7]
    assert [claim for _, shown in forth for claim in shown] == expected
    assert back == [shown for _, shown in reversed(forth)]


async def test_a_place_in_a_list_stays_where_it_is_while_claims_come(portal: ClaimsService) -> None:
    await portal.accepted_file(60)
    pages_before = [page async for page in pages(portal, "/claims", "next")]
    portal.clock.advance(timedelta(minutes=1))
    await portal.riverside.send(claims_of(3, control_number=2), key="key-000002")
    await portal.process()

    second, shown = pages_before[1]
    assert _CLAIM.findall((await portal.riverside.get(second)).text) == shown


async def test_a_place_is_still_there_when_its_claim_no_longer_matches(portal: ClaimsService) -> None:
    await portal.accepted_file(60)
    first, second = [page async for page in pages(portal, "/claims?state=accepted", "next")]
    async with portal.work.database.work(portal.work) as work:
        await work.execute(sa.text("UPDATE claim SET state = 'paid' WHERE claim_id = :id"), {"id": first[1][-1]})

    assert _CLAIM.findall((await portal.riverside.get(second[0])).text) == second[1]


@pytest.mark.parametrize(
    "place", ["after=7d0b2f6e-5f0f-4d1a-9a55-0d6f3f9b7c11", "after=2", "before=x", "after=1&before=2"]
)
async def test_a_place_that_is_none_is_refused(portal: ClaimsService, place: str) -> None:
    await portal.accepted_file(1)

    answer = await portal.riverside.get(f"/claims?{place}")

    assert answer.status_code == 400
    assert "Open it again from its first page." in answer.text or "not both" in answer.text


async def test_the_claim_of_another_clinic_is_no_place(portal: ClaimsService) -> None:
    await portal.accepted_file(1)
    [claim] = await portal.rows("SELECT claim_id FROM claim")

    assert (await portal.riverside.get(f"/api/claims?after={claim.claim_id}")).json()["claims"] == []
    assert (await portal.lakeside.get(f"/api/claims?after={claim.claim_id}")).status_code == 400


async def test_a_long_list_is_counted_no_further_than_a_thousand(portal: ClaimsService) -> None:
    await with_claims(portal, MAX_COUNTED + 1)
    more = (await portal.riverside.get("/api/claims")).json()["total"]
    async with portal.work.database.work(portal.work) as work:
        await work.execute(sa.text("DELETE FROM claim WHERE ordinal = 2"))

    assert more is None
    assert (await portal.riverside.get("/api/claims")).json()["total"] == MAX_COUNTED


async def test_the_file_has_every_row_of_the_list_however_many(portal: ClaimsService) -> None:
    count = 50_001
    await with_claims(portal, count)

    answer = await portal.riverside.get("/claims/list.csv?sort=received")

    [_, *rows] = csv.reader(io.StringIO(answer.text))
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(2, count + 1)]
