"""CloudEvents 1.0 in Kafka's binary mode: attributes in `ce_*` headers, the contract as JSON in the body.

Routing, order and deduplication read headers only; nobody opens a body to find out whether it is for them.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import ValidationError

from libs.common.contracts.base import REGISTRY, Contract
from libs.common.errors import Poison

E = TypeVar("E", bound=Contract)

_REQUIRED = ("ce_id", "ce_type", "ce_subject", "ce_time", "ce_partitionkey")


@dataclass(frozen=True, slots=True)
class Message:
    """A record as the broker carries it. `headers` are texts by name."""

    topic: str
    key: str
    headers: dict[str, str]
    payload: bytes


@dataclass(frozen=True, slots=True)
class Origin:
    """Why an event happens: who acts, in which conversation, caused by which event, in which trace."""

    actor: str
    correlation_id: str
    causation_id: str = ""
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Received(Generic[E]):
    """An event that arrived: the contract and the envelope it came in."""

    event: E
    event_id: UUID
    key: str
    time: datetime
    origin: Origin
    message: Message


def source(contract_id: str, service: str) -> str:
    """Where an event comes from: the contract of the deployment and the service."""
    return f"/contracts/{contract_id}/services/{service}"


def seal_envelope(event: Contract, *, event_id: UUID, source_name: str, at: datetime, origin: Origin) -> Message:
    """Put `event` into its envelope."""
    subject = event.subject
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": str(event_id),
        "ce_source": source_name,
        "ce_type": event.type,
        "ce_subject": subject,
        "ce_time": at.isoformat(),
        "ce_partitionkey": subject,
        "ce_correlationid": origin.correlation_id or str(event_id),
        "ce_causationid": origin.causation_id,
        "ce_traceparent": origin.traceparent,
        "ce_actor": origin.actor,
    }
    return Message(event.topic, subject, headers, event.__pydantic_serializer__.to_json(event))


def open_envelope(message: Message) -> Received[Any]:
    """Take the event out of its envelope.

    Raises `Poison` when the envelope is not CloudEvents or the body does not fit the contract; `KeyError` never:
    ask `known` first, an unknown type is counted and skipped.
    """
    headers = message.headers
    missing = [name for name in _REQUIRED if not headers.get(name)]
    if missing:
        raise Poison(f"envelope lacks {', '.join(missing)}")
    try:
        event = REGISTRY[headers["ce_type"]].model_validate_json(message.payload)
        event_id = UUID(headers["ce_id"])
        time = datetime.fromisoformat(headers["ce_time"])
    except (ValidationError, ValueError) as error:
        raise Poison(f"{headers['ce_type']} does not fit its contract") from error
    origin = Origin(
        actor=headers.get("ce_actor", ""),
        correlation_id=headers.get("ce_correlationid", ""),
        causation_id=headers.get("ce_causationid", ""),
        traceparent=headers.get("ce_traceparent", ""),
    )
    return Received(event, event_id, headers["ce_partitionkey"], time, origin, message)


def known(message: Message) -> bool:
    """Whether this code has a contract for the message's type."""
    return message.headers.get("ce_type") in REGISTRY


def headers_to_text(headers: dict[str, str]) -> str:
    """Headers as the outbox and the parked table keep them."""
    return json.dumps(headers, separators=(",", ":"))


def headers_from_text(text: str) -> dict[str, str]:
    """The inverse of `headers_to_text`."""
    return dict(json.loads(text))
