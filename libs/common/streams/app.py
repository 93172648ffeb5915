"""Makes a Faust application that can do no harm: only state that may be lost and rebuilt lives in one (decision 2).

Raw bytes through our codec, topics from our catalog, no web server, no leader, no table on disk. Measured reasons
stand beside each setting that is not Faust's own.
"""

import faust
from faust.types import TopicT

from libs.common.contracts.base import Contract
from libs.common.contracts.envelope import Message, Origin, seal_envelope
from libs.common.messaging.kafka import partition_of
from libs.common.messaging.topics import CATALOG
from libs.common.runtime import Runtime

_COMMIT_SECONDS = 1.0


def stream_app(runtime: Runtime, name: str) -> faust.App:
    """The application `name` of a service. A changed meaning of its state is a new name: the state is built again."""
    servers = ";".join(f"kafka://{server}" for server in runtime.settings.kafka.split(","))
    return faust.App(
        f"{runtime.service}-{name}-v1",
        broker=servers,
        store="memory://",
        # It makes this folder even when no table stands in it, and else in whatever folder the process was started.
        datadir=runtime.settings.state_directory / "streams",
        key_serializer="raw",
        value_serializer="raw",
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        broker_commit_interval=_COMMIT_SECONDS,
        broker_session_timeout=30.0,
        broker_heartbeat_interval=3.0,
        broker_max_poll_interval=300.0,
        stream_buffer_maxsize=1024,
        stream_wait_empty=False,
        # Its own server would publish tables and routes on all addresses; health and figures are ours.
        web_enabled=False,
        web_tables_enabled=False,
        web_router_enabled=False,
        producer_acks=-1,
        producer_compression_type="zstd",
    )


def topic_of(app: faust.App, name: str) -> TopicT:
    """A topic of the catalog. Raises `KeyError` for any other: Faust creates none."""
    topic = CATALOG[name]
    return app.topic(
        topic.name,
        partitions=topic.partitions,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        internal=False,
    )


async def send_message(app: faust.App, message: Message) -> None:
    """Publish, and return when the broker has it. Raises `KafkaError` when it does not take it."""
    sent = await topic_of(app, message.topic).send(
        key=message.key.encode(),
        value=message.payload,
        partition=partition_of(message.topic, message.key),
        headers={name: value.encode() for name, value in message.headers.items()},
    )
    await sent


async def send(app: faust.App, runtime: Runtime, event: Contract) -> None:
    """Publish an event that may be lost. What must not be lost goes through an outbox, never from here."""
    origin = Origin(actor=f"system:{runtime.service}", correlation_id="")
    await send_message(
        app,
        seal_envelope(
            event, event_id=runtime.ids.new(), source_name=runtime.source, at=runtime.clock.now(), origin=origin
        ),
    )
