from datetime import date

import pytest

from libs.x12.claim.edits import EDITS, INSTITUTIONAL_EDITS
from libs.x12.code_sets import CODE_SETS
from libs.x12.edits import Edit
from tests.support.x12 import ONE_CLAIM, read, recounted
from tests.support.x12_institutional import STAY, VISIT, read_institutional
from tests.support.x12_institutional_mutants import INSTITUTIONAL_CLAIM, INSTITUTIONAL_STRUCTURE, UNDATED
from tests.support.x12_mutants import CLAIM, OTHER_PAYER, STRUCTURE

TODAY = date(2026, 11, 20)
# What the guide 005010X214 lets stand as the entity of a claim's status.
_ENTITIES = "03 1P 1Z 40 41 71 72 73 77 82 85 87 DK DN DQ FA GB HK IL LI MSC PR PRP QB QC QD SEP TL TTP TU"
ENTITIES = frozenset(_ENTITIES.split())
# What rejects nothing has no answer in the 277CA.
REMARKS = {"late-filing", "adjustment-zero", "adjustment-reason"}
# What is wrong with a claim only where it is known for whom the file is sent: see `test_billers.py`.
_OF_BILLERS = {
    "billing-provider-foreign",
    "billing-ptan-foreign",
    "billing-tax-id-foreign",
    "line-of-business",
    "submitter-foreign",
}
ALL = [*EDITS.items(), *(item for item in INSTITUTIONAL_EDITS.items() if item not in EDITS.items())]


@pytest.mark.parametrize(("code", "edit"), ALL, ids=[code for code, _ in ALL])
def test_every_edit_answers_with_codes_the_277ca_may_carry(code: str, edit: Edit) -> None:
    assert edit.sentence.endswith(".")
    assert edit.snip in {3, 4, 5, 7}
    if code in REMARKS:
        assert not edit.category
        return
    assert CODE_SETS["claim_status_cat"].holds(edit.category, TODAY)
    assert CODE_SETS["claim_status"].holds(edit.status, TODAY)
    assert not edit.entity or edit.entity in ENTITIES


def test_every_edit_has_a_single_fault_that_shows_it() -> None:
    shown = {mutant.code for mutant in CLAIM}
    institutional = {mutant.code for mutant in INSTITUTIONAL_CLAIM}

    assert EDITS.keys() - shown == {"dependent", *REMARKS, *_OF_BILLERS}
    assert INSTITUTIONAL_EDITS.keys() - EDITS.keys() <= institutional


def test_there_are_enough_single_faults_of_each_guide() -> None:
    assert len(STRUCTURE) + len(CLAIM) >= 30
    assert len(INSTITUTIONAL_STRUCTURE) + len(INSTITUTIONAL_CLAIM) >= 30


@pytest.mark.parametrize(("role", "entity"), [("DQ", "DQ"), ("DN", "DN"), ("P3", "1P")])
def test_a_provider_is_named_by_its_role_where_the_277ca_knows_it(role: str, entity: str) -> None:
    [claim], _ = read(recounted(ONE_CLAIM.replace("LX*1~", f"NM1*{role}*1*A*B****XX*2952919903~LX*1~")))

    assert [(finding.code, finding.entity) for finding in claim.findings] == [("provider-npi", entity)]


def test_providers_and_places_may_come_in_any_order() -> None:
    text = STAY.replace("LX*1~", "NM1*DN*1*A*B****XX*2952919902~NM1*82*1*A*B****XX*2952919902~LX*1~")
    [claim], verdict = read_institutional(recounted(text))

    assert verdict.verdict == "accepted"
    assert [party.role for party in claim.parties] == ["71", "72", "DN", "82"]


def test_home_health_is_billed_to_its_end() -> None:
    text = STAY.replace("11:A:1", "32:A:9").replace("SV2*0120**5550*DA*3", "SV2*0023*HP:1AA11*5550*UN*1")
    [claim], _ = read_institutional(recounted(text))

    assert "frequency-code" not in {finding.code for finding in claim.findings}
    assert claim.type_of_bill == "329"


def test_an_amount_is_refused_where_it_stands() -> None:
    text = ONE_CLAIM.replace("HI*ABK", "AMT*F5*1.001~HI*ABK").replace("*22*UN", "*-22*UN").replace("*182*", "*138*")
    [claim], _ = read(recounted(text))

    places = {(finding.code, finding.segment, finding.element) for finding in claim.findings}
    assert places == {("amount-form", "AMT", 2), ("amount-negative", "SV1", 2)}


def test_a_secondary_claim_in_order_is_accepted() -> None:
    text = ONE_CLAIM.replace("SBR*P*18*******MB", "SBR*S*18***12****MB").replace(
        "LX*1~",
        "SBR*P*18*******CI~AMT*D*182~OI***Y***Y~NM1*IL*1*ASHGROVE*ALDORA****MI*J77~NM1*PR*2*OTHER*****PI*0042~"
        "DTP*573*D8*20261001~LX*1~",
        1,
    )
    [claim], verdict = read(recounted(text))

    assert not claim.findings
    assert verdict.verdict == "accepted"


@pytest.mark.parametrize("street", ["12 BOXWOOD LANE", "POSTAL ROAD 7", "LOCKWOOD 3", "POPLAR BOX ROAD 1"])
def test_a_street_that_sounds_like_a_box_is_a_street(street: str) -> None:
    [claim], _ = read(ONE_CLAIM.replace("529 BLUEBIRD COURT", street))

    assert not claim.findings


@pytest.mark.parametrize(
    "street", ["PO BOX 1", "p.o. box 1", "P O BOX 1", "POST OFFICE BOX 1", "LOCK BOX 1", "LOCKBOX 1"]
)
def test_a_box_is_no_street(street: str) -> None:
    [claim], _ = read(ONE_CLAIM.replace("529 BLUEBIRD COURT", street))

    assert {finding.code for finding in claim.findings} == {"billing-street"}


def test_a_foreign_postal_code_is_not_judged() -> None:
    [claim], _ = read(ONE_CLAIM.replace("WILLOW BEND*KY*424691020", "TORONTO*ON*M5V2T6*CA"))

    assert not claim.findings


# --- other payers -----------------------------------------------------------------------------------------------------


def secondary(paid: int, decisions: str, text: str = ONE_CLAIM) -> str:
    """The claim behind another payer that paid `paid` in all and decided on its first line."""
    payer = OTHER_PAYER.format(paid=paid).replace("CAS*PR*1*20~", "").replace("SBR*S", "SBR*P")
    # Only a professional claim says why Medicare is second.
    text = text.replace("SBR*P*18*******MB", "SBR*S*18***12****MB")
    behind = text.replace("SBR*P*18*******MA", "SBR*S*18*******MA").replace("LX*1~", payer, 1)
    return recounted(behind.replace("LX*2~", decisions + "LX*2~", 1))


def decision(paid: int, adjusted: int = 0, payer: str = "0042") -> str:
    """What a payer decided, by one code, about a line."""
    off = f"CAS*CO*45*{adjusted}~" if adjusted else ""
    return f"SVD*{payer}*{paid}*HC:99212**1~{off}DTP*573*D8*20261001~"


# RFI 1405, 1747, 1814 and 2425: the decisions of a payer on a line make up its charge together.
@pytest.mark.parametrize(
    "decisions",
    [
        pytest.param(decision(100, 60), id="one"),
        pytest.param(decision(60, 40) + decision(40, 20), id="unbundled"),
        pytest.param(decision(100) + decision(0, 48) + decision(0, 12), id="split by what was taken off"),
        pytest.param(decision(0) + decision(100, 60), id="nothing for the code that was billed"),
    ],
)
def test_a_line_that_another_payer_took_apart_balances_over_all_its_decisions(decisions: str) -> None:
    [claim], verdict = read(secondary(122, decisions))

    assert not claim.findings
    assert verdict.verdict == "accepted"


def test_a_revenue_line_that_another_payer_took_apart_balances_too() -> None:
    text = VISIT.replace("*610*", "*450*").partition("LX*2~")[0] + "LX*2~SV2*0450*HC:99284*0*UN*1~DTP*472*D8*20260923~"
    text += VISIT[VISIT.index("SE*") :]
    decisions = "SVD*0042*200*HC:85027*0450*1~CAS*CO*45*50~DTP*573*D8*20261001~"
    decisions += decision(150, 50).replace("HC:99212**", "HC:99212*0450*")
    [claim], verdict = read_institutional(secondary(350, decisions, text))

    assert not claim.findings
    assert verdict.verdict == "accepted"


def test_decisions_that_do_not_make_up_the_charge_are_told_once_for_each_payer_and_line() -> None:
    [claim], _ = read(secondary(122, decision(60, 40) + decision(40, 21)))

    told = [(finding.code, finding.line) for finding in claim.findings if finding.loop == "2430"]
    assert told == [("other-payer-line-balance", 1)]


def test_payers_do_not_make_up_for_each_other() -> None:
    third = OTHER_PAYER.format(paid=1).replace("SBR*S", "SBR*T").replace("0042", "0043").replace("LX*1~", "")
    text = secondary(122, decision(60, 100) + decision(10, 150, "0043") + decision(1, 0, "0043"))
    [claim], _ = read(recounted(text.replace("LX*1~", third + "LX*1~")))

    assert [finding.line for finding in claim.findings if finding.code == "other-payer-line-balance"] == [1]


# RFI 1592 and 1865: an adjustment of zero says nothing. The biller cannot change what the other payer wrote.
@pytest.mark.parametrize("adjustment", ["CAS*CO*45*60*0~", "CAS*CO*45*60**253*0~"])
def test_an_adjustment_of_zero_is_remarked_and_refuses_nothing(adjustment: str) -> None:
    [claim], verdict = read(secondary(122, decision(100, 60).replace("CAS*CO*45*60~", adjustment)))

    assert verdict.verdict == "accepted"
    assert [(notice.code, notice.loop, notice.line) for notice in claim.notices] == [("adjustment-zero", "2430", 1)]


def test_what_the_patient_owes_may_stand_on_the_lines() -> None:
    [claim], _ = read(secondary(122, decision(100, 60) + "AMT*EAF*12~"))

    assert not claim.findings
    assert claim.lines[0].decisions[0].remaining_cents == 1200


def test_a_payer_that_was_passed_over_covers_nothing() -> None:
    payer = OTHER_PAYER.replace("CAS*PR*1*20~AMT*D*{paid}~", "AMT*A8*182~")
    [claim], _ = read(recounted(ONE_CLAIM.replace("LX*1~", payer)))

    assert not claim.findings


# --- what no rule of plausibility refuses -----------------------------------------------------------------------------


def test_supplies_for_a_span_that_ends_after_the_receipt_are_taken() -> None:
    [claim], _ = read(ONE_CLAIM.replace("D8*20260923~LX*2", "RD8*20261101-20261231~LX*2"))

    assert not claim.findings


def test_a_statement_that_ends_after_the_receipt_is_taken() -> None:
    [claim], _ = read_institutional(STAY.replace("20260920-20260923", "20260920-20261231"))

    assert not claim.findings


def test_the_day_of_an_assessment_may_lie_outside_the_statement() -> None:
    line = "SV2*0024*HP:A0101*5550*DA*3~DTP*472*D8*20261005~"
    [claim], _ = read_institutional(recounted(STAY.replace("SV2*0120**5550*DA*3~", line)))

    assert not claim.findings


def test_a_notice_of_election_bills_no_service_and_needs_no_line_date() -> None:
    [claim], _ = read_institutional(recounted(UNDATED.replace("13:A:1", "81:A:A")))

    assert "service-date-missing" not in {finding.code for finding in claim.findings}


# --- lines ------------------------------------------------------------------------------------------------------------


# RFI 1467 and 2448.
@pytest.mark.parametrize(
    "service",
    ["HC:20999:::::WRIST BAND RELEASE*22*UN*1", "HC:00400:AA*22*MJ*30", "HC:83516*22*UN*1"],
    ids=["unlisted with a text", "anesthesia not otherwise specified", "specific"],
)
def test_a_procedure_that_says_what_it_is_needs_no_description(service: str) -> None:
    [claim], _ = read(ONE_CLAIM.replace("HC:85025*22*UN*1", service))

    assert not claim.findings


def test_the_drug_of_a_line_says_what_its_unlisted_code_does_not() -> None:
    text = ONE_CLAIM.replace("HC:85025", "HC:J3490").replace("SE*", "LIN**N4*00026063512~CTP****1*ML~SE*")
    [claim], _ = read(recounted(text))

    assert not claim.findings


def test_two_claims_may_number_their_lines_alike() -> None:
    start, end = ONE_CLAIM.index("CLM*"), ONE_CLAIM.index("SE*")
    one = ONE_CLAIM[start:end].replace("LX*2", "REF*6R*L01~LX*2") + "REF*6R*L02~"
    claims, _ = read(recounted(ONE_CLAIM[:start] + one + one + ONE_CLAIM[end:]))

    assert [claim.findings for claim in claims] == [(), ()]


def test_a_certificate_of_a_service_before_2023_is_taken() -> None:
    text = ONE_CLAIM.replace("20260923", "20221231").replace("LX*2~", "LQ*UT*484.03~FRM*1A**60~LX*2~")
    [claim], _ = read(recounted(text))

    assert not claim.findings


def test_the_largest_amount_is_taken() -> None:
    text = ONE_CLAIM.replace("*160*UN", "*99999977.99*UN").replace("*182*", "*99999999.99*")
    [claim], _ = read(text)

    assert not claim.findings


def test_a_fault_of_a_line_names_the_line_and_one_of_the_claim_none() -> None:
    text = ONE_CLAIM.replace("HC:85025", "HC:8502").replace("***1~DTP", "***9~DTP").replace("*182*", "*183*")
    [claim], _ = read(text)

    lines = {finding.code: finding.line for finding in claim.findings}
    assert lines == {"procedure-code": 2, "diagnosis-pointer": 2, "total-charge": 0}


def test_people_are_told_the_line_of_a_fault() -> None:
    [claim], _ = read(ONE_CLAIM.replace("HC:85025", "HC:8502").replace("*182*", "*183*"))

    assert [finding.where for finding in claim.findings] == ["Procedure code, line 2", "Total charge"]
