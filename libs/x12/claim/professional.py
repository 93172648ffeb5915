"""Makes claims of the segments of an 837P and holds each against the edits that belong to one claim.

A fault found here never rejects the transaction set: it stands on the claim, or on every claim below the provider or
subscriber it belongs to, and is answered in the 277CA.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from libs.common.mbi import is_valid_mbi
from libs.common.money import parse_cents
from libs.common.npi import is_valid_npi
from libs.x12.claim.edits import EDITS, HCPCS, ICD_9, ICD_10, PLACES_OF_SERVICE, STATES, TAXONOMY, claim_finding
from libs.x12.claim.objects import Address, BillingProvider, ProfessionalClaim, ServiceLine, Subscriber
from libs.x12.collector import Action, Around, Collector, actions_for
from libs.x12.findings import Finding
from libs.x12.guide import COMPONENT, Guide
from libs.x12.verdicts import ProviderTotal

_ICD_10_START = date(2015, 10, 1)
_INPATIENT_HOSPITAL = "21"
_LINES_PER_CLAIM = 50
_FINDINGS_PER_CLAIM = 20
_REMEMBERED = 4096
_POSTAL_CODE_DIGITS = 9

_Value = TypeVar("_Value")


class _Memory(dict[str, _Value], Generic[_Value]):
    """Values by their text: a file repeats the same days, amounts and codes. Starts anew when it has grown large."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[str], _Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> _Value:
        if len(self) >= _REMEMBERED:
            self.clear()
        value = self[text] = self._make(text)
        return value


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _period(text: str) -> tuple[date, date]:
    return _day(text[:8]), _day(text[-8:])


def _amount(text: str) -> int | None:
    try:
        return parse_cents(text)
    except ValueError:
        return None


def _is_procedure(text: str) -> bool:
    return HCPCS.fullmatch(text) is not None


def _is_icd_10(text: str) -> bool:
    return ICD_10.fullmatch(text) is not None


def _is_icd_9(text: str) -> bool:
    return ICD_9.fullmatch(text) is not None


def _pointers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(COMPONENT) if part)


# Shared by all files of a process: facts about texts, none of them a name or a number of a person.
_PERIODS = _Memory(_period)
_AMOUNTS = _Memory(_amount)
_UNITS = _Memory(Decimal)
_POINTERS = _Memory(_pointers)
_PROCEDURES = _Memory(_is_procedure)
_ICD_10_CODES = _Memory(_is_icd_10)
_ICD_9_CODES = _Memory(_is_icd_9)


class ProfessionalClaims(Collector):
    """Collects the claims of one transaction set, and its totals into the verdict."""

    judges = frozenset({"pos", "states"})

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self._on_structure_fault = around.note
        self._verdict = around.verdict
        self._claims = around.items
        self._received = around.received
        self._billing = BillingProvider()
        self._billing_findings: list[Finding] = []
        self._subscriber = Subscriber()
        self._subscriber_findings: list[Finding] = []
        self._street = ""
        self._is_patient = False
        self._subscriber_position = 0
        self._claim: ProfessionalClaim | None = None
        self._findings: list[Finding] = []
        self._claim_position = 0
        self._qualifiers: set[str] = set()
        self._diagnosis_position = 0
        self._line: ServiceLine | None = None
        self._service_position = 0
        self.actions = self._actions(around.guide)
        self.closers = {"2300": self._end_claim, "2010BA": self._end_subscriber}

    def context(self) -> str:
        """Patient control number of the claim being read, for the 999."""
        return self._claim.patient_control_number if self._claim else ""

    def _actions(self, guide: Guide) -> list[Action | None]:
        exact: dict[tuple[str, str, str], Action] = {
            ("ST", "BHT", ""): self._begin,
            ("1000A", "NM1", "41"): self._submitter,
            ("2000A", "HL", ""): self._billing_level,
            ("2000A", "PRV", "BI"): self._billing_taxonomy,
            ("2010AA", "NM1", "85"): self._billing_name,
            ("2010AA", "N3", ""): self._keep_street,
            ("2010AA", "N4", ""): self._billing_city,
            ("2010AA", "REF", "EI"): self._billing_tax_id,
            ("2000B", "HL", ""): self._subscriber_level,
            ("2000B", "SBR", "A"): self._coverage,
            ("2010BA", "NM1", "IL"): self._subscriber_name,
            ("2010BA", "N3", ""): self._keep_street,
            ("2010BA", "N4", ""): self._subscriber_city,
            ("2010BA", "DMG", ""): self._demographics,
            ("2000C", "HL", ""): self._patient_level,
            ("2300", "CLM", ""): self._start_claim,
            ("2300", "DTP", "435"): self._admission,
            ("2300", "REF", "G1"): self._prior_authorization,
            ("2300", "REF", "F8"): self._claim_number,
            ("2300", "REF", "D9"): self._internal_control_number,
            ("2300", "HI", "ABK"): self._diagnoses,
            ("2310B", "NM1", "82"): self._rendering,
            ("2400", "LX", ""): self._start_line,
            ("2400", "SV1", ""): self._service,
            ("2400", "DTP", "472"): self._service_dates,
            ("2420A", "NM1", "82"): self._line_rendering,
        }
        return actions_for(guide, exact, {"NM1": self._other_provider, "N4": self._other_city})

    # --- header and providers -------------------------------------------------------------------------------------

    def _begin(self, elements: list[str], _position: int) -> None:
        self._verdict.reference = elements[3]

    def _submitter(self, elements: list[str], _position: int) -> None:
        self._verdict.submitter_name = elements[3]
        self._verdict.submitter_id = elements[9]

    def _billing_level(self, _elements: list[str], _position: int) -> None:
        self._billing = BillingProvider()
        # Until the first subscriber a fault belongs to all claims of the provider.
        self._billing_findings = self._subscriber_findings = []
        if self._verdict.verdict == "rejected":
            # Nobody asks for the totals any more.
            self._verdict.providers.clear()
        self._verdict.providers.append(ProviderTotal("", ""))

    def _billing_taxonomy(self, elements: list[str], position: int) -> None:
        self._billing.taxonomy = elements[3]
        if not TAXONOMY.fullmatch(elements[3]):
            self._provider_fault("taxonomy", position, "2000A")

    def _billing_name(self, elements: list[str], position: int) -> None:
        npi = elements[9] if len(elements) > 9 else ""
        self._billing.name = elements[3]
        self._billing.npi = npi
        if self._verdict.providers:
            total = self._verdict.providers[-1]
            total.name, total.npi = elements[3], npi
        if not is_valid_npi(npi):
            self._provider_fault("billing-npi", position, "2010AA")

    def _keep_street(self, elements: list[str], _position: int) -> None:
        self._street = elements[1]

    def _address(self, elements: list[str]) -> Address:
        state = elements[2] if len(elements) > 2 else ""
        return Address(self._street, elements[1], state, elements[3] if len(elements) > 3 else "")

    def _billing_city(self, elements: list[str], position: int) -> None:
        address = self._billing.address = self._address(elements)
        if not self._is_state(elements):
            self._provider_fault("state", position, "2010AA")
        if len(address.postal_code) != _POSTAL_CODE_DIGITS or not address.postal_code.isdigit():
            self._provider_fault("billing-postal-code", position, "2010AA")

    def _billing_tax_id(self, elements: list[str], _position: int) -> None:
        self._billing.tax_id = elements[2]

    # --- subscriber -----------------------------------------------------------------------------------------------

    def _subscriber_level(self, _elements: list[str], position: int) -> None:
        self._subscriber = Subscriber()
        self._subscriber_findings = []
        self._subscriber_position = position
        self._is_patient = False

    def _coverage(self, elements: list[str], position: int) -> None:
        self._is_patient = len(elements) > 2 and elements[2] == "18"
        if (elements[9] if len(elements) > 9 else "") != "MB":
            self._subscriber_fault("filing-indicator", position, "2000B")

    def _subscriber_name(self, elements: list[str], position: int) -> None:
        subscriber = self._subscriber
        subscriber.last_name, subscriber.first_name, subscriber.mbi = elements[3], elements[4], elements[9]
        self._subscriber_position = position
        if not is_valid_mbi(elements[9]):
            self._subscriber_fault("mbi", position, "2010BA")

    def _subscriber_city(self, elements: list[str], position: int) -> None:
        self._subscriber.address = self._address(elements)
        if not self._is_state(elements):
            self._subscriber_fault("state", position, "2010BA")

    def _demographics(self, elements: list[str], _position: int) -> None:
        self._subscriber.birth_date = _day(elements[2])
        self._subscriber.sex = elements[3]

    def _end_subscriber(self, _position: int) -> None:
        if not self._is_patient:
            return
        if self._subscriber.address is None:
            self._subscriber_fault("subscriber-address", self._subscriber_position, "2010BA")
        if self._subscriber.birth_date is None:
            self._subscriber_fault("subscriber-demographics", self._subscriber_position, "2010BA")

    def _patient_level(self, _elements: list[str], position: int) -> None:
        if not any(finding.code == "dependent" for finding in self._subscriber_findings):
            self._subscriber_fault("dependent", position, "2000C")

    # --- claim ----------------------------------------------------------------------------------------------------

    def _start_claim(self, elements: list[str], position: int) -> None:
        claim = self._claim = ProfessionalClaim(
            self.next_ordinal,
            self._verdict.ordinal,
            len(self._verdict.providers),
            self._billing,
            self._subscriber,
            elements[1],
        )
        self.next_ordinal += 1
        self._findings = []
        self._claim_position = position
        self._qualifiers.clear()
        self._line = None
        total = _AMOUNTS[elements[2]]
        place, _, frequency = elements[5].split(COMPONENT)
        claim.place_of_service = place
        claim.frequency_code = frequency
        if total is None:
            self._fault("amount-form", position, "2300")
        else:
            claim.total_charge_cents = total

    def _fault(self, code: str, position: int, loop: str) -> None:
        _keep(self._findings, code, position, loop)

    def _subscriber_fault(self, code: str, position: int, loop: str) -> None:
        _keep(self._subscriber_findings, code, position, loop)

    def _provider_fault(self, code: str, position: int, loop: str) -> None:
        _keep(self._billing_findings, code, position, loop)

    def _admission(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.admission_date = _day(elements[3])

    def _prior_authorization(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.prior_authorization = elements[2]

    def _claim_number(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.payer_claim_control_number = elements[2]

    def _internal_control_number(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.internal_control_number = elements[2]

    def _diagnoses(self, elements: list[str], position: int) -> None:
        self._diagnosis_position = position
        codes = []
        for element in elements[1:]:
            qualifier, _, code = element.partition(COMPONENT)
            if qualifier:
                self._qualifiers.add(qualifier)
                codes.append(code)
                if not (_ICD_10_CODES if qualifier[0] == "A" else _ICD_9_CODES)[code]:
                    self._fault("diagnosis-code", position, "2300")
        if self._claim:
            self._claim.diagnoses = tuple(codes)

    def _rendering(self, elements: list[str], position: int) -> None:
        npi = elements[9] if len(elements) > 9 else ""
        if self._claim:
            self._claim.rendering_npi = npi
        if not is_valid_npi(npi):
            self._fault("rendering-npi", position, "2310B")

    def _other_provider(self, elements: list[str], position: int) -> None:
        if len(elements) > 9 and elements[8] == "XX" and not is_valid_npi(elements[9]):
            self._belonging().append(claim_finding("provider-npi", position, ""))

    def _other_city(self, elements: list[str], position: int) -> None:
        if not self._is_state(elements):
            self._belonging().append(claim_finding("state", position, ""))

    def _is_state(self, elements: list[str]) -> bool:
        """True when N402 is a state, or empty because the address lies abroad (N404)."""
        state = elements[2] if len(elements) > 2 else ""
        if not state:
            return len(elements) > 4 and bool(elements[4])
        return STATES.holds(state, self._received)

    def take_code_fault(self, finding: Finding) -> None:
        """Put a code that is not in its set on the claim, or on all claims around the place."""
        edit = EDITS[finding.code]
        self._belonging().append(replace(finding, category=edit.category, status=edit.status))

    def _belonging(self) -> list[Finding]:
        """Where a fault belongs: to the claim being read, else to all claims of the subscriber."""
        findings = self._subscriber_findings if self._claim is None else self._findings
        return findings if len(findings) < _FINDINGS_PER_CLAIM else []

    # --- lines ----------------------------------------------------------------------------------------------------

    def _start_line(self, elements: list[str], position: int) -> None:
        claim = self._claim
        if claim is None or len(claim.lines) >= _LINES_PER_CLAIM:
            return
        line = self._line = ServiceLine(int(elements[1]))
        claim.lines.append(line)
        if line.number != len(claim.lines):
            self._line_number_fault(position)

    def _line_number_fault(self, position: int) -> None:
        self._on_structure_fault(
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

    def _service(self, elements: list[str], position: int) -> None:
        line, claim = self._line, self._claim
        if line is None or claim is None:
            return
        qualifier, procedure, *rest = elements[1].split(COMPONENT)
        line.procedure = procedure
        if rest:
            line.modifiers = tuple(modifier for modifier in rest[:4] if modifier)
        charge = _AMOUNTS[elements[2]]
        self._service_position = position
        line.unit_of_measure = elements[3]
        line.units = _UNITS[elements[4]]
        line.place_of_service = elements[5]
        line.pointers = pointers = _POINTERS[elements[7]]
        if charge is None:
            self._fault("amount-form", position, "2400")
        else:
            line.charge_cents = charge
        if qualifier != "HC" or not _PROCEDURES[procedure]:
            self._fault("procedure-code", position, "2400")
        if max(pointers) > len(claim.diagnoses):
            self._fault("diagnosis-pointer", position, "2400")

    def _service_dates(self, elements: list[str], position: int) -> None:
        line = self._line
        if line is None:
            return
        first, last = _PERIODS[elements[3]]
        line.service_from, line.service_to = first, last
        if line.place_of_service and not PLACES_OF_SERVICE.holds(line.place_of_service, first):
            self._fault("line-place-of-service", self._service_position, "2400")
        if last > self._received:
            self._fault("service-after-receipt", position, "2400")
        if last < first:
            self._fault("service-period", position, "2400")

    def _line_rendering(self, elements: list[str], position: int) -> None:
        npi = elements[9] if len(elements) > 9 else ""
        if self._line:
            self._line.rendering_npi = npi
        if not is_valid_npi(npi):
            self._fault("rendering-npi", position, "2420A")

    # --- end of a claim -------------------------------------------------------------------------------------------

    def _end_claim(self, _position: int) -> None:
        claim = self._claim
        if claim is None:
            return
        total = 0
        first: date | None = None
        last: date | None = None
        for line in claim.lines:
            total += line.charge_cents
            if line.service_from and (first is None or line.service_from < first):
                first = line.service_from
            if line.service_to and (last is None or line.service_to > last):
                last = line.service_to
        claim.service_from, claim.service_to = first, last
        self._judge(claim, total)
        if self._billing_findings or self._subscriber_findings or self._findings:
            claim.findings = (*self._billing_findings, *self._subscriber_findings, *self._findings)
        self._settle(claim)
        self._claims.append(claim)
        self._claim = None

    def _judge(self, claim: ProfessionalClaim, total: int) -> None:
        """Hold the claim as a whole against the edits; `total` is the sum of its lines."""
        first, last = claim.service_from, claim.service_to
        if not PLACES_OF_SERVICE.holds(claim.place_of_service, first or self._received):
            self._fault("place-of-service", self._claim_position, "2300")
        if total != claim.total_charge_cents:
            self._fault("total-charge", self._claim_position, "2300")
        if claim.place_of_service == _INPATIENT_HOSPITAL and claim.admission_date is None:
            self._fault("admission-date", self._claim_position, "2300")
        if last is not None and self._qualifiers:
            right = {"ABK", "ABF"} if last >= _ICD_10_START else {"BK", "BF"}
            if not self._qualifiers <= right:
                self._fault("diagnosis-qualifier", self._diagnosis_position, "2300")

    def _settle(self, claim: ProfessionalClaim) -> None:
        verdict = self._verdict
        provider = verdict.providers[-1] if verdict.providers else None
        if claim.findings:
            verdict.claims_rejected += 1
            if provider:
                provider.rejected += 1
                provider.rejected_cents += claim.total_charge_cents
        else:
            verdict.claims_accepted += 1
            if provider:
                provider.accepted += 1
                provider.accepted_cents += claim.total_charge_cents


def _keep(findings: list[Finding], code: str, position: int, loop: str) -> None:
    if len(findings) < _FINDINGS_PER_CLAIM:
        findings.append(claim_finding(code, position, loop))
