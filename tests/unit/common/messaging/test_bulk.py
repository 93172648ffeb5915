from datetime import UTC, datetime
from uuid import UUID

from libs.common.contracts.claims import ClaimAccepted
from libs.common.contracts.envelope import Origin, headers_from_text, seal_envelope
from libs.common.ids import derived_texts
from libs.common.messaging.bulk import OutboxRows
from libs.common.persistence.unit_of_work import shard_of

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
BASE = UUID("01a208d0-5240-76c5-a522-4a58b791f1d8")
EVENT = ClaimAccepted(
    claim_id=UUID(int=1),
    submission_id=UUID(int=2),
    enrollment_id=UUID(int=3),
    internal_control_number="2226327000001",
    beneficiary_token="b1_00",
    total_charge_cents=1234,
    lines=2,
)


def test_a_pressed_event_is_the_same_as_a_sealed_one() -> None:
    for origin in (Origin('system:"claims"', "c-1", "cause", "00-1-2-01"), Origin("system:claims", "")):
        event_id = UUID(derived_texts(BASE, "event", [7])[0])
        shard, topic, key, headers, payload, at = OutboxRows("/contracts/15004", NOW, origin).record(
            EVENT, str(event_id)
        )
        sealed = seal_envelope(EVENT, event_id=event_id, source_name="/contracts/15004", at=NOW, origin=origin)
        assert (topic, key, payload, at) == (sealed.topic, sealed.key, sealed.payload, NOW)
        assert headers_from_text(headers) == sealed.headers
        assert shard == shard_of(key)


def test_ids_in_bulk_are_stable_apart_and_near_their_base() -> None:
    texts = derived_texts(BASE, "claim", range(2000))
    assert texts == derived_texts(BASE, "claim", range(2000))
    assert len({*texts, *derived_texts(BASE, "event", range(2000))}) == 4000
    assert all(UUID(text).version == 8 and text.startswith("01a208d0-5240-8") for text in texts)
