"""Every code that the guide allows, and every field of the objects, has a name."""

import re
from collections.abc import Mapping
from dataclasses import fields

import pytest

from libs.x12.guides.remittance_advice import TABLE
from libs.x12.remittance import words
from libs.x12.remittance.objects import (
    InpatientAdjudication,
    InpatientSummary,
    OutpatientAdjudication,
    ProviderSummary,
)


def codes(segment: str, element: str) -> set[str]:
    """The codes that the guide allows for a data element of a segment, wherever the segment stands."""
    lines = [line for line in re.sub(r",\s+", ",", TABLE).splitlines() if line.strip().startswith(f"{segment} ")]
    found = re.findall(rf"\D{element}=([A-Z0-9,]+)", " ".join(lines))
    return {code for some in found for code in some.split(",")}


@pytest.mark.parametrize(
    ("segment", "element", "table"),
    [
        ("BPR", "305", words.HANDLING),
        ("BPR", "591", words.METHODS),
        ("BPR", "812", words.FORMATS),
        ("BPR", "478", words.DIRECTIONS),
        ("RDM", "756", words.DELIVERIES),
        ("CLP", "1029", words.STATUSES),
        ("CLP", "1032", words.COVERAGES),
        ("AMT", "522", words.AMOUNTS),
        ("QTY", "673", words.QUANTITIES),
        ("PER", "366", words.CONTACTS),
        ("LQ", "1270", words.REMARKS),
        ("PLB", "426", words.PROVIDER_REASONS),
    ],
)
def test_every_code_of_the_guide_has_a_name(segment: str, element: str, table: Mapping[str, object]) -> None:
    allowed = codes(segment, element)
    assert allowed, "the guide lists no codes here"
    assert allowed == set(table)


@pytest.mark.parametrize(
    ("kind", "of"),
    [
        ("inpatient", InpatientAdjudication),
        ("outpatient", OutpatientAdjudication),
        ("summary", ProviderSummary),
        ("inpatient-summary", InpatientSummary),
    ],
)
def test_every_field_has_a_name(kind: str, of: type) -> None:
    names = {each.name for each in fields(of) if not each.name.startswith("remark_")}
    assert set(words.FIELDS[kind]) == names


def test_a_recovery_and_a_balance_say_which_way_the_money_goes() -> None:
    # X12 RFI 227 (WO), 264 (FB), 2125 (LE).
    for code in ("WO", "FB", "72", "L6"):
        assert words.PROVIDER_REASONS[code].taken != words.PROVIDER_REASONS[code].added
    assert words.PROVIDER_REASONS["LE"].name == "Levy"
