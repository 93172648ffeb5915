"""Files that are whole or not there."""

import os
from collections.abc import Iterable
from pathlib import Path


def replace_file(file: Path, text: str) -> None:
    """Put `text` in `file` whole or not at all, also when the power fails.

    One writer at a time is the caller's care. Raises `OSError` when the disk refuses, and then nothing has changed.
    """
    replace_with(file, [text.encode()])


def replace_with(file: Path, pieces: Iterable[bytes]) -> None:
    """Put `pieces`, one after another, in `file`: as `replace_file` does, for what is too large to hold."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.draft")
    try:
        with draft.open("wb") as handle:
            handle.writelines(pieces)
            handle.flush()
            os.fsync(handle.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    draft.replace(file)
    # The new name itself is on the disk only once the folder is.
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
