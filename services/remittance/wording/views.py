"""Puts what a remittance says by codes into words, for pages and print alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from libs.common.mbi import mask_mbi
from libs.common.money import format_dollars
from libs.common.web.formats import code, day
from libs.x12 import qualifiers
from libs.x12.code_sets import CODE_SETS, CodeSet
from libs.x12.remittance import words
from libs.x12.remittance.reasons import group_meaning, reason_meaning, remark_meaning
from libs.x12.remittance.words import named
from services.remittance.advice.domain import Adjustment, Fact, ProviderAdjustment
from services.remittance.advice.repository import Line

# Identifiers that are a person's own: their last four characters are shown.
_PERSONAL = frozenset({"MI", "C", "HN", "34", "II", "MR", "SY", "1W"})
_LAST = 4
_NUMBERS: Mapping[str, Mapping[str, str]] = {"identifier": qualifiers.IDENTIFIERS, "reference": qualifiers.REFERENCES}
_PAYEE = "PE"
_MONEY = "_cents"
_DAYS = frozenset({"produced", "received", "coverage_expired", "period_end"})
_SHARES = frozenset({"reimbursement_rate", "discharge_fraction"})
_CODED: Mapping[str, Mapping[str, str]] = {
    "handling": words.HANDLING,
    "credit_or_debit": words.DIRECTIONS,
    "payment_format": words.FORMATS,
    "filing_indicator": words.COVERAGES,
}
_CODE_SETS: Mapping[str, CodeSet] = {"place_of_service": CODE_SETS["pos"], "bill_type": CODE_SETS["type_of_bill"]}
# What the patient owes of a line, by group and reason.
_DEDUCTIBLE, _COINSURANCE = "PR-1", "PR-2"
# The kinds whose first field begins another summary.
_SUMMARY, _FIRST_OF_SUMMARY = "summary", "provider"
_INPATIENT_SUMMARY = "inpatient-summary"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in words, with its codes: `CO-45`, what it means, how much it took, and from how many units if told."""

    code: str
    words: str
    amount_cents: int
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A service line with its reasons, its remarks and the rest in words."""

    line: Line
    name: str
    reasons: tuple[Reason, ...]
    remarks: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]

    @property
    def deductible_cents(self) -> int:
        """What of it the patient owes as deductible."""
        return self._taken(_DEDUCTIBLE)

    @property
    def coinsurance_cents(self) -> int:
        """What of it the patient owes as coinsurance."""
        return self._taken(_COINSURANCE)

    def _taken(self, code: str) -> int:
        return sum(each.amount_cents for each in self.reasons if each.code == code)


@dataclass(frozen=True, slots=True)
class ExplainedAdjustment:
    """Money that belongs to no claim of a remittance, in words. `direction` says which way `amount_cents` went."""

    code: str
    name: str
    sentence: str
    direction: str
    amount_cents: int
    claim_number: str
    patient_control_number: str
    reference: str
    about: str


def method_words(method: str) -> str:
    """How the money moved."""
    return named(words.METHODS, method)


def status_words(status: str) -> str:
    """What the payer calls the outcome (CLP02)."""
    return named(words.STATUSES, status)


def explained(adjustments: Sequence[Adjustment]) -> tuple[Reason, ...]:
    """Reasons in words."""
    return tuple(
        Reason(f"{each.group}-{each.reason}", _words(each), each.amount_cents, each.quantity) for each in adjustments
    )


def _words(adjustment: Adjustment) -> str:
    """What a reason means and who bears it; a code without words of ours stays a code."""
    return f"{reason_meaning(adjustment.reason)}. {group_meaning(adjustment.group)}"


def explained_lines(lines: Sequence[Line]) -> list[ExplainedLine]:
    """Service lines in words, in the order of the claim; those that name no line of it come last."""
    in_order = sorted(lines, key=lambda each: (each.claim_line is None, each.claim_line or 0, each.number))
    return [
        ExplainedLine(
            each,
            line_name(each),
            explained(each.adjustments),
            explained_remarks(each.remarks),
            tuple(explained_facts(each.facts)),
        )
        for each in in_order
    ]


def line_name(line: Line) -> str:
    """Which line of the claim it is: its number there, else the number the remittance gives it; else none is named."""
    if line.claim_line is not None:
        return str(line.claim_line)
    return line.control_number or "Not named"


def explained_remarks(remarks: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Remark codes, each with its words."""
    return tuple((code, remark_meaning(code)) for code in remarks)


def explained_adjustments(adjustments: Iterable[ProviderAdjustment]) -> list[ExplainedAdjustment]:
    """Provider adjustments in words: what for, which way the money went, and for which claim."""
    return [_adjustment(each) for each in adjustments]


def _way(reason: words.ProviderReason, amount_cents: int) -> tuple[str, str]:
    """Which way the money went, and a sentence about it; an adjustment of nothing adjusts nothing (X12 RFI 264)."""
    if not amount_cents:
        return "Neither taken nor added", "It changes nothing."
    return ("Taken from this payment", reason.taken) if amount_cents > 0 else ("Added to this payment", reason.added)


def _adjustment(each: ProviderAdjustment) -> ExplainedAdjustment:
    known = words.PROVIDER_REASONS.get(each.reason, words.ProviderReason(f"Unknown reason {each.reason}"))
    direction, sentence = _way(known, each.amount_cents)
    period = f"fiscal year to {day(date.fromisoformat(each.period_end))}" if each.period_end else ""
    return ExplainedAdjustment(
        code=each.reason,
        name=known.name,
        sentence=sentence,
        direction=direction,
        amount_cents=abs(each.amount_cents),
        claim_number=each.claim_number,
        patient_control_number=each.patient_control_number,
        reference="" if each.claim_number else each.reference,
        about=", ".join(filter(None, (f"Provider {each.provider}" if each.provider else "", period))),
    )


def explained_facts(facts: Iterable[Fact], *, revealed: bool = False) -> list[tuple[str, str]]:
    """Facts with their names. Numbers of persons are hidden up to their end unless `revealed`."""
    return [(_label(fact), _value(fact, revealed=revealed)) for fact in facts]


def summaries(facts: Iterable[Fact]) -> list[list[tuple[str, str]]]:
    """The totals of providers (TS3, TS2) in words, one list for each."""
    found: list[list[tuple[str, str]]] = []
    for fact in facts:
        if fact.kind in (_SUMMARY, _INPATIENT_SUMMARY):
            if not found or (fact.kind, fact.code) == (_SUMMARY, _FIRST_OF_SUMMARY):
                found.append([])
            found[-1] += explained_facts([fact])
    return found


def beside_summaries(facts: Iterable[Fact]) -> list[tuple[str, str]]:
    """The other facts of a remittance in words."""
    return explained_facts(fact for fact in facts if fact.kind not in (_SUMMARY, _INPATIENT_SUMMARY))


def _label(fact: Fact) -> str:  # noqa: PLR0911 - one kind after the other
    first, _, second = fact.code.partition(" ")
    match fact.kind:
        case "reference":
            return named(qualifiers.REFERENCES, fact.code, "kind of number")
        case "amount":
            return named(words.AMOUNTS, fact.code, "kind of amount")
        case "quantity":
            return named(words.QUANTITIES, fact.code, "kind of quantity")
        case "party":
            return named(words.PARTIES, fact.code, "kind of party")
        case "identifier":
            of = "Payee" if first == _PAYEE else named(words.PARTIES, first, "kind of party")
            return f"{of}: {named(qualifiers.IDENTIFIERS, second, 'kind of number')}"
        case "contact":
            asked = named(words.CONTACTS, first, "kind of contact")
            return f"{asked}: {named(qualifiers.CHANNELS, second, 'channel')}" if second else asked
        case "date":
            return f"Unknown kind of date {fact.code}"
        case "procedure" | "billed":
            return f"{words.FIELDS['line'][fact.kind]} ({named(qualifiers.PROCEDURES, fact.code, 'code list')})"
        case "remark":
            return named(words.REMARKS, fact.code, "kind of remark")
    return words.FIELDS[fact.kind][fact.code]


def _value(fact: Fact, *, revealed: bool) -> str:  # noqa: PLR0911 - one kind of fact after the other
    if fact.kind == "amount" or fact.code.endswith(_MONEY):
        return format_dollars(int(fact.value))
    if fact.kind == "date" or fact.code in _DAYS:
        return day(date.fromisoformat(fact.value))
    if fact.code in _SHARES:
        # As exact as it was said: half a percent is money too.
        return f"{(Decimal(fact.value) * 100).normalize():f}%"
    if fact.code in _CODE_SETS:
        return _with_words(_CODE_SETS[fact.code].words(fact.value), fact.value)
    if fact.code == "frequency_code":
        return _with_words(words.FREQUENCIES.get(fact.value, ""), fact.value)
    if fact.code in _CODED:
        return named(_CODED[fact.code], fact.value)
    if fact.code == "delivery":
        first, _, rest = fact.value.partition(" ")
        return " ".join(filter(None, (named(words.DELIVERIES, first), rest)))
    return _masked(fact.value) if _is_personal(fact) and not revealed else fact.value


def _is_personal(fact: Fact) -> bool:
    """Whether it is a number of a person; one of a kind that is not known may be."""
    if fact.kind not in _NUMBERS:
        return False
    kind = fact.code.rpartition(" ")[2]
    return kind in _PERSONAL or kind not in _NUMBERS[fact.kind]


def _with_words(meaning: str, value: str) -> str:
    """A code with its words, where there are any."""
    return code(value, meaning) if meaning else value


def _masked(value: str) -> str:
    hidden = mask_mbi(value)
    return hidden if hidden.endswith(value[-_LAST:]) else f"{hidden} {value[-_LAST:]}"
