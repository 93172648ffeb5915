"""Under which heading of which tab a statement stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.web.pages import STATIC
from services.eligibility.entitlement.domain import HEADINGS, TABS, Benefit, Entitlement, Person, heading_of


def said(code: str, insurance: str, *services: str, **more: object) -> Benefit:
    return Benefit(code, "", "", insurance, "", "", service_types=services, **more)  # type: ignore[arg-type]


def service(code: str, kind: str = "D", **more: object) -> Benefit:
    return said(kind, "MB", procedure=f"HCPCS {code}", procedure_code=code, **more)


@pytest.mark.parametrize(
    ("statement", "heading"),
    [
        (said("1", "MA", "30"), "Part A and Part B"),
        (said("1", "MA"), "Part A and Part B"),
        # HETS lists what a part covers: the whole plan comes first.
        (said("1", "MB", "30", "42", "76", "AD"), "Part A and Part B"),
        (said("6", "MA", "30"), "Inactive periods"),
        (said("6", "", "30"), "Inactive periods"),
        (said("1", "MB", "30", plan="PART B-ID"), "Immunosuppressive drugs alone (Part B-ID)"),
        (said("1", "MB", messages=("IMMUNOSUPPRESSIVE DRUGS ONLY",)), "Immunosuppressive drugs alone (Part B-ID)"),
        (said("D", "MA", "15"), "Kidney disease (ESRD) and transplant"),
        (said("D", "MB", "70"), "Kidney disease (ESRD) and transplant"),
        (service("G9886"), "Diabetes Prevention Program (MDPP)"),
        (said("D", "MB", messages=("MDPP",)), "Diabetes Prevention Program (MDPP)"),
        (said("C", "MB", "96"), "Deductibles"),
        (said("C", "MA", "42", "45"), "Deductibles"),
        (said("C", "", "10"), "Deductibles"),
        (said("E", "", "10"), "Deductibles"),
        (said("F", "MB", "AD"), "Therapy (KX modifier thresholds)"),
        (said("D", "MB", "AE"), "Therapy (KX modifier thresholds)"),
        (said("F", "MB", plan="PHYSICAL & SPEECH THERAPY"), "Therapy (KX modifier thresholds)"),
        (said("F", "MB", "BG"), "Cardiac and pulmonary rehabilitation"),
        (service("G0108", "F"), "Diabetes training and nutrition therapy (DSMT, MNT)"),
        (service("97810", "F"), "Acupuncture"),
        (said("F", "MB", "64"), "Acupuncture"),
        (service("99483"), "Cognitive assessment"),
        (said("A", "MB", "96"), "Coinsurance and other limits"),
        (said("A", "MB", "42", "67"), "Coinsurance and other limits"),
        (said("F", "MB", "67"), "Coinsurance and other limits"),
        (service("G0438"), "Preventive services"),
        (service("G0438", "A"), "Preventive services"),
        (said("R", "HN", "30"), "Medicare Advantage"),
        (said("U", "PR", "30"), "Medicare Advantage"),
        (said("R", "OT", "88"), "Part D"),
        (said("1", "", "88"), "Part D"),
        (said("R", "12", "30"), "Other insurance that pays first (MSP)"),
        (said("X", "MA", "45"), "Hospice"),
        (said("D", "MA", "45"), "Hospice"),
        (said("X", "", "42"), "Home health"),
        (service("G0180", "X"), "Home health"),
        (said("F", "MA", "47"), "Hospital days"),
        (said("B", "MA", "30"), "Hospital days"),
        (said("F", "MA", "AG"), "Skilled nursing facility days"),
        (said("K", "MA", "30"), "Lifetime reserve days"),
        (said("B", "MA", "47", unit="LA"), "Lifetime reserve days"),
        (said("K", "MA", "A7"), "Psychiatric hospital days"),
        (said("1", "QM", "30"), "Qualified Medicare Beneficiary (QMB)"),
        (said("R", "QM", "30"), "Qualified Medicare Beneficiary (QMB)"),
        (said("R", "SP", "30"), "Other statements"),
        (said("I", "", "41", "54"), "Other statements"),
        (said("9", "XX", "ZQ"), "Other statements"),
    ],
)
def test_where_a_statement_stands(statement: Benefit, heading: str) -> None:
    assert heading_of(statement) == heading


statements = st.builds(
    said,
    st.sampled_from(["1", "6", "9Z", *"ABCDEFGIKRUX"]),
    st.sampled_from(["", "MA", "MB", "QM", "HN", "12", "OT", "ZZ"]),
    st.sampled_from(["", "30", "10", "42", "45", "64", "67", "76", "88", "A7", "AD", "AG", "BG", "ZQ"]),
    plan=st.sampled_from(["", "PART B-ID", "THERAPY"]),
    procedure_code=st.sampled_from(["", "G0438", "G9886"]),
)


@given(st.lists(statements, max_size=8))
def test_every_statement_stands_under_one_heading(some: list[Benefit]) -> None:
    groups = Entitlement(Person("", "", "", None, "", ""), "", tuple(some)).groups
    assert list(groups) == list(HEADINGS)
    assert sorted(map(repr, some)) == sorted(repr(each) for group in groups.values() for each in group)


def test_the_look_of_the_page_knows_each_tab() -> None:
    styles = (STATIC / "portico.css").read_text(encoding="utf-8")
    assert [tab.anchor for tab in TABS if f'#{tab.anchor}:target) nav a[href="#{tab.anchor}"]' not in styles] == []
