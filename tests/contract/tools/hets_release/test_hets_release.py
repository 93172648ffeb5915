"""The release test of HETS against the simulated one, over HTTPS, as an operator runs it."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from libs.common.clock import SystemClock
from libs.common.settings import Settings
from simulators.hets.server import Behavior, State
from tests.support.eligibility import hets_serving
from tests.support.portico import ROOT
from tools.hets_release import application

SAMPLE = ROOT / "simulators" / "hets" / "release.toml"


@pytest.fixture
def hets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[State]:
    """HETS on a loop of its own: the tool has one too."""
    monkeypatch.setenv("PORTICO_STATE_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("PORTICO_CONTRACT_FILE", str(ROOT / "contract.toml"))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(work: Callable[..., object]) -> object:
        return asyncio.run_coroutine_threadsafe(work(), loop).result(30)  # type: ignore[arg-type] # a coroutine function

    serving = hets_serving(Settings(), monkeypatch, now=SystemClock().now)
    running = run(serving.__aenter__)
    yield running.state  # type: ignore[attr-defined] # what `hets_serving` gives

    async def stop() -> None:
        await serving.__aexit__(None, None, None)

    run(stop)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def run(file: Path, *options: str) -> Result:
    return CliRunner().invoke(application, [str(file), *options])


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """The sample, otherwise in one place."""
    text = SAMPLE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "cases.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def patients() -> list[str]:
    """Every value of the sample that is about a patient."""
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    return [
        line.partition(" = ")[2].strip('"') for line in lines if line.startswith(("mbi", "last_name", "birth_date"))
    ]


def test_every_case_of_the_sample_passes_and_no_patient_is_named(hets: State) -> None:
    result = run(SAMPLE)
    assert result.exit_code == 0, result.output
    assert result.output.count("pass  ") == SAMPLE.read_text(encoding="utf-8").count("[[case]]") == hets.answered
    assert [word for word in patients() if word in result.output] == []


@pytest.mark.usefixtures("hets")
def test_it_may_ask_another_address_in_the_other_form(monkeypatch: pytest.MonkeyPatch) -> None:
    address = os.environ["PORTICO_ELIGIBILITY_HETS_ADDRESS"].replace("/mime", "/soap")
    monkeypatch.setenv("PORTICO_ELIGIBILITY_HETS_ADDRESS", "https://localhost:1/core")
    result = run(SAMPLE, "--address", address, "--form", "soap")
    assert result.exit_code == 0, result.output
    assert f"12 of 12 cases pass at {address}." in result.output


@pytest.mark.usefixtures("hets")
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('statements = ["R HN"]', 'statements = ["R HM"]', "statements that are missing: R HM"),
        ('without = ["R 12"]', 'without = ["R OT"]', "statements that should not be there: R OT"),
        ("parts = []", 'parts = ["Part A"]', "active: none, not Part A"),
        ('codes = ["71"]', 'codes = ["73"]', "AAA: 71, not 73"),
        ('state = "refused", codes = ["75"]', 'parts = ["Part A"]', "state: refused (75), not answered"),
        ("corrected = true", "corrected = false", "corrected data: yes"),
        ("corrected = true", "died_on = 2026-01-01", "date of death: none"),
    ],
)
def test_one_case_that_fails_fails_the_run(tmp_path: Path, old: str, new: str, told: str) -> None:
    result = run(changed(tmp_path, old, new))
    assert result.exit_code == 1
    assert told in result.output
    assert result.output.count("FAIL  ") == 1
    assert "11 of 12 cases pass" in result.output
    assert [word for word in patients() if word in result.output] == []


def test_a_hets_that_does_not_answer_fails_each_case_and_every_one_is_asked(hets: State) -> None:
    hets.behavior = Behavior(refuse=True)
    result = run(SAMPLE)
    assert result.exit_code == 1
    assert "0 of 12 cases pass" in result.output
    assert "state: no-answer (status 503), not answered" in result.output
    assert hets.refused == 12


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[[case]]", "[case", "is no TOML"),
        ("birth_date = 1933-03-30", 'birth_date = "Mossinghame"', "case.0.birth_date: "),
        ("mbi = ", "medicare_number = ", "case.0.mbi: Field required"),
        ('state = "refused"', 'state = "perhaps"', "case.3.expect.state: "),
    ],
)
def test_a_file_that_is_wrong_is_named_with_what_to_correct(tmp_path: Path, old: str, new: str, told: str) -> None:
    result = run(changed(tmp_path, old, new))
    assert result.exit_code == 2
    assert told in " ".join(result.output.replace("│", "").split())
    assert "Mossinghame" not in result.output


def test_a_form_there_is_not_is_refused() -> None:
    result = run(SAMPLE, "--form", "fax")
    assert (result.exit_code, "mime or soap" in result.output) == (2, True)
