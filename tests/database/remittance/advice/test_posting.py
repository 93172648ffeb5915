"""How remittances are posted: each once and in order, whoever dies or comes at the same moment."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from libs.common.crashpoints import set_crash_hook
from libs.common.ids import derived_id
from libs.common.messaging.subscriptions import Due
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.x12.remittance.objects import ClaimGroup, RemittedClaim
from services.remittance.advice import repository
from services.remittance.advice.handlers import POST, keep_claims, post_remittances
from services.remittance.quarantine.handlers import release
from simulators.shared_system.adjudication import adjudicate
from simulators.shared_system.payments import remitted
from tests.support.applications import BILLER
from tests.support.claims import received
from tests.support.platform import CloneSettings
from tests.support.remittance import (
    NPI,
    OTHER_CLINIC,
    SEED,
    RemittanceService,
    changed_decision,
    claim_id_of,
    decided_claims,
    handed_over,
    remittance_file,
    remittance_service,
    status_changed,
)
from tools.walk.place import until

CLAIMS = decided_claims(130)
READ_BESIDE = len(CLAIMS)
"""So many claims are read in a process of their own; a few are read at once."""
STATES = "SELECT internal_control_number, sequence, status FROM remitted_claim ORDER BY 1, 2"


@pytest.fixture
async def portal(databases: Callable[..., Awaitable[CloneSettings]]) -> AsyncIterator[RemittanceService]:
    async with remittance_service(await databases("remittance")) as running:
        yield running


def paid_claim() -> RemittedClaim:
    """A claim of which a decision and its reversal differ."""
    told = (remitted(each, adjudicate(each, SEED), ClaimGroup()) for each in CLAIMS)
    return next(each for each in told if each.paid_cents)


def due_now(portal: RemittanceService) -> Due:
    return Due(POST, NPI, portal.app.clock.now(), {}, 0)


async def posted_in_full(portal: RemittanceService, claims: int, advices: int = 1) -> None:
    """Whether each of `advices` with `claims` claims together is there, told once, and nothing waits any more."""
    assert len(await portal.rows("SELECT 1 FROM remittance")) == advices
    assert len(await portal.rows("SELECT 1 FROM remitted_claim")) == claims
    assert len(await portal.rows("SELECT 1 FROM audit WHERE action = 'post'")) == advices
    assert len(await portal.published("remittance.remittance-posted.v1")) == advices
    told = await portal.published("remittance.claim-remitted.v1")
    assert len({(each.event.claim_id, each.event.sequence) for each in told}) == len(told) == claims
    assert await portal.rows("SELECT 1 FROM waiting_advice") == []


@pytest.mark.parametrize("claims", [5, READ_BESIDE])
@pytest.mark.parametrize(
    "point",
    ["job.claimed", "remittance.document-stored", "remittance.before-posted-commit", "remittance.after-posted-commit"],
)
async def test_a_crash_anywhere_loses_and_doubles_nothing(portal: RemittanceService, point: str, claims: int) -> None:
    some = CLAIMS[:claims]
    await portal.know(some)
    await portal.hand_over(portal.advice(remittance_file(some), claims=claims))
    passes = 0

    def crash(name: str) -> None:
        nonlocal passes
        if name == point:
            passes += 1
            if passes == 1:
                raise ConnectionResetError("crash")

    set_crash_hook(crash)
    try:
        for _ in range(3):
            with suppress(ConnectionResetError):
                await portal.work_off()
            # As long as it takes until another worker may have the job of a dead one, or it is tried again.
            portal.app.clock.advance(timedelta(seconds=15))
    finally:
        set_crash_hook(None)
    assert passes >= 1
    await posted_in_full(portal, claims)
    [row] = await portal.rows("SELECT document FROM remittance")
    pieces = [piece async for piece in portal.app.work.documents.read(row.document)]
    assert b"".join(pieces) == remittance_file(some)


async def test_nothing_of_a_remittance_is_read_or_stored_when_it_is_taken(portal: RemittanceService) -> None:
    advice = portal.advice(remittance_file(CLAIMS), claims=len(CLAIMS))
    await portal.hand_over(advice, advice)
    documents = portal.app.work.settings.state_directory / "documents"
    assert [each for each in (documents / "remittance").rglob("*") if each.is_file()] == []
    [row] = await portal.rows("SELECT lane, refused FROM waiting_advice")
    assert tuple(row) == (NPI, "")
    assert await portal.rows("SELECT 1 FROM remittance UNION ALL SELECT 1 FROM remitted_claim") == []


async def test_several_workers_at_once_post_in_the_order_in_which_remittances_came(portal: RemittanceService) -> None:
    claim = paid_claim()
    [known] = [each for each in CLAIMS if each.internal_control_number == claim.payer_claim_control_number]
    await portal.know([known])
    files = changed_decision(claim)
    await portal.hand_over(*(portal.advice(each, claims=1, advice_id=n) for n, each in enumerate(files, start=1)))
    await asyncio.gather(*(post_remittances(portal.app.work, due_now(portal)) for _ in range(3)))
    number = claim.payer_claim_control_number
    assert [tuple(row) for row in await portal.rows(STATES)] == [(number, 1, "1"), (number, 2, "22"), (number, 3, "1")]
    await posted_in_full(portal, claims=3, advices=3)


async def test_none_is_taken_before_one_that_came_earlier(portal: RemittanceService) -> None:
    """A worker that stood still for longer than its lease may hold one that is not the next any more, or not yet."""
    files = changed_decision(paid_claim())
    await portal.hand_over(*(portal.advice(each, claims=1, advice_id=n) for n, each in enumerate(files, start=1)))
    async with portal.app.work.database.work(portal.app.work) as work:
        first = await repository.head(work, NPI)
        assert first is not None
        second = replace(first, remittance_id=derived_id("remittance", UUID(int=2)))
        assert not await repository.take_head(work, second)
        assert await repository.take_head(work, first)
        assert not await repository.take_head(work, first)
        assert await repository.take_head(work, second)


async def test_payees_whose_remittances_name_one_claim_get_it_in_sequence(portal: RemittanceService) -> None:
    claim = paid_claim()
    [content, *_] = changed_decision(claim)
    [elsewhere, *_] = changed_decision(claim, npi=OTHER_CLINIC.npi)
    other = handed_over(portal.app.work, elsewhere, claims=1, advice_id=2, lane=OTHER_CLINIC.npi)
    await portal.hand_over(portal.advice(content, claims=1), other)
    for _ in range(2):
        await portal.work_off()
        portal.app.clock.advance(timedelta(seconds=15))
    assert [row.sequence for row in await portal.rows(STATES)] == [1, 2]
    with pytest.raises(sa.exc.IntegrityError, match="remitted_claim_sequence"):
        await portal.rows("UPDATE remitted_claim SET sequence = 1 RETURNING 1")


# ---- a claim and its remittance at one moment ------------------------------------------------------------------------


async def waits_for_lock(portal: RemittanceService, table: str) -> None:
    """Return when a transaction waits for this table."""

    async def look() -> bool:
        query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = CAST(:table AS regclass)"
        async with portal.app.work.database.read_once() as connection:
            return bool((await connection.execute(sa.text(query), {"table": table})).scalar_one())

    await until(look, within=30, waiting_for=f"a transaction that waits for {table}", pause=0.01)


@asynccontextmanager
async def in_transaction(portal: RemittanceService) -> AsyncIterator[UnitOfWork]:
    async with portal.app.work.database.work(portal.app.work) as work:
        yield work
        await work.flush()


async def matched_once(portal: RemittanceService) -> None:
    [row] = await portal.rows("SELECT claim_id FROM remitted_claim")
    assert row.claim_id == claim_id_of(CLAIMS[0])
    [told] = await portal.published("remittance.claim-remitted.v1")
    assert (told.event.claim_id, told.event.sequence) == (claim_id_of(CLAIMS[0]), 1)
    assert [line.number for line in told.event.lines] != []
    assert None not in {line.number for line in told.event.lines}


async def test_a_claim_that_is_about_to_be_known_is_seen_by_its_remittance(portal: RemittanceService) -> None:
    await portal.hand_over(portal.advice(remittance_file(CLAIMS[:1]), claims=1))
    async with in_transaction(portal) as work:
        await keep_claims(work, [received(portal.app.work, status_changed(portal.app.work, CLAIMS[0]))])
        posting = asyncio.create_task(post_remittances(portal.app.work, due_now(portal)))
        await waits_for_lock(portal, "known_claim")
    await posting
    await matched_once(portal)


async def test_a_claim_that_comes_while_its_remittance_is_stored_finds_it(portal: RemittanceService) -> None:
    await portal.hand_over(portal.advice(remittance_file(CLAIMS[:1]), claims=1))
    async with in_transaction(portal) as held:
        # The posting has looked for the claim by now, and stands still before it has stored anything.
        await held.execute(sa.text("LOCK TABLE remitted_line IN SHARE MODE"))
        posting = asyncio.create_task(post_remittances(portal.app.work, due_now(portal)))
        await waits_for_lock(portal, "remitted_line")
        known = asyncio.create_task(portal.know(CLAIMS[:1]))
        await waits_for_lock(portal, "known_claim")
    await asyncio.gather(posting, known)
    await matched_once(portal)


async def test_a_claim_of_another_that_comes_while_a_remittance_is_released_takes_it_away(
    portal: RemittanceService,
) -> None:
    await portal.know(CLAIMS[:1])
    content = remittance_file(CLAIMS[:2], tax_id="001000077")
    await portal.post(portal.advice(content, claims=2))
    await portal.app.admit(replace(BILLER, tax_id="001000077", version=2))
    [row] = await portal.rows("SELECT remittance_id FROM remittance WHERE enrollment_id IS NULL")
    async with in_transaction(portal) as work:
        await release(work, row.remittance_id, reason="corrected in PECOS")
        known = asyncio.create_task(portal.know(CLAIMS[1:2], OTHER_CLINIC))
        await waits_for_lock(portal, "known_claim")
    await known
    [row] = await portal.rows("SELECT enrollment_id, quarantine FROM remittance")
    assert tuple(row) == (None, "claims-known-later")
