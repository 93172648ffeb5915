"""Files that are whole or not there."""

import os
from pathlib import Path


def replace_file(file: Path, text: str) -> None:
    """Put `text` in `file` whole or not at all, also when the power fails.

    One writer at a time is the caller's care. Raises `OSError` when the disk refuses, and then nothing has changed.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.draft")
    with draft.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(file)
    # The new name itself is on the disk only once the folder is.
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
