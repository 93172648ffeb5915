"""What X12 answered about claim status and acknowledgment of claims, 276, 277 and 277CA."""

from dataclasses import replace
from datetime import date
from typing import Any

from libs.x12.claim_status.writer import write_277
from libs.x12.verdicts import FileVerdict
from tests.support.x12 import recounted
from tests.support.x12_interpretations import interpretation
from tests.support.x12_objects import ANSWER, ENVELOPE, INQUIRY, read

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
