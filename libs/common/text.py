"""Text that people or programs send: what of it is kept, and what nobody can print."""

import re

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Unseen characters that turn the direction of what follows: a reader would see other words than were sent."""


def plain(typed: str) -> str:
    """What somebody wrote, without space around it and without what turns the direction of text."""
    return _TURNING.sub("", typed).strip()


def is_printable(text: str) -> bool:
    """Whether `text` has no control characters but tab and line breaks, which neither databases nor partners take."""
    return not _UNPRINTABLE.search(text)
