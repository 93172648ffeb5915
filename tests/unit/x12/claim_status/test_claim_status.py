from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.x12.claim_status.acknowledgement import Source, Status
from libs.x12.claim_status.codes import status_words
from libs.x12.claim_status.statuses import ClaimStatus, StatusFileError, StatusParty, read_statuses, write_statuses
from libs.x12.writing import Envelope

ENVELOPE = Envelope("15004", "PORTICO", datetime(2026, 11, 22, 8, tzinfo=UTC), 12)
SHARED_SYSTEM, PORTAL = Source("SHARED SYSTEM", "MCS"), Source("MERIDIAN MEDICARE", "15004")
PARTY = StatusParty("RIVERSIDE CLINIC", "2994535120", "ASHGROVE", "ALDORA", "1EG4TE5MK73")

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
numbers = st.text("0123456789", min_size=13, max_size=13)
cents = st.integers(0, 10**9)


@st.composite
def statuses(draw: st.DrawFn) -> ClaimStatus:
    first = draw(days)
    return ClaimStatus(
        internal_control_number=draw(numbers),
        patient_control_number=draw(st.text("ABC123-", min_size=1, max_size=20)),
        status=Status(draw(st.sampled_from(["P1", "F1", "F2"])), draw(st.sampled_from(["3", "65", "104"])), "PR"),
        effective=draw(days),
        charge_cents=draw(cents),
        paid_cents=draw(cents),
        finalized=draw(st.none() | days),
        payment_date=draw(st.none() | days),
        check_number=draw(st.just("") | numbers),
        service_from=first,
        service_to=draw(st.just(first) | st.dates(first, date(2031, 1, 1))),
    )


def written(*items: ClaimStatus) -> bytes:
    return b"".join(write_statuses([(item, PARTY) for item in items], ENVELOPE, SHARED_SYSTEM, PORTAL))


@given(st.lists(statuses(), max_size=5))
def test_what_is_written_is_read_again(items: list[ClaimStatus]) -> None:
    assert list(read_statuses([written(*items)])) == items


STATUS = ClaimStatus("1126324000001", "PCN1", Status("F1", "65"), date(2026, 11, 22), 18200, 12000)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"REF*1K*1126324000001~", b"", "status-incomplete"),
        (b"*182*120~", b"*182*12.345~", "status-value"),
        (b"*20261122**182", b"*20261322**182", "status-value"),
        (b"X*005010X212", b"X*005010X214", "guide-not-supported"),
        (b"IEA*1*000000012~", b"", "truncated"),
    ],
)
def test_a_file_that_cannot_be_relied_on_is_refused_with_a_code(old: bytes, new: bytes, code: str) -> None:
    data = written(STATUS)
    assert old in data

    with pytest.raises(StatusFileError, match=code):
        list(read_statuses([data.replace(old, new)]))


def test_codes_have_words_and_unknown_codes_stay_codes() -> None:
    assert status_words("F1", "65") == "Finalized: paid · The claim or line has been paid"
    assert status_words("A7", "562", "85").endswith("National Provider Identifier (NPI) (billing provider)")
    assert status_words("Z9", "9999") == "Category Z9 · status 9999"
