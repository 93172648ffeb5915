from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.eligibility.enrollment.domain import (
    Asked,
    Contact,
    HetsLink,
    a_year_after,
    end_faults,
    enrollment_faults,
    link_words,
)

TODAY = date(2026, 11, 23)
ASKED = Asked("15004", TODAY, None, offshore=False, contact=Contact("official@clinic.example"), accepted=True)
LINK = HetsLink("15004", "1234567893", date(2026, 5, 11), None, date(2027, 5, 11))


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"accepted": False}, ["accepted"]),
        ({"submitter": ""}, ["submitter"]),
        ({"submitter": "A-1"}, ["submitter"]),
        ({"offshore": None}, ["offshore"]),
        ({"effective": None}, ["effective"]),
        ({"effective": TODAY - timedelta(days=1)}, ["effective"]),
        ({"effective": TODAY + timedelta(days=400)}, []),
        ({"ends": TODAY - timedelta(days=1)}, ["ends"]),
        ({"ends": TODAY}, []),
        ({"contact": Contact("")}, ["email"]),
        ({"contact": Contact("nobody")}, ["email"]),
        ({"contact": Contact("a@b.example", "c")}, ["alternate"]),
        ({"contact": Contact("a@b.example", "A@B.example")}, ["alternate"]),
        ({"accepted": False, "effective": None, "contact": Contact("")}, ["accepted", "effective", "email"]),
    ],
)
def test_what_is_wrong_with_an_enrollment(changes: dict[str, object], fields: list[str]) -> None:
    assert list(enrollment_faults(replace(ASKED, **changes), (), TODAY)) == fields  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("link", "fields"),
    [
        (LINK, ["submitter"]),
        (replace(LINK, submitter="ANOTHER1"), []),
        (replace(LINK, ends=TODAY - timedelta(days=1)), []),
        (replace(LINK, ends=TODAY), ["submitter"]),
        (replace(LINK, effective=TODAY + timedelta(days=9)), ["submitter"]),
        # Ended before it began: it never was.
        (replace(LINK, effective=TODAY + timedelta(days=9), ends=TODAY), []),
    ],
)
def test_an_npi_is_linked_to_a_submitter_once_at_a_time(link: HetsLink, fields: list[str]) -> None:
    assert list(enrollment_faults(ASKED, (link,), TODAY)) == fields


@pytest.mark.parametrize(
    ("link", "ends", "right"),
    [
        (LINK, TODAY, True),
        (LINK, None, False),
        (LINK, TODAY - timedelta(days=1), False),
        (replace(LINK, ends=TODAY + timedelta(days=5)), TODAY + timedelta(days=6), False),
        (replace(LINK, ends=TODAY - timedelta(days=1)), TODAY, False),
    ],
)
def test_when_an_enrollment_may_end(link: HetsLink, ends: date | None, *, right: bool) -> None:
    assert (end_faults(link, ends, TODAY) == {}) is right


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (LINK, "Active"),
        (replace(LINK, ends=TODAY), "Active"),
        (replace(LINK, ends=TODAY - timedelta(days=1)), "Ended"),
        (replace(LINK, effective=TODAY + timedelta(days=1)), "Begins later"),
        (replace(LINK, attested_until=TODAY - timedelta(days=1)), "Active, attestation overdue"),
    ],
)
def test_how_an_enrollment_stands_is_said(link: HetsLink, words: str) -> None:
    assert link_words(link, TODAY)[1] == words


def test_a_year_after_a_leap_day_is_the_last_of_february() -> None:
    assert a_year_after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert a_year_after(TODAY) == date(2027, 11, 23)
