"""What a 277CA gives back of the claims it answers, and that our own is read as it was meant."""

import pytest

from tests.support.x12 import ONE_CLAIM, changed, recounted
from tests.support.x12_claim_answers import answer, answers, read_answer, segments
from tests.support.x12_institutional import VISIT
from tests.support.x12_institutional_mutants import INSTITUTIONAL_CLAIM
from tests.support.x12_mutants import CLAIM, Mutant


# RFI 1926.
@pytest.mark.parametrize("fault", [("E785", "E785"), ("*182*", "*183*")], ids=["accepted", "refused"])
@pytest.mark.parametrize(("text", "behind"), [(ONE_CLAIM, "HI*ABK"), (VISIT, "HI*ABK")], ids=["837P", "837I"])
def test_the_number_of_a_clearinghouse_comes_back(text: str, behind: str, fault: tuple[str, str]) -> None:
    told = segments(changed(text, (behind, f"REF*D9*CLEARING00012345~{behind}")).replace(*fault), "REF*D9")

    assert told == ["REF*D9*CLEARING00012345"]


def test_a_claim_without_a_number_of_a_clearinghouse_gets_none() -> None:
    assert not segments(ONE_CLAIM, "REF*D9")


# RFI 1211; CEDI: A3:247 on the claim says that the reasons stand on its lines.
def test_a_refused_line_is_named_with_its_reasons_and_its_number() -> None:
    text = changed(ONE_CLAIM, ("HC:85025*22*UN*1", "HC:8502:90*22*UN*1.5"), ("SE*", "REF*6R*LINE2~SE*"))
    told = answer(text)

    start = told.index("TRN*2*PCN0001")
    assert told[start + 1 : start + 7] == [
        "STC*A3:247*20261120*U*182",
        "DTP*472*D8*20260923",
        "SVC*HC:8502:90*22*****1.5",
        "STC*A7:507**U",
        "REF*FJ*LINE2",
        "DTP*472*D8*20260923",
    ]


def test_a_claim_with_faults_of_its_own_says_them_itself() -> None:
    text = changed(ONE_CLAIM, ("HC:85025", "HC:8502"), ("*182*", "*183*"))

    assert segments(text, "STC*A")[2:] == ["STC*A8:400*20261120*U*183", "STC*A7:507**U"]
    assert segments(text, "REF*FJ") == ["REF*FJ*2"]


def test_a_refused_revenue_line_is_named_by_its_revenue_code() -> None:
    text = changed(VISIT, ("SV2*0730*HC:93005*160*UN*2", "SV2*0730**160*UN*2"), ("20260923~LX*2", "20261001~LX*2"))

    assert segments(text, "SVC") == ["SVC*HC:99284:25*450**0450***1", "SVC*NU:0730*160*****2"]


def test_an_accepted_claim_names_no_line() -> None:
    assert not segments(ONE_CLAIM, "SVC")


# RFI 1211: the status of the provider is not the sum of its claims.
def test_a_provider_passes_though_all_its_claims_are_refused() -> None:
    told = answer(changed(ONE_CLAIM, ("*182*", "*183*")))

    start = told.index("TRN*1*1")
    assert told[start - 2] == "HL*3*2*19*1"
    assert told[start : start + 4] == ["TRN*1*1", "STC*A1:19:PR**WQ*183", "QTY*QC*1", "AMT*YY*183"]


def test_of_a_provider_with_a_fault_of_its_own_only_the_claims_are_told() -> None:
    told = answer(changed(ONE_CLAIM, ("XX*2994535120", "XX*2994535121")))

    start = told.index("TRN*1*1")
    assert told[start + 1] == "QTY*QC*1"
    assert "STC*A7:562:85*20261120*U*182" in told


# 005010X214, NM108 of loop 2100C.
@pytest.mark.parametrize("text", [ONE_CLAIM, VISIT], ids=["837P", "837I"])
@pytest.mark.parametrize("kind", ["EI", "SY"])
def test_a_billing_provider_without_an_npi_is_known_by_the_tax_identifier(text: str, kind: str) -> None:
    npi = text.partition("NM1*85*")[2].partition("~")[0].partition("*XX*")[2]
    known = changed(text, (f"*****XX*{npi}", ""), ("REF*EI*001000001", f"REF*{kind}*001000001"))
    told = segments(known, "NM1*85")

    assert [segment.split("*")[8:] for segment in told] == [["FI", "001000001"]]
    assert [segment.split("*")[8:] for segment in segments(text, "NM1*85")] == [["XX", npi]]


# RFI 2155.
def test_people_come_back_as_people_with_all_their_names() -> None:
    text = changed(
        ONE_CLAIM,
        ("NM1*41*2*RIVERSIDE CLINIC*****46", "NM1*41*1*VALE*IRIS*M***46"),
        ("NM1*85*2*RIVERSIDE CLINIC*****XX", "NM1*85*1*VALE*IRIS*M**SR*XX"),
        ("NM1*IL*1*ASHGROVE*ALDORA****MI", "NM1*IL*1*ASHGROVE*ALDORA*Q**JR*MI"),
    )

    assert segments(text, "NM1")[1:] == [
        "NM1*41*1*VALE*IRIS*M***46*SUB00001",
        "NM1*85*1*VALE*IRIS*M**SR*XX*2994535120",
        "NM1*QC*1*ASHGROVE*ALDORA*Q**JR*MI*1EG4TE5MK73",
    ]


def test_the_patient_of_an_answer_is_the_one_of_the_claim() -> None:
    patient = (
        "HL*3*2*23*0~PAT*19~NM1*QC*1*ASHGROVE*BRAM*T**III~N3*672 OLD ORCHARD WAY~N4*WILLOW BEND*KY*424691020~"
        "DMG*D8*20100110*M~CLM*"
    )
    text = changed(ONE_CLAIM, ("HL*2*1*22*0", "HL*2*1*22*1"), ("SBR*P*18*", "SBR*P**"), ("CLM*", patient))

    assert segments(text, "NM1*QC") == ["NM1*QC*1*ASHGROVE*BRAM*T**III*MI*1EG4TE5MK73"]


# RFI 366 and 2375: what is repeated is not judged again.
@pytest.mark.parametrize("mutant", [*CLAIM, *INSTITUTIONAL_CLAIM], ids=lambda mutant: mutant.name)
def test_our_own_answer_to_a_refused_claim_is_read_as_it_was_meant(mutant: Mutant) -> None:
    items, verdict = read_answer(next(answers(mutant.text)))

    assert verdict.verdict == "accepted"
    [item] = items
    assert not item.is_accepted


def test_totals_may_have_more_digits_than_the_amount_of_a_claim() -> None:
    start, end = ONE_CLAIM.index("CLM*"), ONE_CLAIM.index("SE*")
    large = ONE_CLAIM.replace("*182*", "*60000022*").replace("*160*UN", "*60000000*UN")
    start, end = large.index("CLM*"), large.index("SE*")
    text = recounted(large[:start] + 2 * large[start:end] + large[end:])
    items, verdict = read_answer(next(answers(text)))

    assert verdict.verdict == "accepted"
    assert [item.receiver.totals.accepted_cents for item in items] == [12_000_004_400] * 2
