"""The defects other writers of 999s have been found to have, one test for each: none of them may be ours."""

import re
from datetime import UTC, datetime

import pytest

from libs.x12.acknowledgment.writer import acknowledge, answering, write_999, write_ta1
from libs.x12.findings import Finding
from libs.x12.verdicts import FileVerdict, GroupVerdict, InterchangeVerdict, TransactionVerdict
from tests.support.x12 import ONE_CLAIM, answered, read, recounted
from tests.support.x12_examples import examples
from tests.support.x12_mutants import STRUCTURE
from tests.support.x12_objects import INQUIRY, REQUEST
from tests.support.x12_objects import read as read_objects

CREATED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def segments(verdict: FileVerdict, interchange: int = 0, number: int = 7) -> list[str]:
    answered = verdict.interchanges[interchange]
    data = b"".join(write_999(answered, answering(answered, CREATED, number)))
    return data.decode("ascii").split("~")


def mutant(name: str) -> FileVerdict:
    return read(next(mutant for mutant in STRUCTURE if mutant.name == name).text)[1]


def remittance(*findings: Finding, names_guide: bool = False) -> InterchangeVerdict:
    """The verdict on an 835, whose ST has no ST03."""
    transaction = TransactionVerdict(
        1, "835", "0001", "005010X221A1", verdict="rejected" if findings else "accepted", names_guide=names_guide
    )
    transaction.findings += findings
    transaction.contexts = {finding.position: "EFT261201" for finding in findings}
    group = GroupVerdict("HP", "1", "005010X221A1", "15004", "SUB00001", transactions_announced=1)
    group.transactions.append(transaction)
    return InterchangeVerdict(
        "000000001",
        "ZZ",
        "15004",
        "ZZ",
        "SUB00001",
        "261120",
        "0930",
        "T",
        acknowledgment_requested=True,
        groups=[group],
    )


def answer(interchange: InterchangeVerdict) -> list[str]:
    return b"".join(write_999(interchange, answering(interchange, CREATED, 7))).decode("ascii").split("~")


def test_1_an_835_gets_a_whole_999_that_does_not_name_a_guide_its_header_has_not() -> None:
    assert answer(remittance())[2:8] == [
        "ST*999*0001*005010X231A1",
        "AK1*HP*1*005010X221A1",
        "AK2*835*0001",
        "IK5*A",
        "AK9*A*1*1*1",
        "SE*6*0001",
    ]


def test_1_an_835_that_names_a_guide_is_answered_under_it() -> None:
    assert "AK2*835*0001*005010X221A1" in answer(remittance(names_guide=True))


def test_1_a_fault_of_an_835_names_the_payment_by_its_trace_number() -> None:
    fault = Finding(2, "segment-missing", "Payer contact: …", segment="PER", position=9, segment_code="3")

    assert answer(remittance(fault))[4:8] == ["AK2*835*0001", "IK3*PER*9**3", "CTX*TRN02:EFT261201", "IK5*R*5"]


def test_1_every_example_of_an_835_is_answered_whole() -> None:
    answers = {}
    for path in examples("835"):
        data = path.read_bytes()
        [interchange] = read_objects(data)[1].interchanges
        found = answer(interchange)
        names_guide = b"ST*835*" in data and data.split(b"ST*835*")[1].split(b"~")[0].count(b"*") == 1

        assert [segment.split("*")[0] for segment in found[-5:]] == ["AK9", "SE", "GE", "IEA", ""]
        [answered] = [segment for segment in found if segment.startswith("AK2*835*")]
        assert answered.endswith("*005010X221A1") == names_guide
        answers[path.name.split("-")[0]] = next(segment for segment in found if segment.startswith("IK5"))
    assert answers["stupidedi"] == "IK5*A"
    assert answers["lfh"].startswith("IK5*R")


def test_2_the_guide_is_the_one_that_was_adopted() -> None:
    found = segments(read(ONE_CLAIM)[1])

    assert found[1].endswith("*X*005010X231A1")
    assert found[2] == "ST*999*0001*005010X231A1"


def test_3_each_interchange_is_answered_to_its_own_sender() -> None:
    other = ONE_CLAIM.replace("SUB00001       ", "LCX0001        ").replace("000000001", "000000002")
    verdict = read(ONE_CLAIM + other)[1]

    receivers = [re.split(r"\*", segments(verdict, place)[0])[8].strip() for place in (0, 1)]
    assert receivers == ["SUB00001", "LCX0001"]
    assert segments(verdict, 1)[1].split("*")[3] == "LCX0001"


def test_4_a_ta1_that_stands_right_behind_the_header_of_a_999_is_read() -> None:
    interchange = read(ONE_CLAIM)[1].interchanges[0]
    [note] = [each for each in answered(interchange).decode().split("~") if each.startswith("TA1")]
    header, *others = segments(read(ONE_CLAIM)[1])

    assert note == "TA1*000000001*261120*0930*A*000"
    items, verdict = read_objects("~".join((header, note, *others)))
    assert [type(item).__name__ for item in items] == ["InterchangeAcknowledgment", "GroupAcknowledgment"]
    assert verdict.verdict == "accepted"


def test_4_an_interchange_that_is_refused_gets_its_ta1_alone() -> None:
    interchange = read(ONE_CLAIM.replace("IEA*1*", "IEA*2*"))[1].interchanges[0]

    assert answered(interchange) == write_ta1(interchange, answering(interchange, CREATED, 7))


def test_5_control_numbers_are_those_that_are_given_and_sets_are_numbered() -> None:
    start, end = ONE_CLAIM.index("GS*"), ONE_CLAIM.index("IEA*")
    group = ONE_CLAIM[start:end]
    groups = "".join(
        group.replace("*0930*1*X", f"*0930*{number}*X").replace("GE*1*1~", f"GE*1*{number}~") for number in range(1, 13)
    )
    verdict = read(ONE_CLAIM[:start] + groups + ONE_CLAIM[end:].replace("IEA*1*", "IEA*12*"))[1]
    found = segments(verdict, number=4711)

    numbers = [segment.split("*")[2] for segment in found if segment.startswith("ST*")]
    assert numbers == [f"{number:04}" for number in range(1, 13)]
    assert found[0].split("*")[13] == "000004711"
    assert found[1].split("*")[6] == "4711"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("level number skips", ["IK3*HL*12**8", "IK4*1*628*7", "IK5*R*5"]),
        ("level has no such parent", ["IK3*HL*12**8", "IK4*2*734*7", "IK5*R*5"]),
        ("level promises children", ["IK3*HL*12**8", "IK4*4*736*7", "IK5*R*5"]),
        ("line number skips", ["IK3*LX*25**8", "CTX*CLM01:PCN0001", "IK4*1*554*7", "IK5*R*5"]),
    ],
)
def test_6_a_wrong_sequence_of_levels_or_lines_is_found_where_it_stands(name: str, expected: list[str]) -> None:
    found = segments(mutant(name))

    start = found.index(expected[0])
    assert found[start : start + len(expected)] == expected


def test_7_every_fault_of_a_business_object_names_it() -> None:
    claim = segments(mutant("charge is no number"))
    inquiry = segments(read_objects(recounted(INQUIRY.replace("AMT*T3*182", "AMT*T3*ABC")))[1])
    review = segments(read_objects(recounted(REQUEST.replace("HSD*VS*3", "HSD*VS*X")))[1])

    assert "CTX*CLM01:PCN0001" in claim
    assert "CTX*TRN02:INQ0001" in inquiry
    assert "CTX*TRN02:REQ0001" in review


def test_7_the_order_of_the_faults_is_that_of_the_file_each_time() -> None:
    text = ONE_CLAIM.replace("*182*", "*ABC*").replace("19360110*F", "19360230*X").replace("*KY*428810324", "*KY*42")
    answers = {tuple(segments(read(text)[1])) for _ in range(5)}

    [found] = answers
    places = [int(segment.split("*")[2]) for segment in found if segment.startswith("IK3")]
    assert places == sorted(places)
    assert len(places) == 3
    assert [segment for segment in found if segment.startswith("IK4")] == [
        "IK4*3*116*4",
        "IK4*2*1251*8",
        "IK4*3*1068*7",
        "IK4*2*782*6",
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf" + ONE_CLAIM.encode(), "byte-order-mark"),
        (b"This is a letter.", "not-x12"),
        (ONE_CLAIM[:60].encode(), "truncated-header"),
        (ONE_CLAIM.replace("ISA*00*          ", "ISA*00*").encode(), "header-width"),
    ],
)
def test_8_what_cannot_be_read_gets_a_clear_verdict(data: bytes, code: str) -> None:
    verdict = read(data)[1]

    assert (verdict.is_x12, verdict.verdict, verdict.interchanges) == (False, "rejected", [])
    [finding] = verdict.findings
    assert finding.code == code
    assert finding.sentence.endswith(".")


def test_8_a_wrong_interchange_trailer_is_refused() -> None:
    interchange = read(ONE_CLAIM.replace("IEA*1*000000001", "IEA*1*000000002"))[1].interchanges[0]

    assert b"TA1*000000001*261120*0930*R*001~" in write_ta1(interchange, answering(interchange, CREATED, 7))


def test_a_group_of_acknowledgments_is_not_acknowledged() -> None:
    interchange = read_objects(b"".join(write_999(remittance(), answering(remittance(), CREATED, 7))))[1].interchanges[
        0
    ]

    assert interchange.verdict == "accepted"
    assert acknowledge(interchange) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("GS*HC*", "GS*XX*", "AK1*XX*1*005010X222A1"),
        ("ST*837*0001*", "ST*8370*0001*", "AK9*R*1*1*0*5"),
        ("ST*837*0001*", "ST*837*1*", "AK9*R*1*1*0*5"),
        ("HI*ABK", "Q*1~HI*ABK", "IK5*R*5"),
    ],
)
def test_what_is_not_valid_in_a_file_never_makes_its_answer_invalid(old: str, new: str, expected: str) -> None:
    assert old in ONE_CLAIM
    [interchange] = read(recounted(ONE_CLAIM.replace(old, new, 1)))[1].interchanges
    found = b"".join(write_999(interchange, answering(interchange, CREATED, 7)))

    assert expected in found.decode().split("~")
    assert read_objects(found)[1].verdict == "accepted"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("GS*HC*", "GS*H~C*"),
        ("GS*HC*", "GS*hc*"),
        ("*0930*1*X", "*0930*1234567890*X"),
        ("*0930*1*X", "*0930*A*X"),
        ("*0930*1*X", "*0930**X"),
        ("X*005010X222A1~ST", "X~ST"),
    ],
)
def test_a_group_that_no_999_can_name_is_told_by_the_ta1(old: str, new: str) -> None:
    assert old in ONE_CLAIM
    [interchange] = read(recounted(ONE_CLAIM.replace(old, new, 1)))[1].interchanges

    assert acknowledge(interchange) == []
    assert interchange.note == "024"
    assert answered(interchange).endswith(b"*R*024~IEA*0*000000007~")


def test_an_interchange_without_groups_gets_its_ta1() -> None:
    start, end = ONE_CLAIM.index("GS*"), ONE_CLAIM.index("IEA*")
    [interchange] = read(ONE_CLAIM[:start] + ONE_CLAIM[end:].replace("IEA*1*", "IEA*0*"))[1].interchanges

    assert answered(interchange) == write_ta1(interchange, answering(interchange, CREATED, 7))
