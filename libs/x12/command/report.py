"""What was judged, for programs and for people. Neither repeats a value of a claim."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from libs.x12.findings import Finding
from libs.x12.verdicts import FileVerdict, GroupVerdict, InterchangeVerdict, Item, TransactionVerdict

# Enough to correct a file by; what comes after is counted only.
FINDINGS_PER_TRANSACTION = 100
FINDINGS_PER_FILE = 10_000


class Told(NamedTuple):
    """A finding, and the ordinal of its object within the file (0 when it has none). A remark rejects nothing."""

    finding: Finding
    ordinal: int = 0
    is_remark: bool = False


@dataclass(slots=True)
class ItemFindings:
    """The faults of single claims and other objects, by transaction set, as many as are told.

    Remarks, which reject nothing, are among them.
    """

    told: dict[int, list[Told]] = field(default_factory=dict)
    left_out: dict[int, int] = field(default_factory=dict)
    count: int = 0

    def add(self, item: Item) -> None:
        """Keep the faults of one object and the remarks on it, or count them.

        Those of a TA1 stand with its interchange already.
        """
        transaction = item.transaction
        if not transaction:
            return
        told = self.told.setdefault(transaction, [])
        remarks = getattr(item, "notices", ())
        for finding in (*item.findings, *remarks):
            if len(told) < FINDINGS_PER_TRANSACTION and self.count < FINDINGS_PER_FILE:
                told.append(Told(finding, getattr(item, "ordinal", 0), finding in remarks))
                self.count += 1
            else:
                self.left_out[transaction] = self.left_out.get(transaction, 0) + 1


def as_json(name: str, verdict: FileVerdict, items: ItemFindings) -> dict[str, Any]:
    """Return the verdict on the file called `name`, ready for JSON."""
    return {
        "file": name,
        "verdict": verdict.verdict,
        "interchanges": [_interchange(interchange, items) for interchange in verdict.interchanges],
        "errors": [_error(finding) for finding in verdict.findings],
    }


def _interchange(interchange: InterchangeVerdict, items: ItemFindings) -> dict[str, Any]:
    return {
        "control_number": interchange.control_number,
        "sender": interchange.sender.strip(),
        "receiver": interchange.receiver.strip(),
        "verdict": interchange.verdict,
        "ta1": interchange.note,
        "groups": [_group(group, items) for group in interchange.groups],
        "errors": [_error(finding) for finding in interchange.findings],
    }


def _group(group: GroupVerdict, items: ItemFindings) -> dict[str, Any]:
    return {
        "control_number": group.control_number,
        "verdict": group.verdict,
        "transactions": [_transaction(transaction, items) for transaction in group.transactions],
        "errors": [_error(finding) for finding in group.findings],
    }


def _transaction(transaction: TransactionVerdict, items: ItemFindings) -> dict[str, Any]:
    return {
        "control_number": transaction.control_number,
        "type": transaction.identifier,
        "guide": transaction.guide,
        "verdict": transaction.verdict,
        "claims": {"accepted": transaction.claims_accepted, "rejected": transaction.claims_rejected},
        "errors": [_error(*told) for told in _findings(transaction, items)],
        "errors_left_out": transaction.findings_left_out + items.left_out.get(transaction.ordinal, 0),
    }


def _findings(transaction: TransactionVerdict, items: ItemFindings) -> Iterator[Told]:
    """The faults of the transaction set, then those of its claims."""
    yield from map(Told, transaction.findings)
    yield from items.told.get(transaction.ordinal, ())


def _error(finding: Finding, claim: int = 0, is_remark: bool = False) -> dict[str, Any]:
    error: dict[str, Any] = {
        "snip": finding.snip,
        "code": finding.code,
        "sentence": finding.sentence,
        "field": finding.field,
        "segment": finding.segment,
        "position": finding.position,
        "loop": finding.loop,
        "element": finding.element,
        "component": finding.component,
        "repeat": finding.repeat,
        "ik3": finding.segment_code,
        "ik4": finding.element_code,
    }
    if is_remark:
        error["remark"] = True
    if claim:
        error["claim"] = claim
    if finding.line:
        error["line"] = finding.line
    if finding.category:
        error["status"] = {"category": finding.category, "code": finding.status, "entity": finding.entity}
    return error


def as_text(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines people read, from what `as_json` returned."""
    yield f"{report['file']}: {report['verdict']}"
    yield from _lines(report["errors"], 1)
    for interchange in report["interchanges"]:
        yield (
            f"  Interchange {interchange['control_number']} of {interchange['sender'] or 'nobody'}: "
            f"{interchange['verdict']} (TA1 {interchange['ta1']})"
        )
        yield from _lines(interchange["errors"], 2)
        for group in interchange["groups"]:
            yield f"    Group {group['control_number']}: {group['verdict']}"
            yield from _lines(group["errors"], 3)
            for transaction in group["transactions"]:
                yield from _transaction_lines(transaction)


def _transaction_lines(transaction: Mapping[str, Any]) -> Iterator[str]:
    accepted = transaction["claims"]["accepted"]
    total = accepted + transaction["claims"]["rejected"]
    counted = f"; {accepted} of {total} claims accepted" if total else ""
    yield (
        f"      Transaction set {transaction['control_number']} ({transaction['type']}, {transaction['guide']}): "
        f"{transaction['verdict']}{counted}"
    )
    yield from _lines(transaction["errors"], 4)
    if transaction["errors_left_out"]:
        yield f"        {transaction['errors_left_out']} more faults follow."


def _lines(errors: list[dict[str, Any]], depth: int) -> Iterator[str]:
    for error in errors:
        whose = f"Claim {error['claim']}: " if "claim" in error else ""
        yield f"{'  ' * depth}{whose}{error['sentence']}{_where(error)} [{_kind(error)}]"


def _kind(error: Mapping[str, Any]) -> str:
    return f"{'remark, ' if 'remark' in error else ''}SNIP {error['snip']}, {error['code']}"


def _where(error: Mapping[str, Any]) -> str:
    if not error["segment"]:
        return ""
    place = error["segment"] + (f"{error['element']:02}" if error["element"] else "")
    if error["component"]:
        place += f"-{error['component']}"
    number = f", segment {error['position']} of the transaction set" if error["position"] else ""
    loop = f", loop {error['loop']}" if error["loop"] else ""
    line = f", line {error['line']}" if "line" in error else ""
    return f" ({place}{number}{loop}{line})"
