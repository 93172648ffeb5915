"""Our way to the QIC and the simulated QIC, over HTTPS: what is sent, what is answered, and what goes wrong."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from libs.common.clock import SetClock
from libs.common.document_store import DocumentStore
from libs.common.security.keys import KeyRing
from libs.partners.qic import CaseDocument, CaseFile, CaseLine
from services.appeals.qic.partner import Enclosed, Qic, QicUnavailableError, check
from services.appeals.settings import appeals_settings
from tests.support.appeals import pdf
from tests.support.keys import settings_with_keys
from tests.support.portico import MORNING
from tests.support.qic import DECIDES_AFTER, RunningQic, qic_serving

CASE = UUID(int=7)


def case_file(*documents: Enclosed, lines: tuple[int, ...] = (1, 2), explanation: str = "It was needed.") -> CaseFile:
    """A case of some denied lines."""
    return CaseFile(
        contract_id="15004",
        contractor="Meridian",
        redetermination="A-2611-000001",
        redetermined_on=date(2026, 11, 23),
        asked_at=MORNING,
        provider_name="Clinic",
        provider_npi="1234567893",
        provider_ptan="MR10001",
        patient="Aldora Mossinghame",
        medicare_number="1EG4TE5MK73",
        internal_control_number="2226327000001",
        lines=tuple(
            CaseLine(
                number=number,
                procedure="99213",
                service_from=date(2026, 10, 1),
                service_to=None,
                charge_cents=12_500,
                denied_by=("CO-50",),
                rationale="Not shown.",
            )
            for number in lines
        ),
        requester="Jo Clerk",
        explanation=explanation,
        good_cause="",
        documents=tuple(each.document for each in documents),
    )


class World:
    """Both sides."""

    def __init__(self, qic: RunningQic, documents: DocumentStore) -> None:
        self.qic = qic
        self.documents = documents
        self.ours = Qic(qic.settings, documents)

    async def enclosed(self, content: bytes, *, digest: str = "") -> Enclosed:
        """A document in our store."""

        async def once() -> AsyncIterator[bytes]:
            yield content

        stored = await self.documents.put(once(), limit=1_000_000)
        said = CaseDocument(document_id=UUID(stored.reference), digest=digest or stored.digest, pages=1)
        return Enclosed(said, stored.reference, "image/tiff")


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    settings = settings_with_keys(tmp_path)
    async with qic_serving(settings, SetClock(MORNING), monkeypatch) as qic:
        yield World(qic, DocumentStore("appeals", settings, KeyRing.load(settings, "appeals")))


async def test_a_case_is_received_under_a_number_of_the_qic_and_decided_line_by_line(world: World) -> None:
    _clock(world).leap(timedelta(days=14))
    enclosed = await world.enclosed(pdf())
    receipt = await world.ours.send(CASE, case_file(enclosed), [enclosed])
    assert receipt.number.startswith("1-")
    assert receipt.received_at == MORNING + timedelta(days=14)
    assert await world.ours.decision(CASE) is None

    _advance(world, DECIDES_AFTER)
    decision = await world.ours.decision(CASE)
    assert decision is not None
    assert decision.decided_at == _clock(world).business()
    assert [line.number for line in decision.lines] == [1, 2]
    assert all(line.rationale for line in decision.lines)
    _advance(world, DECIDES_AFTER)
    assert await world.ours.decision(CASE) == decision


def _clock(world: World) -> SetClock:
    clock = world.qic.clock
    assert isinstance(clock, SetClock)
    return clock


def _advance(world: World, seconds: float) -> None:
    _clock(world).advance(timedelta(seconds=seconds))


async def test_a_case_sent_again_is_the_same_case(world: World) -> None:
    enclosed = await world.enclosed(pdf())
    world.qic.behave(lose=True)
    with pytest.raises(QicUnavailableError, match="504"):
        await world.ours.send(CASE, case_file(), [])
    world.qic.behave()
    _advance(world, 5)
    again = await world.ours.send(CASE, case_file(), [])
    assert again == await world.ours.send(CASE, case_file(), [enclosed])
    assert [each.receipt for each in world.qic.known.values()] == [again]
    assert again.received_at == MORNING


async def test_another_file_under_the_same_case_is_not_taken(world: World) -> None:
    first = await world.ours.send(CASE, case_file(), [])
    with pytest.raises(QicUnavailableError, match="409"):
        await world.ours.send(CASE, case_file(explanation="Another word."), [])
    assert [each.receipt for each in world.qic.known.values()] == [first]


async def test_a_case_without_its_documents_or_with_others_is_not_taken(world: World) -> None:
    enclosed = await world.enclosed(pdf())
    with pytest.raises(QicUnavailableError, match="422"):
        await world.ours.send(CASE, case_file(enclosed), [])
    other = await world.enclosed(pdf(2), digest=sha256(pdf()).hexdigest())
    with pytest.raises(QicUnavailableError, match="422"):
        await world.ours.send(CASE, case_file(other), [other])
    assert world.qic.known == {}


async def test_what_was_answered_is_there_after_the_qic_was_away(world: World) -> None:
    receipt = await world.ours.send(CASE, case_file(), [])
    await world.qic.stop()
    with pytest.raises(QicUnavailableError, match="ConnectError"):
        await world.ours.decision(CASE)
    await world.qic.start()
    assert await world.ours.send(CASE, case_file(), []) == receipt


async def test_a_case_nobody_sent_is_no_answer(world: World) -> None:
    with pytest.raises(QicUnavailableError, match="404"):
        await world.ours.decision(CASE)


@pytest.mark.parametrize("behavior", [{"refuse": True}, {"hold": True}])
async def test_a_qic_that_refuses_or_says_nothing_is_away(
    world: World, behavior: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTICO_APPEALS_QIC_SECONDS", "0.3")
    appeals_settings.cache_clear()
    world.qic.behave(**behavior)
    with pytest.raises(QicUnavailableError):
        await world.ours.send(CASE, case_file(), [])
    world.qic.behave()
    assert world.qic.known == {}


async def test_without_the_authority_of_the_qic_nothing_is_sent(world: World) -> None:
    (world.qic.settings.state_directory / "secrets/partners/qic/authority.pem").unlink()
    with pytest.raises(QicUnavailableError, match="FileNotFoundError"):
        await world.ours.send(CASE, case_file(), [])


async def test_the_check_passes_while_the_qic_answers_and_fails_when_it_does_not(world: World) -> None:
    class Runtime:
        settings = world.qic.settings

    await check(Runtime())  # type: ignore[arg-type] # all that it asks
    world.qic.behave(refuse=True)
    with pytest.raises(QicUnavailableError):
        await check(Runtime())  # type: ignore[arg-type]
    world.qic.behave()
    await world.qic.stop()
    with pytest.raises(httpx.ConnectError):
        await check(Runtime())  # type: ignore[arg-type]
