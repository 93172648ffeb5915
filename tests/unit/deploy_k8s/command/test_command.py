"""`python -m deploy.k8s`: everything on standard output, or nothing and one reason."""

from pathlib import Path

import pytest
import yaml

from deploy.k8s.__main__ import CONTRACT, SITE, main


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = SITE.read_text()
    assert old in text
    file = tmp_path / "site.toml"
    file.write_text(text.replace(old, new))
    return file


def test_it_writes_the_same_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    first = capsys.readouterr().out
    assert main([]) == 0
    assert capsys.readouterr().out == first
    assert "&id" not in first


def test_variables_of_the_shell_change_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main([])
    before = capsys.readouterr().out
    for name, value in (
        ("PORTICO_PORT_BASE", "9400"),
        ("PORTICO_PROFILE", "local"),
        ("DATABASE_URL", "postgresql://x"),
    ):
        monkeypatch.setenv(name, value)
    main([])
    assert capsys.readouterr().out == before


def test_another_site_and_another_contract_are_written_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    contract = tmp_path / "contract.toml"
    contract.write_text(CONTRACT.read_text().replace("15004", "06001"))
    site = changed(tmp_path, 'namespace = "portico"', 'namespace = "meridian"')
    assert main(["--site", str(site), "--contract", str(contract)]) == 0
    objects = list(yaml.safe_load_all(capsys.readouterr().out))
    assert {each["metadata"].get("namespace") for each in objects} == {"meridian", "kafka", None}
    assert ["06001" in each["data"]["contract.toml"] for each in objects if each["kind"] == "ConfigMap"] == [True]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("@sha256:" + 64 * "0", ":latest", "image"),
        ('service = "notifier"', 'service = "mailer"', "no service mailer"),
        ('"192.0.2.16/32"', '"mail.example"', "addresses"),
        ("port = 25", "port = 0", "port"),
        ('roles = ["worker"]', 'roles = ["relay"]', "roles"),
        ("public_host", "publik_host", "publik_host"),
        ("[documents]", "[documents", "line"),
    ],
)
def test_a_wrong_site_is_refused_with_its_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert main(["--site", str(changed(tmp_path, old, new))]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert said in written.err


def test_a_contract_that_no_process_could_read_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    contract = tmp_path / "contract.toml"
    contract.write_text("contract_id = 15004\n")
    assert main(["--contract", str(contract)]) == 2
    assert capsys.readouterr().out == ""


def test_a_missing_file_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--site", str(tmp_path / "nowhere.toml")]) == 2
    assert "nowhere.toml" in capsys.readouterr().err
