from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.notifier.contractor_alerts.domain import Facts, compose, duration_in_words, message_id, pause_after

ID = UUID(int=1)
OPENED = Facts(
    kind="opened",
    contract_id="15004",
    contractor="Meridian Medicare Administrative Services",
    jurisdiction="J15",
    interruption_id=ID,
    functions=["Claim Status", "Claim Submission"],
    working=["Remittance Advice"],
    started="11/23/2026 3:12 p.m. EST (2026-11-23 20:12:00 UTC)",
    detected="11/23/2026 3:12 p.m. EST (2026-11-23 20:12:04 UTC)",
    told_before=False,
    cause="HETS, the eligibility system of CMS, does not answer",
    workaround="Ask the help desk.",
    contact="Help desk: 1-800-555-0142",
)
CLOSED = replace(
    OPENED,
    kind="closed",
    told_before=True,
    ended="11/23/2026 3:20 p.m. EST (2026-11-23 20:20:00 UTC)",
    duration="8 minutes",
)


def test_an_alert_names_contract_functions_times_and_what_works() -> None:
    letter = compose(OPENED)

    assert letter.subject == "[Contractor Alert] 15004 Service interruption: 2 functions"
    for words in (
        "Contract: 15004 (J15)",
        "Meridian Medicare Administrative Services",
        "- Claim Status\n- Claim Submission",
        f"Started: {OPENED.started}",
        f"Detected: {OPENED.detected}",
        "Still available:\n- Remittance Advice",
        "Cause: HETS, the eligibility system of CMS, does not answer.",
        "Workaround: Ask the help desk.",
        "Next update:",
        "Contact: Help desk: 1-800-555-0142",
    ):
        assert words in letter.text


def test_a_recovery_says_when_it_ended_and_how_long_it_took() -> None:
    letter = compose(CLOSED)

    assert "Service restored" in letter.subject
    assert f"Ended: {CLOSED.ended}\nDuration: 8 minutes" in letter.text
    assert "last message" in letter.text


def test_what_was_over_before_it_could_be_told_says_so_with_both_times() -> None:
    letter = compose(replace(CLOSED, told_before=False))

    assert "now over" in letter.subject
    assert "couldn't send this alert during the interruption" in letter.text
    assert OPENED.started in letter.text
    assert CLOSED.ended in letter.text


def test_a_false_alarm_is_corrected() -> None:
    letter = compose(replace(CLOSED, kind="retracted", retracted="11/23/2026 4:00 p.m. EST (2026-11-23 21:00:00 UTC)"))

    assert "Correction" in letter.subject
    assert "false alarm" in letter.text


def test_nothing_else_working_is_said_in_words() -> None:
    assert "No other function is available." in compose(replace(OPENED, working=[])).text


def test_the_pauses_grow_to_five_minutes() -> None:
    assert [pause_after(n).total_seconds() for n in range(1, 7)] == [5, 15, 30, 60, 300, 300]


def test_the_message_id_is_the_same_for_the_same_alert_only() -> None:
    first = message_id(ID, 1, "smtp-1", "alerts@portico.example")

    assert first == message_id(ID, 1, "smtp-1", "alerts@portico.example")
    assert first.endswith("@portico.example>")
    assert len({first, message_id(ID, 2, "smtp-1", "a@b"), message_id(ID, 1, "smtp-2", "a@b")}) == 3


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (45, "45 seconds"), (60, "1 minute"), (7500, "2 hours 5 minutes"), (3600, "1 hour")],
)
def test_durations_read_as_words(seconds: int, words: str) -> None:
    assert duration_in_words(timedelta(seconds=seconds)) == words
