from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest

from libs.x12.remittance.objects import RemittanceAdvice, RemittedClaim
from libs.x12.remittance.writer import Remittance, write_835
from tests.support.x12_remittances import ENVELOPE, EXAMPLES, ONE_REMITTANCE, read

FILES = sorted(path for path in EXAMPLES.iterdir() if path.suffix in {".835", ".edi"})
VALID = [path for path in FILES if path.name.startswith("stupidedi")]
# What their readme and the guide say is wrong with the others, besides the missing contact of the payer.
DEFECTS = {
    "lfh-cob-contractural-adjustment.835": {("BPR", "element-missing")},
    "lfh-managed-care.835": {("BPR", "invalid-date")},
    "lfh-medicare-part-a.835": {("TS3", "value-not-used")},
    "lfh-secondary-payment.835": {("BPR", "element-missing")},
    "lfh-tertiary-payment.835": {("BPR", "element-missing"), ("SVC", "element-missing"), ("SVC", "line-balance")},
}


def of(path: Path) -> str:
    return path.name


def body(text: str) -> list[list[str]]:
    """The segments from BPR to before SE, with the usual separators, trailing blanks off, numbers and units as such."""
    component = text[104]
    segments = [with_units(segment.strip()) for segment in text.split(text[105])]
    first = next(index for index, segment in enumerate(segments) if segment.startswith("BPR"))
    last = next(index for index, segment in enumerate(segments) if segment.startswith("SE*"))
    return [
        [number(element.replace(component, ":").rstrip(":")) for element in segment.rstrip("*").split("*")]
        for segment in segments[first:last]
    ]


def with_units(segment: str) -> str:
    """A line with the one unit that a payer need not write (SVC05)."""
    elements = segment.split("*")
    if elements[0] != "SVC":
        return segment
    elements += [""] * (6 - len(elements))
    elements[5] = elements[5] or "1"
    return "*".join(elements)


def number(element: str) -> str:
    try:
        return f"{Decimal(element).normalize():f}" if "." in element else element
    except InvalidOperation:
        return element


@pytest.mark.parametrize("path", VALID, ids=of)
def test_a_valid_example_is_accepted(path: Path) -> None:
    [advice], claims, verdict = read(path.read_bytes())

    [transaction] = verdict.transactions()
    # The check digits of some payees' NPIs are wrong, as the readme says; nothing else is, and the files stand.
    assert {finding.code for finding in advice.notices} <= {"payee-npi"}
    assert (verdict.verdict, transaction.verdict, transaction.findings) == ("accepted", "accepted", [])
    assert not any(claim.notices for claim in claims)
    assert all(verdict.accepts(claim) for claim in claims)


@pytest.mark.parametrize("path", [path for path in FILES if path not in VALID], ids=of)
def test_an_example_with_defects_is_refused_for_them(path: Path) -> None:
    _, claims, verdict = read(path.read_bytes())

    [transaction] = verdict.transactions()
    assert transaction.verdict == "rejected"
    found = {(finding.segment, finding.code) for finding in transaction.findings}
    assert ("PER", "segment-missing") in found
    assert DEFECTS[path.name] <= found
    assert verdict.claims_rejected == len(claims) > 0


# What objects cannot hold: sums of a TS3 out of place, a line that is none, a day that is none.
CORRECTED = {
    "366.97****": "366.97********",
    "*15000.00****": "*15000.00********",
    "SVC*HC*24599.00*": "SVC*HC:24599*",
    "*20002316": "*20020316",
}


def corrected(path: Path) -> str:
    text = path.read_text("ascii")
    for old, new in CORRECTED.items():
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("path", FILES, ids=of)
def test_an_example_comes_back_as_it_was(path: Path) -> None:
    text = corrected(path) if path not in VALID else path.read_text("ascii")
    [advice], claims, _ = read(text)
    written = write(advice, claims)

    assert body(written) == body(text)
    again = read(written)
    assert (again.advices, again.claims) == ([advice], claims)


def test_our_own_remittance_comes_back_as_it_was() -> None:
    [advice], claims, _ = read(ONE_REMITTANCE)
    written = write(advice, claims)

    assert body(written) == body(ONE_REMITTANCE)
    again = read(written)
    assert (again.advices, again.claims) == ([advice], claims)


def write(advice: RemittanceAdvice, claims: list[RemittedClaim]) -> str:
    return b"".join(write_835([Remittance(advice, claims)], ENVELOPE)).decode("ascii")
