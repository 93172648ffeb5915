"""The broker of every deployment, through aiokafka, tuned by measurement (batches, zstd, no transactions)."""

import asyncio
import contextlib
from collections.abc import Collection, Sequence
from typing import Any
from zlib import crc32

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError

from libs.common.contracts.envelope import Message
from libs.common.messaging.topics import CATALOG

_BATCH_BYTES = 256 * 1024
_REQUEST_BYTES = 2 * 1024 * 1024
_FETCH = 1000
_FETCH_WAIT_MS = 1000
# Data is answered at once all the same; this only spares an idle portal its empty fetches.
_IDLE_FETCH_MS = 3000
# A broker that is coming back needs its two cores for itself: clients that knock ten times a second slow it down.
_RETRY_MS = 500
_STOP_SECONDS = 3.0


def partition_of(topic: str, key: str) -> int:
    """The partition of a key. All producers are ours, so any stable hash serves; crc32 runs in C."""
    return crc32(key.encode()) % CATALOG[topic].partitions


class KafkaPublisher:
    """Publishes with acknowledgment of all replicas, idempotently, one batch per partition."""

    def __init__(self, bootstrap_servers: str, *, client: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._client = client
        self._producer: Any = None  # made by `start`

    def _made(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            bootstrap_servers=self._bootstrap_servers,
            client_id=self._client,
            acks="all",
            enable_idempotence=True,
            compression_type="zstd",
            max_batch_size=_BATCH_BYTES,
            max_request_size=_REQUEST_BYTES,
            linger_ms=0,
            retry_backoff_ms=_RETRY_MS,
        )

    async def start(self) -> None:
        """Connect; again after `stop`, with a client of its own. Raises `KafkaConnectionError` without a broker."""
        self._producer = self._made()
        await self._producer.start()

    async def stop(self) -> None:
        """Disconnect. What the broker has not taken within a moment is not waited for: the outbox still has it."""
        if self._producer is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._producer.stop(), _STOP_SECONDS)

    async def publish(self, messages: Sequence[Message]) -> None:
        """See `Publisher.publish`."""
        lanes: dict[tuple[str, int], list[Message]] = {}
        for message in messages:
            lanes.setdefault((message.topic, partition_of(message.topic, message.key)), []).append(message)
        await asyncio.gather(*(self._publish_lane(*lane, batch) for lane, batch in lanes.items()))

    async def _publish_lane(self, topic: str, partition: int, messages: list[Message]) -> None:
        builder = self._producer.create_batch()
        for message in messages:
            record: dict[str, Any] = {
                "key": message.key.encode(),
                "value": message.payload,
                "headers": [(name, value.encode()) for name, value in message.headers.items()],
                "timestamp": None,
            }
            if builder.append(**record) is None:
                await (await self._producer.send_batch(builder, topic, partition=partition))
                builder = self._producer.create_batch()
                builder.append(**record)
        await (await self._producer.send_batch(builder, topic, partition=partition))


class KafkaConsumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """Consumes for a group; offsets are committed by hand, after the effect.

    A rebalance waits for the batch in progress, so that a partition changes hands between batches. `types` are the
    event types that will be opened: of all others a message carries its type and nothing else. `member` names a
    process of which there is one only: killed and started again it goes on at once, as the member it was.
    """

    def __init__(
        self,
        bootstrap_servers: str,
        *,
        group: str,
        topics: Sequence[str],
        types: Collection[str] | None = None,
        member: str | None = None,
    ) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._group = group
        self._member = member
        self._topics = list(topics)
        self._types = types
        self._consumer: Any = None  # made by `start`
        self._done: dict[TopicPartition, int] = {}
        self._first: dict[TopicPartition, int] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    def _made(self) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap_servers,
            group_id=self._group,
            group_instance_id=self._member,
            client_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            partition_assignment_strategy=(StickyPartitionAssignor,),
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            max_poll_interval_ms=300_000,
            retry_backoff_ms=_RETRY_MS,
            fetch_max_wait_ms=_IDLE_FETCH_MS,
        )

    async def start(self) -> None:
        """Join the group; again after `stop`, with a client of its own, because a stopped one never fetches again."""
        self._consumer = self._made()
        self._consumer.subscribe(self._topics, listener=self)
        await self._consumer.start()

    async def stop(self) -> None:
        """Leave the group, so that others take over at once."""
        self._idle.set()
        if self._consumer is not None:
            await self._consumer.stop()

    async def fetch(self) -> Sequence[Message]:
        """See `Consumer.fetch`."""
        records = await self._consumer.getmany(timeout_ms=_FETCH_WAIT_MS, max_records=_FETCH)
        if records:
            self._idle.clear()
        messages: list[Message] = []
        for partition, batch in records.items():
            self._first.setdefault(partition, batch[0].offset)
            self._done[partition] = batch[-1].offset + 1
            messages.extend(_message(record, self._types) for record in batch)
        return messages

    async def commit(self) -> None:
        """See `Consumer.commit`. Partitions lost meanwhile are handed out again elsewhere; the inbox drops repeats."""
        done, self._done, self._first = self._done, {}, {}
        try:
            if ours := {p: offset for p, offset in done.items() if p in self._consumer.assignment()}:
                await self._consumer.commit(ours)
        except (CommitFailedError, IllegalStateError):
            pass
        finally:
            self._idle.set()

    async def rewind(self) -> None:
        """See `Consumer.rewind`."""
        first, self._done, self._first = self._first, {}, {}
        for partition, offset in first.items():
            if partition in self._consumer.assignment():
                self._consumer.seek(partition, offset)
        self._idle.set()

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:  # noqa: ARG002
        """Wait for the batch in progress."""
        await self._idle.wait()

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        """Nothing to do: positions come from the group."""


def _message(record: Any, types: Collection[str] | None) -> Message:
    headers = dict(record.headers)
    event_type = headers.get("ce_type", b"").decode()
    if types is not None and event_type not in types:
        # Most of what a topic brings is for others, and opening a dozen headers costs as much as fetching them.
        return Message(record.topic, "", {"ce_type": event_type}, b"")
    return Message(
        topic=record.topic,
        key=(record.key or b"").decode(),
        headers={name: value.decode() for name, value in headers.items()},
        payload=record.value or b"",
    )
