"""Which passwords are taken: long ones that nobody guesses and nobody else lost.

NIST SP 800-63B-4 section 3.1.1.2: length and lists, no composition, no expiry. ARS IA-5(1): a letter or digit, and
three quarters changed. A password is compared as it is hashed: in NFC, without spaces around it.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, Protocol
from unicodedata import normalize

Fault = Literal["short", "long", "plain", "known", "guessable", "unchanged"]

_KEPT_RUN = 4
"""So many characters in a row of the old password count as kept; fewer are chance."""
_WORD = re.compile(r"[^\W_]{4,}")


class Rules(Protocol):
    """The values that these decisions depend on (`services.auth.settings`)."""

    @property
    def password_least_length(self) -> int:
        """Characters at least."""

    @property
    def password_most_length(self) -> int:
        """Characters at most."""

    @property
    def password_least_score(self) -> int:
        """How hard to guess it must be, 0 to 4 (zxcvbn)."""

    @property
    def password_changed_share(self) -> float:
        """Which part of it must be new when its owner changes it, 0 to 1."""


def as_compared(password: str) -> str:
    """The password as it is hashed and counted."""
    return normalize("NFC", password.strip())


def fault_of_form(password: str, rules: Rules, *, old: str = "") -> Fault | None:
    """What is wrong with a password by itself; `old` is the one it takes the place of, where that is at hand.

    Cheap: whoever waits for a list to be searched knows that this is in order.
    """
    text = as_compared(password)
    if len(text) < rules.password_least_length:
        return "short"
    if len(text) > rules.password_most_length:
        return "long"
    if not any(each.isascii() and each.isalnum() for each in text):
        return "plain"
    if old and changed_share(as_compared(old), text) < rules.password_changed_share:
        return "unchanged"
    return None


def changed_share(old: str, new: str) -> float:
    """Which part of `new` was not in `old`, 0 to 1: what both have in a row, wherever it stands, is not new."""
    matcher = SequenceMatcher(None, old.casefold(), new.casefold(), autojunk=False)
    kept = sum(block.size for block in matcher.get_matching_blocks() if block.size >= _KEPT_RUN)
    return 1 - min(kept, len(new)) / len(new)


def words_in(*texts: str) -> frozenset[str]:
    """The words of names, addresses and user IDs that make no password harder to guess."""
    return frozenset(word for text in texts for word in _WORD.findall(text.casefold()))


def without(password: str, words: Collection[str]) -> str:
    """What is left of a password that those who know its owner do not guess first."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), "", password, flags=re.IGNORECASE) if words else password


def sentence(fault: Fault, rules: Rules) -> str:
    """What is wrong with a password and what to do, for its field."""
    return {
        "short": f"Choose a password of at least {rules.password_least_length} characters. Several words in a row are"
        " easy to remember.",
        "long": f"Shorten the password to at most {rules.password_most_length} characters.",
        "plain": "Use at least one letter from A to Z or one digit in the password.",
        "known": "This password is on a list of passwords that were stolen elsewhere. Choose another one.",
        "guessable": "This password is easy to guess. Leave out names, your user ID, dates, repeated characters and"
        " neighboring keys, and add words that do not belong together.",
        "unchanged": f"Too much of your present password is in this one. Change at least"
        f" {round(100 * rules.password_changed_share)} percent of it.",
    }[fault]


@dataclass(frozen=True, slots=True)
class Guideline:
    """One thing that is asked of a password. `rule`: what a browser can judge while it is typed; empty: nothing of it.

    `least` and `most` are the numbers of the rule.
    """

    words: str
    rule: Literal["", "length", "plain", "own-words"] = ""
    least: int = 0
    most: int = 0


def guidelines(rules: Rules) -> tuple[Guideline, ...]:
    """What is asked of a password, to be read before one is chosen."""
    least, most = rules.password_least_length, rules.password_most_length
    return (
        Guideline(f"Use {least} to {most} characters. Spaces and all letters count.", "length", least, most),
        Guideline("Use at least one letter from A to Z or one digit.", "plain"),
        Guideline("Leave out your name and your user ID.", "own-words"),
        Guideline("Leave out your organization, dates and rows of keys."),
        Guideline("Several words that do not belong together are strong and easy to remember."),
        Guideline("Never use a password that you use elsewhere. It does not expire."),
    )
