from datetime import date, timedelta

from libs.x12.remittance.outcomes import Outcome
from services.appeals.redetermination.domain import last_day
from services.remittance.advice.domain import (
    OUTCOMES,
    Details,
    Fact,
    Patient,
    appeal_by,
    details_of,
    details_text,
    outcome_words,
)
from tests.support.portico import DAYS


def test_every_outcome_has_words() -> None:
    assert set(OUTCOMES) == set(Outcome.__args__)


def test_a_payment_names_the_same_last_day_as_the_page_of_appeals() -> None:
    # 42 CFR 405.942(a): 120 days, and 5 for the mail.
    days = [date(2026, 1, 1) + timedelta(days=count) for count in range(400)]
    assert [appeal_by(day, DAYS) for day in days] == [last_day(day, DAYS) for day in days]


def test_a_new_decision_is_promised_only_when_there_is_one() -> None:
    _, _, alone = outcome_words("reversed", "22")
    _, _, followed = outcome_words("reversed", "22", corrected=True)
    assert "no new decision has come" in alone
    assert "replaces it" in followed


def test_a_denial_under_the_status_of_an_unknown_patient_says_both() -> None:
    kind, words, meaning = outcome_words("denied", "4")
    assert (kind, words) == ("bad", "Denied")
    assert "does not know the patient" in meaning


def test_details_that_were_kept_are_the_same() -> None:
    details = Details(Patient("1EG4TE5MK73", "A B", "A C", "2EG4TE5MK74"), (Fact("reference", "EA", "MR~1"),))
    assert details_of(details_text(details)) == details
