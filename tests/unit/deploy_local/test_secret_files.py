import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.local.secret_files import secret_file


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "database" / "claims_web"
    first, made = secret_file(path)
    again, made_again = secret_file(path)
    assert (made, made_again) == (True, False)
    assert first == again
    assert len(first) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_secrets_differ(tmp_path: Path) -> None:
    assert secret_file(tmp_path / "one")[0] != secret_file(tmp_path / "other")[0]


def test_many_that_race_agree_and_leave_no_drafts(tmp_path: Path) -> None:
    path = tmp_path / "shared"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: secret_file(path), range(32)))
    assert len({secret for secret, _ in answers}) == 1
    assert sum(made for _, made in answers) == 1
    assert list(tmp_path.iterdir()) == [path]
