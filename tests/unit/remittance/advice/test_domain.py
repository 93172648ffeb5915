from libs.x12.remittance.outcomes import Outcome
from services.remittance.advice.domain import (
    OUTCOMES,
    Details,
    Fact,
    Patient,
    details_of,
    details_text,
    outcome_words,
)


def test_every_outcome_has_words() -> None:
    assert set(OUTCOMES) == set(Outcome.__args__)


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
