from datetime import date

import pytest

from libs.x12.claim.edits import EDITS, INSTITUTIONAL_EDITS, Edit
from libs.x12.code_sets import CODE_SETS
from tests.support.x12 import ONE_CLAIM, read, recounted
from tests.support.x12_institutional import STAY, read_institutional
from tests.support.x12_institutional_mutants import INSTITUTIONAL_CLAIM, INSTITUTIONAL_STRUCTURE
from tests.support.x12_mutants import CLAIM, STRUCTURE

TODAY = date(2026, 11, 20)
# What the guide 005010X214 lets stand as the entity of a claim's status.
_ENTITIES = "03 1P 1Z 40 41 71 72 73 77 82 85 87 DK DN DQ FA GB HK IL LI MSC PR PRP QB QC QD SEP TL TTP TU"
ENTITIES = frozenset(_ENTITIES.split())
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
    if code == "late-filing":
        # A remark, not an answer.
        assert not edit.category
        return
    assert CODE_SETS["claim_status_cat"].holds(edit.category, TODAY)
    assert CODE_SETS["claim_status"].holds(edit.status, TODAY)
    assert not edit.entity or edit.entity in ENTITIES


def test_every_edit_has_a_single_fault_that_shows_it() -> None:
    shown = {mutant.code for mutant in CLAIM}
    institutional = {mutant.code for mutant in INSTITUTIONAL_CLAIM}

    assert EDITS.keys() - shown == {"dependent", "late-filing", *_OF_BILLERS}
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
