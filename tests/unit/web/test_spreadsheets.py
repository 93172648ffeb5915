import csv
import io

import pytest

from libs.common.web.spreadsheets import csv_lines


def test_rows_are_read_back_as_they_were() -> None:
    rows = [("ICN", "Charge"), ("1126324000001", "-10.50"), ('a "quoted" word', "1,200.00"), ("", "PCN-0001")]
    assert [tuple(row) for row in csv.reader(io.StringIO("".join(csv_lines(rows))))] == rows


@pytest.mark.parametrize("value", ["=1+1", "+1+1", "-cmd", "@sum", "\t=1", "1;=1+1", "1,  +2", "1\t-2+3", "1\n=2"])
def test_no_value_is_a_formula_in_whatever_way_a_spreadsheet_cuts_it(value: str) -> None:
    line = "".join(csv_lines([("A", value)]))
    assert line.startswith('"A","')
    [(_, read)] = list(csv.reader(io.StringIO(line)))
    assert read.replace("'", "") == value
    for separator in ";,\t\n":
        assert not any(part.strip().startswith(("=", "+", "-", "@")) for part in read.split(separator))
