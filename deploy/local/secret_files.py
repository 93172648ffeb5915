"""Random secrets of the local platform, one file each, readable by their owner only."""

import os
import secrets
from pathlib import Path


def secret_file(path: Path) -> tuple[str, bool]:
    """Return the secret kept in `path`, made at random when there is none yet.

    Returns the secret (43 URL-safe characters when made here) and whether it was made by this call. Two processes
    that race agree on one secret: the file appears whole, by one atomic link, or not at all.
    """
    if path.exists():
        return path.read_text().strip(), False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(32))
    try:
        os.link(draft, path)
        made = True
    except FileExistsError:
        made = False
    finally:
        draft.unlink()
    return path.read_text().strip(), made
