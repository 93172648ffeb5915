"""Says in plain words what an acknowledgment says in codes. It repeats no value of the file, so it may be logged."""

from collections.abc import Iterable

from libs.x12.findings import Finding
from libs.x12.verdicts import FileVerdict, TransactionVerdict

NOT_ACCEPTED = "Not accepted: this is not a denial and has no appeal rights. Correct the claim and send it again."
_WHERE = "segment {segment} number {position} of the transaction set"


def describe_file(verdict: FileVerdict) -> tuple[str, ...]:
    """Return what is wrong with the file and its envelopes, one sentence each; nothing when they are in order."""
    findings = [*verdict.findings]
    for interchange in verdict.interchanges:
        findings += interchange.findings
        for group in interchange.groups:
            findings += group.findings
    return tuple(finding.sentence for finding in findings)


def describe_999(verdict: FileVerdict) -> tuple[str, ...]:
    """Return the verdict of the 999 in words: first whether the file can be read, then each fault of its structure."""
    transactions = list(verdict.transactions())
    refused = [transaction for transaction in transactions if transaction.verdict == "rejected"]
    if transactions and not refused:
        return ("The file was accepted: its structure is in order. Each claim is answered in the 277CA.",)
    if transactions and len(refused) < len(transactions):
        first = f"{len(refused)} of {len(transactions)} transaction sets of the file were not accepted."
    else:
        first = "The file was not accepted: none of its claims can be processed. Correct it and send it again."
    details = [sentence for transaction in refused for sentence in _details(transaction)]
    return (first, *describe_file(verdict), *details)


def _details(transaction: TransactionVerdict) -> Iterable[str]:
    for finding in transaction.findings:
        yield f"{finding.sentence} ({_where(finding)})"
    if transaction.findings_left_out:
        yield f"{transaction.findings_left_out} more faults follow."


def _where(finding: Finding) -> str:
    return _WHERE.format(segment=finding.segment or "?", position=finding.position)


def describe_277ca(accepted: int, rejected: int) -> str:
    """Return the verdict of the 277CA in words, by the number of claims accepted and not accepted."""
    total = accepted + rejected
    claims = "claim" if total == 1 else "claims"
    if not rejected:
        return f"All {total} {claims} were accepted for processing." if total != 1 else "The claim was accepted."
    return f"{accepted} of {total} {claims} were accepted for processing, {rejected} not. {NOT_ACCEPTED}"


def describe_claim(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return what to correct in a claim that was not accepted, each fault with the name of its field, and its line."""
    return tuple(f"{finding.where}: {finding.sentence}" for finding in findings)
