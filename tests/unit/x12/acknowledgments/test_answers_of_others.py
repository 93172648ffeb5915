"""What others say about our files: 999 and TA1, read and written again."""

from datetime import datetime

import pytest

from libs.x12.acknowledgment.objects import Context, GroupAcknowledgment, InterchangeAcknowledgment, Place
from libs.x12.acknowledgment.writer import write_acknowledgments
from tests.support.x12_examples import examples, segments_of, without_mark
from tests.support.x12_objects import ENVELOPE, IMPLEMENTATION, PRIVATE, Mutant, changed, read

[EXAMPLE] = examples("999")


def test_the_example_begins_with_a_byte_order_mark_which_is_named() -> None:
    items, verdict = read(EXAMPLE.read_bytes())

    assert (items, verdict.is_x12) == ([], False)
    assert [finding.code for finding in verdict.findings] == ["byte-order-mark"]


def test_the_example_is_accepted_without_its_mark_and_comes_back_as_it_was() -> None:
    data = without_mark(EXAMPLE.read_bytes())
    items, verdict = read(data)
    written = b"".join(write_acknowledgments(items, ENVELOPE))

    assert verdict.verdict == "accepted"
    assert segments_of(written) == segments_of(data)
    assert read(written)[0] == items


def test_an_acknowledgment_says_what_became_of_each_set_and_why() -> None:
    [group] = read(without_mark(EXAMPLE.read_bytes()))[0]

    assert isinstance(group, GroupAcknowledgment)
    assert (group.identifier, group.control_number, group.code) == ("HC", "17456", "P")
    assert (group.announced, group.received, group.accepted) == (3, 3, 1)
    assert [each.is_accepted for each in group.sets] == [True, False, False]
    [segment] = group.sets[1].segments
    [element] = segment.elements
    assert (segment.segment, segment.position, element.place, element.code) == ("CLM", 22, Place(2), "1")
    assert segment.contexts == [Context((("CLM01", "123456789"),))]
    trigger, claim = group.sets[2].segments[0].contexts
    assert trigger == Context((("SITUATIONAL TRIGGER", ""),), "CLM", 43, "", Place(5, 3))
    assert claim.names == (("CLM01", "987654321"),)
    assert group.findings == ()


STRUCTURE = (
    Mutant("no group header", IMPLEMENTATION, "AK1*HC*1*005010X222A1~", "", "AK1", "segment-missing"),
    Mutant("no answer to the set", IMPLEMENTATION, "IK5*A~", "", "IK5", "segment-missing"),
    Mutant("unknown answer", IMPLEMENTATION, "IK5*A~", "IK5*Z~", "IK5", "code-not-allowed", 1),
    Mutant("unknown fault", IMPLEMENTATION, "IK4*2*782*6", "IK4*2*782*99", "IK4", "code-not-allowed", 3),
    Mutant("context of no business object", IMPLEMENTATION, "CTX*CLM01", "CTX*CLP01", "CTX", "code-not-allowed", 1),
    Mutant("group of no kind", IMPLEMENTATION, "AK1*HC", "AK1*H", "AK1", "value-too-short", 1),
    Mutant("no group trailer", IMPLEMENTATION, "AK9*P*2*2*1~", "", "AK9", "segment-missing"),
)
CONTRADICTIONS = (
    Mutant("too many accepted", IMPLEMENTATION, "AK9*P*2*2*1", "AK9*P*2*2*3", "AK9", "counts", 4),
    Mutant("other number accepted", IMPLEMENTATION, "AK9*P*2*2*1", "AK9*A*2*2*2", "AK9", "accepted-count", 4),
    Mutant("too few received", IMPLEMENTATION, "AK9*P*2*2*1", "AK9*A*2*1*1", "AK9", "received-count", 3),
    Mutant("refused and yet accepted", IMPLEMENTATION, "AK9*P*2*2*1", "AK9*R*2*2*1", "AK9", "group-code", 1),
)


@pytest.mark.parametrize("mutant", STRUCTURE, ids=lambda mutant: mutant.name)
def test_a_fault_of_structure_rejects_the_acknowledgment(mutant: Mutant) -> None:
    _, verdict = read(mutant.changed)

    [transaction] = verdict.transactions()
    assert transaction.verdict == "rejected"
    assert (mutant.segment, mutant.code, mutant.element) in {
        (finding.segment, finding.code, finding.element) for finding in transaction.findings
    }
    assert not [value for value in PRIVATE if value in repr(transaction.findings)]


@pytest.mark.parametrize("mutant", CONTRADICTIONS, ids=lambda mutant: mutant.name)
def test_an_acknowledgment_that_contradicts_itself_is_told_on_the_object(mutant: Mutant) -> None:
    [group], verdict = read(mutant.changed)

    assert verdict.verdict == "partial"
    assert (mutant.segment, mutant.code, mutant.element) in {
        (finding.segment, finding.code, finding.element) for finding in group.findings
    }


def test_an_answer_may_leave_out_what_it_accepts() -> None:
    accepted = "AK2*837*0001*005010X222A1~IK5*A~"
    [group], _ = read(changed(IMPLEMENTATION, accepted, ""))

    assert group.findings == ()
    assert len(group.sets) == 1


ALONE = (
    "ISA*00*          *00*          *ZZ*SUB00001       *ZZ*15004          *261120*0930*^*00501*000000007*0*T*:~"
    "TA1*000000031*261119*1705*R*021~IEA*0*000000007~"
)


def test_an_interchange_may_bring_nothing_but_an_acknowledgment() -> None:
    [item], verdict = read(ALONE)

    assert item == InterchangeAcknowledgment("000000031", datetime(2026, 11, 19, 17, 5), "R", "021")  # noqa: DTZ001
    assert verdict.verdict == "accepted"
    assert verdict.accepts(item)


def test_acknowledgments_stand_before_the_first_group() -> None:
    both = ALONE.split("~")[1] + "~"
    items, verdict = read(IMPLEMENTATION.replace("GS*FA", f"{both}{both}GS*FA"))

    assert [type(item).__name__ for item in items] == [
        "InterchangeAcknowledgment",
        "InterchangeAcknowledgment",
        "GroupAcknowledgment",
    ]
    assert verdict.verdict == "accepted"


def test_an_acknowledgment_behind_a_group_has_no_place() -> None:
    _, verdict = read(IMPLEMENTATION.replace("IEA*1", f"{ALONE.split('~')[1]}~IEA*1"))

    assert verdict.interchanges[0].note == "022"


@pytest.mark.parametrize(
    ("segment", "elements"),
    [
        ("TA1*31*261119*1705*R*021", [1]),
        ("TA1*000000031*261319*1705*R*021", [2]),
        ("TA1*000000031*261119*1705*X*021", [4]),
        ("TA1*000000031*261119*1705*R*099", [5]),
        ("TA1", [1, 2, 3, 4, 5]),
    ],
)
def test_a_faulty_acknowledgment_of_an_interchange_is_named(segment: str, elements: list[int]) -> None:
    [item], _ = read(ALONE.replace("TA1*000000031*261119*1705*R*021", segment))

    assert [finding.element for finding in item.findings] == elements
