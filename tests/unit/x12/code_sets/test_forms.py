"""Forms of codes against the lists others keep: a new year of a list must not meet a form that refuses its codes."""

import warnings
from datetime import date

from drgpy.msdrg import DRGEngine

from libs.x12.code_sets import CODE_SETS
from libs.x12.eligibility.judging import is_diagnosis
from tests.support.x12 import ONE_CLAIM, read
from tests.support.x12_objects import REQUEST
from tests.support.x12_objects import read as read_objects

with warnings.catch_warnings():
    # It reads its list in a way that Python is going to give up.
    warnings.simplefilter("ignore", DeprecationWarning)
    import simple_icd_10_cm

TODAY = date(2026, 11, 20)
MEDICARE_TYPES_OF_BILL = "11 12 13 14 18 21 22 23 28 32 34 41 43 71 72 74 75 76 77 81 82 83 85 87"


def refused(name: str, codes: list[str]) -> list[str]:
    """Those of `codes` that the set does not take today."""
    return [code for code in codes if not CODE_SETS[name].holds(code, TODAY)]


def test_every_diagnosis_of_icd_10_cm_has_the_form() -> None:
    # Chapters and blocks of the list are ranges (A00-A09), which nobody bills.
    listed = [code for code in simple_icd_10_cm.get_all_codes(with_dots=False) if "-" not in code]
    billed = [code for code in listed if simple_icd_10_cm.is_leaf(code)]

    assert len(billed) > 74_000
    # Letters in the second place, since 2025-10-01.
    assert "QA08" in billed
    assert not refused("icd_10", billed)


def test_every_diagnosis_and_procedure_of_the_grouper_has_the_form() -> None:
    grouper = DRGEngine()
    # Its table of procedures holds two words of a heading as well.
    procedures = {*grouper.prmap, *grouper.neoormap, *grouper.orpcsmap} - {"One", "with"}

    assert len(grouper.ccmap) > 18_000
    assert len(procedures) > 56_000
    assert not refused("icd_10", [*grouper.dxmap, *grouper.ccmap])
    assert not refused("icd_10_procedure", list(procedures))


def test_every_kind_of_hcpcs_code_has_the_form() -> None:
    # Level I: procedures, vaccines (A), performance (F), new technology (T), proprietary laboratory analyses (U),
    # multianalyte assays (M). Level II: a letter and four digits.
    level_1 = ["99203", "00100", "0001A", "0500F", "0075T", "0001U", "0002M"]
    level_2 = [f"{letter}1234" for letter in "ABCDEGHJKLMPQRSTUV"]

    assert not refused("hcpcs", level_1 + level_2)


def test_every_kind_of_taxonomy_code_has_the_form() -> None:
    codes = ["207Q00000X", "2080P0006X", "1223D0001X", "101YA0400X", "282NC0060X", "390200000X", "174MM1900X"]

    assert not refused("prov_taxonomy", codes)


def test_types_of_bill_that_medicare_takes_today_are_there() -> None:
    assert not refused("type_of_bill", MEDICARE_TYPES_OF_BILL.split())
    # Home health under Part A and the older federally qualified health center ended.
    assert refused("type_of_bill", ["33", "73"]) == ["33", "73"]


def test_an_unlisted_procedure_is_a_procedure_and_none_is_anesthesia_not_otherwise_specified() -> None:
    codes = [each.code for each in CODE_SETS["unlisted_procedure"].codes]

    assert not refused("hcpcs", codes)
    # RFI 1467.
    assert [code for code in codes if "00100" <= code <= "01999"] == ["01999"]


def test_a_diagnosis_with_letters_is_taken_wherever_one_is_read() -> None:
    [claim], _ = read(ONE_CLAIM.replace("ABK:E785", "ABK:QA08"))
    reviews, verdict = read_objects(REQUEST.replace("ABK:E785", "ABK:QA08"))

    assert not claim.findings
    assert verdict.verdict == "accepted"
    assert reviews
    assert is_diagnosis("ABK", "QA08")
