# ruff: noqa: E501  one mutant, one line
"""Single faults put into a valid inquiry and a valid answer, each with the finding the guide and HETS ask for."""

from datetime import date
from typing import NamedTuple

import pytest

from libs.x12.eligibility.objects import Dated, EligibilityAnswer, EligibilityInquiry
from tests.support.eligibility_files import ANSWER, INQUIRY, PRIVATE, changed, read


class Mutant(NamedTuple):
    """`old` becomes `new` in `text`; then `code` must be found at `segment` and `element`; HETS would answer `reason`."""

    name: str
    text: str
    old: str
    new: str
    segment: str
    code: str
    element: int = 0
    reason: str = ""


# Structure: the 999 rejects the transaction set.
STRUCTURE = (
    Mutant("purpose of another transaction", INQUIRY, "BHT*0022*13", "BHT*0022*11", "BHT", "code-not-allowed", 2),
    Mutant("no receiver", INQUIRY, "NM1*1P*2*RIVERSIDE CLINIC*****XX*2994535120~", "", "NM1", "loop-missing"),
    Mutant("level number skips", INQUIRY, "HL*3*2*22*0", "HL*4*2*22*0", "HL", "hierarchy-number", 1),
    Mutant("source without identifier", INQUIRY, "*****PI*CMS~", "~", "NM1", "element-missing", 9),
    Mutant("subscriber identifier without qualifier", INQUIRY, "****MI*1EG4TE5MK73", "*****1EG4TE5MK73", "NM1", "relation-missing", 8),
    Mutant("trace of another kind", INQUIRY, "TRN*1*", "TRN*2*", "TRN", "code-not-allowed", 1),
    Mutant("trace originator too short", INQUIRY, "*9SUB000010", "*9SUB00001", "TRN", "value-too-short", 3),
    Mutant("three traces", INQUIRY, "TRN*1*INQ0001*9SUB000010~", "TRN*1*INQ0001*9SUB000010~" * 3, "TRN", "segment-repeats"),
    Mutant("no such birth date", INQUIRY, "19360110", "19360230", "DMG", "invalid-date", 2),
    Mutant("half a period", INQUIRY, "RD8*20251120-20270320", "RD8*20251120", "DTP", "invalid-date", 3),
    Mutant("unknown service type", INQUIRY, "EQ*30^42", "EQ*30^31", "EQ", "code-not-allowed", 1),
    Mutant("empty question", INQUIRY, "EQ*30^42^45^AG^98~", "EQ~", "EQ", "relation-missing", 1),
    Mutant("a hundred service types", INQUIRY, "EQ*30", f"EQ*{'^'.join(['30'] * 96)}", "EQ", "too-many-repetitions", 1),
    Mutant("an answer's segment in a question", INQUIRY, "EQ*30", "EB*1~EQ*30", "EB", "segment-unknown"),
    Mutant("unit without quantity", ANSWER, "***DY*60~", "***DY~", "EB", "relation-missing", 10),
    Mutant("quantity is no number", ANSWER, "***DY*60~", "***DY*SIXTY~", "EB", "not-a-number", 10),
    Mutant("procedure without code", ANSWER, "HC:90669", "HC", "EB", "element-missing", 13),
    Mutant("loop header without trailer", ANSWER, "XX*2952919902~LE*2120~", "XX*2952919902~", "LE", "segment-missing"),
    Mutant("entity without loop header", ANSWER, "LS*2120~NM1*1P*2******XX*2952919902~LE*2120~", "NM1*1P*2******XX*2952919902~", "NM1", "loop-repeats"),
    Mutant("empty loop", ANSWER, "NM1*1P*2******XX*2952919902~LE", "LE", "NM1", "loop-missing"),
    Mutant("loop of another name", ANSWER, "LS*2120~NM1*1P", "LS*2115~NM1*1P", "LS", "code-not-allowed", 1),
    Mutant("message too long", ANSWER, "DOLBA 20260301", "X" * 265, "MSG", "value-too-long", 1),
    Mutant("eleven messages", ANSWER, "MSG*DOLBA 20260301~", "MSG*DOLBA 20260301~" * 10, "MSG", "segment-repeats"),
    Mutant("message before the date", ANSWER, "DTP*198*D8*20230601~MSG*TRANSPLANT DISCHARGE DATE~", "MSG*TRANSPLANT DISCHARGE DATE~DTP*198*D8*20230601~", "DTP", "segment-out-of-order"),
    Mutant("refusal without reason", ANSWER, "DMG*D8*19360110*F~", "AAA*N***C~DMG*D8*19360110*F~", "AAA", "element-missing", 3),
    Mutant("contact number without kind", ANSWER, "PER*IC**TE*8005550144", "PER*IC***8005550144", "PER", "relation-missing", 3),
    Mutant("nobody asked", ANSWER, "HL*2*1*21*1~NM1*1P*2*RIVERSIDE CLINIC*****XX*2994535120~", "", "HL", "code-not-allowed", 3),
)  # fmt: skip

# One inquiry or answer: the structure stands, the object carries the finding.
OBJECT = (
    Mutant("another payer", INQUIRY, "PI*CMS", "PI*OTHER", "NM1", "source", 9, "79"),
    Mutant("check digit of the provider", INQUIRY, "2994535120", "2994535121", "NM1", "receiver-npi", 9, "43"),
    Mutant("provider without NPI", INQUIRY, "XX*2994535120", "SV*2994535120", "NM1", "receiver-npi", 9, "43"),
    Mutant("letter no MBI has", INQUIRY, "1EG4TE5MK73", "1SG4TE5MK73", "NM1", "mbi", 9, "72"),
    Mutant("no MBI", INQUIRY, "****MI*1EG4TE5MK73", "", "NM1", "mbi", 9, "72"),
    Mutant("no last name", INQUIRY, "*ASHGROVE*", "**", "NM1", "last-name", 3, "73"),
    Mutant("neither first name nor birth date", INQUIRY, "*ALDORA****MI*1EG4TE5MK73~DMG*D8*19360110~", "*****MI*1EG4TE5MK73~", "NM1", "search-set", 4, "15"),
    Mutant("born tomorrow", INQUIRY, "19360110", "20261121", "DMG", "birth-date", 2, "58"),
    Mutant("born after the date asked about", INQUIRY, "19360110", "20251121", "DMG", "birth-after-service", 2, "60"),
    Mutant("period the wrong way round", INQUIRY, "20251120-20270320", "20251120-20251119", "DTP", "dates", 3, "57"),
    Mutant("a day too early", INQUIRY, "20251120-20270320", "20221119-20270320", "DTP", "dates-too-early", 3, "62"),
    Mutant("a day too late", INQUIRY, "20251120-20270320", "20251120-20270321", "DTP", "dates-too-late", 3, "63"),
    Mutant("nothing asked", INQUIRY, "EQ*30^42^45^AG^98~", "", "EQ", "question", 1, "15"),
    Mutant("no procedure", INQUIRY, "EQ*30^42^45^AG^98~", "EQ**HC:1234~", "EQ", "procedure-code", 2, "AG"),
    Mutant("no diagnosis", INQUIRY, "DTP*291", "HI*ABK:E78.5~DTP*291", "HI", "diagnosis-code", 1, "AF"),
    Mutant("no state", INQUIRY, "DMG*D8", "N4*WILLOW BEND*XX*424691020~DMG*D8", "N4", "state", 2),
    Mutant("a dependent", INQUIRY, "HL*3*2*22*0~TRN*1*INQ0001*9SUB000010~NM1*IL*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~", "HL*3*2*22*1~NM1*IL*1******MI*1EG4TE5MK73~HL*4*3*23*0~NM1*03*1*ASHGROVE*ALDORA~", "NM1", "dependent", 1, "77"),
    Mutant("parts of a cent", ANSWER, "29*992~", "29*992.005~", "EB", "amount-form", 7),
    Mutant("benefit ends before it begins", ANSWER, "20240101-20240331", "20240401-20240331", "DTP", "dates", 3, "57"),
    Mutant("check digit of the hospice", ANSWER, "2952919902", "2952919903", "NM1", "entity-npi", 9),
    Mutant("check digit of the receiver", ANSWER, "2994535120", "2994535121", "NM1", "receiver-npi", 9, "43"),
    Mutant("answer for no MBI", ANSWER, "MI*1EG4TE5MK73", "MI*1EG4TE5MK7", "NM1", "mbi", 9, "72"),
    Mutant("benefit for no procedure", ANSWER, "HC:90669", "HC:9066", "EB", "benefit-procedure-code", 13),
)  # fmt: skip

# What a payer may do otherwise than the guide says: the answer is accepted, and says it to whoever reads it. Codes newer
# than the guide (its table names those of 2009), and situations that X12 explained (RFI 845, 1557, 1681, 1727, 1821).
REMARKS = (
    Mutant("unknown benefit code", ANSWER, "EB*6*IND", "EB*9*IND", "EB", "code-not-allowed", 1),
    Mutant("unknown coverage level", ANSWER, "EB*6*IND", "EB*6*ALL", "EB", "code-not-allowed", 2),
    Mutant("unknown insurance", ANSWER, "EB*R*IND*30*12~", "EB*R*IND*30*99~", "EB", "code-not-allowed", 4),
    Mutant("unknown benefit date", ANSWER, "DTP*348*D8*20261101", "DTP*999*D8*20261101", "DTP", "code-not-allowed", 1),
    Mutant("reason of another loop", ANSWER, "DMG*D8*19360110*F~", "AAA*N**79*C~DMG*D8*19360110*F~", "AAA", "code-not-allowed", 3),
    Mutant("unknown follow-up", ANSWER, "DMG*D8*19360110*F~", "AAA*N**72*Q~DMG*D8*19360110*F~", "AAA", "code-not-allowed", 4),
    Mutant("answer from no state", ANSWER, "*WILLOW BEND*KY", "*WILLOW BEND*XX", "N4", "state", 2),
    Mutant("plan in no state", ANSWER, "N3*1 PLAN PLAZA~N4*LANTERNVILLE*KY", "N3*1 PLAN PLAZA~N4*LANTERNVILLE*XX", "N4", "state", 2),
    Mutant("unknown service type", ANSWER, "EB*1*IND*30*QM", "EB*1*IND*30^ZQ*QM", "EB", "code-not-allowed", 3),
    Mutant("unknown time period", ANSWER, "EB*C*IND*47*MA**29*", "EB*C*IND*47*MA**99*", "EB", "code-not-allowed", 6),
    Mutant("unknown unit", ANSWER, "***DY*60~", "***QQ*60~", "EB", "code-not-allowed", 9),
    Mutant("unknown network", ANSWER, "EB*1*IND*30*QM~", "EB*1*IND*30*QM********X~", "EB", "code-not-allowed", 12),
    Mutant("unknown kind of number", ANSWER, "REF*IG*", "REF*ZZ*", "REF", "code-not-allowed", 1),
    Mutant("unknown entity", ANSWER, "NM1*PRP*2*GREAT", "NM1*QQQ*2*GREAT", "NM1", "code-not-allowed", 1),
    Mutant("unknown kind of identifier", ANSWER, "NM1*1P*2******XX*2952919902~LE", "NM1*1P*2******QQ*2952919902~LE", "NM1", "code-not-allowed", 8),
    Mutant("unknown kind of contact", ANSWER, "PER*IC**TE*8005550144", "PER*IC**QQ*8005550144", "PER", "code-not-allowed", 3),
    Mutant("unknown refusal", ANSWER, "DMG*D8*19360110*F~", "AAA*N**Q9*C~DMG*D8*19360110*F~", "AAA", "code-not-allowed", 3),
    Mutant("unknown refusal of a benefit", ANSWER, "EB*C*IND*47*MA**29*992~DTP*435*RD8*20260301-20260320~", "EB*C*IND*47*MA**29*992~DTP*435*RD8*20260301-20260320~AAA*N**Q9*C~", "AAA", "code-not-allowed", 3),
    Mutant("country that is none", ANSWER, "*WILLOW BEND*KY*424691020~", "*WILLOW BEND***ZZ~", "N4", "code-not-in-set", 4),
    Mutant("no last name and no refusal", ANSWER, "*ASHGROVE*ALDORA", "**ALDORA", "NM1", "last-name-missing", 3),
    Mutant("active without the day it began", ANSWER, "EB*1*IND*30*MA~DTP*307*D8*20010201~", "EB*1*IND*30*MA~", "EB", "plan-date-missing", 1),
    Mutant("deductible without amount", ANSWER, "EB*C*IND*96*MB**29*0~", "EB*C*IND*96*MB**29~", "EB", "share-amount", 7),
    Mutant("copayment with percentage", ANSWER, "EB*B*IND*47*MA**29*248.00**DY*30~", "EB*B*IND*47*MA**29**.2~", "EB", "share-percent", 8),
    Mutant("coinsurance without percentage", ANSWER, "EB*A*IND*96*MB**23**.2~", "EB*A*IND*96*MB**23*20~", "EB", "coinsurance-percent", 8),
    Mutant("copayment without amount", ANSWER, "EB*B*IND*47*MA**29*248.00**DY*30~", "EB*B*IND*47*MA**29~", "EB", "share-amount", 7),
    Mutant("provider for the other payer", ANSWER, "NM1*PRP*2*GREAT LAKES MUTUAL~", "NM1*P3*2*GREAT LAKES CLINIC~", "EB", "other-payer-name", 1),
    Mutant("other payer without name", ANSWER, "NM1*PRP*2*GREAT LAKES MUTUAL~", "NM1*PRP*2~", "EB", "other-payer-name", 1),
)  # fmt: skip


def _item(text: str) -> EligibilityInquiry | EligibilityAnswer:
    [item] = read(text)[0]
    assert isinstance(item, EligibilityInquiry | EligibilityAnswer)
    return item


@pytest.mark.parametrize("mutant", STRUCTURE, ids=lambda mutant: mutant.name)
def test_a_fault_of_structure_rejects_the_transaction_set_at_the_right_place(mutant: Mutant) -> None:
    items, verdict = read(changed(mutant.text, mutant.old, mutant.new))

    [transaction] = verdict.transactions()
    assert transaction.verdict == "rejected"
    assert (mutant.segment, mutant.code, mutant.element) in {
        (finding.segment, finding.code, finding.element) for finding in transaction.findings
    }
    assert not any(verdict.accepts(item) for item in items)


@pytest.mark.parametrize("mutant", OBJECT, ids=lambda mutant: mutant.name)
def test_a_fault_of_one_person_stands_on_their_object_alone(mutant: Mutant) -> None:
    text = changed(mutant.text, mutant.old, mutant.new)
    item = _item(text)

    [transaction] = read(text)[1].transactions()
    assert (transaction.verdict, transaction.findings) == ("partial", [])
    assert [(each.segment, each.code, each.element, each.reject_reason) for each in item.findings] == [
        (mutant.segment, mutant.code, mutant.element, mutant.reason)
    ]
    [finding] = item.findings
    assert (finding.follow_up == "C") is bool(mutant.reason)
    if mutant.code != "question":
        # What is missing has no place of its own; the level it is missing from has.
        assert text.split("~")[finding.position + 1].startswith(f"{mutant.segment}*")


@pytest.mark.parametrize("mutant", REMARKS, ids=lambda mutant: mutant.name)
def test_what_refuses_nothing_is_remarked_on_the_answer_at_the_right_place(mutant: Mutant) -> None:
    text = changed(mutant.text, mutant.old, mutant.new)
    item = _item(text)

    [transaction] = read(text)[1].transactions()
    assert (transaction.verdict, transaction.findings, item.findings) == ("accepted", [], ())
    assert isinstance(item, EligibilityAnswer)
    [notice] = [each for each in item.notices if each.code != "status-missing"]
    assert (notice.segment, notice.code, notice.element) == (mutant.segment, mutant.code, mutant.element)
    assert text.split("~")[notice.position + 1].startswith(f"{mutant.segment}*")


@pytest.mark.parametrize("mutant", [*STRUCTURE, *OBJECT, *REMARKS], ids=lambda mutant: mutant.name)
def test_no_finding_repeats_a_value_of_the_file(mutant: Mutant) -> None:
    items, verdict = read(changed(mutant.text, mutant.old, mutant.new))

    findings = [finding for transaction in verdict.transactions() for finding in transaction.findings]
    findings += [finding for item in items for finding in (*item.findings, *getattr(item, "notices", ()))]
    assert findings
    assert all(finding.sentence.endswith(".") and finding.field for finding in findings)
    assert not [value for value in PRIVATE if value in repr(findings)]


def test_an_answer_that_says_nothing_is_found() -> None:
    start, end = ANSWER.index("EB*6"), ANSWER.index("SE*")
    item = _item(changed(ANSWER, ANSWER[start:end], ""))

    assert [(finding.code, finding.loop, finding.position) for finding in item.findings] == [
        ("nothing-said", "2000C", 8)
    ]


def test_more_benefits_than_anybody_has_are_refused_in_bounded_memory() -> None:
    [item], verdict = read(changed(ANSWER, "EB*1*IND*30*QM~", "EB*1*IND*30*QM~" * 5_001))

    assert isinstance(item, EligibilityAnswer)
    assert item.benefits == []
    [transaction] = verdict.transactions()
    assert (transaction.verdict, transaction.findings[0].code) == ("rejected", "too-many-benefits")


def test_an_answer_without_any_coverage_status_says_so() -> None:
    start, end = ANSWER.index("EB*6"), ANSWER.index("SE*")
    item = _item(changed(ANSWER, ANSWER[start:end], "EB*I*IND*45*MA~"))

    assert isinstance(item, EligibilityAnswer)
    assert [(notice.code, notice.position) for notice in item.notices] == [("status-missing", 11)]


def test_a_refusal_anywhere_excuses_the_last_name() -> None:
    item = _item(changed(ANSWER, "*ASHGROVE*ALDORA*M**JR", "").replace("DMG*D8", "AAA*N**75*C~DMG*D8"))

    assert isinstance(item, EligibilityAnswer)
    assert item.notices == ()


def test_codes_that_hold_the_transaction_together_must_be_those_of_the_guide() -> None:
    for old, new in (("BHT*0022*11", "BHT*0022*99"), ("HL*3*2*22", "HL*3*2*99"), ("LS*2120", "LS*9999")):
        [transaction] = read(changed(ANSWER, old, new))[1].transactions()
        assert transaction.verdict == "rejected"


def test_a_last_day_that_means_none_is_taken_in_a_period_only() -> None:
    # X12 RFI 2775: the guide does not forbid 99991231 as the end of a period.
    open_end = _item(changed(ANSWER, "DTP*307*RD8*20240101-20240331", "DTP*307*RD8*20240101-99991231"))
    assert isinstance(open_end, EligibilityAnswer)
    assert open_end.benefits[0].dated("307") == Dated("307", date(2024, 1, 1), date.max)
    [transaction] = read(changed(ANSWER, "RD8*20240101-20240331", "RD8*99991231-99991231"))[1].transactions()
    assert [finding.code for finding in transaction.findings] == ["invalid-date"]
