"""What becomes of a program's own 270: whether its envelope is taken, what HETS is asked, and what the program is told.

Sources: CAQH CORE vC2.2.0 (envelope, real time), CORE 259 (each element at fault has its AAA), guide 005010X279A1.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from libs.partners.core_connectivity.message import PAYLOAD, CoreMessage
from libs.x12.eligibility.codes import HETS_SERVICE_TYPES
from libs.x12.eligibility.objects import (
    AnsweredPerson,
    AskedPerson,
    Benefit,
    EligibilityAnswer,
    EligibilityInquiry,
    Heading,
    Receiver,
    Rejection,
    Source,
    Trace,
)
from services.eligibility.hets.domain import ALL_BENEFITS, Question

REQUEST_TYPE = "X12_270_Request_005010X279A1"
ANSWER_TYPE = "X12_271_Response_005010X279A1"
STRUCTURE_TYPE = "X12_999_Response_005010X231A1"
INTERCHANGE_TYPE = "X12_TA1_Response_00501X231A1"

PAYLOAD_FAULT = f"{PAYLOAD}Illegal"
NOT_X12 = "The payload is not an X12 interchange that can be answered. Send one 270, from ISA to IEA."
NOT_ONE = "In real time the payload holds one interchange with one transaction set 270 about one patient."

AWAY = Rejection("2100A", "42", "R", is_valid=True)
"""The payer cannot answer now; the program may send it again, as a new payload."""
NOT_AUTHORIZED = Rejection("2100B", "41", "C", is_valid=True)
"""The NPI that asks is not the one the program acts for, or is not linked to our submitter at HETS."""
# Fields of our own question, where it is stricter than the rules of HETS, by loop and reason (AAA03).
_REASONS: Mapping[str, tuple[str, str]] = {
    "mbi": ("2100C", "72"),
    "last_name": ("2100C", "73"),
    "first_name": ("2100C", "73"),
    "birth_date": ("2100C", "58"),
    "service_from": ("2100C", "62"),
    "service_to": ("2100C", "63"),
}
_REQUIRED_MISSING = ("2100C", "15")
_CANNOT_PROCESS = "V"


@dataclass(frozen=True, slots=True)
class EnvelopeFault:
    """Why an envelope is not taken: the error code of the rule, and what to correct."""

    code: str
    sentence: str


def envelope_fault(message: CoreMessage) -> EnvelopeFault | None:
    """What is wrong with an envelope that could be read; nothing when its payload is to be looked at."""
    if message.payload_type != REQUEST_TYPE:
        return EnvelopeFault("PayloadTypeIllegal", f"Only PayloadType {REQUEST_TYPE} is taken here.")
    if message.mode != "RealTime":
        return EnvelopeFault(
            "ProcessingModeIllegal", "Batches are not taken: send each inquiry by itself, with ProcessingMode RealTime."
        )
    try:
        payload_key(message.payload_id)
    except ValueError:
        return EnvelopeFault("PayloadIDIllegal", "PayloadID must be a UUID, a new one for each payload.")
    return None


def payload_key(payload_id: str) -> str:
    """By which the same payload is known when it comes again. Raises `ValueError` for an id that is no UUID."""
    return f"core {UUID(payload_id)}"


def question_of(inquiry: EligibilityInquiry, today: date) -> Question:
    """Whom and what a 270 asks about, as the history has it; about today when it names no day."""
    person = inquiry.subscriber
    first = min((each.first for each in inquiry.dates), default=today)
    last = max((each.last or each.first for each in inquiry.dates), default=today)
    known = [each for each in inquiry.service_types if each in HETS_SERVICE_TYPES]
    service_type = ALL_BENEFITS if ALL_BENEFITS in known else next(iter(known), ALL_BENEFITS)
    name = person.name
    return Question(name.identifier, name.last_name, name.first_name, person.birth_date, first, last, service_type)


def refusals_of(fields: Iterable[str]) -> tuple[Rejection, ...]:
    """What is to be corrected in the fields of a question, as refusals of a 271, each once."""
    reasons = dict.fromkeys(_REASONS.get(field, _REQUIRED_MISSING) for field in fields)
    return tuple(Rejection(loop, reason, "C") for loop, reason in reasons)


def restored(answer: EligibilityAnswer, inquiry: EligibilityInquiry, trace: str) -> EligibilityAnswer:
    """HETS's answer as the answer to the program's `inquiry`: with its reference, payer, provider and traces.

    `trace` is the one HETS was asked under. Everything else stays as HETS wrote it, its own trace (TRN01 1) too.
    """
    receiver, subscriber = answer.receiver, answer.subscriber
    return replace(
        answer,
        heading=replace(answer.heading, reference=inquiry.heading.reference),
        source=replace(answer.source, name=inquiry.source.name),
        receiver=replace(receiver, name=inquiry.receiver.name) if receiver else None,
        subscriber=_with_traces(subscriber, inquiry.subscriber, trace) if subscriber else None,
    )


def _with_traces(known: AnsweredPerson, asked: AskedPerson, trace: str) -> AnsweredPerson:
    others = (each for each in known.traces if (each.kind, each.number) != ("2", trace))
    return replace(known, traces=[*others, *_returned(asked)])


def _returned(asked: AskedPerson) -> list[Trace]:
    return [replace(each, kind="2") for each in asked.traces]


def refusing(inquiry: EligibilityInquiry, refusals: Iterable[Rejection], now: datetime) -> EligibilityAnswer:
    """The 271 of a portal that did not ask HETS, or got no answer: what was sent, and why it has none."""
    at: dict[str, list[Rejection]] = {}
    for each in refusals:
        at.setdefault(each.loop, []).append(each)
    dependent = inquiry.dependent
    return EligibilityAnswer(
        Heading(inquiry.heading.reference, now, "11", inquiry.heading.kind),
        Source(inquiry.source.name, rejections=at.get("2100A", [])),
        Receiver(inquiry.receiver.name, rejections=at.get("2100B", [])),
        _refused(inquiry.subscriber, at.get("2100C", []), at.get("2110C", [])),
        _refused(dependent, at.get("2100D", []), at.get("2110D", [])) if dependent else None,
    )


def _refused(person: AskedPerson, refused: list[Rejection], in_question: list[Rejection]) -> AnsweredPerson:
    return AnsweredPerson(
        person.name,
        traces=_returned(person),
        birth_date=person.birth_date,
        sex=person.sex,
        rejections=refused,
        benefits=[Benefit(_CANNOT_PROCESS, rejections=in_question)] if in_question else [],
    )
