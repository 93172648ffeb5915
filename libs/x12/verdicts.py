"""What was judged: a file, its interchanges, groups and transaction sets, each with its verdict and its faults."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from libs.x12.findings import Finding
from libs.x12.parts import Name

_NOBODY = Name("", "")

# What the 999 may repeat of ST01 and ST02, and the TA1 of ISA13, ISA09 and ISA10; in the separators we write.
_IDENTIFIER, _CONTROL_NUMBER = re.compile("[0-9A-Z]{3}"), re.compile(r"(?= *[!-~])[ -)+-9;-\]_-}]{4,9}")
_NUMBER, _DATE, _TIME = (re.compile(f"[0-9]{{{size}}}") for size in (9, 6, 4))

Verdict = Literal["accepted", "partial", "rejected"]


class Item(Protocol):
    """What every object read from a file has: the transaction set that carries it, and its own faults."""

    transaction: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What refuses this object while its neighbors stand."""


@dataclass(slots=True)
class ProviderTotal:
    """What one billing provider loop of a transaction set brought, for the totals of the 277CA. Money in cents.

    `passed` is False when something is wrong with the provider, so that none of the claims could be accepted.
    """

    name: Name
    passed: bool = True
    accepted: int = 0
    rejected: int = 0
    accepted_cents: int = 0
    rejected_cents: int = 0


@dataclass(slots=True)
class TransactionVerdict:
    """One transaction set (ST to SE). `ordinal` counts within the file from 1.

    `findings` are the faults of syntax and structure that belong into the 999; faults of a single claim stand on the
    claim. `reference` is BHT03, by which the submitter of claims (`submitter`, loop 1000A)
    knows the batch. `verdict` is "partial" when the transaction
    set was accepted and something in it was not: a claim, or another object, as an inquiry, that has faults of its
    own (`faulty_items` counts these). `claims_rejected` counts every claim of a rejected set.
    `codes` are IK502 and its followers. `contexts` gives the number by which the sender knows what is around a finding
    (CLM01 of a claim, TRN02 of an inquiry or payment), by the finding's position; it identifies a patient's claim, so
    it goes into the 999 and nowhere else. `names_guide` is true when ST03 names a guide.
    """

    ordinal: int
    identifier: str
    control_number: str
    guide: str
    reference: str = ""
    submitter: Name = _NOBODY
    verdict: Verdict = "accepted"
    claims_accepted: int = 0
    claims_rejected: int = 0
    faulty_items: int = 0
    segments: int = 0
    codes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    findings_left_out: int = 0
    contexts: dict[int, str] = field(default_factory=dict)
    names_guide: bool = True
    providers: list[ProviderTotal] = field(default_factory=list)

    @property
    def can_be_named(self) -> bool:
        """True when a 999 can say which transaction set it answers; else only its group can be answered (RFI 55)."""
        return bool(_IDENTIFIER.fullmatch(self.identifier) and _CONTROL_NUMBER.fullmatch(self.control_number))


@dataclass(slots=True)
class GroupVerdict:
    """One functional group (GS to GE). `codes` are AK905 and its followers.

    `transactions_announced` is GE01, the number of transaction sets the sender says it holds.
    """

    identifier: str
    control_number: str
    guide: str
    sender: str
    receiver: str
    verdict: Verdict = "accepted"
    transactions_announced: int = 0
    codes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    transactions: list[TransactionVerdict] = field(default_factory=list)


@dataclass(slots=True)
class InterchangeVerdict:
    """One interchange (ISA to IEA). `note` is TA105: `000` when nothing is wrong with the envelope.

    `acknowledgments` counts the segments TA1 it brings; it may hold nothing else.
    """

    control_number: str
    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    date: str
    time: str
    usage: str
    acknowledgment_requested: bool
    note: str = "000"
    acknowledgments: int = 0
    verdict: Verdict = "accepted"
    findings: list[Finding] = field(default_factory=list)
    groups: list[GroupVerdict] = field(default_factory=list)

    @property
    def can_be_named(self) -> bool:
        """True when a TA1 can say which interchange it answers: by control number, date and time (X12 RFI 2102)."""
        return bool(
            _NUMBER.fullmatch(self.control_number) and _DATE.fullmatch(self.date) and _TIME.fullmatch(self.time)
        )

    @property
    def takes_ta1(self) -> bool:
        """True when a TA1 about it may be written.

        What brings nothing but TA1s is never answered by one: two systems that did so would never end.
        """
        return self.can_be_named and not (self.acknowledgments and not self.groups)


@dataclass(slots=True)
class FileVerdict:
    """The judgment on a whole file. `is_x12` is False when no interchange could be found at its start."""

    is_x12: bool
    verdict: Verdict
    interchanges: list[InterchangeVerdict]
    findings: list[Finding]
    claims_accepted: int = 0
    claims_rejected: int = 0
    rejected_transactions: frozenset[int] = frozenset()

    def transactions(self) -> Iterator[TransactionVerdict]:
        """Every transaction set of the file, in order."""
        for interchange in self.interchanges:
            for group in interchange.groups:
                yield from group.transactions

    @property
    def stands(self) -> bool:
        """True when nothing of the file was passed over or refused; single objects may have faults.

        Who takes money or an answer from it may then rely on having all of it.
        """
        refused = any(interchange.note != "000" for interchange in self.interchanges)
        return self.is_x12 and not self.findings and not self.rejected_transactions and not refused

    def accepts(self, item: Item) -> bool:
        """Return True when the object and the transaction set that carries it were accepted."""
        return not item.findings and item.transaction not in self.rejected_transactions
