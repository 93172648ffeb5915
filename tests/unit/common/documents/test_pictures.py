"""Whether a TIFF or JPEG from outside may be kept."""

import io
import re
from typing import Any

import pytest
from PIL import Image

from libs.common.documents import pictures
from libs.common.documents.judgments import Judgment
from libs.common.documents.pictures import judge


def page(size: tuple[int, int] = (40, 30), mode: str = "RGB") -> Image.Image:
    return Image.linear_gradient("L").resize(size).convert(mode)


def saved(picture: Image.Image, kind: str, **saving: Any) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **saving)
    return content.getvalue()


def scan(pages: int, **saving: Any) -> bytes:
    """A scanned document as a fax or scanner writes it: several black and white pages in one TIFF."""
    others = [page(mode="1")] * (pages - 1)
    return saved(page(mode="1"), "TIFF", save_all=True, append_images=others, compression="group4", **saving)


def test_a_scan_is_taken_with_its_pages() -> None:
    assert judge(scan(3)) == Judgment(3)
    assert judge(saved(page(), "TIFF")) == Judgment(1)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_photograph_is_one_page(mode: str) -> None:
    assert judge(saved(page(mode=mode), "JPEG")) == Judgment(1)


def test_a_photograph_with_further_pictures_inside_is_one_page_too() -> None:
    assert judge(saved(page(), "MPO", save_all=True, append_images=[page()])) == Judgment(1)


@pytest.mark.parametrize(
    "content", [scan(2), saved(page((400, 300)), "JPEG"), saved(page(), "TIFF")], ids=["scan", "jpeg", "tiff"]
)
def test_one_that_is_cut_anywhere_is_refused(content: bytes) -> None:
    for part in (0.3, 0.6, 0.9):
        assert judge(content[: int(len(content) * part)]).fault == "unreadable", part


def test_one_that_only_begins_as_a_picture_is_refused() -> None:
    assert judge(b"II*\x00" + b"<html>" * 100).fault == "unreadable"
    assert judge(b"\xff\xd8\xff" + b"\x00" * 500).fault == "unreadable"
    assert judge(saved(page(), "PNG")).fault == "unreadable"


def test_one_of_more_pages_than_any_record_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PAGES", 3)  # to write thousands takes long
    assert judge(scan(3)).fault == ""
    assert judge(scan(4)).fault == "too-many-pages"


@pytest.mark.filterwarnings("ignore")  # as outside of tests, where a warning stops nothing
@pytest.mark.parametrize("number", [0, 1])
def test_a_page_that_unfolds_to_more_than_any_scan_is_refused_before_it_is_unfolded(number: int) -> None:
    pages = [Image.new("1", (20_000, 10)), Image.new("1", (20_000, 10))]
    content = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="group4")
    # ImageLength (tag 257) of 10 becomes 5,000: 100 million pixels in a few bytes.
    length = b"\x01\x01\x03\x00\x01\x00\x00\x00"
    start = [found.end() for found in re.finditer(re.escape(length), content)][number]
    assert judge(content[:start] + (5_000).to_bytes(4, "little") + content[start + 4 :]).fault == "unfolds"


def test_one_whose_pages_unfold_to_too_much_together_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_DECODED_BYTES", 3 * 40 * 30)
    assert judge(scan(3)).fault == ""
    assert judge(scan(4)).fault == "unfolds"
