"""A hospital's claim on its way: one 837I claim from the upload to its remittance.

It is billed under the hospital's own NPI and PTAN, in Part A: each step acts for them, and then for the clinic again.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from libs.x12.claim.objects import InstitutionalClaim
from libs.x12.reader import Batch, read_file
from simulators.population import DEFAULT_SEED, Population, write_837i
from simulators.shared_system.adjudication import PAID, adjudicate
from tools.walk.access import act_for
from tools.walk.answers import claim_answers, implementation_verdicts
from tools.walk.claims import ADJUDICATED_WITHIN, answer_of, download, number_in, uploaded
from tools.walk.journey import Journey, expect, today
from tools.walk.person import Page
from tools.walk.place import until
from tools.walk.remittance import ON_PAYMENT_FLOOR, PAID_WITHIN
from tools.walk.telling import UnexpectedError

_SEEDS = 1_000_000


@asynccontextmanager
async def _hospital(walk: Journey) -> AsyncIterator[None]:
    clinic, hospital = walk.population.provider_organization(1).enrollments
    await act_for(walk, hospital.npi)
    try:
        yield
    finally:
        await act_for(walk, clinic.npi)


async def hospital_claim_is_accepted(walk: Journey) -> str:
    """An 837I of one visit to a hospital: the 999 and the 277CA accept it, and the page shows the ICN they give."""
    async with _hospital(walk):
        return await _accepted(walk)


async def _accepted(walk: Journey) -> str:
    upload = await uploaded(walk.biller, _new_file(walk))
    verdicts = implementation_verdicts(await download(walk.biller, upload, "999"))
    answers = claim_answers(await download(walk.biller, upload, "277ca"))
    if verdicts != ["A"] or [each.accepted for each in answers] != [True]:
        raise UnexpectedError("a 999 and a 277CA that accept one claim", f"IK501 {verdicts}, {len(answers)} answers")
    [row] = walk.biller.page.rows()
    number, link = number_in(row["Claim"]), row["Claim"].first("a")
    if link is None or number != answers[0].internal_control_number:
        raise UnexpectedError(f"ICN {answers[0].internal_control_number} on the page", f"“{row['Claim'].text}”")
    upload.accepted[number] = link["href"]
    walk.hospital = upload
    return f"{upload.number}, ICN {number}"


def _new_file(walk: Journey) -> bytes:
    """A visit nobody sent before, which the shared system will pay."""
    organization = walk.population.provider_organization(1)
    while True:
        draw = uuid4().int
        seed = DEFAULT_SEED + draw % _SEEDS
        [claim] = Population(seed).institutional_claims(1, received=today(), organization=organization)
        if adjudicate(claim, DEFAULT_SEED).status == PAID:
            break
    path = walk.directory / "hospital-claim.txt"
    write_837i(
        path,
        received=today(),
        claims=1,
        faulty=0,
        seed=seed,
        organization=organization,
        control_number=draw % 1_000_000_000,
    )
    return path.read_bytes()


def _visit(walk: Journey) -> InstitutionalClaim:
    """The claim as it was sent."""
    parts = list(read_file([walk.sent_by_hospital.content], received=today()))
    [claim] = [claim for part in parts if isinstance(part, Batch) for claim in part.of(InstitutionalClaim)]
    return claim


async def hospital_claim_is_decided(walk: Journey) -> str:
    """The shared system decides it. Its page tells it as a hospital does: type of bill, revenue codes."""
    async with _hospital(walk):
        return await _decided(walk)


async def _decided(walk: Journey) -> str:
    [(number, path)] = walk.sent_by_hospital.accepted.items()

    async def decided() -> Page | None:
        page = await walk.biller.open(path)
        return page if page.says(ON_PAYMENT_FLOOR) else None

    page = await until(decided, within=ADJUDICATED_WITHIN, waiting_for="the decision about the hospital claim")
    claim = _visit(walk)
    expect(page, 200, number, f"Type of bill {claim.type_of_bill}", f"Attending NPI {claim.attending_npi}")
    codes = [row["Revenue code"].text for row in page.rows()]
    if codes != [line.revenue_code for line in claim.lines]:
        raise UnexpectedError("the revenue code of each line", ", ".join(codes))
    return f"{answer_of(page)}; revenue codes {', '.join(codes)}"


async def hospital_claim_is_remitted(walk: Journey) -> str:
    """Its remittance names the procedure of each line, or the revenue code of one that has none."""
    async with _hospital(walk):
        return await _remitted(walk)


async def _remitted(walk: Journey) -> str:
    [number] = walk.sent_by_hospital.accepted

    async def remitted() -> Page | None:
        await walk.biller.open("/remittance")
        page = await walk.biller.submit("Find", {"number": number})
        return page if page.says(f"Remitted claim, ICN {number}") else None

    page = await until(remitted, within=PAID_WITHIN, waiting_for="the remittance of the hospital claim", pause=0.5)
    named = [row["Procedure"].text for row in page.rows()]
    expected = [line.procedure or f"revenue code {line.revenue_code}" for line in _visit(walk).lines]
    # Every line is there and nothing else is. One paid as part of another names that one, and what was billed.
    billed = [text.partition("(HCPCS): ")[2] or text for text in named]
    known = {code for code in expected for text in billed if text.startswith(code)}
    if known != set(expected) or not all(text.startswith(tuple(expected)) for text in billed):
        raise UnexpectedError("each line by its procedure or its revenue code", ", ".join(named))
    return f"{answer_of(page)}; {', '.join(named)}"
