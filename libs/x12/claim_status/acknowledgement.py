"""Writes the answer to each claim: 277CA (005010X214)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby, islice

from libs.common.money import decimal_text
from libs.x12.claim.objects import Claim, InstitutionalClaim
from libs.x12.claim_status.codes import ACCEPTED_FOR_PROCESSING, RECEIVED
from libs.x12.verdicts import ProviderTotal, TransactionVerdict
from libs.x12.writing import Envelope, TransactionWriter, clean, compose, day, moment, write_file

GUIDE = "005010X214"
_ACCEPTED, _REJECTED = "WQ", "U"
_ACCEPTED_STATUS = ":".join(ACCEPTED_FOR_PROCESSING).rstrip(":")
_STATUSES_PER_CLAIM = 10
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
        "",
        "",
        sum(provider.accepted for provider in providers),
        sum(provider.rejected for provider in providers),
        sum(provider.accepted_cents for provider in providers),
        sum(provider.rejected_cents for provider in providers),
    )
    claims = whole.accepted + whole.rejected
    writer.add("HL", "2", "1", "21", "1" if claims else "0")
    writer.add("NM1", "41", "2", transaction.submitter_name, "", "", "", "", "46", transaction.submitter_id)
    writer.add("TRN", "2", transaction.reference)
    total = decimal_text(whole.accepted_cents + whole.rejected_cents)
    writer.add("STC", RECEIVED, today, _ACCEPTED, total)
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
    writer.add("HL", str(level), "2", "19", "1")
    # A provider without an NPI was refused for it; the guide still wants an identifier of at least two characters.
    writer.add("NM1", "85", "2", provider.name, "", "", "", "", "XX", provider.npi or "00")
    writer.add("TRN", "1", str(index))
    total = decimal_text(provider.accepted_cents + provider.rejected_cents)
    writer.add("STC", RECEIVED, "", _ACCEPTED if provider.accepted else _REJECTED, total)
    _totals(writer, provider, "QA", "QC")


def _answer(claim: Claim, control_number: str | None, level: int, above: int, today: str) -> tuple[str, int]:
    person = claim.subscriber
    name = f"NM1*QC*1*{clean(person.last_name)}*{clean(person.first_name)}****MI*{clean(person.mbi)}".rstrip("*")
    trace = f"TRN*2*{clean(claim.patient_control_number)}".rstrip("*")
    head = f"HL*{level}*{above}*PT~{name}~{trace}~"
    charge = decimal_text(claim.total_charge_cents)
    end, more = _period(claim.service_from or date.min, claim.service_to or date.min), 0
    if isinstance(claim, InstitutionalClaim):
        end, more = compose("REF", "BLT", claim.type_of_bill) + end, 1
    if not claim.findings:
        return f"{head}STC*{_ACCEPTED_STATUS}*{today}*{_ACCEPTED}*{charge}~REF*1K*{control_number}~{end}", 6 + more
    reasons = dict.fromkeys((finding.category, finding.status, finding.entity) for finding in claim.findings)
    statuses = [compose("STC", reason, today, _REJECTED, charge) for reason in islice(reasons, _STATUSES_PER_CLAIM)]
    return f"{head}{''.join(statuses)}{end}", 4 + more + len(statuses)


@lru_cache(maxsize=4096)
def _period(first: date, last: date) -> str:
    if first == last:
        return compose("DTP", "472", "D8", day(first))
    return compose("DTP", "472", "RD8", f"{day(first)}-{day(last)}")
