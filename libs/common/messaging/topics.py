"""The catalog of topics: the only place that names one with its partitions, retention and policy.

`python -m libs.common.messaging.topics` creates what is missing. Partition counts never change: keys would move.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from libs.common.contracts import appeals, auth, claims, eligibility, functions, notifier, ops, partner, remittance
from libs.common.settings import SERVICES, Settings


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `retention` None means compacted: the last record of each key stays for ever."""

    name: str
    partitions: int
    retention: timedelta | None


CLUSTER_REPLICAS = 3
"""How many brokers of a cluster hold each record; two must have it before it counts as sent."""

_BUSINESS = timedelta(days=400)
_PARTNER = timedelta(days=30)
_DEAD = timedelta(days=400)

CATALOG: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        Topic(auth.EVENTS, 12, _BUSINESS),
        Topic(auth.STATE, 4, None),
        Topic(eligibility.EVENTS, 12, _BUSINESS),
        Topic(claims.EVENTS, 12, _BUSINESS),
        Topic(remittance.EVENTS, 12, _BUSINESS),
        Topic(appeals.EVENTS, 12, _BUSINESS),
        Topic(notifier.EVENTS, 12, _BUSINESS),
        Topic(functions.EVENTS, 12, _BUSINESS),
        Topic(notifier.STATE, 1, None),
        Topic(ops.HEARTBEAT, 1, timedelta(hours=1)),
        Topic(ops.TRAFFIC, 4, timedelta(days=2)),
        Topic(ops.PERFORMANCE, 1, timedelta(hours=1)),
        Topic(partner.CLAIMS_OUTBOUND, 12, _PARTNER),
        Topic(partner.CLAIMS_STATUS, 12, _PARTNER),
        Topic(partner.REMITTANCE_ADVICE, 12, _PARTNER),
        *(Topic(f"{service}.dead-letters.v1", 1, _DEAD) for service in SERVICES),
    )
}


def dead_letters(service: str) -> str:
    """The topic to which `service` lays what it cannot handle."""
    return f"{service}.dead-letters.v1"


def topic_configs(topic: Topic, *, replicas: int) -> dict[str, str]:
    """The broker's own settings of `topic`, whoever creates it."""
    if topic.retention is None:
        configs = {"cleanup.policy": "compact"}
    else:
        configs = {"retention.ms": str(int(topic.retention.total_seconds() * 1000))}
    if replicas > 1:
        configs["min.insync.replicas"] = "2"
    return configs


def _new(topic: Topic, *, replicas: int) -> NewTopic:
    return NewTopic(topic.name, topic.partitions, replicas, topic_configs=topic_configs(topic, replicas=replicas))


async def create_topics(bootstrap_servers: str, *, replicas: int = 1, extra: tuple[Topic, ...] = ()) -> None:
    """Create the topics of the catalog that do not exist yet.

    Raises `KafkaError` when the broker refuses one for another reason than that it is there.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        missing = [topic for topic in (*CATALOG.values(), *extra) if topic.name not in there]
        if not missing:
            return
        answer = await admin.create_topics([_new(topic, replicas=replicas) for topic in missing])
        for name, code, *_ in answer.topic_errors:
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                raise error(name)
    finally:
        await admin.close()


if __name__ == "__main__":
    _settings = Settings()
    asyncio.run(create_topics(_settings.kafka, replicas=CLUSTER_REPLICAS if _settings.profile == "cluster" else 1))
