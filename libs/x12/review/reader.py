"""Makes requests and answers of the segments of a 278, one object for each event of a patient.

A fault found here stands on the request or answer, and never rejects the transaction set; only a level of a request
with nothing in it does. An answer may end on any level: where one was refused, nothing follows below.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from libs.common.mbi import is_valid_mbi
from libs.common.npi import is_valid_npi
from libs.x12.claim.edits import HCPCS, ICD_9, ICD_10
from libs.x12.code_sets import CODE_SETS
from libs.x12.collector import Action, Around, actions_for
from libs.x12.guide import COMPONENT, REPETITION
from libs.x12.levels import LevelCollector
from libs.x12.parts import (
    MEMBER_NUMBER,
    NPI,
    Heading,
    Name,
    Procedure,
    cells,
    keep,
    read_contact,
    read_dated,
    read_day,
    read_heading,
    read_name,
    read_optional_day,
    read_procedure,
    read_reference,
    read_trace,
    with_city,
    with_street,
)
from libs.x12.review.edits import EDITS
from libs.x12.review.objects import (
    ADMISSION_REVIEW,
    CERTIFIED,
    MODIFIED,
    NOT_CERTIFIED,
    PENDED,
    Admission,
    Decision,
    Delivery,
    Detail,
    DetailKind,
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
    Specialty,
)
from libs.x12.values import read_cents

_LEVELS = "ABCDEF"
_REVIEWER, _REQUESTER, _SUBSCRIBER, _DEPENDENT, _EVENT, _SERVICE = range(6)
_REQUESTERS = 2
_NOBODY = Name("", "")
_ICD_10_START = date(2015, 10, 1)
_ICD_10, _ICD_9 = frozenset({"ABK", "ABF", "ABJ", "APR"}), frozenset({"BK", "BF", "BJ", "PR"})
_PLACES_OF_SERVICE, _PLACE_LIST = CODE_SETS["pos"], "B"
_ADMITTED = "435"
_DETAILS: dict[str, DetailKind] = {
    "CRC": "condition",
    "CR1": "ambulance",
    "CR2": "spinal manipulation",
    "CR5": "oxygen",
    "CR6": "home health care",
    "TOO": "tooth",
}


class _Reviews(LevelCollector):
    """What requests and answers have in common."""

    def __init__(self, around: Around) -> None:
        super().__init__(around, _LEVELS, EDITS)
        self._heading = Heading("", datetime.min)  # noqa: DTZ901  times of X12 carry no zone
        self._reviewer = Reviewer(Party(_NOBODY))
        self._requesters: list[Party] = []
        self._subscriber: Member | None = None
        self._dependent: Member | None = None
        self._event: Event | None = None
        # What the segments of a level, and those of a name, belong to.
        self._part: Event | Service = Event()
        self._holder: Party | Member = self._reviewer.party
        self._diagnosed_at = 0
        self.find_action = actions_for(around.guide, self._exact(), self._general())
        self.closers = {f"2000{letter}": self._closer(letter) for letter in "ABCD"} | {"2000E": self._end_event}

    def _exact(self) -> dict[tuple[str, str, str], Action]:
        exact: dict[tuple[str, str, str], Action] = {
            ("ST", "BHT", ""): self._begin,
            ("2000A", "HL", ""): self.level("A", self._reviewer_level),
            ("2000A", "AAA", ""): self._refused,
            ("2010A", "NM1", ""): self._reviewer_name,
            ("2000B", "HL", ""): self.level("B", self._requester_level),
            ("2010B", "NM1", ""): self._requester_name,
            ("2000C", "HL", ""): self.level("C", self._subscriber_level),
            ("2010C", "NM1", ""): self._member_name,
            ("2000D", "HL", ""): self.level("D", self._dependent_level),
            ("2010D", "NM1", ""): self._member_name,
            ("2000E", "HL", ""): self.level("E", self._event_level),
            ("2000F", "HL", ""): self.level("F", self._service_level),
            ("2000E", "HI", ""): self._diagnoses,
            ("2000F", "HI", ""): self._asked,
        }
        for loop in ("2000E", "2000F"):
            exact |= {
                (loop, "TRN", ""): self._trace,
                (loop, "AAA", ""): self._part_refusal,
                (loop, "REF", ""): self._part_reference,
                (loop, "DTP", ""): self._part_date,
            }
        names: dict[str, Callable[[Party], None]] = {
            "2010EA": self._part_provider,
            "2010F": self._part_provider,
            "2010FA": self._part_provider,
            "2010FB": self._part_contact,
            **self._loops_of_event(),
        }
        for loop, keep_party in names.items():
            exact[loop, "NM1", ""] = self._party_action(loop, keep_party)
        return exact

    def _loops_of_event(self) -> dict[str, Callable[[Party], None]]:
        """Who takes the names of the loops 2010EB and 2010EC, which request and answer use differently."""
        raise NotImplementedError

    def _general(self) -> dict[str, Action]:
        return {
            "UM": self._question,
            "HCR": self._decision,
            "HSD": self._delivery,
            "CL1": self._admission,
            "PWK": self._document,
            "MSG": self._message,
            "SV1": self._professional,
            "SV2": self._institutional,
            "SV3": self._dental,
            "REF": self._reference,
            "N3": self._street,
            "N4": self._city,
            "PER": self._contact,
            "AAA": self._refusal,
            "PRV": self._specialty,
            "DTP": self._date,
            "DMG": self._demographics,
            "INS": self._relationship,
            **dict.fromkeys(_DETAILS, self._detail),
        }

    def context(self) -> str:
        """The number of the request being read."""
        return self._event.traces[0].number if self._event and self._event.traces else ""

    # --- levels ---------------------------------------------------------------------------------------------------

    def _begin(self, elements: list[str], _position: int) -> None:
        self._heading = read_heading(elements)
        self.around.verdict.reference = self._heading.reference

    def _reviewer_level(self) -> None:
        self._reviewer = Reviewer(Party(_NOBODY))
        self._requester_level()

    def _reviewer_name(self, elements: list[str], position: int) -> None:
        self._reviewer.party = self._hold(elements, position, "2010A")

    def _requester_level(self) -> None:
        self._requesters = []
        self._subscriber = None
        self._subscriber_below()

    def _requester_name(self, elements: list[str], position: int) -> None:
        party = self._hold(elements, position, "2010B")
        if len(self._requesters) < _REQUESTERS:
            self._requesters.append(party)

    def _subscriber_level(self) -> None:
        self._subscriber = Member(_NOBODY)
        self._subscriber_below()

    def _subscriber_below(self) -> None:
        self._dependent = None
        self._event = None

    def _dependent_level(self) -> None:
        self._dependent = Member(_NOBODY)
        self._event = None

    def _member_name(self, elements: list[str], position: int) -> None:
        member = self._dependent or self._subscriber
        if member is None:
            return
        member.name = read_name(elements)
        self._holder = member
        if member.name.qualifier == MEMBER_NUMBER and not is_valid_mbi(member.name.identifier):
            self.fault("mbi", position, "2010D" if self._dependent else "2010C")

    def _event_level(self) -> None:
        self._event = self._part = Event()
        self._diagnosed_at = self._begins[_EVENT]
        self.start(self._review())

    def _service_level(self) -> None:
        self._part = Service()
        if self._event is not None:
            keep(self._event.services, self._part)

    def _closer(self, letter: str) -> Callable[[int], None]:
        """What happens when a level above the event ends."""
        return self.end_of_level(letter, "2000E")

    def _review(self) -> ReviewRequest | ReviewAnswer:
        raise NotImplementedError

    def _end_event(self, _position: int) -> None:
        event = self._event
        if event is not None:
            if any(pointer > len(event.diagnoses) for service in event.services for pointer in _pointers_of(service)):
                self.fault("diagnosis-pointer", self._begins[_SERVICE], "2000F")
            wrong = _ICD_9 if self._heading.created.date() >= _ICD_10_START else _ICD_10
            if any(diagnosis.qualifier in wrong for diagnosis in event.diagnoses):
                self.fault("diagnosis-qualifier", self._diagnosed_at, "2000E")
            self._judge()
        self.finish()
        self._event = None

    def _judge(self) -> None:
        """Hold a whole event against the edits of its kind."""
        raise NotImplementedError

    def _loop(self) -> str:
        """The level being read, as a loop."""
        return "2000F" if isinstance(self._part, Service) else "2000E"

    # --- names ----------------------------------------------------------------------------------------------------

    def _hold(self, elements: list[str], position: int, loop: str) -> Party:
        name = read_name(elements)
        party = self._holder = Party(name)
        if name.qualifier == NPI and not is_valid_npi(name.identifier):
            self.fault("provider-npi", position, loop)
        return party

    def _party_action(self, loop: str, keep_party: Callable[[Party], None]) -> Action:
        def action(elements: list[str], position: int) -> None:
            keep_party(self._hold(elements, position, loop))

        return action

    def _part_provider(self, party: Party) -> None:
        keep(self._part.providers, party)

    def _part_contact(self, party: Party) -> None:
        self._part.contact = party

    def _transport(self, party: Party) -> None:
        if self._event is not None:
            keep(self._event.transports, party)

    def _other_reviewer(self, party: Party) -> None:
        if self._event is not None:
            keep(self._event.other_reviewers, party)

    def _reference(self, elements: list[str], _position: int) -> None:
        keep(self._holder.references, read_reference(elements))

    def _street(self, elements: list[str], _position: int) -> None:
        self._holder.address = with_street(self._holder.address, elements)

    def _city(self, elements: list[str], _position: int) -> None:
        self._holder.address = with_city(self._holder.address, elements)

    def _contact(self, elements: list[str], _position: int) -> None:
        if isinstance(self._holder, Party):
            keep(self._holder.contacts, read_contact(elements))

    def _specialty(self, elements: list[str], _position: int) -> None:
        if isinstance(self._holder, Party):
            _, part, _, taxonomy = cells(elements, 3)[:4]
            self._holder.specialty = Specialty(part, taxonomy)

    def _date(self, elements: list[str], _position: int) -> None:
        if isinstance(self._holder, Party):
            keep(self._holder.dates, read_dated(elements))

    def _demographics(self, elements: list[str], _position: int) -> None:
        if isinstance(self._holder, Member):
            self._holder.birth_date = read_day(elements[2])
            self._holder.sex = cells(elements, 3)[3]

    def _relationship(self, elements: list[str], _position: int) -> None:
        if isinstance(self._holder, Member):
            values = cells(elements, 17)
            self._holder.relationship, self._holder.employment = values[2], values[8]
            self._holder.birth_sequence = int(values[17]) if values[17] else None

    # --- refusals -------------------------------------------------------------------------------------------------

    def _refused(self, elements: list[str], _position: int) -> None:
        keep(self._reviewer.refused, _refusal(elements))

    def _refusal(self, elements: list[str], _position: int) -> None:
        keep(self._holder.refusals, _refusal(elements))

    def _part_refusal(self, elements: list[str], _position: int) -> None:
        keep(self._part.refusals, _refusal(elements))

    # --- event and service ----------------------------------------------------------------------------------------

    def _trace(self, elements: list[str], _position: int) -> None:
        keep(self._part.traces, read_trace(elements))

    def _question(self, elements: list[str], position: int) -> None:
        values = cells(elements, 10)
        place, place_list = (*values[4].split(COMPONENT), "")[:2]
        cause = [*values[5].split(COMPONENT), *[""] * 5]
        self._part.question = Question(
            values[1],
            values[2],
            values[3],
            place,
            place_list,
            tuple(part for part in cause[:3] if part),
            cause[3],
            cause[4],
            *values[6:11],
        )
        if place_list == _PLACE_LIST and not _PLACES_OF_SERVICE.holds(place, self.around.received):
            self.fault("place-of-service", position, self._loop())

    def _decision(self, elements: list[str], position: int) -> None:
        _, action, number, reasons, second = cells(elements, 4)[:5]
        decision = self._part.decision = Decision(
            action, number, tuple(reasons.split(REPETITION)) if reasons else (), second == "Y" if second else None
        )
        if action in {CERTIFIED, MODIFIED} and not number:
            self.fault("authorization-number", position, self._loop())
        if action in {NOT_CERTIFIED, PENDED} and not decision.reasons:
            self.fault("decision-reason", position, self._loop())

    def _part_reference(self, elements: list[str], _position: int) -> None:
        keep(self._part.references, read_reference(elements))

    def _part_date(self, elements: list[str], position: int) -> None:
        dated = read_dated(elements)
        keep(self._part.dates, dated)
        if dated.period.is_reversed:
            self.fault("period", position, self._loop())

    def _codes(self, elements: list[str]) -> tuple[Diagnosis, ...]:
        parts = ([*element.split(COMPONENT), "", "", ""] for element in elements[1:] if element)
        return tuple(Diagnosis(part[0], part[1], read_optional_day(part[3])) for part in parts)

    def _diagnoses(self, elements: list[str], position: int) -> None:
        self._diagnosed_at = position
        diagnoses = self._codes(elements)
        if self._event is not None:
            self._event.diagnoses = diagnoses
        if not all(_is_diagnosis(diagnosis) for diagnosis in diagnoses):
            self.fault("diagnosis-code", position, "2000E")

    def _asked(self, elements: list[str], _position: int) -> None:
        if isinstance(self._part, Service):
            self._part.asked = self._codes(elements)

    def _delivery(self, elements: list[str], _position: int) -> None:
        values = cells(elements, 8)
        self._part.delivery = Delivery(
            values[1],
            _decimal(values[2]),
            values[3],
            _decimal(values[4]),
            values[5],
            int(values[6]) if values[6] else None,
            values[7],
            values[8],
        )

    def _detail(self, elements: list[str], _position: int) -> None:
        values = tuple(tuple(value.split(COMPONENT)) if COMPONENT in value else value for value in elements[1:])
        keep(self._part.details, Detail(_DETAILS[elements[0]], values))

    def _admission(self, elements: list[str], _position: int) -> None:
        if self._event is not None:
            self._event.admission = Admission(*cells(elements, 4)[1:5])

    def _document(self, elements: list[str], _position: int) -> None:
        values = cells(elements, 7)
        keep(self._part.documents, Document(values[1], values[2], values[6], values[7]))

    def _message(self, elements: list[str], _position: int) -> None:
        self._part.message = elements[1]

    def _professional(self, elements: list[str], position: int) -> None:
        values = cells(elements, 20)
        self._line(
            ServiceLine(
                "professional",
                self._procedure(values[1], position, "SV1"),
                charge_cents=self._charge(values[2], position, "SV1"),
                unit=values[3],
                quantity=_decimal(values[4]),
                pointers=tuple(int(part) for part in values[7].split(COMPONENT) if part),
                is_screening=values[11] == "Y" if values[11] else None,
                level_of_care=values[20],
            ),
            position,
            "SV1",
        )

    def _institutional(self, elements: list[str], position: int) -> None:
        values = cells(elements, 10)
        self._line(
            ServiceLine(
                "institutional",
                self._procedure(values[2], position, "SV2"),
                revenue_code=values[1],
                charge_cents=self._charge(values[3], position, "SV2"),
                unit=values[4],
                quantity=_decimal(values[5]),
                rate=_decimal(values[6]),
                residence=values[9],
                level_of_care=values[10],
            ),
            position,
            "SV2",
        )

    def _dental(self, elements: list[str], position: int) -> None:
        values = cells(elements, 7)
        self._line(
            ServiceLine(
                "dental",
                self._procedure(values[1], position, "SV3"),
                charge_cents=self._charge(values[2], position, "SV3"),
                quantity=_decimal(values[6]),
                cavities=tuple(part for part in values[4].split(COMPONENT) if part),
                prosthesis=values[5],
                description=values[7],
            ),
            position,
            "SV3",
        )

    def _line(self, line: ServiceLine, position: int, segment: str) -> None:
        if not isinstance(self._part, Service):
            return
        if self._part.line is not None:
            self.fault("service-kind", position, "2000F", segment)
        self._part.line = line

    def _procedure(self, text: str, position: int, segment: str) -> Procedure | None:
        procedure = read_procedure(text) if text else None
        if procedure and procedure.qualifier == "HC" and not HCPCS.fullmatch(procedure.code):
            self.fault("procedure-code", position, "2000F", segment)
        return procedure

    def _charge(self, text: str, position: int, segment: str) -> int | None:
        try:
            return read_cents(text) if text else None
        except ValueError:
            self.fault("amount-form", position, "2000F", segment)
            return None


class ReviewRequests(_Reviews):
    """Collects the requests of a 278."""

    def _loops_of_event(self) -> dict[str, Callable[[Party], None]]:
        return {"2010EB": self._transport, "2010EC": self._other_reviewer}

    def _dependent_level(self) -> None:
        super()._dependent_level()
        self.fault("patient-not-subscriber", self._begins[_DEPENDENT], "2000D")

    def _review(self) -> ReviewRequest:
        return ReviewRequest(
            self._heading,
            self._reviewer,
            self._requesters,
            self._subscriber,
            self._dependent,
            self._event,
            self.around.verdict.ordinal,
        )

    def _judge(self) -> None:
        event = self._event
        is_admission = event and event.question and event.question.category == ADMISSION_REVIEW
        if event and is_admission and event.dated(_ADMITTED) is None:
            self.fault("admission-date", self._begins[_EVENT], "2000E")


class ReviewAnswers(_Reviews):
    """Collects the answers of a 278."""

    def _loops_of_event(self) -> dict[str, Callable[[Party], None]]:
        return {"2010EB": self._part_contact, "2010EC": self._transport}

    def _closer(self, letter: str) -> Callable[[int], None]:
        depth = _LEVELS.index(letter)

        def close(_position: int) -> None:
            if not self._said[depth]:
                self._level = depth
                self.start(self._review())
                self._judge_refusals(self._begins[depth], f"2000{letter}")
                self.finish()

        return close

    def _review(self) -> ReviewAnswer:
        return ReviewAnswer(
            self._heading,
            self._reviewer,
            self._requesters,
            self._subscriber,
            self._dependent,
            self._event,
            self.around.verdict.ordinal,
        )

    def _judge(self) -> None:
        self._judge_refusals(self._begins[_EVENT], "2000E")

    def _judge_refusals(self, position: int, loop: str) -> None:
        if not self._item.decisions and not self._item.refusals:
            self.fault("nothing-decided", position, loop)


def _refusal(elements: list[str]) -> Refusal:
    _, valid, _, reason, follow_up = cells(elements, 4)[:5]
    return Refusal(reason, follow_up, valid == "Y")


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _pointers_of(service: Service) -> tuple[int, ...]:
    return service.line.pointers if service.line else ()


def _is_diagnosis(diagnosis: Diagnosis) -> bool:
    if diagnosis.qualifier in _ICD_10:
        return ICD_10.fullmatch(diagnosis.code) is not None
    return diagnosis.qualifier not in _ICD_9 or ICD_9.fullmatch(diagnosis.code) is not None
