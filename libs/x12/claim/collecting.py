"""What making claims of an 837P and of an 837I has in common: levels, people, other payers, drugs, and the verdict.

A fault found here never rejects the transaction set: it stands on the claim, or on every claim below the provider or
subscriber it belongs to, and is answered in the 277CA.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import ClassVar, Generic, TypeVar

from libs.common.mbi import is_valid_mbi
from libs.common.npi import is_valid_npi
from libs.x12.claim.edits import (
    ADJUSTMENT_REASONS,
    EDITS,
    HCPCS,
    ICD_9,
    ICD_10,
    STATES,
    TAXONOMY,
    UNLISTED_PROCEDURES,
    Edit,
    claim_finding,
)
from libs.x12.claim.objects import (
    Address,
    Adjustment,
    Attachment,
    BillingProvider,
    Claim,
    Drug,
    Line,
    LineDecision,
    Note,
    OtherPayer,
    Party,
    Patient,
    Subscriber,
)
from libs.x12.collector import Action, Around, Collector, Finder, actions_for
from libs.x12.findings import Finding
from libs.x12.guide import COMPONENT, Guide
from libs.x12.parts import MEMBER_NUMBER, Name, read_name
from libs.x12.values import read_cents
from libs.x12.verdicts import ProviderTotal

ICD_10_START = date(2015, 10, 1)
FINDINGS_PER_CLAIM = 20
_REMEMBERED, _LONGEST = 4096, 80
_POSTAL_CODE_DIGITS = 9
_POSTAL_CODE_SIZES = frozenset({0, 5, 9})
_HOME = frozenset({"", "US"})
_NINE_DIGITS = re.compile("[0-9]{9}")
_BOX = re.compile(r"(?:P\.? ?O\.?|POST OFFICE|LOCK) ?(?:BOX|BIN)\b.*")
_DRUG_CODE = re.compile("[0-9]{11}")
_MODIFIER = re.compile("[0-9A-Z]{2}")
# Units this short have no digit too many.
SHORT_UNITS = 4
_MAX_UNIT_DIGITS, _MAX_UNIT_DECIMALS = 8, 3
# The component of a procedure that is free text.
_DESCRIPTION = 6
_LEAP_DAY = (2, 29)
_NOBODY = Name("", "")
# Behind a segment that ends early.
_EMPTY = ("",) * 10
# Roles of providers that may stand in the status of a claim (005010X214, STC01-3).
_NAMED_ROLES = frozenset({"71", "72", "77", "82", "DK", "DN", "DQ", "QB"})
# Places in the order of payment (SBR01): the first payer, and a payer whose place nobody knows yet.
_FIRST_PAYER, _UNKNOWN_PLACE = "P", "U"
BEHIND_OTHERS = frozenset("ABCDEFGHST")
EXTERNAL_CAUSES = frozenset("VWXY")
# Claims that replace or cancel an earlier one name it.
_REPLACING = frozenset("78")

_Value = TypeVar("_Value")
_Claim = TypeVar("_Claim", bound=Claim)
_Line = TypeVar("_Line", bound=Line)


class Memory(dict[str, _Value], Generic[_Value]):
    """Values by their text: a file repeats the same days, amounts and codes.

    It starts again when it has grown large, and does not keep what is longer than any of these.
    """

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[str], _Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> _Value:
        if len(text) > _LONGEST:
            return self._make(text)
        if len(self) >= _REMEMBERED:
            self.clear()
        value = self[text] = self._make(text)
        return value


def _period(text: str) -> tuple[date, date]:
    return day_of(text[:8]), day_of(text[-8:])


def _amount(text: str) -> int | None:
    try:
        return read_cents(text)
    except ValueError:
        return None


def are_units(text: str) -> bool:
    """True when units have no more digits and decimals than the guides allow."""
    whole, _, decimals = text.partition(".")
    return len(decimals) <= _MAX_UNIT_DECIMALS and len(whole) + len(decimals) <= _MAX_UNIT_DIGITS


# The day of `20261122`; raises `ValueError` when there is none.
day_of = date.fromisoformat

# Shared by all files of a process: facts about texts, none of them a name or a number of a person.
PERIODS = Memory(_period)
AMOUNTS = Memory(_amount)
UNITS = Memory(Decimal)
HCPCS_CODES = Memory(lambda text: HCPCS.fullmatch(text) is not None)


def _diagnosis(text: str) -> tuple[str, str, bool]:
    qualifier, code, *_ = text.split(COMPONENT)
    return qualifier, code, (ICD_10 if qualifier[0] == "A" else ICD_9).fullmatch(code) is not None


def _procedure(text: str) -> tuple[str, str, tuple[str, ...], bool, bool]:
    qualifier, code, *parts = text.split(COMPONENT)
    modifiers = tuple(modifier for modifier in parts if modifier)
    stand = len(set(modifiers)) == len(modifiers) and all(map(_MODIFIER.fullmatch, modifiers))
    return qualifier, code, modifiers, stand, UNLISTED_PROCEDURES.fullmatch(code) is not None


# Qualifier, code, and whether the code has its form.
DIAGNOSES = Memory(_diagnosis)
# Qualifier, code, modifiers, whether these have their form and stand once, and whether the code is an unlisted one.
_PROCEDURES = Memory(_procedure)


def value_at(elements: list[str], index: int) -> str:
    """One element, or nothing when the segment ends before it."""
    return elements[index] if len(elements) > index else ""


class ClaimCollector(Collector, Generic[_Claim, _Line]):
    """Collects the claims of one transaction set, and its totals into the verdict. Each guide has its own below."""

    judges = frozenset({"states", "adjustment_reason"})
    edits: ClassVar[Mapping[str, Edit]] = EDITS
    filing_indicator: ClassVar[str] = "MB"
    lines_per_claim: ClassVar[int] = 50
    line_type: type[_Line]

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self._on_structure_fault = around.note
        self._verdict = around.verdict
        self._claims = around.items
        self._received = around.received
        self._timely = _a_year_before(around.received)
        self._states = Memory(lambda state: STATES.holds(state, around.received))
        self._biller = around.biller
        self._submitter_findings: list[Finding] = []
        self._billing = BillingProvider()
        self._billing_findings: list[Finding] = []
        self._subscriber = Subscriber()
        self._subscriber_findings: list[Finding] = []
        self._subscriber_position = 0
        self._coverage_position = 0
        self._patient: Patient | None = None
        self._street: list[str] = ["", ""]
        self._claim: _Claim | None = None
        self._findings: list[Finding] = []
        self._claim_position = 0
        self._lines: list[_Line] = []
        self._line: _Line | None = None
        self._line_numbers: set[str] = set()
        # Lines whose procedure says nothing without a text or a drug, and where they say it.
        self._undescribed: list[tuple[_Line, int]] = []
        self._party = Party("")
        self._payer = OtherPayer("")
        self._has_other_payers = False
        self._reasons: list[tuple[str, int, OtherPayer | LineDecision]] = []
        self._decision = LineDecision("", 0, Decimal(0))
        self.find_action = self._find_action(around.guide)
        self.closers = {"2300": self._end_claim, "2010BA": self._end_subscriber}

    def context(self) -> str:
        """Patient control number of the claim being read, for the 999."""
        return self._claim.patient_control_number if self._claim else ""

    def own_actions(self) -> dict[tuple[str, str, str], Action]:
        """What a guide reads in its own way, keyed as `actions_for` wants it."""
        return {}

    def sum_lines(self, claim: _Claim) -> int:
        """Cents of all lines together; where the guide has dates of service on the lines, take those too."""
        raise NotImplementedError

    def judge(self, claim: _Claim) -> None:
        """Hold the claim as a whole against the edits of its guide."""

    def _find_action(self, guide: Guide) -> Finder:
        exact: dict[tuple[str, str, str], Action] = {
            ("ST", "BHT", ""): self._begin,
            ("1000A", "NM1", "41"): self._submitter,
            ("2000A", "HL", ""): self._billing_level,
            ("2000A", "PRV", "BI"): self._billing_taxonomy,
            ("2010AA", "NM1", "85"): self._billing_name,
            ("2010AA", "N3", ""): self._billing_street,
            ("2010AA", "N4", ""): self._billing_city,
            ("2010AA", "REF", "EI"): self._billing_tax_id,
            ("2010AB", "N3", ""): self._keep_street,
            ("2010AB", "N4", ""): self._pay_to_city,
            ("2000B", "HL", ""): self._subscriber_level,
            ("2000B", "SBR", "A"): self._coverage,
            ("2010BA", "NM1", "IL"): self._subscriber_name,
            ("2010BA", "N3", ""): self._keep_street,
            ("2010BA", "N4", ""): self._subscriber_city,
            ("2010BA", "DMG", ""): self._demographics,
            ("2010BB", "REF", "G2"): self._billing_ptan,
            ("2000C", "HL", ""): self._patient_level,
            ("2000C", "PAT", ""): self._relationship,
            ("2010CA", "NM1", "QC"): self._patient_name,
            ("2010CA", "N3", ""): self._keep_street,
            ("2010CA", "N4", ""): self._patient_city,
            ("2010CA", "DMG", ""): self._patient_demographics,
            ("2300", "REF", "G1"): self._prior_authorization,
            ("2300", "REF", "F8"): self._claim_number,
            ("2300", "REF", "D9"): self._internal_control_number,
            ("2320", "AMT", "D"): self._payer_paid,
            ("2320", "AMT", "A8"): self._payer_not_covered,
            ("2320", "AMT", "EAF"): self._payer_remaining,
            ("2330A", "NM1", "IL"): self._insured,
            ("2330B", "NM1", "PR"): self._payer_name,
            ("2330B", "DTP", "573"): self._payer_decided_on,
            ("2400", "LX", ""): self._start_line,
            ("2400", "REF", "6R"): self._line_control_number,
            ("2300", "REF", ""): self._reference,
            ("2300", "PWK", ""): self._attachment,
            ("2300", "NTE", ""): self._note,
            ("2310", "NM1", ""): self.claim_party,
            ("2310", "N3", ""): self._keep_street,
            ("2310", "N4", ""): self._party_city,
            ("2310", "PRV", ""): self._party_taxonomy,
            ("2310", "REF", ""): self._party_identifier,
            ("2320", "SBR", ""): self._other_payer,
            ("2320", "CAS", ""): self._payer_adjustments,
            ("2320", "OI", ""): self._payer_consent,
            ("2400", "NTE", ""): self._line_note,
            ("2400", "AMT", ""): self._line_amount,
            ("2410", "LIN", ""): self._drug,
            ("2410", "CTP", ""): self._drug_quantity,
            ("2420", "NM1", ""): self._line_party,
            ("2420", "N3", ""): self._keep_street,
            ("2420", "N4", ""): self._party_city,
            ("2420", "PRV", ""): self._party_taxonomy,
            ("2420", "REF", ""): self._party_identifier,
            ("2430", "SVD", ""): self._line_decision,
            ("2430", "CAS", ""): self._line_adjustments,
            ("2430", "DTP", ""): self._decided_on,
            ("2430", "AMT", ""): self._line_remaining,
        }
        exact |= self.own_actions()
        return actions_for(guide, exact, {"N4": self._other_city})

    # --- header and providers -------------------------------------------------------------------------------------

    def _begin(self, elements: list[str], _position: int) -> None:
        self._verdict.reference = elements[3]

    def _submitter(self, elements: list[str], position: int) -> None:
        self._verdict.submitter = read_name(elements)
        # Told of each claim of the set: the 999 is silent about whom business is done with (RFI 1759), and of an answer
        # to the submitter alone (2200B) nobody could see which claims did not go on.
        if self._biller and elements[9] not in self._biller.submitters:
            self._keep(self._submitter_findings, "submitter-foreign", position, "1000A")

    def _billing_level(self, _elements: list[str], position: int) -> None:
        self._billing = BillingProvider()
        # Until the first subscriber a fault belongs to all claims of the provider.
        self._billing_findings = self._subscriber_findings = self._submitter_findings.copy()
        if self._biller and self._biller.guide != self.around.guide.identifier:
            self._keep(self._billing_findings, "line-of-business", position, "2000A")
        if self._verdict.verdict == "rejected":
            # Nobody asks for the totals any more.
            self._verdict.providers.clear()
        self._verdict.providers.append(ProviderTotal(_NOBODY))

    def _billing_taxonomy(self, elements: list[str], position: int) -> None:
        self._billing.taxonomy = elements[3]
        if not TAXONOMY.fullmatch(elements[3]):
            self._keep(self._billing_findings, "taxonomy", position, "2000A")

    def _billing_name(self, elements: list[str], position: int) -> None:
        billing, name = self._billing, read_name(elements)
        billing.npi, billing.name, billing.is_person = name.identifier, name.last_name, name.kind == "1"
        billing.first_name, billing.middle_name, billing.suffix = name.first_name, name.middle_name, name.suffix
        if self._verdict.providers:
            self._verdict.providers[-1].name = name
        if not is_valid_npi(name.identifier):
            self._keep(self._billing_findings, "billing-npi", position, "2010AA")
        elif self._biller and name.identifier != self._biller.npi:
            self._keep(self._billing_findings, "billing-provider-foreign", position, "2010AA")

    def _keep_street(self, elements: list[str], _position: int) -> None:
        self._street = elements

    def _billing_street(self, elements: list[str], position: int) -> None:
        self._street = elements
        if any(_BOX.fullmatch(street.strip().upper()) for street in elements[1:]):
            self._keep(self._billing_findings, "billing-street", position, "2010AA")

    def _address(self, elements: list[str]) -> Address:
        street, size = self._street, len(elements)
        return Address(
            street[1],
            elements[1],
            elements[2] if size > 2 else "",
            elements[3] if size > 3 else "",
            street[2] if len(street) > 2 else "",
            elements[4] if size > 4 else "",
        )

    def _billing_city(self, elements: list[str], position: int) -> None:
        address = self._billing.address = self._address(elements)
        if not self._is_state(elements):
            self._keep(self._billing_findings, "state", position, "2010AA")
        if not _is_postal_code(elements):
            self._keep(self._billing_findings, "postal-code", position, "2010AA", "85")
        elif not _has_nine_digits(address):
            self._keep(self._billing_findings, "billing-postal-code", position, "2010AA")

    def _billing_tax_id(self, elements: list[str], position: int) -> None:
        self._billing.tax_id_qualifier, self._billing.tax_id = elements[1], elements[2]
        if not self._billing.npi and self._verdict.providers:
            # What the answer calls a provider by that has no NPI (005010X214, NM108 of loop 2100C).
            provider = self._verdict.providers[-1]
            provider.name = replace(provider.name, qualifier="FI", identifier=elements[2])
        if not _NINE_DIGITS.fullmatch(elements[2]):
            self._keep(self._billing_findings, "billing-tax-id", position, "2010AA")
        elif self._biller and elements[2] != self._biller.tax_id:
            self._keep(self._billing_findings, "billing-tax-id-foreign", position, "2010AA")

    def _billing_ptan(self, elements: list[str], position: int) -> None:
        """Hold the PTAN, where one is sent besides the NPI; a location number (LU) is none."""
        if self._biller and elements[1] == "G2" and elements[2] != self._biller.ptan:
            self._keep(self._subscriber_findings, "billing-ptan-foreign", position, "2010BB")

    def _pay_to_city(self, elements: list[str], position: int) -> None:
        self._billing.pay_to = self._address(elements)
        if not self._is_state(elements):
            self._keep(self._billing_findings, "state", position, "2010AB")
        if not _is_postal_code(elements):
            self._keep(self._billing_findings, "postal-code", position, "2010AB", "87")

    # --- subscriber and patient -----------------------------------------------------------------------------------

    def _subscriber_level(self, _elements: list[str], position: int) -> None:
        self._subscriber = Subscriber()
        self._subscriber_findings = []
        self._subscriber_position = position
        self._patient = None

    def _coverage(self, elements: list[str], position: int) -> None:
        subscriber = self._subscriber
        padded = elements if len(elements) > 9 else [*elements, *_EMPTY]
        subscriber.filing_indicator = indicator = padded[9]
        subscriber.responsibility = padded[1]
        subscriber.is_patient = padded[2] == "18"
        if padded[3] or padded[4] or padded[5]:
            subscriber.group_number, subscriber.group_name, subscriber.insurance_type = padded[3:6]
        self._coverage_position = position
        if indicator != self.filing_indicator:
            self._keep(self._subscriber_findings, "filing-indicator", position, "2000B")

    def _subscriber_name(self, elements: list[str], position: int) -> None:
        subscriber = self._subscriber
        self._subscriber_position = position
        padded = elements if len(elements) > 9 else [*elements, *_EMPTY]
        (
            _,
            _,
            _,
            subscriber.last_name,
            subscriber.first_name,
            subscriber.middle_name,
            _,
            subscriber.suffix,
            _,
            mbi,
        ) = padded[:10]
        subscriber.mbi = mbi
        if padded[8] != MEMBER_NUMBER or not is_valid_mbi(mbi):
            self._keep(self._subscriber_findings, "mbi", position, "2010BA")

    def _subscriber_city(self, elements: list[str], position: int) -> None:
        self._subscriber.address = self._address(elements)
        if not self._is_state(elements):
            self._keep(self._subscriber_findings, "state", position, "2010BA")
        if not _is_postal_code(elements):
            self._keep(self._subscriber_findings, "postal-code", position, "2010BA", "IL")

    def _demographics(self, elements: list[str], position: int) -> None:
        subscriber = self._subscriber
        subscriber.birth_date = born = day_of(elements[2])
        subscriber.sex = elements[3]
        if born > self._received:
            self._keep(self._subscriber_findings, "birth-date", position, "2010BA")

    def _end_subscriber(self, _position: int) -> None:
        subscriber = self._subscriber
        if not subscriber.is_patient:
            return
        if subscriber.address is None:
            self._keep(self._subscriber_findings, "subscriber-address", self._subscriber_position, "2010BA")
        if subscriber.birth_date is None:
            self._keep(self._subscriber_findings, "subscriber-demographics", self._subscriber_position, "2010BA")

    def _patient_level(self, _elements: list[str], position: int) -> None:
        self._patient = Patient("")
        if not any(finding.code == "dependent" for finding in self._subscriber_findings):
            self._keep(self._subscriber_findings, "dependent", position, "2000C")

    def _relationship(self, elements: list[str], _position: int) -> None:
        if self._patient:
            self._patient.relationship = elements[1]

    def _patient_name(self, elements: list[str], _position: int) -> None:
        if self._patient:
            name = read_name(elements)
            self._patient.last_name, self._patient.first_name = name.last_name, name.first_name
            self._patient.middle_name, self._patient.suffix = name.middle_name, name.suffix

    def _patient_city(self, elements: list[str], _position: int) -> None:
        if self._patient:
            self._patient.address = self._address(elements)

    def _patient_demographics(self, elements: list[str], _position: int) -> None:
        if self._patient:
            self._patient.birth_date, self._patient.sex = day_of(elements[2]), elements[3]

    # --- claim ----------------------------------------------------------------------------------------------------

    def open_claim(self, claim: _Claim, lines: list[_Line], charge: str, position: int) -> None:
        """Begin with a claim and its list of lines: everything up to the end of the loop belongs to it."""
        self._claim = claim
        self._lines = lines
        claim.patient = self._patient
        self.next_ordinal += 1
        self._findings = []
        self._claim_position = position
        if self._has_other_payers:
            self._has_other_payers = False
            self._reasons.clear()
        if self._line_numbers:
            self._line_numbers.clear()
        total = AMOUNTS[charge]
        if total is None:
            self.fault("amount-form", position, "2300")
        else:
            claim.total_charge_cents = total
            if total < 0:
                self.fault("amount-negative", position, "2300")

    def fault(self, code: str, position: int, loop: str, line: _Line | None = None) -> None:
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
        line: _Line | None = None,
    ) -> None:
        if len(findings) < FINDINGS_PER_CLAIM:
            finding = claim_finding(
                self.edits[code],
                code,
                position,
                loop,
                entity,
                segment=segment,
                element=element,
                line=self._number_of(line),
            )
            findings.append(finding)

    def _number_of(self, line: _Line | None = None) -> int:
        """The number of a line, or of the one being read; 0 where there is none."""
        about = line or self._line
        return about.number if about else 0

    def remark(self, code: str, position: int, loop: str) -> None:
        """Remark something about the claim being read that rejects nothing: adjudication decides on it."""
        if self._claim and len(self._claim.notices) < FINDINGS_PER_CLAIM:
            notice = claim_finding(self.edits[code], code, position, loop, line=self._number_of())
            self._claim.notices += (notice,)

    def _prior_authorization(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.prior_authorization = elements[2]

    def _claim_number(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.payer_claim_control_number = elements[2]

    def _internal_control_number(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.internal_control_number = elements[2]

    def _reference(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.references += ((elements[1], elements[2]),)

    def _attachment(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.attachments += (Attachment(elements[1], elements[2], value_at(elements, 6)),)

    def _note(self, elements: list[str], _position: int) -> None:
        if self._claim:
            self._claim.notes += (Note(elements[1], elements[2]),)

    # --- providers of claims and lines ----------------------------------------------------------------------------

    def claim_party(self, elements: list[str], position: int, *, judged: bool = True) -> None:
        """Add a provider to the claim. Whose NPI is not `judged` here has an edit of its own."""
        party = self._new_party(elements)
        if self._claim:
            self._claim.parties += (party,)
        if judged:
            self._judge_party(party, position, "2310")

    def _line_party(self, elements: list[str], position: int) -> None:
        party = self._new_party(elements)
        if self._line:
            self._line.parties += (party,)
        self._judge_party(party, position, "2420")

    def _new_party(self, elements: list[str]) -> Party:
        padded = [*elements, *_EMPTY]
        party = self._party = Party(
            role=padded[1],
            npi=padded[9],
            last_name=padded[3],
            first_name=padded[4],
            middle_name=padded[5],
            suffix=padded[7],
            is_person=padded[2] == "1",
        )
        return party

    def _judge_party(self, party: Party, position: int, loop: str) -> None:
        if party.npi and not is_valid_npi(party.npi):
            self._keep(self._findings, "provider-npi", position, loop, _entity_of(party))

    def _party_city(self, elements: list[str], position: int) -> None:
        party = self._party
        party.address = self._address(elements)
        self._other_city(elements, position)
        if party.role == "77" and _is_postal_code(elements) and not _has_nine_digits(party.address):
            self.fault("facility-postal-code", position, "2310")

    def _party_taxonomy(self, elements: list[str], position: int) -> None:
        self._party.taxonomy = elements[3]
        if not TAXONOMY.fullmatch(elements[3]):
            self._keep(self._findings, "taxonomy", position, "2310", _entity_of(self._party))

    def _party_identifier(self, elements: list[str], _position: int) -> None:
        self._party.identifiers += ((elements[1], elements[2]),)

    def _other_city(self, elements: list[str], position: int) -> None:
        if not self._is_state(elements):
            self._keep(self._belonging(), "state", position, "")
        if not _is_postal_code(elements):
            self._keep(self._belonging(), "postal-code", position, "")

    def _is_state(self, elements: list[str]) -> bool:
        """True when N402 is a state, or empty because the address lies abroad (N404)."""
        state = elements[2] if len(elements) > 2 else ""
        if not state:
            return len(elements) > 4 and elements[4] not in _HOME
        return self._states[state]

    def take_code_fault(self, finding: Finding) -> None:
        """Put a code that is not in its set on the claim, or on all claims around the place."""
        edit = self.edits[finding.code]
        findings = self._belonging()
        if len(findings) < FINDINGS_PER_CLAIM:
            told = replace(finding, category=edit.category, status=edit.status, line=self._number_of())
            findings.append(told)

    def _belonging(self) -> list[Finding]:
        """Where a fault belongs: to the claim being read, else to all claims of the subscriber."""
        return self._subscriber_findings if self._claim is None else self._findings

    # --- other payers ---------------------------------------------------------------------------------------------

    def _other_payer(self, elements: list[str], _position: int) -> None:
        padded = [*elements, *_EMPTY]
        responsibility, relationship, group_number, group_name, insurance_type = padded[1:6]
        payer = self._payer = OtherPayer(
            responsibility, relationship, group_number, group_name, insurance_type, filing_indicator=padded[9]
        )
        self._has_other_payers = True
        if self._claim:
            self._claim.other_payers += (payer,)

    def _payer_adjustments(self, elements: list[str], position: int) -> None:
        self._payer.adjustments += self._adjustments(elements, position, self._payer)

    def _payer_consent(self, elements: list[str], _position: int) -> None:
        self._payer.benefits_assigned, self._payer.release = elements[3], elements[6]

    def _payer_paid(self, elements: list[str], position: int) -> None:
        self._payer.paid_cents = self.cents(elements, 2, position, "2320")

    def _payer_not_covered(self, elements: list[str], position: int) -> None:
        self._payer.not_covered_cents = self.cents(elements, 2, position, "2320")

    def _payer_remaining(self, elements: list[str], position: int) -> None:
        self._payer.remaining_cents = self.cents(elements, 2, position, "2320")

    def _insured(self, elements: list[str], _position: int) -> None:
        payer = self._payer
        payer.insured_last_name, payer.insured_first_name = elements[3], value_at(elements, 4)
        payer.insured_id = value_at(elements, 9)

    def _payer_name(self, elements: list[str], _position: int) -> None:
        self._payer.name, self._payer.identifier = elements[3], elements[9]

    def _payer_decided_on(self, elements: list[str], _position: int) -> None:
        self._payer.paid_on = day_of(elements[3])

    def _adjustments(
        self, elements: list[str], position: int, decider: OtherPayer | LineDecision
    ) -> tuple[Adjustment, ...]:
        padded = [*elements, "", ""]
        adjustments = tuple(
            Adjustment(
                elements[1],
                padded[place],
                self.cents(padded, place + 1, position, _loop_of(decider), signed=True),
                Decimal(padded[place + 2]) if padded[place + 2] else None,
            )
            for place in range(2, len(elements), 3)
            if padded[place]
        )
        if any(one.cents == 0 or one.quantity == 0 for one in adjustments):
            self.remark("adjustment-zero", position, _loop_of(decider))
        # Whether a reason exists depends on the day of the decision, which comes later.
        self._reasons += ((one.reason, position, decider) for one in adjustments)
        return adjustments

    def cents(self, elements: list[str], index: int, position: int, loop: str, *, signed: bool = False) -> int:
        """Take the amount of one element; one that is none counts as nothing, and is a fault of the claim.

        So is one below zero (RFI 2499), unless it is `signed`: an adjustment may add to what is paid.
        """
        cents = AMOUNTS[elements[index]]
        if cents is None:
            self._keep(self._findings, "amount-form", position, loop, segment=elements[0], element=index)
            return 0
        if cents < 0 and not signed:
            self._keep(self._findings, "amount-negative", position, loop, segment=elements[0], element=index)
        return cents

    # --- lines ----------------------------------------------------------------------------------------------------

    def _start_line(self, elements: list[str], position: int) -> None:
        lines = self._lines
        if self._claim is None or len(lines) >= self.lines_per_claim:
            return
        line = self._line = self.line_type(int(elements[1]))
        lines.append(line)
        if line.number != len(lines):
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

    def _drug(self, elements: list[str], position: int) -> None:
        if elements[2] == "N4" and not _DRUG_CODE.fullmatch(elements[3]):
            self.fault("drug-code", position, "2410")
        if self._line:
            self._line.drug = Drug(elements[3], Decimal(0), "", elements[2])

    def _line_amount(self, elements: list[str], position: int) -> None:
        """Hold the form of a tax or postage: no object carries it, but it goes on with the claim."""
        self.cents(elements, 2, position, "2400")

    def _drug_quantity(self, elements: list[str], position: int) -> None:
        if UNITS[elements[4]] < 0:
            self.fault("drug-quantity", position, "2410")
        if self._line and self._line.drug:
            self._line.drug = replace(self._line.drug, quantity=UNITS[elements[4]], unit=elements[5])

    def read_procedure(self, line: _Line, text: str, position: int) -> None:
        """Take qualifier, code, modifiers and description of a procedure."""
        if text.count(COMPONENT) >= _DESCRIPTION:
            *parts, line.description = text.split(COMPONENT)[: _DESCRIPTION + 1]
            text = COMPONENT.join(parts)
        line.qualifier, line.procedure, line.modifiers, stand, unlisted = _PROCEDURES[text]
        if not stand:
            self.fault("modifier", position, "2400")
        if unlisted and not line.description:
            self._undescribed.append((line, position))

    def read_charge(self, line: _Line, elements: list[str], index: int, position: int) -> None:
        """Take the charge of a line from one element."""
        charge = AMOUNTS[elements[index]]
        line.charge_cents = (
            charge if charge is not None and charge >= 0 else self.cents(elements, index, position, "2400")
        )

    def read_period(self, line: _Line, text: str, position: int) -> None:
        """Take the days of a service; supplies are billed for a span that may end after the receipt."""
        first, last = PERIODS[text]
        line.service_from, line.service_to = first, last
        if first > self._received:
            self.fault("service-after-receipt", position, "2400")
        if last < first:
            self.fault("service-period", position, "2400")

    def _line_decision(self, elements: list[str], position: int) -> None:
        decision = self._decision = LineDecision(
            elements[1],
            self.cents(elements, 2, position, "2430"),
            UNITS[elements[5]],
            tuple(elements[3].split(COMPONENT)) if elements[3] else (),
            elements[4],
        )
        self._has_other_payers = True
        if decision.units < 0:
            self.fault("paid-units", position, "2430")
        if self._line:
            self._line.decisions += (decision,)

    def _line_adjustments(self, elements: list[str], position: int) -> None:
        self._decision.adjustments += self._adjustments(elements, position, self._decision)

    def _decided_on(self, elements: list[str], _position: int) -> None:
        self._decision.paid_on = day_of(elements[3])

    def _line_remaining(self, elements: list[str], position: int) -> None:
        self._decision.remaining_cents = self.cents(elements, 2, position, "2430")

    # --- end of a claim -------------------------------------------------------------------------------------------

    def _end_claim(self, _position: int) -> None:
        claim = self._claim
        if claim is None:
            return
        self._line = None
        total = self.sum_lines(claim)
        position = self._claim_position
        if total != claim.total_charge_cents:
            self.fault("total-charge", position, "2300")
        if claim.frequency_code in _REPLACING and not claim.payer_claim_control_number:
            self.fault("original-claim-number", position, "2300")
        if claim.patient is None and not self._subscriber.is_patient:
            self.fault("subscriber-not-patient", self._coverage_position, "2000B")
        born = self._subscriber.birth_date
        if born and claim.service_from and claim.service_from < born and claim.patient is None:
            self.fault("service-before-birth", position, "2300")
        if self._has_other_payers or self._subscriber.responsibility != _FIRST_PAYER:
            self._judge_order(claim)
            self._judge_other_payers(claim)
            self._judge_decisions(claim)
        if self._undescribed:
            self._judge_descriptions()
        self.judge(claim)
        if self._billing_findings or self._subscriber_findings or self._findings:
            claim.findings = (*self._billing_findings, *self._subscriber_findings, *self._findings)
        self._settle(claim)
        self._claims.append(claim)
        self._claim = None

    def cut_off(self) -> None:
        """Count the claim that is being read; there is no saying what it would have become."""
        self._verdict.claims_rejected += self._claim is not None

    def _judge_descriptions(self) -> None:
        """What an unlisted procedure was says its text, or the drug of its line."""
        for line, position in self._undescribed:
            if line.drug is None:
                self.fault("procedure-description", position, "2400", line)
        self._undescribed.clear()

    def _judge_order(self, claim: _Claim) -> None:
        """Each payer has a place of its own in the order of payment; none is known of those who say U.

        One of them is the first (RFI 1980).
        """
        own = self._subscriber.responsibility
        others = [payer.responsibility for payer in claim.other_payers]
        places = [place for place in (own, *others) if place != _UNKNOWN_PLACE]
        if own in BEHIND_OTHERS and not {_FIRST_PAYER, _UNKNOWN_PLACE} & set(others):
            self.fault("other-payer-missing", self._claim_position, "2320")
        if len(set(places)) < len(places):
            self.fault("payer-order", self._claim_position, "2320")

    def _judge_other_payers(self, claim: _Claim) -> None:
        """What another payer paid and took off must make up the charge, of the claim and of each line (SNIP 3)."""
        for payer in claim.other_payers:
            decisions = [each for line in self._lines for each in line.decisions if each.payer == payer.identifier]
            self._judge_levels(claim, payer, decisions)
            if payer.paid_cents is None:
                continue
            if payer.paid_on is None and not decisions:
                self.fault("other-payer-date", self._claim_position, "2330B")
            adjusted = [*payer.adjustments, *(one for each in decisions for one in each.adjustments)]
            if payer.paid_cents + sum(one.cents for one in adjusted) != claim.total_charge_cents:
                self.fault("other-payer-balance", self._claim_position, "2320")
        for reason, position, decider in self._reasons:
            if not ADJUSTMENT_REASONS.holds(reason, decider.paid_on or self._received):
                # The other payer chose the code, and its list may be newer than ours: the biller can correct nothing.
                edit = self.edits["adjustment-reason"]
                claim.notices += (claim_finding(edit, "adjustment-reason", position, _loop_of(decider)),)

    def _judge_levels(self, claim: _Claim, payer: OtherPayer, decisions: list[LineDecision]) -> None:
        """What is told of another payer stands on one level: claim or lines (RFI 1391), billed or not (RFI 1353)."""
        if payer.remaining_cents is not None and any(each.remaining_cents is not None for each in decisions):
            self.fault("remaining-liability", self._claim_position, "2320")
        if payer.not_covered_cents is not None:
            decided = payer.paid_cents is not None or payer.adjustments or decisions
            if decided or payer.not_covered_cents != claim.total_charge_cents:
                self.fault("not-covered-amount", self._claim_position, "2320")

    def _judge_decisions(self, claim: _Claim) -> None:
        """What payers decided on lines: each of them is known, and its amounts make up the charge of the line.

        A payer that took a line apart decided on it several times; all its decisions together make up the charge
        (RFI 1405, 1814, 2425).
        """
        known = {payer.identifier for payer in claim.other_payers}
        for line in self._lines:
            decided: dict[str, int] = {}
            for each in line.decisions:
                amount = each.paid_cents + sum(one.cents for one in each.adjustments)
                decided[each.payer] = decided.get(each.payer, 0) + amount
            for payer, amount in decided.items():
                if payer not in known:
                    self.fault("other-payer-unknown", self._claim_position, "2430", line)
                if amount != line.charge_cents:
                    self.fault("other-payer-line-balance", self._claim_position, "2430", line)

    def ignore(self, elements: list[str], position: int) -> None:
        """Read a segment that no object carries."""

    def _settle(self, claim: _Claim) -> None:
        verdict = self._verdict
        provider = verdict.providers[-1] if verdict.providers else None
        if provider and self._billing_findings:
            provider.passed = False
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


def _loop_of(decider: OtherPayer | LineDecision) -> str:
    """Where a payer reports its decision: on the claim or on a line."""
    return "2320" if isinstance(decider, OtherPayer) else "2430"


def _entity_of(party: Party) -> str:
    """How the 277CA names a provider: by its role, or as a provider (1P) when it does not know the role."""
    return party.role if party.role in _NAMED_ROLES else "1P"


def _is_postal_code(elements: list[str]) -> bool:
    """True when N403 is a ZIP code, is left out, or the address lies abroad (N404)."""
    code = elements[3] if len(elements) > 3 else ""
    if len(code) in _POSTAL_CODE_SIZES and (not code or (code.isdigit() and code.strip("0"))):
        return True
    return len(elements) > 4 and elements[4] not in _HOME


def _has_nine_digits(address: Address) -> bool:
    """True when the ZIP code is whole, or the address lies abroad."""
    postal_code = address.postal_code
    return address.country not in _HOME or (len(postal_code) == _POSTAL_CODE_DIGITS and postal_code.isdigit())


def _a_year_before(received: date) -> date:
    """The earliest day of service for which a claim that arrives on `received` is in time (42 CFR 424.44)."""
    if (received.month, received.day) == _LEAP_DAY:
        return date(received.year - 1, 3, 1)
    return received.replace(year=received.year - 1)
