"""What CMS is told, in which words, and how often that is tried (handbook 8.2.1: at the time of the interruption)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

from libs.common.ids import derived_id

Outcome = Literal["accepted", "temporary", "permanent", "expired"]
Kind = Literal["opened", "updated", "closed", "retracted"]

GIVE_UP_AFTER = timedelta(hours=72)
_PAUSES = (5, 15, 30, 60)
_LAST_PAUSE = 300


class Interruption(Protocol):
    """What is asked of an interruption here, as it is after a change."""

    @property
    def interruption_id(self) -> UUID:
        """Its id."""

    @property
    def sequence(self) -> int:
        """The number of the change."""

    @property
    def fault_domain(self) -> str:
        """What failed."""

    @property
    def functions(self) -> tuple[str, ...]:
        """Codes of the functions it stops."""

    @property
    def started_at(self) -> datetime:
        """The first failed probe."""

    @property
    def detected_at(self) -> datetime:
        """When it was opened."""

    @property
    def ended_at(self) -> datetime | None:
        """The first success of the run that closed it."""

    @property
    def retracted_at(self) -> datetime | None:
        """When it was taken back."""


class Change(Protocol):
    """What is asked of a change of an interruption here."""

    @property
    def kind(self) -> Kind:
        """What happened."""

    @property
    def at(self) -> datetime:
        """When."""

    @property
    def interruption(self) -> Interruption:
        """The whole of it afterwards."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The outcome of one attempt to deliver the alert about change `sequence` by `channel`.

    `code` is the mail server's reply code, 0 when there was no reply. Of an accepted alert, earlier changes of the
    same interruption that were still waiting are told by it too.
    """

    interruption_id: UUID
    sequence: int
    channel: str
    attempt: int
    outcome: Outcome
    code: int
    message_id: str
    at: datetime

    @property
    def final(self) -> bool:
        """Whether there will be no further attempt."""
        return self.outcome != "temporary"


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 5, 15, 30, 60 seconds, then 5 minutes."""
    return timedelta(seconds=_PAUSES[attempts - 1] if attempts <= len(_PAUSES) else _LAST_PAUSE)


def message_id(interruption_id: UUID, sequence: int, channel: str, sender: str) -> str:
    """The same for the same alert, always: sent twice, a mailbox still has it once."""
    return f"<{derived_id('contractor-alert', interruption_id, sequence, channel)}@{sender.rpartition('@')[2]}>"


@dataclass(frozen=True, slots=True)
class Facts:
    """What an alert says. Times are as people read them, zone and UTC; no PHI anywhere.

    `cause` is a sentence without its full stop, empty where nobody knows it any more; `workaround` whole sentences.

    `told_before`: CMS has accepted an earlier message about this interruption. `working`: names of functions that
    work now.
    """

    kind: Kind
    contract_id: str
    contractor: str
    jurisdiction: str
    interruption_id: UUID
    functions: Sequence[str]
    working: Sequence[str]
    started: str
    detected: str
    told_before: bool
    ended: str = ""
    duration: str = ""
    retracted: str = ""
    cause: str = ""
    workaround: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and text of an alert."""

    subject: str
    text: str


def compose(facts: Facts) -> Letter:
    """Put the facts into words."""
    what = facts.functions[0] if len(facts.functions) == 1 else f"{len(facts.functions)} functions"
    if not facts.functions:
        what = "home and help pages"
    title = {
        "opened": "Service interruption",
        "updated": "Service interruption continues",
        "closed": "Service restored" if facts.told_before else "Service interruption, now over",
        "retracted": "Correction: no service interruption",
    }[facts.kind]
    blocks = [
        _opening(facts),
        [
            f"Contract: {facts.contract_id} ({facts.jurisdiction})",
            f"Contractor: {facts.contractor}",
            f"Reference: {facts.interruption_id}",
        ],
        ["Functions affected (Appendix 9.1 names):", *_bullets(facts.functions or ("none; only home and help pages",))],
        *([[f"Cause: {facts.cause}."]] if facts.cause and facts.kind != "retracted" else []),
        _times(facts),
        *_outlook(facts),
        [f"Contact: {facts.contact}"],
    ]
    text = "\n\n".join("\n".join(block) for block in blocks) + "\n"
    return Letter(f"[Contractor Alert] {facts.contract_id} {title}: {what}", text)


def _opening(facts: Facts) -> list[str]:
    match facts.kind:
        case "opened":
            return ["The functions of the provider portal named below are not available."]
        case "updated":
            return ["The interruption named below continues; service is intermittent."]
        case "retracted":
            return ["The interruption named below was a false alarm. The functions were available all the time."]
        case "closed" if facts.told_before:
            return ["The functions of the provider portal named below are available again."]
        case _:
            return [
                "The functions of the provider portal named below were not available, and are available again.",
                "We couldn't send this alert during the interruption, because the mail server did not take it.",
            ]


def _times(facts: Facts) -> list[str]:
    lines = [f"Started: {facts.started}", f"Detected: {facts.detected}"]
    if facts.ended:
        lines += [f"Ended: {facts.ended}", f"Duration: {facts.duration}"]
    if facts.retracted:
        lines += [f"Retracted: {facts.retracted}"]
    return lines


def _outlook(facts: Facts) -> list[list[str]]:
    if facts.kind in ("closed", "retracted"):
        return [["This is the last message about this interruption."]]
    works = ["Still available:", *_bullets(facts.working)] if facts.working else ["No other function is available."]
    return [
        works,
        [f"Workaround: {facts.workaround}"],
        ["Next update: when the functions are available again, or when this changes."],
    ]


def _bullets(names: Sequence[str]) -> list[str]:
    return [f"- {name}" for name in names]


def duration_in_words(length: timedelta) -> str:
    """A length of time: `45 seconds`, `3 minutes`, `2 hours 5 minutes`; minutes and more are rounded down."""
    seconds = int(length.total_seconds())
    if seconds < 60:
        return _count(seconds, "second")
    hours, minutes = divmod(seconds // 60, 60)
    parts = [_count(hours, "hour")] if hours else []
    return " ".join([*parts, _count(minutes, "minute")] if minutes or not parts else parts)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
