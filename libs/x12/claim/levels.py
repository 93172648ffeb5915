"""Reads what stands above the claims of an 837: submitter, billing provider, subscriber and patient."""

import re
from dataclasses import replace
from typing import ClassVar

from libs.common.mbi import is_valid_mbi
from libs.common.npi import is_valid_npi
from libs.x12.claim.addresses import ClaimAddresses, has_nine_digits, is_postal_code
from libs.x12.claim.edits import TAXONOMY
from libs.x12.claim.faults import AnyClaim, AnyLine
from libs.x12.claim.objects import BillingProvider, Patient, Subscriber
from libs.x12.claim.texts import EMPTY, day_of
from libs.x12.collector import Action, Around, Key
from libs.x12.findings import Finding
from libs.x12.parts import MEMBER_NUMBER, Name, read_name
from libs.x12.verdicts import ProviderTotal

_NINE_DIGITS = re.compile("[0-9]{9}")
_BOX = re.compile(r"(?:P\.? ?O\.?|POST OFFICE|LOCK) ?(?:BOX|BIN)\b.*")
_NOBODY = Name("", "")


class ClaimLevels(ClaimAddresses[AnyClaim, AnyLine]):
    """Makes billing providers, subscribers and patients, and holds them against whose claims are taken."""

    filing_indicator: ClassVar[str] = "MB"

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self._biller = around.biller
        self._submitter_findings: list[Finding] = []
        self._billing = BillingProvider()
        self._subscriber = Subscriber()
        self._subscriber_position = 0
        self._coverage_position = 0
        self._patient: Patient | None = None

    def readers(self) -> dict[Key, Action]:
        """Add the readers of the levels."""
        return super().readers() | {
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
        }

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

    def _billing_street(self, elements: list[str], position: int) -> None:
        self._street = elements
        if any(_BOX.fullmatch(street.strip().upper()) for street in elements[1:]):
            self._keep(self._billing_findings, "billing-street", position, "2010AA")

    def _billing_city(self, elements: list[str], position: int) -> None:
        address = self._billing.address = self._address(elements)
        if not self._is_state(elements):
            self._keep(self._billing_findings, "state", position, "2010AA")
        if not is_postal_code(elements):
            self._keep(self._billing_findings, "postal-code", position, "2010AA", "85")
        elif not has_nine_digits(address):
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
        if not is_postal_code(elements):
            self._keep(self._billing_findings, "postal-code", position, "2010AB", "87")

    # --- subscriber and patient -----------------------------------------------------------------------------------

    def _subscriber_level(self, _elements: list[str], position: int) -> None:
        self._subscriber = Subscriber()
        self._subscriber_findings = []
        self._subscriber_position = position
        self._patient = None

    def _coverage(self, elements: list[str], position: int) -> None:
        subscriber = self._subscriber
        padded = elements if len(elements) > 9 else [*elements, *EMPTY]
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
        padded = elements if len(elements) > 9 else [*elements, *EMPTY]
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
        if not is_postal_code(elements):
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
