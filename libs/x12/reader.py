"""The entrance to `libs.x12`: bytes in, objects and one verdict out, for every transaction set there is a guide for.

`read_file` is one streaming pass. It yields batches of objects as they are validated and, last of all, the
`FileVerdict`. Whether a transaction set stands is known only at its trailer (and its group's and interchange's), so
the objects of a batch are provisional: stage them, and keep those for which `FileVerdict.accepts(item)` is true.
One pass with a late verdict was chosen over a structural pass before the objects: it does each work once, and a stage
that is thrown away costs only the rare rejected file. `check_file` is the same pass without the objects.

Nothing here opens a file, knows a service, or holds more than one batch of objects.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from libs.x12.acknowledgment.reader import GroupAcknowledgments, read_ta1
from libs.x12.biller import Biller
from libs.x12.claim.institutional import InstitutionalClaims
from libs.x12.claim.professional import ProfessionalClaims
from libs.x12.claim_status.acknowledged import ClaimAcknowledgments
from libs.x12.claim_status.reader import StatusAnswers, StatusInquiries
from libs.x12.collector import Around, Collector
from libs.x12.eligibility.reader import EligibilityAnswers, EligibilityInquiries
from libs.x12.engine import FINDINGS_PER_TRANSACTION, TransactionRun
from libs.x12.findings import Finding
from libs.x12.guide import DAY, ELEMENT, TIME, Guide
from libs.x12.guides.additional_information import GUIDE as ADDITIONAL_INFORMATION
from libs.x12.guides.claim_acknowledgment import GUIDE as CLAIM_ACKNOWLEDGMENT
from libs.x12.guides.claim_institutional import GUIDE as CLAIM_INSTITUTIONAL
from libs.x12.guides.claim_professional import GUIDE as CLAIM_PROFESSIONAL
from libs.x12.guides.claim_status_answer import GUIDE as CLAIM_STATUS_ANSWER
from libs.x12.guides.claim_status_request import GUIDE as CLAIM_STATUS_REQUEST
from libs.x12.guides.eligibility_answer import GUIDE as ELIGIBILITY_ANSWER
from libs.x12.guides.eligibility_inquiry import GUIDE as ELIGIBILITY_INQUIRY
from libs.x12.guides.implementation_acknowledgment import GUIDE as IMPLEMENTATION_ACKNOWLEDGMENT
from libs.x12.guides.remittance_advice import GUIDE as REMITTANCE_ADVICE
from libs.x12.guides.review_answer import GUIDE as REVIEW_ANSWER
from libs.x12.guides.review_request import GUIDE as REVIEW_REQUEST
from libs.x12.remittance.reader import Remittances
from libs.x12.review.reader import ReviewAnswers, ReviewRequests
from libs.x12.tokenizer import Fault, Header, Trailer, tokens
from libs.x12.verdicts import FileVerdict, GroupVerdict, InterchangeVerdict, ProviderTotal, TransactionVerdict, Verdict

__all__ = [
    "BATCH",
    "Batch",
    "FileVerdict",
    "GroupVerdict",
    "InterchangeVerdict",
    "ProviderTotal",
    "TransactionVerdict",
    "Verdict",
    "check_file",
    "read_file",
    "usage_of",
]

BATCH = 500
# Far above any honest file; they bound memory when a file is made to hurt.
TRANSACTIONS_PER_FILE = 10_000
GROUPS_PER_FILE = 1_000
INTERCHANGES_PER_FILE = 1_000
FINDINGS_PER_LEVEL = 20
FINDINGS_PER_FILE = 20_000
# Above every identifier in the segments of the envelopes; what is longer is wrong and is not kept whole.
_MAX_VALUE_LENGTH = 80

# Every guide, and what makes objects of its transaction sets.
_COLLECTORS: dict[Guide, type[Collector]] = {
    CLAIM_PROFESSIONAL: ProfessionalClaims,
    CLAIM_STATUS_REQUEST: StatusInquiries,
    CLAIM_STATUS_ANSWER: StatusAnswers,
    CLAIM_ACKNOWLEDGMENT: ClaimAcknowledgments,
    IMPLEMENTATION_ACKNOWLEDGMENT: GroupAcknowledgments,
    REVIEW_REQUEST: ReviewRequests,
    REVIEW_ANSWER: ReviewAnswers,
    ADDITIONAL_INFORMATION: Collector,
    REMITTANCE_ADVICE: Remittances,
    CLAIM_INSTITUTIONAL: InstitutionalClaims,
    ELIGIBILITY_INQUIRY: EligibilityInquiries,
    ELIGIBILITY_ANSWER: EligibilityAnswers,
}
GUIDES = frozenset(guide.identifier for guide in _COLLECTORS)
_GROUP_HEADER = 8
# ISA15, counted from 0.
_USAGE = 14

_FILE_FAULTS = {
    "empty": "The file is empty. Export it again.",
    "byte-order-mark": "The file begins with a byte-order mark. Save it as plain ASCII text without one.",
    "leading-space": "There are blanks or line ends before the first segment. The file must begin with ISA.",
    "not-text": "The file is not plain text, or is saved as UTF-16. Save it as plain ASCII text.",
    "not-x12": "This is not an X12 file: it does not begin with the segment ISA.",
    "truncated-header": "The file ends within its first segment. Export it again.",
    "header-width": "The segment ISA does not have its fixed width of 106 characters. Export the file again.",
    "segment-too-long": "A segment does not end: its terminator is missing or wrong.",
    "trailer-missing": "An interchange begins before the one before it has ended: its segment IEA is missing.",
    "truncated": "The file ends before the segment IEA. It was cut off: export and send it again.",
    "data-after-interchange": "After the segment IEA comes something that is not another interchange. Take it out.",
    "indented": "There are blanks before a segment. Only line ends are allowed between segments. Remove the blanks.",
    "too-many": "The file holds more interchanges, groups or transaction sets than can be read. Split it.",
}
# What the faults of a file mean for the interchange that was being read: TA1 note codes.
_FAULT_NOTES = {"truncated": "023", "segment-too-long": "004"}

# ISA elements by their place: TA1 note, form. The tokenizer checks their widths, the separators and the version.
_INTERCHANGE_ELEMENTS = {
    1: ("010", re.compile("0[03]")),
    2: ("011", re.compile("[ -~]{10}")),
    3: ("012", re.compile("0[01]")),
    4: ("013", re.compile("[ -~]{10}")),
    5: ("005", re.compile("01|14|20|2[789]|30|33|ZZ")),
    6: ("006", re.compile("[!-~][ -~]{14}")),
    7: ("007", re.compile("01|14|20|2[789]|30|33|ZZ")),
    8: ("008", re.compile("[!-~][ -~]{14}")),
    9: ("014", re.compile("[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")),
    10: ("015", re.compile("(?:[01][0-9]|2[0-3])[0-5][0-9]")),
    13: ("018", re.compile("[0-9]{9}")),
    14: ("019", re.compile("[01]")),
    15: ("020", re.compile("[PT]")),
}
# GS01 to GS08. What breaks one of them would break the 999 that repeats it, so the TA1 says so (X12 RFI 55); whether a
# good one is known here is told by the 999.
_GROUP_ELEMENTS = tuple(
    map(
        re.compile,
        ("[A-Z]{2}", "[!-~][ -~]{1,14}", "[!-~][ -~]{1,14}", DAY, TIME, "[0-9]{1,9}", "X", "[0-9A-Z]{1,12}"),
    )
)
_INTERCHANGE_NOTES = {
    "001": "the control numbers in ISA13 and IEA02 differ.",
    "004": "the segment terminator is not valid.",
    "005": "the sender's qualifier (ISA05) is not valid.",
    "006": "the sender's identifier (ISA06) is not valid.",
    "007": "the receiver's qualifier (ISA07) is not valid.",
    "008": "the receiver's identifier (ISA08) is not valid.",
    "010": "the authorization qualifier (ISA01) is not valid.",
    "011": "the authorization information (ISA02) is not valid.",
    "012": "the security qualifier (ISA03) is not valid.",
    "013": "the security information (ISA04) is not valid.",
    "014": "the date (ISA09) is not valid.",
    "015": "the time (ISA10) is not valid.",
    "017": "the version (ISA12) must be 00501.",
    "018": "the control number (ISA13) must have nine digits.",
    "018-unanswered": "without a valid control number, date and time (ISA13, ISA09, ISA10) no TA1 can answer it.",
    "019": "the acknowledgment request (ISA14) must be 0 or 1.",
    "020": "the usage indicator (ISA15) must be P or T.",
    "021": "the number of groups in IEA01 is wrong.",
    "022": "the structure is not valid: its trailer is missing, or a segment has no place between the groups.",
    "023": "the file ends before the segment IEA.",
    "022-separator": "the repetition separator (ISA11) is not valid. Use a character that no data holds, as ^.",
    "024": "a functional group is missing or not complete, or an element of its header (GS) is not valid.",
    "025": "an earlier interchange of this file has the same control number (ISA13). Give each its own.",
    "026": "the element separator is not valid.",
    "027": "the component separator is not valid.",
}
_GROUP_UNKNOWN = "1"
# AK905 of a group one of whose transaction sets cannot be named in an AK2 (X12 RFI 1339).
_SET_WITHOUT_NAME = "5-set"
_GROUP_FAULTS = {
    "1": "the kind of group (GS01) is not one this portal takes.",
    "2": "the guide (GS08) is not one that is taken here. Write the guide of the transaction.",
    "3": "the trailer (GE) is missing.",
    "4": "the control numbers in GS06 and GE02 differ.",
    "5": "the number of transaction sets in GE01 is wrong.",
    _SET_WITHOUT_NAME: "a transaction set cannot be named in an answer: its identifier (ST01) or its control number "
    "(ST02) is not valid. Number each with four to nine characters.",
    "19": "an earlier group of this interchange has the same control number (GS06). Give each its own.",
}
_GROUP_TRAILER_FAULTS = frozenset({"3", "4", "5"})
# What may be wrong with the header of a transaction set: IK502 and what to correct.
_SET_FAULTS = {
    "transaction-set-unknown": ("1", "This kind of transaction set is not one that is taken under this guide."),
    "transaction-control-number": ("7", "The control number (ST02) must have four to nine characters."),
    "transaction-control-number-repeated": (
        "23",
        "The control number (ST02) was used before in this group. Number the transaction sets differently.",
    ),
    "guide-mismatch": ("I6", "The guide in ST03 is not the one in GS08. Write the same guide in both."),
    "guide-not-used": ("I6", "This transaction set does not name its guide in ST03. Leave the element out."),
}


_Item = TypeVar("_Item")


@dataclass(slots=True)
class Batch:
    """Objects in file order, provisional until the `FileVerdict`.

    `rejected` are the transaction sets known to be refused so far: only their objects may lack what the guide requires.
    """

    items: list[Any]
    rejected: frozenset[int]

    def of(self, kind: type[_Item]) -> list[_Item]:
        """The objects of one kind."""
        return [item for item in self.items if isinstance(item, kind)]


def read_file(
    source: Iterable[bytes],
    *,
    received: date,
    batch: int = BATCH,
    guides: Collection[str] = GUIDES,
    biller: Biller | None = None,
) -> Iterator[Batch | FileVerdict]:
    """Yield the objects of a file in batches of `batch` (the last one smaller), then its `FileVerdict`.

    `received` is the business day the file counts as received: no service may lie after it. A group under a guide
    outside `guides` is refused, and so are claims of anybody but `biller`, where one is given, and envelopes of senders
    that are not its submitters. Never raises for what the file holds: whatever is wrong with it is in the verdict or
    on the object.
    """
    file = Reading(received, guides, biller=biller)
    for token in tokens(source):
        file.take(token)
        items = file.items
        while len(items) >= batch:
            yield Batch(items[:batch], file.rejected())
            del items[:batch]
    verdict = file.close()
    if file.items:
        yield Batch(file.items, verdict.rejected_transactions)
    yield verdict


def check_file(source: Iterable[bytes], *, received: date, guides: Collection[str] = GUIDES) -> FileVerdict:
    """Return the verdict on a file, without its objects."""
    file = Reading(received, guides)
    for token in tokens(source):
        file.take(token)
        file.items.clear()
    return file.close()


def usage_of(source: Iterable[bytes]) -> str:
    """Return what the first interchange of a file is for (ISA15): T for a test, else P."""
    headers = (token for token in tokens(source) if isinstance(token, Header))
    return next(("T" for header in headers if header.elements[_USAGE] == "T"), "P")


class _Skipped:
    """Passes over a transaction set this reader has no guide for, up to its trailer."""

    def __init__(self, verdict: TransactionVerdict, pass_over: Callable[[str], None]) -> None:
        self.verdict = verdict
        self._pass_over = pass_over
        self._position = 1
        self.ended = False

    def consume(self, segments: list[str], index: int) -> int:
        for place in range(index, len(segments)):
            self._position += 1
            identifier = segments[place].partition(ELEMENT)[0]
            self._pass_over(identifier)
            self.verdict.claims_rejected += identifier == "CLM"
            if identifier in {"SE", "ST", "GE", "GS"}:
                self.finish()
                return place + (identifier == "SE")
        return len(segments)

    def finish(self) -> None:
        self.verdict.segments = self._position
        self.ended = True


class Reading:
    """The state of one file while its tokens arrive; finished objects gather in `items`.

    `collector` takes the place of those that make objects of transaction sets.
    """

    def __init__(
        self,
        received: date,
        guides: Collection[str] = GUIDES,
        collector: type[Collector] | None = None,
        biller: Biller | None = None,
    ) -> None:
        self._received = received
        self._taken = guides
        self._collector_type = collector
        self._biller = biller
        self.items: list[Any] = []
        self._verdict = FileVerdict(is_x12=False, verdict="accepted", interchanges=[], findings=[])
        self._interchange: InterchangeVerdict | None = None
        # The segments of an interchange whose separators or version are wrong are passed over.
        self._is_readable = True
        self._group: GroupVerdict | None = None
        # What may not come twice: interchanges in a file, groups in an interchange, transaction sets in a group.
        self._interchange_numbers: set[tuple[str, ...]] = set()
        self._group_numbers: set[str] = set()
        self._control_numbers: set[str] = set()
        self._run: TransactionRun | _Skipped | None = None
        self._collector: Collector | None = None
        # A transaction set whose guide depends on its next segment.
        self._undecided: tuple[list[Guide], TransactionVerdict] | None = None
        self._transactions = 0
        self._groups = 0
        self._findings_left = FINDINGS_PER_FILE
        self._seen: set[tuple[str, ...]] = set()
        self._next_ordinal = 1
        self._stopped = False

    @property
    def verdict(self) -> FileVerdict:
        """What is known so far; it counts when the file is closed."""
        return self._verdict

    def take(self, token: Header | list[str] | Trailer | Fault) -> None:
        """Go on by one token."""
        if self._stopped:
            return
        if isinstance(token, list):
            self._segments(token)
        elif isinstance(token, Header):
            self._open_interchange(token)
        elif isinstance(token, Trailer):
            self._close_interchange(token.elements)
        else:
            self._fail(token.code)

    def rejected(self) -> frozenset[int]:
        """The transaction sets that are refused whatever comes."""
        return frozenset(each.ordinal for each in self._verdict.transactions() if each.verdict == "rejected")

    def close(self) -> FileVerdict:
        """End the file and judge it as a whole."""
        verdict = self._verdict
        if self._interchange is not None:
            self._end_interchange()
        if not verdict.interchanges and not verdict.findings:
            self._fail("empty")
        for interchange in verdict.interchanges:
            _judge_interchange(interchange)
        transactions = list(verdict.transactions())
        verdict.claims_accepted = sum(transaction.claims_accepted for transaction in transactions)
        verdict.claims_rejected = sum(transaction.claims_rejected for transaction in transactions)
        verdict.rejected_transactions = frozenset(
            transaction.ordinal for transaction in transactions if transaction.verdict == "rejected"
        )
        verdict.verdict = _together([interchange.verdict for interchange in verdict.interchanges])
        if verdict.findings and verdict.verdict == "accepted":
            verdict.verdict = "partial"
        return verdict

    def _fail(self, code: str) -> None:
        """Say why a part of the file is passed over. It ends the interchange that is being read, but not the file."""
        findings = self._verdict.findings
        if all(finding.code != code for finding in findings):
            findings.append(Finding(snip=1, code=code, sentence=_FILE_FAULTS[code], field="File"))
        if self._interchange is not None:
            self._note(self._interchange, _FAULT_NOTES.get(code, "022"))
            self._end_interchange()

    def _stop(self) -> None:
        self._stopped = True
        self._fail("too-many")

    # --- interchange ----------------------------------------------------------------------------------------------

    def _open_interchange(self, header: Header) -> None:
        if self._interchange is not None:
            self._end_interchange()
        elements = header.elements
        if len(self._verdict.interchanges) >= INTERCHANGES_PER_FILE:
            self._stop()
            return
        self._verdict.is_x12 = True
        interchange = self._interchange = InterchangeVerdict(
            control_number=elements[12],
            sender_qualifier=elements[4],
            sender=elements[5],
            receiver_qualifier=elements[6],
            receiver=elements[7],
            date=elements[8],
            time=elements[9],
            usage=elements[14],
            acknowledgment_requested=elements[13] == "1",
        )
        self._is_readable = not header.faults
        self._group_numbers = set()
        self._verdict.interchanges.append(interchange)
        for note in header.faults:
            self._note(interchange, "022-separator" if note == "022" else note)
        for place, (note, form) in _INTERCHANGE_ELEMENTS.items():
            if not form.fullmatch(elements[place - 1]):
                self._note(interchange, note)
        if not interchange.can_be_named:
            self._note(interchange, "018-unanswered")
        if _identity(interchange) in self._interchange_numbers:
            self._note(interchange, "025")
        if self._is_foreign(elements[5]):
            interchange.note = "006" if interchange.note == "000" else interchange.note
            interchange.findings.append(_foreign_sender("Interchange", "ISA", 6))

    def _is_foreign(self, sender: str) -> bool:
        """Whether envelopes of `sender` are not taken: TA1 006 for an interchange, AK905 1 for a group (RFI 1759)."""
        return self._biller is not None and sender.rstrip() not in self._biller.submitters

    def _note(self, interchange: InterchangeVerdict, note: str) -> None:
        """Refuse the interchange for a fault of `_INTERCHANGE_NOTES`; the first one goes into its TA1."""
        if interchange.note == "000":
            interchange.note = note[:3]
        code = f"interchange-{note}"
        # It says nothing of a place: once is enough.
        if all(finding.code != code for finding in interchange.findings):
            interchange.findings.append(
                Finding(
                    snip=1,
                    code=code,
                    sentence=f"Interchange: {_INTERCHANGE_NOTES[note]}",
                    field="Interchange",
                    segment="IEA" if note in {"001", "021"} else "ISA",
                )
            )

    def _close_interchange(self, elements: tuple[str, ...]) -> None:
        interchange = self._interchange
        if interchange is None:
            return
        if self._group is not None:
            self._note(interchange, "024")
        if not interchange.groups and not interchange.acknowledgments:
            self._note(interchange, "024")
        count, control_number = (*elements, "", "")[:2]
        if not re.fullmatch("[0-9]{1,9}", count) or int(count) != len(interchange.groups):
            self._note(interchange, "021")
        if control_number != interchange.control_number:
            self._note(interchange, "001")
        self._end_interchange()

    def _end_interchange(self) -> None:
        self._end_transaction()
        self._end_group("3")
        if self._interchange is not None and self._interchange.note == "000":
            # Who was refused may come again under the same number.
            self._interchange_numbers.add(_identity(self._interchange))
        self._interchange = None

    # --- segments between -----------------------------------------------------------------------------------------

    def _segments(self, segments: list[str]) -> None:
        index, size = 0, len(segments)
        while index < size and not self._stopped:
            if self._undecided is not None:
                self._decide(segments[index].split(ELEMENT))
            run = self._run
            if run is not None:
                index = run.consume(segments, index)
                if run.ended:
                    self._end_transaction()
                continue
            self._envelope(segments[index].split(ELEMENT))
            index += 1

    def _envelope(self, elements: list[str]) -> None:
        interchange, group = self._interchange, self._group
        if interchange is None:
            self._pass_over(elements[0])
            return
        match elements[0]:
            case "TA1" if group is None and not interchange.groups:
                # Acknowledgments of the other side's interchanges may stand before the first group.
                interchange.acknowledgments += 1
                item = read_ta1(elements)
                self.items.append(item)
                room = FINDINGS_PER_LEVEL - len(interchange.findings)
                interchange.findings += item.findings[: max(room, 0)]
            case "GS":
                self._open_group(elements)
            case identifier if not self._is_readable:
                self._pass_over(identifier)
            case "ST" if group is not None:
                self._open_transaction(elements, group)
            case "GE" if group is not None:
                self._close_group(elements, group)
            case identifier if identifier[:1].isspace():
                self._fail("indented")
            case identifier:
                self._pass_over(identifier)
                self._note(interchange, "022")

    def _pass_over(self, identifier: str) -> None:
        """Count a claim that stands outside every guide; see `Collector.count_passed_over`."""
        self._next_ordinal += identifier == "CLM"

    # --- group ----------------------------------------------------------------------------------------------------

    def _open_group(self, elements: list[str]) -> None:
        self._end_group("3")
        self._groups += 1
        interchange = self._interchange
        if interchange is None or self._groups > GROUPS_PER_FILE:
            self._stop()
            return
        elements = _values(elements, _GROUP_HEADER)
        group = GroupVerdict(
            identifier=elements[1],
            control_number=elements[6],
            guide=elements[8],
            sender=elements[2],
            receiver=elements[3],
        )
        interchange.groups.append(group)
        if not self._is_readable:
            return
        self._group = group
        self._control_numbers = set()
        if not all(form.fullmatch(element) for form, element in zip(_GROUP_ELEMENTS, elements[1:], strict=True)):
            self._note(interchange, "024")
        known = self._guides(group)
        if not known:
            self._group_fault(group, "2")
        elif self._is_foreign(group.sender):
            group.codes.append(_GROUP_UNKNOWN)
            group.findings.append(_foreign_sender("Functional group", "GS", 2))
        elif all(guide.functional_identifier != group.identifier for guide in known):
            self._group_fault(group, _GROUP_UNKNOWN)
        number = group.control_number.lstrip("0")
        if number in self._group_numbers:
            self._group_fault(group, "19")
        self._group_numbers.add(number)

    def _guides(self, group: GroupVerdict) -> list[Guide]:
        """The guides a group may follow."""
        return [guide for guide in _COLLECTORS if guide.identifier == group.guide in self._taken]

    def _group_fault(self, group: GroupVerdict, fault: str) -> None:
        """Refuse the group for a fault of `_GROUP_FAULTS`, whose first part is AK905."""
        code, finding = fault.partition("-")[0], f"group-{fault}"
        if any(each.code == finding for each in group.findings):
            return
        if code not in group.codes:
            group.codes.append(code)
        group.findings.append(
            Finding(
                snip=1,
                code=finding,
                sentence=f"Functional group: {_GROUP_FAULTS[fault]}",
                field="Functional group",
                segment="GE" if fault in _GROUP_TRAILER_FAULTS else "GS",
            )
        )

    def _close_group(self, elements: list[str], group: GroupVerdict) -> None:
        _, count, control_number = (*elements, "", "")[:3]
        group.transactions_announced = int(count) if re.fullmatch("[0-9]{1,6}", count) else 0
        if group.transactions_announced != len(group.transactions) or not group.transactions:
            self._group_fault(group, "5")
        if control_number != group.control_number:
            self._group_fault(group, "4")
        self._group = None

    def _end_group(self, code: str) -> None:
        if self._group is not None:
            self._group.transactions_announced = len(self._group.transactions)
            self._group_fault(self._group, code)
            self._group = None

    # --- transaction set ------------------------------------------------------------------------------------------

    def _open_transaction(self, elements: list[str], group: GroupVerdict) -> None:
        self._transactions += 1
        if self._transactions > TRANSACTIONS_PER_FILE:
            self._stop()
            return
        _, identifier, control_number, named = _values(elements, 3)
        verdict = TransactionVerdict(self._transactions, identifier, control_number, named or group.guide)
        verdict.names_guide = bool(named)
        group.transactions.append(verdict)
        guides = [
            guide
            for guide in self._guides(group)
            if guide.transaction == identifier
            and (guide.functional_identifier == group.identifier or _GROUP_UNKNOWN in group.codes)
        ]
        if not verdict.can_be_named:
            self._group_fault(group, _SET_WITHOUT_NAME)
        if not guides:
            _set_fault(verdict, "transaction-set-unknown")
            self._run = _Skipped(verdict, self._pass_over)
            return
        if len(guides) == 1:
            self._start(guides[0], verdict)
        else:
            self._undecided = guides, verdict
        if not verdict.can_be_named:
            _set_fault(verdict, "transaction-control-number")
        if control_number in self._control_numbers:
            _set_fault(verdict, "transaction-control-number-repeated")
        if not guides[0].named_in_header:
            if named:
                _set_fault(verdict, "guide-not-used")
        elif named != group.guide:
            _set_fault(verdict, "guide-mismatch")
        self._control_numbers.add(control_number)

    def _decide(self, following: list[str]) -> None:
        """Choose among guides of one name by the purpose (BHT02) in the segment that follows the header."""
        if self._undecided is None:
            return
        guides, verdict = self._undecided
        self._undecided = None
        purpose = (*following, "", "", "")[2]
        self._start(next((guide for guide in guides if purpose in guide.purposes), guides[0]), verdict)

    def _start(self, guide: Guide, verdict: TransactionVerdict) -> None:
        def note(finding: Finding) -> None:
            run.note(finding)

        around = Around(guide, verdict, self.items, self._received, self._next_ordinal, note, self._seen, self._biller)
        self._collector = (self._collector_type or _COLLECTORS[guide])(around)
        # Of the last sets of a file full of faults only the first fault is told.
        most = min(max(self._findings_left, 1), FINDINGS_PER_TRANSACTION)
        run = self._run = TransactionRun(guide, verdict, self._collector, most)

    def _end_transaction(self) -> None:
        if self._undecided is not None:
            self._decide([])
        if self._run is None:
            return
        self._run.finish()
        self._findings_left -= len(self._run.verdict.findings)
        if self._collector is not None:
            self._next_ordinal = self._collector.next_ordinal
        self._run = self._collector = None


def _values(elements: list[str], size: int) -> list[str]:
    """The identifier and the first `size` elements of a segment of the envelopes, none longer than is kept."""
    return [value[:_MAX_VALUE_LENGTH] for value in (*elements, *[""] * size)][: size + 1]


def _identity(interchange: InterchangeVerdict) -> tuple[str, ...]:
    """What may come once in a file: sender, receiver and control number."""
    return (
        interchange.sender_qualifier,
        interchange.sender,
        interchange.receiver_qualifier,
        interchange.receiver,
        interchange.control_number,
    )


def _foreign_sender(field: str, segment: str, element: int) -> Finding:
    return Finding(
        snip=1,
        code="sender-foreign",
        sentence=f"{field}: the sender ({segment}{element:02}) is not in the EDI agreement of the NPI and PTAN you act"
        " for. Send the file under a submitter ID that is, or have this one added to the agreement.",
        field=field,
        segment=segment,
        element=element,
    )


def _set_fault(verdict: TransactionVerdict, code: str) -> None:
    set_code, sentence = _SET_FAULTS[code]
    verdict.verdict = "rejected"
    verdict.codes.append(set_code)
    verdict.findings.append(
        Finding(
            snip=1,
            code=code,
            sentence=sentence,
            field="Transaction set header",
            segment="ST",
            position=1,
            loop="ST",
        )
    )


def _judge_interchange(interchange: InterchangeVerdict) -> None:
    for group in interchange.groups:
        for transaction in group.transactions:
            rejected = interchange.note != "000" or bool(group.codes) or transaction.verdict == "rejected"
            _judge_transaction(transaction, rejected=rejected)
        group.verdict = _together([transaction.verdict for transaction in group.transactions])
        if group.codes:
            group.verdict = "rejected"
    interchange.verdict = _together([group.verdict for group in interchange.groups])
    if interchange.acknowledgments and not interchange.groups:
        interchange.verdict = "accepted"
    if interchange.findings and interchange.verdict == "accepted":
        interchange.verdict = "partial"
    if interchange.note != "000":
        interchange.verdict = "rejected"


def _judge_transaction(transaction: TransactionVerdict, *, rejected: bool) -> None:
    if not rejected:
        transaction.verdict = "partial" if transaction.claims_rejected or transaction.faulty_items else "accepted"
        return
    transaction.verdict = "rejected"
    transaction.claims_rejected += transaction.claims_accepted
    transaction.claims_accepted = 0
    for provider in transaction.providers:
        provider.rejected += provider.accepted
        provider.rejected_cents += provider.accepted_cents
        provider.accepted = provider.accepted_cents = 0


def _together(verdicts: list[Verdict]) -> Verdict:
    """The verdict of a whole from those of its parts; a whole without parts is rejected."""
    kinds = set(verdicts)
    if kinds == {"accepted"}:
        return "accepted"
    return "rejected" if kinds <= {"rejected"} else "partial"
