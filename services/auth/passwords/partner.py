"""What others know of passwords: how hard one is to guess, and which were stolen.

The list of stolen ones is a file that an operator mounts: SHA-1 digests in hexadecimal, one a line, sorted, each with
or without `:` and a count behind it, as Have I Been Pwned publishes them. It is searched in place, of any size.
"""

from hashlib import sha1
from pathlib import Path

from zxcvbn import zxcvbn

_DIGITS = 40
_MOST_LENGTH = 72
"""zxcvbn takes time that grows with the square of the length. What is hard to guess stays so with more behind it."""


def score(password: str) -> int:
    """How hard a password is to guess, 0 to 4, for somebody who knows common passwords, names and words."""
    return int(zxcvbn(password[:_MOST_LENGTH])["score"]) if password else 0


def is_stolen(password: str, file: Path) -> bool:
    """Whether a password is on the list. Raises `OSError` when the list cannot be read."""
    wanted = sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, lines.seek(0, 2)
        while low < high:
            middle = (low + high) // 2
            lines.seek(max(middle - 1, 0))
            if middle:
                lines.readline()
            if lines.tell() >= high:
                high = middle
                continue
            found = lines.readline()[:_DIGITS].upper()
            if found == wanted:
                return True
            if found < wanted:
                low = lines.tell()
            else:
                high = middle
    return False
