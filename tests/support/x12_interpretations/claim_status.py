"""What X12 answered about claim status and acknowledgment of claims, 276, 277 and 277CA."""

from dataclasses import replace
from datetime import date
from typing import Any

from libs.x12.claim_status.objects import ClaimAcknowledgment, Status
from libs.x12.claim_status.writer import write_277
from libs.x12.verdicts import FileVerdict
from services.claims.status.domain import CATEGORY_STATES, FINAL_STATES
from tests.support.x12 import ONE_CLAIM, recounted
from tests.support.x12_claim_answers import CONTROL_NUMBER, answer, answers, read_answer, segments
from tests.support.x12_institutional import STAY
from tests.support.x12_interpretations import interpretation
from tests.support.x12_objects import ACKNOWLEDGMENT, ANSWER, ENVELOPE, INQUIRY, read

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


def refused_with(status: str) -> ClaimAcknowledgment:
    """The refused claim of an acknowledgment whose status is `status`; the file is accepted."""
    items, verdict = read_answer(ACKNOWLEDGMENT.replace(REFUSED, status))
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
    items, verdict = read_answer(ACKNOWLEDGMENT.replace("STC*A2:20", "STC*F1:20"))

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
    repeated = ACKNOWLEDGMENT.replace("2994535120", "2994535121").replace("HC:85025", "HC:8502")
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
    items, _ = read_answer(ACKNOWLEDGMENT.replace("STC*A7:255*20261120", "STC*A7:255:PTP*20261120"))
    assert [each.code for item in items for each in item.notices] == ["code-not-allowed"]


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


# --- 276 and 277 --------------------------------------------------------------------------------------------------

_NOT_FOUND = "TRN*2*INQ0002~STC*A4:35*20261119~"
_FOUND = "TRN*2*INQ0002~STC*P3:294*20261119**22~REF*EJ*PCN0002~"
_PATIENT_LEVEL = (
    "HL*4*3*22*1~NM1*IL*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~"
    "HL*5*4*23~DMG*D8*20150110*F~NM1*QC*1*ASHGROVE*BRIN~TRN*1*INQ0001~REF*EJ*PCN0001~DTP*472*D8*20260910~"
)


def _read_with(text: str, *changes: tuple[str, str]) -> tuple[list[Any], FileVerdict]:
    """The objects of `text` with parts of it exchanged, and the verdict on it."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return read(recounted(text))


def _refused_at(verdict: FileVerdict) -> set[tuple[str, int]]:
    """Segment and element of what refused the transaction sets."""
    return {(each.segment, each.element) for one in verdict.transactions() for each in one.findings}


def _of_a_patient(level: str) -> str:
    """The inquiry with a patient who is not the subscriber."""
    head, _ = INQUIRY.split("HL*4*3*22*0~")
    return recounted(f"{head}{level}SE*0*0001~GE*1*7~IEA*1*000000007~")


@interpretation(960, "BHT03 ties an answer to its question, and a provider may be answered alone")
@interpretation(1080, "the answer carries the number of the question (BHT03)")
def answer_carries_the_number_of_its_question() -> None:
    inquiries, _ = read(INQUIRY)
    answers, _ = read(ANSWER)
    back = [replace(each, heading=replace(inquiries[0].heading, kind="DG")) for each in answers]
    again, verdict = read("".join(piece.decode() for piece in write_277(back, ENVELOPE)))

    assert verdict.verdict == "accepted"
    assert {each.heading.reference for each in again} == {"PORTAL0001"}
    assert (again[-1].subscriber, [each.identifier for each in again[-1].providers]) == (None, ["2952919902"])


@interpretation(1614, "a subscriber who was not found is answered at the subscriber, by E0 and without amounts")
def unknown_subscriber_is_answered_without_amounts() -> None:
    said = "STC*F1:65*20261118**182*120.5*20261117**20261201*EFT261201*F1:104:PR~REF*1K*1126324000001~"
    items, verdict = _read_with(ANSWER, (said, "STC*E0:33:IL*20261118~"))

    assert verdict.verdict == "accepted"
    assert items[0].subscriber is not None
    assert (items[0].latest.charge_cents, items[0].latest.paid_cents) == (None, None)


@interpretation(2822, "below a receiver that is refused as a whole no subscriber is sent")
def refused_receiver_stands_alone() -> None:
    head, _ = ANSWER.split("HL*2*1*21*1~")
    text = (
        f"{head}HL*2*1*21*0~NM1*41*2*RIVERSIDE BILLING*****46*SUB00001~TRN*2*PORTAL0001~STC*E0:24:41*20261120~"
        "SE*0*0001~GE*1*7~IEA*1*000000007~"
    )
    items, verdict = _read_with(text)

    assert verdict.verdict == "accepted"
    assert [(each.providers, each.subscriber) for each in items] == [((), None)]


@interpretation(441, "a service line of an answer has a status")
def line_of_an_answer_has_a_status() -> None:
    _, verdict = _read_with(ANSWER, ("****1~STC*F1:65*20261118~REF*FJ", "****1~REF*FJ"))

    assert _refused_at(verdict) == {("STC", 0)}


@interpretation(212, "the payer's number of a claim may be missing where none was found")
@interpretation(1909, "an answer that found nothing has no REF*1K, and answers with claims may follow it")
def not_found_goes_without_a_number_beside_found_claims() -> None:
    items, verdict = _read_with(ANSWER, (_FOUND, _NOT_FOUND + _FOUND))

    assert verdict.verdict == "accepted"
    assert [each.internal_control_number for each in items[:3]] == ["1126324000001", "", ""]
    assert [each.latest.status.category for each in items[:3]] == ["F1", "A4", "P3"]


@interpretation(2328, "an answer has a status at some level, and needs no REF*1K")
def answer_has_a_status_somewhere() -> None:
    assert _read_with(ANSWER, ("REF*1K*1126324000001~", ""))[1].verdict == "accepted"
    assert _refused_at(_read_with(ANSWER, ("STC*P3:294*20261119**22~", ""))[1]) == {("STC", 0)}
    assert _refused_at(_read_with(ANSWER, ("TRN*1*0~STC*E0:24:1P*20261120~", ""))[1]) == {("TRN", 0)}


@interpretation(2121, "answers need not be cut into sets as the questions were")
def answers_are_cut_by_their_own_heading() -> None:
    answers, _ = read(ANSWER)
    other = replace(answers[0].heading, reference="MAC0002")
    apart = [answers[0], replace(answers[1], heading=other)]

    for some, sets in ((answers[:2], 1), (apart, 2)):
        _, verdict = read("".join(piece.decode() for piece in write_277(some, ENVELOPE)))
        assert (verdict.verdict, len(list(verdict.transactions()))) == ("accepted", sets)


@interpretation(2588, "the number of a claim may be that of another plan: its form is not judged")
def number_of_a_claim_may_have_any_form() -> None:
    items, verdict = _read_with(ANSWER, ("REF*1K*1126324000001", "REF*1K*HOST/77-A"))

    assert (verdict.verdict, items[0].internal_control_number) == ("accepted", "HOST/77-A")


@interpretation(282, "a patient is a person; only the insured may be an organization")
def patient_is_a_person() -> None:
    organization = _of_a_patient(_PATIENT_LEVEL.replace("NM1*QC*1*ASHGROVE*BRIN", "NM1*QC*2*ASHGROVE"))
    insured = INQUIRY.replace("NM1*IL*1*ASHGROVE*ALDORA", "NM1*IL*2*ASHGROVE*")

    assert _refused_at(_read_with(organization)[1]) == {("NM1", 2)}
    assert _refused_at(_read_with(insured)[1]) == set()


@interpretation(410, "a dependent is asked about as in the claim: one with a number of their own is the subscriber")
def dependent_with_a_number_is_the_subscriber() -> None:
    numbered = _of_a_patient(_PATIENT_LEVEL.replace("ASHGROVE*BRIN~", "ASHGROVE*BRIN****MI*1EG4TE5MK73~"))

    assert _refused_at(_read_with(_of_a_patient(_PATIENT_LEVEL))[1]) == set()
    assert ("NM1", 8) in _refused_at(_read_with(numbered)[1])


@interpretation(2178, "a question may ask by a range of days; how it is searched is the payer's choice")
def question_may_ask_by_a_range() -> None:
    items, verdict = read(INQUIRY)

    assert verdict.verdict == "accepted"
    assert (items[0].period.first, items[0].period.end) == (date(2026, 9, 1), date(2026, 9, 23))


@interpretation("FCSO 276", "a question about a claim or line that is charged below zero is refused")
def charge_of_a_question_is_not_negative() -> None:
    for charge, negative in (("AMT*T3*182", "AMT*T3*-182"), ("HC:99203:25*160", "HC:99203:25*-160")):
        items, _ = _read_with(INQUIRY, (charge, negative))
        assert [finding.code for finding in items[0].findings] == ["charge-negative"]


@interpretation(
    "Code list 507", "A3, A6 to A8 refuse a claim, A5 splits it, A4, D0 and E say nothing of it, F is final"
)
def states_of_the_categories() -> None:
    def meaning(*states: str | None) -> set[str]:
        return {category for category, state in CATEGORY_STATES.items() if state in states}

    assert meaning("returned") == {"A3", "A6", "A7", "A8"}
    assert meaning("split") == {"A5"}
    assert meaning(None) == {"A4", "D0", "E0", "E1", "E2", "E3", "E4", "X0"}
    assert meaning(*FINAL_STATES) == {"F0", "F1", "F2", "F3", "F3F", "F3N", "F4", "F5"}
