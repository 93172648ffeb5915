"""Our way to HETS and the simulated HETS, over HTTPS: what is sent, what is answered, and what goes wrong."""

import asyncio
import shutil
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from deploy.edge.certificates import Certificates
from libs.common.clock import SetClock
from libs.common.settings import Settings
from libs.partners.core_connectivity.forms import READING, Form
from libs.partners.core_connectivity.message import CoreMessage
from libs.partners.trust import credentials
from services.eligibility.hets import partner
from services.eligibility.hets.partner import Asked, Hets, HetsBusy, Outcome
from services.eligibility.settings import eligibility_settings
from tests.support.eligibility import PATIENT, hets_serving, question
from tests.support.eligibility import Hets as Simulated
from tests.support.portico import MORNING
from tests.support.tls import (
    Answering,
    client_files,
    context_of,
    endless,
    request_of,
    reset,
    server_files,
    serving_tls,
    silent,
)
from tools.walk.place import until

PRIVATE = (PATIENT.mbi, PATIENT.last_name, PATIENT.last_name.upper(), f"{PATIENT.birth_date:%Y%m%d}")
FORMS: tuple[Form, ...] = ("mime", "soap")
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


def asked(number: int = 1, **changes: Any) -> Asked:
    """A question about a patient HETS knows."""
    inquiry_id = UUID(int=number)
    return Asked(
        inquiry_id=inquiry_id,
        trace=f"TRACE{number:08}",
        question=question(**changes),
        npi="1234567893",
        organization="Riverside Clinic",
        submitter="MER15004",
        today=MORNING.date(),
    )


@dataclass
class World:
    """Both sides, while HETS runs; `clock` is ours."""

    settings: Settings
    hets: Simulated
    clock: SetClock = field(default_factory=lambda: SetClock(MORNING))

    async def ask(self, number: int = 1, *, seconds: float = 10, **options: Any) -> Outcome:
        own = eligibility_settings().model_copy(update={"hets_seconds": seconds})
        return await Hets(self.settings, self.clock, own).ask(asked(number), **options)

    async def is_open(self, count: int = 1) -> None:
        """Wait until HETS has so many questions."""

        async def look() -> bool:
            return self.hets.state.open == count

        await until(look, within=10, waiting_for=f"{count} questions at HETS")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_directory=tmp_path)


@pytest.fixture
def form() -> Form:
    return "mime"


@pytest.fixture
async def world(settings: Settings, monkeypatch: pytest.MonkeyPatch, form: Form) -> AsyncIterator[World]:
    async with hets_serving(settings, monkeypatch, form) as hets:
        yield World(settings, hets)


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.parametrize("form", FORMS)
async def test_hets_answers_in_both_forms_of_the_envelope(world: World) -> None:
    outcome = await world.ask()
    assert (outcome.state, outcome.was_sent) == ("answered", True)
    assert outcome.entitlement is not None
    assert outcome.entitlement.person.mbi == PATIENT.mbi
    assert (world.hets.state.answered, world.hets.state.open) == (1, 0)


@pytest.mark.parametrize("form", FORMS)
async def test_hets_is_told_the_submitters_id_wherever_it_reads_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, form: Form
) -> None:
    came: list[CoreMessage] = []

    def keep(connection: socket.socket) -> None:
        content_type = "multipart/form-data; boundary=core-connectivity-boundary"
        came.append(READING[form](content_type if form == "mime" else "application/soap+xml", request_of(connection)))
        connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")

    with reached(settings, monkeypatch, keep, hets_form=form):
        await Hets(settings, SetClock(MORNING)).ask(asked())
    [message] = came
    segments = [segment.split("*") for segment in message.payload.decode().split("~")]
    told = {segment[0]: segment for segment in segments}
    assert message.sender == "MER15004"
    assert (told["ISA"][6].strip(), told["GS"][2], told["TRN"][3]) == ("MER15004", "MER15004", "90MER15004")
    assert (message.payload_type, message.mode) == ("X12_270_Request_005010X279A1", "RealTime")
    assert message.payload_id == str(UUID(int=1))


@pytest.mark.parametrize(
    ("behavior", "state", "reason"),
    [
        ({"answer": "cut"}, "unreadable", "not-accepted"),
        ({"answer": "foreign"}, "unreadable", "foreign answer-name"),
        ({"answer": "trace"}, "unreadable", "foreign answer-trace"),
        ({"answer": "many"}, "unreadable", "too-large"),
        ({"answer": "999"}, "unreadable", "999 BHT"),
        ({"answer": "TA1"}, "unreadable", "TA1 017"),
        ({"refuse": True}, "no-answer", "status 503"),
        ({"hold": True}, "no-answer", "too-late"),
        ({"body": "breaks-off"}, "no-answer", "broken-off ClientPayloadError"),
        ({"body": "stalls"}, "no-answer", "too-late"),
        ({"body": "drips"}, "no-answer", "too-late"),
    ],
    ids=str,
)
async def test_whatever_is_no_answer_to_the_question_is_told_apart_and_nothing_of_it_is_kept(
    world: World, behavior: dict[str, Any], state: str, reason: str
) -> None:
    assert (await world.ask(9)).state == "answered"
    world.hets.behave(**behavior)
    with capture_logs() as logs:
        outcome = await world.ask(seconds=2 if reason == "too-late" else 10)
    assert (outcome.state, outcome.reason) == (state, reason)
    assert (outcome.answer, outcome.entitlement, outcome.was_sent) == (b"", None, True)
    assert not [word for word in PRIVATE if word in str(logs)]


@pytest.mark.parametrize(("form", "said"), [("mime", "PayloadTypeRequired"), ("soap", "SOAP fault Sender")])
async def test_an_envelope_that_hets_does_not_take_is_told_by_its_own_word(world: World, said: str) -> None:
    world.hets.behave(fault=True)
    outcome = await world.ask()
    assert (outcome.state, outcome.reason) == ("no-answer", f"envelope {said}")


@pytest.mark.parametrize("answer", ["foreign", "trace"])
async def test_an_answer_to_another_question_calls_an_operator(world: World, answer: str) -> None:
    world.hets.behave(answer=answer)
    before = sample("portico_foreign_answers_total", partner="hets")
    with capture_logs() as logs:
        await world.ask()
    assert sample("portico_foreign_answers_total", partner="hets") == before + 1
    assert [entry["log_level"] for entry in logs if entry["event"] == "foreign answer"] == ["error"]
    assert not [word for word in PRIVATE if word in str(logs)]


async def test_a_slow_answer_is_waited_for(world: World) -> None:
    world.hets.behave(delay_seconds=0.5)
    assert (await world.ask()).state == "answered"


async def test_hets_that_is_gone_was_sent_nothing(world: World) -> None:
    await world.hets.stop()
    outcome = await world.ask()
    assert (outcome.reason, outcome.was_sent) == ("no-connection ClientConnectorError", False)


# --- servers that no application would be -------------------------------------------------------------------------


@contextmanager
def reached(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answering,
    *,
    context: ssl.SSLContext | None = None,
    plain: bool = False,
    host: str = "localhost",
    **environment: object,
) -> Iterator[Path]:
    """A server of a test that our side knows as HETS, with certificates as they should be; where ours are kept."""
    folder = credentials(settings, "hets")
    folder.mkdir(parents=True)
    files = server_files(settings.state_directory / "server", MORNING)
    shutil.copy(files.authority, folder / "authority.pem")
    show(client_files(settings.state_directory / "client", MORNING), folder)
    with serving_tls(
        answer, None if plain else context or context_of(files), "127.0.0.1" if host == "localhost" else host
    ) as port:
        told = {"hets_address": f"https://{host}:{port}/core", "hets_seconds": 1, **environment}
        for name, value in told.items():
            monkeypatch.setenv(f"PORTICO_ELIGIBILITY_{name.upper()}", str(value))
        eligibility_settings.cache_clear()
        partner._DOORS.clear()
        yield folder
    eligibility_settings.cache_clear()


def show(ours: Certificates, folder: Path) -> None:
    """Let our side show this certificate."""
    for file, name in ((ours.certificate, "client.pem"), (ours.key, "client.key")):
        (folder / name).unlink(missing_ok=True)
        shutil.copy(file, folder / name)


@pytest.mark.parametrize(
    ("answer", "plain", "reason", "was_sent"),
    [
        (silent, True, "no-connection ConnectionTimeoutError", False),
        (silent, False, "too-late", True),
        (reset, False, "broken-off", True),
        (endless, False, "too-large", True),
    ],
    ids=["half open before TLS", "half open after it", "reset in the middle", "without an end"],
)
async def test_a_half_open_or_endless_connection_ends_in_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, answer: Any, plain: bool, reason: str, was_sent: bool
) -> None:
    with reached(settings, monkeypatch, answer, plain=plain):
        outcome = await asyncio.wait_for(Hets(settings, SetClock(MORNING)).ask(asked()), 5)
    assert outcome.reason.startswith(reason)
    assert outcome.was_sent is was_sent


# --- certificates -------------------------------------------------------------------------------------------------


async def refused(settings: Settings, whose: str) -> str:
    """Ask, and be refused for a certificate, with an alarm; the words of the operator."""
    before = sample("portico_partner_certificates_refused_total", partner="hets")
    with capture_logs() as logs:
        outcome = await Hets(settings, SetClock(MORNING)).ask(asked())
    assert (outcome.state, outcome.was_sent) == ("no-answer", False)
    assert sample("portico_partner_certificates_refused_total", partner="hets") == before + 1
    [told] = [entry for entry in logs if entry["event"] == "certificate refused"]
    assert (told["log_level"], told["partner"]) == ("error", "hets")
    assert told["reason"].startswith(f"{whose}: ")
    assert outcome.reason == f"certificate {told['reason']}"
    return str(told["reason"])


async def test_hets_asks_for_our_certificate_and_a_new_one_is_used_at_once(world: World) -> None:
    folder = credentials(world.settings, "hets")
    kept = {name: (folder / name).read_bytes() for name in ("client.pem", "client.key")}
    for name in kept:
        (folder / name).unlink()
    assert await refused(world.settings, "ours") == "ours: there is none to show"
    assert world.hets.state.answered == 0
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    assert (await world.ask()).state == "answered"


@pytest.mark.parametrize(
    ("made", "known", "words"),
    [(LONG_AGO, True, "EXPIRED"), (MORNING, False, "UNKNOWN_CA")],
    ids=["expired", "of an authority that HETS does not know"],
)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
async def test_our_certificate_is_refused(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    version: ssl.TLSVersion,
    made: datetime,
    known: bool,
    words: str,
) -> None:
    ours = client_files(settings.state_directory / "ours", made)
    other = client_files(settings.state_directory / "other", MORNING)
    context = context_of(
        server_files(settings.state_directory / "server", MORNING), ours.authority if known else other.authority
    )
    context.maximum_version = version
    with reached(settings, monkeypatch, silent, context=context) as folder:
        show(ours, folder)
        assert words in await refused(settings, "ours")


async def test_our_certificate_that_expired_is_known_though_hets_says_nothing(world: World) -> None:
    show(client_files(world.settings.state_directory / "old", LONG_AGO), credentials(world.settings, "hets"))
    assert await refused(world.settings, "ours") == "ours: it expired on 2025-02-01"
    assert world.hets.state.answered == 0


async def test_a_certificate_that_hets_does_not_know_is_not_let_in(world: World) -> None:
    show(client_files(world.settings.state_directory / "other", MORNING), credentials(world.settings, "hets"))
    assert (await world.ask()).state == "no-answer"
    assert world.hets.state.answered == 0


async def test_in_tls_12_a_missing_certificate_is_known_too(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = client_files(settings.state_directory / "known", MORNING)
    context = context_of(server_files(settings.state_directory / "server", MORNING), known.authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with reached(settings, monkeypatch, silent, context=context) as folder:
        for name in ("client.pem", "client.key"):
            (folder / name).unlink()
        assert "HANDSHAKE_FAILURE" in await refused(settings, "ours")


@pytest.mark.parametrize(
    ("made", "same_authority", "host", "words"),
    [
        (LONG_AGO, True, "localhost", "expired"),
        (MORNING, False, "localhost", "unable to get local issuer certificate"),
        (MORNING, True, "127.0.0.2", "mismatch"),
    ],
    ids=["expired", "of an authority we do not know", "of another name"],
)
async def test_the_certificate_of_hets_is_refused(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    made: datetime,
    same_authority: bool,
    host: str,
    words: str,
) -> None:
    theirs = server_files(settings.state_directory / "theirs", made)
    came: list[bytes] = []

    def listen(connection: socket.socket) -> None:
        came.append(request_of(connection))

    with reached(settings, monkeypatch, listen, context=context_of(theirs), host=host) as folder:
        if same_authority:
            (folder / "authority.pem").unlink()
            shutil.copy(theirs.authority, folder / "authority.pem")
        assert words in await refused(settings, "theirs")
    assert came == []


@pytest.mark.parametrize("missing", ["authority.pem", "client.key", "client.pem"])
async def test_a_file_that_is_missing_calls_an_operator(world: World, missing: str) -> None:
    (credentials(world.settings, "hets") / missing).unlink()
    assert "FileNotFoundError" in await refused(world.settings, "ours")


async def test_a_key_of_another_certificate_calls_an_operator(world: World) -> None:
    other = client_files(world.settings.state_directory / "other", MORNING)
    place = credentials(world.settings, "hets") / "client.key"
    place.unlink()
    shutil.copy(other.key, place)
    assert "KEY_VALUES_MISMATCH" in await refused(world.settings, "ours")


# --- how many at once, and when HETS is left alone ----------------------------------------------------------------


@pytest.fixture
async def narrow(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """With places for two questions, and a breaker that opens after three failures."""
    few = {"hets_connections": 2, "hets_wait_seconds": 5, "hets_failures": 3, "hets_rest_seconds": 10}
    async with hets_serving(settings, monkeypatch, **few) as hets:
        yield World(settings, hets)


async def test_no_more_questions_than_there_are_places_are_with_hets_at_once(narrow: World) -> None:
    narrow.hets.behave(delay_seconds=0.05)
    outcomes = await asyncio.gather(*(narrow.ask(number) for number in range(1, 13)))
    assert {outcome.state for outcome in outcomes} == {"answered"}
    assert narrow.hets.state.most_open == 2


async def test_who_finds_no_place_in_time_is_told_so_and_hets_is_not_asked(narrow: World) -> None:
    narrow.hets.behave(hold=True)
    waiting = [asyncio.create_task(narrow.ask(number, seconds=4)) for number in (1, 2)]
    await narrow.is_open(2)
    with pytest.raises(HetsBusy):
        await narrow.ask(3, wait_seconds=0)
    with pytest.raises(HetsBusy):
        await narrow.ask(4, wait_seconds=0.05)
    assert narrow.hets.state.most_open == 2
    assert [(await each).reason for each in waiting] == ["too-late", "too-late"]
    narrow.hets.behave()
    assert (await narrow.ask(5, wait_seconds=0)).state == "answered"


async def test_who_goes_away_leaves_the_place_to_another(narrow: World) -> None:
    narrow.hets.behave(hold=True)
    waiting = [asyncio.create_task(narrow.ask(number)) for number in (1, 2)]
    await narrow.is_open(2)
    for each in waiting:
        each.cancel()
    await asyncio.wait(waiting)
    narrow.hets.behave()
    assert (await narrow.ask(3, wait_seconds=0)).state == "answered"


async def test_hets_that_does_not_answer_is_left_alone_then_tried_once(narrow: World) -> None:
    narrow.hets.behave(refuse=True)
    with capture_logs() as logs:
        reasons = [(await narrow.ask(number)).reason for number in range(1, 6)]
    assert reasons == ["status 503"] * 3 + ["rests"] * 2
    assert sample("portico_partner_breaker_open", partner="hets") == 1
    [told] = [entry for entry in logs if entry["event"] == "partner rests"]
    assert (told["log_level"], told["partner"], told["count"]) == ("error", "hets", 3)
    narrow.clock.advance(timedelta(seconds=11))
    trial = sorted([outcome.reason for outcome in await asyncio.gather(*(narrow.ask(each) for each in range(6, 9)))])
    assert trial == ["rests", "rests", "status 503"]
    assert not (await narrow.ask(9)).was_sent
    narrow.hets.behave()
    narrow.clock.advance(timedelta(seconds=11))
    with capture_logs() as logs:
        assert (await narrow.ask(10)).state == "answered"
    assert [entry["event"] for entry in logs] == ["partner answers again"]
    assert sample("portico_partner_breaker_open", partner="hets") == 0
    assert (await narrow.ask(11)).state == "answered"


async def test_answers_between_failures_keep_the_breaker_closed(narrow: World) -> None:
    for number in range(1, 9):
        narrow.hets.behave(refuse=number % 3 != 0)
        await narrow.ask(number)
    assert sample("portico_partner_breaker_open", partner="hets") == 0


async def test_an_answer_that_cannot_be_used_is_no_failure_to_answer(narrow: World) -> None:
    narrow.hets.behave(answer="999")
    reasons = {(await narrow.ask(number)).reason for number in range(1, 9)}
    assert reasons == {"999 BHT"}
