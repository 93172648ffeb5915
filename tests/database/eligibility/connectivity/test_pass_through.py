"""A program's own 270 in both forms of the CORE envelope, through to the simulated HETS and back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from structlog.testing import capture_logs

from libs.common.messaging.subscriptions import Due
from libs.partners.core_connectivity import soap
from libs.partners.core_connectivity.forms import READING, WRITING, Form
from libs.partners.core_connectivity.message import CoreFaultError, CoreMessage
from libs.x12.acknowledgment.objects import GroupAcknowledgment, InterchangeAcknowledgment
from libs.x12.eligibility.objects import (
    AskedPerson,
    Dated,
    EligibilityAnswer,
    EligibilityInquiry,
    Heading,
    Name,
    Question,
    Receiver,
    Reference,
    Source,
    Trace,
)
from libs.x12.eligibility.writer import write_270
from libs.x12.reader import Batch, FileVerdict, read_file
from libs.x12.writing import Envelope
from services.eligibility.enrollment.domain import REFRESH
from services.eligibility.enrollment.handlers import refresh
from services.eligibility.inquiry.tables import ANSWER
from simulators.hets.enrollments import Enrollments
from simulators.hets.knowledge import Knowledge
from simulators.population import DEFAULT_SEED
from tests.support.applications import BILLER, Someone
from tests.support.eligibility import PATIENT, EligibilityService, eligibility_service
from tests.support.platform import CloneSettings
from tests.support.portico import MORNING
from tools.walk.place import until

FORMS: tuple[Form, ...] = ("mime", "soap")
TODAY = MORNING.date()
PROGRAM = Someone("client", kind="client", role="VENDOR_USER", vendor="authorized")
TRACES = [Trace("1", "CLAIMDESK-0001", "9CLEARHOUS", "DESK 4"), Trace("1", "SWITCH-77", "1SWITCHNET")]
REFERENCE = "PROGRAM-REF-1"
PRIVATE = (PATIENT.mbi, PATIENT.last_name, PATIENT.last_name.upper(), f"{PATIENT.birth_date:%Y%m%d}")


@pytest.fixture
async def portal(
    databases: Callable[..., Awaitable[CloneSettings]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[EligibilityService]:
    async with eligibility_service(await databases("eligibility"), monkeypatch) as running:
        await running.app.admit(PROGRAM)
        yield running


def inquiry(**changes: Any) -> EligibilityInquiry:
    """What a clearinghouse asks about the patient, by the primary search."""
    person = AskedPerson(
        name=Name("IL", "1", PATIENT.last_name, PATIENT.first_name, qualifier="MI", identifier=PATIENT.mbi),
        traces=TRACES,
        birth_date=PATIENT.birth_date,
        dates=[Dated("291", TODAY)],
        questions=[Question(("30",)), Question(("47",))],
    )
    return EligibilityInquiry(
        Heading(REFERENCE, MORNING.replace(tzinfo=None), "13"),
        Source(Name("PR", "2", "MEDICARE", qualifier="PI", identifier="CMS")),
        Receiver(
            Name("1P", "2", "CLINIC BY ANOTHER NAME", qualifier="XX", identifier=PROGRAM.npi),
            references=[Reference("EO", "OWN9")],
        ),
        replace(person, **changes),
    )


def payload(*asked: EligibilityInquiry) -> bytes:
    envelope = Envelope("CLEARINGHOUSE", "PORTICO", MORNING, 905, "30", "ZZ", "T")
    return b"".join(write_270(asked or [inquiry()], envelope))


def message(content: bytes | None = None, number: int = 1, **changes: Any) -> CoreMessage:
    fields: dict[str, Any] = {
        "payload_type": "X12_270_Request_005010X279A1",
        "payload_id": str(UUID(int=number)),
        "at": MORNING,
        "sender": "CLEAR1",
        "receiver": "MAC1",
        "payload": payload() if content is None else content,
    }
    return CoreMessage(**(fields | changes))


@dataclass(frozen=True)
class Reply:
    """What came back: the envelope, and what stands in it."""

    envelope: CoreMessage
    batch: list[Any]
    verdict: FileVerdict | None

    @property
    def answer(self) -> EligibilityAnswer:
        [found] = [each for each in self.batch if isinstance(each, EligibilityAnswer)]
        return found

    @property
    def reasons(self) -> list[tuple[str, str, str]]:
        return [(each.loop, each.reason, each.follow_up) for each in self.answer.rejections]


def opened(content: bytes, guide: str = "005010X279A1") -> tuple[list[Any], FileVerdict]:
    *batches, verdict = read_file([content], received=TODAY, guides={guide})
    assert isinstance(verdict, FileVerdict)
    kinds = (EligibilityAnswer, GroupAcknowledgment, InterchangeAcknowledgment)
    items = [item for batch in batches if isinstance(batch, Batch) for kind in kinds for item in batch.of(kind)]
    return items, verdict


async def post(
    portal: EligibilityService, form: Form, content_type: str, body: bytes, who: Someone = PROGRAM
) -> httpx.Response:
    headers = {"content-type": content_type, "accept": "*/*"}
    return await portal.app.call("POST", f"/api/eligibility/core/{form}", who, content=body, headers=headers)


async def send(portal: EligibilityService, form: Form, sent: CoreMessage) -> Reply:
    answer = await post(portal, form, *WRITING[form](sent))
    assert answer.status_code == 200, answer.text
    envelope = READING[form](answer.headers["content-type"], answer.content)
    assert (envelope.sender, envelope.receiver, envelope.mode) == (sent.receiver, sent.sender, "RealTime")
    assert envelope.payload_id == sent.payload_id
    if not envelope.payload:
        return Reply(envelope, [], None)
    guide = "005010X279A1" if "271" in envelope.payload_type else "005010X231A1"
    items, verdict = opened(envelope.payload, guide)
    assert verdict.stands
    [interchange] = verdict.interchanges
    assert (interchange.sender.strip(), interchange.receiver.strip()) == ("PORTICO", "CLEARINGHOUSE")
    return Reply(envelope, items, verdict)


async def kept(portal: EligibilityService) -> EligibilityAnswer:
    """The last 271 as HETS wrote it."""
    [row, *_] = await portal.rows("SELECT inquiry_id, answer FROM inquiry ORDER BY asked_at DESC")
    [found], _ = opened(ANSWER.open(portal.app.web.keys, row.answer, row.inquiry_id))
    assert isinstance(found, EligibilityAnswer)
    return found


@pytest.mark.parametrize("form", FORMS)
async def test_a_program_gets_the_answer_of_hets_to_its_own_question(portal: EligibilityService, form: Form) -> None:
    reply = await send(portal, form, message())
    assert (reply.envelope.payload_type, reply.envelope.error_code) == ("X12_271_Response_005010X279A1", "Success")
    assert reply.verdict is not None
    assert reply.verdict.interchanges[0].usage == "T"
    assert reply.answer.subscriber is not None
    assert reply.answer.heading.reference == REFERENCE
    assert [each for each in reply.answer.subscriber.traces if each.kind == "2"] == [
        replace(each, kind="2") for each in TRACES
    ]
    assert [each.originator for each in reply.answer.subscriber.traces if each.kind == "1"] == ["9CMSHETS01"]
    assert reply.answer.source.name == inquiry().source.name
    assert reply.answer.receiver is not None
    assert reply.answer.receiver.name == inquiry().receiver.name
    assert {each.insurance for each in reply.answer.benefits if each.information == "1"} == {"MA", "MB"}
    assert portal.hets.state.answered == 1


async def test_hets_is_asked_under_our_reference_trace_and_provider(portal: EligibilityService) -> None:
    await send(portal, "soap", message())
    [row] = await portal.rows("SELECT trace, state FROM inquiry")
    from_hets = await kept(portal)
    assert from_hets.subscriber is not None
    assert from_hets.receiver is not None
    assert from_hets.heading.reference == row.trace
    assert [each.number for each in from_hets.returned_traces] == [row.trace]
    assert from_hets.source.name.last_name == "CMS"
    assert (from_hets.receiver.name.last_name, from_hets.receiver.name.identifier) == (
        f"Office of {PROGRAM.name}",
        PROGRAM.npi,
    )


async def test_every_field_of_the_answer_arrives(portal: EligibilityService) -> None:
    """For each patient of whom HETS has a story, and one it has none of."""
    people = [PATIENT, *(person for person, _ in Knowledge(DEFAULT_SEED).patients.values())]
    lost = []
    for number, person in enumerate(people, start=1):
        name = Name("IL", "1", person.last_name, person.first_name, qualifier="MI", identifier=person.mbi)
        asked = inquiry(name=name, birth_date=person.birth_date)
        portal.app.clock.advance(timedelta(seconds=1))
        reply = await send(portal, FORMS[number % 2], message(payload(asked), number))
        from_hets = await kept(portal)
        assert from_hets.subscriber is not None
        assert from_hets.receiver is not None
        expected = replace(
            from_hets,
            heading=replace(from_hets.heading, reference=REFERENCE),
            source=replace(from_hets.source, name=asked.source.name),
            receiver=replace(from_hets.receiver, name=asked.receiver.name),
            subscriber=replace(
                from_hets.subscriber,
                traces=[from_hets.subscriber.traces[0], *(replace(each, kind="2") for each in TRACES)],
            ),
        )
        if not from_hets.benefits or plain(reply.answer) != plain(expected):
            lost.append(number)
    assert lost == []


def plain(answer: EligibilityAnswer) -> EligibilityAnswer:
    """Without what its reader remarks, which says at which segment something stands."""
    return replace(answer, findings=(), notices=())


async def test_it_is_recorded_as_any_inquiry_is(portal: EligibilityService) -> None:
    with capture_logs() as logs:
        await send(portal, "mime", message())
    [told] = await portal.published()
    assert told.event.type == "eligibility.inquiry-answered.v1"
    assert told.event.asked_by == PROGRAM.user_id
    [row] = await portal.rows("SELECT inquiry_id, inquiry::text AS all FROM inquiry")
    assert not [
        word for word in PRIVATE if word in told.message.payload.decode() or word in row.all or word in str(logs)
    ]
    audited = await portal.rows("SELECT action FROM audit WHERE object_kind = 'inquiry' ORDER BY action")
    assert [each.action for each in audited] == ["answer", "ask", "read"]
    shown = await portal.app.call("GET", f"/api/eligibility/inquiries/{row.inquiry_id}", PROGRAM)
    assert (shown.json()["state"], shown.json()["parts"]) == ("answered", ["Part A", "Part B"])


@pytest.mark.parametrize("form", FORMS)
async def test_the_same_payload_again_has_the_same_answer_and_hets_is_asked_once(
    portal: EligibilityService, form: Form
) -> None:
    first = await send(portal, form, message())
    portal.app.clock.advance(timedelta(minutes=5))
    again = await send(portal, form, message())
    assert again.envelope.payload == first.envelope.payload
    assert portal.hets.state.answered == 1


async def test_an_id_that_came_with_another_payload_is_refused(portal: EligibilityService) -> None:
    await send(portal, "mime", message())
    other = message(payload(inquiry(traces=TRACES[:1])))
    answer = await post(portal, "soap", *WRITING["soap"](other))
    assert (answer.status_code, answer.json()["code"]) == (409, "form-reused")
    assert portal.hets.state.answered == 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"payload_type": "X12_276_Request_005010X212"}, "PayloadTypeIllegal"),
        ({"payload_type": ""}, "PayloadTypeRequired"),
        ({"mode": "Batch"}, "ProcessingModeIllegal"),
        ({"payload_id": "17"}, "PayloadIDIllegal"),
        ({"payload": b"no X12 at all"}, "PayloadIllegal"),
        ({"payload": payload(inquiry(), inquiry())}, "PayloadIllegal"),
        ({"payload": payload() + payload()}, "PayloadIllegal"),
    ],
    ids=["other type", "no type", "batch", "no uuid", "no X12", "two inquiries", "two interchanges"],
)
async def test_a_fault_of_the_envelope_has_its_code(
    portal: EligibilityService, form: Form, changes: dict[str, Any], code: str
) -> None:
    answer = await post(portal, form, *WRITING[form](message(**changes)))
    assert answer.status_code == 200
    refused = READING[form](answer.headers["content-type"], answer.content)
    assert (refused.error_code, refused.payload_type, refused.payload) == (code, "CoreEnvelopeError", b"")
    assert refused.error_message
    assert portal.hets.state.answered == 0


@pytest.mark.parametrize("form", FORMS)
async def test_another_version_of_the_rule_is_refused_by_its_code(portal: EligibilityService, form: Form) -> None:
    content_type, body = WRITING[form](message())
    version = b'"CORERuleVersion"\r\n\r\n2.2.0' if form == "mime" else b"<CORERuleVersion>2.2.0"
    answer = await post(portal, form, content_type, body.replace(version, version.replace(b"2.2.0", b"4.0.0")))
    assert READING[form](answer.headers["content-type"], answer.content).error_code == "VersionMismatch"


async def test_what_is_no_soap_is_answered_with_a_fault(portal: EligibilityService) -> None:
    with capture_logs() as logs:
        answer = await post(portal, "soap", "application/soap+xml", f"<!DOCTYPE a><a>{PATIENT.mbi}</a>".encode())
    assert answer.status_code == 400
    with pytest.raises(CoreFaultError, match="Sender"):
        soap.read_message(answer.headers["content-type"], answer.content)
    assert PATIENT.mbi not in answer.text + str(logs)


async def test_what_is_no_multipart_is_answered_with_a_code(portal: EligibilityService) -> None:
    answer = await post(portal, "mime", "application/json", b"{}")
    refused = READING["mime"](answer.headers["content-type"], answer.content)
    assert (refused.error_code, refused.error_message) == (
        "PayloadTypeRequired",
        "the body is not a MIME multipart message.",
    )


async def test_more_than_an_inquiry_needs_is_not_read(portal: EligibilityService) -> None:
    answer = await post(portal, "mime", *WRITING["mime"](message(b"ISA*" + b"0" * 65_536)))
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize("form", FORMS)
async def test_a_fault_of_the_structure_is_a_999(portal: EligibilityService, form: Form) -> None:
    reply = await send(portal, form, message(payload().replace(b"~HL*2*1*21*1~", b"~HL*2*1*29*1~")))
    assert reply.envelope.payload_type == "X12_999_Response_005010X231A1"
    [group] = reply.batch
    assert (group.code, group.control_number) == ("R", "905")
    assert portal.hets.state.answered == 0


@pytest.mark.parametrize("form", FORMS)
async def test_a_fault_of_the_interchange_is_a_ta1(portal: EligibilityService, form: Form) -> None:
    reply = await send(portal, form, message(payload().replace(b"IEA*1*000000905", b"IEA*1*000000906")))
    assert reply.envelope.payload_type == "X12_TA1_Response_00501X231A1"
    [refused] = reply.batch
    assert (refused.control_number, refused.note) == ("000000905", "001")
    assert portal.hets.state.answered == 0


def named(**changes: str) -> Name:
    return replace(inquiry().subscriber.name, **changes)


FAULTY: dict[str, tuple[EligibilityInquiry, list[tuple[str, str, str]]]] = {
    "Medicare number": (inquiry(name=named(identifier="1SG4TE5MK73")), [("2100C", "72", "C")]),
    "last name and birth date": (
        inquiry(name=named(last_name=""), birth_date=date(2030, 1, 1)),
        [("2100C", "73", "C"), ("2100C", "58", "C")],
    ),
    "search set": (inquiry(name=named(first_name=""), birth_date=None), [("2100C", "15", "C")]),
    "too early": (inquiry(dates=[Dated("291", date(2021, 1, 1))]), [("2100C", "62", "C")]),
    "too late, in the question": (
        inquiry(dates=[], questions=[Question(("30",), period=Dated("291", date(2027, 9, 1)))]),
        [("2110C", "63", "C")],
    ),
    "too old": (inquiry(birth_date=date(1890, 1, 1)), [("2100C", "58", "C")]),
    "payer": (
        replace(inquiry(), source=Source(Name("PR", "2", "OTHER", qualifier="PI", identifier="OTHER"))),
        [("2100A", "79", "C")],
    ),
    "no NPI": (
        replace(inquiry(), receiver=Receiver(Name("1P", "2", "CLINIC", qualifier="XX", identifier="1234567890"))),
        [("2100B", "43", "C")],
    ),
    "another NPI": (
        replace(inquiry(), receiver=Receiver(Name("1P", "2", "CLINIC", qualifier="XX", identifier="1679576722"))),
        [("2100B", "41", "C")],
    ),
    "dependent": (
        replace(inquiry(), dependent=replace(inquiry().subscriber, name=Name("03", "1", "YOUNGER", "ANN"))),
        [("2100D", "77", "C")],
    ),
}


@pytest.mark.parametrize("fault", FAULTY)
async def test_what_hets_would_refuse_is_refused_before_it_is_asked(portal: EligibilityService, fault: str) -> None:
    asked, reasons = FAULTY[fault]
    reply = await send(portal, "soap", message(payload(asked)))
    assert reply.reasons == reasons
    assert reply.answer.heading.reference == REFERENCE
    assert [each.number for each in reply.answer.returned_traces] == [each.number for each in TRACES]
    assert portal.hets.state.answered == 0
    assert await portal.rows("SELECT 1 FROM inquiry") == []
    [audited] = await portal.rows("SELECT action, outcome FROM audit WHERE object_kind = 'inquiry'")
    assert tuple(audited) == ("ask", "refused")


async def test_an_npi_that_is_not_enrolled_for_hets_is_aaa_41(
    databases: Callable[..., Awaitable[CloneSettings]], monkeypatch: pytest.MonkeyPatch
) -> None:
    enrollments = Enrollments(DEFAULT_SEED)
    async with eligibility_service(await databases("eligibility"), monkeypatch, enrollments=enrollments) as portal:
        await portal.app.admit(PROGRAM)
        await refresh(portal.app.work, Due(kind=REFRESH, subject="all", due_at=MORNING, payload={}, attempts=0))
        reply = await send(portal, "soap", message())
        assert reply.reasons == [("2100B", "41", "C")]
        assert portal.hets.state.answered == 0


async def test_questions_of_a_page_and_of_a_program_are_not_taken_for_each_other(portal: EligibilityService) -> None:
    """A program may ask about one service type alone; whoever asks about everything must not get that answer."""
    narrow = inquiry(questions=[Question(("47",))])
    await send(portal, "mime", message(payload(narrow)))
    await send(portal, "mime", message(number=2))
    await portal.app.call(
        "POST",
        "/api/eligibility/inquiries",
        PROGRAM,
        json={"mbi": PATIENT.mbi, "last_name": PATIENT.last_name, "birth_date": str(PATIENT.birth_date)},
        headers={"idempotency-key": "key-000001"},
    )
    assert portal.hets.state.answered == 3


@pytest.mark.parametrize("behavior", ["refuse", "hold", "foreign", "cut", "many", "999", "TA1"])
async def test_a_hets_that_gives_no_answer_is_told_as_a_payer_that_cannot_answer_now(
    portal: EligibilityService, behavior: str
) -> None:
    portal.hets.behave(**({behavior: True} if behavior in ("refuse", "hold") else {"answer": behavior}))
    first = await send(portal, "mime", message())
    assert first.reasons == [("2100A", "42", "R")]
    portal.hets.behave()
    again = await send(portal, "mime", message())
    assert again.envelope.payload == first.envelope.payload
    # Under a new id it may be sent again, but not before HETS has had its 90 seconds.
    portal.app.clock.advance(timedelta(seconds=91))
    other = await send(portal, "mime", message(number=2))
    assert other.reasons == []


async def test_a_refusal_of_hets_arrives_and_who_guesses_is_refused(portal: EligibilityService) -> None:
    wrong = inquiry(birth_date=PATIENT.birth_date + timedelta(days=1))
    for number in range(1, 6):
        reply = await send(portal, "mime", message(payload(wrong), number))
        assert reply.reasons == [("2100C", "71", "C")]
        assert [each.number for each in reply.answer.returned_traces] == [each.number for each in TRACES]
    answer = await post(portal, "mime", *WRITING["mime"](message(payload(wrong), 6)))
    assert (answer.status_code, answer.json()["code"]) == (429, "inquiry-limited")
    assert portal.hets.state.answered == 5


async def test_a_person_who_may_ask_may_use_it_for_their_own_provider(portal: EligibilityService) -> None:
    answer = await post(portal, "mime", *WRITING["mime"](message()), who=BILLER)
    assert READING["mime"](answer.headers["content-type"], answer.content).error_code == "Success"


async def test_what_hets_has_not_answered_is_not_sent_again_at_once_under_another_id(
    portal: EligibilityService,
) -> None:
    portal.hets.behave(hold=True)
    await send(portal, "mime", message())
    portal.hets.behave()
    renamed = inquiry(traces=[Trace("1", "ANOTHER-0002", "9CLEARHOUS")])
    answer = await post(portal, "mime", *WRITING["mime"](message(payload(renamed), 2)))
    assert (answer.status_code, answer.json()["code"]) == (429, "inquiry-repeated")
    assert int(answer.headers["retry-after"]) > 80
    assert portal.hets.state.answered == 0


async def test_while_hets_takes_no_more_a_program_is_told_so_at_once_and_nothing_waits_in_line(
    databases: Callable[..., Awaitable[CloneSettings]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds = {"hets_connections": 1, "hets_wait_seconds": 0}
    async with eligibility_service(await databases("eligibility"), monkeypatch, **bounds) as portal:
        await portal.app.admit(PROGRAM)
        portal.hets.behave(hold=True)
        first = asyncio.create_task(send(portal, "mime", message()))

        async def is_open() -> bool:
            return portal.hets.state.open == 1

        await until(is_open, within=10, waiting_for="the first question at HETS")
        second = await send(portal, "soap", message(payload(inquiry(questions=[Question(("47",))])), 2))
        assert second.reasons == [("2100A", "42", "R")]
        rows = await portal.rows("SELECT state, reason FROM inquiry ORDER BY state")
        assert [tuple(each) for each in rows] == [("no-answer", "busy"), ("pending", "")]
        assert (await first).reasons == [("2100A", "42", "R")]
