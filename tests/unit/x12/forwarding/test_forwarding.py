from datetime import UTC, datetime

import pytest

from libs.x12.claim.forwarding import forward_claims
from libs.x12.claim.writer import INSTITUTIONAL, Submitter
from libs.x12.writing import Envelope
from tests.support.x12 import ONE_CLAIM, population_file, read
from tests.support.x12_institutional import STAY, institutional_population_file, read_institutional

ENVELOPE = Envelope("15004", "MCS", datetime(2026, 11, 20, 11, tzinfo=UTC), 31)
SUBMITTER = Submitter("MERIDIAN MEDICARE", "15004", "EDI DESK", "8005550142", "SHARED SYSTEM", "MCS")


def forwarded(data: bytes, accepted: dict[int, str]) -> bytes:
    return b"".join(forward_claims([data], accepted, ENVELOPE, SUBMITTER))


def test_only_accepted_claims_go_on_with_their_control_numbers() -> None:
    claims, _ = read(population_file())
    numbers = {claim.ordinal: f"11{claim.ordinal:011}" for claim in claims if claim.accepted}
    arrived, verdict = read(forwarded(population_file(), numbers))

    assert verdict.verdict == "accepted"
    assert [claim.internal_control_number for claim in arrived] == list(numbers.values())
    assert [claim.patient_control_number for claim in arrived] == [
        claim.patient_control_number for claim in claims if claim.accepted
    ]
    assert [claim.lines for claim in arrived] == [claim.lines for claim in claims if claim.accepted]


def test_institutional_claims_go_on_in_their_own_guide() -> None:
    data = institutional_population_file()
    claims, _ = read_institutional(data)
    numbers = {claim.ordinal: f"11{claim.ordinal:011}" for claim in claims if claim.accepted}
    arrived, verdict = read_institutional(
        b"".join(forward_claims([data], numbers, ENVELOPE, SUBMITTER, guide=INSTITUTIONAL))
    )

    assert verdict.verdict == "accepted"
    assert [claim.internal_control_number for claim in arrived] == list(numbers.values())
    assert [claim.lines for claim in arrived] == [claim.lines for claim in claims if claim.accepted]
    assert [claim.values for claim in arrived] == [claim.values for claim in claims if claim.accepted]


def test_the_number_of_an_institutional_claim_stands_with_its_references() -> None:
    numbers = {1: "1100000000001"}
    text = b"".join(forward_claims([STAY.encode()], numbers, ENVELOPE, SUBMITTER, guide=INSTITUTIONAL)).decode()

    assert "~REF*EA*RECORD7~REF*D9*1100000000001~HI*ABK" in text


def test_what_the_objects_do_not_carry_arrives_too() -> None:
    rich = ONE_CLAIM.replace("HI*ABK", "REF*EA*RECORD 7~NTE*ADD*CALLED TWICE~HI*ABK").replace("SE*28", "SE*30")
    assert read(rich)[1].verdict == "accepted"

    text = forwarded(rich.encode(), {1: "1100000000001"}).decode()

    assert "~REF*EA*RECORD 7~REF*D9*1100000000001~NTE*ADD*CALLED TWICE~HI*" in text


def test_a_number_of_the_sender_in_the_same_place_is_replaced() -> None:
    numbered = ONE_CLAIM.replace("HI*ABK", "REF*D9*EARLIER~HI*ABK").replace("SE*28", "SE*29")

    text = forwarded(numbered.encode(), {1: "1100000000001"}).decode()

    assert "EARLIER" not in text
    assert text.count("REF*D9*") == 1


def test_separators_of_the_sender_become_the_standard_ones() -> None:
    other = ONE_CLAIM.replace("EDI DESK", "EDI").translate(str.maketrans("*:^~", "|>+!"))
    other = other.replace("ASHGROVE", "ASH*GROVE")
    [claim], verdict = read(forwarded(other.encode(), {1: "1100000000001"}))

    assert verdict.verdict == "accepted"
    assert claim.subscriber.last_name == "ASH GROVE"


def test_claims_of_one_subscriber_share_their_levels() -> None:
    start, end = ONE_CLAIM.index("CLM*"), ONE_CLAIM.index("SE*")
    claim = ONE_CLAIM[start:end]
    double = (ONE_CLAIM[:end] + claim.replace("PCN0001", "PCN0002") + ONE_CLAIM[end:]).replace("SE*28", "SE*37")
    assert read(double)[1].claims_accepted == 2

    arrived, verdict = read(forwarded(double.encode(), {1: "1100000000001", 2: "1100000000002"}))

    assert verdict.verdict == "accepted"
    assert arrived[0].subscriber is arrived[1].subscriber


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("*005010X222A1~ST*", "*005010X223A2~ST*"),  # a guide nobody reads here
        ("~BHT*", "~CLM*STRAY*1***11:B:1*Y*A*Y*Y~BHT*"),  # a claim where none may stand
        ("~ST*", "~CLM*STRAY*1***11:B:1*Y*A*Y*Y~ST*"),  # a claim outside of all transaction sets
    ],
)
def test_claims_of_a_refused_set_before_do_not_shift_the_numbers(before: str, after: str) -> None:
    refused = ONE_CLAIM.replace(before, after, 1).replace("CLM*", "CLM*REFUSED")
    data = refused + ONE_CLAIM.replace("000000001", "000000002")
    claims, verdict = read(data)
    standing = [claim for claim in claims if verdict.accepts(claim)]
    arrived, _ = read(forwarded(data.encode(), {claim.ordinal: "1100000000001" for claim in standing}))

    assert verdict.verdict == "partial"
    assert [claim.patient_control_number for claim in arrived] == [claim.patient_control_number for claim in standing]
    assert len(arrived) == 1
    assert not arrived[0].patient_control_number.startswith("REFUSED")


@pytest.mark.parametrize("cut_off", ["HL", "HL*1", "HL*1**20", "CLM", "ST", "SE"])
def test_what_is_cut_off_in_a_refused_interchange_holds_no_accepted_claim_back(cut_off: str) -> None:
    refused = ONE_CLAIM.replace("~HL*1**20*1~", f"~HL*1**20*1~{cut_off}~")
    data = refused + ONE_CLAIM.replace("000000001", "000000002")
    claims, verdict = read(data)
    assert verdict.claims_accepted == 1
    numbers = {claim.ordinal: "1100000000001" for claim in claims if verdict.accepts(claim)}

    arrived, again = read(forwarded(data.encode(), numbers))

    assert again.verdict == "accepted"
    assert [claim.internal_control_number for claim in arrived] == list(numbers.values())
