"""Writes requests for prior authorization, and answers to them, as a 278 (005010X217).

Neighbors with an equal heading share a transaction set, and those that share a reviewer, requesters, subscriber or
dependent object share that level, so that what was read is written as it stood. Nothing is checked; what is written
can be read again to have it judged.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby

from libs.x12.hierarchy import Hierarchy, Level, with_levels
from libs.x12.parts import (
    Heading,
    address_segments,
    contact_segment,
    dated_segment,
    heading_segment,
    name_segment,
    optional_cents,
    procedure_element,
    reference_segment,
    trace_segment,
)
from libs.x12.review.objects import (
    Decision,
    Delivery,
    Detail,
    Diagnosis,
    Document,
    Event,
    Member,
    Party,
    Question,
    Refusal,
    ReviewAnswer,
    Reviewer,
    ReviewRequest,
    Service,
    ServiceLine,
)
from libs.x12.writing import Element, Envelope, TransactionWriter, clean, compose, day, write_file

GUIDE = "005010X217"
_STRUCTURE, _REQUEST, _ANSWER = "0007", "13", "11"
_DETAILS = {
    "condition": "CRC",
    "ambulance": "CR1",
    "spinal manipulation": "CR2",
    "oxygen": "CR5",
    "home health care": "CR6",
    "tooth": "TOO",
}
_CONDITION = "condition"
_Item = ReviewRequest | ReviewAnswer


def write_278_request(requests: Iterable[ReviewRequest], envelope: Envelope) -> Iterator[bytes]:
    """Yield one 278 file with requests, in pieces of about 64 KB. There must be at least one."""
    return _write(requests, envelope, _REQUEST)


def write_278_answer(answers: Iterable[ReviewAnswer], envelope: Envelope) -> Iterator[bytes]:
    """Yield one 278 file with answers, in pieces of about 64 KB. There must be at least one."""
    return _write(answers, envelope, _ANSWER)


def _write(items: Iterable[_Item], envelope: Envelope, purpose: str) -> Iterator[bytes]:
    count = 0

    def sets() -> Iterator[bytes]:
        nonlocal count
        for heading, members in groupby(items, _heading_of):
            count += 1
            writer = TransactionWriter("278", f"{count:04}", GUIDE)
            writer.add_text(heading_segment(_STRUCTURE, purpose, heading), 1)
            hierarchy = Hierarchy()
            for item, levels, has_inner in with_levels(members, _levels):
                services = item.event.services if item.event else []
                segments = hierarchy.enter(levels, has_inner=has_inner or bool(services))
                for service in services:
                    segments += hierarchy.enter([*levels, _service_level(service)], has_inner=False)
                writer.add_text("".join(segments), len(segments))
                if writer.full():
                    yield writer.take()
            yield writer.close()

    return write_file(envelope, "HI", GUIDE, sets(), lambda: count)


def _heading_of(item: _Item) -> Heading:
    return item.heading


def _levels(item: _Item) -> list[Level]:
    levels = [Level(item.reviewer, "20", lambda: _reviewer(item.reviewer))]
    if item.requesters:
        levels.append(Level(item.requesters, "21", lambda: [part for each in item.requesters for part in _party(each)]))
    for member, code in ((item.subscriber, "22"), (item.dependent, "23")):
        if member is not None:
            levels.append(_member_level(member, code))
    if item.event is not None:
        event = item.event
        levels.append(Level(event, "EV", lambda: _event(event)))
    return levels


def _member_level(member: Member, code: str) -> Level:
    return Level(member, code, lambda: _member(member))


def _service_level(service: Service) -> Level:
    return Level(service, "SS", lambda: _service(service))


def _reviewer(reviewer: Reviewer) -> list[str]:
    return [*map(_refusal, reviewer.refused), *_party(reviewer.party)]


def _party(party: Party) -> list[str]:
    specialty = party.specialty
    return [
        name_segment(party.name),
        *map(reference_segment, party.references),
        *address_segments(party.address),
        *map(contact_segment, party.contacts),
        *map(_refusal, party.refusals),
        *([compose("PRV", specialty.part, specialty.taxonomy and "PXC", specialty.taxonomy)] if specialty else []),
        *map(dated_segment, party.dates),
    ]


def _member(member: Member) -> list[str]:
    is_insured = "Y" if member.relationship == "18" else "N"
    sequence = "" if member.birth_sequence is None else str(member.birth_sequence)
    relationship = compose(
        "INS", is_insured, member.relationship, "", "", "", "", "", member.employment, *[""] * 8, sequence
    )
    return [
        name_segment(member.name),
        *map(reference_segment, member.references),
        *address_segments(member.address),
        *map(_refusal, member.refusals),
        *([compose("DMG", "D8", day(member.birth_date), member.sex)] if member.birth_date else []),
        *([relationship] if member.relationship else []),
    ]


def _refusal(refusal: Refusal) -> str:
    return compose("AAA", "Y" if refusal.is_valid else "N", "", refusal.reason, refusal.follow_up)


def _head(part: Event | Service) -> list[str]:
    """What an event and a service begin with."""
    return [
        *map(trace_segment, part.traces),
        *map(_refusal, part.refusals),
        *([_question(part.question)] if part.question else []),
        *([_decision(part.decision)] if part.decision else []),
        *map(reference_segment, part.references),
        *map(dated_segment, part.dates),
    ]


def _event(event: Event) -> list[str]:
    admission = event.admission
    conditions = [detail for detail in event.details if detail.kind == _CONDITION]
    others = [detail for detail in event.details if detail.kind != _CONDITION]
    contact = [event.contact] if event.contact else []
    parties = [*event.providers, *contact, *event.transports, *event.other_reviewers]
    return [
        *_head(event),
        *([_codes(event.diagnoses)] if event.diagnoses else []),
        *([_delivery(event.delivery)] if event.delivery else []),
        *map(_detail, conditions),
        *(
            [compose("CL1", admission.kind, admission.source, admission.patient_status, admission.residence)]
            if admission
            else []
        ),
        *map(_detail, others),
        *map(_document, event.documents),
        *([compose("MSG", event.message)] if event.message else []),
        *(segment for party in parties for segment in _party(party)),
    ]


def _service(service: Service) -> list[str]:
    parties = [*service.providers, *([service.contact] if service.contact else [])]
    return [
        *_head(service),
        *([_codes(service.asked)] if service.asked else []),
        *([_line(service.line)] if service.line else []),
        *map(_detail, service.details),
        *([_delivery(service.delivery)] if service.delivery else []),
        *map(_document, service.documents),
        *([compose("MSG", service.message)] if service.message else []),
        *(segment for party in parties for segment in _party(party)),
    ]


def _question(question: Question) -> str:
    causes = (*question.causes, "", "", "")[:3]
    return compose(
        "UM",
        question.category,
        question.kind,
        question.service_type,
        (question.place, question.place_list),
        (*causes, question.accident_state, question.accident_country),
        question.urgency,
        question.health,
        question.prognosis,
        question.release,
        question.delay_reason,
    )


def _decision(decision: Decision) -> str:
    second = "" if decision.needs_second_opinion is None else "Y" if decision.needs_second_opinion else "N"
    # The repetition separator is kept out of data, so the reasons are joined here.
    reasons = "^".join(map(clean, decision.reasons))
    values = f"HCR*{clean(decision.action)}*{clean(decision.number)}*{reasons}*{second}"
    return f"{values.rstrip('*')}~"


def _codes(codes: tuple[Diagnosis, ...]) -> str:
    return compose(
        "HI",
        *((code.qualifier, code.code, *(("D8", day(code.known)) if code.known else ())) for code in codes),
    )


def _delivery(delivery: Delivery) -> str:
    return compose(
        "HSD",
        delivery.unit,
        _number(delivery.quantity),
        delivery.per,
        _number(delivery.interval),
        delivery.period,
        "" if delivery.periods is None else str(delivery.periods),
        delivery.pattern,
        delivery.time,
    )


def _detail(detail: Detail) -> str:
    return compose(_DETAILS[detail.kind], *detail.values)


def _document(document: Document) -> str:
    qualifier = "AC" if document.number else ""
    return compose("PWK", document.kind, document.how, "", "", qualifier, document.number, document.description)


def _line(line: ServiceLine) -> str:
    procedure, charge = procedure_element(line.procedure), optional_cents(line.charge_cents)
    quantity = _number(line.quantity)
    if line.kind == "institutional":
        rate = _number(line.rate)
        return compose(
            "SV2",
            line.revenue_code,
            procedure,
            charge,
            line.unit,
            quantity,
            rate,
            "",
            "",
            line.residence,
            line.level_of_care,
        )
    if line.kind == "dental":
        return compose("SV3", procedure, charge, "", line.cavities, line.prosthesis, quantity, line.description)
    pointers: Element = tuple(map(str, line.pointers))
    screening = "" if line.is_screening is None else "Y" if line.is_screening else "N"
    return compose(
        "SV1",
        procedure,
        charge,
        line.unit,
        quantity,
        "",
        "",
        pointers,
        "",
        "",
        "",
        screening,
        *[""] * 8,
        line.level_of_care,
    )


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"
