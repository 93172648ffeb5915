"""Makes questions of the segments of a 276 and answers of those of a 277, one object for each claim.

A fault found here stands on the question or answer, and never rejects the transaction set; only a level with nothing
in it does.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from libs.common.mbi import is_valid_mbi
from libs.common.npi import is_valid_npi
from libs.x12.claim.edits import HCPCS
from libs.x12.claim_status.edits import CLOSED_PLACES, EDITS, OPEN_CODES, UNKNOWN_CODES
from libs.x12.claim_status.objects import (
    TYPE_OF_BILL,
    Payer,
    Person,
    StatusAnswer,
    StatusDetail,
    StatusInquiry,
    StatusLine,
)
from libs.x12.claim_status.segments import SERVICE, read_detail, read_line
from libs.x12.code_sets import CODE_SETS
from libs.x12.collector import Action, Around, actions_for
from libs.x12.levels import LevelCollector
from libs.x12.parts import (
    MEMBER_NUMBER,
    NPI,
    Heading,
    Name,
    Period,
    Procedure,
    keep,
    read_contact,
    read_day,
    read_heading,
    read_name,
    read_optional_cents,
    read_period,
    read_reference,
)

# Of so many inquiries it is remembered that their number was used; files of clearinghouses are shorter.
_TRACES_REMEMBERED = 20_000
_PROVIDERS = 2
# Levels of the hierarchy by letter, the outermost first.
_LEVELS = "ABCDE"
_PAYER, _RECEIVER, _PROVIDER, _SUBSCRIBER, _PATIENT = range(5)
_NOBODY = Name("", "")
_STATUS_CODES = CODE_SETS["claim_status"]
_BILL_TYPE = re.compile("0?[1-9][1-9][0-9A-Z]")


class ClaimLevels(LevelCollector):
    """What the readers of 276, 277 and 277CA have in common: claims with service lines.

    An answer `repeats` what was asked or submitted, also what is wrong with it, which may be why it refuses: numbers,
    procedures and days of a claim are then taken as they are (RFI 366 and 2375).
    """

    repeats: ClassVar[bool] = False

    def __init__(self, around: Around, letters: str) -> None:
        super().__init__(around, letters, EDITS)
        self._line: StatusLine | None = None

    def start(self, item: Any) -> None:
        """Begin a claim on the level being read."""
        super().start(item)
        self._line = None

    def finish(self) -> None:
        """End the claim being read."""
        super().finish()
        self._line = None

    def loop(self, digits: str) -> str:
        """The name of a loop on the level being read."""
        return digits + self._letters[self._level]

    def context(self) -> str:
        """The number of the question being read."""
        return self._item.trace if self._item is not None else ""

    def amounts(
        self, read: Callable[[list[str]], Any], elements: list[str], places: tuple[int, ...], position: int
    ) -> Any:
        """What `read` makes of a segment; when an amount has parts of a cent, a fault and what it makes without."""
        try:
            return read(elements)
        except ValueError:
            self.fault("amount-form", position, self.loop("2200"), elements[0])
            return read([*("" if at in places else value for at, value in enumerate(elements))])

    def start_line(self, elements: list[str], position: int) -> None:
        """A service line (SVC) of the object being read."""
        if self._item is None:
            return
        self._line = line = self.amounts(read_line, elements, (2, 3), position)
        keep(self._item.lines, line)
        self.judge("procedure-code", position, "2220", stands=is_procedure(line.procedure))
        self.judge("charge-negative", position, "2220", stands=(line.charge_cents or 0) >= 0, segment="SVC")

    def line_period(self, elements: list[str], position: int) -> None:
        """The days of a service line; a date of a kind the guide does not have is none."""
        if self._line is not None and elements[1] == SERVICE:
            self._line.period = self.period(elements, position)

    def line_reference(self, elements: list[str], _position: int) -> None:
        """A number of a service line."""
        if self._line is not None:
            keep(self._line.references, read_reference(elements))

    def period(self, elements: list[str], position: int) -> Period:
        """The days of a DTP."""
        period = read_period(elements[2], elements[3])
        self.judge("service-period", position, "2200", stands=not period.is_reversed)
        return period

    def judge(self, code: str, position: int, digits: str, *, stands: bool, segment: str = "") -> None:
        """Note a fault of what is asked, unless it `stands`; what an answer repeats always does."""
        if not (stands or self.repeats):
            self.fault(code, position, self.loop(digits), segment)


class _Levels(ClaimLevels):
    """What 276 and 277 have in common: payer, receiver, providers, subscriber, patient."""

    def __init__(self, around: Around) -> None:
        super().__init__(around, _LEVELS)
        self._heading = Heading("", datetime.min)  # noqa: DTZ901  times of X12 carry no zone
        self._payer = Payer(_NOBODY)
        self._receiver = _NOBODY
        self._providers: tuple[Name, ...] = ()
        self._subscriber: Person | None = None
        self._patient: Person | None = None
        self.find_action = actions_for(around.guide, self._exact())
        self.closers = {f"2000{letter}": self.end_of_level(letter, f"2200{letter}") for letter in _LEVELS}
        self.closers |= {f"2200{letter}": self._end_item for letter in _LEVELS[1:]}

    def _exact(self) -> dict[tuple[str, str, str], Action]:
        exact: dict[tuple[str, str, str], Action] = {
            ("ST", "BHT", ""): self._begin,
            ("2000A", "HL", ""): self.level("A", self._payer_level),
            ("2100A", "NM1", ""): self._payer_name,
            ("2000B", "HL", ""): self.level("B", self._receiver_level),
            ("2100B", "NM1", ""): self._receiver_name,
            ("2000C", "HL", ""): self.level("C", self._provider_level),
            ("2100C", "NM1", ""): self._provider_name,
            ("2000D", "HL", ""): self.level("D", self._subscriber_level),
            ("2100D", "NM1", ""): self._subscriber_name,
            ("2000E", "HL", ""): self.level("E", self._patient_level),
            ("2100E", "NM1", ""): self._patient_name,
        }
        for letter in "DE":
            exact |= {
                (f"2200{letter}", "TRN", ""): self._start,
                (f"2200{letter}", "REF", ""): self._reference,
                (f"2200{letter}", "DTP", ""): self._period,
                **dict.fromkeys(((f"2210{letter}", "SVC", ""), (f"2220{letter}", "SVC", "")), self.start_line),
                **dict.fromkeys(((f"2210{letter}", "REF", ""), (f"2220{letter}", "REF", "")), self.line_reference),
                **dict.fromkeys(((f"2210{letter}", "DTP", ""), (f"2220{letter}", "DTP", "")), self.line_period),
            }
        return exact

    # --- levels ---------------------------------------------------------------------------------------------------

    def _begin(self, elements: list[str], _position: int) -> None:
        self._heading = read_heading(elements)
        self.around.verdict.reference = self._heading.reference

    def _payer_level(self) -> None:
        self._payer = Payer(_NOBODY)
        self._receiver_level()

    def _payer_name(self, elements: list[str], _position: int) -> None:
        self._payer.name = read_name(elements)

    def _receiver_level(self) -> None:
        self._receiver = _NOBODY
        self._provider_level()

    def _receiver_name(self, elements: list[str], _position: int) -> None:
        self._receiver = read_name(elements)

    def _provider_level(self) -> None:
        self._providers = ()
        self._subscriber = self._patient = None

    def _provider_name(self, elements: list[str], position: int) -> None:
        name = read_name(elements)
        if len(self._providers) < _PROVIDERS:
            self._providers = (*self._providers, name)
        is_number = name.qualifier != NPI or is_valid_npi(name.identifier)
        self.judge("provider-npi", position, "2100", stands=is_number)

    def _subscriber_level(self) -> None:
        self._subscriber = Person(_NOBODY)
        self._patient = None

    def _subscriber_name(self, elements: list[str], position: int) -> None:
        if self._subscriber:
            self._subscriber.name = name = read_name(elements)
            is_number = name.qualifier != MEMBER_NUMBER or is_valid_mbi(name.identifier)
            self.judge("mbi", position, "2100", stands=is_number)

    def _patient_level(self) -> None:
        self._patient = Person(_NOBODY)
        self.fault("patient-not-subscriber", self._begins[_PATIENT], self.loop("2000"))

    def _patient_name(self, elements: list[str], _position: int) -> None:
        if self._patient:
            self._patient.name = read_name(elements)

    # --- claims ---------------------------------------------------------------------------------------------------

    def _start(self, elements: list[str], position: int) -> None:
        raise NotImplementedError

    def _levels_of_item(self) -> dict[str, Any]:
        """What stands around the object being begun."""
        return {
            "heading": self._heading,
            "payer": self._payer,
            "receiver": self._receiver,
            "providers": self._providers,
            "subscriber": self._subscriber,
            "patient": self._patient,
            "transaction": self.around.verdict.ordinal,
        }

    def _end_item(self, _position: int) -> None:
        self.finish()

    def _reference(self, elements: list[str], position: int) -> None:
        if self._item is None:
            return
        reference = read_reference(elements)
        keep(self._item.references, reference)
        is_type = reference.qualifier != TYPE_OF_BILL or is_type_of_bill(reference.value)
        self.judge("type-of-bill", position, "2200", stands=is_type)

    def _period(self, elements: list[str], position: int) -> None:
        if self._item is not None and elements[1] == SERVICE:
            self._item.period = self.period(elements, position)


class StatusInquiries(_Levels):
    """Collects the questions of a 276."""

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self._traces: set[str] = set()
        self._begun = 0

    def _exact(self) -> dict[tuple[str, str, str], Action]:
        exact = super()._exact()
        for letter in "DE":
            exact |= {
                (f"2000{letter}", "DMG", ""): self._demographics,
                (f"2200{letter}", "AMT", ""): self._charge,
            }
        return exact

    def _demographics(self, elements: list[str], _position: int) -> None:
        person = self._patient or self._subscriber
        if person:
            person.birth_date = read_day(elements[2])
            person.sex = elements[3] if len(elements) > 3 else ""

    def _start(self, elements: list[str], position: int) -> None:
        self._begun = position
        self.start(StatusInquiry(**self._levels_of_item(), trace=elements[2]))
        if elements[2] in self._traces:
            self.fault("trace-repeated", position, self.loop("2200"))
        elif len(self._traces) < _TRACES_REMEMBERED:
            self._traces.add(elements[2])

    def _charge(self, elements: list[str], position: int) -> None:
        if self._item is not None:
            self._item.charge_cents = self.amounts(
                lambda parts: read_optional_cents(parts[2]), elements, (2,), position
            )
            if (self._item.charge_cents or 0) < 0:
                self.fault("charge-negative", position, self.loop("2200"))

    def _end_item(self, position: int) -> None:
        inquiry = self._item
        if inquiry is not None:
            periods = [inquiry.period, *(line.period for line in inquiry.lines)]
            known = [period for period in periods if period is not None]
            if not known and not inquiry.internal_control_number:
                self.fault("nothing-to-search-by", self._begun, self.loop("2200"))
            # Supplies are billed, and asked about, for a span that may end after the receipt.
            if any(period.first > self.around.received for period in known):
                self.fault("service-after-receipt", self._begun, self.loop("2200"))
        super()._end_item(position)


class StatusAnswers(_Levels):
    """Collects the answers of a 277."""

    open_codes = OPEN_CODES
    closed_places = CLOSED_PLACES
    remarks = UNKNOWN_CODES
    repeats = True

    def _exact(self) -> dict[tuple[str, str, str], Action]:
        exact = super()._exact() | {("2100A", "PER", ""): self._contact}
        for letter in "BC":
            exact |= {(f"2200{letter}", "TRN", ""): self._start, (f"2200{letter}", "STC", ""): self._status}
        for letter in "DE":
            exact |= {(f"2200{letter}", "STC", ""): self._status, (f"2220{letter}", "STC", ""): self._line_status}
        return exact

    def _contact(self, elements: list[str], _position: int) -> None:
        self._payer.contact = read_contact(elements)

    def _patient_level(self) -> None:
        # Whom a payer speaks of is the payer's affair.
        self._patient = Person(_NOBODY)

    def _start(self, elements: list[str], _position: int) -> None:
        self.start(StatusAnswer(**self._levels_of_item(), trace=elements[2]))

    def _status(self, elements: list[str], position: int) -> None:
        if self._item is not None:
            keep(self._item.statuses, self._detail(elements, position))

    def _line_status(self, elements: list[str], position: int) -> None:
        if self._line is not None:
            keep(self._line.statuses, self._detail(elements, position))

    def _detail(self, elements: list[str], position: int) -> StatusDetail:
        detail: StatusDetail = self.amounts(read_detail, elements, (4, 5), position)
        for status in (detail.status, *detail.more):
            if not status.code_list and not _STATUS_CODES.holds(status.code, self.around.received):
                self.fault("status-code", position, self.loop("2220" if self._line else "2200"))
        return detail


def is_procedure(procedure: Procedure) -> bool:
    """True when a HCPCS code has the form of one; codes of other lists are not judged."""
    return procedure.qualifier != "HC" or HCPCS.fullmatch(procedure.code) is not None


def is_type_of_bill(text: str) -> bool:
    """True for facility type, kind of care and frequency, with or without a leading zero."""
    return _BILL_TYPE.fullmatch(text) is not None
