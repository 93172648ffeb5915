"""The Medicare Beneficiary Identifier: eleven characters, no check digit.

Source of the rule: the CMS MBI format sheet. Letters exclude S, L, O, I, B and Z; dashes are for the eye only.
"""

import re

LETTERS = "ACDEFGHJKMNPQRTUVWXY"
DIGITS = "0123456789"
# What may stand at each of the eleven positions.
POSITIONS = (
    "123456789",
    LETTERS,
    LETTERS + DIGITS,
    DIGITS,
    LETTERS,
    LETTERS + DIGITS,
    DIGITS,
    LETTERS,
    LETTERS,
    DIGITS,
    DIGITS,
)

_FORM = re.compile("".join(f"[{characters}]" for characters in POSITIONS))
_MASK = "\N{BULLET}"


def is_valid_mbi(text: str) -> bool:
    """True when `text` has the form of an MBI as it travels: upper case, no dashes."""
    return _FORM.fullmatch(text) is not None


def normalize_mbi(text: str) -> str:
    """What a person typed, as it travels: upper case, without dashes and spaces. Says nothing about validity."""
    return text.replace("-", "").replace(" ", "").upper()


def format_mbi(mbi: str) -> str:
    """An MBI as people read it: `1EG4-TE5-MK73`. Anything of another length is returned unchanged."""
    return f"{mbi[:4]}-{mbi[4:7]}-{mbi[7:]}" if len(mbi) == len(POSITIONS) else mbi


def mask_mbi(mbi: str) -> str:
    """An MBI as lists show it: all but the last four characters hidden."""
    return f"{_MASK * 4} {_MASK * 3} {mbi[-4:]}" if len(mbi) == len(POSITIONS) else _MASK * 4
