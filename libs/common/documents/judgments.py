"""What can be said of a document from outside, and the limits it is held against."""

from dataclasses import dataclass
from typing import Literal

Fault = Literal["", "encrypted", "unreadable", "without-pages", "active", "too-many-pages", "unfolds"]
"""What is wrong with a file; empty when nothing is.

`active`: it acts by itself, carries scripts, forms or other files, or leads its reader to a file outside. `unfolds`:
unpacked, it would be far larger than it is.
"""

MAX_PAGES = 3000
"""More than any record of one stay; a reader opens so many without trouble."""

MAX_DECODED_BYTES = 1 << 31
"""What all of a document may be once unpacked: 20 MB of scans at 300 dpi stay below it."""


@dataclass(frozen=True, slots=True)
class Judgment:
    """What was found: the number of pages, and the fault if there is one."""

    pages: int
    fault: Fault = ""
