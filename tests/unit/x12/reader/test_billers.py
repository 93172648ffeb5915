"""Claims of anybody but the one a file is sent for are refused, each with what to correct.

Sources: CMS Common Edits X222.087.2010AA.NM109.050 (billing provider against submitter: A8, 496, entity 85), Medicare
Claims Processing Manual chapter 24 section 30 (submitter numbers of the EDI enrollment), X12 RFI 1759 (envelopes).
"""

from dataclasses import replace

import pytest

from libs.x12.biller import Biller
from libs.x12.claim.objects import Claim
from libs.x12.claim.writer import INSTITUTIONAL, PROFESSIONAL
from libs.x12.reader import Batch, FileVerdict, read_file
from simulators.population import Population, claim_file, institutional_claim_file
from tests.support.x12 import RECEIVED

RIVERSIDE = Population().provider_organization(1)
OFFICE, HOSPITAL = [
    Biller(each.npi, RIVERSIDE.tax_id, each.ptan, guide, frozenset(each.submitters))
    for each, guide in zip(RIVERSIDE.enrollments, (PROFESSIONAL, INSTITUTIONAL), strict=True)
]
PROFESSIONAL_FILE, INSTITUTIONAL_FILE = [
    b"".join(make(received=RECEIVED, claims=3, faulty=0)) for make in (claim_file, institutional_claim_file)
]
FILES = pytest.mark.parametrize(
    ("content", "biller"), [(PROFESSIONAL_FILE, OFFICE), (INSTITUTIONAL_FILE, HOSPITAL)], ids=["837P", "837I"]
)


def read(content: bytes, biller: Biller | None) -> tuple[list[Claim], FileVerdict]:
    *batches, verdict = read_file([content], received=RECEIVED, biller=biller)
    assert isinstance(verdict, FileVerdict)
    return [claim for batch in batches if isinstance(batch, Batch) for claim in batch.of(Claim)], verdict


def told(claims: list[Claim]) -> set[tuple[str, str, str, str]]:
    return {(each.code, each.category, each.status, each.entity) for claim in claims for each in claim.findings}


@FILES
def test_ones_own_claims_are_accepted_and_without_a_biller_those_of_anybody(content: bytes, biller: Biller) -> None:
    assert read(content, biller)[1].claims_accepted == read(content, None)[1].claims_accepted == 3


@FILES
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"npi": "1234567893"}, ("billing-provider-foreign", "A8", "496", "85")),
        ({"tax_id": "009999999"}, ("billing-tax-id-foreign", "A8", "128", "85")),
        ({"tax_id": ""}, ("billing-tax-id-foreign", "A8", "128", "85")),
        ({"guide": ""}, ("line-of-business", "A8", "481", "")),
    ],
)
def test_claims_of_another_are_refused(
    content: bytes, biller: Biller, change: dict[str, str], expected: tuple[str, str, str, str]
) -> None:
    claims, verdict = read(content, replace(biller, **change))
    assert told(claims) == {expected}
    [transaction] = verdict.transactions()
    assert (transaction.verdict, transaction.claims_accepted, transaction.claims_rejected) == ("partial", 0, 3)
    assert [(each.accepted, each.rejected) for each in transaction.providers] == [(0, 3)]


@FILES
def test_claims_go_under_a_ptan_of_their_own_kind(content: bytes, biller: Biller) -> None:
    other = replace(biller, guide=HOSPITAL.guide if biller is OFFICE else OFFICE.guide)
    claims, _ = read(content, other)
    assert [[each.code for each in claim.findings] for claim in claims] == [["line-of-business"]] * 3


@FILES
def test_a_ptan_is_held_where_it_is_sent(content: bytes, biller: Biller) -> None:
    def sending(qualifier: str, ptan: str) -> bytes:
        """With the billing provider's further number in 2010BB of the first claim."""
        head, payer, rest = content.partition(b"~NM1*PR*2*")
        name, _, after = rest.partition(b"~")
        count = int(content.partition(b"~SE*")[2].partition(b"*")[0])
        whole = head + payer + name + f"~REF*{qualifier}*{ptan}~".encode() + after
        return whole.replace(b"~SE*%d*" % count, b"~SE*%d*" % (count + 1))

    assert read(sending("G2", biller.ptan), biller)[1].claims_accepted == 3
    assert read(sending("LU", "ANYWHERE"), biller)[1].claims_accepted == 3
    claims, verdict = read(sending("G2", "MR99999"), biller)
    assert told(claims) == {("billing-ptan-foreign", "A8", "132", "85")}
    assert (verdict.claims_accepted, verdict.claims_rejected) == (2, 1)


@FILES
def test_a_submitter_outside_the_agreement_is_told_of_each_claim(content: bytes, biller: Biller) -> None:
    own = RIVERSIDE.submitter_id.encode()
    claims, verdict = read(content.replace(b"*46*" + own, b"*46*NOBODY1"), biller)
    assert told(claims) == {("submitter-foreign", "A8", "24", "41")}
    assert (verdict.claims_accepted, verdict.claims_rejected) == (0, 3)
    assert read(content.replace(b"*46*" + own, b"*46*LCX0001"), biller)[1].claims_accepted == 3


@FILES
def test_an_envelope_from_outside_the_agreement_is_refused_whole(content: bytes, biller: Biller) -> None:
    own = RIVERSIDE.submitter_id.encode()
    _, verdict = read(content.replace(own.ljust(15), b"NOBODY1".ljust(15), 1), biller)
    [interchange] = verdict.interchanges
    assert (interchange.note, interchange.verdict, verdict.claims_accepted) == ("006", "rejected", 0)
    assert [each.code for each in interchange.findings] == ["sender-foreign"]
    group_of_another = content.replace(b"~GS*HC*" + own, b"~GS*HC*NOBODY1")
    _, verdict = read(group_of_another, biller)
    [group] = verdict.interchanges[0].groups
    assert (verdict.interchanges[0].note, group.codes, verdict.claims_accepted) == ("000", ["1"], 0)
    assert [each.code for each in group.findings] == ["sender-foreign"]


@FILES
def test_a_set_of_several_billers_loses_only_the_others(content: bytes, biller: Biller) -> None:
    """Claims below another billing provider of the same set are refused, their neighbors are not."""
    second = content.replace(biller.npi.encode(), b"1234567893")
    body = second[second.index(b"~HL*1*") + 1 : second.index(b"~SE*") + 1]
    levels = content.count(b"~HL*")
    renumbered = body
    for number in range(levels, 0, -1):
        renumbered = renumbered.replace(b"HL*%d*" % number, b"HL*%d*" % (number + levels))
    renumbered = b"~".join(
        b"*".join([*parts[:2], b"%d" % (int(parts[2]) + levels), *parts[3:]])
        if (parts := segment.split(b"*"))[0] == b"HL" and parts[2]
        else segment
        for segment in renumbered.split(b"~")
    )
    count = int(content.partition(b"~SE*")[2].partition(b"*")[0])
    both = content.replace(b"~SE*%d*" % count, b"~" + renumbered + b"SE*%d*" % (count + renumbered.count(b"~")))
    claims, verdict = read(both, biller)
    assert (verdict.claims_accepted, verdict.claims_rejected) == (3, 3)
    assert told(claims) == {("billing-provider-foreign", "A8", "496", "85")}


@FILES
def test_nothing_about_the_other_provider_is_told(content: bytes, biller: Biller) -> None:
    stranger = Biller("1234567893", "009999999", "MR99999", "", frozenset({"NOBODY1"}))
    claims, verdict = read(content, stranger)
    sentences = " ".join(
        each.sentence for claim in claims for each in (*claim.findings, *verdict.interchanges[0].findings)
    )
    assert sentences
    assert not any(word in sentences for word in (biller.npi, biller.ptan, RIVERSIDE.name, RIVERSIDE.tax_id))
