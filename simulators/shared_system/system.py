"""The work of the shared system: it answers each part twice, that it is in process and then how it was decided."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime

from opentelemetry.trace import SpanKind

from libs.common.clock import Clock
from libs.common.contracts.partner import ClaimsOutbound, ClaimsStatus
from libs.common.deployment import Deployment
from libs.common.documents.handover import HandOver, status_place
from libs.common.errors import Poison
from libs.common.ids import derived_id
from libs.common.messaging.envelope import Message, Origin, Received, open_envelope, seal_envelope
from libs.common.messaging.ports import Consumer, Publisher
from libs.common.observability.logs import log
from libs.common.observability.traces import current_traceparent, span
from libs.x12.claim.objects import ProfessionalClaim
from libs.x12.claim_status.objects import StatusAnswer, StatusDetail
from libs.x12.claim_status.writer import write_277
from libs.x12.reader import FileVerdict, read_file
from libs.x12.writing import Envelope
from simulators.shared_system.adjudication import decided, taken_in
from simulators.shared_system.answers import SENDER, Answers
from simulators.shared_system.progress import Progress

_ACTOR = "partner:shared-system"
_SOURCE = "/partners/shared-system"
_CONTROL_NUMBERS = 999_999_999
_IDLE_SECONDS = 30.0
_BACK_OFF_SECONDS = 1.0


class SharedSystem:
    """One shared system. Two loops share its progress: `take` from the broker, `answer` to it."""

    def __init__(
        self,
        progress: Progress,
        consumer: Consumer,
        publisher: Publisher,
        handover: HandOver,
        *,
        clock: Clock,
        deployment: Deployment,
        seed: int,
    ) -> None:
        self.progress = progress
        self._consumer = consumer
        self._publisher = publisher
        self._handover = handover
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
        wanted = [message for message in messages if message.headers.get("ce_type") == ClaimsOutbound.type]
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
        part = self.progress.next_due(self._clock.now())
        if part is None:
            return False
        try:
            received = open_envelope(part.message)
            at = self.progress.begin(part, self._clock.business())
            with span(
                "adjudicate" if part.answered else "take in",
                traceparent=received.origin.traceparent,
                kind=SpanKind.CONSUMER,
                part=received.event.part,
            ):
                status = await asyncio.to_thread(self._status, received.event, part.answered + 1, at)
                await self._publisher.publish([_message(received, status, at)])
        except Poison as error:
            log.error("a part cannot be read", error_class=type(error).__name__, submission_id=part.message.key)
            self.progress.give_up(part, type(error).__name__)
            return True
        self.progress.answered(part, status.claims)
        log.info(
            "answered",
            submission_id=part.message.key,
            part=status.part,
            sequence=status.sequence,
            claims=status.claims,
        )
        return True

    def _status(self, event: ClaimsOutbound, sequence: int, at: datetime) -> ClaimsStatus:
        """One answer about a part. Everything in it follows from its arguments, so it is the same when made again."""
        claims = 0
        today = at.astimezone(self._deployment.zone).date()

        number = _control_number(event, sequence)
        answers = Answers(self._deployment, at, number)

        def statuses() -> Iterator[StatusAnswer]:
            nonlocal claims
            for item in read_file(self._handover.take(event), received=today):
                if isinstance(item, FileVerdict):
                    break
                for claim in item.of(ProfessionalClaim):
                    claims += 1
                    yield answers.answer(claim, self._decide(claim, sequence, today))

        given = self._handover.give(
            write_277(
                statuses(),
                Envelope(sender=SENDER, receiver=self._deployment.contract_id, created=at, control_number=number),
            ),
            place=status_place(event.submission_id, event.part, sequence),
        )
        if claims != event.claims:
            raise Poison("not the number of claims that was announced")
        return ClaimsStatus(
            submission_id=event.submission_id, part=event.part, sequence=sequence, claims=claims, **asdict(given)
        )

    def _decide(self, claim: ProfessionalClaim, sequence: int, today: date) -> StatusDetail:
        if sequence == 1:
            return taken_in(claim, today)
        return decided(claim, self._seed, today, self._deployment.payment_floor_days)


def _control_number(event: ClaimsOutbound, sequence: int) -> int:
    return derived_id("277", event.submission_id, event.part, sequence).int % _CONTROL_NUMBERS + 1


def _message(received: Received[ClaimsOutbound], status: ClaimsStatus, at: datetime) -> Message:
    """The answer in its envelope. Its id is derived, so the reader drops an answer that was sent again."""
    return seal_envelope(
        status,
        event_id=derived_id("shared-system", status.submission_id, status.part, status.sequence),
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
