"""Writes the answer to each claim: 277CA (005010X214).

What a claim said comes back as it was, right or wrong: its names with all their parts (RFI 2155), the number of a
clearinghouse (REF*D9, RFI 1926), and each line that caused the refusal (loop 2220D, RFI 1211).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby, islice

from libs.common.money import decimal_text
from libs.x12.claim.objects import Claim, InstitutionalClaim, Line, ProfessionalClaim, RevenueLine
from libs.x12.claim_status.codes import ACCEPTED_FOR_PROCESSING, RECEIVED
from libs.x12.claim_status.objects import ACCEPTED, REJECTED
from libs.x12.findings import Finding
from libs.x12.parts import name_segment
from libs.x12.values import number_text
from libs.x12.verdicts import ProviderTotal, TransactionVerdict
from libs.x12.writing import Envelope, TransactionWriter, clean, compose, day, moment, write_file

GUIDE = "005010X214"
_ACCEPTED_STATUS = ":".join(ACCEPTED_FOR_PROCESSING).rstrip(":")
# What a claim is told whose lines alone are refused: the reasons stand there.
_REFUSED_BY_LINES = ("A3", "247", "")
_MAX_STATUSES = 10
# The guide wants an identifier of at least two characters, also of whom was refused for having none.
_NO_IDENTIFIER, _SHORTEST = "00", 2
# The source and the receiver of the information stand above the billing providers.
_LEVELS_ABOVE_PROVIDERS = 2


@dataclass(slots=True, frozen=True)
class AnswerBlock:
    """Finished answers to claims that stand one after another below one billing provider.

    `transaction` counts the transaction sets of the file and `provider` the billing provider loops of the transaction
    set, both from 1; `level` is the number of the provider's HL segment. `text` holds `segments` segments.
    """

    transaction: int
    provider: int
    level: int
    text: str
    segments: int


@dataclass(slots=True, frozen=True)
class Source:
    """Who answers: name and identifier of the payer's front end."""

    name: str
    identifier: str


class ClaimAnswers:
    """Writes the answers to the claims of a file while they are read, before the totals above them are known.

    Claims come in file order. Those of a transaction set that may still be refused may be among them: leave out its
    blocks when it is. `created` is that of the envelope the blocks are going to be sent in.
    """

    def __init__(self, created: datetime) -> None:
        self._today = day(created)
        self._transaction = 0
        self._provider = 0
        self._level = 0
        self._above = 0

    def write(self, claims: Sequence[Claim], control_numbers: Sequence[str | None]) -> list[AnswerBlock]:
        """Return the answers to `claims`: accepted under the number that stands at its place, or refused."""
        blocks = []
        for (transaction, provider), group in groupby(zip(claims, control_numbers, strict=True), key=_loop_of):
            self._enter(transaction, provider)
            texts, segments = [], 0
            for claim, number in group:
                self._level += 1
                text, count = _answer(claim, number, self._level, self._above, self._today)
                texts.append(text)
                segments += count
            blocks.append(AnswerBlock(transaction, provider, self._above, "".join(texts), segments))
        return blocks

    def _enter(self, transaction: int, provider: int) -> None:
        if transaction != self._transaction:
            self._transaction, self._provider, self._level = transaction, 0, _LEVELS_ABOVE_PROVIDERS
        if provider != self._provider:
            self._provider = provider
            self._level += 1
            self._above = self._level


def _loop_of(answered: tuple[Claim, str | None]) -> tuple[int, int]:
    return answered[0].transaction, answered[0].provider


def write_277ca(
    transaction: TransactionVerdict,
    answers: Iterable[AnswerBlock],
    envelope: Envelope,
    source: Source,
    *,
    received: date,
) -> Iterator[bytes]:
    """Yield the 277CA for one accepted transaction set, in pieces of about 64 KB.

    `answers` are the blocks of this set, in file order, and cover all claims; the totals come from the verdict, because
    they stand before the claims. `received` is the business day of receipt; the day of `envelope.created` is that of
    processing.
    """
    return write_file(envelope, "HN", GUIDE, _transaction(transaction, answers, envelope, source, received))


def _transaction(
    transaction: TransactionVerdict, answers: Iterable[AnswerBlock], envelope: Envelope, source: Source, received: date
) -> Iterator[bytes]:
    today = day(envelope.created)
    writer = TransactionWriter("277", "0001", GUIDE)
    writer.add("BHT", "0085", "08", str(envelope.control_number), today, moment(envelope.created), "TH")
    writer.add("HL", "1", "", "20", "1")
    writer.add("NM1", "PR", "2", source.name, "", "", "", "", "PI", source.identifier)
    writer.add("TRN", "1", f"{envelope.control_number:09}")
    writer.add("DTP", "050", "D8", day(received))
    writer.add("DTP", "009", "D8", today)
    providers = transaction.providers
    whole = ProviderTotal(
        transaction.submitter,
        accepted=sum(provider.accepted for provider in providers),
        rejected=sum(provider.rejected for provider in providers),
        accepted_cents=sum(provider.accepted_cents for provider in providers),
        rejected_cents=sum(provider.rejected_cents for provider in providers),
    )
    claims = whole.accepted + whole.rejected
    writer.add("HL", "2", "1", "21", "1" if claims else "0")
    writer.add_text(name_segment(whole.name), 1)
    writer.add("TRN", "2", transaction.reference)
    total = decimal_text(whole.accepted_cents + whole.rejected_cents)
    writer.add("STC", RECEIVED, today, ACCEPTED, total)
    _totals(writer, whole, "90", "AA")
    provider = 0
    for block in answers:
        if block.provider != provider:
            provider = block.provider
            _provider(writer, providers[provider - 1], block.level, provider)
        writer.add_text(block.text, block.segments)
        if writer.full():
            yield writer.take()
    yield writer.close()


def _totals(writer: TransactionWriter, total: ProviderTotal, accepted: str, rejected: str) -> None:
    if total.accepted:
        writer.add("QTY", accepted, str(total.accepted))
    if total.rejected:
        writer.add("QTY", rejected, str(total.rejected))
    if total.accepted:
        writer.add("AMT", "YU", decimal_text(total.accepted_cents))
    if total.rejected:
        writer.add("AMT", "YY", decimal_text(total.rejected_cents))


def _provider(writer: TransactionWriter, provider: ProviderTotal, level: int, index: int) -> None:
    name = provider.name
    if len(name.identifier) < _SHORTEST:
        name = replace(name, identifier=_NO_IDENTIFIER)
    writer.add("HL", str(level), "2", "19", "1")
    writer.add_text(name_segment(name), 1)
    writer.add("TRN", "1", str(index))
    if provider.passed:
        # It says nothing of the claims, which are answered one by one. "Not accepted" would mean all of them together,
        # with no answer to each (RFI 1211): of a provider with faults of its own only its claims are told.
        total = decimal_text(provider.accepted_cents + provider.rejected_cents)
        writer.add("STC", RECEIVED, "", ACCEPTED, total)
    _totals(writer, provider, "QA", "QC")


def _answer(claim: Claim, control_number: str | None, level: int, above: int, today: str) -> tuple[str, int]:
    trace = f"TRN*2*{clean(claim.patient_control_number)}".rstrip("*")
    head = f"HL*{level}*{above}*PT~{_patient(claim)}~{trace}~"
    charge = decimal_text(claim.total_charge_cents)
    end, more = _period(claim.service_from or date.min, claim.service_to or date.min), 4
    if isinstance(claim, InstitutionalClaim):
        end, more = compose("REF", "BLT", claim.type_of_bill) + end, more + 1
    if claim.internal_control_number:
        end, more = compose("REF", "D9", claim.internal_control_number) + end, more + 1
    if not claim.findings:
        return f"{head}STC*{_ACCEPTED_STATUS}*{today}*{ACCEPTED}*{charge}~REF*1K*{control_number}~{end}", more + 2
    reasons = _reasons(finding for finding in claim.findings if not finding.line) or [_REFUSED_BY_LINES]
    statuses = [compose("STC", reason, today, REJECTED, charge) for reason in reasons]
    lines = _refused_lines(claim)
    return f"{head}{''.join(statuses)}{end}{''.join(lines)}", more + len(statuses) + len(lines)


def _patient(claim: Claim) -> str:
    person = claim.patient or claim.subscriber
    names = f"{clean(person.last_name)}*{clean(person.first_name)}*{clean(person.middle_name)}**{clean(person.suffix)}"
    return f"NM1*QC*1*{names}*MI*{clean(claim.subscriber.mbi) or _NO_IDENTIFIER}"


def _reasons(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """What the statuses of one claim or line say, each once."""
    reasons = dict.fromkeys((finding.category, finding.status, finding.entity) for finding in findings)
    return list(islice(reasons, _MAX_STATUSES))


def _refused_lines(claim: Claim) -> list[str]:
    """The segments of loop 2220D: the lines that caused the refusal."""
    if not isinstance(claim, InstitutionalClaim | ProfessionalClaim):
        raise TypeError("a claim of a kind without lines")
    faulty: dict[int, list[Finding]] = {}
    for finding in claim.findings:
        if finding.line:
            faulty.setdefault(finding.line, []).append(finding)
    return [segment for line in claim.lines if line.number in faulty for segment in _line(line, faulty[line.number])]


def _line(line: Line, findings: list[Finding]) -> list[str]:
    """One line as it was billed. Without a control number of its own the number of the line is what it is known by."""
    revenue_code = line.revenue_code if isinstance(line, RevenueLine) else ""
    procedure = (line.qualifier, line.procedure, *line.modifiers) if line.procedure else ("NU", revenue_code)
    return [
        compose(
            "SVC",
            procedure,
            decimal_text(line.charge_cents),
            "",
            revenue_code if line.procedure else "",
            "",
            "",
            number_text(line.units),
        ),
        *(compose("STC", reason, "", REJECTED) for reason in _reasons(findings)),
        compose("REF", "FJ", line.control_number or str(line.number)),
        *([_period(line.service_from, line.service_to or line.service_from)] if line.service_from else []),
    ]


@lru_cache(maxsize=4096)
def _period(first: date, last: date) -> str:
    if first == last:
        return compose("DTP", "472", "D8", day(first))
    return compose("DTP", "472", "RD8", f"{day(first)}-{day(last)}")
