"""The copies of what was decided: the newest word stays, in whatever order it comes."""

from datetime import timedelta

import pytest

from libs.common.contracts.sealed import CLAIM_FACTS
from libs.common.errors import Poison
from services.appeals.redetermination.handlers import claim_finalized, claim_remitted
from tests.support.appeals import MBI, REMITTED, Appeals, denied, finalized, paid, received, remitted
from tests.support.applications import BILLER


async def test_the_highest_sequence_of_a_claim_stays(portal: Appeals) -> None:
    claim = portal.app.work.ids.new()
    mine = BILLER.enrollment_id
    first, second = remitted(claim, mine, denied(1)), remitted(claim, mine, paid(1), sequence=2)
    await portal.tell(second, first)
    [row] = await portal.rows("SELECT sequence, lines FROM remitted_claim")
    assert (row.sequence, row.lines[0]["paid_cents"]) == (2, 1_000)


async def test_of_several_in_one_batch_the_highest_stays(portal: Appeals) -> None:
    runtime, claim = portal.app.work, portal.app.work.ids.new()
    events = [remitted(claim, BILLER.enrollment_id, denied(1), sequence=each) for each in (3, 1, 2)]
    async with runtime.database.work(runtime) as work:
        await claim_remitted(work, [received(runtime, event) for event in events])
    assert [row.sequence for row in await portal.rows("SELECT sequence FROM remitted_claim")] == [3]


async def test_the_newest_word_about_a_finalized_claim_stays(portal: Appeals) -> None:
    runtime, claim = portal.app.work, portal.app.work.ids.new()
    now = runtime.clock.now()
    old = finalized(runtime.keys, claim, BILLER.enrollment_id)
    new = old.model_copy(update={"internal_control_number": "2226324000001"})
    for batch in ([(new, 2), (old, 1)], [(old, 1)]):
        async with runtime.database.work(runtime) as work:
            await claim_finalized(
                work, [received(runtime, event, at=now + timedelta(hours=hours)) for event, hours in batch]
            )
    [row] = await portal.rows("SELECT internal_control_number AS n FROM finalized_claim")
    assert row.n == "2226324000001"


async def test_the_facts_stay_sealed_and_open_at_their_own_place_only(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    [row] = await portal.rows("SELECT t::text AS text, sealed_facts FROM finalized_claim t")
    assert MBI not in row.text
    assert "Mossinghame" not in row.text
    other = await portal.claim(denied(1))
    keys = portal.app.work.keys
    assert CLAIM_FACTS.open(keys, row.sealed_facts, claim).mbi == MBI
    with pytest.raises(Poison):
        CLAIM_FACTS.open(keys, row.sealed_facts, other)


async def test_the_date_of_the_notice_is_the_remittances(portal: Appeals) -> None:
    claim = await portal.claim(denied(1))
    told = (await portal.get(f"/api/appeals/claims/{claim}/rights")).json()
    assert told["remitted_on"] == REMITTED.isoformat()
    assert told["lines"][0]["until"] == "2027-03-24"
