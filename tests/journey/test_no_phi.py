"""After the walk nothing of a patient stands where operators, other services or CMS read: every name and number sent
is looked for in logs, traces, metrics, the request log of the gateway, the mail to CMS, and every topic.
"""

import re
from collections.abc import Iterator

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from libs.common.clock import SystemClock
from libs.common.messaging.topics import CATALOG
from libs.common.settings import SERVICES
from libs.x12.claim.objects import Claim, Subscriber
from libs.x12.reader import Batch, read_file
from simulators.population import Beneficiary
from tests.support.portal import Walked, WholePortal
from tools.walk.eligibility import looked_up


@pytest.fixture(scope="module")
def patients(walked: Walked) -> re.Pattern[str]:
    """Finds anything of any patient of the walk: MBI, name, day of birth in the ways it could be written, an SSN."""
    contents = (walked.journey.sent.content, walked.journey.sent_by_hospital.content)
    parts = [part for content in contents for part in read_file([content], received=SystemClock().now().date())]
    claims = [claim for part in parts if isinstance(part, Batch) for claim in part.of(Claim)]
    assert len(claims) == 25 + 1
    # The users of the demonstration are drawn from the same names, and their names may stand where they act.
    people = {name for user in walked.journey.population.users for name in (user.first_name, user.last_name)}
    found = looked_up(walked.journey)
    patients = [*(claim.subscriber for claim in claims), found]
    words = {word for patient in patients for word in _words(patient) if word.title() not in people}
    ssn = walked.journey.population.social_security_number(found.mbi)
    words |= {ssn, f"{ssn[:3]}-{ssn[3:5]}-{ssn[5:]}"}
    return re.compile(rf"(?<![0-9A-Za-z])({'|'.join(sorted(map(re.escape, words)))})(?![0-9A-Za-z])", re.IGNORECASE)


def _words(person: Subscriber | Beneficiary) -> Iterator[str]:
    yield person.mbi
    yield f"{person.mbi[:4]}-{person.mbi[4:7]}-{person.mbi[7:]}"
    yield person.last_name
    yield person.first_name
    if person.birth_date:
        yield from (f"{person.birth_date:{form}}" for form in ("%Y%m%d", "%Y-%m-%d", "%m/%d/%Y"))


def _hits(pattern: re.Pattern[str], text: str) -> list[str]:
    """Where something was found: the place, never the word."""
    return [f"at {found.start()}, {found.end() - found.start()} signs" for found in pattern.finditer(text)]


def test_the_search_finds_what_it_looks_for(walked: Walked, patients: re.Pattern[str]) -> None:
    assert len(_hits(patients, walked.journey.sent.content.decode())) >= 3 * 25


def test_files_that_operators_read(portal: WholePortal, patients: re.Pattern[str]) -> None:
    places = {"logs": "*", "traces": "*.jsonl", "journal": "*", "cms_mailbox": "*", "envoy": "**/*.json"}
    files = [path for place, names in places.items() for path in (portal.state / place).glob(names) if path.is_file()]
    found = {path.name: _hits(patients, path.read_text(encoding="utf-8", errors="replace")) for path in files}

    assert {"portico.log", "gateway-requests.jsonl", "claims-all.jsonl", "messages.jsonl"} <= found.keys()
    assert {name: hits for name, hits in found.items() if hits} == {}


async def test_metrics(portal: WholePortal, patients: re.Pattern[str]) -> None:
    ports = {each: portal.settings.service_port(each, "all") for each in SERVICES}
    async with httpx.AsyncClient(trust_env=False) as client:
        found = {name: (await client.get(f"http://127.0.0.1:{port}/metrics")).text for name, port in ports.items()}

    assert all("portico_" in text for text in found.values())
    assert {name: hits for name, text in found.items() if (hits := _hits(patients, text))} == {}


async def test_topics(portal: WholePortal, patients: re.Pattern[str]) -> None:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=portal.settings.kafka, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    records: dict[str, int] = dict.fromkeys(CATALOG, 0)
    wrong = []
    try:
        places = [TopicPartition(name, each) for name, topic in CATALOG.items() for each in range(topic.partitions)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        open_places = {place for place, end in ends.items() if end > 0}
        while open_places:
            for place, batch in (await consumer.getmany(timeout_ms=1000)).items():
                for record in batch:
                    records[place.topic] += 1
                    parts = (record.key or b"", record.value or b"", *(value for _, value in record.headers))
                    wrong += [
                        f"{place.topic} {hit}" for part in parts for hit in _hits(patients, part.decode("latin-1"))
                    ]
            open_places = {place for place in open_places if await consumer.position(place) < ends[place]}
    finally:
        await consumer.stop()

    assert all(records[name] for name in ("claims.events.v1", "partner.claims.outbound.v1", "partner.claims.status.v1"))
    assert wrong == []
