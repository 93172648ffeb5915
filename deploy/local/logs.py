"""The one log of a local portal: every line of every process, with its time and the process's name in front."""

import time
from collections.abc import Callable
from logging import INFO, Formatter, LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

_NAME_WIDTH = 20
_LARGEST = 64 << 20
_KEPT = 2


class LogFile:
    """Appends to `path`, keeping at most three files of 64 MB; `show(name, line)` sees each line too."""

    def __init__(self, path: Path, show: Callable[[str, str], None] | None = None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handler = RotatingFileHandler(path, maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8")
        formatter = Formatter("%(asctime)s.%(msecs)03dZ %(name)s | %(message)s", datefmt="%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        self._handler.setFormatter(formatter)
        self._show = show

    def write(self, name: str, line: str) -> None:
        """Append one line of the process `name`."""
        self._handler.emit(LogRecord(name.ljust(_NAME_WIDTH), INFO, "", 0, line, None, None))
        if self._show is not None:
            self._show(name, line)

    def close(self) -> None:
        """Close the file."""
        self._handler.close()
