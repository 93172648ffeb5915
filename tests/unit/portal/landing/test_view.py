from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from libs.common.clock import SetClock
from libs.common.contracts.notifier import FunctionCondition, FunctionState
from libs.common.web.conditions import view

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
SINCE = NOW - timedelta(minutes=18)


def state(name: str, condition: FunctionCondition, since: datetime = SINCE) -> FunctionState:
    return FunctionState(code="F-08", name=name, condition=condition, since=since)


STATUS = state("Claim Status", "available")
ADVICE = state("Remittance Advice", "available")


@pytest.mark.parametrize(
    ("functions", "summary"),
    [
        ([STATUS, ADVICE], "All functions are available."),
        (
            [STATUS, state("Claim Submission", "not-available")],
            "Claim Submission has been unavailable since 3:12 p.m. EST. Other functions are available.",
        ),
        (
            [state("Claim Submission", "not-available"), state("Claim Status", "not-available"), ADVICE],
            (
                "Claim Status and Claim Submission have been unavailable since 3:12 p.m. EST."
                " Other functions are available."
            ),
        ),
        (
            [STATUS, state("Remittance Advice", "maintenance", NOW - timedelta(days=1))],
            (
                "Remittance Advice has been under maintenance since 11/21/2026 3:30 p.m. EST."
                " Other functions are available."
            ),
        ),
        (
            [state("Claim Status", "degraded"), state("Claim Submission", "not-available")],
            (
                "Claim Status has been slow or failing at times since 3:12 p.m. EST. "
                "Claim Submission has been unavailable since 3:12 p.m. EST."
            ),
        ),
        (
            [STATUS, state("Remittance Advice", "unknown")],
            "The state of Remittance Advice is not known at the moment. Other functions are available.",
        ),
        (
            [state("Claim Status", "unknown"), state("Remittance Advice", "unknown")],
            "The state of the functions is not known at the moment. They may work: sign in and try.",
        ),
    ],
)
def test_the_state_of_the_functions_is_told_in_sentences(functions: list[FunctionState], summary: str) -> None:
    assert view(functions, None, SetClock(NOW), ZONE).summary == summary


def test_functions_in_trouble_come_first() -> None:
    shown = view([ADVICE, STATUS, state("Time Out Alerts", "degraded")], None, SetClock(NOW), ZONE)

    assert [function.name for function in shown.functions] == ["Time Out Alerts", "Claim Status", "Remittance Advice"]
