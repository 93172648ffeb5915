"""Whoever sends a file, and by page or API: only claims of the enrollment acted for are taken.

All pairs of the population's enrollments, people and programs, in both kinds of claims (42 CFR 424.32: a claim is filed
by the provider it pays; Medicare Claims Processing Manual chapter 24 section 30: under a submitter of its agreement).
"""

from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest

from libs.common.access import keep_organizations
from libs.x12.claim.objects import Claim
from libs.x12.reader import Batch, read_file
from services.claims.submission.processing import biller_of
from simulators.population import Enrollment, Organization, Population, claim_file, institutional_claim_file
from tests.support.claims import (
    RECEIVED,
    ClaimsService,
    Clinic,
    authorization_of,
    enrollment_of,
    office_of,
    person_of,
    program_of,
    received,
)

POPULATION = Population()
PROVIDERS = [POPULATION.provider_organization(index) for index in (1, 2, 3)]
ENROLLED = [(provider, each) for provider in PROVIDERS for each in provider.enrollments]
SUBMITTERS = [each.submitter_id for each in (*PROVIDERS, POPULATION.vendor)]
KINDS = {"B": claim_file, "A": institutional_claim_file}


def billed(provider: Organization, enrollment: Enrollment, line: str, submitter: str = "", number: int = 1) -> bytes:
    """A claim billed by one enrollment, whatever its line of business, as a claim of `line`."""
    sender = replace(
        provider,
        enrollments=(replace(enrollment, line_of_business=line),),
        submitter_id=submitter or provider.submitter_id,
    )
    return b"".join(KINDS[line](received=RECEIVED, claims=1, faulty=0, organization=sender, control_number=number))


@pytest.mark.parametrize("line", KINDS)
def test_only_the_pair_of_provider_and_submitter_that_is_enrolled_is_accepted(line: str) -> None:
    for (owner, mine), (provider, theirs), submitter in product(ENROLLED, ENROLLED, SUBMITTERS):
        read = read_file(
            [billed(provider, theirs, line, submitter)], received=RECEIVED, biller=biller_of(enrollment_of(owner, mine))
        )
        [*batches, verdict] = read
        wanted = mine == theirs and mine.line_of_business == line and submitter in mine.submitters
        assert verdict.claims_accepted == wanted, (mine.ptan, theirs.ptan, submitter)
        claims = [claim for batch in batches if isinstance(batch, Batch) for claim in batch.of(Claim)]
        told = [each.sentence for claim in claims for each in claim.findings]
        assert not any(fact in " ".join(told) for fact in (theirs.npi, theirs.ptan, provider.tax_id, provider.name))


async def _senders(portal: ClaimsService) -> list[tuple[Clinic, Enrollment]]:
    """One person for each enrollment, and a program for the one its customer gave it."""
    people = [(await person_of(portal.work, owner, each), each) for owner, each in ENROLLED]
    customer = PROVIDERS[0]
    served = customer.enrollments[0]
    people.append((await program_of(portal.work, POPULATION.vendor, customer, served), served))
    return [(replace(portal.riverside, principal=principal), enrollment) for principal, enrollment in people]


def _of_everybody(submitter: str) -> bytes:
    """A file with a claim of each enrollment and kind, each in an interchange of its own, all under one submitter."""
    return b"".join(
        billed(provider, each, line, submitter, number)
        for number, ((provider, each), line) in enumerate(product(ENROLLED, KINDS), start=1)
    )


async def test_of_a_file_of_everybody_only_the_senders_claim_is_accepted_by_page_and_api_alike(
    portal: ClaimsService,
) -> None:
    sent = []
    for clinic, mine in await _senders(portal):
        content = _of_everybody(mine.submitters[-1])
        places = [(await clinic.send(content)).headers["location"]]
        if clinic.principal.kind == "person":
            shown = (await clinic.upload(content, key="key-000002")).headers["location"]
            places.append(f"/api{shown.removesuffix('/receipt')}")
        sent += [(clinic, mine, place) for place in places]
    await portal.process()
    wanted = {}
    for clinic, mine, place in sent:
        answer = (await clinic.get(place)).json()
        assert (answer["state"], answer["claims_accepted"]) == ("acknowledged", 1)
        assert answer["claims_rejected"] == len(ENROLLED) * len(KINDS) - 1
        wanted[UUID(answer["submission_id"])] = (mine.npi, mine.line_of_business == "A")
    accepted = await portal.rows(
        "SELECT submission_id, billing_npi, type_of_bill <> '' AS hospital FROM claim WHERE state = 'accepted'"
    )
    assert {row.submission_id: (row.billing_npi, row.hospital) for row in accepted} == wanted
    outbound = await portal.published("partner.claims-outbound.v1")
    assert [each.event.claims for each in outbound] == [1] * len(sent)


async def test_a_vendor_whose_letter_names_its_submitter_id_sends_under_no_other(portal: ClaimsService) -> None:
    vendor, (customer, served) = POPULATION.vendor, ENROLLED[0]
    program = await program_of(portal.work, vendor, customer, served)
    letter = authorization_of(vendor.organization_id, customer).model_copy(update={"submitter": vendor.submitter_id})
    signed = office_of(customer).model_copy(update={"version": 2, "authorizations": (letter,)})
    async with portal.work.database.work(portal.work) as work:
        await keep_organizations(work, [received(portal.work, signed)])
    sender = replace(portal.riverside, principal=program)
    answers = [
        await sender.send(billed(customer, served, "B", submitter, number), key=f"key-{submitter}")
        for number, submitter in enumerate((vendor.submitter_id, customer.submitter_id), start=1)
    ]
    await portal.process()
    accepted = [(await sender.get(each.headers["location"])).json()["claims_accepted"] for each in answers]
    assert accepted == [1, 0]


async def test_the_page_says_what_to_correct_and_the_277ca_why(portal: ClaimsService) -> None:
    other = billed(*ENROLLED[2], "B", submitter=PROVIDERS[0].submitter_id)
    answer = await portal.riverside.send(other)
    await portal.process()
    place = answer.headers["location"].removeprefix("/api")
    page = (await portal.riverside.get(place)).text
    assert "The billing provider is not the one you act for." in page
    assert not any(fact in page for fact in (ENROLLED[2][1].npi, PROVIDERS[1].name, PROVIDERS[1].tax_id))
    acknowledgment = (await portal.riverside.get(f"{place}/277ca")).content
    assert b"~STC*A8:496:85*" in acknowledgment
    assert b"~STC*A8:128:85*" in acknowledgment


async def test_claims_are_held_against_the_enrollment_as_it_was_when_the_file_came(portal: ClaimsService) -> None:
    """A change of the enrollment between receipt and reading does not split the answers of a file."""
    provider, enrollment = ENROLLED[0]
    answer = await portal.riverside.send(billed(provider, enrollment, "B"))
    moved = replace(provider, tax_id="001099999")
    await person_of(portal.work, moved, enrollment)
    await portal.process()
    result = (await portal.riverside.get(answer.headers["location"])).json()
    assert result["claims_accepted"] == 1
