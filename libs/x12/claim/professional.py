"""Makes claims of the segments of an 837P and holds each against the edits that belong to one claim."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from libs.common.npi import is_valid_npi
from libs.x12.claim.collecting import ClaimCollector
from libs.x12.claim.edits import PLACES_OF_SERVICE, TAXONOMY
from libs.x12.claim.objects import ProfessionalClaim, ServiceLine
from libs.x12.claim.payers import BEHIND_OTHERS
from libs.x12.claim.texts import (
    DIAGNOSES,
    EXTERNAL_CAUSES,
    HCPCS_CODES,
    ICD_10_START,
    SHORT_UNITS,
    UNITS,
    are_units,
    day_of,
)
from libs.x12.collector import Action, Around, Key
from libs.x12.guide import COMPONENT
from libs.x12.values import Memory

_INPATIENT_HOSPITAL = "21"
_FREQUENCIES = frozenset("178")
_ICD_10_LISTS, _ICD_9_LISTS = frozenset({"ABK", "ABF"}), frozenset({"BK", "BF"})
_ACCIDENT, _ACCIDENTS, _OF_A_CAR = "439", frozenset({"AA", "OA"}), "AA"
# Forms of durable medical equipment (code source 656: CMN and DIF), and the last day of services that had them.
_CERTIFICATE, _LAST_CERTIFICATES = "UT", date(2022, 12, 31)
_REMEMBERED = 4096
# Dates of an illness; the admission has a field of its own.
_DATES = ("431", "454", "304", "453", "439", "484", "455", "471", "297", "296", "096", "444", "050")


def _pointers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(COMPONENT) if part)


_POINTERS = Memory(_pointers)


@lru_cache(maxsize=_REMEMBERED)
def _place_exists(place: str, on: date) -> bool:
    return PLACES_OF_SERVICE.holds(place, on)


class ProfessionalClaims(ClaimCollector[ProfessionalClaim, ServiceLine]):
    """Collects the claims of one transaction set, and its totals into the verdict."""

    judges = ClaimCollector.judges | {"pos"}
    line_type = ServiceLine

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self._qualifiers: set[str] = set()
        self._diagnosis_position = 0
        self._service_position = 0
        # Causes (CLM11): an accident at work, of a car or another, and the place of one of a car.
        self._accident = ""

    def readers(self) -> dict[Key, Action]:
        """Add the readers of what only an 837P has."""
        return super().readers() | {
            ("2300", "CLM", ""): self._start_claim,
            ("2300", "DTP", "435"): self._admission,
            ("2300", "HI", "ABK"): self._diagnoses,
            ("2300", "HI", "BG"): self._conditions,
            ("2300", "AMT", "F5"): self._patient_paid,
            ("2300", "CR1", ""): self._ambulance,
            ("2400", "CR1", ""): self._ambulance,
            ("2310B", "NM1", "82"): self._rendering,
            ("2310B", "PRV", "PE"): self._rendering_taxonomy,
            ("2310B", "REF", "0B"): self.ignore,
            ("2400", "SV1", ""): self._service,
            ("2400", "DTP", "472"): self._service_dates,
            ("2420A", "NM1", "82"): self._line_rendering,
            ("2420A", "PRV", "PE"): self.ignore,
            ("2420A", "REF", "0B"): self.ignore,
            ("2440", "LQ", ""): self._form,
            **{("2300", "DTP", qualifier): self._date for qualifier in _DATES},
        }

    # --- claim ----------------------------------------------------------------------------------------------------

    def _start_claim(self, elements: list[str], position: int) -> None:
        claim = ProfessionalClaim(
            self.next_ordinal,
            self._verdict.ordinal,
            len(self._verdict.providers),
            self._billing,
            self._subscriber,
            elements[1],
        )
        self.open_claim(claim, claim.lines, elements[2], position)
        self._qualifiers.clear()
        claim.place_of_service, _, claim.frequency_code = elements[5].split(COMPONENT)
        claim.signature_on_file, claim.accepts_assignment, claim.benefits_assigned, claim.release = elements[6:10]
        self._accident = elements[11] if len(elements) > 11 else ""
        if len(elements) > 20:
            claim.delay_reason = elements[20]
        if claim.frequency_code not in _FREQUENCIES:
            self.fault("frequency-code", position, "2300")

    def _admission(self, elements: list[str], position: int) -> None:
        if self._claim:
            self._claim.admission_date = admitted = day_of(elements[3])
            if admitted > self._received:
                self.fault("admission-after-receipt", position, "2300")

    def _date(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.dates += ((elements[1], day_of(elements[3])),)

    def _patient_paid(self, elements: list[str], position: int) -> None:
        if self._claim:
            self._claim.patient_paid_cents = self.cents(elements, 2, position, "2300")

    def _ambulance(self, elements: list[str], position: int) -> None:
        """Hold what no object carries, but goes on with the claim: weight (CR102), if told, and distance (CR106)."""
        if (elements[2] and Decimal(elements[2]) <= 0) or Decimal(elements[6]) < 0:
            self.fault("ambulance-transport", position, "2400" if self._line else "2300")

    def _diagnoses(self, elements: list[str], position: int) -> None:
        self._diagnosis_position = position
        qualifiers = self._qualifiers
        codes = []
        for element in elements[1:]:
            if element:
                qualifier, code, has_form = DIAGNOSES[element]
                qualifiers.add(qualifier)
                codes.append(code)
                if not has_form:
                    self.fault("diagnosis-code", position, "2300")
        if self._claim:
            self._claim.diagnoses = tuple(codes)
            if elements[1][0] != "A":
                self._claim.icd_version = 9
            elif codes[0][0] in EXTERNAL_CAUSES:
                self.fault("principal-external-cause", position, "2300")

    def _conditions(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.conditions += tuple(element.partition(COMPONENT)[2] for element in elements[1:] if element)

    def _rendering(self, elements: list[str], position: int) -> None:
        npi = elements[9] if len(elements) > 9 else ""
        if self._claim:
            self._claim.rendering_npi = npi
        if not is_valid_npi(npi):
            self.fault("rendering-npi", position, "2310B")

    def _rendering_taxonomy(self, elements: list[str], position: int) -> None:
        if self._claim:
            self._claim.rendering_taxonomy = elements[3]
        if not TAXONOMY.fullmatch(elements[3]):
            self.fault("rendering-taxonomy", position, "2310B")

    # --- lines ----------------------------------------------------------------------------------------------------

    def _service(self, elements: list[str], position: int) -> None:
        line, claim = self._line, self._claim
        if line is None or claim is None:
            return
        self._service_position = position
        self.read_procedure(line, elements[1], position)
        self.read_charge(line, elements, 2, position)
        line.unit_of_measure = elements[3]
        line.units = units = UNITS[elements[4]]
        line.place_of_service = elements[5]
        line.pointers = pointers = _POINTERS[elements[7]]
        if len(elements) > 9:
            line.is_emergency = elements[9] == "Y"
        if line.qualifier != "HC" or not HCPCS_CODES[line.procedure]:
            self.fault("procedure-code", position, "2400")
        if units <= 0:
            self.fault("units", position, "2400")
        if len(elements[4]) > SHORT_UNITS and not are_units(elements[4]):
            self.fault("units-form", position, "2400")
        if max(pointers) > len(claim.diagnoses):
            self.fault("diagnosis-pointer", position, "2400")

    def _service_dates(self, elements: list[str], position: int) -> None:
        line = self._line
        if line is None:
            return
        self.read_period(line, elements[3], position)
        if line.place_of_service and not _place_exists(line.place_of_service, line.service_from or self._received):
            self.fault("line-place-of-service", self._service_position, "2400")

    def _line_rendering(self, elements: list[str], position: int) -> None:
        npi = elements[9] if len(elements) > 9 else ""
        if self._line:
            self._line.rendering_npi = npi
        if not is_valid_npi(npi):
            self.fault("rendering-npi", position, "2420A")

    def _form(self, elements: list[str], position: int) -> None:
        line = self._line
        if elements[1] == _CERTIFICATE and line and line.service_from and line.service_from > _LAST_CERTIFICATES:
            self.fault("certificate", position, "2440")

    # --- end of a claim -------------------------------------------------------------------------------------------

    def sum_lines(self, claim: ProfessionalClaim) -> int:
        """Cents of all lines together; the claim's dates of service are the first and the last of its lines."""
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
        return total

    def judge(self, claim: ProfessionalClaim) -> None:
        """Hold the claim as a whole against the edits of the 837P."""
        first, last = claim.service_from, claim.service_to
        if not _place_exists(claim.place_of_service, first or self._received):
            self.fault("place-of-service", self._claim_position, "2300")
        if claim.place_of_service == _INPATIENT_HOSPITAL and claim.admission_date is None:
            self.fault("admission-date", self._claim_position, "2300")
        if last is not None and not self._qualifiers <= (_ICD_10_LISTS if last >= ICD_10_START else _ICD_9_LISTS):
            self.fault("diagnosis-qualifier", self._diagnosis_position, "2300")
        if self._subscriber.responsibility in BEHIND_OTHERS:
            self._judge_insurance_type()
        if self._accident:
            self._judge_accident(claim)
        if first is not None and first < self._timely:
            self.remark("late-filing", self._claim_position, "2300")

    def _judge_insurance_type(self) -> None:
        subscriber = self._subscriber
        if subscriber.filing_indicator == self.filing_indicator and not subscriber.insurance_type:
            self.fault("insurance-type", self._coverage_position, "2000B")

    def _judge_accident(self, claim: ProfessionalClaim) -> None:
        """An accident has a date; one of a car a state, or a country abroad. An illness from work has neither."""
        first, second, _, state, country = (*self._accident.split(COMPONENT), "", "", "", "")[:5]
        if {first, second} & _ACCIDENTS and all(kind != _ACCIDENT for kind, _ in claim.dates):
            self.fault("accident-date", self._claim_position, "2300")
        if _OF_A_CAR in {first, second} and not (state or country):
            self.fault("accident-state", self._claim_position, "2300")
