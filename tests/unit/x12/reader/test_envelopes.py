"""What is wrong with one envelope says nothing about the next, and each is answered in its own words."""

from datetime import UTC, datetime
from itertools import accumulate

import pytest

from libs.x12.acknowledgment.writer import answering, write_ta1
from libs.x12.claim.forwarding import forward_claims
from libs.x12.claim.writer import Submitter
from libs.x12.reader import check_file, usage_of
from libs.x12.tokenizer import MAX_SEGMENT_LENGTH
from libs.x12.verdicts import FileVerdict
from libs.x12.writing import Envelope
from tests.support.x12 import ONE_CLAIM, RECEIVED, answered, read, recounted
from tests.support.x12_objects import ATTACHMENT
from tests.support.x12_objects import read as read_objects

CREATED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
GROUP = ONE_CLAIM[ONE_CLAIM.index("GS*") : ONE_CLAIM.index("IEA*")]
SET = ONE_CLAIM[ONE_CLAIM.index("ST*") : ONE_CLAIM.index("GE*")]
SECOND = ONE_CLAIM.replace("000000001", "000000002").replace("PCN0001", "PCN0002")
TA1_ALONE = ONE_CLAIM[:106] + "TA1*000000009*261120*0930*A*000~IEA*0*000000001~"


def notes(verdict: FileVerdict) -> list[str]:
    return [interchange.note for interchange in verdict.interchanges]


def codes(verdict: FileVerdict) -> list[str]:
    return [finding.code for finding in verdict.findings]


def answer(verdict: FileVerdict, interchange: int = 0) -> list[str]:
    return answered(verdict.interchanges[interchange]).decode("ascii").split("~")


def with_sets(*sets: str) -> str:
    """One group with these transaction sets."""
    header = GROUP[: GROUP.index("ST*")]
    return f"{ONE_CLAIM[:106]}{header}{''.join(sets)}GE*{len(sets)}*1~IEA*1*000000001~"


# --- padding --------------------------------------------------------------------------------------------------------

PADDINGS = [b" " * 80, b"\x00" * 80, b"\x1a", b"\r\n\x1a", b"\r\n" + b" " * 200_000 + b"\x00"]


@pytest.mark.parametrize("padding", PADDINGS, ids=["blanks", "nul", "ctrl-z", "line end and ctrl-z", "a large block"])
def test_padding_behind_an_interchange_says_nothing(padding: bytes) -> None:
    verdict = check_file([ONE_CLAIM.encode() + padding], received=RECEIVED)

    assert (verdict.verdict, verdict.stands, codes(verdict)) == ("accepted", True, [])


@pytest.mark.parametrize("padding", PADDINGS, ids=["blanks", "nul", "ctrl-z", "line end and ctrl-z", "a large block"])
def test_padding_between_interchanges_says_nothing(padding: bytes) -> None:
    verdict = check_file([ONE_CLAIM.encode() + padding + SECOND.encode()], received=RECEIVED)

    assert (verdict.verdict, verdict.stands, notes(verdict)) == ("accepted", True, ["000", "000"])


def test_what_is_no_padding_is_told_and_takes_nothing_from_the_interchanges_around_it() -> None:
    _, verdict = read(f"{ONE_CLAIM}Page 1 of 2\r\n{SECOND}")

    assert codes(verdict) == ["data-after-interchange"]
    assert [interchange.verdict for interchange in verdict.interchanges] == ["accepted", "accepted"]
    # Whoever takes money from it must look: what could not be read may have been more of the same.
    assert (verdict.verdict, verdict.stands) == ("partial", False)


# --- one bad interchange and the next -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ("*^*00501", "*U*00501", "022"),
        ("*^*00501", "*A*00501", "022"),
        ("*^*00501", "*7*00501", "022"),
        ("*^*00501", "* *00501", "022"),
        ("*^*00501", "***00501", "022"),
        ("*^*00501", "*~*00501", "022"),
        ("*^*00501", "*:*00501", "022"),
        ("*T*:~", "*T*A~", "027"),
        ("*T*:~", "*T**~", "027"),
        ("*T*:~", "*T*:A", "004"),
        ("*T*:~", "*T*:*", "004"),
        ("*^*00501", "*U*00401", "017"),
        ("*^*00501", "*^*00602", "017"),
        ("~IEA*1*000000001~", "~", "022"),
        ("~IEA*1*000000001~", "~IEA*1*", "022"),
        ("~GE*1*1~IEA*1*000000001~", "~GE*1", "022"),
        ("~GE*1", "~  GE*1", "022"),
        ("~GS", "~  GS", "022"),
    ],
)
def test_one_bad_interchange_is_told_and_the_next_is_read(old: str, new: str, note: str) -> None:
    assert old in ONE_CLAIM
    claims, verdict = read(ONE_CLAIM.replace(old, new, 1) + SECOND)

    assert notes(verdict) == [note, "000"]
    assert [interchange.verdict for interchange in verdict.interchanges] == ["rejected", "accepted"]
    assert [claim.patient_control_number for claim in claims if verdict.accepts(claim)] == ["PCN0002"]
    assert answer(verdict)[1] == f"TA1*000000001*261120*0930*R*{note}"
    assert answer(verdict, 1)[1] == "TA1*000000002*261120*0930*A*000"
    assert not verdict.stands


@pytest.mark.parametrize("head", ["ISA*00*  ", "ISA", "ISA*00*          *00*"])
def test_a_header_that_cannot_be_read_is_told_and_the_next_interchange_is_read(head: str) -> None:
    broken = head + ONE_CLAIM[len("ISA*00*          *00*") + 3 :]
    for text, count in ((broken + SECOND, 1), (ONE_CLAIM + broken + SECOND, 2)):
        _, verdict = read(text)

        assert codes(verdict) == ["header-width"]
        assert notes(verdict) == ["000"] * count
        assert (verdict.is_x12, verdict.stands) == (True, False)


def test_a_header_cut_off_behind_other_data_is_told() -> None:
    _, verdict = read(f"{ONE_CLAIM}hello{SECOND[:60]}")

    assert codes(verdict) == ["data-after-interchange", "truncated-header"]
    assert notes(verdict) == ["000"]


def test_an_interchange_whose_terminator_is_missing_does_not_hide_the_next() -> None:
    unterminated = ONE_CLAIM[:106] + ONE_CLAIM[106:].replace("~", "\n") * 100
    for text in (unterminated, unterminated[:5000]):
        _, verdict = read(text + SECOND)

        assert notes(verdict) == ["004" if len(text) > MAX_SEGMENT_LENGTH else "022", "000"]


def test_what_version_4010_calls_right_is_not_told_as_a_wrong_separator() -> None:
    _, verdict = read(ONE_CLAIM.replace("*^*00501", "*U*00401"))

    assert [finding.code for finding in verdict.interchanges[0].findings] == ["interchange-017"]


def test_a_wrong_separator_is_told_alone() -> None:
    _, verdict = read(ONE_CLAIM.replace("*^*00501", "*U*00501"))

    [interchange] = verdict.interchanges
    assert [finding.code for finding in interchange.findings] == ["interchange-022-separator"]
    assert "ISA11" in interchange.findings[0].sentence
    assert [(group.control_number, group.verdict, group.findings) for group in interchange.groups] == [
        ("1", "rejected", [])
    ]


def test_claims_are_counted_alike_when_they_are_read_and_when_they_are_sent_on() -> None:
    bad = ONE_CLAIM.replace("*^*00501", "*U*00501")
    long = ONE_CLAIM.replace("000000001", "000000003").replace("~HI*ABK", f"~NTE*ADD*{'A' * 70_000}~HI*ABK")
    indented = ONE_CLAIM.replace("000000001", "000000004").replace("~GS", "~ GS")
    text = bad + long + "hello" + indented + ONE_CLAIM[:700] + SECOND
    claims, verdict = read(text)
    [claim] = [claim for claim in claims if verdict.accepts(claim)]
    pieces = forward_claims(
        [text.encode()],
        {claim.ordinal: "1126324000001"},
        Envelope("15004", "SHAREDSYSTEM", CREATED, 9),
        Submitter("MERIDIAN MEDICARE", "15004", "EDI DESK", "8005550142", "MERIDIAN MEDICARE", "15004"),
    )

    sent_on = b"".join(pieces).decode()
    assert [part.split("*")[1] for part in sent_on.split("~") if part.startswith("CLM*")] == ["PCN0002"]


def test_what_a_file_is_for_is_told_by_the_first_header_that_can_be_read() -> None:
    assert usage_of([b"ISA*00*  " + ONE_CLAIM[9:100].encode() + ONE_CLAIM.encode()]) == "T"


# --- control numbers used twice -------------------------------------------------------------------------------------


def test_a_control_number_used_twice_in_a_file_refuses_the_second_interchange() -> None:
    claims, verdict = read(ONE_CLAIM * 3)

    assert notes(verdict) == ["000", "025", "025"]
    assert [verdict.accepts(claim) for claim in claims] == [True, False, False]
    assert answer(verdict, 1)[1] == "TA1*000000001*261120*0930*R*025"


def test_another_sender_may_use_the_same_control_number() -> None:
    _, verdict = read(ONE_CLAIM + ONE_CLAIM.replace("*ZZ*SUB00001       *", "*ZZ*SUB00002       *"))

    assert notes(verdict) == ["000", "000"]


def test_what_was_refused_may_come_again_under_its_number() -> None:
    _, verdict = read(ONE_CLAIM.replace("IEA*1*", "IEA*2*") + ONE_CLAIM)

    assert notes(verdict) == ["021", "000"]


@pytest.mark.parametrize("again", ["1", "01"])
def test_a_group_number_used_twice_in_an_interchange_refuses_the_second_group(again: str) -> None:
    # X12 RFI 1220: AK1 names a group by its number alone.
    second = GROUP.replace("*0930*1*X", f"*0930*{again}*X").replace("GE*1*1~", f"GE*1*{again}~")
    _, verdict = read(ONE_CLAIM[:106] + GROUP + second + "IEA*2*000000001~")

    groups = verdict.interchanges[0].groups
    assert [(group.verdict, group.codes) for group in groups] == [("accepted", []), ("rejected", ["19"])]
    assert [part for part in answer(verdict) if part.startswith("AK9")] == ["AK9*A*1*1*1", "AK9*R*1*1*0*19"]


def test_groups_of_two_interchanges_may_have_the_same_number() -> None:
    assert read(ONE_CLAIM + SECOND)[1].verdict == "accepted"


# --- what cannot be named is told one level higher ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identifier", "number"),
    [("", "0002"), ("8370", "0002"), ("837", ""), ("837", "12"), ("837", "1234567890"), ("837", "002\x07")],
)
def test_a_set_that_no_999_can_name_refuses_its_group(identifier: str, number: str) -> None:
    # X12 RFI 55 and 1339: nothing is made up for AK201 and AK202; AK905 says 5.
    second = SET.replace("ST*837*0001", f"ST*{identifier}*{number}").replace("SE*28*0001", f"SE*28*{number}")
    claims, verdict = read(with_sets(SET, second))

    assert not any(verdict.accepts(claim) for claim in claims)
    [group] = verdict.interchanges[0].groups
    assert "group-5-set" in {finding.code for finding in group.findings}
    told = [part for part in answer(verdict) if part.startswith(("AK2", "AK9"))]
    assert told == ["AK2*837*0001*005010X222A1", "AK9*R*2*2*0*5"]
    assert read_objects("~".join(answer(verdict)))[1].verdict == "accepted"


def test_a_blank_within_a_control_number_is_given_back_as_it_came() -> None:
    _, verdict = read(with_sets(SET.replace("*0001", "*00 2")))

    assert verdict.verdict == "accepted"
    assert "AK2*837*00 2*005010X222A1" in answer(verdict)


# --- TA1 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        TA1_ALONE,
        TA1_ALONE.replace("*0*T*", "*1*T*"),
        TA1_ALONE.replace("IEA*0", "IEA*1"),
        TA1_ALONE.replace("*^*", "*U*"),
        TA1_ALONE.replace("*00501*", "*00401*"),
    ],
    ids=["sound", "asks for an answer", "wrong count", "wrong separator", "wrong version"],
)
def test_a_ta1_alone_is_never_answered(text: str) -> None:
    [interchange] = read_objects(text)[1].interchanges

    assert interchange.acknowledgments == 1
    assert not interchange.takes_ta1
    assert answered(interchange) == b""


def test_a_ta1_before_a_group_is_answered_with_it() -> None:
    _, verdict = read(ONE_CLAIM.replace("~GS*", "~TA1*000000009*261120*0930*A*000~GS*", 1).replace("*^*", "*U*"))

    assert verdict.interchanges[0].takes_ta1


@pytest.mark.parametrize("place", [9, 10, 13])
def test_no_ta1_is_made_of_blanks(place: int) -> None:
    # X12 RFI 2102: without ISA09, ISA10 and ISA13 there is no proper TA1; a person is told.
    ends = list(accumulate(len(part) + 1 for part in ONE_CLAIM[:106].split("*")))
    start, end = ends[place - 1], ends[place] - 1
    [interchange] = read(ONE_CLAIM[:start] + " " * (end - start) + ONE_CLAIM[end:])[1].interchanges

    assert not interchange.takes_ta1
    assert answered(interchange) == b""
    assert "interchange-018-unanswered" in {finding.code for finding in interchange.findings}


@pytest.mark.parametrize(("date", "time", "note"), [("261320", "0930", "014"), ("261120", "2530", "015")])
def test_a_date_that_is_none_is_given_back_with_its_note(date: str, time: str, note: str) -> None:
    [interchange] = read(ONE_CLAIM.replace("*261120*0930*^", f"*{date}*{time}*^"))[1].interchanges

    assert f"TA1*000000001*{date}*{time}*R*{note}~".encode() in write_ta1(
        interchange, answering(interchange, CREATED, 7)
    )


# --- segments that are too long -------------------------------------------------------------------------------------


def attachment(size: int, announced: str | None = None) -> str:
    return ATTACHMENT.replace("BDS*B64*20*U1lOVEhFVElDIE5PVEU=", f"BDS*B64*{announced or size}*{'A' * size}")


def test_a_document_as_large_as_is_taken_is_accepted() -> None:
    assert read_objects(attachment(65_000))[1].verdict == "accepted"


@pytest.mark.parametrize("size", [65_001, 65_600, 1_000_000])
def test_a_document_that_is_too_large_is_told_as_that_with_both_lengths(size: int) -> None:
    _, verdict = read_objects(attachment(size))

    assert (notes(verdict), codes(verdict)) == (["000"], [])
    [finding] = next(iter(verdict.transactions())).findings
    assert (finding.segment, finding.element, finding.code) == ("BDS", 3, "value-too-long")
    assert "65,000" in finding.sentence
    assert f"{size:,}" in finding.sentence
    assert [part for part in answer(verdict) if part.startswith(("IK", "AK9"))] == [
        *("IK3*BDS*16**8", "IK4*3*785*5", "IK5*R*5", "AK9*R*1*1*0")
    ]


def test_a_document_whose_length_is_no_number_is_told_too() -> None:
    _, verdict = read_objects(attachment(70_000, "MANY"))

    assert {finding.element for finding in next(iter(verdict.transactions())).findings} == {2, 3}


def test_a_segment_that_is_too_long_refuses_its_set_and_no_other() -> None:
    long = recounted(ONE_CLAIM.replace("~HI*ABK", f"~NTE*ADD*{'A' * 200_000}~HI*ABK"))
    _, verdict = read(long[: long.index("GE*")] + SET.replace("*0001", "*0002") + "GE*2*1~IEA*1*000000001~")

    assert [each.verdict for each in verdict.transactions()] == ["rejected", "accepted"]
    assert [finding.code for each in verdict.transactions() for finding in each.findings] == ["value-too-long"]
