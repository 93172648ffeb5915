"""Claims drawn from fixed seeds, with everything an object can hold, are written and read again."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

import pytest

from libs.x12.claim.objects import (
    Adjustment,
    Attachment,
    Drug,
    InstitutionalClaim,
    LineDecision,
    Note,
    Occurrence,
    OtherPayer,
    Party,
    Patient,
    Procedure,
    ProfessionalClaim,
    RevenueLine,
    ServiceLine,
    ValueCode,
)
from libs.x12.claim.writer import write_claims, write_institutional_claims
from libs.x12.reader import check_file
from simulators.population import Population, billing_provider, subscriber
from tests.support.x12 import RECEIVED, read
from tests.support.x12_institutional import read_institutional
from tests.unit.x12.forwarding.test_claim_writer import ENVELOPE, SUBMITTER

_Made = TypeVar("_Made")


class Drawn:
    """One claim and its parts, drawn at random."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._population = Population(seed)

    def some(self, make: Callable[[], _Made], most: int) -> tuple[_Made, ...]:
        return tuple(make() for _ in range(self._draw.randint(0, most)))

    def maybe(self, make: Callable[[], _Made]) -> _Made | None:
        return make() if self._draw.random() < 0.5 else None

    def text(self) -> str:
        return "".join(self._draw.choices("ABCDEFGHIJ0123456789", k=self._draw.randint(2, 12)))

    def code(self) -> str:
        return "".join(self._draw.choices("0123456789ABCDEF", k=2))

    def cents(self) -> int:
        return self._draw.randint(0, 99_999_999)

    def units(self) -> Decimal:
        return Decimal(self._draw.randint(1, 999)) / self._draw.choice([1, 10])

    def day(self) -> date:
        return date(2016, 1, 1) + timedelta(days=self._draw.randrange(3900))

    def period(self) -> tuple[date, date]:
        first = self.day()
        return first, first + timedelta(days=self._draw.randint(0, 30))

    def adjustment(self) -> Adjustment:
        group, reason = self._draw.choice(["CO", "PR"]), self._draw.choice(["1", "2", "45"])
        return Adjustment(group, reason, self.cents(), self.maybe(self.units))

    def adjustments(self) -> tuple[Adjustment, ...]:
        return tuple(sorted(self.some(self.adjustment, 12), key=lambda one: one.group))

    def payer(self) -> OtherPayer:
        return OtherPayer(
            responsibility=self._draw.choice("PST"),
            relationship="18",
            group_number=self.text(),
            group_name=self.text(),
            filing_indicator="CI",
            benefits_assigned=self._draw.choice("NWY"),
            release="I",
            insured_last_name=self.text(),
            insured_first_name=self.text(),
            insured_id=self.text(),
            name=self.text(),
            identifier=self.text(),
            paid_cents=self.maybe(self.cents),
            paid_on=self.maybe(self.day),
            remaining_cents=self.maybe(self.cents),
            not_covered_cents=self.maybe(self.cents),
            adjustments=self.adjustments(),
        )

    def decision(self) -> LineDecision:
        return LineDecision(
            payer=self.text(),
            paid_cents=self.cents(),
            units=self.units(),
            procedure=self._draw.choice([(), ("HC", "99213"), ("HC", "99213", "25")]),
            revenue_code="0510",
            paid_on=self.day(),
            adjustments=self.adjustments(),
            remaining_cents=self.maybe(self.cents),
            bundled_into=self._draw.randint(0, 3),
        )

    def party(self, role: str) -> Party:
        return Party(
            role=role,
            npi=self._population.npi(self._draw.randrange(1000)),
            last_name=self.text(),
            first_name=self.text(),
            middle_name=self.text(),
            suffix="JR",
            taxonomy="207Q00000X" if role == "71" else "",
            identifiers=self.some(lambda: ("G2", self.text()), 2),
        )

    def line(self, number: int) -> RevenueLine:
        procedure = self._draw.choice(["", "99213", "J3420"])
        first, last = self.period() if self._draw.random() < 0.5 else (None, None)
        return RevenueLine(
            number=number,
            revenue_code=self._draw.choice(["0120", "0510"]),
            procedure=procedure,
            modifiers=self.some(lambda: "25", 4) if procedure else (),
            description=self.text() if procedure else "",
            charge_cents=self.cents(),
            units=self.units(),
            unit_of_measure=self._draw.choice(["DA", "UN"]),
            service_from=first,
            service_to=last,
            not_covered_cents=self.cents(),
            control_number=self.text(),
            notes=self.some(lambda: Note("TPO", self.text()), 1),
            drug=self.maybe(lambda: Drug("00026063512", self.units(), "ML")),
            parties=self.some(lambda: self.party("72"), 1),
            decisions=self.some(self.decision, 3),
        )

    def patient(self) -> Patient:
        address = self._population.address("patient", self._draw.randrange(1000))
        return Patient("19", self.text(), self.text(), self.day(), "F", address, self.text(), "JR")

    def claim(self) -> InstitutionalClaim:
        first, last = self.period()
        diagnoses = ("E119", *self.some(lambda: self._draw.choice(["I10", "U071"]), 24))
        admitted = self.maybe(self.day)
        person = self._population.beneficiary(self._draw.randrange(1000))
        return InstitutionalClaim(
            ordinal=1,
            transaction=1,
            provider=1,
            billing=billing_provider(self._population.provider_organization(1), "B"),
            subscriber=subscriber(person, "MA"),
            patient_control_number=self.text(),
            total_charge_cents=self.cents(),
            frequency_code=self._draw.choice("1234"),
            prior_authorization=self.text(),
            payer_claim_control_number=self.text(),
            internal_control_number=self.text(),
            admission_date=admitted,
            admission_hour=self._draw.choice(["", "0000", "1705"]) if admitted else "",
            diagnoses=diagnoses,
            icd_version=self._draw.choice([9, 10]),
            service_from=first,
            service_to=last,
            accepts_assignment=self._draw.choice("ABC"),
            benefits_assigned=self._draw.choice("NWY"),
            release="I",
            delay_reason=self._draw.choice(["", "11"]),
            conditions=self.some(self.code, 24),
            patient=self.maybe(self.patient),
            parties=(self.party("71"), *self.some(lambda: self.party("72"), 1)),
            other_payers=self.some(self.payer, 3),
            references=self.some(lambda: ("EA", self.text()), 1),
            attachments=self.some(lambda: Attachment("OZ", "EL", self.text()), 3),
            notes=self.some(lambda: Note("MED", self.text()), 3),
            facility_code=self._draw.choice(["11", "13", "21"]),
            discharge_hour=self._draw.choice(["", "1100"]),
            admission_type=self._draw.choice("123"),
            admission_source=self._draw.choice(["", "1"]),
            patient_status="01",
            admitting_diagnosis=self._draw.choice(["", "I10"]),
            reasons_for_visit=self.some(lambda: "R0602", 3),
            external_causes=self.some(lambda: "W19XXXA", 12),
            diagnosis_related_group=self._draw.choice(["", "470"]),
            present_on_admission=tuple(self._draw.choice(["", "Y", "N"]) for _ in diagnoses),
            procedures=self.some(lambda: Procedure("02703DZ", self.day()), 25),
            occurrences=self.some(lambda: Occurrence(self.code(), *[self.day()] * 2), 24),
            spans=self.some(lambda: Occurrence(self.code(), *self.period()), 24),
            values=self.some(lambda: ValueCode(self.code(), self.cents()), 24),
            treatments=self.some(self.text, 24),
            patient_due_cents=self.maybe(self.cents),
            lines=[self.line(number) for number in range(1, self._draw.randint(2, 4))],
        )

    def service_line(self, number: int, diagnoses: int) -> ServiceLine:
        first, last = self.period()
        return ServiceLine(
            number=number,
            procedure=self._draw.choice(["99213", "J3420"]),
            modifiers=self.some(lambda: "25", 4),
            description=self.text(),
            charge_cents=self.cents(),
            units=self.units(),
            unit_of_measure=self._draw.choice(["MJ", "UN"]),
            service_from=first,
            service_to=last,
            place_of_service=self._draw.choice(["", "11"]),
            pointers=(1, *self.some(lambda: self._draw.randint(1, diagnoses), 3)),
            is_emergency=self._draw.random() < 0.5,
            rendering_npi=self._draw.choice(["", self._population.npi(1)]),
            control_number=self.text(),
            notes=self.some(lambda: Note("ADD", self.text()), 1),
            drug=self.maybe(lambda: Drug("00026063512", self.units(), "ML")),
            parties=self.some(lambda: self.party("DK"), 1),
            decisions=tuple(
                replace(one, procedure=("HC", "99213"), revenue_code="") for one in self.some(self.decision, 3)
            ),
        )

    def professional_claim(self) -> ProfessionalClaim:
        diagnoses = ("E119", *self.some(lambda: self._draw.choice(["I10", "U071"]), 11))
        lines = [self.service_line(number, len(diagnoses)) for number in range(1, self._draw.randint(2, 4))]
        person = self._population.beneficiary(self._draw.randrange(1000))
        provider = billing_provider(self._population.provider_organization(1), "B")
        pay_to = self._population.address("pay-to", self._draw.randrange(1000))
        facility = replace(self.party("77"), is_person=False, first_name="", middle_name="", suffix="", address=pay_to)
        return ProfessionalClaim(
            ordinal=1,
            transaction=1,
            provider=1,
            billing=replace(
                provider,
                is_person=True,
                first_name=self.text(),
                middle_name=self.text(),
                suffix="SR",
                tax_id_qualifier="SY",
                pay_to=pay_to,
            ),
            subscriber=replace(
                subscriber(person, "MB"), middle_name="A", suffix="JR", responsibility="S", insurance_type="12"
            ),
            patient_control_number=self.text(),
            total_charge_cents=self.cents(),
            frequency_code=self._draw.choice("178"),
            prior_authorization=self.text(),
            payer_claim_control_number=self.text(),
            internal_control_number=self.text(),
            admission_date=self.maybe(self.day),
            diagnoses=diagnoses,
            icd_version=self._draw.choice([9, 10]),
            service_from=min(line.service_from for line in lines if line.service_from),
            service_to=max(line.service_to for line in lines if line.service_to),
            accepts_assignment=self._draw.choice("ABC"),
            release="I",
            delay_reason=self._draw.choice(["", "11"]),
            conditions=self.some(self.code, 24),
            patient=self.maybe(self.patient),
            parties=(*self.some(lambda: self.party("DN"), 1), facility),
            other_payers=self.some(self.payer, 3),
            references=self.some(lambda: ("X4", self.text()), 1),
            attachments=self.some(lambda: Attachment("OZ", "EL", self.text()), 3),
            notes=self.some(lambda: Note("ADD", self.text()), 1),
            place_of_service=self._draw.choice(["11", "21"]),
            rendering_npi=self._population.npi(2),
            rendering_taxonomy=self._draw.choice(["", "207Q00000X"]),
            signature_on_file="N",
            dates=self.some(lambda: ("431", self.day()), 1),
            patient_paid_cents=self.maybe(self.cents),
            lines=lines,
        )


@pytest.mark.parametrize("seed", range(40))
def test_a_professional_claim_that_is_written_is_read_again_with_all_it_says(seed: int) -> None:
    claim = Drawn(seed).professional_claim()
    [arrived], verdict = read(b"".join(write_claims([claim], ENVELOPE, SUBMITTER)))

    [transaction] = verdict.transactions()
    assert not transaction.findings
    assert replace(arrived, findings=(), notices=()) == claim


@pytest.mark.parametrize("seed", range(40))
def test_an_institutional_claim_that_is_written_is_read_again_with_all_it_says(seed: int) -> None:
    claim = Drawn(seed).claim()
    [arrived], verdict = read_institutional(b"".join(write_institutional_claims([claim], ENVELOPE, SUBMITTER)))

    [transaction] = verdict.transactions()
    assert not transaction.findings
    assert replace(arrived, findings=(), notices=()) == claim


def _ended_early(text: str) -> Iterator[str]:
    """The file again and again, each time with another kind of segment that ends before its last elements."""
    segments = text.split("~")
    seen = set()
    for place, segment in enumerate(segments):
        elements = segment.split("*")
        kind = tuple(elements[:2])
        # Below a level that does not tell its kind, no claim is found.
        if elements[0] in {"ISA", "GS", "ST", "HL", "SE", "GE", "IEA"} or kind in seen:
            continue
        seen.add(kind)
        for size in range(1, len(elements)):
            yield "~".join([*segments[:place], "*".join(elements[:size]), *segments[place + 1 :]])


@pytest.mark.parametrize("guide", ["837P", "837I"])
def test_a_segment_that_ends_early_is_judged_and_nothing_breaks(guide: str) -> None:
    drawn = Drawn(3)
    pieces = (
        write_claims([drawn.professional_claim()], ENVELOPE, SUBMITTER)
        if guide == "837P"
        else write_institutional_claims([drawn.claim()], ENVELOPE, SUBMITTER)
    )
    for text in _ended_early(b"".join(pieces).decode("ascii")):
        verdict = check_file([text.encode("ascii")], received=RECEIVED)
        assert verdict.claims_accepted + verdict.claims_rejected == 1
