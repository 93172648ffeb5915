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

    assert EDITS.keys() - shown == {"dependent", "late-filing"}
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
