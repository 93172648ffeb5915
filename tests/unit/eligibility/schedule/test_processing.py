"""Lists as offices have them: every row is either read as it was meant, or named with what to correct."""

from collections.abc import Mapping
from datetime import date

import pytest

from services.eligibility.hets.domain import Question
from services.eligibility.inquiry.domain import question_faults
from services.eligibility.schedule.domain import Row, asked_once
from services.eligibility.schedule.processing import ListFaultError, Reading, decoded, read_list
from simulators.population import Population

TODAY, TOMORROW = date(2026, 11, 30), date(2026, 12, 1)
PEOPLE = list(Population().beneficiaries(120))
ONE, TWO = PEOPLE[:2]


def faults(question: Question) -> Mapping[str, str]:
    return question_faults(question, TODAY, years_back=4, months_ahead=4)


def read(text: str, limit: int = 99) -> Reading:
    return read_list(text, service_on=TOMORROW, limit=limit, faults=faults)


def only(text: str) -> Row:
    [row] = read(text).rows
    return row


def told(text: str) -> list[tuple[int, str]]:
    """What is to be corrected, with the number of the row."""
    return [(row.number, " ".join(row.faults)) for row in read(text).rows if row.faults]


def test_rows_pasted_from_a_spreadsheet_are_read_in_the_order_of_the_columns() -> None:
    row = only(f"{ONE.mbi}\t{ONE.last_name}\t{ONE.first_name}\t03/30/1943\t12/02/2026\tA-17")
    assert row.faults == ()
    assert row.question() == Question(
        ONE.mbi, ONE.last_name, ONE.first_name, date(1943, 3, 30), date(2026, 12, 2), date(2026, 12, 2)
    )
    assert row.reference == "A-17"


def test_without_a_date_of_service_the_next_business_day_is_asked_about() -> None:
    assert only(f"{ONE.mbi},{ONE.last_name},{ONE.first_name}").service_on == TOMORROW


@pytest.mark.parametrize(
    "header",
    [
        "Patient DOB,MBI,Last Name,First Name,Acct #",
        "dob,Medicare ID,LAST_NAME,firstname,Account Number",
        '"Date of Birth","Medicare Number (MBI)","Surname","Given name","MRN"',
        "\ufeffBirth date;MBI;Last;First;Chart No.",
    ],
)
def test_named_columns_may_stand_in_any_order_and_be_spelled_as_usual(header: str) -> None:
    separator = ";" if ";" in header else ","
    values = ("03/30/1943", ONE.mbi, ONE.last_name, ONE.first_name, "77")
    row = only(f"{header}\r\n{separator.join(values)}\r\n")
    assert row.faults == ()
    assert (row.mbi, row.last_name, row.first_name, row.birth_date, row.reference) == (
        *(ONE.mbi, ONE.last_name, ONE.first_name, date(1943, 3, 30), "77"),
    )


def test_columns_that_are_not_used_are_named_and_their_content_is_not_kept() -> None:
    reading = read(f"MBI,Last name,First name,Phone\n{ONE.mbi},{ONE.last_name},{ONE.first_name},555-0100")
    assert reading.notes == ("Columns that are not used: Phone.",)
    assert "555-0100" not in str(reading.rows)


@pytest.mark.parametrize(
    ("list_", "sentence"),
    [
        ("", "The list is empty"),
        ("\n \n\t\n", "The list is empty"),
        ("MBI,Last name,First name\n", "no patient"),
        ("MBI,First name,DOB\n1EG4TE5MK73,JANE,03/30/1943", "No column is named Last name"),
        ("Last name,First name,DOB\nDOE,JANE,03/30/1943", "No column is named Medicare number"),
        ("MBI,Last name,Surname,DOB\n1EG4TE5MK73,DOE,DOE,03/30/1943", "taken for the same: Last name"),
        ("DOE,JANE,1EG4TE5MK73", "must stand in the first column"),
        ('1EG4TE5MK73,"DOE,JANE', "is not closed"),
    ],
)
def test_a_list_that_cannot_be_taken_says_what_to_do(list_: str, sentence: str) -> None:
    with pytest.raises(ListFaultError, match=sentence):
        read(list_)


def lines(count: int) -> list[str]:
    return [f"{each.mbi},{each.last_name},{each.first_name}" for each in PEOPLE[:count]]


def test_the_hundredth_patient_is_too_many_and_blank_rows_do_not_count() -> None:
    assert len(read("\n\n".join(lines(99))).rows) == 99
    with pytest.raises(
        ListFaultError, match=r"has 100 patients; 99 are taken at once. Send the rows up to row 99 first"
    ):
        read("\n".join(lines(100)))


def test_rows_are_numbered_as_the_spreadsheet_numbers_them() -> None:
    reading = read("MBI,Last name,First name\n\n" + "\n".join(lines(2)))
    assert [row.number for row in reading.rows] == [3, 4]


def dated(*births: str) -> str:
    people = zip(PEOPLE, births, strict=False)
    return "MBI,Last name,DOB\n" + "\n".join(f"{each.mbi},{each.last_name},{birth}" for each, birth in people)


def test_days_before_months_are_read_so_when_the_whole_list_says_so() -> None:
    reading = read(dated("30/03/1943", "04/05/1950"))
    assert [row.birth_date for row in reading.rows] == [date(1943, 3, 30), date(1950, 5, 4)]
    assert "day/month/year" in reading.notes[0]


def test_where_the_list_does_not_agree_the_row_is_named() -> None:
    assert told(dated("03/30/1943", "30/03/1943")) == [
        (3, "Birth date has month and day the wrong way round. Write the month first: 03/30/1943.")
    ]


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("3/5/1943", date(1943, 3, 5)),
        ("03-05-1943", date(1943, 3, 5)),
        ("1943-03-05", date(1943, 3, 5)),
        ("19430305", date(1943, 3, 5)),
        ("05-Mar-1943", date(1943, 3, 5)),
        ("March 5, 1943", date(1943, 3, 5)),
        ("3/5/1943 00:00", date(1943, 3, 5)),
        ("1943-03-05 00:00:00", date(1943, 3, 5)),
    ],
)
def test_dates_are_read_as_spreadsheets_write_them(typed: str, day: date) -> None:
    [row] = read(f'MBI,Last name,DOB\n{ONE.mbi},{ONE.last_name},"{typed}"').rows
    assert (row.birth_date, row.faults) == (day, ())


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("3/5/43", "has a year of two digits"),
        ("15400", "cannot be read"),
        ("02/30/1943", "is no day"),
        ("03/05/2027", "is in the future"),
        ("unknown", "cannot be read"),
    ],
)
def test_dates_that_are_not_sure_are_not_guessed(typed: str, sentence: str) -> None:
    [(_, fault)] = told(dated(typed))
    assert sentence in fault


def test_appointments_in_the_past_are_pointed_out() -> None:
    reading = read(f"{ONE.mbi},{ONE.last_name},{ONE.first_name},,01/12/2026")
    assert reading.rows[0].faults == ()
    assert "Dates of service before 12/01/2026 in rows 1" in reading.notes[0]


@pytest.mark.parametrize(
    "list_",
    [
        f'MBI,Patient name,DOB\n{ONE.mbi},"DOE, JANE",03/30/1943',
        f'{ONE.mbi},"DOE, JANE Q.",03/30/1943',
        f"{ONE.mbi}\tDOE, JANE\t03/30/1943",
        f'MBI,Last name,First name\n{ONE.mbi},"DOE, JANE",',
    ],
)
def test_a_whole_name_is_split_at_its_comma(list_: str) -> None:
    row = only(list_)
    assert (row.last_name, row.first_name, row.faults) == ("DOE", "JANE", ())


def test_a_whole_name_without_a_comma_is_to_be_split_by_a_person() -> None:
    assert told(f"MBI,Patient,DOB\n{ONE.mbi},JANE DOE,03/30/1943") == [
        (2, "Write the name as DOE, JANE or in two columns: last name, first name.")
    ]


def test_the_same_patient_twice_is_asked_about_once() -> None:
    twice = read(f"{ONE.mbi},DOE,JANE,03/30/1943\n{ONE.mbi.lower()},Doe,,03/30/1943\n{TWO.mbi},ROE,RICHARD")
    assert [[row.number for row in some] for some in asked_once(twice.rows).values()] == [[1, 2], [3]]


def test_one_medicare_number_cannot_be_two_people() -> None:
    assert told(f"{ONE.mbi},DOE,JANE\n{ONE.mbi},ROE,JANE") == [
        (2, "Row 1 has the same Medicare number with another name or birth date. Correct one.")
    ]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (("=1+1", "DOE", "JANE"), "begins with ="),
        (("{mbi}", "@SUM(A1)", "JANE"), "begins with @"),
        (("{mbi}", "D" * 61, "JANE"), "has 61 characters, at most 60"),
        (("{mbi}", "DO\x07E", "JANE"), "cannot be printed"),
        (("{mbi}", "DOE"), "Columns are missing"),
        (("{mbi}", "DOE", "JANE", "", "", "A", "B"), "This row has 7 columns, the list has 6"),
        (("{mbi}", "DOE", ""), "Enter the first name or the birth date"),
        (("1SG4TE5MK73", "DOE", "JANE"), "Position 2"),
        (("", "DOE", "JANE"), "Enter the Medicare number"),
        (("{mbi}", "", "JANE"), "Enter the last name"),
        (("{mbi}", "DOE", "JANE", "", "12/01/2027"), "4 months ahead"),
    ],
)
def test_a_row_that_cannot_be_asked_says_what_to_correct(cells: tuple[str, ...], sentence: str) -> None:
    row = ",".join(cells).format(mbi=ONE.mbi)
    fine = f"{TWO.mbi},{TWO.last_name},{TWO.first_name}"
    [(number, fault)] = told(f"{fine}\n{row}")
    assert number == 2
    assert sentence in fault


def test_spreadsheets_that_keep_text_by_a_formula_are_understood() -> None:
    assert only(f'="{ONE.mbi}",="DOE",="JANE"').faults == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_files_are_read_in_the_encodings_of_spreadsheets(encoding: str) -> None:
    assert decoded("MUÑOZ".encode(encoding)) == "MUÑOZ"


@pytest.mark.parametrize("content", [b"PK\x03\x04 a workbook", b"\xd0\xcf\x11\xe0 an old one", bytes(range(256))])
def test_what_is_no_text_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(ListFaultError, match="Save it as CSV"):
        decoded(content)
