from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.common.files import replace_file, replace_with


def test_a_file_takes_the_place_of_the_old_one_with_its_folder_made(tmp_path: Path) -> None:
    file = tmp_path / "new" / "file"
    replace_file(file, "old, with an é")
    replace_with(file, iter([b"new", b" and", b" longer"]))

    assert file.read_bytes() == b"new and longer"
    assert list(file.parent.iterdir()) == [file]


def test_a_file_that_cannot_be_written_whole_is_not_written_at_all(tmp_path: Path) -> None:
    file = tmp_path / "file"
    replace_file(file, "old")

    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        replace_with(file, pieces())

    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]
