"""The first level of appeal: who may ask for a redetermination of which service line, and until when.

A line is known by its number in the claim, never by its place in a remittance (X12 RFI 1684, 2224).

Sources: 42 CFR 405.924 and 405.926 (what is an initial determination and what is not), 405.940 (the right), 405.942
(time, good cause), 405.944 (what a request must say), 405.946 (evidence), 405.950 (time to decide), 405.962 (the next
level); IOM 100-04 chapter 29; remark MA130 (a claim that was not decided).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from libs.common.appeal_deadlines import reconsideration_until, redetermination_until
from libs.common.business_days import BusinessDays
from libs.common.text import is_printable
from libs.x12.remittance.reasons import REASONS, reason_meaning

LEVEL = 1
PURPOSE = "redetermination"
"""What documents of an appeal are sent for."""
WHOLE_CLAIM = 0
"""The number of the one line of a claim whose remittance shows no service lines."""
UNIDENTIFIED = -1
"""The number of what a remittance says without naming a line that the claim has."""
MAX_LINES = 50
"""Lines of one request: as many as a professional claim can have. Longer claims are appealed in parts."""
REQUESTER_LENGTH, EXPLANATION_LENGTH, GOOD_CAUSE_LENGTH = 100, 4000, 2000

_DECISION_DAYS = 60
_EVIDENCE_DAYS = 14
_REVERSED = "22"
_UNPROCESSABLE = "MA130"
# A claim that came too late is no initial determination (42 CFR 405.926(n)); two remarks say that there are no rights.
# How the rules for several procedures were applied (59) is one: it bears on the amount of this claim (405.924(b)), and
# only rules of general applicability are left out (405.926(c)).
_TOO_LATE, _WITHOUT_RIGHTS = "29", frozenset({"MA44", "N211"})
# Adjustments of a line that is paid as it should be: fee schedule, sequestration, the patient's share, other payers.
_OF_PAYMENT = frozenset({("CO", "45"), ("CO", "253"), ("PR", "1"), ("PR", "2"), ("PR", "3"), ("OA", "23")})

RightKind = Literal[
    "appeal", "appeal-late", "appealed", "decided", "paid", "correct-and-resubmit", "not-decided", "reversed",
    "no-rights", "unidentified",
]  # fmt: skip
"""What can be done about a line. Only the first two let one file; the others say why not."""
Outcome = Literal["favorable", "partially-favorable", "unfavorable"]

_GROUPS = {
    "CO": "you may not bill the patient for it",
    "PR": "the patient may be billed for it",
    "OA": "neither contract nor patient",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why less was paid than charged: group code and claim adjustment reason code."""

    group: str
    code: str
    amount_cents: int = 0

    @property
    def written(self) -> str:
        """As the field writes it: `CO-50`."""
        return f"{self.group}-{self.code}"

    @property
    def denies(self) -> bool:
        """Whether it takes away something that was claimed, instead of paying it as the rules say."""
        return (self.group, self.code) not in _OF_PAYMENT

    @property
    def words(self) -> str:
        """What it means, in the words of the remittance."""
        return reason_meaning(self.code)

    @property
    def helps(self) -> str:
        """What usually helps, in the words of the remittance; empty where nothing general can be said."""
        known = REASONS.get(self.code)
        return known.advice if known else ""

    @property
    def bill(self) -> str:
        """Whom the group code lets you bill; empty for a group nobody knows."""
        return _GROUPS.get(self.group, "")


def reason_of(written: str) -> Reason:
    """The inverse of `Reason.written`."""
    group, _, code = written.partition("-")
    return Reason(group, code)


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One service line of the claim as the remittance shows it: `number` is LX01. `remarks` are RARCs."""

    number: int
    procedure: str
    charge_cents: int
    paid_cents: int
    reasons: tuple[Reason, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def denials(self) -> tuple[Reason, ...]:
        """The reasons that took something away."""
        return tuple(reason for reason in self.reasons if reason.denies)


@dataclass(frozen=True, slots=True)
class Notice:
    """What the newest remittance says about a claim: the notice of the initial determination (42 CFR 405.921)."""

    sequence: int
    remitted_on: date
    status: str
    lines: tuple[NoticeLine, ...]

    @property
    def is_of_the_whole(self) -> bool:
        """Whether it shows no service lines."""
        return any(line.number == WHOLE_CLAIM for line in self.lines)


def joined(parts: Iterable[NoticeLine]) -> tuple[NoticeLine, ...]:
    """The lines of the claim in its order; what a remittance says of one line in several parts is one line.

    A payer may split a line and send its parts in any order. Parts that name no line of the claim stay by themselves.
    What one part takes away and another gives back was not decided against anybody: such a reason is none, and leaves
    nothing to be dissatisfied with (42 CFR 405.924(b), 405.940).
    """
    lines: dict[int, NoticeLine] = {}
    unidentified = []
    for part in parts:
        if part.number == UNIDENTIFIED:
            unidentified.append(part)
        elif part.number in lines:
            lines[part.number] = _with(lines[part.number], part)
        else:
            lines[part.number] = part
    return (*(lines[number] for number in sorted(lines)), *unidentified)


def _with(line: NoticeLine, part: NoticeLine) -> NoticeLine:
    amounts: dict[tuple[str, str], int] = {}
    for reason in (*line.reasons, *part.reasons):
        amounts[reason.group, reason.code] = amounts.get((reason.group, reason.code), 0) + reason.amount_cents
    return NoticeLine(
        line.number,
        line.procedure,
        line.charge_cents + part.charge_cents,
        line.paid_cents + part.paid_cents,
        tuple(Reason(group, code, cents) for (group, code), cents in amounts.items() if cents),
        tuple(dict.fromkeys((*line.remarks, *part.remarks))),
    )


def notice_lines(lines: Sequence[NoticeLine], *, claim: NoticeLine) -> tuple[NoticeLine, ...]:
    """The lines of a notice. What is said of the `claim` as a whole is said of each; without lines, it is the line."""
    if not lines:
        return (claim,)
    return tuple(
        NoticeLine(
            line.number,
            line.procedure,
            line.charge_cents,
            line.paid_cents,
            (*line.reasons, *claim.reasons),
            (*line.remarks, *(remark for remark in claim.remarks if remark not in line.remarks)),
        )
        for line in lines
    )


@dataclass(frozen=True, slots=True)
class Appealed:
    """The appeal that a line is in, or was. `decided_on` is the date of its notice.

    `next_level`: `asked` when a reconsideration was asked for, then its outcome.
    """

    appeal_id: UUID
    number: str
    decided_on: date | None
    favorable: bool | None
    next_level: str = ""


@dataclass(frozen=True, slots=True)
class LineRight:
    """What can be done about one line now. `until` is the last day, where a clock runs.

    `apart` are the lines that appeals of their own leave out of an appeal of the whole claim.
    """

    line: NoticeLine
    kind: RightKind
    until: date | None = None
    appeal: Appealed | None = None
    apart: tuple[int, ...] = ()

    @property
    def may_file(self) -> bool:
        """Whether a redetermination can be asked for."""
        return self.kind in ("appeal", "appeal-late")


def decide_by(received_on: date, evidence_days: Collection[date]) -> date:
    """By when we decide: 60 days from the business day of receipt (42 CFR 405.950(a)).

    Each submission of evidence after that day gives 14 days more (42 CFR 405.946(b)); what comes on one day is one.
    """
    later = {day for day in evidence_days if day > received_on}
    return received_on + timedelta(days=_DECISION_DAYS + _EVIDENCE_DAYS * len(later))


def rights_of(
    notice: Notice | None,
    appealed: Mapping[int, Appealed],
    today: date,
    days: BusinessDays,
    *,
    finalized: bool,
    claimed: Collection[int] = (),
) -> tuple[LineRight, ...]:
    """What can be done about each line of a claim on `today`. Without a notice there are no lines to speak of.

    `claimed` are the numbers of the lines of the claim, of use where its notice shows none.
    """
    if notice is None:
        return ()
    until = redetermination_until(notice.remitted_on, days)
    rights = []
    for line in notice.lines:
        right = _right(line, notice, today, until, finalized=finalized)
        appeal = _appeal_about(line.number, appealed)
        if appeal is None:
            rights.append(right)
        elif right.may_file and has_more(line.number, appealed, claimed):
            rights.append(replace(right, apart=tuple(sorted(appealed))))
        else:
            rights.append(_right_in_appeal(appeal, line, days))
    return tuple(rights)


def has_more(number: int, appealed: Collection[int], claimed: Collection[int]) -> bool:
    """Whether a line is the whole claim, of which lines were appealed, and others were not.

    A later notice may show as a whole what an earlier one showed by its lines: whoever appealed one of them may still
    be dissatisfied with the others (42 CFR 405.940).
    """
    return number == WHOLE_CLAIM and WHOLE_CLAIM not in appealed and not set(claimed) <= set(appealed)


def _appeal_about(number: int, appealed: Mapping[int, Appealed]) -> Appealed | None:
    """The appeal that a line is in: its own, that of the whole claim, or for the whole claim that of any of its lines.

    One remittance of a claim may show it as a whole and another by its lines. What is under appeal is the same; an
    appeal that waits for its decision is named before others, because documents can be added to it.
    """
    if number in appealed:
        return appealed[number]
    if number != WHOLE_CLAIM:
        return appealed.get(WHOLE_CLAIM)
    return min(appealed.values(), key=lambda each: each.decided_on is not None, default=None)


def _right_in_appeal(appeal: Appealed, line: NoticeLine, days: BusinessDays) -> LineRight:
    """After a redetermination only the next level is open, and what was granted needs none."""
    if appeal.decided_on is None:
        return LineRight(line, "appealed", appeal=appeal)
    over = appeal.favorable or appeal.next_level
    return LineRight(line, "decided", None if over else reconsideration_until(appeal.decided_on, days), appeal)


def _right(  # noqa: PLR0911 - one rule after the other is how the rules are read
    line: NoticeLine, notice: Notice, today: date, until: date, *, finalized: bool
) -> LineRight:
    if _UNPROCESSABLE in line.remarks:
        return LineRight(line, "correct-and-resubmit")
    if notice.status == _REVERSED:
        return LineRight(line, "reversed")
    if not line.denials:
        return LineRight(line, "paid")
    if not finalized:
        return LineRight(line, "not-decided")
    if _WITHOUT_RIGHTS.intersection(line.remarks) or _TOO_LATE in {reason.code for reason in line.denials}:
        return LineRight(line, "no-rights")
    if line.number == UNIDENTIFIED:
        return LineRight(line, "unidentified")
    return LineRight(line, "appeal" if today <= until else "appeal-late", until)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it was sent. The free texts may name the patient."""

    lines: frozenset[int]
    requester: str
    explanation: str
    good_cause: str = ""

    @property
    def argument(self) -> "Argument":
        """What of it is kept sealed."""
        return Argument(self.requester, self.explanation, self.good_cause)


FaultKind = Literal[
    "without-lines", "too-many-lines", "unknown-line", "line-not-appealable", "line-appealed", "without-requester",
    "without-explanation", "too-long", "unprintable", "without-good-cause",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a request is not taken: the field it concerns, and what to do. `appeal`: the one that is there already."""

    kind: FaultKind
    field: str
    sentence: str
    appeal: Appealed | None = None


def form_faults(asked: Asked) -> tuple[Fault, ...]:
    """What a request lacks by itself: the service asked about, who asks (405.944(b)), and why (405.946(a))."""
    found = []
    if not asked.lines:
        found.append(Fault("without-lines", "lines", "Choose at least one line to appeal."))
    elif len(asked.lines) > MAX_LINES:
        found.append(
            Fault("too-many-lines", "lines", f"Choose at most {MAX_LINES} lines; ask for the others after that.")
        )
    if not asked.explanation:
        found.append(Fault("without-explanation", "explanation", "Explain why you disagree with what was decided."))
    if not asked.requester:
        found.append(Fault("without-requester", "requester", "Enter the name of the person who asks."))
    for field, label, text, most in (
        ("explanation", "explanation", asked.explanation, EXPLANATION_LENGTH),
        ("good_cause", "good cause", asked.good_cause, GOOD_CAUSE_LENGTH),
        ("requester", "name", asked.requester, REQUESTER_LENGTH),
    ):
        if len(text) > most:
            sentence = f"Shorten the {label} to at most {most:,} characters; it has {len(text):,}."
            found.append(Fault("too-long", field, sentence))
        elif not is_printable(text):
            found.append(Fault("unprintable", field, f"Remove from the {label} what cannot be printed."))
    return tuple(found)


def line_faults(asked: Asked, rights: Iterable[LineRight], *, written_day: str) -> tuple[Fault, ...]:
    """Why the lines asked about cannot be appealed now. `written_day` is the last day as people read it."""
    known = {right.line.number: right for right in rights}
    found = []
    for number in sorted(asked.lines):
        right = known.get(number)
        if right is None:
            found.append(Fault("unknown-line", "lines", f"The claim has no line {number}. Choose from those listed."))
        elif right.appeal is not None:
            what = "This claim" if number == WHOLE_CLAIM else line_name(number)
            sentence = (
                f"{what} is in appeal {right.appeal.number} already. A second request is not taken and"
                " gives no more time."
            )
            found.append(Fault("line-appealed", "lines", sentence, right.appeal))
        elif not right.may_file:
            found.append(Fault("line-not-appealable", "lines", f"{line_name(number)}: {WHY_NOT[right.kind]}"))
        elif right.kind == "appeal-late" and not asked.good_cause:
            sentence = (
                f"The last day was {written_day}. Say what kept you from asking by then: a late request needs good"
                " cause."
            )
            return (*found, Fault("without-good-cause", "good_cause", sentence))
    return tuple(found)


WHY_NOT: Mapping[RightKind, str] = {
    "paid": "It was paid as the rules say; there is nothing to appeal.",
    "correct-and-resubmit": "It could not be processed as it was sent (MA130), so there is nothing to appeal. Correct"
    " it and send it as a new claim.",
    "not-decided": "The claim was not finalized, so nothing of it was decided yet. If it was returned to you, correct"
    " it and send it as a new claim; if it is still in process, wait for its decision.",
    "reversed": "The payment was taken back. If a corrected decision comes on a later remittance, its notice shows"
    " what can be done.",
    "no-rights": "Medicare gives no right to appeal this decision: a claim that came too late is no initial"
    " determination (42 CFR 405.926(n)), and remarks MA44 and N211 say the same of others.",
    "unidentified": "The remittance does not name a line of your claim here, so it cannot be appealed on this page."
    " Call the help desk, or send the request on paper.",
}
"""Why a line cannot be appealed, where that is the whole story."""

NOT_REMITTED = "This claim is on no remittance yet. The time to appeal begins with the notice on it."


def line_name(number: int, *, apart: Collection[int] = ()) -> str:
    """How people call a line: `Line 2`, or the claim where it has no lines; that without those `apart`."""
    name = _NAMES.get(number, f"Line {number}")
    if number != WHOLE_CLAIM or not apart:
        return name
    return f"{name} except {'line' if len(apart) == 1 else 'lines'} {line_names(apart)}"


_NAMES = {WHOLE_CLAIM: "The whole claim", UNIDENTIFIED: "A line that is not named"}


def line_names(numbers: Iterable[int]) -> str:
    """Several of them in short: `1, 3`."""
    return ", ".join("whole claim" if each == WHOLE_CLAIM else str(each) for each in sorted(numbers))


def appeal_number(business_day: date, sequence: int) -> str:
    """The number people pass on, such as `A-2611-000123`: month of receipt and a count that never starts again."""
    return f"A-{business_day:%y%m}-{sequence:06}"


@dataclass(frozen=True, slots=True)
class Argument:
    """Who asks, why, and why late."""

    requester: str
    explanation: str
    good_cause: str


STATES: Mapping[str, tuple[str, str]] = {
    "filed": ("waiting", "Waiting for the decision"),
    "favorable": ("good", "Decided in your favor"),
    "partially-favorable": ("warning", "Decided partly in your favor"),
    "unfavorable": ("bad", "Not decided in your favor"),
}
"""Kind of status, and words, of an appeal: `filed` until it has an outcome."""


NEXT_LEVEL: Mapping[str, str] = {
    "asked": "You requested a reconsideration; it is with the QIC or on its way there.",
    "favorable": "The QIC reconsidered it and decided in your favor.",
    "partially-favorable": "The QIC reconsidered it and decided partly in your favor.",
    "unfavorable": "The QIC reconsidered it and did not decide in your favor.",
}
"""What became of an appeal at the next level, in a sentence."""


def was_reconsidered(next_level: str) -> bool:
    """Whether the next level has decided: what it said is the last word."""
    return next_level not in ("", "asked")


def state_words(outcome: str) -> tuple[str, str]:
    """Kind of status and the words beside it."""
    return STATES[outcome or "filed"]
