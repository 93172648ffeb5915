import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from libs.x12.code_sets import TABLES, load
from tools import code_lists
from tools.code_lists import application

AS_OF = date(2027, 3, 1)
HEAD = "# As of 2027-03-01\nset,code,effective_date,last_day\n"
OURS = """\
# Statuses.
# Source: made up.
# As of 2026-11-29.
# code,first day,last day,our words
1,,,One
2,2001-01-01,,Two
3,,2010-01-01,
4,,<2020-01-01,Four
5,,,
6,,,
7,,,
8,,,
9,,,
10,,,
11,,,
12,,,
13,,,
14,,,
"""
SAME = [
    "508,1,,", "508,2,,", "508,3,,2010-01-01", "508,4,,closed", *(f"508,{code},," for code in range(5, 15)),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of our tables, that of the statuses short."""
    tables = tmp_path / "tables"
    shutil.copytree(TABLES, tables, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (tables / "claim_status.csv").write_text(OURS, encoding="utf-8")
    monkeypatch.setattr(code_lists, "TABLES", tables)
    return tables


def _run(tmp_path: Path, text: str) -> tuple[int, str]:
    file = tmp_path / "publication.csv"
    file.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(application, [str(file)])
    return result.exit_code, result.stdout


def _with(*changed: str, without: str = "") -> str:
    codes = {line.split(",")[1]: line for line in SAME} | {line.split(",")[1]: line for line in changed}
    codes.pop(without, None)
    return HEAD + "".join(f"{line}\n" for line in codes.values())


def _table(folder: Path) -> list[str]:
    return (folder / "claim_status.csv").read_text(encoding="utf-8").splitlines()


def test_a_publication_that_says_the_same_changes_the_day_alone(folder: Path, tmp_path: Path) -> None:
    assert _run(tmp_path, _with()) == (0, "claim_status as of 2027-03-01: no difference\n")
    assert _table(folder) == OURS.replace("2026-11-29", "2027-03-01").splitlines()


@pytest.mark.parametrize(
    ("changed", "said", "written"),
    [
        ("508,99,2027-01-01,", "added 1: 99", ["99,2027-01-01,,"]),
        ("508,1,,2026-12-31", "closed 1: 1", ["1,,2026-12-31,One"]),
        ("508,1,,closed", "closed 1: 1", ["1,,<2027-03-01,One"]),
        ("508,3,2027-02-01,", "reopened 1: 3", ["3,,2010-01-01,", "3,2027-02-01,,"]),
        ("508,4,,", "reopened 1: 4", ["4,,<2020-01-01,Four", "4,2027-03-01,,Four"]),
        ("508,2,2002-02-02,", "changed 1: 2", ["2,2002-02-02,,Two"]),
        ("508,4,,2019-05-05", "changed 1: 4", ["4,,2019-05-05,Four"]),
    ],
)
def test_what_a_publication_changes_is_shown_and_written(
    folder: Path, tmp_path: Path, changed: str, said: str, written: list[str]
) -> None:
    code, output = _run(tmp_path, _with(changed))

    assert (code, said in output) == (0, True)
    number = changed.split(",")[1]
    assert [line for line in _table(folder) if line.startswith(f"{number},")] == written
    # What was written reads again, in order of the numbers.
    codes = [each.code for each in load(folder)["claim_status"].codes]
    assert codes == sorted(codes, key=int)


def test_a_code_the_publication_leaves_out_is_closed_before_its_day(folder: Path, tmp_path: Path) -> None:
    _, output = _run(tmp_path, _with(without="5"))

    assert "closed 1: 5" in output
    assert "5,,<2027-03-01," in _table(folder)
    assert load(folder)["claim_status"].holds("5", date(2027, 2, 28))
    assert not load(folder)["claim_status"].holds("5", AS_OF)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Line 1 must say which day the list is of"),
        ("set,code,effective_date,last_day\n508,1,,\n", "Line 1 must say which day the list is of"),
        ("# As of 2027-13-01\nset,code,effective_date,last_day\n", "Line 1: '2027-13-01' is not a day"),
        ("# As of 2027-03-01\nset,code,words\n", "Line 2 must name the columns: set,code,effective_date,last_day"),
        (HEAD, "The file names no code."),
        (HEAD + "508,1,\n", "Line 3 has 3 columns instead of 4."),
        (HEAD + "509,1,,\n", "Line 3: there is no code list '509'."),
        (HEAD + "508,one,,\n", "Line 3: 'one' is not a code"),
        (HEAD + "508,1,,\n508,1,,\n", "Line 4: 508 1 stands in the file twice."),
        (HEAD + "508,1,01/02/2027,\n", "Line 3: '01/02/2027' is not a day"),
        (HEAD + "508,1,2027-01-01,2026-01-01\n", "Line 3: 1 ends before it begins."),
        (HEAD + "508,1,2027-03-01,closed\n", "Line 3: 1 is closed, but begins on the day of the list or later."),
        (f"{HEAD}508,{'1' * 200_000},,\n", "The file is not CSV"),
        (_with().replace("2027-03-01", "2026-11-28"), "our list of claim_status is newer: it is of 2026-11-29."),
        (HEAD + "508,1,,\n508,2,,\n", "The list leaves out 10 of the 12 codes in use of claim_status."),
        (_with() + "RARC,N1,,\n", "The list leaves out"),
    ],
)
def test_a_faulty_publication_gets_a_sentence_and_changes_nothing(
    folder: Path, tmp_path: Path, text: str, sentence: str
) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    code, output = _run(tmp_path, text)

    assert code == 1
    assert sentence in output
    assert "Nothing was written." in output
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_file_that_is_no_text_gets_a_sentence(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "publication.csv"
    file.write_bytes(b"\xff\xfe\x00")
    result = CliRunner().invoke(application, [str(file)])

    assert folder.exists()
    assert (result.exit_code, "cannot be read as text" in result.stdout) == (1, True)
