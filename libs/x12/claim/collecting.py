"""Makes claims of an 837P and of an 837I: what both have in common, and the verdict on each claim.

The classes stand on each other, each in a room of its own: `faults.py` keeps what is wrong, `addresses.py`, `levels.py`
(whoever stands above a claim), `payers.py` (other payers) and `lines.py` read, and here a claim begins and ends. Each
guide has its own class on top: `professional.py`, `institutional.py`.
"""

from datetime import date

from libs.common.npi import is_valid_npi
from libs.x12.claim.addresses import has_nine_digits, is_postal_code
from libs.x12.claim.edits import TAXONOMY
from libs.x12.claim.faults import AnyClaim, AnyLine
from libs.x12.claim.lines import ClaimLines
from libs.x12.claim.objects import Attachment, Note, Party
from libs.x12.claim.payers import FIRST_PAYER
from libs.x12.claim.texts import EMPTY, value_at
from libs.x12.collector import Action, Around, Key, actions_for
from libs.x12.values import AMOUNTS

_LEAP_DAY = (2, 29)
# Roles of providers that may stand in the status of a claim (005010X214, STC01-3).
_NAMED_ROLES = frozenset({"71", "72", "77", "82", "DK", "DN", "DQ", "QB"})
# Claims that replace or cancel an earlier one name it.
_REPLACING = frozenset("78")


class ClaimCollector(ClaimLines[AnyClaim, AnyLine]):
    """Collects the claims of one transaction set, and its totals into the verdict."""

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self._claims = around.items
        self._timely = _a_year_before(around.received)
        self._party = Party("")
        self.find_action = actions_for(around.guide, self.readers(), {"N4": self._other_city})
        self.closers = {"2300": self._end_claim, "2010BA": self._end_subscriber}

    def readers(self) -> dict[Key, Action]:
        """Add the readers of claims, and of the providers of claims and lines."""
        return super().readers() | {
            ("2300", "REF", "G1"): self._prior_authorization,
            ("2300", "REF", "F8"): self._claim_number,
            ("2300", "REF", "D9"): self._internal_control_number,
            ("2300", "REF", ""): self._reference,
            ("2300", "PWK", ""): self._attachment,
            ("2300", "NTE", ""): self._note,
            ("2310", "NM1", ""): self.claim_party,
            ("2310", "N3", ""): self._keep_street,
            ("2310", "N4", ""): self._party_city,
            ("2310", "PRV", ""): self._party_taxonomy,
            ("2310", "REF", ""): self._party_identifier,
            ("2420", "NM1", ""): self._line_party,
            ("2420", "N3", ""): self._keep_street,
            ("2420", "N4", ""): self._party_city,
            ("2420", "PRV", ""): self._party_taxonomy,
            ("2420", "REF", ""): self._party_identifier,
        }

    def sum_lines(self, claim: AnyClaim) -> int:
        """Cents of all lines together; where the guide has dates of service on the lines, take those too."""
        raise NotImplementedError

    def judge(self, claim: AnyClaim) -> None:
        """Hold the claim as a whole against the edits of its guide."""

    # --- claim ----------------------------------------------------------------------------------------------------

    def open_claim(self, claim: AnyClaim, lines: list[AnyLine], charge: str, position: int) -> None:
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
        # A charge that is missing is a fault of structure, which says enough.
        total = AMOUNTS[charge] if charge else 0
        if total is None:
            self.fault("amount-form", position, "2300")
        else:
            claim.total_charge_cents = total
            if total < 0:
                self.fault("amount-negative", position, "2300")

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
        padded = [*elements, *EMPTY]
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
        if party.role == "77" and is_postal_code(elements) and not has_nine_digits(party.address):
            self.fault("facility-postal-code", position, "2310")

    def _party_taxonomy(self, elements: list[str], position: int) -> None:
        self._party.taxonomy = elements[3]
        if not TAXONOMY.fullmatch(elements[3]):
            self._keep(self._findings, "taxonomy", position, "2310", _entity_of(self._party))

    def _party_identifier(self, elements: list[str], _position: int) -> None:
        self._party.identifiers += ((elements[1], elements[2]),)

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
        if self._has_other_payers or self._subscriber.responsibility != FIRST_PAYER:
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

    def _settle(self, claim: AnyClaim) -> None:
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


def _entity_of(party: Party) -> str:
    """How the 277CA names a provider: by its role, or as a provider (1P) when it does not know the role."""
    return party.role if party.role in _NAMED_ROLES else "1P"


def _a_year_before(received: date) -> date:
    """The earliest day of service for which a claim that arrives on `received` is in time (42 CFR 424.44)."""
    if (received.month, received.day) == _LEAP_DAY:
        return date(received.year - 1, 3, 1)
    return received.replace(year=received.year - 1)
