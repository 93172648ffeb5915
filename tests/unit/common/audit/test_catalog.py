"""The catalog of audit records, held against every call in the code, in both directions."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from libs.common.audit_records import CATALOG, RECORDS

ROOT = Path(__file__).parents[4]


def calls() -> Iterator[tuple[str, list[str], list[str]]]:
    """Where each record is made, and the patterns of its action and of its kind of object."""
    for folder in ("services", "libs", "tools", "simulators"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and re.search(r"(^|\.)work\.audit$", ast.unparse(node.func)):
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    yield where, patterns(node.args[0]), patterns(node.args[1])


def patterns(node: ast.expr) -> list[str]:
    """What a string in the code may be; where a part is only known as it runs, anything."""
    if isinstance(node, ast.Constant):
        return [re.escape(str(node.value))]
    if isinstance(node, ast.IfExp):
        return [*patterns(node.body), *patterns(node.orelse)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(patterns(part)[0] for part in node.values)]
    return [".+"]


def found(action: str, kind: str) -> set[tuple[str, str]]:
    return {each for each in CATALOG if re.fullmatch(action, each[0]) and re.fullmatch(kind, each[1])}


CALLS = list(calls())


def test_every_record_that_is_made_stands_in_the_catalog() -> None:
    strangers = [
        f"{where} {action} {kind}"
        for where, actions, kinds in CALLS
        for action in actions
        for kind in kinds
        if not found(action, kind)
    ]
    assert len(CALLS) > 90
    assert strangers == []


def test_every_record_of_the_catalog_is_made() -> None:
    made = {each for _, actions, kinds in CALLS for action in actions for kind in kinds for each in found(action, kind)}
    assert set(CATALOG) - made == set()


def test_every_record_says_in_one_sentence_what_happened() -> None:
    assert [each for each in CATALOG.values() if not re.fullmatch(r"[A-Z0-9].*\.", each.words)] == []
    assert len({each.words for each in CATALOG.values()}) == len(CATALOG)


def test_no_record_stands_twice() -> None:
    assert len(CATALOG) == len(RECORDS)
