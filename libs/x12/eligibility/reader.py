"""Makes inquiries of the segments of a 270 and answers of those of a 271, one object for each person asked about.

A fault found here never rejects the transaction set: it stands on the inquiry, with the refusal HETS would answer, or
on the answer. What a payer refuses above the person (AAA of source or receiver) is an answer without a person.
"""

from collections import ChainMap
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from libs.common.mbi import is_valid_mbi
from libs.common.npi import is_valid_npi
from libs.x12.collector import Action, Around, Collector, actions_for
from libs.x12.eligibility.edits import EDITS
from libs.x12.eligibility.judging import HETS, is_diagnosis, is_procedure, is_state, judge_answer, judge_inquiry
from libs.x12.eligibility.objects import (
    MEMBER_NUMBER,
    NPI,
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
from libs.x12.findings import FINDINGS_PER_ITEM, Finding, keep_finding
from libs.x12.guide import COMPONENT, REPETITION
from libs.x12.values import read_cents

# Far above any honest file; they bound memory when a file is made to hurt.
_SEGMENTS_PER_PERSON = 5_000
_MOST = 100
# Levels of the hierarchy, the outermost first.
_LEVELS = "ABCD"
# The data elements of a 271 whose codes a payer may know better than the guide's table.
_OPEN_CODES = frozenset(
    {
        *("66", "98", "128", "235", "309", "355", "365", "366", "374", "584", "615", "673", "678", "679", "706", "875"),
        *("889", "901", "1065", "1068", "1069", "1073", "1136", "1201", "1203", "1207", "1221", "1270", "1336", "1365"),
        *("1390", "1595", "1596"),
    }
)
_SOURCE, _RECEIVER, _SUBSCRIBER, _DEPENDENT = range(4)
_PERSONS = "CD"

_Who = TypeVar("_Who", bound=Person)
_Thing = TypeVar("_Thing")


class _Levels(Collector, Generic[_Who]):
    """What 270 and 271 have in common: heading, source, receiver, and persons on one or two levels."""

    judges = frozenset({"states"})

    def __init__(self, around: Around, person: type[_Who]) -> None:
        super().__init__(around)
        self._new_person = person
        self._heading = Heading("", datetime.min, "")  # noqa: DTZ901  times of X12 carry no zone
        self._source = Source(Name("", ""))
        self._receiver: Receiver | None = None
        self._subscriber: _Who | None = None
        self._dependent: _Who | None = None
        self._person = person(Name("", ""))
        # Whose address and specialty follow.
        self._holder: Receiver | Person | RelatedEntity = self._person
        self._level = _SOURCE
        # By level: whether one lies below, where it began, and its faults. Only the innermost levels make objects.
        self._has_inner = [False] * 4
        self._begins = [0] * 4
        self._faults: list[list[Finding]] = [[], [], [], []]
        self.find_action = actions_for(around.guide, self._exact(), self._general())
        self.closers = {f"2000{letter}": self._closer(level) for level, letter in enumerate(_LEVELS)}

    def context(self) -> str:
        """The trace number of the person being read."""
        return self._person.traces[0].number if self._person.traces else ""

    def take_code_fault(self, finding: Finding) -> None:
        """Keep a code that is not in its set as a fault of the level it is on: the neighbors live."""
        self._keep(self._faults, finding)

    def _exact(self) -> dict[tuple[str, str, str], Action]:
        actions: dict[tuple[str, str, str], Action] = {
            ("ST", "BHT", ""): self._begin,
            ("2000A", "HL", ""): self._source_level,
            ("2100A", "NM1", ""): self._source_name,
            ("2000B", "HL", ""): self._receiver_level,
            ("2100B", "NM1", ""): self._receiver_name,
            ("2100B", "REF", ""): self._receiver_reference,
        }
        for letter in _PERSONS:
            actions |= {
                (f"2000{letter}", "HL", ""): self._subscriber_level if letter == "C" else self._dependent_level,
                (f"2000{letter}", "TRN", ""): self._trace,
                (f"2100{letter}", "NM1", ""): self._person_name,
                (f"2100{letter}", "REF", ""): self._person_reference,
                (f"2100{letter}", "DMG", ""): self._demographics,
                (f"2100{letter}", "INS", ""): self._relationship,
                (f"2100{letter}", "HI", ""): self._diagnoses,
                (f"2100{letter}", "DTP", ""): self._person_date,
            }
        return actions

    def _general(self) -> dict[str, Action]:
        return {"N3": self._street, "N4": self._city, "PRV": self._provider}

    def _place(self, what: object, segment: str, position: int) -> None:
        """Take note where something was read; only inquiries are judged by it."""

    def _loop(self, digits: str) -> str:
        """The name of a loop on the level being read."""
        return digits + _LEVELS[self._level]

    def _fault(self, code: str, loop: str, position: int) -> None:
        """Keep a fault of all objects on the level being read and below."""
        self._keep(self._faults, EDITS.finding(code, position, loop))

    def _keep(self, found: list[list[Finding]], finding: Finding) -> None:
        """Keep a finding on the level being read."""
        keep_finding(found[self._level], finding)

    # --- levels ---------------------------------------------------------------------------------------------------

    def _open(self, level: int, position: int) -> None:
        self._level = level
        self._has_inner[level] = False
        self._begins[level] = position
        if level:
            self._has_inner[level - 1] = True
        for inner in range(level, len(self._faults)):
            self._faults[inner] = []

    def _closer(self, level: int) -> Callable[[int], None]:
        def close(_position: int) -> None:
            if not self._has_inner[level]:
                self._finish()

        return close

    def _finish(self) -> None:
        """Make an object of the innermost level that was read."""
        raise NotImplementedError

    def _found(self) -> tuple[Finding, ...]:
        return tuple(finding for faults in self._faults for finding in faults)

    def _begin(self, elements: list[str], _position: int) -> None:
        cells = _cells(elements, 6)
        self.around.verdict.reference = cells[3]
        self._heading = Heading(cells[3], _moment(cells[4], cells[5]), cells[2], cells[6])

    def _source_level(self, _elements: list[str], position: int) -> None:
        self._open(_SOURCE, position)
        self._source = Source(Name("", ""))
        self._receiver = self._subscriber = self._dependent = None

    def _source_name(self, elements: list[str], position: int) -> None:
        self._source.name = _name(elements)
        self._place(self._source.name, "NM1", position)

    def _receiver_level(self, _elements: list[str], position: int) -> None:
        self._open(_RECEIVER, position)
        self._receiver = self._holder = Receiver(Name("", ""))
        self._subscriber = self._dependent = None

    def _receiver_name(self, elements: list[str], position: int) -> None:
        if self._receiver:
            self._receiver.name = _name(elements)
            self._place(self._receiver.name, "NM1", position)

    def _receiver_reference(self, elements: list[str], _position: int) -> None:
        if self._receiver:
            _keep(self._receiver.references, _reference(elements))

    def _subscriber_level(self, _elements: list[str], position: int) -> None:
        self._open(_SUBSCRIBER, position)
        self._person = self._subscriber = self._holder = self._new_person(Name("", ""))
        self._dependent = None
        self._place(self._person, "HL", position)

    def _dependent_level(self, _elements: list[str], position: int) -> None:
        self._open(_DEPENDENT, position)
        self._person = self._dependent = self._holder = self._new_person(Name("", ""))
        self._place(self._person, "HL", position)

    # --- persons --------------------------------------------------------------------------------------------------

    def _trace(self, elements: list[str], _position: int) -> None:
        cells = _cells(elements, 4)
        _keep(self._person.traces, Trace(cells[1], cells[2], cells[3], cells[4]))

    def _person_name(self, elements: list[str], position: int) -> None:
        self._person.name = _name(elements)
        self._place(self._person.name, "NM1", position)

    def _person_reference(self, elements: list[str], _position: int) -> None:
        _keep(self._person.references, _reference(elements))

    def _street(self, elements: list[str], _position: int) -> None:
        self._holder.address = Address(elements[1], elements[2] if len(elements) > 2 else "")

    def _city(self, elements: list[str], position: int) -> None:
        cells = _cells(elements, 7)
        address = self._holder.address = self._holder.address or Address()
        address.city, address.state, address.postal_code, address.country = cells[1:5]
        address.region, address.subdivision = cells[6], cells[7]
        self._place(self._holder, "N4", position)

    def _provider(self, elements: list[str], _position: int) -> None:
        cells = _cells(elements, 3)
        self._holder.provider = Provider(cells[1], cells[2], cells[3])

    def _demographics(self, elements: list[str], position: int) -> None:
        cells = _cells(elements, 3)
        self._person.sex = cells[3]
        self._person.birth_date = _day(cells[2]) if cells[2] else None
        self._place(self._person, "DMG", position)

    def _relationship(self, elements: list[str], _position: int) -> None:
        cells = _cells(elements, 17)
        self._person.relationship = cells[2]
        self._person.birth_sequence = int(cells[17]) if cells[17] else None

    def _diagnoses(self, elements: list[str], position: int) -> None:
        pairs = (element.partition(COMPONENT) for element in elements[1:] if element)
        self._person.diagnoses = tuple((qualifier, code) for qualifier, _, code in pairs)
        self._place(self._person, "HI", position)

    def _person_date(self, elements: list[str], position: int) -> None:
        dated = _dated(elements)
        _keep(self._person.dates, dated)
        self._place(dated, "DTP", position)


class EligibilityInquiries(_Levels[AskedPerson]):
    """Collects the inquiries of a 270 and holds each against the rules of HETS, on the day of receipt."""

    def __init__(self, around: Around) -> None:
        super().__init__(around, AskedPerson)
        self._question = Question()
        self._positions: list[dict[tuple[int, str], int]] = [{}, {}, {}, {}]

    def _exact(self) -> dict[tuple[str, str, str], Action]:
        actions = super()._exact()
        for letter in _PERSONS:
            actions |= {
                (f"2110{letter}", "EQ", ""): self._start_question,
                (f"2110{letter}", "AMT", "R"): self._spend_down,
                (f"2110{letter}", "AMT", "PB"): self._billed,
                (f"2110{letter}", "III", ""): self._place_of_service,
                (f"2110{letter}", "REF", ""): self._question_reference,
                (f"2110{letter}", "DTP", ""): self._question_date,
            }
        return actions

    def _place(self, what: object, segment: str, position: int) -> None:
        self._positions[self._level][id(what), segment] = position

    def _finish(self) -> None:
        if self._receiver is None or self._subscriber is None:
            return
        inquiry = EligibilityInquiry(
            self._heading,
            self._source,
            self._receiver,
            self._subscriber,
            self._dependent,
            self.around.verdict.ordinal,
        )
        judged = judge_inquiry(inquiry, self.around.received, HETS, ChainMap(*self._positions))
        inquiry.findings = (*self._found(), *judged)[:FINDINGS_PER_ITEM]
        self.around.add(inquiry)

    def _open(self, level: int, position: int) -> None:
        super()._open(level, position)
        for inner in range(level, len(self._positions)):
            self._positions[inner] = {}

    def _start_question(self, elements: list[str], position: int) -> None:
        cells = _cells(elements, 5)
        question = self._question = Question(
            tuple(cells[1].split(REPETITION)) if cells[1] else (),
            _procedure(cells[2]),
            cells[3],
            _pointers(cells[5]),
        )
        _keep(self._person.questions, question)
        self._place(question, "EQ", position)

    def _spend_down(self, elements: list[str], position: int) -> None:
        self._question.spend_down_cents = self._amount(elements[2], position)

    def _billed(self, elements: list[str], position: int) -> None:
        self._question.billed_cents = self._amount(elements[2], position)

    def _amount(self, text: str, position: int) -> int | None:
        cents = _cents(text)
        if cents is None:
            self._fault("amount-form", self._loop("2110"), position)
        return cents

    def _place_of_service(self, elements: list[str], _position: int) -> None:
        self._question.place_of_service = elements[2]

    def _question_reference(self, elements: list[str], _position: int) -> None:
        self._question.reference = _reference(elements)

    def _question_date(self, elements: list[str], position: int) -> None:
        self._question.period = _dated(elements)
        self._place(self._question.period, "DTP", position)


class EligibilityAnswers(_Levels[AnsweredPerson]):
    """Collects the answers of a 271 with every benefit, refusal and related entity.

    A payer may use codes that are newer than the guide: they stand on the object as they came. Only the codes that hold
    the transaction set together (its kind, levels, loops and the forms of its dates) must be those of the guide.
    """

    open_codes = _OPEN_CODES

    def __init__(self, around: Around) -> None:
        super().__init__(around, AnsweredPerson)
        self._benefit = Benefit("")
        self._contacts: list[Contact] = []
        # By level: what is remarked about the answers on it. And where the person and each statement begin.
        self._notices: list[list[Finding]] = [[], [], [], []]
        self._places: dict[int, int] = {}

    def _exact(self) -> dict[tuple[str, str, str], Action]:
        actions = super()._exact() | {
            ("2000A", "AAA", ""): self._refusal("2000A", lambda: self._source.refused),
            ("2100A", "AAA", ""): self._refusal("2100A", lambda: self._source.rejections),
            ("2100B", "AAA", ""): self._refusal("2100B", lambda: self._receiver.rejections if self._receiver else []),
        }
        for letter in _PERSONS:
            actions |= {
                (f"2100{letter}", "AAA", ""): self._refusal(f"2100{letter}", lambda: self._person.rejections),
                (f"2100{letter}", "MPI", ""): self._military,
                (f"2110{letter}", "EB", ""): self._start_benefit,
                (f"2110{letter}", "HSD", ""): self._delivery,
                (f"2110{letter}", "REF", ""): self._benefit_reference,
                (f"2110{letter}", "DTP", ""): self._benefit_date,
                (f"2110{letter}", "AAA", ""): self._refusal(f"2110{letter}", lambda: self._benefit.rejections),
                (f"2110{letter}", "MSG", ""): self._message,
                (f"2115{letter}", "III", ""): self._detail,
                (f"2120{letter}", "NM1", ""): self._start_entity,
            }
        return actions

    def _general(self) -> dict[str, Action]:
        return super()._general() | {"PER": self._contact}

    def _open(self, level: int, position: int) -> None:
        super()._open(level, position)
        self._places = {}
        for inner in range(level, len(self._notices)):
            self._notices[inner] = []

    def take_code_fault(self, finding: Finding) -> None:
        """Keep a code that is not in its set, or not in the guide, as a remark: it is shown as it came."""
        self._keep(self._notices, finding)

    def _remark(self, code: str, loop: str, position: int) -> None:
        self._keep(self._notices, EDITS.finding(code, position, loop))

    def _source_level(self, elements: list[str], position: int) -> None:
        super()._source_level(elements, position)
        self._contacts = self._source.contacts

    def _receiver_name(self, elements: list[str], position: int) -> None:
        super()._receiver_name(elements, position)
        if self._receiver and self._receiver.name.qualifier == NPI and not is_valid_npi(self._receiver.name.identifier):
            self._fault("receiver-npi", "2100B", position)

    def _person_name(self, elements: list[str], position: int) -> None:
        super()._person_name(elements, position)
        self._places[id(self._person)] = position
        name = self._person.name
        in_medicare = self._source.name.identifier == HETS.source and name.qualifier == MEMBER_NUMBER
        if in_medicare and not is_valid_mbi(name.identifier):
            self._fault("mbi", self._loop("2100"), position)

    def _city(self, elements: list[str], position: int) -> None:
        super()._city(elements, position)
        if self._holder.address and not is_state(self._holder.address.state, self.around.received):
            self._remark("state", self._loop("2100"), position)

    def _relationship(self, elements: list[str], position: int) -> None:
        super()._relationship(elements, position)
        cells = _cells(elements, 4)
        self._person.maintenance, self._person.maintenance_reason = cells[3], cells[4]

    def _diagnoses(self, elements: list[str], position: int) -> None:
        super()._diagnoses(elements, position)
        if not all(is_diagnosis(*diagnosis) for diagnosis in self._person.diagnoses):
            self._fault("diagnosis-code", self._loop("2100"), position)

    def _finish(self) -> None:
        answer = EligibilityAnswer(
            self._heading,
            self._source,
            self._receiver,
            self._subscriber,
            self._dependent,
            self.around.verdict.ordinal,
        )
        if not answer.benefits and not answer.rejections:
            self._fault("nothing-said", self._loop("2000"), self._begins[self._level])
        for code, about in judge_answer(answer):
            loop = self._loop("2110" if isinstance(about, Benefit) else "2100")
            self._remark(code, loop, self._places.get(id(about), self._begins[self._level]))
        answer.findings = self._found()[:FINDINGS_PER_ITEM]
        answer.notices = tuple(finding for level in self._notices for finding in level)
        self.around.add(answer)

    def _refusal(self, loop: str, where: Callable[[], list[Rejection]]) -> Action:
        def refuse(elements: list[str], _position: int) -> None:
            _keep(where(), Rejection(loop, elements[3], elements[4], elements[1] == "Y"))

        return refuse

    def _military(self, elements: list[str], _position: int) -> None:
        cells = _cells(elements, 7)
        service = MilitaryService(cells[1], cells[2], cells[3], cells[4], cells[5])
        if cells[7]:
            service.first = _day(cells[7])
            service.last = _day(cells[7][-8:]) if cells[6] == "RD8" else None
        _keep(self._person.military, service)

    # --- benefits -------------------------------------------------------------------------------------------------

    def _start_benefit(self, elements: list[str], position: int) -> None:
        cells = _cells(elements, 14)
        benefit = self._benefit = Benefit(cells[1], cells[2], insurance=cells[4], plan=cells[5], time_period=cells[6])
        self._places[id(benefit)] = position
        if position - self._begins[self._level] < _SEGMENTS_PER_PERSON:
            self._person.benefits.append(benefit)
        else:
            self._too_many(position)
        if cells[3]:
            benefit.service_types = tuple(cells[3].split(REPETITION))
        if cells[7]:
            benefit.amount_cents = _cents(cells[7])
            benefit.amount_decimals = len(cells[7].partition(".")[2])
            if benefit.amount_cents is None:
                self._fault("amount-form", self._loop("2110"), position)
        if cells[8]:
            benefit.percent = Decimal(cells[8])
        if cells[10]:
            benefit.unit, benefit.quantity = cells[9], Decimal(cells[10])
        benefit.authorization, benefit.in_network = cells[11], cells[12]
        benefit.procedure, benefit.diagnosis_pointers = _procedure(cells[13]), _pointers(cells[14])
        if not is_procedure(benefit.procedure):
            self._fault("benefit-procedure-code", self._loop("2110"), position)

    def _too_many(self, position: int) -> None:
        self._person.benefits.clear()
        self.around.note(
            Finding(
                snip=1,
                code="too-many-benefits",
                sentence=f"Eligibility or benefit: one person has more than {_SEGMENTS_PER_PERSON:,} segments.",
                field="Eligibility or benefit",
                segment="EB",
                position=position,
                loop=self._loop("2110"),
                segment_code="4",
            )
        )

    def _delivery(self, elements: list[str], _position: int) -> None:
        cells = _cells(elements, 8)
        delivery = Delivery(
            cells[1],
            Decimal(cells[2]) if cells[2] else None,
            cells[3],
            Decimal(cells[4]) if cells[4] else None,
            cells[5],
            int(cells[6]) if cells[6] else None,
            cells[7],
            cells[8],
        )
        _keep(self._benefit.deliveries, delivery)

    def _benefit_reference(self, elements: list[str], _position: int) -> None:
        _keep(self._benefit.references, _reference(elements))

    def _benefit_date(self, elements: list[str], position: int) -> None:
        dated = _dated(elements)
        _keep(self._benefit.dates, dated)
        if dated.last and dated.last < dated.first:
            self._fault("dates", self._loop("2110"), position)

    def _message(self, elements: list[str], _position: int) -> None:
        _keep(self._benefit.messages, elements[1])

    def _detail(self, elements: list[str], _position: int) -> None:
        cells = _cells(elements, 4)
        _keep(self._benefit.details, Detail(cells[1], cells[2], cells[3], cells[4]))

    def _start_entity(self, elements: list[str], position: int) -> None:
        entity = self._holder = RelatedEntity(_name(elements))
        _keep(self._benefit.entities, entity)
        self._contacts = entity.contacts
        if entity.name.qualifier == NPI and not is_valid_npi(entity.name.identifier):
            self._fault("entity-npi", self._loop("2120"), position)

    def _contact(self, elements: list[str], _position: int) -> None:
        numbers = tuple(zip(elements[3::2], elements[4::2], strict=False))
        _keep(self._contacts, Contact(elements[2] if len(elements) > 2 else "", numbers))


def _keep(things: list[_Thing], thing: _Thing) -> None:
    """Append, up to what any guide allows: the rest belongs to a transaction set that is rejected already."""
    if len(things) < _MOST:
        things.append(thing)


def _cells(elements: list[str], last: int) -> list[str]:
    """The elements up to number `last`, the missing ones empty."""
    return elements + [""] * (last + 1 - len(elements))


def _name(elements: list[str]) -> Name:
    cells = _cells(elements, 10)
    return Name(cells[1], cells[2], cells[3], cells[4], cells[5], cells[7], cells[8], cells[9], cells[10])


def _reference(elements: list[str]) -> Reference:
    return Reference(elements[1], elements[2], elements[3] if len(elements) > 3 else "")


def _procedure(text: str) -> Procedure | None:
    if not text:
        return None
    qualifier, code, *rest = text.split(COMPONENT)
    parts: list[Any] = [*rest, *[""] * (6 - len(rest))]
    modifiers = parts[:4]
    while modifiers and not modifiers[-1]:
        modifiers.pop()
    return Procedure(qualifier, code, tuple(modifiers), parts[5])


def _pointers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(COMPONENT) if part) if text else ()


def _cents(text: str) -> int | None:
    try:
        return read_cents(text)
    except ValueError:
        return None


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _dated(elements: list[str]) -> Dated:
    text = elements[3]
    return Dated(elements[1], _day(text), _day(text[9:]) if elements[2] == "RD8" else None)


def _moment(day: str, time: str) -> datetime:
    """Date and time, which has two to four pairs of digits; the last is hundredths of a second."""
    hundredths = int(time[6:].ljust(2, "0"))
    return datetime(  # noqa: DTZ001  times of X12 carry no zone
        int(day[:4]),
        int(day[4:6]),
        int(day[6:8]),
        int(time[:2]),
        int(time[2:4]),
        int(time[4:6] or 0),
        hundredths * 10_000,
    )
