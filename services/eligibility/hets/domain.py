"""What HETS is asked, and how it may end.

Search sets: Medicare number and last name, with first name or birth date or both (handbook 9.2.1: primary, alternate
1, alternate 2).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from libs.x12.eligibility.objects import EligibilityInquiry

State = Literal["answered", "refused", "unreadable", "no-answer"]
ANSWERED: State = "answered"
REFUSED: State = "refused"
UNREADABLE: State = "unreadable"
NO_ANSWER: State = "no-answer"

ALL_BENEFITS = "30"
"""The service type that asks for everything the plan says; HETS answers it with all it has."""

SUFFIXES = frozenset({"JR", "SR", "I", "II", "III", "IV", "V", "MD", "PHD", "ESQ"})
"""What may end a last name without being part of it (CAQH CORE rule 258)."""

# Letters that Unicode does not take apart into a base letter and a mark, and typographic signs for those of a keyboard.
_WRITTEN = str.maketrans(
    {
        "ẞ": "SS",
        "Æ": "AE",
        "Œ": "OE",
        "Ø": "O",
        "Ł": "L",
        "Đ": "D",
        "Ð": "D",
        "Þ": "TH",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{MODIFIER LETTER APOSTROPHE}": "'",
        "\N{ACUTE ACCENT}": "'",
        "\N{GRAVE ACCENT}": "'",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
    }
)
# Signs between the parts of a name that no card has: as good as a space.
_SEPARATORS = re.compile(r"[\s.,/]+")
_AROUND_HYPHEN = re.compile(r" *-+ *")
_NOT_IN_A_NAME = re.compile(r"[^A-Z0-9 '\-]")


# Why there is no answer, or none that can be used: the first word of a reason. What follows it is for operators.
RESTS = "rests"
"""HETS did not answer the last ones, so it was not asked: it was not sent."""
NO_CONNECTION = "no-connection"
CERTIFICATE = "certificate"
"""HETS could not be believed, or did not believe us: it was not sent."""
TOO_LATE = "too-late"
BROKEN_OFF = "broken-off"
HTTP_STATUS = "status"
ENVELOPE = "envelope"
TOO_LARGE = "too-large"
NOT_ACCEPTED = "not-accepted"
"""Cut off, or not as its guide says."""
NOT_ONE_ANSWER = "not-one-answer"
SYNTAX_REFUSED = "999"
INTERCHANGE_REFUSED = "TA1"
FOREIGN = "foreign"
"""It belongs to another question or patient."""

BUSY = "busy"
"""No connection was free: it was not sent."""
HELD = "held"
"""Its user or NPI was held while it waited in line: it was not sent."""
REMOVED = "access-removed"
"""Its user lost the access to the provider while it waited in line: it was not sent."""

NEVER_SENT = frozenset({RESTS, NO_CONNECTION, CERTIFICATE, BUSY, HELD, REMOVED})


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about whom. `mbi` as it travels; names as typed; at least one of first name and birth date.

    `service_type` is EQ01 of the 270. `suffix_inside`: a suffix at the end of the last name travels as part of it.
    """

    mbi: str
    last_name: str
    first_name: str
    birth_date: date | None
    service_from: date
    service_to: date
    service_type: str = ALL_BENEFITS
    suffix_inside: bool = False

    @property
    def search(self) -> str:
        """Which of the three searches of the handbook this is."""
        if self.first_name and self.birth_date:
            return "primary"
        return "alternate 1" if self.birth_date else "alternate 2"


@dataclass(frozen=True, slots=True)
class Written:
    """A question as a program wrote it: `inquiry` is what its `payload`, a whole 270, asks."""

    inquiry: EligibilityInquiry
    payload: bytes


@dataclass(frozen=True, slots=True)
class SentName:
    """A name as it travels: last name (NM103), first name (NM104), suffix (NM107)."""

    last: str
    first: str
    suffix: str = ""


def sent_name(question: Question) -> SentName:
    """The name of a question as HETS is asked with it.

    Upper case, single spaces, accents left out (`É` is `E`, `ß` is `SS`): the basic character set of X12. Hyphens and
    apostrophes are part of a name and stay; periods, commas and slashes do not (CAQH CORE rule 258). A suffix at the
    end of the last name travels beside it, unless the question says that it is part of it.
    """
    last, first = plain_name(question.last_name), plain_name(question.first_name)
    rest, _, suffix = last.rpartition(" ")
    if question.suffix_inside or not rest or suffix not in SUFFIXES:
        return SentName(last, first)
    return SentName(rest, first, suffix)


def plain_name(typed: str) -> str:
    """A name as it travels; characters that X12 has no place for are still in it: `strange_characters`."""
    upper = unicodedata.normalize("NFKD", typed.upper().translate(_WRITTEN))
    letters = "".join(each for each in upper if not unicodedata.combining(each))
    return _AROUND_HYPHEN.sub("-", _SEPARATORS.sub(" ", letters)).strip(" -")


def strange_characters(typed: str) -> str:
    """The characters of a name that HETS cannot be asked with, each once; empty when there are none."""
    return "".join(dict.fromkeys(_NOT_IN_A_NAME.findall(plain_name(typed))))
