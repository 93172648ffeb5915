"""What can be done about a claim: page, fragment and API say the same."""

from datetime import timedelta

import pytest

from libs.common.contracts.remittance import Adjustment
from tests.support.appeals import Appeals, control_number, denied, paid
from tests.support.applications import BILLER, OTHER_BILLER, REVIEWER, Someone


async def test_each_line_says_what_was_decided_and_what_can_be_done_by_when(portal: Appeals) -> None:
    claim = await portal.claim(denied(1), paid(2))
    page = (await portal.get(f"/appeals/claims/{claim}/rights")).text
    assert "Not medically necessary by Medicare" in page
    assert "We must receive your appeal by 03/24/2027: 120 days and 5 mailing days after the notice." in page
    assert "It was paid as the rules say; there is nothing to appeal." in page
    assert "Ask for a redetermination" in page
    told = (await portal.get(f"/api/appeals/claims/{claim}/rights")).json()["lines"]
    assert [(each["line"], each["can"], each["until"]) for each in told] == [
        (1, "appeal", "2027-03-24"),
        (2, "paid", None),
    ]


async def test_another_page_gets_the_middle_alone(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    part = await portal.get(f"/appeals/claims/{claim}/rights", **{"hx-request": "true"})
    assert part.text.lstrip().startswith("<section")
    assert "<html" not in part.text
    assert "03/24/2027" in part.text


async def test_what_could_not_be_processed_is_corrected_and_sent_again(portal: Appeals) -> None:
    reason = Adjustment(group="CO", reason="16", amount_cents=12_500)
    claim = await portal.claim(denied(1, reason), decided=False, remarks=("MA130",))
    page = (await portal.get(f"/appeals/claims/{claim}/rights")).text
    assert "Correct it and send it as a new claim" in page
    assert "Ask for a redetermination" not in page
    form = await portal.get(f"/appeals/claims/{claim}/redetermination")
    assert (form.status_code, form.headers["location"]) == (303, f"/appeals/claims/{claim}/rights")


async def test_the_way_to_another_function_is_shown_to_whom_it_is_open(portal: Appeals) -> None:
    reason = Adjustment(group="CO", reason="16", amount_cents=12_500)
    claim = await portal.claim(denied(1, reason), decided=False, remarks=("MA130",))
    of_reader = Someone("reader", office="biller", permissions=frozenset({"appeals.redetermination-status"}))
    await portal.app.admit(of_reader)
    rights = f"/appeals/claims/{claim}/rights"
    for path in ("/claims/submissions", f'"/claims/{claim}"'):
        assert path in (await portal.get(rights)).text
        assert path not in (await portal.app.call("GET", rights, of_reader)).text.split("<main", 1)[1]


async def test_without_a_remittance_no_clock_runs(portal: Appeals) -> None:
    claim = await portal.claim()
    page = (await portal.get(f"/appeals/claims/{claim}/rights")).text
    assert "This claim is on no remittance yet" in page
    answer = await portal.ask(claim, 1)
    assert answer.status_code == 422
    assert "This claim is on no remittance yet" in answer.text


async def test_after_the_last_day_good_cause_is_asked_for(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    portal.app.clock.advance(timedelta(days=126))
    page = (await portal.get(f"/appeals/claims/{claim}/rights")).text
    assert "The last day was 03/24/2027" in page
    form = (await portal.get(f"/appeals/claims/{claim}/redetermination")).text
    assert "What kept you from asking in time?" in form


async def test_a_claim_is_found_by_its_icn_from_the_first_page(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    typed = {"csrf": BILLER.csrf, "enrollment": str(BILLER.enrollment_id), "number": f" {control_number(claim)} "}
    answer = await portal.app.call("POST", "/appeals/search", BILLER, data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/appeals/claims/{claim}/rights")
    unknown = await portal.app.call("POST", "/appeals/search", BILLER, data={**typed, "number": "2226323999999"})
    assert unknown.status_code == 404
    assert "No decided claim has this ICN" in unknown.text
    empty = await portal.app.call("POST", "/appeals/search", BILLER, data={**typed, "number": " "})
    assert empty.status_code == 422


@pytest.mark.parametrize("path", ["/appeals/claims/{}/rights", "/appeals/claims/{}/redetermination"])
async def test_a_foreign_claim_is_as_unknown_as_none(portal: Appeals, path: str) -> None:
    claim = await portal.claim(denied(1), who=OTHER_BILLER)
    for prefix in ("", "/api") if "rights" in path else ("",):
        answer = await portal.get(prefix + path.format(claim))
        assert answer.status_code == 404
        assert "returned to you or not accepted has no appeal rights" in answer.text
    assert (await portal.get(path.format(claim), REVIEWER)).status_code == 403
