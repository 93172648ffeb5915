"""Reads 277CA files (005010X214): one object for each claim.

The answers to our own submitters are written while their claims are read, see `acknowledgment.py`; what is here reads
the 277CA of others, and ours to check them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from libs.x12.claim_status.edits import CLOSED_PLACES, EDITS, OPEN_CODES, UNKNOWN_CODES
from libs.x12.claim_status.objects import (
    ACCEPTED,
    REJECTED,
    AcknowledgedLevel,
    AcknowledgingPayer,
    ClaimAcknowledgment,
    Receipt,
    StatusDetail,
    Totals,
)
from libs.x12.claim_status.reader import ClaimLevels
from libs.x12.claim_status.segments import SERVICE, read_detail
from libs.x12.code_sets import CODE_SETS
from libs.x12.collector import Action, Around, actions_for
from libs.x12.parts import (
    Heading,
    Name,
    keep,
    read_day,
    read_heading,
    read_name,
    read_optional_cents,
    read_optional_sum,
    read_reference,
)

_LEVELS = "ABCD"
_RECEIVER, _PROVIDER = 1, 2
_NOBODY = Name("", "")
# Categories that go with the action "accepted"; the others of an acknowledgment go with "not accepted".
_ACCEPTING = frozenset({"A0", "A1", "A2", "A5"})
_FIRST_OF_ACKNOWLEDGMENTS = "A"
_CATEGORIES = CODE_SETS["claim_status_cat"]


class ClaimAcknowledgments(ClaimLevels):
    """Collects a 277CA. A receiver or provider with no claims below is answered as a whole, in one object."""

    open_codes = OPEN_CODES
    closed_places = CLOSED_PLACES
    remarks = UNKNOWN_CODES
    repeats = True

    def __init__(self, around: Around) -> None:
        super().__init__(around, _LEVELS)
        self._heading = Heading("", datetime.min)  # noqa: DTZ901  times of X12 carry no zone
        self._payer = AcknowledgingPayer(_NOBODY)
        self._receiver = AcknowledgedLevel(_NOBODY)
        self._provider: AcknowledgedLevel | None = None
        self._patient: Name | None = None
        self._receipt = Receipt("", date.min, date.min)
        # Claims and their charges, accepted and not, as they are listed below the receiver and below the provider.
        self._listed = {_RECEIVER: Totals(0, 0, 0, 0), _PROVIDER: Totals(0, 0, 0, 0)}
        self.find_action = actions_for(around.guide, self._exact(), {"QTY": self._count, "AMT": self._amount})
        self.closers = {
            "2000A": self.end_of_level("A", "2000B"),
            "2200A": self._end_receipt,
            "2000B": self._end_receiver,
            "2000C": self._end_provider,
            "2000D": self.end_of_level("D", "2200D"),
            "2200D": self._end_claim,
        }

    def _exact(self) -> dict[tuple[str, str, str], Action]:
        return {
            ("ST", "BHT", ""): self._begin,
            ("2000A", "HL", ""): self.level("A", self._payer_level),
            ("2100A", "NM1", ""): self._payer_name,
            ("2200A", "TRN", ""): self._start_receipt,
            ("2200A", "DTP", "050"): self._received,
            ("2200A", "DTP", "009"): self._processed,
            ("2000B", "HL", ""): self.level("B", self._receiver_level),
            ("2100B", "NM1", ""): self._receiver_name,
            ("2200B", "TRN", ""): self._receiver_trace,
            ("2200B", "STC", ""): self._level_status,
            ("2000C", "HL", ""): self.level("C", self._provider_level),
            ("2100C", "NM1", ""): self._provider_name,
            ("2200C", "TRN", ""): self._provider_trace,
            ("2200C", "STC", ""): self._level_status,
            ("2200C", "REF", ""): self._provider_reference,
            ("2000D", "HL", ""): self.level("D", self._patient_level),
            ("2100D", "NM1", ""): self._patient_name,
            ("2200D", "TRN", ""): self._start_claim,
            ("2200D", "STC", ""): self._status,
            ("2200D", "REF", ""): self._reference,
            ("2200D", "DTP", ""): self._period,
            ("2220D", "SVC", ""): self.start_line,
            ("2220D", "STC", ""): self._line_status,
            ("2220D", "REF", ""): self.line_reference,
            ("2220D", "DTP", ""): self.line_period,
        }

    # --- levels ---------------------------------------------------------------------------------------------------

    def _begin(self, elements: list[str], _position: int) -> None:
        self._heading = read_heading(elements)
        self.around.verdict.reference = self._heading.reference

    def _payer_level(self) -> None:
        self._payer = AcknowledgingPayer(_NOBODY)
        self._receiver_level()

    def _payer_name(self, elements: list[str], _position: int) -> None:
        self._payer.name = read_name(elements)

    def _start_receipt(self, elements: list[str], _position: int) -> None:
        self._receipt = Receipt(elements[2], date.min, date.min)

    def _received(self, elements: list[str], _position: int) -> None:
        self._receipt = replace(self._receipt, received=read_day(elements[3]))

    def _processed(self, elements: list[str], _position: int) -> None:
        self._receipt = replace(self._receipt, processed=read_day(elements[3]))

    def _end_receipt(self, _position: int) -> None:
        keep(self._payer.receipts, self._receipt)

    def _receiver_level(self) -> None:
        self._receiver = AcknowledgedLevel(_NOBODY)
        self._listed[_RECEIVER] = Totals(0, 0, 0, 0)
        self._provider = self._patient = None

    def _receiver_name(self, elements: list[str], _position: int) -> None:
        self._receiver.name = read_name(elements)

    def _receiver_trace(self, elements: list[str], _position: int) -> None:
        self._receiver.trace = elements[2]

    def _provider_level(self) -> None:
        self._provider = AcknowledgedLevel(_NOBODY)
        self._listed[_PROVIDER] = Totals(0, 0, 0, 0)
        self._patient = None

    def _provider_name(self, elements: list[str], _position: int) -> None:
        if self._provider:
            self._provider.name = read_name(elements)

    def _provider_trace(self, elements: list[str], _position: int) -> None:
        if self._provider:
            self._provider.trace = elements[2]

    def _provider_reference(self, elements: list[str], _position: int) -> None:
        if self._provider:
            keep(self._provider.references, read_reference(elements))

    def _level_status(self, elements: list[str], position: int) -> None:
        keep((self._provider or self._receiver).statuses, self._detail(elements, position, read_optional_sum))

    def _count(self, elements: list[str], position: int) -> None:
        totals = (self._provider or self._receiver).totals
        number = Decimal(elements[2])
        if number != int(number):
            self._contradict("QTY", position, self.loop("2200"))
        if elements[1] in {"90", "QA"}:
            totals.accepted = int(number)
        else:
            totals.rejected = int(number)

    def _amount(self, elements: list[str], position: int) -> None:
        totals = (self._provider or self._receiver).totals
        cents = self.amounts(lambda parts: read_optional_sum(parts[2]), elements, (2,), position)
        if elements[1] == "YU":
            totals.accepted_cents = cents
        else:
            totals.rejected_cents = cents

    def _end_receiver(self, position: int) -> None:
        if not self._said[_RECEIVER]:
            self._whole()
        else:
            self._balance(_RECEIVER, self._receiver, position)

    def _end_provider(self, position: int) -> None:
        if not self._said[_PROVIDER]:
            self._whole()
        elif self._provider:
            self._balance(_PROVIDER, self._provider, position)

    def _whole(self) -> None:
        """Make the object of a level that is answered as a whole."""
        self.start(self._acknowledgment(""))
        self.finish()

    def _balance(self, depth: int, level: AcknowledgedLevel, position: int) -> None:
        """The totals of a level are those of the claims below it. A fault stands in the verdict: it is nobody's own."""
        told, listed = level.totals, self._listed[depth]
        counts = ((told.accepted, listed.accepted), (told.rejected, listed.rejected))
        charges = ((told.accepted_cents, listed.accepted_cents), (told.rejected_cents, listed.rejected_cents))
        for segment, pairs in (("QTY", counts), ("AMT", charges)):
            if any(said is not None and said != found for said, found in pairs):
                self._contradict(segment, position, f"2200{_LEVELS[depth]}")

    def _contradict(self, segment: str, position: int, loop: str) -> None:
        """Refuse the transaction set: its totals cannot be true."""
        finding = EDITS.finding("totals", position, loop, segment=segment)
        self.around.note(replace(finding, segment_code="8", element_code="7"))

    # --- claims ---------------------------------------------------------------------------------------------------

    def _patient_level(self) -> None:
        self._patient = _NOBODY

    def _patient_name(self, elements: list[str], _position: int) -> None:
        self._patient = read_name(elements)

    def _acknowledgment(self, trace: str) -> ClaimAcknowledgment:
        return ClaimAcknowledgment(
            self._heading,
            self._payer,
            self._receiver,
            self._provider,
            self._patient,
            trace,
            transaction=self.around.verdict.ordinal,
        )

    def _start_claim(self, elements: list[str], _position: int) -> None:
        self.start(self._acknowledgment(elements[2]))

    def _status(self, elements: list[str], position: int) -> None:
        if self._item is not None:
            keep(self._item.statuses, self._detail(elements, position))

    def _line_status(self, elements: list[str], position: int) -> None:
        if self._line is not None:
            keep(self._line.statuses, self._detail(elements, position))

    def _detail(
        self, elements: list[str], position: int, read_charge: Callable[[str], int | None] = read_optional_cents
    ) -> StatusDetail:
        detail: StatusDetail = self.amounts(lambda parts: read_detail(parts, read_charge), elements, (4,), position)
        loop = "2220" if self._line else "2200"
        for status in (detail.status, *detail.more):
            category = status.category
            if not _CATEGORIES.holds(category, self.around.received):
                continue  # of a category we do not know nothing can be said
            if not category.startswith(_FIRST_OF_ACKNOWLEDGMENTS):
                self.fault("status-category", position, self.loop(loop))
            elif self._item is not None and (category in _ACCEPTING) != (detail.action == ACCEPTED):
                self.fault("status-action", position, self.loop(loop))
        return detail

    def _reference(self, elements: list[str], _position: int) -> None:
        if self._item is not None:
            keep(self._item.references, read_reference(elements))

    def _period(self, elements: list[str], position: int) -> None:
        if self._item is not None and elements[1] == SERVICE:
            self._item.period = self.period(elements, position)

    def _end_claim(self, _position: int) -> None:
        claim = self._item
        if claim is not None:
            charge = (claim.statuses[0].charge_cents or 0) if claim.statuses else 0
            for listed in self._listed.values():
                if any(detail.action == REJECTED for detail in claim.statuses):
                    listed.rejected = (listed.rejected or 0) + 1
                    listed.rejected_cents = (listed.rejected_cents or 0) + charge
                else:
                    listed.accepted = (listed.accepted or 0) + 1
                    listed.accepted_cents = (listed.accepted_cents or 0) + charge
        self.finish()
