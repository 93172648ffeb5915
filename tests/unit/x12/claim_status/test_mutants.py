# ruff: noqa: E501  one mutant, one line
"""Single faults put into valid questions and answers about claims, each with the finding the guide asks for."""

import pytest

from tests.support.x12_objects import ACKNOWLEDGMENT, ANSWER, INQUIRY, PRIVATE, Mutant, read

# Structure: the 999 rejects the transaction set.
STRUCTURE = (
    Mutant("purpose of another transaction", INQUIRY, "BHT*0010*13", "BHT*0010*08", "BHT", "code-not-allowed", 2),
    Mutant("no receiver", INQUIRY, "NM1*41*2*RIVERSIDE BILLING*****46*SUB00001~", "", "NM1", "loop-missing"),
    Mutant("no provider level", INQUIRY, "HL*3*2*19*1~NM1*1P*2*RIVERSIDE CLINIC*****XX*2994535120~HL*4*3*22*0~", "HL*3*2*22*0~", "HL", "code-not-allowed", 3),
    Mutant("level number skips", INQUIRY, "HL*4*3*22*0", "HL*5*3*22*0", "HL", "hierarchy-number", 1),
    Mutant("level has no such parent", INQUIRY, "HL*4*3*22*0", "HL*4*2*22*0", "HL", "hierarchy-parent", 2),
    Mutant("level promises children", INQUIRY, "HL*4*3*22*0", "HL*4*3*22*1", "HL", "hierarchy-children", 4),
    Mutant("three provider names", INQUIRY, "HL*4*3*22*0", "NM1*1P*2*A*****FI*001~NM1*1P*2*B*****FI*002~HL*4*3*22*0", "NM1", "loop-repeats"),
    Mutant("trace of an answer in a question", INQUIRY, "TRN*1*INQ0001", "TRN*2*INQ0001", "TRN", "code-not-allowed", 1),
    Mutant("control number twice", INQUIRY, "REF*1K*1126324000001~", "REF*1K*1126324000001~REF*1K*2~", "REF", "segment-repeats"),
    Mutant("amount of another kind", INQUIRY, "AMT*T3", "AMT*YU", "AMT", "code-not-allowed", 1),
    Mutant("line without its date", INQUIRY, "REF*FJ*LINE1~DTP*472*D8*20260923~", "REF*FJ*LINE1~", "DTP", "segment-missing"),
    Mutant("status in a question", INQUIRY, "REF*EJ*PCN0001", "STC*F1:65*20261118~REF*EJ*PCN0001", "STC", "segment-unknown"),
    Mutant("nothing asked", INQUIRY, "TRN*1*INQ0001~REF*1K*1126324000001~REF*BLT*0131~REF*EJ*PCN0001~AMT*T3*182~DTP*472*RD8*20260901-20260923~SVC*HC:99203:25*160*****1~REF*FJ*LINE1~DTP*472*D8*20260923~TRN*1*INQ0002~REF*EJ*PCN0002~DTP*472*D8*20260910~", "", "TRN", "level-empty"),
    Mutant("no status", ANSWER, "STC*P3:294*20261119**22~", "", "STC", "segment-missing"),
    Mutant("status without code", ANSWER, "STC*P3:294*20261119", "STC*P3*20261119", "STC", "element-missing", 1),
    Mutant("status without day", ANSWER, "STC*P3:294*20261119**22", "STC*P3:294***22", "STC", "element-missing", 2),
    Mutant("action of a 277CA", ANSWER, "STC*P3:294*20261119**22", "STC*P3:294*20261119*WQ*22", "STC", "value-not-used", 3),
    Mutant("check number too long", ANSWER, "*EFT261201*", "*EFT26120112345678*", "STC", "value-too-long", 9),
    Mutant("somebody else on a level of an answer", ANSWER, "NM1*1P*2*RIVERSIDE", "NM1*ZP*2*RIVERSIDE", "NM1", "code-not-allowed", 1),
    Mutant("a day in another form", ANSWER, "*D8*", "*D9*", "DTP", "code-not-allowed", 2),
    Mutant("total of another kind", ACKNOWLEDGMENT, "QTY*QA*1", "QTY*QZ*1", "QTY", "code-not-allowed", 1),
    Mutant("provider level says nothing", ANSWER, "TRN*1*0~STC*E0:24:1P*20261120~", "", "TRN", "level-empty"),
    Mutant("acknowledgment without receipt day", ACKNOWLEDGMENT, "DTP*050*D8*20261119~", "", "DTP", "segment-missing"),
    Mutant("claim without status", ACKNOWLEDGMENT, "STC*A2:20*20261120*WQ*182~", "", "STC", "segment-missing"),
    Mutant("claim without service date", ACKNOWLEDGMENT, "REF*1K*1126324000001~DTP*472*D8*20260923~", "REF*1K*1126324000001~", "DTP", "segment-missing"),
    Mutant("unknown action", ACKNOWLEDGMENT, "20261120*WQ*182", "20261120*WX*182", "STC", "code-not-allowed", 3),
    Mutant("number of claims differs", ACKNOWLEDGMENT, "QTY*QA*1", "QTY*QA*2", "QTY", "totals", 2),
    Mutant("charges differ", ACKNOWLEDGMENT, "AMT*YU*182~AMT*YY*22~HL*3", "AMT*YU*183~AMT*YY*22~HL*3", "AMT", "totals", 2),
)  # fmt: skip

# One claim: the structure stands, the object carries the finding.
OBJECT = (
    Mutant("check digit of the provider", INQUIRY, "2994535120", "2994535121", "NM1", "provider-npi", 9),
    Mutant("letter no MBI has", INQUIRY, "1EG4TE5MK73", "1SG4TE5MK73", "NM1", "mbi", 9),
    Mutant("dates the wrong way round", INQUIRY, "20260901-20260923", "20260923-20260901", "DTP", "service-period", 3),
    Mutant("service tomorrow", INQUIRY, "D8*20260910", "D8*20261121", "DTP", "service-after-receipt", 3),
    Mutant("nothing to search by", INQUIRY, "REF*EJ*PCN0002~DTP*472*D8*20260910~", "REF*EJ*PCN0002~", "DTP", "nothing-to-search-by", 3),
    Mutant("the same number twice", INQUIRY, "TRN*1*INQ0002", "TRN*1*INQ0001", "TRN", "trace-repeated", 2),
    Mutant("no type of bill", INQUIRY, "BLT*0131", "BLT*13", "REF", "type-of-bill", 2),
    Mutant("no procedure", INQUIRY, "HC:99203", "HC:9920", "SVC", "procedure-code", 1),
    Mutant("charge below zero", INQUIRY, "AMT*T3*182", "AMT*T3*-182", "AMT", "charge-negative", 2),
    Mutant("parts of a cent", INQUIRY, "AMT*T3*182", "AMT*T3*182.005", "AMT", "amount-form", 2),
    Mutant("parts of a cent in an answer", ANSWER, "*182*120.5*", "*182*120.555*", "STC", "amount-form", 2),
    Mutant("category of a status answer", ACKNOWLEDGMENT, "STC*A2:20", "STC*P1:20", "STC", "status-category", 1),
    Mutant("accepted and refused at once", ACKNOWLEDGMENT, "STC*A7:255*20261120*U", "STC*A2:255*20261120*U", "STC", "status-action", 3),
)  # fmt: skip


# What a payer says by a code our lists do not have in use: the answer stands.
UNKNOWN = (
    Mutant("unknown category", ANSWER, "STC*P3:294", "STC*ZZ:294", "STC", "code-not-in-set", 1),
    Mutant("unknown status code", ANSWER, "STC*P3:294", "STC*P3:99999", "STC", "status-code", 1),
    Mutant("unknown entity", ANSWER, "F1:104:PR", "F1:104:99", "STC", "code-not-in-set", 10),
    Mutant("closed status code", ANSWER, "STC*P3:294", "STC*P3:8", "STC", "status-code", 1),
    Mutant("list of codes nobody knows", ANSWER, "STC*P3:294", "STC*P3:294::ZZ", "STC", "code-not-allowed", 1),
    Mutant("kind of number nobody knows", ANSWER, "REF*EJ*PCN0002", "REF*ZZ*PCN0002", "REF", "code-not-allowed", 1),
    Mutant("kind of procedure nobody knows", ANSWER, "SVC*HC:99203:25", "SVC*QQ:99203:25", "SVC", "code-not-allowed", 1),
    Mutant("kind of date nobody knows", ANSWER, "DTP*472*D8*20260923", "DTP*999*D8*20260923", "DTP", "code-not-allowed", 1),
    Mutant("kind of provider number nobody knows", ANSWER, "CLINIC*****XX*2994535120", "CLINIC*****ZY*2994535120", "NM1", "code-not-allowed", 8),
    Mutant("kind of contact nobody knows", ANSWER, "CLAIMS DESK*TE*", "CLAIMS DESK*ZZ*", "PER", "code-not-allowed", 3),
    Mutant("entity of an acknowledgment", ACKNOWLEDGMENT, "STC*A7:255*20261120*U", "STC*A7:255:ZZ9*20261120*U", "STC", "code-not-allowed", 1),
    Mutant("family of an acknowledgment", ACKNOWLEDGMENT, "STC*A7:255*20261120*U", "STC*ZZ:255*20261120*U", "STC", "code-not-in-set", 1),
    Mutant("category of an acknowledgment", ACKNOWLEDGMENT, "STC*A7:255*20261120*U", "STC*A9:255*20261120*U", "STC", "code-not-in-set", 1),
    Mutant("status code of an acknowledgment", ACKNOWLEDGMENT, "STC*A7:255*20261120*U", "STC*A7:9999*20261120*U", "STC", "code-not-in-set", 1),
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
def test_a_fault_of_one_claim_stands_on_its_object(mutant: Mutant) -> None:
    items, verdict = read(mutant.changed)

    [transaction] = verdict.transactions()
    assert (transaction.verdict, transaction.findings) == ("partial", [])
    found = {(each.segment, each.code, each.element) for item in items for each in item.findings}
    assert found == {(mutant.segment, mutant.code, mutant.element)}


@pytest.mark.parametrize("mutant", UNKNOWN, ids=lambda mutant: mutant.name)
def test_a_code_our_lists_do_not_have_is_remarked_and_refuses_nothing(mutant: Mutant) -> None:
    items, verdict = read(mutant.changed)

    assert verdict.verdict == "accepted"
    assert all(verdict.accepts(item) for item in items)
    found = {(each.segment, each.code, each.element) for item in items for each in item.notices}
    assert found == {(mutant.segment, mutant.code, mutant.element)}


def test_a_remark_takes_no_room_from_a_fault() -> None:
    many = "".join(f"STC*P3:9{number:03}*20261119**22~" for number in range(30))
    items, _ = read(ANSWER.replace("STC*P3:294*20261119**22~", many + "STC*P3:294*20261119**22.005~"))

    assert [[finding.code for finding in item.findings] for item in items if item.findings] == [["amount-form"]]


@pytest.mark.parametrize("mutant", [*STRUCTURE, *OBJECT, *UNKNOWN], ids=lambda mutant: mutant.name)
def test_no_finding_repeats_a_value_of_the_file(mutant: Mutant) -> None:
    items, verdict = read(mutant.changed)

    findings = [finding for transaction in verdict.transactions() for finding in transaction.findings]
    findings += [finding for item in items for finding in (*item.findings, *getattr(item, "notices", ()))]
    assert findings
    assert all(finding.sentence.endswith(".") and finding.field for finding in findings)
    assert not [value for value in PRIVATE if value in repr(findings)]


def test_a_fault_of_one_claim_leaves_its_neighbor_alone() -> None:
    text = next(mutant for mutant in OBJECT if mutant.name == "service tomorrow").changed
    first, second = read(text)[0]

    assert first.findings == ()
    assert [(finding.code, finding.category, finding.status) for finding in second.findings] == [
        ("service-after-receipt", "E0", "187")
    ]


def test_a_fault_of_the_provider_stands_on_each_of_their_claims() -> None:
    text = next(mutant for mutant in OBJECT if mutant.name == "check digit of the provider").changed
    items, _ = read(text)

    assert [[finding.code for finding in item.findings] for item in items] == [["provider-npi"]] * 2
    assert items[0].findings[0].entity == "1P"


def test_a_question_does_not_pass_in_a_group_of_answers() -> None:
    _, verdict = read(INQUIRY.replace("GS*HR*", "GS*HN*"))

    [transaction] = verdict.transactions()
    assert [finding.code for finding in transaction.findings] == ["transaction-set-unknown"]


def test_a_span_that_ends_after_the_receipt_may_be_asked_about() -> None:
    _, verdict = read(INQUIRY.replace("20260901-20260923", "20260901-20261231"))

    assert verdict.verdict == "accepted"


# RFI 366 and 2375: an answer repeats what was asked, right or wrong.
@pytest.mark.parametrize("text", [ANSWER, ACKNOWLEDGMENT], ids=["277", "277CA"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2994535120", "2994535121"),
        ("1EG4TE5MK73", "1SG4TE5MK73"),
        ("SVC*HC:", "SVC*HC:0"),
        ("D8*20260923", "RD8*20260923-20260901"),
    ],
    ids=["NPI", "MBI", "procedure", "days"],
)
def test_what_an_answer_repeats_is_not_judged_again(text: str, old: str, new: str) -> None:
    assert old in text
    items, verdict = read(text.replace(old, new))

    assert verdict.verdict == "accepted"
    assert not any(item.findings for item in items)
