from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from libs.common.mbi import POSITIONS
from libs.common.npi import complete_npi
from libs.x12.claim.objects import Address, BillingProvider, ProfessionalClaim, ServiceLine, Subscriber
from libs.x12.claim.writer import Submitter, write_claims
from libs.x12.writing import Envelope
from tests.support.x12 import RECEIVED, read

ENVELOPE = Envelope("SUB00001", "15004", datetime(2026, 11, 20, 9, tzinfo=UTC), 77)
SUBMITTER = Submitter("RIVERSIDE CLINIC", "SUB00001", "EDI DESK", "8005550142", "MERIDIAN MEDICARE", "15004")

names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ '-.", min_size=1, max_size=20).filter(
    lambda name: name.strip() == name != ""
)
npis = st.text("0123456789", min_size=8, max_size=8).map(lambda digits: complete_npi(f"2{digits}"))
mbis = st.tuples(*(st.sampled_from(characters) for characters in POSITIONS)).map("".join)
cents = st.integers(0, 99_999_999)
days = st.dates(date(2015, 10, 1), RECEIVED)
addresses = st.builds(
    Address, names, names.filter(lambda name: len(name) > 1), st.sampled_from(["OH", "KY"]), st.just("428810324")
)
billings = st.builds(BillingProvider, npis, names, st.just("207Q00000X"), st.just("001000001"), addresses)
subscribers = st.builds(
    Subscriber, mbis, names, names, st.dates(date(1900, 1, 1), date(2015, 9, 30)), st.sampled_from("FMU"), addresses
)


@st.composite
def lines(draw: st.DrawFn, number: int, diagnoses: int) -> ServiceLine:
    first = draw(days)
    return ServiceLine(
        number=number,
        procedure=draw(st.sampled_from(["99213", "J3420", "0001A"])),
        modifiers=tuple(draw(st.lists(st.sampled_from(["25", "LT", "59"]), max_size=3, unique=True))),
        charge_cents=draw(cents),
        units=Decimal(draw(st.integers(1, 999))) / draw(st.sampled_from([1, 10])),
        unit_of_measure=draw(st.sampled_from(["UN", "MJ"])),
        place_of_service=draw(st.sampled_from(["", "11", "22"])),
        pointers=tuple(draw(st.lists(st.integers(1, diagnoses), min_size=1, max_size=4))),
        service_from=first,
        service_to=min(first + timedelta(days=draw(st.integers(0, 9))), RECEIVED),
        rendering_npi=draw(st.just("") | npis),
    )


@st.composite
def claim_lists(draw: st.DrawFn) -> list[ProfessionalClaim]:
    billing = draw(billings)
    result = []
    for ordinal in range(1, draw(st.integers(1, 4)) + 1):
        diagnoses = tuple(draw(st.lists(st.sampled_from(["E119", "I10", "U071"]), min_size=1, max_size=12)))
        service = [draw(lines(number, len(diagnoses))) for number in range(1, draw(st.integers(1, 4)) + 1)]
        place = draw(st.sampled_from(["11", "21"]))
        result.append(
            ProfessionalClaim(
                ordinal=ordinal,
                transaction=1,
                provider=1,
                billing=billing,
                subscriber=draw(subscribers),
                patient_control_number=f"PCN{ordinal}",
                total_charge_cents=sum(line.charge_cents for line in service),
                place_of_service=place,
                frequency_code="1",
                rendering_npi=draw(npis),
                prior_authorization=draw(st.sampled_from(["", "ABA12345678901"])),
                payer_claim_control_number=draw(st.sampled_from(["", "1126300000001"])),
                internal_control_number=draw(st.sampled_from(["", "1126300000002"])),
                admission_date=RECEIVED if place == "21" else None,
                diagnoses=diagnoses,
                service_from=min(line.service_from for line in service if line.service_from),
                service_to=max(line.service_to for line in service if line.service_to),
                lines=service,
            )
        )
    return result


@given(claim_lists())
def test_claims_that_are_written_are_read_again(claims: list[ProfessionalClaim]) -> None:
    arrived, verdict = read(b"".join(write_claims(claims, ENVELOPE, SUBMITTER)))

    assert verdict.verdict == "accepted"
    assert [replace(claim, notices=()) for claim in arrived] == claims


@given(st.text(max_size=20))
def test_no_name_can_break_out_of_its_element(name: str) -> None:
    billing = BillingProvider("2994535120", f"A{name}", "", "001000001")
    claim = ProfessionalClaim(1, 1, 1, billing, Subscriber())
    segments = b"".join(write_claims([claim], ENVELOPE, SUBMITTER)).decode("ascii").split("~")

    assert segments[8].startswith("NM1*85*2*A")
    assert segments[8].endswith("*****XX*2994535120")
    assert segments[8].count("*") == 9
