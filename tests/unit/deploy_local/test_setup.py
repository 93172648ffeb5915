import subprocess
import sys
from pathlib import Path

import pytest

from tools import setup


def test_too_old_a_python_is_told_in_one_sentence() -> None:
    with pytest.raises(setup.SetupError, match=r"^Portico needs Python 3\.11 or newer and this is 3\.9: install"):
        setup.check_python((3, 9))


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 14)])
def test_a_python_new_enough_passes(version: tuple[int, int]) -> None:
    setup.check_python(version)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "The disk is full"),
        ("WARNING: Retrying ... NewConnectionError\nERROR: No matching distribution", "registry is out of reach"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "other bytes than the locked"),
        ("ERROR: No matching distribution found for x==1", "not every locked package"),
        ("building\nerror: something else\n\n", "pip could not install the packages: error: something else"),
    ],
)
def test_what_pip_said_becomes_one_sentence(words: str, sentence: str) -> None:
    told = setup.told_by_pip(words)
    assert sentence in told
    assert "\n" not in told


def test_locks_that_were_installed_are_not_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "ENVIRONMENT", tmp_path)
    locks = [setup.ROOT / "requirements" / name for name in setup.LOCKS["development"]]
    (tmp_path / "installed-locks").write_text("\n".join(setup.digest(lock) for lock in locks))
    never = tmp_path / "no-python-here"
    setup.packages(never, "development")
    setup.packages(never, "portico")


def test_set_up_needs_nothing_but_the_standard_library() -> None:
    code = "import runpy; runpy.run_path('tools/setup.py', run_name='looked at')"
    command = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(command, cwd=setup.ROOT, capture_output=True, check=False)  # noqa: S603 - our own words
    assert done.returncode == 0, done.stderr
