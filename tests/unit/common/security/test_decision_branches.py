"""Every branch of the decision is taken both ways by the cases in `test_decision.py`: no rule stands there untried.

No package for coverage is installed, and one module needs none: a trace of its lines tells whether each `if` was once
true and once false.
"""

import ast
import inspect
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from libs.common.security import decision
from tests.unit.common.security import test_decision

_FILE = inspect.getsourcefile(decision)
BRANCHES = [node for node in ast.walk(ast.parse(inspect.getsource(decision))) if isinstance(node, ast.If)]


def cases() -> list[Callable[[], None]]:
    """The tests in `test_decision.py` as calls, each with each of its parameters; those that draw theirs left out."""
    found: list[Callable[[], None]] = []
    for name, test in inspect.getmembers(test_decision, inspect.isfunction):
        if not name.startswith("test_") or hasattr(test, "hypothesis"):
            continue
        marks = [each for each in getattr(test, "pytestmark", ()) if each.name == "parametrize"]
        if not marks:
            found.append(test)
        for mark in marks:
            names, rows = mark.args
            one = isinstance(names, str)
            found += [partial(test, **({names: row} if one else dict(zip(names, row, strict=True)))) for row in rows]
    return found


def test_each_branch_of_the_decision_is_taken_both_ways() -> None:
    steps: set[tuple[int, int]] = set()
    at: dict[int, int] = {}

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        if frame.f_code.co_filename != _FILE:
            return None
        before = at.pop(id(frame), 0)
        if event != "call":
            steps.add((before, frame.f_lineno if event == "line" else 0))
        if event in ("call", "line"):
            at[id(frame)] = frame.f_lineno
        return trace

    everything, tracing = cases(), sys.gettrace()
    sys.settrace(trace)
    try:
        for case in everything:
            case()
    finally:
        sys.settrace(tracing)
    untried = []
    for each in BRANCHES:
        test = range(each.test.lineno, (each.test.end_lineno or each.test.lineno) + 1)
        onward = {after for before, after in steps if before in test} - set(test)
        body = each.body[0].lineno
        if body not in onward:
            untried.append(f"line {test[0]} is never true")
        if not onward - {body}:
            untried.append(f"line {test[0]} is never false")
    assert untried == []
