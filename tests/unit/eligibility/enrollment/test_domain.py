from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.eligibility.enrollment.domain import (
    NOBODY_ASKS,
    NOT_KNOWN_NOW,
    Asked,
    Contact,
    HetsLink,
    HetsRequest,
    Provider,
    Vendor,
    a_year_after,
    end_faults,
    enrollment_faults,
    link_words,
    list_fault,
    meant,
    reminder,
    row_fault,
    rows_of,
    standing,
)

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
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
        (LINK, "Live"),
        (replace(LINK, ends=TODAY), "Live"),
        (replace(LINK, ends=TODAY - timedelta(days=1)), "Ended"),
        (replace(LINK, effective=TODAY + timedelta(days=1)), "Begins later"),
        (replace(LINK, attested_until=TODAY - timedelta(days=1)), "Live, attestation overdue"),
    ],
)
def test_how_an_enrollment_stands_is_said(link: HetsLink, words: str) -> None:
    assert link_words(link, TODAY)[1] == words


ASKED_HERE = HetsRequest(
    request_id=UUID(int=1),
    organization_id=UUID(int=2),
    npi=LINK.npi,
    ptan="P00001",
    kind="enroll",
    submitter=LINK.submitter,
    effective=TODAY,
    ends=None,
    attested_until=a_year_after(TODAY),
    offshore=False,
    contact="",
    rules_version="2026-11",
    made_by=UUID(int=3),
    made_at=NOW,
    state="sending",
    signer="Jo Doe",
)
GIVEN_UP = replace(ASKED_HERE, given_up_at=NOW)
REFUSED_BY_CMS = replace(ASKED_HERE, state="refused")
ENDED = replace(LINK, ends=TODAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("links", "latest", "draft", "stands"),
    [
        ((), None, False, "none"),
        ((), None, True, "draft"),
        ((), ASKED_HERE, True, "submitted"),
        ((), GIVEN_UP, False, "not-sent"),
        ((), REFUSED_BY_CMS, False, "refused"),
        ((), REFUSED_BY_CMS, True, "draft"),
        ((LINK,), ASKED_HERE, True, "live"),
        ((ENDED, LINK), None, False, "live"),
        ((replace(LINK, attested_until=TODAY + timedelta(days=45)),), None, False, "due"),
        ((replace(LINK, attested_until=TODAY - timedelta(days=1)),), None, False, "overdue"),
        ((replace(LINK, effective=TODAY + timedelta(days=1)),), None, True, "later"),
        ((ENDED,), None, False, "ended"),
        ((ENDED,), ASKED_HERE, False, "submitted"),
    ],
)
def test_how_an_npi_stands(
    links: tuple[HetsLink, ...], latest: HetsRequest | None, stands: str, *, draft: bool
) -> None:
    assert standing(links, latest, TODAY, draft=draft) == stands


def test_an_official_is_reminded_at_five_times_and_not_after_the_end() -> None:
    told = [reminder(TODAY, TODAY - timedelta(days=days)) for days in (46, 45, 31, 30, 14, 7, 2, 1, 0, -1)]
    assert told == [None, 45, 45, 30, 14, 7, 7, 1, 1, None]


PROVIDER = Provider(UUID(int=4), "Clinic", "1234567893", "P00001", "B", pecos_active=True, edi_agreement_signed=True)
SECOND = replace(PROVIDER, ptan="P00002")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1234567893", [(1, "1234567893", "", None)]),
        (
            "NPI,PTAN\n1234567893,p00001,yes\n\n1234567893;",
            [(2, "1234567893", "P00001", True), (4, "1234567893", "", None)],
        ),
        ("1234567893\tP00001\tNo\r\n", [(1, "1234567893", "P00001", False)]),
        ("1234567893;P00001;", [(1, "1234567893", "P00001", None)]),
        ('"1234567893","P00001"', [(1, "1234567893", "P00001", None)]),
        ("", []),
        ("\n , ,\n", []),
    ],
)
def test_a_list_is_read_as_a_spreadsheet_writes_it(text: str, read: list[tuple[object, ...]]) -> None:
    rows = [row for row in rows_of(text) if not row.fault]
    assert [(row.number, row.npi, row.ptan, row.offshore) for row in rows] == read


@pytest.mark.parametrize(
    ("line", "providers", "words"),
    [
        ("1234567890", [], "no NPI"),
        ("nobody", [], "no NPI"),
        ("1234567893,?", [], "Correct the PTAN"),
        ("1234567893,P00001,perhaps", [], "yes or no"),
        ("1234567893,P00001,yes,more", [], "more than three columns"),
        ("1234567893", [], "no such NPI"),
        ("1234567893,P00009", [PROVIDER], "no such NPI"),
        ("1234567893", [PROVIDER, SECOND], "several PTANs. Add one: P00001, P00002"),
        ("1234567893,p00002", [PROVIDER, SECOND], ""),
        ("1234567893", [replace(PROVIDER, edi_agreement_signed=False)], "No EDI Enrollment Agreement"),
        ("1234567893", [replace(PROVIDER, pecos_active=False)], "PECOS"),
        ("1234567893", [PROVIDER], ""),
    ],
)
def test_each_line_is_judged_by_itself(line: str, providers: list[Provider], words: str) -> None:
    [row] = rows_of(line)
    said = row_fault(row, meant(row, providers), ASKED, (), TODAY, sending=False)
    assert words in said
    assert bool(said) is bool(words)


def test_a_line_waits_for_what_cms_is_being_told_and_for_the_enrollment_before() -> None:
    [row] = rows_of(PROVIDER.npi)
    assert "being told" in row_fault(row, [PROVIDER], ASKED, (), TODAY, sending=True)
    assert "End that first" in row_fault(row, [PROVIDER], ASKED, (LINK,), TODAY, sending=False)


def test_a_list_is_neither_empty_nor_endless() -> None:
    assert "at least one" in list_fault(())
    assert list_fault(rows_of("1234567893\n" * 500)) == ""
    assert "501" in list_fault(rows_of("1234567893\n" * 501))


@pytest.mark.parametrize("vendor", [NOBODY_ASKS, NOT_KNOWN_NOW])
def test_a_submitter_that_cms_does_not_know_is_refused(vendor: Vendor) -> None:
    assert enrollment_faults(replace(ASKED, vendor=vendor), (), TODAY) == {"submitter": vendor.fault}


def test_a_year_after_a_leap_day_is_the_last_of_february() -> None:
    assert a_year_after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert a_year_after(TODAY) == date(2027, 11, 23)
