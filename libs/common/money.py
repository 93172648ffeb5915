"""Money is whole cents. These helpers turn it into text and back; nothing here knows a float."""

import re

_AMOUNT = re.compile(r"(-?)([0-9]{0,15})(?:\.([0-9]{0,2}))?", re.ASCII)


def parse_cents(text: str) -> int:
    """Cents of a decimal amount such as `1234.5`, `.50` or `-3`.

    Raises `ValueError` when `text` is no amount or has parts of a cent: money is never rounded on the way in.
    """
    match = _AMOUNT.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        raise ValueError("not an amount of dollars and cents")
    cents = int(match[2] or 0) * 100 + int((match[3] or "").ljust(2, "0"))
    return -cents if match[1] else cents


def format_dollars(cents: int) -> str:
    """An amount as people read it: `$1,234.50`, `-$3.00`."""
    dollars, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}${dollars:,}.{rest:02}"


def decimal_text(cents: int) -> str:
    """An amount as partners write it: `1234.5`, `1234`, `-0.05`: no needless zeros."""
    dollars, rest = divmod(abs(cents), 100)
    text = f"{dollars}.{rest:02}".rstrip("0").rstrip(".") if rest else str(dollars)
    return f"-{text}" if cents < 0 else text
