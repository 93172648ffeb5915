"""An answer of HETS in which every field of every object is set, and the inquiry it belongs to."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from libs.x12.eligibility.objects import (
    Address,
    AnsweredPerson,
    Benefit,
    Contact,
    Dated,
    Delivery,
    Detail,
    EligibilityAnswer,
    Heading,
    MilitaryService,
    Name,
    Procedure,
    Provider,
    Receiver,
    Reference,
    Rejection,
    RelatedEntity,
    Source,
    Trace,
)
from libs.x12.findings import Finding
from services.eligibility.inquiry.repository import Inquiry
from tests.support.eligibility import question

ASKED = question(mbi="1EG4TE5MK73", last_name="Ashgrove", first_name="Aldora")
INQUIRY = Inquiry(
    inquiry_id=UUID(int=1),
    enrollment_id=UUID(int=2),
    asked_by=UUID(int=3),
    asked_at=datetime(2026, 11, 23, 15, tzinfo=UTC),
    state="answered",
    trace="INQ0001",
    beneficiary_token="",
    question="",
    answer="",
    codes="",
    answered_at=datetime(2026, 11, 23, 15, tzinfo=UTC),
    sent_at=datetime(2026, 11, 23, 15, tzinfo=UTC),
    question_digest=b"",
    reason="",
)


def address(number: int) -> Address:
    """An address that uses every place; each is told from the others."""
    return Address(f"{number} OLD ORCHARD WAY", f"APT {number}", f"TOWN{number}", "KY", "424691020", "US", "R7", "SUB3")


def name(entity: str, last: str, qualifier: str) -> Name:
    return Name(entity, "1", last, f"{last}A", f"{last}M", "JR", qualifier, f"{last}1234", "41")


PERSON = AnsweredPerson(
    name=name("IL", "ASHGROVE", "II"),
    traces=[Trace("1", "HETS1", "9CMS000001", "D1"), Trace("2", "INQ0001", "9SUB000010", "D2")],
    references=[Reference("18", "PLAN1", "PLANNAME")],
    address=address(1),
    provider=Provider("PC", "PXC", "207Q00000X"),
    birth_date=date(1936, 1, 10),
    sex="F",
    relationship="18",
    birth_sequence=2,
    diagnoses=(("ABK", "E119"), ("ABF", "I10")),
    dates=[Dated("307", date(2026, 11, 1), date(2026, 11, 30)), Dated("442", date(2026, 11, 20))],
    rejections=[Rejection("2100C", "71", "C", is_valid=True)],
    maintenance="001",
    maintenance_reason="25",
    military=[MilitaryService("C", "AO", "C", "RIFLES", "E1", date(1956, 1, 1), date(1958, 1, 1))],
    benefits=[
        Benefit("1", "IND", ("30",), "MA", dates=[Dated("291", date(2001, 2, 1), date(2026, 12, 31))]),
        Benefit("C", service_types=("96",), insurance="MB", time_period="23", amount_cents=28_300),
        Benefit("C", service_types=("96",), insurance="MB", time_period="29", amount_cents=12_345),
        Benefit(
            information="D",
            coverage_level="IND",
            service_types=("30", "42"),
            insurance="MB",
            plan="GOLD",
            time_period="23",
            amount_cents=12_345,
            amount_decimals=2,
            percent=Decimal("0.125"),
            unit="VS",
            quantity=Decimal("8.5"),
            authorization="Y",
            in_network="N",
            procedure=Procedure("HC", "G0438", ("25", "GT"), "G0439"),
            diagnosis_pointers=(1, 2),
            deliveries=[Delivery("VS", Decimal(8), "WK", Decimal(2), "29", 3, "A", "D")],
            references=[Reference("IG", "POLICY7", "FOUNDRY")],
            dates=[Dated("292", date(2026, 1, 1), date(2026, 12, 31)), Dated("999", date(2026, 3, 1))],
            rejections=[Rejection("2110C", "56", "N", is_valid=True)],
            messages=["MCO BILL OPTION CODE C", "ANOTHER"],
            details=[Detail("ZZ", "11", "44", "IN THE OFFICE")],
            entities=[
                RelatedEntity(
                    name("PRP", "LANTERN", "PI"),
                    address(2),
                    [Contact("MS LANTERN", (("TE", "8005550144"), ("UR", "WWW.LANTERN.EXAMPLE")))],
                    Provider("HH", "PXC", "251E00000X"),
                )
            ],
        ),
        Benefit("R", insurance="12", entities=[RelatedEntity(name("PRP", "FOUNDRY", "PI"))]),
    ],
)
FINDING = Finding(
    1, "mbi", "A fault in words.", "Field", "NM1", 7, "2100C", 9, 1, 1, "8", "7", "67", "A3", "33", "IL", "72", "C"
)
SAMPLE = EligibilityAnswer(
    heading=Heading("REF1", datetime(2026, 11, 23, 9, 30), "11"),  # noqa: DTZ001  times of X12 carry no zone
    source=Source(
        name("PR", "CMSPAYER", "PI"),
        [Contact("HETS DESK", (("TE", "8665550173"),))],
        [Rejection("2000A", "42", "R")],
        [Rejection("2100A", "79", "C")],
    ),
    receiver=Receiver(
        name("1P", "CLINIC", "XX"),
        [Reference("EO", "SUB1", "NAMED")],
        address(3),
        [Rejection("2100B", "43", "C")],
        Provider("BI", "PXC", "193200000X"),
    ),
    subscriber=PERSON,
    findings=(FINDING,),
    notices=(replace(FINDING, segment="EB", element=1, code_set="eligibility_or_benefit_code"),),
)  # fmt: skip
