import html
import re

import pytest

from libs.common.security.permissions import CLAIM_STATUS
from tests.support.claims import ClaimsService, without


async def claim_ids(portal: ClaimsService) -> list[str]:
    rows = await portal.rows("SELECT claim_id FROM claim ORDER BY ordinal")
    return [str(row.claim_id) for row in rows]


def following(page: str, relation: str) -> str:
    """Where a page's link leads."""
    [address] = re.findall(f'<a href="([^"]+)" rel="{relation}">', page)
    return html.unescape(str(address))


async def test_the_list_shows_claims_and_counts_them(portal: ClaimsService) -> None:
    await portal.accepted_file(60, faulty=2)
    first = (await portal.riverside.get("/claims")).text
    assert "60 claims" in first
    second = (await portal.riverside.get(following(first, "next"))).text
    assert second.count('<th scope="row"') == 10
    refused = (await portal.riverside.get("/claims?state=not-accepted")).text
    assert "2 claims" in refused
    none = (await portal.riverside.get("/claims?received_to=11/22/2026")).text
    assert "No claims match." in none


async def test_a_day_that_is_none_is_told_at_its_field(portal: ClaimsService) -> None:
    page = (await portal.riverside.get("/claims?received_from=yesterday")).text
    assert "Enter the date as MM/DD/YYYY" in page


async def test_a_claim_opens_by_its_icn_and_by_the_providers_own_number(portal: ClaimsService) -> None:
    await portal.accepted_file(3)
    [row, *_] = await portal.rows("SELECT * FROM claim ORDER BY ordinal")
    for number in (row.internal_control_number, row.patient_control_number):
        answer = await portal.riverside.post("/claims/search", number=f" \u200e{number}\u202c ")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/claims/{row.claim_id}")
        assert number not in answer.headers["location"]


async def test_an_unknown_number_says_what_to_try(portal: ClaimsService) -> None:
    answer = await portal.riverside.post("/claims/search", number="2226327999999")
    assert "No claim has this number" in answer.text
    empty = await portal.riverside.post("/claims/search", number=" ")
    assert empty.status_code == 422


async def test_a_claim_hides_the_medicare_number_until_it_is_asked_for(portal: ClaimsService) -> None:
    await portal.accepted_file(1)
    [claim] = await claim_ids(portal)
    mbi = (await portal.riverside.get(f"/api/claims/{claim}")).json()["patient"]["mbi"]
    written = f"{mbi[:4]}-{mbi[4:7]}-{mbi[7:]}"
    page = (await portal.riverside.get(f"/claims/{claim}")).text
    assert written not in page
    assert mbi not in page
    assert mbi[-4:] in page
    shown = await portal.riverside.post(f"/claims/{claim}/reveal")
    assert written in shown.text
    audited = await portal.rows("SELECT action FROM audit WHERE object_kind = 'claim' ORDER BY at, action")
    assert sorted(row.action for row in audited) == ["read", "read", "reveal-mbi"]


async def test_a_claim_that_was_not_accepted_says_what_to_correct_and_offers_no_appeal(portal: ClaimsService) -> None:
    await portal.accepted_file(3, faulty=1)
    [row] = await portal.rows("SELECT claim_id FROM claim WHERE state = 'not-accepted'")
    page = (await portal.riverside.get(f"/claims/{row.claim_id}")).text
    assert "Not accepted: this is not a denial and has no appeal rights." in page
    assert "What to correct" in page
    assert "redetermination" not in page
    assert "Total charge" in page
    assert not [fact for fact in ("Payment date", "Payment expected", "Check or EFT number") if fact in page]
    [choice] = (await portal.riverside.get(f"/api/claims/{row.claim_id}")).json()["choices"]
    assert choice == "correct-and-resubmit"


async def test_another_clinic_finds_nothing(portal: ClaimsService) -> None:
    submission = await portal.accepted_file(2)
    [claim, _] = await claim_ids(portal)
    for path in (
        f"/claims/{claim}",
        f"/api/claims/{claim}",
        f"/claims/submissions/{submission}",
        f"/claims/submissions/{submission}/receipt",
        f"/claims/submissions/{submission}/999",
        f"/claims/live/submissions/{submission}",
        f"/api/claims/submissions/{submission}",
        f"/api/claims/submissions/{submission}/acknowledgments/277CA",
    ):
        assert (await portal.riverside.get(path)).status_code == 200, path
        assert (await portal.lakeside.get(path)).status_code == 404, path
    assert (await portal.lakeside.post(f"/claims/{claim}/reveal")).status_code == 404
    assert "No claim was sent for this NPI and PTAN yet." in (await portal.lakeside.get("/claims")).text
    assert (await portal.lakeside.get("/api/claims")).json()["total"] == 0


async def test_without_the_permission_a_claim_stays_closed(portal: ClaimsService) -> None:
    await portal.accepted_file(1)
    [claim] = await claim_ids(portal)
    [submission] = [row.submission_id for row in await portal.rows("SELECT submission_id FROM submission")]
    assert f"/claims/{claim}" in (await portal.riverside.get(f"/claims/submissions/{submission}")).text
    await without(portal, portal.riverside, CLAIM_STATUS)
    assert (await portal.riverside.get(f"/claims/{claim}")).status_code == 403
    page = (await portal.riverside.get(f"/claims/submissions/{submission}")).text
    assert f"/claims/{claim}" not in page
    assert 'href="/claims"' not in page.split("<main", 1)[1]


@pytest.mark.parametrize("address", ["/claims/not-an-id", "/claims/7d0b2f6e-5f0f-4d1a-9a55-0d6f3f9b7c11"])
async def test_an_unknown_address_is_not_found(portal: ClaimsService, address: str) -> None:
    assert (await portal.riverside.get(address)).status_code == 404


async def test_the_rows_of_the_list_come_as_a_file(portal: ClaimsService) -> None:
    await portal.accepted_file(3, faulty=1)
    answer = await portal.riverside.get("/claims/list.csv?state=accepted")
    lines = answer.text.splitlines()
    assert len(lines) == 3
    assert re.search(r'^"\d{13}","PCN\d+","Accepted, waiting', lines[1])
    assert "$" in lines[1]
