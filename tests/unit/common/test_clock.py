from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from deploy.local.errors import PlatformError
from deploy.local.portal import LocalPortal
from libs.common.clock import SystemClock, offset_in
from libs.common.settings import Settings

BAD = ["tomorrow", "1.5", "-1", "1e6", "99999999999", "½", "12 34"]


def ahead(clock: SystemClock) -> timedelta:
    """By how much business time is ahead, to the hour."""
    return timedelta(hours=round((clock.business() - datetime.now(UTC)) / timedelta(hours=1)))


@pytest.mark.parametrize(("text", "hours"), [("", 0), ("0", 0), ("7200", 2), (" 7200\n", 2)])
def test_the_file_holds_seconds_that_are_added(tmp_path: Path, text: str, hours: int) -> None:
    file = tmp_path / "clock-offset"
    file.write_text(text)

    assert ahead(SystemClock(file)) == timedelta(hours=hours)


def test_without_the_file_both_times_are_the_same(tmp_path: Path) -> None:
    assert ahead(SystemClock(tmp_path / "clock-offset")) == timedelta()


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_refused_with_what_to_correct(tmp_path: Path, text: str) -> None:
    file = tmp_path / "clock-offset"
    file.write_text(text)

    with pytest.raises(ValueError, match=r"clock-offset must hold whole seconds .* Correct or delete it"):
        offset_in(file)


@pytest.mark.parametrize("text", BAD)
def test_a_running_process_goes_on_by_the_last_offset_and_calls_an_operator_once(tmp_path: Path, text: str) -> None:
    file = tmp_path / "clock-offset"
    clock = SystemClock(file)
    file.write_text("7200")
    assert ahead(clock) == timedelta(hours=2)

    with capture_logs() as logged:
        file.write_text(text)
        assert [ahead(clock) for _ in range(3)] == [timedelta(hours=2)] * 3
    assert [(each["event"], each["log_level"]) for each in logged] == [("clock offset refused", "error")]

    file.write_text("10800")
    assert ahead(clock) == timedelta(hours=3)


async def test_a_portal_does_not_start_by_a_clock_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "clock-offset").write_text("tomorrow")

    with pytest.raises(PlatformError, match="clock-offset must hold whole seconds"):
        await LocalPortal(Settings(state_directory=tmp_path)).start()
