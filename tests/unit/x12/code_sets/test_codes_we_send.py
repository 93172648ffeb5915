"""Nothing the portal or its simulated partners send uses a code that was closed, or has a day on which it closes.

A receiver with the list of the day refuses a 277, 277CA or 835 with a closed code, and a code with a last day will be
one: replace it before that day. The lists are those of `libs/x12/code_sets/`; `make code-lists` brings them up to date.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import libs
from libs.x12.claim.edits import EDITS, INSTITUTIONAL_EDITS
from libs.x12.claim_status import edits as status_edits
from libs.x12.claim_status.codes import ACCEPTED_FOR_PROCESSING, RECEIVED
from libs.x12.code_sets import CODE_SETS
from simulators.remittances import remittance
from simulators.shared_system import adjudication
from simulators.shared_system.adjudication import adjudicate, adjudicate_again
from tests.support.partner_claims import accepted_claims
from tests.support.x12 import RECEIVED as TODAY

ROOT = Path(libs.__file__).parent.parent
CATEGORY, STATUS, REASON, REMARK = "claim_status_cat", "claim_status", "adjustment_reason", "remark_code"


def _stays_open(name: str, code: str) -> bool:
    return any(each.code == code and each.is_open and each.first <= TODAY for each in CODE_SETS[name].codes)


def _of_edits() -> Iterator[tuple[str, str]]:
    """What a 277CA says of a refused claim, and the answer to an inquiry."""
    for edit in (*EDITS.values(), *INSTITUTIONAL_EDITS.values(), *status_edits.EDITS.values()):
        yield CATEGORY, edit.category
        yield STATUS, edit.status
    for category, status, _ in (RECEIVED, ACCEPTED_FOR_PROCESSING):
        yield from ((CATEGORY, category), (STATUS, status))


def _of_the_shared_system() -> Iterator[tuple[str, str]]:
    """How the simulated shared system decides, and what its remittance says of it."""
    for claim in accepted_claims(500):
        decision = adjudicate(claim, 1)
        every = frozenset(range(1, len(claim.lines) + 1))
        for each in (decision, adjudicate_again(claim, 1, every)) if decision.lines else (decision,):
            yield from ((CATEGORY, each.status.category), (STATUS, each.status.code))
            yield from ((REMARK, remark) for remark in each.remarks)
            yield from ((REASON, one.reason) for line in each.lines for one in line.adjustments)


def _of_remittances() -> Iterator[tuple[str, str]]:
    """The remittances of the simulated world."""
    for claim in remittance(issued=TODAY, claims=100).claims:
        yield from ((REMARK, remark) for remark in claim.remarks)
        for line in claim.lines:
            yield from ((REASON, one.reason) for one in line.adjustments)
            yield from ((REMARK, remark.code) for remark in line.remarks)


def _of_the_source() -> Iterator[tuple[str, str]]:
    """Codes written into a status, an adjustment or a remark anywhere in the code."""
    sets = {"Status": (CATEGORY, STATUS), "Adjustment": ("", REASON), "Remark": ("", REMARK)}
    for folder in ("libs", "services", "simulators"):
        for file in (ROOT / folder).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                    for name, argument in zip(sets.get(call.func.id, ()), call.args, strict=False):
                        if name and isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                            yield name, argument.value


@pytest.mark.parametrize("sent", [_of_edits, _of_the_shared_system, _of_remittances, _of_the_source])
def test_no_code_that_is_closed_or_will_be_is_sent(sent: Callable[[], Iterator[tuple[str, str]]]) -> None:
    codes = {(name, code) for name, code in sent() if code}

    assert len(codes) >= 3
    assert sorted(each for each in codes if not _stays_open(*each)) == []


def test_the_source_is_searched_where_codes_are_written() -> None:
    assert {(STATUS, adjudication.DENIED.code), (STATUS, adjudication.RECORDS_REQUESTED.code)} <= set(_of_the_source())
