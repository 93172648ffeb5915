from pathlib import Path

import pytest

from tools.peers import __main__ as peers
from tools.peers.written import write_prints


@pytest.fixture
def pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(peers, "INSTALLED", tmp_path / "peers")
    (tmp_path / "pom.xml").write_text("version 1")
    return tmp_path / "pom.xml"


def test_a_peer_is_installed_again_when_its_pin_changed_and_only_then(pins: Path) -> None:
    def install(folder: Path) -> None:
        (folder / f"{pins.read_text()}.jar").touch()

    def there() -> set[str]:
        return {each.name for each in peers.installed("java", pins, install=install).glob("*.jar")}

    assert there() == {"version 1.jar"}
    (pins.parent / "peers" / "java" / "mark.jar").touch()
    assert there() == {"version 1.jar", "mark.jar"}
    pins.write_text("version 2")
    assert there() == {"version 2.jar"}


def test_an_installation_that_failed_is_made_again(pins: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half.jar").touch()
        raise peers.NotInstalledError("the registry is away")

    with pytest.raises(peers.NotInstalledError):
        peers.installed("java", pins, install=fail)

    folder = peers.installed("java", pins, install=lambda folder: (folder / "whole.jar").touch())
    assert {each.name for each in folder.glob("*.jar")} == {"whole.jar"}


def test_everything_that_is_printed_is_written_for_the_judge_of_prints(tmp_path: Path) -> None:
    written = write_prints(tmp_path)

    assert {each.name for each in written} == {"letter.pdf", "statement.pdf"}
    assert all(each.read_bytes().startswith(b"%PDF-") for each in written)
