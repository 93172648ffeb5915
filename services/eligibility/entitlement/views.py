"""Puts a 271 into words: all that it carries, under a word of ours or, without one, as the code it came with."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from libs.x12 import qualifiers
from libs.x12.code_sets import CODE_SETS
from libs.x12.eligibility import codes
from libs.x12.eligibility.edits import EDITS
from libs.x12.eligibility.judging import judge_answer
from libs.x12.eligibility.objects import (
    Address,
    AnsweredPerson,
    Contact,
    Dated,
    Delivery,
    Detail,
    EligibilityAnswer,
    MilitaryService,
    Name,
    Procedure,
    Provider,
    Reference,
    Rejection,
    RelatedEntity,
)
from libs.x12.eligibility.objects import Benefit as Statement
from libs.x12.findings import Finding
from services.eligibility.entitlement.domain import (
    ADVANTAGE,
    BILL_OPTION,
    COGNITIVE_ASSESSMENT,
    HOME_HEALTH,
    HOSPICE,
    KIDNEY_DISEASE,
    PART_D,
    PAYS_FIRST,
    PREVENTION_PROGRAM,
    Benefit,
    Entitlement,
    Entity,
    Fact,
    Number,
    Period,
    Person,
    Refusal,
    heading_of,
)

# A last day that means none (X12 RFI 2775).
_NO_END = date.max
# What a single day means, by DTP01: the first of more, or the last. Any other is that day alone.
_FIRST_DAYS = frozenset("193 290 291 292 295 307 340 342 346 348 356 382 539".split())  # noqa: SIM905
_LAST_DAYS = frozenset("194 341 343 347 349 357 540".split())  # noqa: SIM905
_PRIMARY_PAYER = "PRP"
_ROLES = {ADVANTAGE: "Plan", PART_D: "Plan", PAYS_FIRST: "Insurer that pays first"}
# What kinds of dates mean below a heading, where it is more than their own words say.
_DATES = {
    ADVANTAGE: {"290": "Enrolled"},
    PART_D: {"290": "Enrolled", "292": "Enrolled"},
    PAYS_FIRST: {"290": "Pays first"},
    HOSPICE: {"292": "Hospice period"},
    HOME_HEALTH: {"193": "First billing (DOEBA)", "194": "Last billing (DOLBA)", "472": "Home health period"},
    KIDNEY_DISEASE: {"096": "Discharge after transplant"},
    PREVENTION_PROGRAM: {"292": "Program period"},
    COGNITIVE_ASSESSMENT: {"348": "Covered next"},
}
_LEVELS = {"A": "The payer", "B": "The provider", "C": "The patient", "D": "The dependent"}
# How a plan of Medicare Advantage and the contractor share the claims; the letter comes in a message.
_BILL_OPTION = re.compile(r"BILL OPTION CODE\W+(\w)\b", re.IGNORECASE)
_BILL_OPTIONS = {
    "A": "the Medicare contractor processes all claims",
    "B": "the plan processes claims of its own providers, the Medicare contractor all others",
    "C": "the plan processes all claims",
}
# How a stay in a hospice ended; the digit comes in a message.
_REVOCATION = re.compile(r"REVOCATION CODE\W+(\d)\b", re.IGNORECASE)
_REVOCATIONS = {
    "0": "not revoked",
    "1": "revoked by a notice of revocation",
    "2": "revoked by a notice of revocation with nonpayment code N and occurrence code 42",
    "3": "revoked by a claim with occurrence code 23",
}
# That the days of a stay are those of one benefit period, as they always are.
_EACH_EPISODE = Delivery(time_period="26", periods=1)
_PLACES_OF_SERVICE = CODE_SETS["pos"]


def in_words(answer: EligibilityAnswer) -> tuple[Entitlement | None, tuple[Refusal, ...]]:
    """A 271 in words: the entitlement, or why HETS refused the question."""
    patient = answer.patient
    if answer.is_refused or patient is None:
        return None, _refusals(answer.rejections)
    faults = list(judge_answer(answer))
    by_statement = {code for code, about in faults if isinstance(about, Statement)}
    own = next((each.number for each in patient.traces if each.kind == "1"), answer.heading.reference)
    return (
        Entitlement(
            person=_person(patient),
            trace=own,
            benefits=tuple(_benefit(each, patient, faults) for each in patient.benefits),
            about=tuple(_about(answer, patient)),
            refusals=_refusals(each for each in answer.rejections if not each.loop.startswith("2110")),
            remarks=_once(_remark(each) for each in _found(answer) if each.code not in by_statement),
        ),
        (),
    )


def unknown_codes(answer: EligibilityAnswer) -> tuple[str, ...]:
    """The lists that lack a code HETS used, such as `eligibility_or_benefit_code`: for an operator to see."""
    return tuple(each.code_set for each in answer.notices if each.code_set)


def _found(answer: EligibilityAnswer) -> tuple[Finding, ...]:
    return (*answer.findings, *answer.notices)


def _element(finding: Finding) -> str:
    return f"{finding.segment}{finding.element:02}"


def _remark(finding: Finding) -> str:
    if finding.code_set:
        return f"HETS used a code that this portal does not know ({_element(finding)}). It is shown as it came."
    return finding.sentence


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _named(words: Mapping[str, str], code: str) -> str:
    return words.get(code, f"Unknown code {code}") if code else ""


# --- refusals -------------------------------------------------------------------------------------------------------


def _refusals(rejections: Iterable[Rejection]) -> tuple[Refusal, ...]:
    return tuple(dict.fromkeys(map(_refusal, rejections)))


def _refusal(rejection: Rejection) -> Refusal:
    reason, follow_up = rejection.reason, _named(codes.FOLLOW_UPS, rejection.follow_up)
    known = codes.REJECT_REASONS.get(reason)
    sentence = f"{known.words}." if known else f"HETS refused the question for reason {reason}, unknown to this portal."
    remedy = known.advice if known else f"{follow_up}. Call the help desk if that does not help."
    helper = known.helper if known else "The help desk of this portal."
    about = _LEVELS.get(rejection.loop[-1:], "")
    return Refusal(reason, sentence, remedy, follow_up, about, rejection.is_valid, helper)


# --- the answer as a whole ------------------------------------------------------------------------------------------


def _about(answer: EligibilityAnswer, patient: AnsweredPerson) -> Iterator[Fact]:
    """Who answered whom, when, under which numbers."""
    heading, source, receiver = answer.heading, answer.source, answer.receiver
    written = f"written {heading.created:%m/%d/%Y %H:%M}"
    yield Fact("Answer", _joined(_named(codes.PURPOSES, heading.purpose), heading.reference, written))
    for trace in patient.traces:
        yield Fact(_named(codes.TRACES, trace.kind), _joined(trace.number, trace.originator, trace.department))
    yield Fact("Answered by", _full_name(source.name))
    yield from _identity(source.name)
    yield from _contacts(source.contacts)
    if receiver:
        yield Fact("Asked by", _full_name(receiver.name))
        yield from _identity(receiver.name)
        yield from (_plain(each) for each in map(_number, receiver.references))
        yield from _place(receiver.address)
        yield from _provider(receiver.provider)
    if answer.dependent and answer.subscriber:
        yield Fact("Insured", _full_name(answer.subscriber.name))
        yield from _identity(answer.subscriber.name)


def _plain(number: Number) -> Fact:
    return Fact(number.kind, _joined(number.number, number.name))


def _joined(*texts: str) -> str:
    return ", ".join(text for text in texts if text)


# --- persons and who else -------------------------------------------------------------------------------------------


def _person(person: AnsweredPerson) -> Person:
    name = person.name
    return Person(
        mbi=name.identifier,
        last_name=name.last_name,
        first_name=name.first_name,
        birth_date=person.birth_date,
        sex=person.sex,
        address=_address(person.address),
        middle_name=name.middle_name,
        suffix=name.suffix,
        corrected=person.is_corrected,
        periods=tuple(map(_period, person.dates)),
        numbers=tuple(map(_number, person.references)),
        facts=tuple(_person_facts(person)),
    )


def _person_facts(person: AnsweredPerson) -> Iterator[Fact]:
    if person.name.qualifier != "MI":
        yield from _identity(person.name)
    if person.relationship:
        yield Fact("Relationship to the insured", _named(codes.RELATIONS_TO_INSURED, person.relationship))
    if person.birth_sequence is not None:
        yield Fact("Order of birth", str(person.birth_sequence))
    yield from (Fact(_named(codes.DIAGNOSES, kind), _diagnosis(kind, code)) for kind, code in person.diagnoses)
    yield from _provider(person.provider)
    yield from (Fact("Military service", _military(each)) for each in person.military)


def _diagnosis(kind: str, code: str) -> str:
    return f"{code[:3]}.{code[3:]}" if kind.startswith("A") and len(code) > 3 else code


def _military(service: MilitaryService) -> str:
    first, last = service.first, service.last
    return _joined(
        _named(codes.MILITARY_STATUS, service.status),
        _named(codes.MILITARY_EMPLOYMENT, service.employment),
        _named(codes.MILITARY_BRANCHES, service.affiliation),
        service.description,
        f"rank code {service.rank}" if service.rank else "",
        (f"{first:%m/%d/%Y}" if first else "") + (f" to {last:%m/%d/%Y}" if last else ""),
    )


def _full_name(name: Name) -> str:
    return " ".join(part for part in (name.first_name, name.middle_name, name.last_name, name.suffix) if part)


def _identity(name: Name) -> Iterator[Fact]:
    if name.identifier:
        yield Fact(_named(qualifiers.IDENTIFIERS, name.qualifier), name.identifier)
    if name.relationship:
        yield Fact("Relationship", _named(codes.RELATIONSHIPS, name.relationship))


def _place(address: Address | None) -> Iterator[Fact]:
    if words := _address(address):
        yield Fact("Address", words)


def _address(address: Address | None) -> str:
    if address is None:
        return ""
    city = _joined(address.city, " ".join(part for part in (address.state, _zip_code(address.postal_code)) if part))
    region = f"health service region {address.region}" if address.region else ""
    return _joined(address.street, address.second_street, city, address.subdivision, address.country, region)


def _zip_code(digits: str) -> str:
    """A ZIP code as it is written: the 271 has no dash before the last four digits."""
    return f"{digits[:5]}-{digits[5:]}" if len(digits) == 9 and digits.isdigit() else digits


def _contacts(contacts: Iterable[Contact]) -> Iterator[Fact]:
    for contact in contacts:
        if contact.name:
            yield Fact("Contact", contact.name)
        for kind, number in contact.numbers:
            yield Fact(_named(qualifiers.CHANNELS, kind), _telephone(number) if kind in {"TE", "FX", "WP"} else number)


def _telephone(digits: str) -> str:
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 and digits.isdigit() else digits


def _provider(provider: Provider | None) -> Iterator[Fact]:
    if provider is None:
        return
    yield Fact("Part in the care", _named(codes.PROVIDER_PARTS, provider.part))
    if provider.identifier:
        label = "Specialty (taxonomy code)" if provider.qualifier == "PXC" else f"Number of kind {provider.qualifier}"
        yield Fact(label, provider.identifier)


def _entity(entity: RelatedEntity, heading: str) -> Entity:
    role = _ROLES.get(heading) if entity.name.entity == _PRIMARY_PAYER else None
    facts = (
        *_identity(entity.name),
        *_place(entity.address),
        *_contacts(entity.contacts),
        *_provider(entity.provider),
    )
    return Entity(role or _named(qualifiers.ENTITIES, entity.name.entity), _full_name(entity.name), facts)


def _number(reference: Reference) -> Number:
    return Number(_named(qualifiers.REFERENCES, reference.qualifier), reference.value, reference.description)


def _period(dated: Dated) -> Period:
    first: date | None = dated.first
    last = dated.last
    if last is None:
        last = None if dated.qualifier in _FIRST_DAYS else dated.first
        first = None if dated.qualifier in _LAST_DAYS else dated.first
    words, endless = _named(qualifiers.DATES, dated.qualifier), last == _NO_END
    return Period(dated.qualifier, words, first, None if endless else last, endless)


# --- statements -----------------------------------------------------------------------------------------------------


def _benefit(said: Statement, patient: AnsweredPerson, faults: Iterable[tuple[str, object]]) -> Benefit:
    stay = _stay(said.deliveries) if said.deliveries else _NO_STAY
    benefit = Benefit(
        code=said.information,
        what=_named(codes.INFORMATION, said.information),
        service=_services(said.service_types),
        insurance_type=said.insurance,
        insurance=_named(codes.INSURANCE, said.insurance),
        span=_named(codes.TIME_PERIODS, said.time_period),
        plan=said.plan,
        service_types=said.service_types,
        time_period=said.time_period,
        amount_cents=said.amount_cents,
        percent="" if said.percent is None else f"{_digits(said.percent * 100)}%",
        quantity=_counted(said.quantity, said.unit, codes.UNITS),
        unit=said.unit,
        first_day=stay.first_day,
        last_day=stay.last_day,
        left=stay.left,
        procedure=_procedure(said.procedure),
        procedure_code=said.procedure.code if said.procedure else "",
        modifiers=said.procedure.modifiers if said.procedure else (),
        network=_named(codes.NETWORK, said.in_network),
        periods=tuple(map(_period, said.dates)),
        facts=tuple(_benefit_facts(said, stay.others, patient)),
        numbers=tuple(map(_number, said.references)),
        messages=tuple(said.messages),
        refusals=_refusals(said.rejections),
        remarks=tuple(EDITS[code].sentence for code, about in faults if about is said),
    )
    heading = heading_of(benefit)
    words = {} if said.procedure and heading == HOME_HEALTH else _DATES.get(heading, {})
    if not words and not said.entities:
        return benefit
    return replace(
        benefit,
        entities=tuple(_entity(each, heading) for each in said.entities),
        periods=tuple(replace(each, words=words.get(each.code, each.words)) for each in benefit.periods),
    )


@lru_cache(maxsize=1000)
def _services(service_types: tuple[str, ...]) -> str:
    """Kept, since HETS has the same long lists for each patient."""
    return _joined(*(_named(codes.SERVICE_TYPES, code) for code in service_types))


@dataclass(frozen=True, slots=True)
class _Stay:
    """What HSD segments say of the days of a stay or of what is left; `others` are those that say something else."""

    first_day: int | None
    last_day: int | None
    left: str
    others: tuple[Delivery, ...]


_NO_STAY = _Stay(None, None, "", ())


def _stay(deliveries: Iterable[Delivery]) -> _Stay:
    """Days 61 to 90 come as more than 60 days and no more than 90 (HETS companion guide, inpatient days)."""
    first_day, last_day, left, others = None, None, "", list[Delivery]()
    for each in deliveries:
        days = (
            each.periods if each == Delivery(measure="DA", time_period=each.time_period, periods=each.periods) else None
        )
        count = each.quantity if each == Delivery(each.unit, each.quantity, time_period="29") else None
        match each.time_period:
            case "30" if days is not None and first_day is None:
                first_day = days + 1
            case "31" if days is not None and last_day is None:
                last_day = days
            case "29" if days is not None and not left:
                left = f"{days} {'day' if days == 1 else 'days'}"
            case "29" if count is not None and not left:
                left = _counted(count, each.unit, codes.UNITS)
            case _:
                others.append(each)
    if first_day is not None or last_day is not None or left:
        others = [each for each in others if each != _EACH_EPISODE]
    return _Stay(first_day, last_day, left, tuple(others))


def _benefit_facts(said: Statement, deliveries: Iterable[Delivery], patient: AnsweredPerson) -> Iterator[Fact]:
    if said.coverage_level:
        yield Fact("Coverage level", _named(codes.COVERAGE_LEVELS, said.coverage_level))
    if said.authorization:
        yield Fact("Prior authorization", _named(codes.AUTHORIZATION, said.authorization))
    if said.diagnosis_pointers:
        yield Fact("For diagnosis", _joined(*(_pointed(each, patient) for each in said.diagnosis_pointers)))
    yield from (Fact("How often", _delivery(each)) for each in deliveries)
    yield from map(_detail, said.details)
    for message in said.messages:
        if option := _BILL_OPTION.search(message):
            letter = option[1].upper()
            yield Fact(BILL_OPTION, _joined(letter, _BILL_OPTIONS.get(letter, "")))
        if revoked := _REVOCATION.search(message):
            yield Fact("Revocation code", _joined(revoked[1], _REVOCATIONS.get(revoked[1], "")))


def _pointed(pointer: int, patient: AnsweredPerson) -> str:
    known = patient.diagnoses[pointer - 1 : pointer]
    return _diagnosis(*known[0]) if known else f"number {pointer}"


def _procedure(procedure: Procedure | None) -> str:
    if procedure is None:
        return ""
    code = "-".join((procedure.code, *procedure.modifiers))
    through = f" to {procedure.through}" if procedure.through else ""
    return f"{_named(qualifiers.PROCEDURES, procedure.qualifier)} {code}{through}"


def _delivery(delivery: Delivery) -> str:
    sampling = "" if delivery.sampling is None else f"{_digits(delivery.sampling)} "
    periods = delivery.periods
    return _joined(
        _counted(delivery.quantity, delivery.unit, codes.UNITS),
        f"per {sampling}{_named(codes.MEASURES, delivery.measure)}" if delivery.measure else sampling.strip(),
        _named(codes.TIME_PERIODS, delivery.time_period),
        "" if periods is None else f"{periods} {'period' if periods == 1 else 'periods'}",
        _named(codes.DELIVERY_DAYS, delivery.days),
        _named(codes.DELIVERY_TIMES, delivery.time),
    )


def _detail(detail: Detail) -> Fact:
    words = _PLACES_OF_SERVICE.words(detail.code) if detail.qualifier == "ZZ" else ""
    label = _named(codes.DETAILS, detail.qualifier) or "More"
    return Fact(label, _joined(detail.code, words, _named(codes.DETAIL_CATEGORIES, detail.category), detail.text))


def _counted(quantity: Decimal | None, unit: str, units: Mapping[str, str]) -> str:
    number = "" if quantity is None else _digits(quantity)
    return f"{number} {_named(units, unit)}".strip()


def _digits(number: Decimal) -> str:
    """A number with all its decimals and no needless zero."""
    return f"{number.normalize():f}"
