"""What an appeal granted is ordered to be paid: once."""

from datetime import date
from uuid import UUID

from libs.common.contracts.appeals import AppealDecided, Outcome
from libs.common.ids import derived_id
from services.claims.shared_system.handlers import appeal_decided
from tests.support.claims import ClaimsService, received

APPEAL = UUID(int=7)


def decided(outcome: Outcome, *lines: int, level: int = 1) -> AppealDecided:
    return AppealDecided(
        appeal_id=APPEAL,
        number="A-2611-000001",
        level=level,
        claim_id=UUID(int=8),
        enrollment_id=UUID(int=9),
        internal_control_number="2226327000001",
        outcome=outcome,
        lines=lines,
        decided_on=date(2026, 11, 23),
    )


async def tell(portal: ClaimsService, *events: AppealDecided) -> None:
    for event in events:
        async with portal.work.database.work(portal.work) as work:
            await appeal_decided(work, [received(portal.work, event)])


async def test_granted_lines_are_ordered_to_be_paid(portal: ClaimsService) -> None:
    await tell(portal, decided("partially-favorable", 1, 3))
    [order] = await portal.published("partner.claim-adjustment.v1")
    assert (order.event.appeal_id, order.event.internal_control_number) == (APPEAL, "2226327000001")
    assert order.event.lines == (1, 3)
    assert order.origin.causation_id
    [row] = await portal.rows("SELECT object_id FROM audit WHERE action = 'order-adjustment'")
    assert row.object_id == str(UUID(int=8))


async def test_where_nothing_was_granted_nothing_is_ordered(portal: ClaimsService) -> None:
    await tell(portal, decided("unfavorable"))
    assert await portal.published("partner.claim-adjustment.v1") == []


async def test_a_decision_that_comes_again_is_the_same_order_to_the_partner(portal: ClaimsService) -> None:
    await tell(portal, decided("favorable", 1), decided("favorable", 1))
    orders = await portal.published("partner.claim-adjustment.v1")
    assert {order.event_id for order in orders} == {derived_id(APPEAL, "adjustment", 1)}


async def test_what_the_next_level_grants_of_the_same_appeal_is_an_order_of_its_own(portal: ClaimsService) -> None:
    await tell(portal, decided("partially-favorable", 1), decided("favorable", 2, level=2))
    first, second = await portal.published("partner.claim-adjustment.v1")
    assert first.event_id != second.event_id
    assert (first.event.lines, second.event.lines) == ((1,), (2,))
