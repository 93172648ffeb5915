"""Makes claims of the segments of an 837I and holds each against the edits that belong to one claim."""

import re

from libs.common.npi import is_valid_npi
from libs.x12.claim.collecting import ClaimCollector
from libs.x12.claim.edits import ICD_10_PROCEDURE, INSTITUTIONAL_EDITS, REVENUE_CODE, TYPES_OF_BILL
from libs.x12.claim.objects import InstitutionalClaim, Occurrence, Procedure, RevenueLine, ValueCode
from libs.x12.claim.texts import (
    DIAGNOSES,
    EXTERNAL_CAUSES,
    HCPCS_CODES,
    ICD_10_START,
    PERIODS,
    SHORT_UNITS,
    UNITS,
    are_units,
    day_of,
    value_at,
)
from libs.x12.collector import Action, Around, Key
from libs.x12.guide import COMPONENT
from libs.x12.values import AMOUNTS, Memory

# Facility codes by what they ask for: Medicare Claims Processing Manual, chapter 25.
_INPATIENT = frozenset({"11", "12", "18", "21", "22", "41"})
_START_OF_CARE = _INPATIENT | {"32", "33", "81", "82"}
_ACUTE = "11"
# Whose lines need a date: every type that is not a stay paid as a whole, also 12 and 22, where the patient lies in
# (RFI 1435). Notices of election or admission bill no service.
_DATED = "12 13 14 22 23 32 33 34 43 71 72 73 74 75 76 77 78 79 81 82 83 84 85 87"
_DATED_LINES = frozenset(_DATED.split())
_NOTICES = frozenset("ABCDE")
# Whose lines need a procedure under certain revenue codes.
_OUTPATIENT = frozenset({"13", "14", "83"})
_VISITS = frozenset({"13", "85"})

# 9 ends the billing of a period of home health (chapter 10).
_FREQUENCIES = frozenset("012345789ABCDEFGHIJKMPQ")
# The first of a series of bills, those between, and those that end with the discharge.
_INTERIM, _FINAL = frozenset("23"), frozenset("14")
_STILL_PATIENT = "30"
_PATIENT_STATUSES = (
    "01 02 03 04 05 06 07 09 20 21 30 40 41 42 43 50 51 61 62 63 64 65 66 69 70 81 82 83 84 85 86 87 88 89 90 91 92 93 "
    "94 95"
)
_PATIENT_STATUS = frozenset(_PATIENT_STATUSES.split())
_ADMISSION_TYPES = frozenset("123459")
_UNPLANNED = frozenset("125")
_TWO_CHARACTERS = re.compile("[0-9A-Z]{2}")
_ICD_9_PROCEDURE = re.compile("[0-9]{3,4}")
_HIPPS = re.compile("[0-9A-Z]{5}")
_HIPPS_LINES = frozenset({"0022", "0023", "0024"})
_TOTAL_LINE = "0001"
_TRANSPORT = "054"
# Revenue codes, by their first three digits, that need a HCPCS code on an outpatient claim: laboratory, radiology,
# imaging, emergency room, clinic, drugs that need one, cardiology and further diagnostics.
_WITH_PROCEDURE = frozenset({"030", "031", "032", "033", "034", "035", "040", "045", "048", "051", "061", "073", "074"})
_DRUGS_WITH_PROCEDURE = "0636"
_VISIT_LINES = re.compile("045[0-9]|0516|0762")


# Between a diagnosis and whether it was present on admission.
_BEFORE_INDICATOR = COMPONENT * 7


def _revenue_code_stands(text: str) -> bool:
    return REVENUE_CODE.fullmatch(text) is not None and text != _TOTAL_LINE


_REVENUE_CODES = Memory(_revenue_code_stands)


class InstitutionalClaims(ClaimCollector[InstitutionalClaim, RevenueLine]):
    """Collects the claims of one transaction set, and its totals into the verdict."""

    edits = INSTITUTIONAL_EDITS
    filing_indicator = "MA"
    lines_per_claim = 999
    line_type = RevenueLine

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self._qualifiers: set[str] = set()
        self._diagnosis_position = 0
        self._statement_position = 0

    def readers(self) -> dict[Key, Action]:
        """Add the readers of what only an 837I has."""
        return super().readers() | {
            ("2300", "CLM", ""): self._start_claim,
            ("2300", "DTP", "434"): self._statement,
            ("2300", "DTP", "435"): self._admission,
            ("2300", "DTP", "096"): self._discharge,
            ("2300", "CL1", ""): self._stay,
            ("2300", "AMT", "F3"): self._patient_due,
            ("2300", "HI", "ABK"): self._diagnoses,
            ("2300", "HI", "ABF"): self._diagnoses,
            ("2300", "HI", "ABJ"): self._admitting_diagnosis,
            ("2300", "HI", "APR"): self._reasons_for_visit,
            ("2300", "HI", "ABN"): self._external_causes,
            ("2300", "HI", "DR"): self._diagnosis_related_group,
            ("2300", "HI", "BBR"): self._procedures,
            ("2300", "HI", "BBQ"): self._procedures,
            ("2300", "HI", "BI"): self._spans,
            ("2300", "HI", "BH"): self._occurrences,
            ("2300", "HI", "BE"): self._values,
            ("2300", "HI", "BG"): self._conditions,
            ("2300", "HI", "TC"): self._treatments,
            ("2310A", "NM1", "71"): self._attending,
            ("2400", "SV2", ""): self._service,
            ("2400", "DTP", "472"): self._service_dates,
        }

    # --- claim ----------------------------------------------------------------------------------------------------

    def _start_claim(self, elements: list[str], position: int) -> None:
        claim = InstitutionalClaim(
            self.next_ordinal,
            self._verdict.ordinal,
            len(self._verdict.providers),
            self._billing,
            self._subscriber,
            elements[1],
        )
        self.open_claim(claim, claim.lines, elements[2], position)
        self._qualifiers.clear()
        claim.facility_code, _, claim.frequency_code = elements[5].split(COMPONENT)
        claim.accepts_assignment, claim.benefits_assigned, claim.release = elements[7:10]
        claim.delay_reason = value_at(elements, 20)
        if claim.frequency_code not in _FREQUENCIES:
            self.fault("frequency-code", position, "2300")

    def _statement(self, elements: list[str], position: int) -> None:
        if self._claim is None:
            return
        self._statement_position = position
        first, last = self._claim.service_from, self._claim.service_to = PERIODS[elements[3]]
        if last < first:
            self.fault("statement-dates", position, "2300")
        if first > self._received:
            self.fault("statement-after-receipt", position, "2300")

    def _admission(self, elements: list[str], position: int) -> None:
        if self._claim:
            self._claim.admission_date = admitted = day_of(elements[3][:8])
            self._claim.admission_hour = elements[3][8:]
            if admitted > self._received:
                self.fault("admission-after-receipt", position, "2300")

    def _discharge(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.discharge_hour = elements[3]

    def _stay(self, elements: list[str], position: int) -> None:
        claim = self._claim
        if claim is None:
            return
        claim.admission_type, claim.admission_source, claim.patient_status = elements[1:4]
        if claim.admission_type not in _ADMISSION_TYPES:
            self.fault("admission-type", position, "2300")
        if claim.facility_code in _INPATIENT and not claim.admission_source:
            self.fault("admission-source", position, "2300")
        if claim.patient_status not in _PATIENT_STATUS:
            self.fault("patient-status", position, "2300")
        elif claim.facility_code == _ACUTE and not _agree(claim.frequency_code, claim.patient_status):
            self.fault("patient-status-interim", position, "2300")

    def _patient_due(self, elements: list[str], position: int) -> None:
        if self._claim:
            self._claim.patient_due_cents = self.cents(elements, 2, position, "2300")

    # --- codes of the claim ---------------------------------------------------------------------------------------

    def _diagnoses(self, elements: list[str], position: int) -> None:
        claim = self._claim
        if claim is None:
            return
        codes, indicators = self._icd(elements, position)
        if elements[1].partition(COMPONENT)[0] in {"ABK", "BK"}:
            self._diagnosis_position = position
            claim.icd_version = 10 if elements[1][0] == "A" else 9
            if codes and codes[0][0] in EXTERNAL_CAUSES and claim.icd_version > 9:
                self.fault("principal-external-cause", position, "2300")
        claim.diagnoses += codes
        claim.present_on_admission += indicators

    def _icd(self, elements: list[str], position: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The codes of a segment of diagnoses, and whether each was present on admission."""
        codes, indicators = [], []
        for element in elements[1:]:
            if not element:
                continue
            code, _, rest = element.partition(_BEFORE_INDICATOR)
            qualifier, code, has_form = DIAGNOSES[code]
            self._qualifiers.add(qualifier)
            codes.append(code)
            indicators.append(rest)
            if not has_form:
                self.fault("diagnosis-code", position, "2300")
        return tuple(codes), tuple(indicators)

    def _admitting_diagnosis(self, elements: list[str], position: int) -> None:
        if self._claim:
            self._claim.admitting_diagnosis = self._icd(elements, position)[0][0]

    def _reasons_for_visit(self, elements: list[str], position: int) -> None:
        if self._claim:
            self._claim.reasons_for_visit = self._icd(elements, position)[0]

    def _external_causes(self, elements: list[str], position: int) -> None:
        if self._claim:
            self._claim.external_causes = self._icd(elements, position)[0]

    def _diagnosis_related_group(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.diagnosis_related_group = elements[1].partition(COMPONENT)[2]

    def _procedures(self, elements: list[str], position: int) -> None:
        for qualifier, code, _, when in self._coded(elements):
            self._qualifiers.add(qualifier)
            form = ICD_10_PROCEDURE if qualifier[:2] == "BB" else _ICD_9_PROCEDURE
            if qualifier != "CAH" and not form.fullmatch(code):
                self.fault("inpatient-procedure", position, "2300")
            if self._claim:
                procedure = Procedure(code, day_of(when))
                self._claim.procedures += (procedure,)
                if self._claim.service_to and procedure.day > self._claim.service_to:
                    self.fault("procedure-date", position, "2300")

    def _occurrences(self, elements: list[str], position: int) -> None:
        for _, code, _, when in self._coded(elements):
            self._check_form("occurrence-code", code, position)
            if self._claim:
                self._claim.occurrences += (Occurrence(code, *PERIODS[when]),)

    def _spans(self, elements: list[str], position: int) -> None:
        for _, code, _, when in self._coded(elements):
            self._check_form("occurrence-span-code", code, position)
            first, last = PERIODS[when]
            if last < first:
                self.fault("occurrence-span", position, "2300")
            if self._claim:
                self._claim.spans += (Occurrence(code, first, last),)

    def _values(self, elements: list[str], position: int) -> None:
        for _, code, _, _, amount in self._coded(elements):
            self._check_form("value-code", code, position)
            if AMOUNTS[amount] is None:
                self.fault("value-code", position, "2300")
            if self._claim:
                self._claim.values += (ValueCode(code, AMOUNTS[amount] or 0),)

    def _conditions(self, elements: list[str], position: int) -> None:
        for _, code in self._coded(elements):
            self._check_form("condition-code", code, position)
            if self._claim:
                self._claim.conditions += (code,)

    def _treatments(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.treatments += tuple(code for _, code in self._coded(elements))

    def _coded(self, elements: list[str]) -> list[list[str]]:
        return [element.split(COMPONENT) for element in elements[1:] if element]

    def _check_form(self, fault: str, code: str, position: int) -> None:
        if not _TWO_CHARACTERS.fullmatch(code):
            self.fault(fault, position, "2300")

    def _attending(self, elements: list[str], position: int) -> None:
        self.claim_party(elements, position, judged=False)
        if not is_valid_npi(value_at(elements, 9)):
            self.fault("attending-npi", position, "2310A")

    # --- lines ----------------------------------------------------------------------------------------------------

    def _service(self, elements: list[str], position: int) -> None:
        line = self._line
        if line is None:
            return
        line.revenue_code = revenue_code = elements[1]
        self.read_charge(line, elements, 3, position)
        line.unit_of_measure = elements[4]
        line.units = UNITS[elements[5]]
        if len(elements[5]) > SHORT_UNITS and not are_units(elements[5]):
            self.fault("units-form", position, "2400")
        if elements[2]:
            self.read_procedure(line, elements[2], position)
        if len(elements) > 7 and elements[7]:
            line.not_covered_cents = self.cents(elements, 7, position, "2400")
            if line.not_covered_cents > line.charge_cents:
                self.fault("not-covered-charge", position, "2400")
        if not _REVENUE_CODES[revenue_code]:
            self.fault("revenue-code", position, "2400")
        self._judge_procedure(line, position)

    def _judge_procedure(self, line: RevenueLine, position: int) -> None:
        if line.revenue_code in _HIPPS_LINES:
            if line.qualifier != "HP" or not _HIPPS.fullmatch(line.procedure):
                self.fault("hipps-code", position, "2400")
        elif line.procedure:
            if line.qualifier != "HC" or not HCPCS_CODES[line.procedure]:
                self.fault("procedure-code", position, "2400")
            if line.units <= 0:
                self.fault("units", position, "2400")
        elif self._claim and self._claim.facility_code in _OUTPATIENT and _needs_procedure(line.revenue_code):
            self.fault("procedure-missing", position, "2400")

    def _service_dates(self, elements: list[str], position: int) -> None:
        line, claim = self._line, self._claim
        if line is None or claim is None:
            return
        self.read_period(line, elements[3], position)
        # Under a HIPPS code it is the day of an assessment, before or after the days that are billed.
        if line.revenue_code in _HIPPS_LINES or not (claim.service_from and claim.service_to):
            return
        first, last = PERIODS[elements[3]]
        if not claim.service_from <= first <= last <= claim.service_to:
            self.fault("service-outside-statement", position, "2400")

    # --- end of a claim -------------------------------------------------------------------------------------------

    def sum_lines(self, claim: InstitutionalClaim) -> int:
        """Cents of all lines together; the dates of service are those of the statement."""
        return sum(line.charge_cents for line in claim.lines)

    def judge(self, claim: InstitutionalClaim) -> None:
        """Hold the claim as a whole against the edits of the 837I."""
        position, last = self._claim_position, claim.service_to
        if not TYPES_OF_BILL.holds(claim.facility_code, last or self._received):
            self.fault("type-of-bill", position, "2300")
        self._judge_stay(claim, position)
        if claim.facility_code in _DATED_LINES and claim.frequency_code not in _NOTICES:
            for line in claim.lines:
                if line.service_from is None:
                    self.fault("service-date-missing", position, "2400", line)
        if last is not None and self._qualifiers:
            version = 10 if last >= ICD_10_START else 9
            if any(qualifier != "CAH" and _version(qualifier) != version for qualifier in self._qualifiers):
                self.fault("diagnosis-qualifier", self._diagnosis_position, "2300")
        if not any(party.role == "71" for party in claim.parties) and not _is_transport(claim):
            self.fault("attending-provider", position, "2310A")
        if last is not None and last < self._timely:
            self.remark("late-filing", position, "2300")

    def _judge_stay(self, claim: InstitutionalClaim, position: int) -> None:
        facility = claim.facility_code
        if facility in _START_OF_CARE and claim.admission_date is None:
            self.fault("admission-date", position, "2300")
        elif facility == _ACUTE and not claim.admission_hour:
            self.fault("admission-hour", position, "2300")
        if claim.admission_date and claim.service_to and claim.admission_date > claim.service_to:
            self.fault("admission-after-statement", self._statement_position, "2300")
        if facility == _ACUTE and claim.frequency_code in _FINAL and not claim.discharge_hour:
            self.fault("discharge-hour", position, "2300")
        if facility in _INPATIENT and not claim.admitting_diagnosis:
            self.fault("admitting-diagnosis", position, "2300")
        if _is_unplanned_visit(claim) and not claim.reasons_for_visit:
            self.fault("reason-for-visit", position, "2300")


def _agree(frequency: str, status: str) -> bool:
    """True when frequency and patient status tell the same: still there on interim bills, gone on the last one."""
    if frequency in _INTERIM:
        return status == _STILL_PATIENT
    return frequency not in _FINAL or status != _STILL_PATIENT


def _needs_procedure(revenue_code: str) -> bool:
    return revenue_code[:3] in _WITH_PROCEDURE or revenue_code == _DRUGS_WITH_PROCEDURE


def _version(qualifier: str) -> int:
    """The version of ICD a qualifier speaks of."""
    return 10 if qualifier[0] == "A" or qualifier[:2] == "BB" else 9


def _is_unplanned_visit(claim: InstitutionalClaim) -> bool:
    return (
        claim.facility_code in _VISITS
        and claim.admission_type in _UNPLANNED
        and any(_VISIT_LINES.fullmatch(line.revenue_code) for line in claim.lines)
    )


def _is_transport(claim: InstitutionalClaim) -> bool:
    return bool(claim.lines) and all(line.revenue_code.startswith(_TRANSPORT) for line in claim.lines)
