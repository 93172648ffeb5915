import logging
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.clock import SetClock
from libs.common.contracts.envelope import Message, Origin, open_envelope, seal_envelope
from libs.common.contracts.partner import CLAIMS_OUTBOUND, CLAIMS_STATUS, REMITTANCE_ADVICE, ClaimAdjustment
from libs.common.deployment import load_deployment
from libs.common.document_store import PARTNER_REMITTANCE
from libs.common.messaging.memory import MemoryBus, MemoryConsumer
from libs.common.security.keys import KeyRing
from libs.common.settings import Settings
from libs.partners.handover import PartnerExchange
from libs.x12.claim.objects import InstitutionalClaim
from libs.x12.reader import Batch, FileVerdict, read_file
from libs.x12.remittance.objects import Procedure, RemittanceAdvice, RemittedClaim
from simulators.shared_system.adjudication import DENIED, Transfer, adjudicate, decided
from simulators.shared_system.progress import Counts, Progress
from simulators.shared_system.system import SharedSystem
from simulators.shared_system.window import window
from tests.contract.x12.outside_judges.test_pyx12 import pyx12_accepts
from tests.support.keys import settings_with_keys
from tests.support.partner_claims import (
    TRACEPARENT,
    accepted_claims,
    accepted_institutional_claims,
    opened_answer,
    outbound_part,
)
from tests.support.portico import MORNING, ROOT

SUBMISSION = UUID(int=77)
SEED = 5
DELAY = 2.0


class Losing(MemoryBus):
    """A broker whose acknowledgment gets lost now and then: the message is there, the sender knows nothing of it."""

    def __init__(self) -> None:
        super().__init__()
        self.losses = 0

    async def publish(self, messages: Sequence[Message]) -> None:
        await super().publish(messages)
        if self.losses:
            self.losses -= 1
            raise ConnectionResetError


class World:
    """A shared system that can be killed and started again on what it left behind."""

    def __init__(self, directory: Path) -> None:
        self.settings: Settings = settings_with_keys(directory)
        self.clock = SetClock(MORNING)
        self.bus = Losing()
        self.deployment = load_deployment(ROOT / "contract.toml")
        self.system = self.start()

    def start(self) -> SharedSystem:
        """From an empty position: the broker hands out everything again."""
        self.consumer = MemoryConsumer(self.bus, [CLAIMS_OUTBOUND], Random(3))
        keys = KeyRing.load(self.settings, "shared_system")
        self.system = SharedSystem(
            Progress(self.settings.state_directory / "shared_system", delay_seconds=DELAY),
            self.consumer,
            self.bus,
            PartnerExchange(self.settings, keys),
            PartnerExchange(self.settings, keys, PARTNER_REMITTANCE),
            clock=self.clock,
            deployment=self.deployment,
            seed=SEED,
        )
        return self.system

    async def send(self, part: int = 1, *, claims: int = 5, institutional: bool = False) -> None:
        sent = outbound_part(self.settings, SUBMISSION, part, claims=claims, institutional=institutional)
        await self.bus.publish([sent])

    async def work(self) -> None:
        """Take all that is there and answer all that is due."""
        while not self.consumer.caught_up:
            await self.system.take_once()
        while await self.system.answer_once():
            pass

    async def finish(self) -> None:
        await self.work()
        self.clock.advance(timedelta(seconds=DELAY))
        await self.work()

    def answers(self) -> list[Message]:
        return self.bus.logs.get(CLAIMS_STATUS, [])

    def told(self) -> list[tuple[int, int, int]]:
        """Part, sequence and claims of every answer."""
        events = [open_envelope(message).event for message in self.answers()]
        return [(event.part, event.sequence, event.claims) for event in events]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path)
    yield world
    world.system.progress.close()


async def test_each_part_is_answered_twice_first_in_process_then_decided(world: World) -> None:
    await world.send(claims=40)
    await world.work()
    assert world.told() == [(1, 1, 40)]
    await world.finish()
    assert world.told() == [(1, 1, 40), (1, 2, 40)]
    (_, first), (event, second) = [opened_answer(world.settings, message) for message in world.answers()]
    assert {each.latest.status.category for each in first} == {"P1"}
    today = MORNING.astimezone(world.deployment.zone).date()
    transfers = {each.latest.check_number for each in second} - {""}
    transfer = Transfer(*transfers, paid_on=today + PAY_DAY)
    assert [each.latest for each in second] == [decided(claim, SEED, today, transfer) for claim in accepted_claims(40)]
    assert [each.internal_control_number for each in first] == [each.internal_control_number for each in second]
    assert event.sealed_body is not None
    assert world.system.progress.counts() == Counts(
        taken=1, in_process=0, finished=1, unreadable=0, claims=40, remitted=0
    )


async def test_decisions_wait_for_their_delay(world: World) -> None:
    await world.send()
    await world.work()
    world.clock.advance(timedelta(seconds=DELAY) - timedelta(milliseconds=1))
    await world.work()
    assert world.told() == [(1, 1, 5)]
    assert world.system.progress.seconds_to_next(world.clock.now(), 30) == pytest.approx(0.001, abs=1e-4)
    world.clock.advance(timedelta(milliseconds=1))
    await world.work()
    assert world.told() == [(1, 1, 5), (1, 2, 5)]


async def test_an_answer_sent_again_has_the_same_id_and_content(world: World) -> None:
    await world.send(claims=3)
    await world.work()
    world.clock.advance(timedelta(days=1))
    world.bus.losses = 1
    with pytest.raises(ConnectionResetError):
        await world.system.answer_once()
    world.system.progress.close()
    world.clock.advance(timedelta(days=1))
    world.start()
    await world.work()
    _, sent, again = world.answers()
    assert sent.headers["ce_id"] == again.headers["ce_id"]
    assert open_envelope(sent).event.digest == open_envelope(again).event.digest
    assert opened_answer(world.settings, sent)[1] == opened_answer(world.settings, again)[1]


async def test_a_long_answer_sent_again_leaves_the_first_readable(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.partners.handover.BODY_BYTES", 5000)
    await world.send(claims=60)
    world.bus.losses = 1
    while not world.consumer.caught_up:
        await world.system.take_once()
    with pytest.raises(ConnectionResetError):
        await world.system.answer_once()
    world.system.progress.close()
    world.clock.advance(timedelta(hours=5))
    world.start()
    await world.work()
    assert world.told()[:2] == [(1, 1, 60), (1, 1, 60)]
    for message in world.answers()[:2]:
        event, statuses = opened_answer(world.settings, message)
        assert (event.document is None, len(statuses)) == (False, 60)


async def test_a_restart_loses_and_doubles_nothing(world: World) -> None:
    for part in range(1, 6):
        await world.send(part)
    for _ in range(4):
        await world.system.take_once()
        await world.system.answer_once()
        world.system.progress.close()
        world.start()
    await world.finish()
    assert sorted(world.told()) == [(part, sequence, 5) for part in range(1, 6) for sequence in (1, 2)]
    world.start()
    await world.finish()
    assert len(world.told()) == 10


async def test_a_part_that_comes_twice_is_answered_once(world: World) -> None:
    await world.send()
    await world.send()
    await world.finish()
    await world.send()
    await world.finish()
    assert world.told() == [(1, 1, 5), (1, 2, 5)]


async def test_parts_are_answered_in_the_order_they_came(world: World) -> None:
    for part in (1, 2, 3):
        await world.send(part)
    await world.finish()
    assert world.told() == [(part, sequence, 5) for sequence in (1, 2) for part in (1, 2, 3)]


async def test_a_part_that_cannot_be_read_is_set_aside_and_the_next_goes_on(world: World) -> None:
    await world.send(1)
    broken = world.bus.logs[CLAIMS_OUTBOUND].pop()
    payload = broken.payload.replace(b'"part":1', b'"part":9')
    await world.bus.publish([Message(broken.topic, broken.key, broken.headers, payload)])
    await world.send(2)
    await world.finish()
    assert world.told() == [(2, 1, 5), (2, 2, 5)]
    assert world.system.progress.counts() == Counts(
        taken=2, in_process=0, finished=1, unreadable=1, claims=5, remitted=0
    )


async def test_answers_continue_the_trace_and_the_conversation(world: World) -> None:
    await world.send()
    await world.finish()
    cause = open_envelope(world.bus.logs[CLAIMS_OUTBOUND][0])
    for message in world.answers():
        received = open_envelope(message)
        assert received.origin.traceparent.split("-")[1] == TRACEPARENT.split("-")[1]
        assert received.origin.correlation_id == "conversation"
        assert received.origin.causation_id == str(cause.event_id)
        assert received.key == str(SUBMISSION)


async def test_nothing_readable_of_a_patient_travels(world: World) -> None:
    await world.send(claims=3)
    await world.finish()
    person = next(accepted_claims(1)).subscriber
    for message in (*world.bus.logs[CLAIMS_OUTBOUND], *world.answers()):
        text = message.payload.decode() + str(message.headers)
        assert person.mbi not in text
        assert person.last_name.upper() not in text.upper()


async def test_the_window_holds_delays_and_tells(world: World) -> None:
    ready: list[bool] = []
    transport = httpx.ASGITransport(window(world.system, lambda: bool(ready)))
    async with httpx.AsyncClient(transport=transport, base_url="http://shared-system") as client:

        async def behave(**behavior: Any) -> int:
            return (await client.post("/behavior", json=behavior)).status_code

        assert (await client.get("/readyz")).status_code == 503
        ready.append(True)
        assert (await client.get("/readyz")).status_code == 200
        assert await behave(hold=True) == 200
        await world.send()
        await world.finish()
        assert world.told() == []
        world.system.progress.close()
        assert world.start().progress.behavior() == (2.0, True)
        await world.work()
        assert world.told() == []
    transport = httpx.ASGITransport(window(world.system, lambda: True))
    async with httpx.AsyncClient(transport=transport, base_url="http://shared-system") as client:
        assert await behave(hold=False, delay_seconds=-1) == 422
        assert await behave(hold=False, delay_seconds=0) == 200
        await world.work()
        assert world.told() == [(1, 1, 5), (1, 2, 5)]
        told = (await client.get("/progress")).json()
        assert told == {"taken": 1, "in_process": 0, "finished": 1, "unreadable": 0, "claims": 5, "remitted": 0}


PAY_DAY = timedelta(days=14)


def advices(world: World) -> list[tuple[RemittanceAdvice, list[RemittedClaim]]]:
    """Every remittance that was sent, as its reader reads it."""
    counter = PartnerExchange(world.settings, KeyRing.load(world.settings, "remittance"), PARTNER_REMITTANCE)
    found = []
    for message in world.bus.logs.get(REMITTANCE_ADVICE, []):
        event = open_envelope(message).event
        *batches, verdict = read_file(counter.take(event), received=world.clock.now().date())
        assert isinstance(verdict, FileVerdict)
        assert verdict.verdict == "accepted"
        items = [item for batch in batches if isinstance(batch, Batch) for item in batch.items]
        [advice] = [item for item in items if isinstance(item, RemittanceAdvice)]
        found.append((advice, [item for item in items if isinstance(item, RemittedClaim)]))
    return found


async def test_what_was_decided_is_paid_on_the_payment_floor_and_not_before(world: World) -> None:
    await world.send(claims=40)
    await world.finish()
    world.clock.advance(PAY_DAY - timedelta(days=1))
    await world.work()
    assert advices(world) == []
    world.clock.advance(timedelta(days=1))
    await world.work()
    [(advice, claims)] = advices(world)
    decisions = {each.internal_control_number: adjudicate(each, SEED) for each in accepted_claims(40)}
    remitted = {number: decision for number, decision in decisions.items() if decision.lines}
    assert {each.payer_claim_control_number: each.paid_cents for each in claims} == {
        number: decision.paid_cents for number, decision in remitted.items()
    }
    assert advice.payment.amount_cents == sum(decision.paid_cents for decision in remitted.values())
    assert world.system.progress.counts().remitted == 1


async def test_a_claim_status_names_the_transfer_that_its_remittance_is_known_by(world: World) -> None:
    for part in (1, 2):
        await world.send(part, claims=40)
    await world.finish()
    denied = next(each for each in accepted_claims(40) if adjudicate(each, SEED).status == DENIED)
    order = ClaimAdjustment(appeal_id=UUID(int=99), internal_control_number=denied.internal_control_number, lines=(1,))
    await world.bus.publish([sealed_order(order)])
    # It pays when it is up again, some days late: the number is the one it gave before.
    world.clock.advance(PAY_DAY + timedelta(days=3))
    await world.work()
    told = {
        (answer.internal_control_number, answer.latest.check_number)
        for message in world.answers()
        for answer in opened_answer(world.settings, message)[1]
        if answer.latest.check_number
    }
    remitted = {
        (claim.payer_claim_control_number, advice.trace_number) for advice, claims in advices(world) for claim in claims
    }
    assert told < remitted
    assert len({number for _, number in remitted}) == 3
    assert denied.internal_control_number in {claim for claim, _ in told}


def named(claim: InstitutionalClaim) -> dict[str, tuple[Procedure, str]]:
    """What a remittance calls the lines of a claim, and the revenue codes beside, by the number it knows them by."""
    return {
        str(line.number): (Procedure("HC", line.procedure, line.modifiers), line.revenue_code)
        if line.procedure
        else (Procedure("NU", line.revenue_code), "")
        for line in claim.lines
    }


async def test_institutional_claims_are_decided_and_paid_beside_the_professional_ones(world: World) -> None:
    await world.send(1, claims=3)
    await world.send(2, claims=60, institutional=True)
    await world.finish()
    assert world.told() == [(1, 1, 3), (2, 1, 60), (1, 2, 3), (2, 2, 60)]
    claims = {each.internal_control_number: each for each in accepted_institutional_claims(60)}
    _, statuses = opened_answer(world.settings, world.answers()[-1])
    assert {each.internal_control_number: each.reference("BLT") for each in statuses} == {
        number: claim.type_of_bill for number, claim in claims.items()
    }
    world.clock.advance(PAY_DAY)
    await world.work()
    _, (advice, remitted) = advices(world)
    assert advice.payment.amount_cents == sum(adjudicate(each, SEED).paid_cents for each in claims.values()) > 0
    for each in remitted:
        claim = claims[each.payer_claim_control_number]
        assert each.facility_code + each.frequency_code == claim.type_of_bill
        assert (each.filing_indicator, each.period) == ("MA", (claim.service_from, claim.service_to))
        assert {line.control_number: (line.billed, line.revenue_code) for line in each.lines} == named(claim)
        assert (each.inpatient is not None) == (claim.type_of_bill == "111")
        assert each.remarks == adjudicate(claim, SEED).remarks
    assert {procedure.qualifier for each in claims.values() for procedure, _ in named(each).values()} == {"HC", "NU"}


async def test_pyx12_accepts_the_remittance_of_institutional_claims(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pyx12 logs the values of elements.
    monkeypatch.setattr(logging.getLogger("pyx12"), "disabled", True)
    await world.send(2, claims=60, institutional=True)
    await world.finish()
    world.clock.advance(PAY_DAY)
    await world.work()
    counter = PartnerExchange(world.settings, KeyRing.load(world.settings, "remittance"), PARTNER_REMITTANCE)
    [message] = world.bus.logs[REMITTANCE_ADVICE]
    written = b"".join(counter.take(open_envelope(message).event))
    assert b"~SVC*NU:0" in written
    assert pyx12_accepts(written)


async def test_a_stay_tells_its_covered_days(world: World) -> None:
    await world.send(2, claims=60, institutional=True)
    await world.finish()
    world.clock.advance(PAY_DAY)
    await world.work()
    claims = {each.internal_control_number: each for each in accepted_institutional_claims(60)}
    [(_, remitted)] = advices(world)
    told = {each.payer_claim_control_number: each.inpatient.covered_days for each in remitted if each.inpatient}
    assert told
    assert told == {number: claims[number].values[0].hundredths // 100 for number in told}


async def test_an_order_to_adjust_is_answered_with_a_decision_a_reversal_and_a_payment(world: World) -> None:
    await world.send(claims=40)
    await world.finish()
    denied = next(each for each in accepted_claims(40) if adjudicate(each, SEED).status == DENIED)
    order = ClaimAdjustment(appeal_id=UUID(int=99), internal_control_number=denied.internal_control_number, lines=(1,))
    await world.bus.publish([sealed_order(order)])
    await world.work()
    *_, last = [opened_answer(world.settings, message) for message in world.answers()]
    [status] = last[1]
    [(advice, [taken_back, paid])] = advices(world)
    assert (status.latest.status.category, status.internal_control_number) == ("F3", denied.internal_control_number)
    assert (taken_back.status, taken_back.charge_cents) == ("22", -denied.total_charge_cents)
    assert paid.paid_cents == status.latest.paid_cents == advice.payment.amount_cents > 0


async def test_a_second_order_about_a_claim_takes_back_what_the_first_paid_and_pays_both(world: World) -> None:
    await world.send(claims=40)
    await world.finish()
    denied = next(
        each for each in accepted_claims(40) if adjudicate(each, SEED).status == DENIED and len(each.lines) > 1
    )
    number = denied.internal_control_number
    for level in (1, 2):
        order = ClaimAdjustment(appeal_id=UUID(int=99), internal_control_number=number, lines=(level,))
        await world.bus.publish([sealed_order(order, event_id=UUID(int=level))])
        await world.work()
    [(_, [_, first]), (payment, [taken_back, both])] = advices(world)
    assert taken_back.paid_cents == -first.paid_cents < 0
    assert both.paid_cents > first.paid_cents
    assert payment.payment.amount_cents == both.paid_cents - first.paid_cents
    assert [line.paid_cents > 0 for line in both.lines[:2]] == [True, True]
    versions = [open_envelope(each).event.sequence for each in world.answers()]
    assert versions[-2:] == [3, 4]


async def test_an_order_about_a_claim_that_nobody_knows_is_set_aside(world: World) -> None:
    await world.send(claims=5)
    await world.finish()
    order = ClaimAdjustment(appeal_id=UUID(int=98), internal_control_number="2200000000000", lines=(1,))
    await world.bus.publish([sealed_order(order)])
    await world.work()
    assert advices(world) == []


def sealed_order(order: ClaimAdjustment, *, event_id: UUID | None = None) -> Message:
    return seal_envelope(
        order,
        event_id=event_id or order.appeal_id,
        source_name="/tests",
        at=MORNING,
        origin=Origin(actor="tests", correlation_id="test"),
    )
