import json
from pathlib import Path

import pytest

from tools import assets


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("npm error code ENOTFOUND\nnpm error network request to … failed", "cannot be reached"),
        ("npm error code ECONNREFUSED", "cannot be reached"),
        ("npm error code EINTEGRITY", "differs from its digest"),
        ("npm error code ENOSPC", "The disk is full"),
        ("npm error code E403", "refuses this machine"),
        ("npm error code EUSAGE", "do not belong together"),
        ("something new\n\n", "something new"),
        ("", "it said nothing"),
    ],
)
def test_what_npm_says_becomes_one_sentence(output: str, words: str) -> None:
    sentence = assets.reason(output)

    assert words in sentence
    assert "\n" not in sentence


def test_the_lock_pins_every_package_by_hash_and_names_no_registry() -> None:
    lock = json.loads((assets.ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: facts for name, facts in lock["packages"].items() if name}

    assert packages
    assert [name for name, facts in packages.items() if not facts["integrity"].startswith("sha512-")] == []
    assert [name for name, facts in packages.items() if "resolved" in facts] == []


def test_fonts_get_addresses_that_change_with_their_content(tmp_path: Path) -> None:
    modules, target = tmp_path / "node_modules", tmp_path / "built"
    system = modules / "@cmsgov" / "design-system" / "dist"
    for folder in (system / "css", system / "fonts", modules / "htmx.org" / "dist", target):
        folder.mkdir(parents=True)
    (system / "css" / "core-theme.css").write_text(":root {}", encoding="utf-8")
    (system / "css" / "index.css").write_text(
        '@font-face{src:url(../fonts/plain.woff2) format("woff2")}', encoding="utf-8"
    )
    (system / "fonts" / "plain.woff2").write_bytes(b"font")
    (system / "fonts" / "unused.woff2").write_bytes(b"font")
    (modules / "htmx.org" / "dist" / "htmx.min.js").write_text("", encoding="utf-8")
    (modules / "htmx.org" / "LICENSE").write_text("", encoding="utf-8")

    assets.assemble(modules, target)

    assert "url(../fonts/plain.woff2?v=" in (target / "css" / "index.css").read_text(encoding="utf-8")
    assert [path.name for path in (target / "fonts").iterdir()] == ["plain.woff2"]
