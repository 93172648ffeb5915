"""Holds an inquiry against the rules of HETS, and an answer against its inquiry. Pure: whoever asks gives the day.

The portal judges an inquiry before it sends it, the reader judges those that arrive, by the same rules.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from libs.common.mbi import is_valid_mbi
from libs.common.npi import is_valid_npi
from libs.x12.code_sets import CODE_SETS
from libs.x12.eligibility.edits import EDITS
from libs.x12.eligibility.objects import (
    NPI,
    PLAN_DATE,
    AnsweredPerson,
    AskedPerson,
    Benefit,
    Dated,
    EligibilityAnswer,
    EligibilityInquiry,
    Name,
    Procedure,
    Rejection,
)
from libs.x12.findings import Finding

# Where the segments of an inquiry stand in its transaction set, by the object made of them and the segment's name.
Positions = Mapping[tuple[int, str], int]

_NOWHERE: Positions = {}
_STATES = CODE_SETS["states"]
# Codes whose form is checked, not whether they are in the list of the year.
_ICD_10, _ICD_9, _HCPCS = (CODE_SETS[name].pattern for name in ("icd_10", "icd_9", "hcpcs"))
_HCPCS_QUALIFIER = "HC"
_SUFFIXES = frozenset({"JR", "SR", "I", "II", "III", "IV", "V", "MD", "PHD", "ESQ"})
_NOT_A_LETTER = re.compile(r"[^A-Z0-9 ]")
# EB01: coverage is active, or it is not.
ACTIVE, INACTIVE = frozenset("12345"), frozenset("678")
_STATUSES = ACTIVE | INACTIVE
# EB01: copayment, deductible, out of pocket, cost containment, spend down. Medicare counts some in pints or days.
_IN_DOLLARS = frozenset("BCGJY")
# NM101 of loop 2120: who gives the care, and is no payer.
_PROVIDERS = frozenset({"13", "1P", "73", "80", "FA", "GP", "P3"})
# What tells since when coverage is active: plan (RFI 1557) or, of one statement, eligibility dates (RFI 886).
_PLAN_DATES = frozenset({PLAN_DATE, "346"})
_COVERAGE_DATES = _PLAN_DATES | {"307", "356"}


@dataclass(slots=True, frozen=True)
class InquiryRules:
    """What a payer asks of an inquiry. `source` is its identifier (NM109 in loop 2100A)."""

    source: str = "CMS"
    years_back: int = 4
    months_ahead: int = 4

    def earliest(self, today: date) -> date:
        """The first day that may be asked about."""
        return _months_later(today, -12 * self.years_back)

    def latest(self, today: date) -> date:
        """The last day that may be asked about."""
        return _months_later(today, self.months_ahead)


HETS = InquiryRules()


def judge_inquiry(
    inquiry: EligibilityInquiry, today: date, rules: InquiryRules = HETS, positions: Positions = _NOWHERE
) -> tuple[Finding, ...]:
    """Everything that is wrong with an inquiry, each with the refusal HETS would answer; nothing when it may go."""
    return tuple(_judge(inquiry, today, rules, positions))


def rejections_for(findings: Iterable[Finding]) -> tuple[Rejection, ...]:
    """The refusals (AAA) that answer the findings of an inquiry, each once."""
    found = {
        (finding.loop, finding.reject_reason): Rejection(finding.loop, finding.reject_reason, finding.follow_up)
        for finding in findings
        if finding.reject_reason
    }
    return tuple(found.values())


def answers(inquiry: EligibilityInquiry, answer: EligibilityAnswer) -> tuple[Finding, ...]:
    """Return why `answer` is not the answer to `inquiry`: it is nobody else's, about nobody else. Nothing when it is.

    Names are compared without punctuation and suffixes, as CAQH CORE 258 asks. When the payer says that it corrected
    the data (`is_corrected`), name and birth date may differ; Medicare number and trace number never may.
    """
    return tuple(_compare(inquiry, answer))


def judge_answer(answer: EligibilityAnswer) -> Iterator[tuple[str, AnsweredPerson | Benefit]]:
    """What an answer lacks that its guide asks of a payer: the code of an edit, and whom or what it is about.

    Remarks for whoever reads the answer, never a reason to refuse it.
    """
    if answer.rejections or answer.patient is None:
        return
    if not answer.patient.name.last_name or not (answer.subscriber and answer.subscriber.name.last_name):
        yield "last-name-missing", answer.patient
    if answer.benefits and not any(said.information in _STATUSES for said in answer.benefits):
        yield "status-missing", answer.patient
    for said in _undated(answer.patient):
        yield "plan-date-missing", said
    for said in answer.benefits:
        for code in _statement_faults(said):
            yield code, said


def _undated(patient: AnsweredPerson) -> Iterator[Benefit]:
    """The first statement of each active coverage whose beginning no date of it tells."""
    if any(each.qualifier in _PLAN_DATES for each in patient.dates):
        return
    first: dict[tuple[str, str], Benefit] = {}
    dated = set()
    for said in patient.benefits:
        if said.information in ACTIVE:
            coverage = said.insurance, said.plan
            first.setdefault(coverage, said)
            if any(each.qualifier in _COVERAGE_DATES for each in said.dates):
                dated.add(coverage)
    yield from (said for coverage, said in first.items() if coverage not in dated)


def _statement_faults(said: Benefit) -> Iterator[str]:
    """What contradicts the kind of a statement. Sources: X12 RFI 845 and 1727 (EB07 and EB08), 1821 (R)."""
    if said.information in _IN_DOLLARS:
        if said.percent is not None:
            yield "share-percent"
        elif said.amount_cents is None and said.quantity is None:
            yield "share-amount"
    if said.information == "A" and said.percent is None:
        yield "coinsurance-percent"
    # A state that pays for a Qualified Medicare Beneficiary is named by the plan.
    is_payer = said.information == "R" and said.insurance != "QM"
    if is_payer and not any(_is_named_payer(each.name) for each in said.entities):
        yield "other-payer-name"


def _is_named_payer(name: Name) -> bool:
    return name.entity not in _PROVIDERS and bool(name.last_name)


def _judge(inquiry: EligibilityInquiry, today: date, rules: InquiryRules, positions: Positions) -> Iterator[Finding]:
    yield from _level_faults(inquiry, today, rules, positions)
    person, level = inquiry.patient, "D" if inquiry.dependent else "C"
    for code, segment, loop in _person_faults(person, inquiry.dates, today):
        yield EDITS.finding(code, positions.get((id(person), segment), 0), f"{loop}{level}")
    for question in person.questions:
        if not is_procedure(question.procedure):
            yield EDITS.finding("procedure-code", positions.get((id(question), "EQ"), 0), f"2110{level}")
    for asked in inquiry.dates:
        loop = "2100" if any(asked is each for each in person.dates) else "2110"
        for code in _date_faults(asked, today, rules):
            yield EDITS.finding(code, positions.get((id(asked), "DTP"), 0), f"{loop}{level}")


def _level_faults(
    inquiry: EligibilityInquiry, today: date, rules: InquiryRules, positions: Positions
) -> Iterator[Finding]:
    """What is wrong with who is asked, who asks, and by which search set."""
    source, receiver, subscriber = inquiry.source.name, inquiry.receiver, inquiry.subscriber
    if source.identifier != rules.source:
        yield EDITS.finding("source", positions.get((id(source), "NM1"), 0), "2100A")
    if receiver.name.qualifier != NPI or not is_valid_npi(receiver.name.identifier):
        yield EDITS.finding("receiver-npi", positions.get((id(receiver.name), "NM1"), 0), "2100B")
    if receiver.address and not is_state(receiver.address.state, today):
        yield EDITS.finding("state", positions.get((id(receiver), "N4"), 0), "2100B")
    for code in _search_faults(subscriber, by_name=inquiry.dependent is None):
        yield EDITS.finding(code, positions.get((id(subscriber.name), "NM1"), 0), "2100C")
    if inquiry.dependent:
        yield EDITS.finding("dependent", positions.get((id(inquiry.dependent.name), "NM1"), 0), "2100D")


def _search_faults(subscriber: AskedPerson, *, by_name: bool) -> Iterator[str]:
    """What is missing of the search sets: MBI, last name, and first name or birth date."""
    if not is_valid_mbi(subscriber.name.identifier):
        yield "mbi"
    if not by_name:
        return
    if not subscriber.name.last_name:
        yield "last-name"
    if not subscriber.name.first_name and not subscriber.birth_date:
        yield "search-set"


def _person_faults(person: AskedPerson, dates: Iterable[Dated], today: date) -> Iterator[tuple[str, str, str]]:
    """Code, segment and loop of what is wrong with what is said of a person."""
    born = person.birth_date
    if born and born > today:
        yield "birth-date", "DMG", "2100"
    elif born and any(born > asked.first for asked in dates):
        yield "birth-after-service", "DMG", "2100"
    if person.address and not is_state(person.address.state, today):
        yield "state", "N4", "2100"
    if not all(is_diagnosis(*diagnosis) for diagnosis in person.diagnoses):
        yield "diagnosis-code", "HI", "2110"
    if not person.questions:
        yield "question", "HL", "2100"


def _date_faults(asked: Dated, today: date, rules: InquiryRules) -> Iterator[str]:
    if asked.last and asked.last < asked.first:
        yield "dates"
        return
    if asked.first < rules.earliest(today):
        yield "dates-too-early"
    if (asked.last or asked.first) > rules.latest(today):
        yield "dates-too-late"


def _compare(inquiry: EligibilityInquiry, answer: EligibilityAnswer) -> Iterator[Finding]:
    if inquiry.heading.reference and answer.heading.reference != inquiry.heading.reference:
        yield EDITS.finding("answer-reference", 0, "ST")
    if answer.source.name.identifier != inquiry.source.name.identifier:
        yield EDITS.finding("answer-source", 0, "2100A")
    if answer.receiver and answer.receiver.name.identifier != inquiry.receiver.name.identifier:
        yield EDITS.finding("answer-receiver", 0, "2100B")
    if answer.subscriber is None or answer.patient is None:
        if not answer.rejections:
            yield EDITS.finding("answer-patient-missing", 0, "2100C")
        return
    if (answer.dependent is None) != (inquiry.dependent is None):
        yield EDITS.finding("answer-patient", 0, "2100D")
    level = "D" if answer.dependent else "C"
    returned = {(trace.number, trace.originator) for trace in answer.returned_traces}
    if any((trace.number, trace.originator) not in returned for trace in inquiry.patient.traces):
        yield EDITS.finding("answer-trace", 0, f"2000{level}")
    known = answer.subscriber.name.identifier
    if known != inquiry.subscriber.name.identifier and (known or not answer.is_refused):
        yield EDITS.finding("answer-mbi", 0, "2100C")
    for code in _person_differs(inquiry.patient, answer.patient):
        yield EDITS.finding(code, 0, f"2100{level}")


def _person_differs(asked: AskedPerson, known: AnsweredPerson) -> Iterator[str]:
    if known.is_corrected:
        return
    last, first = plain_name(asked.name.last_name), plain_name(asked.name.first_name)
    known_last, known_first = plain_name(known.name.last_name), plain_name(known.name.first_name)
    # Whoever asks may give the initial for the first name, and so may the payer.
    same_first = known_first.startswith(first) or first.startswith(known_first)
    if (last and known_last and last != known_last) or not same_first:
        yield "answer-name"
    if asked.birth_date and known.birth_date and asked.birth_date != known.birth_date:
        yield "answer-birth-date"


def plain_name(name: str) -> str:
    """A name without punctuation, blanks and suffixes such as JR or MD, in upper case."""
    words = _NOT_A_LETTER.sub("", name.upper().replace("-", " ")).split()
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return "".join(words)


def is_state(state: str, today: date) -> bool:
    """True when `state` is the postal abbreviation of a state or province, or left out."""
    return not state or _STATES.holds(state, today)


def is_diagnosis(qualifier: str, code: str) -> bool:
    """True when `code` has the form of an ICD-10 code (qualifiers ABK, ABF) or of an ICD-9 code."""
    return (_ICD_10 if qualifier.startswith("A") else _ICD_9).fullmatch(code) is not None


def is_procedure(procedure: Procedure | None) -> bool:
    """True when a HCPCS code has the form of one; other kinds of codes are not judged."""
    return procedure is None or procedure.qualifier != _HCPCS_QUALIFIER or _HCPCS.fullmatch(procedure.code) is not None


def _months_later(day: date, months: int) -> date:
    """The same day of another month, or its last day when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
