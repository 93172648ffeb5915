"""What X12 answered about claim status and acknowledgment of claims, 276, 277 and 277CA."""

from libs.x12.claim_status.objects import ClaimAcknowledgement, Status
from tests.support.x12 import ONE_CLAIM, recounted
from tests.support.x12_claim_answers import CONTROL_NUMBER, answer, answers, read_answer, segments
from tests.support.x12_institutional import STAY
from tests.support.x12_interpretations import interpretation
from tests.support.x12_objects import ACKNOWLEDGEMENT

# --- 277CA ------------------------------------------------------------------------------------------------------------

REFUSED = "STC*A7:255*20261120*U*22******A8:400**SEE LINE 1~"


def second_set(text: str) -> str:
    """The file with its transaction set twice."""
    start, end = text.index("ST*"), text.index("GE*")
    again = text[start:end].replace("*0001*", "*0002*", 1).replace("*0001~", "*0002~")
    return text[:end] + again + text[end:].replace("GE*1*", "GE*2*")


def two_claims(*changes: tuple[str, str]) -> str:
    """The claim as it is, and once more with `changes`, in one transaction set."""
    start, end = ONE_CLAIM.index("CLM*"), ONE_CLAIM.index("SE*")
    second = ONE_CLAIM[start:end]
    for old, new in changes:
        second = second.replace(old, new, 1)
    return recounted(ONE_CLAIM[:end] + second + ONE_CLAIM[end:])


def refused_with(status: str) -> ClaimAcknowledgement:
    """The refused claim of an acknowledgment whose status is `status`; the file is accepted."""
    items, verdict = read_answer(ACKNOWLEDGEMENT.replace(REFUSED, status))
    assert verdict.verdict == "accepted"
    return items[1]


@interpretation(1744, "a type of bill comes back in three characters: facility code and frequency")
def type_of_bill() -> None:
    assert segments(STAY, "REF*BLT") == ["REF*BLT*111"]


@interpretation(1991, "each transaction set has a 277CA of its own, with the totals of that set alone")
def one_answer_for_each_set() -> None:
    told = [data.decode().split("~") for data in answers(second_set(ONE_CLAIM))]

    assert [[segment for segment in each if segment.startswith("QTY*90")] for each in told] == [["QTY*90*1"]] * 2


@interpretation(2145, "the receiver level is refused only when the whole set is, not when some claims are")
def some_claims_refused() -> None:
    told = answer(two_claims(("*182*", "*183*")))

    receiver = told.index("TRN*2*BATCH7")
    assert told[receiver + 1 : receiver + 4] == ["STC*A1:19:PR*20261120*WQ*365", "QTY*90*1", "QTY*AA*1"]


@interpretation(1211, "a provider is refused for faults of its own; claims and lines are refused below it")
def levels_of_refusal() -> None:
    told = answer(ONE_CLAIM.replace("HC:85025", "HC:8502"))

    assert "STC*A1:19:PR**WQ*182" in told
    assert [segment for segment in told if segment.startswith(("SVC", "STC*A7"))] == [
        "SVC*HC:8502*22*****1",
        "STC*A7:507**U",
    ]


@interpretation(2203, "a remark that refuses nothing has no place in the answer")
def no_warnings() -> None:
    told = answer(ONE_CLAIM.replace("20260923", "20250101"))

    assert [segment for segment in told if segment.startswith("STC*A2")] == ["STC*A2:20*20261120*WQ*182"]


@interpretation(1942, "categories of decided and pended claims have no place in an acknowledgment")
def categories() -> None:
    items, verdict = read_answer(ACKNOWLEDGEMENT.replace("STC*A2:20", "STC*F1:20"))

    assert verdict.verdict == "partial"
    assert {finding.code for finding in items[0].findings} == {"status-category"}


@interpretation(1926, "the number of a clearinghouse comes back with each claim that carried it, as it was")
def number_of_a_clearinghouse() -> None:
    number = "REF*D9*CLEARING00012345~"

    for text in (ONE_CLAIM, ONE_CLAIM.replace("*182*", "*183*"), STAY):
        assert segments(recounted(text.replace("HI*ABK", f"{number}HI*ABK")), "REF*D9") == [number[:-1]]
        assert segments(text, "REF*D9") == []


@interpretation(2155, "people are people, with the names the claim has")
def people() -> None:
    text = ONE_CLAIM.replace("NM1*85*2*RIVERSIDE CLINIC*****XX", "NM1*85*1*VALE*IRIS*M**SR*XX")

    assert segments(text, "NM1*85") == ["NM1*85*1*VALE*IRIS*M**SR*XX*2994535120"]


@interpretation(2375, "what an answer repeats is not judged again")
def repeated_values() -> None:
    repeated = ACKNOWLEDGEMENT.replace("2994535120", "2994535121").replace("HC:85025", "HC:8502")
    items, verdict = read_answer(repeated.replace("20260901-20260903", "20260903-20260901"))

    assert verdict.verdict == "accepted"
    assert [item.findings for item in items] == [(), ()]


@interpretation(1808, "the internal control number is the one the remittance will carry")
def number_of_the_remittance() -> None:
    assert segments(ONE_CLAIM, "REF*1K") == [f"REF*1K*{CONTROL_NUMBER}"]
    assert segments(ONE_CLAIM.replace("*182*", "*183*"), "REF*1K") == []


@interpretation(1751, "a pay-to plan is told as 41 and an ambulance place as 77; PTP is not there yet")
def entities() -> None:
    for entity in ("41", "77"):
        assert refused_with(f"STC*A7:255:{entity}*20261120*U*22~").statuses[0].status == Status("A7", "255", entity)
    _, verdict = read_answer(ACKNOWLEDGEMENT.replace("STC*A7:255*20261120", "STC*A7:255:PTP*20261120"))
    assert verdict.verdict == "rejected"


@interpretation("NGS A3:78", "a duplicate of a claim that waits is refused with A3:78")
def duplicate_of_a_waiting_claim() -> None:
    item = refused_with("STC*A3:78*20261120*U*22~")

    assert item.statuses[0].status == Status("A3", "78")
    assert not item.is_accepted


@interpretation("NGS A8:496:85", "a billing provider that is not tied to the submitter is refused with A8:496:85")
def provider_of_another_submitter() -> None:
    assert refused_with("STC*A8:496:85*20261120*U*22~").statuses[0].status == Status("A8", "496", "85")


@interpretation("NGS A7:562:82", "a rendering provider that is not known is refused with A7:562:82")
def rendering_provider() -> None:
    assert refused_with("STC*A7:562:82*20261120*U*22~").statuses[0].status == Status("A7", "562", "82")
    told = segments(ONE_CLAIM.replace("XX*2952919902", "XX*2952919903"), "STC*A7")
    assert told == ["STC*A7:562:82*20261120*U*182"]


@interpretation("CEDI A3:247", "A3:247 on a claim says that its lines say why")
def reasons_on_the_lines() -> None:
    assert segments(ONE_CLAIM.replace("HC:85025", "HC:8502"), "STC*A")[2:] == [
        "STC*A3:247*20261120*U*182",
        "STC*A7:507**U",
    ]


@interpretation("CEDI A8:562 + A8:128", "a second reason of one statement is read too")
def second_reason() -> None:
    [detail] = refused_with("STC*A8:562:85*20261120*U*22******A8:128:85~").statuses

    assert (detail.status, detail.more) == (Status("A8", "562", "85"), (Status("A8", "128", "85"),))
