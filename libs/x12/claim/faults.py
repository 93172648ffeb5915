"""The claim in hand, and what is wrong with it: the base of all that reads an 837.

A fault found here never rejects the transaction set: it stands on the claim, or on every claim below the provider or
subscriber it belongs to, and is answered in the 277CA.
"""

from dataclasses import replace
from typing import ClassVar, Generic, TypeVar

from libs.x12.claim.edits import EDITS
from libs.x12.claim.objects import Claim, Line
from libs.x12.collector import Action, Around, Collector, Key
from libs.x12.edits import Edits
from libs.x12.findings import FINDINGS_PER_ITEM, Finding, keep_finding
from libs.x12.values import AMOUNTS

AnyClaim = TypeVar("AnyClaim", bound=Claim)
AnyLine = TypeVar("AnyLine", bound=Line)


class ClaimFaults(Collector, Generic[AnyClaim, AnyLine]):
    """Knows the claim and the line being read, and keeps faults where they belong."""

    edits: ClassVar[Edits] = EDITS

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self._verdict = around.verdict
        self._received = around.received
        self._billing_findings: list[Finding] = []
        self._subscriber_findings: list[Finding] = []
        self._findings: list[Finding] = []
        self._claim: AnyClaim | None = None
        self._claim_position = 0
        self._lines: list[AnyLine] = []
        self._line: AnyLine | None = None

    def context(self) -> str:
        """Patient control number of the claim being read, for the 999."""
        return self._claim.patient_control_number if self._claim else ""

    def readers(self) -> dict[Key, Action]:
        """Who reads what, keyed as `actions_for` wants it: each class adds what it reads to those below it."""
        return {}

    def fault(self, code: str, position: int, loop: str, line: AnyLine | None = None) -> None:
        """Note a fault of the claim being read, or of one of its lines: the one given, or the one being read."""
        self._keep(self._findings, code, position, loop, line=line)

    def _keep(
        self,
        findings: list[Finding],
        code: str,
        position: int,
        loop: str,
        entity: str = "",
        *,
        segment: str = "",
        element: int = 0,
        line: AnyLine | None = None,
    ) -> None:
        number = self._number_of(line)
        finding = self.edits.finding(code, position, loop, segment=segment, element=element, entity=entity, line=number)
        keep_finding(findings, finding)

    def _number_of(self, line: AnyLine | None = None) -> int:
        """The number of a line, or of the one being read; 0 where there is none."""
        about = line or self._line
        return about.number if about else 0

    def remark(self, code: str, position: int, loop: str) -> None:
        """Remark something about the claim being read that rejects nothing: adjudication decides on it."""
        if self._claim and len(self._claim.notices) < FINDINGS_PER_ITEM:
            notice = self.edits.finding(code, position, loop, line=self._number_of())
            self._claim.notices += (notice,)

    def take_code_fault(self, finding: Finding) -> None:
        """Put a code that is not in its set on the claim, or on all claims around the place."""
        edit = self.edits[finding.code]
        told = replace(finding, category=edit.category, status=edit.status, line=self._number_of())
        keep_finding(self._belonging(), told)

    def _belonging(self) -> list[Finding]:
        """Where a fault belongs: to the claim being read, else to all claims of the subscriber."""
        return self._subscriber_findings if self._claim is None else self._findings

    def cents(self, elements: list[str], index: int, position: int, loop: str, *, signed: bool = False) -> int:
        """Take the amount of one element; one that is none counts as nothing, and is a fault of the claim.

        So is one below zero (RFI 2499), unless it is `signed`: an adjustment may add to what is paid. One that is
        missing is a fault of structure, which says enough.
        """
        cents = AMOUNTS[elements[index]]
        if cents is None:
            if elements[index]:
                self._keep(self._findings, "amount-form", position, loop, segment=elements[0], element=index)
            return 0
        if cents < 0 and not signed:
            self._keep(self._findings, "amount-negative", position, loop, segment=elements[0], element=index)
        return cents

    def ignore(self, elements: list[str], position: int) -> None:
        """Read a segment that no object carries."""
