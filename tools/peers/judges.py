"""Has one peer written in Python read files, in an environment of its own: `python judges.py PEER FILE…`.

One line each: the file's name, a tab, what the peer found; nothing when it found nothing.
"""

import io
import logging
import sys
from collections.abc import Callable
from pathlib import Path


def pyx12(path: Path) -> str:
    """Judge by the maps of pyx12; it tells its reasons in a log alone."""
    import pyx12.params  # noqa: PLC0415 - each peer is imported only where it is asked for
    import pyx12.x12n_document  # noqa: PLC0415

    said = io.StringIO()
    logging.basicConfig(stream=said, level=logging.ERROR, format="%(message)s", force=True)
    text = io.StringIO(path.read_text(encoding="ascii"))
    accepted = pyx12.x12n_document.x12n_document(pyx12.params.params(), text, io.StringIO(), None)
    return "" if accepted else said.getvalue().strip().split("\n")[0] or "refused"


def x12sdk(path: Path) -> str:
    """Read every transaction set into the models of x12sdk, which validate it."""
    from x12sdk.io import X12ModelReader  # type: ignore[import-not-found]  # noqa: PLC0415 - not ours

    with X12ModelReader(str(path)) as reader:
        for _ in reader.models():
            pass
    return ""


def oxedi(path: Path) -> str:
    """Read and balance a remittance."""
    import oxedi  # noqa: PLC0415

    data = path.read_bytes()
    if b"005010X221" not in data:
        return NO_MAP
    return "; ".join(diagnostic.kind for diagnostic in oxedi.parse(data).diagnostics)


NO_MAP = "has no map for it"
_SAID_WITHOUT_MAP = ("Map not found", "is not supported")

JUDGES: dict[str, Callable[[Path], str]] = {"pyx12": pyx12, "x12sdk": x12sdk, "oxedi": oxedi}


def main(peer: str, *files: str) -> None:
    """Judge `files` by `peer`."""
    for file in map(Path, files):
        try:
            found = JUDGES[peer](file)
        except Exception as error:  # noqa: BLE001 - whatever a peer raises is its verdict
            found = f"{type(error).__name__}: {error}"
            if any(words in found for words in _SAID_WITHOUT_MAP):
                found = NO_MAP
        sys.stdout.write(f"{file.name}\t{' '.join(found.split())}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
