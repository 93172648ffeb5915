"""The remittances of the simulated world: what the contractor pays for claims of the population, drawn from its seed.

Each file is one 835 with one transaction set for one payee. Lines are paid as Medicare pays them: the fee schedule
leaves a part of the charge with the provider (CO-45), the patient owes a fifth of what is allowed (PR-2), and two per
cent of the payment are withheld (CO-253). Every tenth claim has a line that was denied as not necessary (CO-50), every
seventh went on to a supplemental payer, and the first one waited so long that interest is paid for it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from libs.x12.remittance.objects import (
    Account,
    Address,
    Adjustment,
    Amount,
    ClaimGroup,
    Contact,
    OutpatientAdjudication,
    Party,
    Payee,
    Payer,
    Payment,
    Procedure,
    ProviderAdjustment,
    Reference,
    Remark,
    RemittanceAdvice,
    RemittedClaim,
    RemittedLine,
    claim_reference,
)
from libs.x12.remittance.writer import Remittance, write_835
from libs.x12.writing import Envelope
from simulators.population import (
    CONTRACTOR,
    DEFAULT_SEED,
    PAYEE_BANK,
    PAYER_BANK,
    PAYER_NAME,
    PROCEDURES,
    Beneficiary,
    Organization,
    Population,
)

# The payer's identifier with its bank: a 1 and a tax number no one has.
_COMPANY = "1000900009"
_INTEREST_CENTS = 127
_DENIED_EVERY, _FORWARDED_EVERY = 10, 7


def remittance(
    *,
    issued: date,
    claims: int = 25,
    lines: int = 2,
    seed: int = DEFAULT_SEED,
    organization: Organization | None = None,
    control_number: int = 1,
) -> Remittance:
    """One remittance of `claims` claims with `lines` lines each, for services of the 60 days before `issued`."""
    population = Population(seed)
    payee = organization or population.provider_organization(1)
    group = ClaimGroup(1)
    remitted = [_claim(population, payee, group, index, lines, issued) for index in range(claims)]
    late = remitted[0]
    late.amounts = (Amount("I", _INTEREST_CENTS),)
    interest = ProviderAdjustment(
        provider=payee.npi,
        period_end=date(issued.year, 12, 31),
        reason="L6",
        reference=claim_reference(late.payer_claim_control_number, late.patient_control_number),
        # What adds to the payment has the sign minus there.
        amount_cents=-_INTEREST_CENTS,
    )
    advice = RemittanceAdvice(
        payment=Payment(
            handling="I",
            amount_cents=sum(claim.paid_cents for claim in remitted) - interest.amount_cents,
            method="ACH",
            payment_format="CCP",
            sender=Account("01", PAYER_BANK, "DA", "0009000123"),
            company=_COMPANY,
            receiver=Account("01", PAYEE_BANK, "DA", f"00{payee.tax_id}"),
            effective=issued + timedelta(days=1),
        ),
        trace_number=f"{CONTRACTOR}{issued:%y%j}{control_number:05}",
        payer_identifier=_COMPANY,
        produced=issued,
        payer=Payer(
            name=PAYER_NAME,
            address=Address("1 LANTERN SQUARE", "", "LANTERNVILLE", "KY", "428810001"),
            references=[Reference("2U", CONTRACTOR)],
            contacts=[Contact("BL", "EDI DESK", (("TE", "8005550142"),))],
        ),
        payee=Payee(
            payee.name.upper(),
            "XX",
            payee.npi,
            references=[Reference("PQ", payee.enrollments[0].ptan), Reference("TJ", payee.tax_id)],
        ),
        provider_adjustments=[interest],
    )
    return Remittance(advice, remitted)


def _claim(
    population: Population, payee: Organization, group: ClaimGroup, index: int, lines: int, issued: date
) -> RemittedClaim:
    draw = Random(f"{population.seed}/remittance/{index}")
    service = issued - timedelta(days=draw.randint(15, 60))
    forwarded = index % _FORWARDED_EVERY == _FORWARDED_EVERY - 1
    claim = RemittedClaim(
        transaction=1,
        number=index + 1,
        group=group,
        patient_control_number=f"PCN{population.seed % 1000:03}{index + 1:07}",
        status="19" if forwarded else "1",
        filing_indicator="MB",
        payer_claim_control_number=f"11{issued:%y%j}{index + 1:06}",
        facility_code="11",
        frequency_code="1",
        parties=_parties(population.beneficiary(draw.randrange(1_000_000)), draw.choice(payee.rendering_npis)),
        outpatient=OutpatientAdjudication(remark_1="MA01", remark_2="MA18" if forwarded else ""),
        statement_from=service,
        statement_to=service,
        received=service + timedelta(days=draw.randint(1, 10)),
    )
    if forwarded:
        claim.parties += (Party("TT", "2", "LANTERN SUPPLEMENTAL", qualifier="PI", identifier="00777"),)
    denied = index % _DENIED_EVERY == _DENIED_EVERY - 1
    for number in range(1, lines + 1):
        procedure, charge = draw.choice(PROCEDURES)
        line = RemittedLine(number, Procedure("HC", procedure), charge, units=Decimal(1), service_date=service)
        line.references = (Reference("6R", f"{index + 1:06}{number:02}"),)
        if denied and number == 1:
            _deny(line)
        else:
            _pay(line, draw)
        claim.lines.append(line)
    claim.charge_cents = sum(line.charge_cents for line in claim.lines)
    claim.paid_cents = sum(line.paid_cents for line in claim.lines)
    owed = [
        adjustment.amount_cents for line in claim.lines for adjustment in line.adjustments if adjustment.group == "PR"
    ]
    claim.patient_responsibility_cents = sum(owed) or None
    return claim


def _parties(person: Beneficiary, rendering_npi: str) -> tuple[Party, ...]:
    patient = Party(
        "QC", "1", person.last_name.upper(), person.first_name.upper(), qualifier="MI", identifier=person.mbi
    )
    return patient, Party("82", "1", "RENDERING", "PROVIDER", qualifier="XX", identifier=rendering_npi)


def _pay(line: RemittedLine, draw: Random) -> None:
    allowed = line.charge_cents * draw.randint(55, 90) // 100
    coinsurance = allowed // 5
    withheld = (allowed - coinsurance) * 2 // 100
    line.paid_cents = allowed - coinsurance - withheld
    line.adjustments = (
        Adjustment("CO", "45", line.charge_cents - allowed),
        Adjustment("CO", "253", withheld, shares_segment=True),
        Adjustment("PR", "2", coinsurance),
    )
    line.amounts = (Amount("B6", allowed),)


def _deny(line: RemittedLine) -> None:
    line.adjustments = (Adjustment("CO", "50", line.charge_cents),)
    line.remarks = (Remark("HE", "N115"),)


def remittance_file(
    *,
    issued: date,
    claims: int = 25,
    lines: int = 2,
    seed: int = DEFAULT_SEED,
    organization: Organization | None = None,
    control_number: int = 1,
) -> Iterator[bytes]:
    """An 835 in pieces of about 64 KB, from the contractor to the provider; see `remittance`."""
    made = remittance(
        issued=issued,
        claims=claims,
        lines=lines,
        seed=seed,
        organization=organization,
        control_number=control_number,
    )
    envelope = Envelope(
        sender=CONTRACTOR,
        receiver=(organization or Population(seed).provider_organization(1)).submitter_id,
        created=datetime.combine(issued, time(4, 30), tzinfo=UTC),
        control_number=control_number,
        usage="T",
    )
    return write_835([made], envelope)


def write_835_file(path: Path, *, issued: date, claims: int = 25, lines: int = 2, seed: int = DEFAULT_SEED) -> int:
    """Write `remittance_file` to `path`, and return its size in bytes."""
    with path.open("wb") as file:
        return sum(file.write(piece) for piece in remittance_file(issued=issued, claims=claims, lines=lines, seed=seed))
