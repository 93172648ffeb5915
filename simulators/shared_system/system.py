"""The work of the shared system: a part is answered that it is in process, how it was decided, and what is paid for it.

An order to adjust a claim after an appeal is answered with the new decision and a remittance at once.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from opentelemetry.trace import SpanKind

from libs.common.clock import Clock
from libs.common.contracts.envelope import Message, Origin, Received, open_envelope, seal_envelope
from libs.common.contracts.partner import ClaimAdjustment, ClaimsOutbound, ClaimsStatus, RemittanceAdvice
from libs.common.deployment import Deployment
from libs.common.errors import Poison
from libs.common.ids import derived_id
from libs.common.messaging.ports import Consumer, Publisher
from libs.common.observability.logs import log
from libs.common.observability.traces import current_traceparent, span
from libs.partners.handover import PartnerExchange, advice_place, status_place
from libs.x12.claim.objects import BillingProvider, InstitutionalClaim, ProfessionalClaim
from libs.x12.claim_status.objects import StatusDetail
from libs.x12.claim_status.writer import write_277
from libs.x12.reader import Batch, read_file
from libs.x12.remittance.objects import ClaimGroup, RemittedClaim
from libs.x12.remittance.writer import write_835
from libs.x12.writing import Envelope
from simulators.shared_system.adjudication import (
    AnyClaim,
    Decision,
    adjudicate,
    adjudicate_again,
    decided,
    payment_day,
    revised,
    taken_in,
    transfer_of,
)
from simulators.shared_system.answers import SENDER, Answers
from simulators.shared_system.payments import remittance, remitted, reversed_claim
from simulators.shared_system.progress import DECIDED, REMITTED, Part, Progress

_ACTOR = "partner:shared-system"
_SOURCE = "/partners/shared-system"
_CONTROL_NUMBERS = 999_999_999
_TAKEN = frozenset({ClaimsOutbound.type, ClaimAdjustment.type})
_Answer = ClaimsStatus | RemittanceAdvice
# What the id of an answer is derived from.
_Name = tuple[str | int | UUID, ...]
# What the shared system does at each answer, for the traces.
_WORK = ("take in", "adjudicate", "pay")
_IDLE_SECONDS = 30.0
_BACK_OFF_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Done:
    """Answers with their ids; when a part was decided, the day it is paid and the claims that were decided."""

    answers: list[tuple[UUID, _Answer]]
    pays_on: date | None = None
    decided: Sequence[str] = ()


class SharedSystem:
    """One shared system. Two loops share its progress: `take` from the broker, `answer` to it.

    Claims and their statuses go over `handover`, remittances over `counter`.
    """

    def __init__(
        self,
        progress: Progress,
        consumer: Consumer,
        publisher: Publisher,
        handover: PartnerExchange,
        counter: PartnerExchange,
        *,
        clock: Clock,
        deployment: Deployment,
        seed: int,
    ) -> None:
        self.progress = progress
        self._consumer = consumer
        self._publisher = publisher
        self._handover = handover
        self._counter = counter
        self._clock = clock
        self._deployment = deployment
        self._seed = seed
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something may be due: look at once."""
        self._woken.set()

    async def take(self, stop: asyncio.Event) -> None:
        """Remember what comes, then tell the broker so, until `stop` is set."""
        while not stop.is_set():
            try:
                await self.take_once()
            except Exception as error:  # noqa: BLE001 - the broker is away: nothing is lost by waiting
                log.warning("taking failed, will retry", error_class=type(error).__name__)
                await self._consumer.rewind()
                await asyncio.sleep(_BACK_OFF_SECONDS)

    async def take_once(self) -> int:
        """Take one batch; the number of messages it had."""
        messages = await self._consumer.fetch()
        wanted = [message for message in messages if message.headers.get("ce_type") in _TAKEN]
        if wanted:
            self.progress.take(wanted, self._clock.now())
            self.wake()
        if messages:
            await self._consumer.commit()
        return len(messages)

    async def answer(self, stop: asyncio.Event) -> None:
        """Send answers as they come due until `stop` is set."""
        while not stop.is_set():
            self._woken.clear()
            try:
                while not stop.is_set() and await self.answer_once():
                    pass
                pause = self.progress.seconds_to_next(self._clock.now(), _IDLE_SECONDS)
            except Exception as error:  # noqa: BLE001 - broker or keys are away: nothing is lost by waiting
                log.warning("answering failed, will retry", error_class=type(error).__name__)
                pause = _BACK_OFF_SECONDS
            await _first_of(self._woken, stop, pause)

    async def answer_once(self) -> bool:
        """Send the next answer that is due. False when there is none."""
        now = self._clock.business()
        part = self.progress.next_due(self._clock.now(), now.astimezone(self._deployment.zone).date())
        if part is None:
            return False
        try:
            received = open_envelope(part.message)
            at = self.progress.begin(part, now)
            # The progress belongs to this thread; what follows from the file is found in another.
            order = received.event if part.is_order else None
            original = self.progress.part_of(order.internal_control_number) if order else None
            earlier = self._earlier(part, order) if order else []
            with span(_WORK[part.answered], traceparent=received.origin.traceparent, kind=SpanKind.CONSUMER):
                done = await asyncio.to_thread(self._work, part, original, earlier, received, at)
                await self._publisher.publish([_message(received, answer, key, at) for key, answer in done.answers])
        except Poison as error:
            log.error("a part cannot be read", error_class=type(error).__name__, submission_id=part.message.key)
            self.progress.give_up(part, type(error).__name__)
            return True
        if done.pays_on is not None:
            self.progress.decided(part, done.pays_on, done.decided)
        claims = sum(answer.claims for _, answer in done.answers)
        self.progress.answered(part, claims)
        log.info("answered", submission_id=part.message.key, sequence=part.answered + 1, claims=claims)
        return True

    def _earlier(self, part: Part, order: ClaimAdjustment) -> list[ClaimAdjustment]:
        """What was ordered of the same claim before: a second level may grant what the first did not."""
        orders: list[ClaimAdjustment] = [open_envelope(each).event for each in self.progress.orders_before(part)]
        return [each for each in orders if each.internal_control_number == order.internal_control_number]

    def _work(
        self,
        part: Part,
        original: Part | None,
        earlier: Sequence[ClaimAdjustment],
        received: Received[Any],
        at: datetime,
    ) -> _Done:
        """What a part is answered with now. Done again, it is the same."""
        today = at.astimezone(self._deployment.zone).date()
        sequence = part.answered + 1
        if part.is_order:
            return _Done(self._adjusted(received, original, earlier, sequence, at, today))
        event: ClaimsOutbound = received.event
        claims = list(self._claims(event, today))
        if len(claims) != event.claims:
            raise Poison("not the number of claims that was announced")
        advices = ("835", event.submission_id, event.part)
        if sequence == REMITTED:
            sent = self._advices(advices, claims, at, today)
            return _Done([(advice.advice_id, advice) for advice in sent])
        pays_on = max((payment_day(each, today, self._deployment) for each in claims), default=today)
        statuses = (self._decide(claim, sequence, today, advices, pays_on) for claim in claims)
        status = self._status(event, sequence, zip(claims, statuses, strict=True), at, len(claims))
        answers: list[tuple[UUID, _Answer]] = [
            (derived_id("shared-system", event.submission_id, event.part, sequence), status)
        ]
        if sequence != DECIDED:
            return _Done(answers)
        return _Done(answers, pays_on, [each.internal_control_number for each in claims if self._decision(each).lines])

    def _claims(self, event: ClaimsOutbound, today: date) -> Iterator[AnyClaim]:
        for item in read_file(self._handover.take(event), received=today):
            if isinstance(item, Batch):
                yield from (each for each in item.items if isinstance(each, ProfessionalClaim | InstitutionalClaim))

    def _decision(self, claim: AnyClaim) -> Decision:
        return adjudicate(claim, self._seed)

    def _decide(self, claim: AnyClaim, sequence: int, today: date, advices: _Name, pays_on: date) -> StatusDetail:
        if sequence == 1:
            return taken_in(claim, today)
        transfer = transfer_of(derived_id(*advices, claim.billing_npi), pays_on)
        return decided(claim, self._seed, today, transfer)

    def _status(
        self,
        event: ClaimsOutbound,
        sequence: int,
        statuses: Iterable[tuple[AnyClaim, StatusDetail]],
        at: datetime,
        claims: int,
    ) -> ClaimsStatus:
        envelope = self._envelope(at, "277", event.submission_id, event.part, sequence)
        answers = Answers(self._deployment, at, envelope.control_number)
        given = self._handover.give(
            write_277((answers.answer(claim, detail) for claim, detail in statuses), envelope),
            place=status_place(event.submission_id, event.part, sequence),
        )
        return ClaimsStatus(
            submission_id=event.submission_id, part=event.part, sequence=sequence, claims=claims, **asdict(given)
        )

    def _advices(
        self, name: _Name, claims: Sequence[AnyClaim], at: datetime, today: date
    ) -> Iterator[RemittanceAdvice]:
        """One 835 for each payee. What was not decided is not remitted."""
        payees: dict[str, list[AnyClaim]] = {}
        for claim in claims:
            if self._decision(claim).lines:
                payees.setdefault(claim.billing_npi, []).append(claim)
        for npi, some in payees.items():
            group = ClaimGroup()
            rows = [remitted(claim, self._decision(claim), group) for claim in some]
            yield self._advice((*name, npi), some[0].billing, rows, at, today)

    def _advice(
        self,
        name: _Name,
        payee: BillingProvider,
        claims: Sequence[RemittedClaim],
        at: datetime,
        today: date,
    ) -> RemittanceAdvice:
        advice_id = derived_id(*name)
        transfer = transfer_of(advice_id, today)
        pieces = write_835(
            [remittance(payee, claims, transfer.number, transfer.paid_on, self._deployment)], self._envelope(at, *name)
        )
        given = self._counter.give(pieces, place=advice_place(advice_id))
        return RemittanceAdvice(advice_id=advice_id, lane=payee.npi, claims=len(claims), **asdict(given))

    def _adjusted(
        self,
        received: Received[ClaimAdjustment],
        part: Part | None,
        earlier: Sequence[ClaimAdjustment],
        sequence: int,
        at: datetime,
        today: date,
    ) -> list[tuple[UUID, _Answer]]:
        """The new decision about a claim, then the 835 that takes back the last one and pays the new one."""
        order = received.event
        if part is None:
            raise Poison("an order about a claim that was not decided here")
        event: ClaimsOutbound = open_envelope(part.message).event
        claim = next(
            each for each in self._claims(event, today) if each.internal_control_number == order.internal_control_number
        )
        granted = frozenset(line for each in earlier for line in each.lines)
        decision = adjudicate_again(claim, self._seed, granted | frozenset(order.lines))
        name = ("835", received.event_id, claim.billing_npi)
        if sequence == 1:
            news = [(claim, revised(claim, decision, today, transfer_of(derived_id(*name), today)))]
            status = self._status(event, REMITTED + len(earlier), news, at, 1)
            return [(derived_id("shared-system", received.event_id, sequence), status)]
        before = adjudicate_again(claim, self._seed, granted) if earlier else self._decision(claim)
        group = ClaimGroup()
        first = reversed_claim(remitted(claim, before, group))
        second = remitted(claim, decision, group)
        advice = self._advice(name, claim.billing, [first, second], at, today)
        return [(advice.advice_id, advice)]

    def _envelope(self, at: datetime, *name: str | int | UUID) -> Envelope:
        return Envelope(
            sender=SENDER,
            receiver=self._deployment.contract_id,
            created=at,
            control_number=derived_id(*name).int % _CONTROL_NUMBERS + 1,
        )


def _message(received: Received[Any], answer: _Answer, event_id: UUID, at: datetime) -> Message:
    """The answer in its envelope. Its id is derived, so the reader drops an answer that was sent again."""
    return seal_envelope(
        answer,
        event_id=event_id,
        source_name=_SOURCE,
        at=at,
        origin=Origin(
            actor=_ACTOR,
            correlation_id=received.origin.correlation_id,
            causation_id=str(received.event_id),
            traceparent=current_traceparent() or received.origin.traceparent,
        ),
    )


async def _first_of(woken: asyncio.Event, stop: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.ensure_future(each.wait()) for each in (woken, stop)]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
