"""The National Provider Identifier: ten digits, the last one a check digit.

Source of the rule: 45 CFR 162.406 and the CMS check-digit sheet: the Luhn formula over `80840` and the NPI.
"""

import re
from functools import lru_cache

_FORM = re.compile(r"[12][0-9]{9}", re.ASCII)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
# What the constant prefix 80840 adds to every sum.
_PREFIX_SUM = 24


def _check_digit(first_nine: str) -> str:
    digits = [int(character) for character in first_nine]
    total = _PREFIX_SUM + sum(_DOUBLED[digit] for digit in digits[::2]) + sum(digits[1::2])
    return str(-total % 10)


@lru_cache(maxsize=4096)
def is_valid_npi(text: str) -> bool:
    """True when `text` is an NPI: ten digits, first 1 or 2, right check digit.

    One file names the same few providers again and again, so the last answers are kept.
    """
    return _FORM.fullmatch(text) is not None and _check_digit(text[:9]) == text[9]


def complete_npi(first_nine: str) -> str:
    """The NPI that begins with `first_nine`. Raises `ValueError` when these are not nine digits led by 1 or 2."""
    if not _FORM.fullmatch(first_nine + "0"):
        raise ValueError("an NPI begins with nine digits, the first of them 1 or 2")
    return first_nine + _check_digit(first_nine)
