# ruff: noqa: E501  one mutant, one line
"""Single faults put into a valid request and a valid answer, each with the finding the guide asks for."""

import pytest

from tests.support.x12_objects import DECISION, PRIVATE, REQUEST, Mutant, read

# Structure: the 999 rejects the transaction set.
STRUCTURE = (
    Mutant("no reviewer", REQUEST, "NM1*X3*2*MERIDIAN MEDICARE*****PI*15004~", "", "NM1", "loop-missing"),
    Mutant("reviewer of another kind", REQUEST, "NM1*X3", "NM1*PR", "NM1", "code-not-allowed", 1),
    Mutant("no event", REQUEST, "UM*HS*I*2*22:B~", "", "UM", "segment-missing"),
    Mutant("level number skips", REQUEST, "HL*4*3*EV*1", "HL*5*3*EV*1", "HL", "hierarchy-number", 1),
    Mutant("level promises children", REQUEST, "HL*5*4*SS*0", "HL*5*4*SS*1", "HL", "code-not-allowed", 4),
    Mutant("unknown level", REQUEST, "HL*5*4*SS*0", "HL*5*4*XX*0", "HL", "code-not-allowed", 3),
    Mutant("unknown category", REQUEST, "UM*HS*I*2", "UM*XX*I*2", "UM", "code-not-allowed", 1),
    Mutant("trace without originator", REQUEST, "TRN*1*REQ0001*9SUB000010", "TRN*1*REQ0001", "TRN", "element-missing", 3),
    Mutant("three traces", REQUEST, "TRN*1*REQ0001*9SUB000010~", "TRN*1*REQ0001*9SUB000010~" * 3, "TRN", "segment-repeats"),
    Mutant("decision in a request", REQUEST, "DTP*AAH", "HCR*A1*1~DTP*AAH", "HCR", "segment-unknown"),
    Mutant("quantity without unit", REQUEST, "HSD*VS*3", "HSD**3", "HSD", "relation-missing", 1),
    Mutant("date of another kind", REQUEST, "DTP*AAH*RD8", "DTP*999*RD8", "DTP", "code-not-allowed", 1),
    Mutant("diagnoses twice", REQUEST, "HI*ABK:E785*ABF:Z0000:D8:20260901~", "HI*ABK:E785~HI*ABK:Z0000~", "HI", "segment-repeats"),
    Mutant("unknown diagnosis list", REQUEST, "HI*ABK:E785", "HI*XXX:E785", "HI", "code-not-allowed", 1),
    Mutant("no service date form", REQUEST, "DTP*472*D8*20261203", "DTP*472*D8*20261303", "DTP", "invalid-date", 3),
    Mutant("nothing below the subscriber", REQUEST, "HL*4*3*EV*1~TRN*1*REQ0001*9SUB000010~UM*HS*I*2*22:B~DTP*AAH*RD8*20261201-20261231~HI*ABK:E785*ABF:Z0000:D8:20260901~HSD*VS*3*WK*1*34*1~CRC*07*Y*01*04~CL1*3*1~PWK*OZ*EL***AC*ACN0001~MSG*PLEASE DECIDE SOON~NM1*SJ*1*OAKENSHIRE*BRAMWIN****XX*2952919902~HL*5*4*SS*0~UM*HS*I~DTP*472*D8*20261203~SV1*HC:15822:50*1200.5*UN*1***1:2~", "", "TRN", "level-empty"),
    Mutant("unknown decision", DECISION, "HCR*A1*UTN0001", "HCR*Z9*UTN0001", "HCR", "code-not-allowed", 1),
    Mutant("six reasons", DECISION, "0U^0V", "0U^0V^0W^0X^0Y^0Z", "HCR", "too-many-repetitions", 3),
    Mutant("release in an answer", DECISION, "UM*HS*I*2*22:B~", "UM*HS*I*2*22:B*****Y~", "UM", "too-many-elements", 7),
)  # fmt: skip

# One event: the structure stands, the object carries the finding.
OBJECT = (
    Mutant("check digit of the requester", REQUEST, "2994535120", "2994535121", "NM1", "provider-npi", 9),
    Mutant("check digit of the provider", REQUEST, "2952919902", "2952919903", "NM1", "provider-npi", 9),
    Mutant("letter no MBI has", REQUEST, "1EG4TE5MK73", "1SG4TE5MK73", "NM1", "mbi", 9),
    Mutant("no state", REQUEST, "LANTERNVILLE*KY", "LANTERNVILLE*XX", "N4", "code-not-in-set", 2),
    Mutant("no such place", REQUEST, "*22:B~", "*97:B~", "UM", "place-of-service", 4),
    Mutant("period the wrong way round", REQUEST, "20261201-20261231", "20261231-20261201", "DTP", "period", 3),
    Mutant("diagnosis with a dot", REQUEST, "ABK:E785", "ABK:E78.5", "HI", "diagnosis-code", 1),
    Mutant("ICD-9 after 2015", REQUEST, "HI*ABK:E785*ABF:Z0000:D8:20260901", "HI*BK:4019*BF:4010:D8:20260901", "HI", "diagnosis-qualifier", 1),
    Mutant("two kinds of service", REQUEST, "*UN*1***1:2~", "*UN*1***1:2~SV2*0450~", "SV2", "service-kind", 1),
    Mutant("no procedure", REQUEST, "HC:15822", "HC:1582", "SV1", "procedure-code", 1),
    Mutant("parts of a cent", REQUEST, "*1200.5*", "*1200.505*", "SV1", "amount-form", 2),
    Mutant("pointer to no diagnosis", REQUEST, "*UN*1***1:2~", "*UN*1***1:3~", "SV1", "diagnosis-pointer", 7),
    Mutant("admission without its day", REQUEST, "UM*HS*I*2", "UM*AR*I*2", "DTP", "admission-date", 3),
    Mutant("certified without a number", DECISION, "HCR*A1*UTN0001", "HCR*A1", "HCR", "authorization-number", 2),
    Mutant("not certified and no reason", DECISION, "HCR*A3**0U^0V", "HCR*A3", "HCR", "decision-reason", 3),
    Mutant("check digit in an answer", DECISION, "2952919902", "2952919903", "NM1", "provider-npi", 9),
)  # fmt: skip


@pytest.mark.parametrize("mutant", STRUCTURE, ids=lambda mutant: mutant.name)
def test_a_fault_of_structure_rejects_the_transaction_set_at_the_right_place(mutant: Mutant) -> None:
    items, verdict = read(mutant.changed)

    [transaction] = verdict.transactions()
    assert transaction.verdict == "rejected"
    assert (mutant.segment, mutant.code, mutant.element) in {
        (finding.segment, finding.code, finding.element) for finding in transaction.findings
    }
    assert not any(verdict.accepts(item) for item in items)


@pytest.mark.parametrize("mutant", OBJECT, ids=lambda mutant: mutant.name)
def test_a_fault_of_one_event_stands_on_its_object(mutant: Mutant) -> None:
    [item], verdict = read(mutant.changed)

    [transaction] = verdict.transactions()
    assert (transaction.verdict, transaction.findings) == ("partial", [])
    assert {(each.segment, each.code, each.element) for each in item.findings} == {
        (mutant.segment, mutant.code, mutant.element)
    }


@pytest.mark.parametrize("mutant", [*STRUCTURE, *OBJECT], ids=lambda mutant: mutant.name)
def test_no_finding_repeats_a_value_of_the_file(mutant: Mutant) -> None:
    items, verdict = read(mutant.changed)

    findings = [finding for transaction in verdict.transactions() for finding in transaction.findings]
    findings += [finding for item in items for finding in item.findings]
    assert findings
    assert all(finding.sentence.endswith(".") and finding.field for finding in findings)
    assert not [value for value in PRIVATE if value in repr(findings)]


def test_an_answer_that_decides_nothing_is_found() -> None:
    text = DECISION.replace("HCR*A1*UTN0001~", "").replace("HCR*A3**0U^0V~", "").replace("SE*22*", "SE*20*")
    [answer], verdict = read(text)

    assert verdict.verdict == "partial"
    assert [finding.code for finding in answer.findings] == ["nothing-decided"]


def test_a_fault_of_a_request_says_how_it_is_refused() -> None:
    [request] = read(next(mutant for mutant in OBJECT if mutant.name == "letter no MBI has").changed)[0]

    [finding] = request.findings
    assert (finding.reject_reason, finding.follow_up, finding.snip) == ("72", "C", 7)
