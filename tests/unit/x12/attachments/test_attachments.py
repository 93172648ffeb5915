# ruff: noqa: E501  one mutant, one line
"""The attachment (275) is checked for its structure alone; no object is made of it."""

import pytest

from tests.support.x12_objects import ATTACHMENT, PRIVATE, Mutant, read

MUTANTS = (
    Mutant("purpose that is none", ATTACHMENT, "BGN*11", "BGN*99", "BGN", "code-not-allowed", 1),
    Mutant("no payer", ATTACHMENT, "NM1*PR*2*MERIDIAN MEDICARE*****PI*15004~", "", "NM1", "loop-missing"),
    Mutant("no patient", ATTACHMENT, "NM1*QC*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~REF*EJ*PCN0001~REF*1K*1126324000001~DTP*472*D8*20260923~", "", "NM1", "loop-missing"),
    Mutant("attachment without number", ATTACHMENT, "TRN*2*REQ0001~", "", "TRN", "segment-missing"),
    Mutant("no document", ATTACHMENT, "CAT*AE*TX~OOI*1*47*ATTACHMENT~BDS*B64*20*U1lOVEhFVElDIE5PVEU=~", "", "CAT", "loop-missing"),
    Mutant("document without content", ATTACHMENT, "BDS*B64*20*U1lOVEhFVElDIE5PVEU=~", "", "BDS", "segment-missing"),
    Mutant("unknown encoding", ATTACHMENT, "BDS*B64", "BDS*XYZ", "BDS", "code-not-allowed", 1),
)  # fmt: skip


def test_an_attachment_is_accepted() -> None:
    items, verdict = read(ATTACHMENT)

    assert (items, verdict.verdict) == ([], "accepted")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_fault_of_structure_rejects_it(mutant: Mutant) -> None:
    _, verdict = read(mutant.changed)

    [transaction] = verdict.transactions()
    assert transaction.verdict == "rejected"
    assert (mutant.segment, mutant.code, mutant.element) in {
        (finding.segment, finding.code, finding.element) for finding in transaction.findings
    }
    assert not [value for value in PRIVATE if value in repr(transaction.findings)]
