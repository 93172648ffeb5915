# ruff: noqa: E501  one example, one line
"""Claim files nobody on this project wrote get the verdict their readme and the guide imply, and survive a rewriting."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from libs.x12.claim.objects import Claim, InstitutionalClaim, ProfessionalClaim
from libs.x12.claim.writer import Submitter, write_claims, write_institutional_claims
from libs.x12.reader import Batch, read_file
from libs.x12.verdicts import FileVerdict
from libs.x12.writing import Envelope
from tests.support.x12 import RECEIVED, population_file
from tests.support.x12_institutional import STAY, VISIT, institutional_population_file

EXAMPLES = Path(__file__).resolve().parents[3] / "support" / "x12_examples"
ENVELOPE = Envelope("SUB00001", "15004", datetime(2026, 11, 20, 9, tzinfo=UTC), 77)
SUBMITTER = Submitter("RIVERSIDE CLINIC", "SUB00001", "EDI DESK", "8005550142", "MERIDIAN MEDICARE", "15004")

# Their structure is refused: what the 999 names.
REFUSED = {
    "837P/lfh-demo.ambulance.example5.837": {("CLM", "element-missing", 5)},
    "837P/lfh-demo.cob.example3.A.837": {("NM1", "loop-missing", 0)},
    "837P/lfh-demo.example11.837": {("CLM", "value-too-long", 5), ("CLM", "element-missing", 5), ("HI", "code-not-allowed", 1), ("HI", "segment-missing", 0), ("SV1", "code-not-allowed", 1), ("SV1", "element-missing", 1), ("SV1", "code-not-allowed", 7)},
    "837P/lfh-demo.example12.837": {("CLM", "value-too-long", 5), ("CLM", "element-missing", 5), ("HI", "code-not-allowed", 1), ("HI", "segment-missing", 0), ("SV1", "code-not-allowed", 1), ("SV1", "element-missing", 1)},
    "837P/lfh-demo.example6.837": {("CLM", "value-too-long", 5), ("CLM", "element-missing", 5), ("HI", "code-not-allowed", 1), ("HI", "segment-missing", 0), ("SV1", "code-not-allowed", 1), ("SV1", "element-missing", 1)},
    "837P/lfh-demo.example9.837": {("CLM", "value-too-long", 5), ("CLM", "element-missing", 5), ("HI", "code-not-allowed", 1), ("HI", "segment-missing", 0), ("SV1", "code-not-allowed", 1), ("SV1", "element-missing", 1), ("SV1", "code-not-allowed", 7)},
    "837I/lfh-institutional-claim.837i": {("CLM", "value-not-used", 6), ("DTP", "code-not-allowed", 2)},
    "837I/lfh-out-of-network-repriced-claim.837i": {("CLM", "value-too-long", 5), ("CLM", "element-missing", 5), ("CLM", "value-not-used", 6), ("HI", "code-not-allowed", 1), ("HI", "segment-missing", 0), ("SV2", "code-not-allowed", 2), ("SV2", "element-missing", 2)},
    "837I/lfh-two-claims-single-provider.837i": {("CLM", "value-not-used", 6)},
}  # fmt: skip
# Their structure is in order, and their claims are refused, as none was made for Medicare's front end of today.
CLAIMS_REFUSED = {
    "837P/lfh-demo.autoaccident.837": {"billing-npi", "billing-postal-code", "dependent", "facility-postal-code", "filing-indicator", "mbi", "provider-npi", "rendering-npi"},
    "837P/lfh-demo.cob.example3.B.837": {"billing-npi", "billing-postal-code", "dependent", "facility-postal-code", "filing-indicator", "mbi", "postal-code", "provider-npi", "rendering-npi"},
    "837P/lfh-demo.cob.example3.C.837": {"billing-npi", "billing-postal-code", "dependent", "facility-postal-code", "filing-indicator", "mbi", "provider-npi", "rendering-npi"},
    "837P/lfh-demo.drug.example10.1.837": {"billing-postal-code", "filing-indicator", "mbi"},
    "837P/lfh-demo.drug.example10.2.837": {"billing-postal-code", "billing-tax-id", "filing-indicator", "mbi"},
    "837P/lfh-demo.drug.example10.3.837": {"billing-postal-code", "billing-tax-id", "filing-indicator", "mbi"},
    "837P/lfh-demo.example1.837": {"dependent", "filing-indicator", "mbi", "taxonomy"},
    "837P/lfh-demo.example2.837": {"billing-npi", "billing-postal-code", "facility-postal-code", "filing-indicator", "mbi", "provider-npi", "taxonomy"},
    "837P/stupidedi-ambulance.edi": {"billing-npi", "mbi"},
    "837P/stupidedi-anesthesia.edi": {"billing-npi", "billing-postal-code", "facility-postal-code", "mbi", "provider-npi", "rendering-npi"},
    "837P/stupidedi-chiropractic.edi": {"billing-npi", "billing-postal-code", "mbi"},
    "837P/stupidedi-commercial-health-insurance.edi": {"billing-npi", "billing-postal-code", "dependent", "filing-indicator", "mbi", "taxonomy"},
    "837P/stupidedi-encounter.edi": {"billing-npi", "billing-postal-code", "facility-postal-code", "filing-indicator", "mbi", "provider-npi", "taxonomy"},
    "837P/stupidedi-out-of-network-repriced-claim.edi": {"dependent", "filing-indicator", "mbi", "rendering-npi"},
}  # fmt: skip


def example(name: str) -> str:
    """A file with the name of the adopted guide in it."""
    text = (EXAMPLES / name).read_text("ascii")
    return text.replace("005010X222A2", "005010X222A1").replace("005010X223A3", "005010X223A2")


def read_any(data: str | bytes) -> tuple[list[Claim], FileVerdict]:
    """The claims of a file, whatever their guide, and its verdict."""
    raw = data.encode("ascii") if isinstance(data, str) else data
    *batches, verdict = read_file([raw], received=RECEIVED)
    assert isinstance(verdict, FileVerdict)
    return [claim for batch in batches if isinstance(batch, Batch) for claim in batch.of(Claim)], verdict


def test_every_example_has_its_verdict_here() -> None:
    names = {f"{path.parent.name}/{path.name}" for folder in ("837P", "837I") for path in (EXAMPLES / folder).iterdir()}

    assert names == REFUSED.keys() | CLAIMS_REFUSED.keys()


@pytest.mark.parametrize("name", REFUSED)
def test_an_example_with_a_defect_of_structure_is_refused_for_that_defect(name: str) -> None:
    _, verdict = read_any(example(name))

    [transaction] = verdict.transactions()
    assert transaction.verdict == "rejected"
    assert {(finding.segment, finding.code, finding.element) for finding in transaction.findings} == REFUSED[name]


@pytest.mark.parametrize("name", CLAIMS_REFUSED)
def test_an_example_in_order_is_read_and_its_claims_are_judged(name: str) -> None:
    claims, verdict = read_any(example(name))

    [transaction] = verdict.transactions()
    assert (transaction.verdict, transaction.findings) == ("partial", [])
    assert {finding.code for claim in claims for finding in claim.findings} == CLAIMS_REFUSED[name]
    assert all(notice.code == "late-filing" for claim in claims for notice in claim.notices)


@pytest.mark.parametrize("name", [name for name in (*REFUSED, *CLAIMS_REFUSED) if "/lfh-" in name])
def test_an_example_under_a_guide_that_was_not_adopted_is_refused(name: str) -> None:
    _, verdict = read_any((EXAMPLES / name).read_bytes())

    assert verdict.interchanges[0].groups[0].codes == ["2"]


def placeless(claim: Claim) -> Claim:
    """A claim whose findings and notices do not tell where they stood: a rewritten file has other positions."""
    findings = tuple(replace(finding, position=0) for finding in claim.findings)
    return replace(claim, findings=findings, notices=tuple(replace(notice, position=0) for notice in claim.notices))


@pytest.mark.parametrize(
    "data",
    [
        *(pytest.param(example(name), id=name) for name in (*REFUSED, *CLAIMS_REFUSED)),
        pytest.param(population_file(claims=40, faulty=4), id="population 837P"),
        pytest.param(institutional_population_file(claims=40, faulty=4), id="population 837I"),
        pytest.param(STAY, id="stay"),
        pytest.param(VISIT, id="visit"),
    ],
)
def test_what_is_read_and_written_is_read_the_same_again(data: str | bytes) -> None:
    claims, _ = read_any(data)
    professional = [claim for claim in claims if isinstance(claim, ProfessionalClaim)]
    institutional = [claim for claim in claims if isinstance(claim, InstitutionalClaim)]
    pieces = (
        write_claims(professional, ENVELOPE, SUBMITTER)
        if professional
        else write_institutional_claims(institutional, ENVELOPE, SUBMITTER)
    )
    arrived, _ = read_any(b"".join(pieces))

    assert claims
    assert [placeless(claim) for claim in arrived] == [placeless(claim) for claim in claims]
