"""What X12 answered about envelopes, TA1, 999 and all transactions alike."""

from datetime import UTC, datetime

from libs.common.money import decimal_text
from libs.x12.values import AMOUNTS
from libs.x12.verdicts import FileVerdict
from tests.support.x12 import ONE_CLAIM, answered, read, recounted
from tests.support.x12_interpretations import NOT_OURS, interpretation
from tests.support.x12_objects import read as read_objects

CREATED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
GROUP = ONE_CLAIM[ONE_CLAIM.index("GS*") : ONE_CLAIM.index("IEA*")]


def changed(old: str, new: str) -> FileVerdict:
    """The verdict on the valid claim with one change, its segments counted."""
    assert old in ONE_CLAIM, old
    return read(recounted(ONE_CLAIM.replace(old, new, 1)))[1]


def answer(verdict: FileVerdict) -> list[str]:
    """The segments of what the first interchange is answered: its TA1, and the 999 where there is one."""
    return answered(verdict.interchanges[0]).decode("ascii").split("~")


def answers(old: str, new: str) -> list[str]:
    """The segments of the answer that say what is wrong with the valid claim after one change."""
    return [segment for segment in answer(changed(old, new)) if segment.startswith(("AK", "IK", "CTX"))]


# --- all transactions -----------------------------------------------------------------------------------------------


@interpretation(1526, "an amount has ten digits at most, those of the cents counted, and zero cents are not written")
def amounts() -> None:
    assert [AMOUNTS[text] for text in ("99999999.99", "99999999", "123456789", "12345678.901")] == [
        *(9_999_999_999, 9_999_999_900, None, None)
    ]
    assert [decimal_text(cents) for cents in (10000, 10050)] == ["100", "100.5"]


@interpretation(21, "a zero is a value, not an absence of one")
def zero_is_a_value() -> None:
    [claim], _ = read(recounted(ONE_CLAIM.replace("*182*", "*160*").replace("*22*UN", "*0*UN")))
    assert [line.charge_cents for line in claim.lines] == [16000, 0]
    assert claim.findings == ()
    assert decimal_text(0) == "0"


@interpretation(248, "what the guide does not use is not sent; it is a fault against the guide, not the standard")
@interpretation(1296, "a set with an element that is not used is refused with I10, the code of the guide")
def not_used() -> None:
    told = answers("*Y*A*Y*Y~HI", "*Y*A*Y*Y****Y~HI")
    assert "IK4*13**I10" in told
    assert "IK5*R*5" in told


NOT_OURS[1512] = "X12 leaves to business and regulation when a receiver must refuse: there is nothing to hold."


# --- TA1 ------------------------------------------------------------------------------------------------------------


@interpretation(1591, "a TA1 travels between ISA and IEA, and is not answered by another")
def packaging_of_a_ta1() -> None:
    found = answer(changed("IEA*1*", "IEA*2*"))
    assert [segment.partition("*")[0] for segment in found] == ["ISA", "TA1", "IEA", ""]
    assert read_objects(found[1] + "~")[1].is_x12 is False
    assert answer(read_objects("~".join(found))[1]) == [""]


@interpretation(2102, "without ISA09, ISA10 and ISA13 no TA1 is made, and a person is told")
def header_without_date_time_and_number() -> None:
    header = ONE_CLAIM[:106].replace("*261120*0930*", "*      *    *").replace("*000000001*", "*         *")
    verdict = read(header + ONE_CLAIM[106:])[1]
    assert answer(verdict) == [""]
    assert any("no TA1 can answer it" in finding.sentence for finding in verdict.interchanges[0].findings)


# --- 999 ------------------------------------------------------------------------------------------------------------


@interpretation(1438, "a guide that is not known is given back in AK203; the set is refused, not the group")
def unknown_guide_of_a_set() -> None:
    assert answers("ST*837*0001*005010X222A1", "ST*837*0001*005010X999") == [
        "AK1*HC*1*005010X222A1",
        "AK2*837*0001*005010X999",
        "IK5*R*I6",
        "AK9*R*1*1*0",
    ]


@interpretation(1339, "a set whose ST01 or ST02 is missing refuses its group with 5, and has no AK2")
def set_without_name() -> None:
    for old, new in (("ST*837*0001*", "ST**0001*"), ("ST*837*0001*", "ST*837**")):
        assert answers(old, new) == ["AK1*HC*1*005010X222A1", "AK9*R*1*1*0*5"]


@interpretation(55, "a control number that would break the 999 is told by its group; one that would not is given back")
def control_number_of_a_set() -> None:
    for number in ("1", "12", "1234567890", "002\x07"):
        assert answers("ST*837*0001*", f"ST*837*{number}*") == ["AK1*HC*1*005010X222A1", "AK9*R*1*1*0*5"]
    verdict = read(ONE_CLAIM.replace("*0001", "*00 1"))[1]
    assert "AK2*837*00 1*005010X222A1" in answer(verdict)


@interpretation(1312, "a claim is named only where the fault lies within it, not at the provider")
def business_unit() -> None:
    assert "CTX*CLM01:PCN0001" in answers("*182*", "*ABC*")
    assert not [segment for segment in answers("*KY*428810324", "*KY*42") if segment.startswith("CTX")]


@interpretation(2293, "a claim number that cannot be written as it was sent is left out")
def claim_number_with_a_fault() -> None:
    for number in ("PCN\x07001", "PCN\xff001"):
        told = answers("CLM*PCN0001", f"CLM*{number}")
        assert "IK4*1*1028*6" in told
        assert not [segment for segment in told if segment.startswith("CTX")]
    assert f"CTX*CLM01:{'9' * 35}" in answers("CLM*PCN0001", f"CLM*{'9' * 39}")


@interpretation(1257, "what is no segment of X12 has no IK3; the answer to the set says it alone")
def unrecognized_segment() -> None:
    for segment in ("XXX*01~", "Nd4*1~", "*1~", "NTEX*1~", "CLMS*PCN1~"):
        assert answers("HI*ABK", f"{segment}HI*ABK")[2:] == ["IK5*R*5", "AK9*R*1*1*0"]
    assert any(segment.startswith("IK3*INS*") for segment in answers("HI*ABK", "INS*Y*18~HI*ABK"))


@interpretation(
    2502, "1 is for what the standard makes mandatory, the codes with an I for what only the guide requires"
)
def mandatory_or_required() -> None:
    assert "IK4*2*782*I9" in answers("*182*", "**")
    assert "IK4*9*67*I9" in answers("*MI*1EG4TE5MK73", "*MI")
    assert "IK4*1*1028*1" in answers("CLM*PCN0001*", "CLM**")
    assert "IK4*5:1*1331*1" in answers("11:B:1", ":B:1")
    assert "IK4*5:2*1332*I9" in answers("11:B:1", "11::1")
    # What is missing is said once: it has not the wrong form besides.
    claims, _ = read(ONE_CLAIM.replace("*182*", "**"))
    assert "amount-form" not in {finding.code for claim in claims for finding in claim.findings}
    assert "IK3*HI*27**I8" in answers("HI*ABK:E785*ABF:Z0000~", "")
    assert "IK3*BHT*27**3" in answers("BHT*0019*00*BATCH7*20261120*0930*CH~", "")


@interpretation(1220, "a group number is used once in an interchange")
def group_number_used_twice() -> None:
    verdict = read(ONE_CLAIM[:106] + GROUP + GROUP + "IEA*2*000000001~")[1]
    assert [segment for segment in answer(verdict) if segment.startswith("AK9")] == ["AK9*A*1*1*1", "AK9*R*1*1*0*19"]
