"""Events by the thousand: finished outbox rows, made in a process beside the one that stores them.

The same envelope as `seal_envelope` writes (a test holds the two against each other), with everything that is equal
for all events of one cause written once.
"""

import json
from datetime import datetime
from json.encoder import encode_basestring_ascii as quoted
from typing import Any
from zlib import crc32

from libs.common.contracts.base import Contract
from libs.common.contracts.envelope import Origin
from libs.common.persistence.tables import OUTBOX_SHARDS


class OutboxRows:
    """Makes the outbox rows of events that share a source, a moment and an origin."""

    def __init__(self, source_name: str, at: datetime, origin: Origin) -> None:
        self._at = at
        self._correlation = origin.correlation_id
        self._shared = json.dumps(
            {
                "content-type": "application/json",
                "ce_specversion": "1.0",
                "ce_source": source_name,
                "ce_time": at.isoformat(),
                "ce_causationid": origin.causation_id,
                "ce_traceparent": origin.traceparent,
                "ce_actor": origin.actor,
            },
            separators=(",", ":"),
        )[:-1]

    def record(self, event: Contract, event_id: str) -> tuple[Any, ...]:
        """One row of the outbox, in the order of `OUTBOX_COLUMNS`. `event_id` is a UUID as text."""
        key = event.subject
        subject = quoted(key)
        correlation = quoted(self._correlation or event_id)
        headers = (
            f'{self._shared},"ce_id":"{event_id}","ce_type":"{event.type}","ce_subject":{subject}'
            f',"ce_partitionkey":{subject},"ce_correlationid":{correlation}}}'
        )
        payload = event.__pydantic_serializer__.to_json(event)
        return crc32(key.encode()) % OUTBOX_SHARDS, event.topic, key, headers, payload, self._at
