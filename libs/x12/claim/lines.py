"""Reads the service lines of an 837: numbers, procedures, charges, days and drugs."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar

from libs.x12.claim.faults import AnyClaim, AnyLine
from libs.x12.claim.objects import Drug, Note
from libs.x12.claim.payers import OtherPayers
from libs.x12.claim.texts import PERIODS, PROCEDURES, UNITS
from libs.x12.collector import Action, Around, Key
from libs.x12.findings import Finding
from libs.x12.guide import COMPONENT
from libs.x12.values import AMOUNTS

_DRUG_CODE = re.compile("[0-9]{11}")
# The component of a procedure that is free text.
_DESCRIPTION = 6


class ClaimLines(OtherPayers[AnyClaim, AnyLine]):
    """Makes the lines of a claim."""

    lines_per_claim: ClassVar[int] = 50
    line_type: type[AnyLine]

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self._line_numbers: set[str] = set()
        # Lines whose procedure says nothing without a text or a drug, and where they say it.
        self._undescribed: list[tuple[AnyLine, int]] = []

    def readers(self) -> dict[Key, Action]:
        """Add the readers of lines."""
        return super().readers() | {
            ("2400", "LX", ""): self._start_line,
            ("2400", "REF", "6R"): self._line_control_number,
            ("2400", "NTE", ""): self._line_note,
            ("2400", "AMT", ""): self._line_amount,
            ("2410", "LIN", ""): self._drug,
            ("2410", "CTP", ""): self._drug_quantity,
        }

    def _start_line(self, elements: list[str], position: int) -> None:
        lines = self._lines
        if self._claim is None or len(lines) >= self.lines_per_claim:
            return
        line = self._line = self.line_type(int(elements[1]))
        lines.append(line)
        if line.number != len(lines):
            self._line_number_fault(position)

    def _line_number_fault(self, position: int) -> None:
        self.around.note(
            Finding(
                snip=1,
                code="line-number",
                sentence="Service line number: lines of a claim are numbered 1, 2, 3 without a gap.",
                field="Service line number",
                segment="LX",
                position=position,
                loop="2400",
                element=1,
                segment_code="8",
                element_code="7",
                element_reference="554",
            )
        )

    def _line_control_number(self, elements: list[str], position: int) -> None:
        number = elements[2]
        if self._line:
            self._line.control_number = number
        if number in self._line_numbers:
            self.fault("line-control-number", position, "2400")
        self._line_numbers.add(number)

    def _line_note(self, elements: list[str], _position: int) -> None:
        if self._line:
            self._line.notes += (Note(elements[1], elements[2]),)

    def _line_amount(self, elements: list[str], position: int) -> None:
        """Hold the form of a tax or postage: no object carries it, but it goes on with the claim."""
        self.cents(elements, 2, position, "2400")

    def _drug(self, elements: list[str], position: int) -> None:
        if elements[2] == "N4" and not _DRUG_CODE.fullmatch(elements[3]):
            self.fault("drug-code", position, "2410")
        if self._line:
            self._line.drug = Drug(elements[3], Decimal(0), "", elements[2])

    def _drug_quantity(self, elements: list[str], position: int) -> None:
        if UNITS[elements[4]] < 0:
            self.fault("drug-quantity", position, "2410")
        if self._line and self._line.drug:
            self._line.drug = replace(self._line.drug, quantity=UNITS[elements[4]], unit=elements[5])

    def read_procedure(self, line: AnyLine, text: str, position: int) -> None:
        """Take qualifier, code, modifiers and description of a procedure."""
        if text.count(COMPONENT) >= _DESCRIPTION:
            *parts, line.description = text.split(COMPONENT)[: _DESCRIPTION + 1]
            text = COMPONENT.join(parts)
        line.qualifier, line.procedure, line.modifiers, stand, unlisted = PROCEDURES[text]
        if not stand:
            self.fault("modifier", position, "2400")
        if unlisted and not line.description:
            self._undescribed.append((line, position))

    def read_charge(self, line: AnyLine, elements: list[str], index: int, position: int) -> None:
        """Take the charge of a line from one element."""
        charge = AMOUNTS[elements[index]]
        line.charge_cents = (
            charge if charge is not None and charge >= 0 else self.cents(elements, index, position, "2400")
        )

    def read_period(self, line: AnyLine, text: str, position: int) -> None:
        """Take the days of a service; supplies are billed for a span that may end after the receipt."""
        first, last = PERIODS[text]
        line.service_from, line.service_to = first, last
        if first > self._received:
            self.fault("service-after-receipt", position, "2400")
        if last < first:
            self.fault("service-period", position, "2400")

    def _judge_descriptions(self) -> None:
        """What an unlisted procedure was says its text, or the drug of its line."""
        for line, position in self._undescribed:
            if line.drug is None:
                self.fault("procedure-description", position, "2400", line)
        self._undescribed.clear()
