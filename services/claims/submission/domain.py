"""What is decided about a file before anybody reads its claims, and what its fate is called."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Literal

Verdict = Literal["", "accepted", "partial", "rejected"]

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_BLANKS = b" \t\r\n\x00"
_BULK_BYTES = 1_000_000
_NUMBERS_OF_A_TYPE = 1_000_000
_INTERCHANGE_NUMBERS = 999_999_999
_FIRST_TYPE = 22
_LAST_TYPE = 29


WHEN_TOO_LARGE = "Split it into smaller files and send each of them."

PURPOSE = "submission"
"""What a claim file is sent for."""


@dataclass(frozen=True, slots=True)
class UploadFault:
    """Why a file is not taken: a code of the catalog, and what to correct."""

    code: str
    sentence: str


def fault_of_start(start: bytes) -> UploadFault | None:
    """Whether a file that begins with `start` can be a claim file; `None` when it can.

    Source of the rule: an X12 interchange begins with ISA, at the first byte (X12.5).
    """
    if not start:
        return UploadFault("upload-empty", "The file is empty. Export it again from your billing system, then send it.")
    if start.startswith(_BYTE_ORDER_MARKS) or start[:1] in [bytes([blank]) for blank in _BLANKS]:
        return UploadFault(
            "upload-byte-order-mark",
            "The file begins with a byte order mark or white space. Save it as plain text without them, so that its"
            " first three characters are ISA, and send it again.",
        )
    if not start.startswith(b"ISA"):
        return UploadFault(
            "upload-not-x12",
            "This is not an X12 claim file: such a file begins with ISA. Choose the 837 file that your billing system"
            " made and send it.",
        )
    return None


PROCESS, FORWARD = "process-submission", "forward-submission"
"""The jobs that read a file, and pass its accepted claims on."""

NOT_READ = (
    "We could not finish reading this file. Our staff has been alerted and will finish it. Do not send it again: its"
    " claims would be duplicates. If you need an answer today, call the help desk with its number."
)
"""What is said of a file when the work on it was given up, until an operator has released it."""
NOT_SENT_ON = (
    "The accepted claims could not be passed on to be processed yet. Our staff has been alerted and will pass them"
    " on; do not send them again."
)
"""What is said of a file that has been read, when passing its claims on was given up."""


def missing_file() -> UploadFault:
    """No file came with the form."""
    return UploadFault("upload-missing", "Choose the claim file to send.")


def place_of(
    segment: str, position: int, *, loop: str = "", element: int = 0, component: int = 0, transaction: str = ""
) -> str:
    """Where a fault is, as people look for it in the file: `NM109, loop 2010BA, segment 14 of transaction set 0001`.

    `position` counts from ST = 1; `transaction` is ST02, where it can be told. Nothing where no segment is at fault.
    """
    if not segment:
        return ""
    parts = [segment + (f"{element:02}" if element else "") + (f"-{component}" if component else "")]
    parts += [f"loop {loop}"] if loop else []
    of = f"transaction set {transaction}" if transaction else "its transaction set"
    parts += [f"segment {position} of {of}"] if position else []
    return ", ".join(parts)


def submission_number(business_day: date, sequence: int) -> str:
    """The number people pass on, such as `S-2611-000123`: month of receipt and a count that never starts again."""
    return f"S-{business_day:%y%m}-{sequence:06}"


def control_number(business_day: date, count: int) -> str:
    """The internal control number (ICN) of the claim that is the `count`-th (from 0) of its day.

    Thirteen digits as Part B writes them: type of claim (22: electronic), year, day of the year, sequence. The
    further types stand for the further millions of a day. Raises `ValueError` when a day has used up all of them.
    """
    kind = _FIRST_TYPE + count // _NUMBERS_OF_A_TYPE
    if kind > _LAST_TYPE:
        raise ValueError("no internal control numbers are left for this day")
    return f"{kind}{_year_and_day(business_day)}{count % _NUMBERS_OF_A_TYPE:06}"


def interchange_number(first: int, place: int) -> int:
    """The number at a place from 0 on: first that of the part that goes on, then those of the answers."""
    return (first + place) % _INTERCHANGE_NUMBERS + 1


def day_of_number(number: str) -> date | None:
    """The business day on which an internal control number was given; None when it is not written as ours are."""
    try:
        return datetime.strptime(f"20{number[2:7]}", "%Y%j").replace(tzinfo=UTC).date()
    except ValueError:
        return None


@cache
def _year_and_day(day: date) -> str:
    return f"{day:%y%j}"


def chunk_size(size_bytes: int) -> int:
    """How many claims are stored in one transaction: more of them in bulk, so that a small file shows progress.

    It depends on the file alone, because a run that goes on after a crash must cut the same chunks.
    """
    return 2000 if size_bytes >= _BULK_BYTES else 500


def verdict_in_words(verdict: str, accepted: int, rejected: int) -> tuple[str, str, str]:
    """Kind of status, status and the sentence that explains it, for a file that has been judged."""
    if verdict == "rejected" and not accepted:
        return (
            "bad",
            "Not accepted",
            "The file as a whole was not accepted, and no claim in it is processed. Correct it and send it again.",
        )
    if rejected:
        return (
            "warning",
            "Accepted in part",
            "Correct the claims listed first and send only those again. The others were accepted and are processed.",
        )
    return "good", "Accepted", "Every claim in the file was accepted and is being processed."
