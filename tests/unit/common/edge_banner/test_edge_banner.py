"""The banner file: what the notifier wrote last is what the gateway reads, whole, whoever starts first."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from libs.common.edge_banner import (
    BANNER_IN_PAGE,
    BANNER_IN_PROBLEM,
    ROUTES,
    Banner,
    publish_banner,
    publish_template,
)

BANNER = Banner('Claims "wait": 100 % & more.', ("Claim Status", "Claim Submission"), "4:12 p.m. ET")
PROBLEM = f'{{"interruption": {BANNER_IN_PROBLEM}}}'
TEMPLATE = json.dumps({"page": f"<div>{BANNER_IN_PAGE}</div>", "problem": PROBLEM})


def routes(directory: Path) -> dict[str, str]:
    content: dict[str, str] = json.loads((directory / ROUTES).read_text(encoding="utf-8"))
    return content


def test_a_banner_waits_for_a_gateway_that_is_prepared_later(tmp_path: Path) -> None:
    publish_banner(tmp_path, BANNER)
    assert not (tmp_path / ROUTES).exists()
    publish_template(tmp_path, TEMPLATE)
    assert "Claim Status, Claim Submission" in routes(tmp_path)["page"]


def test_a_banner_comes_and_goes(tmp_path: Path) -> None:
    publish_template(tmp_path, TEMPLATE)
    without = routes(tmp_path)
    publish_banner(tmp_path, BANNER)
    shown = routes(tmp_path)
    publish_banner(tmp_path, None)
    assert without == routes(tmp_path) == {"page": "<div></div>", "problem": '{"interruption": null}'}
    assert "<p><strong>Claims &#34;wait&#34;" in shown["page"].replace("&quot;", "&#34;")
    assert "<p>Since 4:12 p.m. ET.</p>" in shown["page"]
    assert json.loads(shown["problem"].replace("%%", "%"))["interruption"]["sentence"] == BANNER.sentence


def test_percent_signs_are_no_commands_of_the_gateway(tmp_path: Path) -> None:
    publish_template(tmp_path, TEMPLATE)
    publish_banner(tmp_path, Banner("100 %REQ(COOKIE)%", (), "now"))
    assert all("%%REQ(COOKIE)%%" in text for text in routes(tmp_path).values())


def test_a_failed_write_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_template(tmp_path, TEMPLATE)
    publish_banner(tmp_path, BANNER)
    before = routes(tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            publish_banner(tmp_path, None)
    assert routes(tmp_path) == before
    publish_template(tmp_path, TEMPLATE)
    assert routes(tmp_path) == before


def test_writers_at_the_same_time_leave_one_whole_banner(tmp_path: Path) -> None:
    publish_template(tmp_path, TEMPLATE)
    banners = [Banner(f"Number {number}. " * 50, (), "now") for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda banner: publish_banner(tmp_path, banner), banners))
    kept = json.loads((tmp_path / "banner.json").read_text(encoding="utf-8"))["sentence"]
    assert kept in {banner.sentence for banner in banners}
    assert kept in routes(tmp_path)["page"]
