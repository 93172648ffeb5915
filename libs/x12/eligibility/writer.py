"""Writes inquiries as a 270 and answers as a 271 (005010X279A1).

Neighbors that share a heading object share a transaction set, and those that share a source, receiver or subscriber
object share that level, so that what was read is written as it stood. Nothing is checked: see `judging.py`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from libs.common.money import decimal_text
from libs.x12.eligibility.objects import (
    Address,
    AnsweredPerson,
    AskedPerson,
    Benefit,
    Contact,
    Dated,
    Delivery,
    Detail,
    EligibilityAnswer,
    EligibilityInquiry,
    Heading,
    MilitaryService,
    Name,
    Person,
    Procedure,
    Provider,
    Question,
    Receiver,
    Reference,
    Rejection,
    RelatedEntity,
    Source,
    Trace,
)
from libs.x12.writing import Envelope, TransactionWriter, compose, day, write_file

GUIDE = "005010X279A1"
_LOOP = "2120"
_INQUIRY, _ANSWER = ("270", "HS"), ("271", "HB")

_Item = EligibilityInquiry | EligibilityAnswer


def write_270(inquiries: Iterable[EligibilityInquiry], envelope: Envelope) -> Iterator[bytes]:
    """Yield one 270 file in pieces of about 64 KB. For HETS it holds one inquiry."""
    return _write(list(inquiries), envelope, *_INQUIRY)


def write_271(answers: Iterable[EligibilityAnswer], envelope: Envelope) -> Iterator[bytes]:
    """Yield one 271 file in pieces of about 64 KB."""
    return _write(list(answers), envelope, *_ANSWER)


def _write(items: Sequence[_Item], envelope: Envelope, transaction: str, functional: str) -> Iterator[bytes]:
    sets: list[list[_Item]] = []
    for item in items:
        if not sets or sets[-1][-1].heading is not item.heading:
            sets.append([])
        sets[-1].append(item)
    pieces = (piece for number, each in enumerate(sets, 1) for piece in _transaction(each, transaction, f"{number:04}"))
    return write_file(envelope, functional, GUIDE, pieces, len(sets))


def _transaction(items: Sequence[_Item], identifier: str, control_number: str) -> Iterator[bytes]:
    writer = TransactionWriter(identifier, control_number, GUIDE)
    _add(writer, [_heading(items[0].heading)])
    levels = _Levels(items)
    for index in range(len(items)):
        _add(writer, levels.segments(index))
        if writer.full():
            yield writer.take()
    yield writer.close()


def _add(writer: TransactionWriter, segments: list[str]) -> None:
    writer.add_text("".join(segments), len(segments))


class _Levels:
    """The hierarchical levels of one transaction set, numbered as they are written."""

    def __init__(self, items: Sequence[_Item]) -> None:
        self._chains = [_chain(item) for item in items]
        self._number = 0
        # The numbers of the levels around the next one, the outermost first.
        self._open: list[int] = []

    def segments(self, index: int) -> list[str]:
        """What item `index` adds to those before it: its levels from the first that it does not share."""
        chain = self._chains[index]
        segments: list[str] = []
        start = _shared(self._chains[index - 1], chain) if index else 0
        del self._open[start:]
        for depth in range(start, len(chain)):
            self._number += 1
            parent = str(self._open[-1]) if self._open else ""
            self._open.append(self._number)
            segments.append(compose("HL", str(self._number), parent, str(20 + depth), self._child_code(index, depth)))
            segments += _level(chain[depth])
        return segments

    def _child_code(self, index: int, depth: int) -> str:
        """1 when a level below follows, in this item or the next ones that share the level."""
        chain = self._chains[index]
        following = self._chains[index + 1] if index + 1 < len(self._chains) else []
        shares = _shared(chain, following) > depth and len(following) > depth + 1
        return "1" if len(chain) > depth + 1 or shares else "0"


_AnyLevel = Source | Receiver | Person


def _chain(item: _Item) -> list[_AnyLevel]:
    levels = (item.source, item.receiver, item.subscriber, item.dependent)
    return [level for level in levels if level is not None]


def _shared(before: Sequence[_AnyLevel], after: Sequence[_AnyLevel]) -> int:
    """How many levels two neighbors share; the innermost of the second is always its own."""
    count = 0
    while count < min(len(before), len(after) - 1) and before[count] is after[count]:
        count += 1
    return count


def _level(level: _AnyLevel) -> list[str]:
    match level:
        case Source():
            return _source(level)
        case Receiver():
            return _receiver(level)
        case _:
            return _person(level)


# --- levels -----------------------------------------------------------------------------------------------------


def _heading(heading: Heading) -> str:
    created = heading.created
    return compose("BHT", "0022", heading.purpose, heading.reference, day(created), _time(created), heading.kind)


def _source(source: Source) -> list[str]:
    return [
        *map(_rejection, source.refused),
        _name(source.name),
        *map(_contact, source.contacts),
        *map(_rejection, source.rejections),
    ]


def _receiver(receiver: Receiver) -> list[str]:
    return [
        _name(receiver.name),
        *map(_reference, receiver.references),
        *_address(receiver.address),
        *map(_rejection, receiver.rejections),
        *_provider(receiver.provider),
    ]


def _person(person: Person) -> list[str]:
    segments = [
        *map(_trace, person.traces),
        _name(person.name),
        *map(_reference, person.references),
        *_address(person.address),
    ]
    if isinstance(person, AnsweredPerson):
        segments += map(_rejection, person.rejections)
    segments += _provider(person.provider)
    if person.birth_date or person.sex:
        born = ("D8", day(person.birth_date)) if person.birth_date else ("", "")
        segments.append(compose("DMG", *born, person.sex))
    segments += _relationship(person)
    if person.diagnoses:
        segments.append(compose("HI", *person.diagnoses))
    segments += map(_dated, person.dates)
    if isinstance(person, AnsweredPerson):
        segments += map(_military, person.military)
        for benefit in person.benefits:
            segments += _benefit(benefit)
    if isinstance(person, AskedPerson):
        for question in person.questions:
            segments += _question(question)
    return segments


def _relationship(person: Person) -> list[str]:
    if not person.relationship:
        return []
    maintenance = ("", "")
    if isinstance(person, AnsweredPerson):
        maintenance = (person.maintenance, person.maintenance_reason)
    insured = "Y" if person.relationship == "18" else "N"
    return [compose("INS", insured, person.relationship, *maintenance, *[""] * 12, _whole(person.birth_sequence))]


def _question(question: Question) -> list[str]:
    segments = [
        compose(
            "EQ",
            list(question.service_types),
            _procedure(question.procedure),
            question.coverage_level,
            "",
            _pointers(question.diagnosis_pointers),
        )
    ]
    for qualifier, cents in (("R", question.spend_down_cents), ("PB", question.billed_cents)):
        if cents is not None:
            segments.append(compose("AMT", qualifier, decimal_text(cents)))
    if question.place_of_service:
        segments.append(compose("III", "ZZ", question.place_of_service))
    if question.reference:
        segments.append(_reference(question.reference))
    if question.period:
        segments.append(_dated(question.period))
    return segments


# --- benefits ---------------------------------------------------------------------------------------------------


def _benefit(benefit: Benefit) -> list[str]:
    segments = [
        compose(
            "EB",
            benefit.information,
            benefit.coverage_level,
            list(benefit.service_types),
            benefit.insurance,
            benefit.plan,
            benefit.time_period,
            _amount(benefit.amount_cents, benefit.amount_decimals),
            _decimal(benefit.percent),
            benefit.unit,
            _decimal(benefit.quantity),
            benefit.authorization,
            benefit.in_network,
            _procedure(benefit.procedure),
            _pointers(benefit.diagnosis_pointers),
        ),
        *map(_delivery, benefit.deliveries),
        *map(_reference, benefit.references),
        *map(_dated, benefit.dates),
        *map(_rejection, benefit.rejections),
        *(compose("MSG", message) for message in benefit.messages),
        *map(_detail, benefit.details),
    ]
    if benefit.entities:
        segments.append(compose("LS", _LOOP))
        for entity in benefit.entities:
            segments += _entity(entity)
        segments.append(compose("LE", _LOOP))
    return segments


def _delivery(delivery: Delivery) -> str:
    return compose(
        "HSD",
        delivery.unit,
        _decimal(delivery.quantity),
        delivery.measure,
        _decimal(delivery.sampling),
        delivery.time_period,
        _whole(delivery.periods),
        delivery.days,
        delivery.time,
    )


def _detail(detail: Detail) -> str:
    return compose("III", detail.qualifier, detail.code, detail.category, detail.text)


def _entity(entity: RelatedEntity) -> list[str]:
    return [
        _name(entity.name),
        *_address(entity.address),
        *map(_contact, entity.contacts),
        *_provider(entity.provider),
    ]


# --- parts ------------------------------------------------------------------------------------------------------


def _name(name: Name) -> str:
    return compose(
        "NM1",
        name.entity,
        name.kind,
        name.last_name,
        name.first_name,
        name.middle_name,
        "",
        name.suffix,
        name.qualifier,
        name.identifier,
        name.relationship,
    )


def _reference(reference: Reference) -> str:
    return compose("REF", reference.qualifier, reference.value, reference.description)


def _address(address: Address | None) -> list[str]:
    if address is None:
        return []
    segments = [compose("N3", address.street, address.second_street)] if address.street else []
    if address.city:
        place = (address.city, address.state, address.postal_code, address.country)
        region = ("RJ" if address.region else "", address.region)
        segments.append(compose("N4", *place, *region, address.subdivision))
    return segments


def _provider(provider: Provider | None) -> list[str]:
    return [compose("PRV", provider.part, provider.qualifier, provider.identifier)] if provider else []


def _contact(contact: Contact) -> str:
    return compose("PER", "IC", contact.name, *(text for number in contact.numbers for text in number))


def _trace(trace: Trace) -> str:
    return compose("TRN", trace.kind, trace.number, trace.originator, trace.department)


def _rejection(rejection: Rejection) -> str:
    return compose("AAA", "Y" if rejection.is_valid else "N", "", rejection.reason, rejection.follow_up)


def _dated(dated: Dated) -> str:
    return compose("DTP", dated.qualifier, *_period(dated.first, dated.last))


def _military(service: MilitaryService) -> str:
    served = _period(service.first, service.last) if service.first else ()
    return compose(
        "MPI", service.status, service.employment, service.affiliation, service.description, service.rank, *served
    )


def _period(first: date, last: date | None) -> tuple[str, str]:
    return ("D8", day(first)) if last is None else ("RD8", f"{day(first)}-{day(last)}")


def _procedure(procedure: Procedure | None) -> tuple[str, ...]:
    if procedure is None:
        return ()
    modifiers = [*procedure.modifiers, *[""] * (4 - len(procedure.modifiers))]
    return procedure.qualifier, procedure.code, *modifiers, "", procedure.through


def _pointers(pointers: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(map(str, pointers))


def _amount(cents: int | None, decimals: int) -> str:
    """An amount with as many decimals as it needs, and no fewer than `decimals`."""
    if cents is None:
        return ""
    text = decimal_text(cents)
    missing = decimals - len(text.partition(".")[2])
    return text if missing <= 0 else f"{text}{'' if '.' in text else '.'}{'0' * missing}"


def _decimal(value: Decimal | None) -> str:
    """A number without the zero before its point, as X12 wants it."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text[1:] if text.startswith("0.") else text


def _whole(value: int | None) -> str:
    return "" if value is None else str(value)


def _time(moment: datetime) -> str:
    """Hours and minutes, and what is finer only when there is something."""
    if moment.microsecond:
        return f"{moment:%H%M%S}{moment.microsecond // 10_000:02}"
    return f"{moment:%H%M%S}" if moment.second else f"{moment:%H%M}"
