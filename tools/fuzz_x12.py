"""Throws changed files at the X12 engine, guided by what they reach in it, until one breaks a promise.

    python -m tools.fuzz_x12                     # a minute over the kept corpus
    python -m tools.fuzz_x12 -- -runs=1000000    # what stands behind -- goes to the fuzzer

A file that breaks a promise stands in `.portico/x12_fuzz/` as `broken-…`. Put it into `tests/support/x12_corpus/` under
a name that says what it is, and the unit tests try it for ever. The fuzzer, atheris, is not among the requirements: it
cannot be had for every Python and every system the portal runs on. `pip install atheris` where it can.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby, pairwise
from pathlib import Path

from libs.x12.acknowledgment.writer import answering, write_999, write_ta1
from libs.x12.claim.forwarding import forward_claims
from libs.x12.claim.objects import Claim, InstitutionalClaim
from libs.x12.claim.writer import INSTITUTIONAL, PROFESSIONAL, Submitter
from libs.x12.claim_status.acknowledgment import ClaimAnswers, Source, write_277ca
from libs.x12.command.report import FINDINGS_PER_TRANSACTION as ITEM_FINDINGS_PER_TRANSACTION
from libs.x12.command.report import ItemFindings, as_json, as_text
from libs.x12.command.show import show
from libs.x12.engine import FINDINGS_PER_TRANSACTION
from libs.x12.reader import Batch, check_file, read_file
from libs.x12.tokenizer import Fault, Header, tokens
from libs.x12.verdicts import FileVerdict, Item, TransactionVerdict
from libs.x12.writing import Envelope

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "tests" / "support" / "x12_corpus"
FOUND = ROOT / ".portico" / "x12_fuzz"
RECEIVED = date(2026, 11, 20)
CREATED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LARGEST = 1 << 14
# Of a transaction set itself, and of the objects in it.
_MAX_ERRORS = FINDINGS_PER_TRANSACTION + ITEM_FINDINGS_PER_TRANSACTION
# What an answer repeats of what it answers, and is no better for it: number and moment of an interchange, a provider.
_OF_THE_ENVELOPE = frozenset({"interchange-acknowledgment"})
_OF_THE_CLAIM = frozenset({"provider-npi"})
_ONWARD = Envelope("15004", "SHAREDSYSTEM", CREATED, 1)
_SUBMITTER = Submitter("MERIDIAN MEDICARE", "15004", "EDI DESK", "8005550100", "MERIDIAN MEDICARE", "15004")
_MINUTE = "-max_total_time=60"


def try_file(data: bytes) -> FileVerdict:
    """Hold one file against everything the engine promises of any file, and return its verdict.

    Raises `AssertionError`, or whatever the engine raises, when a promise is broken.
    """
    verdict, items, reported = _read(data)
    claims = [item for item in items if isinstance(item, Claim)]
    _expect(verdict.verdict in {"accepted", "partial", "rejected"}, "a verdict")
    _expect(verdict == check_file(_pieces(data, 61), received=RECEIVED), "the same verdict in pieces of any size")
    _try_tokens(data)
    _expect(sum(1 for _ in show([data], RECEIVED)) <= 8 * len(data) + 8, "few lines when shown")
    _try_report(verdict, items, reported)
    _try_acknowledgments(verdict)
    _try_claim_answers(verdict, claims)
    _try_forwarding(data, verdict, claims)
    return verdict


def _read(data: bytes) -> tuple[FileVerdict, list[Item], ItemFindings]:
    items: list[Item] = []
    reported = ItemFindings()
    for event in read_file([data], received=RECEIVED):
        if not isinstance(event, Batch):
            return event, items, reported
        items += event.items
        for item in event.items:
            reported.add(item)
    raise AssertionError("the reader ended without a verdict")


def _try_report(verdict: FileVerdict, items: Sequence[Item], reported: ItemFindings) -> None:
    """Whoever reads the report sees of every fault that there is one, and not more of them than anybody can correct."""
    report = as_json("file", verdict, reported)
    _expect(bool(list(as_text(report))), "a report")
    transactions = [
        transaction
        for interchange in report["interchanges"]
        for group in interchange["groups"]
        for transaction in group["transactions"]
    ]
    _expect(all(len(each["errors"]) <= _MAX_ERRORS for each in transactions), "a report that ends")
    faulty = {item.transaction for item in items if item.findings}
    for ordinal, each in enumerate(transactions, start=1):
        _expect(ordinal not in faulty or each["verdict"] != "accepted", "a verdict that shows the faults of objects")
        _expect(ordinal not in faulty or bool(each["errors"]), "errors where an object has faults")
    _expect(0 not in faulty or verdict.verdict != "accepted", "a verdict that shows the faults of a TA1")


def _try_tokens(data: bytes) -> None:
    """No more segments than bytes; behind a fault comes a header, if anything."""
    found = list(tokens([data]))
    _expect(sum(len(token) for token in found if isinstance(token, list)) <= len(data) + 1, "few segments")
    behind = [after for token, after in pairwise(found) if isinstance(token, Fault)]
    _expect(all(isinstance(token, Header | Fault) for token in behind), "a header behind a fault")


def _try_acknowledgments(verdict: FileVerdict) -> None:
    for interchange in verdict.interchanges:
        envelope = answering(interchange, CREATED, 1)
        if interchange.takes_ta1:
            _expect_accepted([write_ta1(interchange, envelope)], "TA1", _OF_THE_ENVELOPE)
        if answer := list(write_999(interchange, envelope)):
            _expect_accepted(answer, "005010X231A1")


def _try_claim_answers(verdict: FileVerdict, claims: Sequence[Claim]) -> None:
    transactions: dict[int, TransactionVerdict] = {each.ordinal: each for each in verdict.transactions()}
    interchanges = {
        transaction.ordinal: interchange
        for interchange in verdict.interchanges
        for group in interchange.groups
        for transaction in group.transactions
    }
    writer = ClaimAnswers(CREATED)
    for ordinal, group in groupby(claims, key=lambda claim: claim.transaction):
        own = list(group)
        blocks = writer.write(own, [f"{claim.ordinal:013}" for claim in own])
        if transactions[ordinal].verdict != "rejected":
            envelope = answering(interchanges[ordinal], CREATED, 1)
            source = Source("MERIDIAN MEDICARE", "15004")
            answer = write_277ca(transactions[ordinal], blocks, envelope, source, received=RECEIVED)
            _expect_accepted(answer, "005010X214", _OF_THE_CLAIM)


def _try_forwarding(data: bytes, verdict: FileVerdict, claims: Sequence[Claim]) -> None:
    """Accepted claims arrive where they are sent on to, in a file that stands."""
    for guide in (PROFESSIONAL, INSTITUTIONAL):
        accepted = {
            claim.ordinal: f"{claim.ordinal:013}"
            for claim in claims
            if verdict.accepts(claim) and isinstance(claim, InstitutionalClaim) == (guide == INSTITUTIONAL)
        }
        if not accepted:
            continue
        pieces = forward_claims([data], accepted, _ONWARD, _SUBMITTER, guide=guide)
        arrived = check_file(pieces, received=RECEIVED)
        _expect(arrived.claims_accepted == len(accepted), f"all accepted claims sent on ({guide})")
        _expect(arrived.verdict == "accepted", f"a file of accepted claims that stands ({guide})")


def _expect_accepted(pieces: Iterable[bytes], guide: str, repeated: frozenset[str] = frozenset()) -> None:
    """An answer is a file our own reader accepts, but for faults of what it only repeats."""
    verdict, items, _ = _read(b"".join(pieces))
    _expect(verdict.is_x12 and not verdict.findings, f"an answer that can be read ({guide})")
    _expect(all(interchange.note == "000" for interchange in verdict.interchanges), f"a sound envelope ({guide})")
    codes = {finding.code for item in items for finding in item.findings}
    _expect(codes <= repeated, f"an answer without faults of its own ({guide})")
    _expect(verdict.verdict == ("partial" if codes else "accepted"), f"an answer that is accepted ({guide})")


def _expect(kept: bool, what: str) -> None:
    if not kept:
        raise AssertionError(f"not kept: {what}")


def _pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def main() -> int:
    """Fuzz until something breaks or the time is up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("options", nargs="*", default=[_MINUTE], help="options of the fuzzer, behind --")
    options = parser.parse_args().options
    if find_spec("atheris") is None:
        sys.stderr.write("The fuzzer is not installed: pip install atheris (Linux, Python 3.11 to 3.13).\n")
        return 1
    atheris = import_module("atheris")
    atheris.instrument_all()
    FOUND.mkdir(parents=True, exist_ok=True)
    settings = [f"-max_len={LARGEST}", f"-artifact_prefix={FOUND}/broken-"]
    # What reaches new code gathers in the first folder; the second is only read.
    atheris.Setup([sys.argv[0], *settings, *options, str(FOUND), str(CORPUS)], try_file)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
