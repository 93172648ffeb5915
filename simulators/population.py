"""The people and firms of the simulated world, all drawn from one seed and none of them real.

The same seed gives the same world to every process: the portal's demo, the HETS simulator, the shared system, the
tests. Names are invented words; NPIs begin with 29 (none was ever issued with a leading 2), tax numbers with 00 (no
such prefix exists), SSNs have the group 00 (none ever does), telephone numbers with 555-01, mail addresses end in
`.example`.
"""

import base64
import hashlib
import random
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from libs.common.functions import DME
from libs.common.ids import derived_id
from libs.common.mbi import POSITIONS
from libs.common.npi import complete_npi
from libs.x12.claim.objects import (
    Address,
    BillingProvider,
    Claim,
    InstitutionalClaim,
    Occurrence,
    Party,
    Procedure,
    ProfessionalClaim,
    RevenueLine,
    ServiceLine,
    Subscriber,
    ValueCode,
)
from libs.x12.claim.writer import Submitter, write_claims, write_institutional_claims
from libs.x12.writing import Envelope

DEFAULT_SEED = 20261122

LAST_NAMES = (
    *("Ashgrove", "Brindlemoor", "Calderwick", "Dunmarrow", "Eastermere", "Fennimarsh", "Glimmerford", "Hollowbrook"),
    *("Inglethorn", "Juniperley", "Kestrelby", "Larchwater", "Mossinghame", "Nettlecombe", "Oakenshire", "Pebblewick"),
    *("Quillmead", "Rushingdale", "Silverbeck", "Thistlemore", "Underhazel", "Vinterfold", "Willowmarch", "Yarrowden"),
)
FIRST_NAMES = {
    "F": ("Aldora", "Brisela", "Corwenna", "Delphira", "Elowyna", "Fiorelle", "Isalind", "Maristelle", "Rosalinde"),
    "M": ("Alderic", "Bramwin", "Corvander", "Delmarcus", "Edrington", "Fenwicke", "Harlowen", "Osgarth", "Tobiander"),
}
STREETS = ("Lantern Lane", "Copper Kettle Road", "Old Orchard Way", "Mill Pond Street", "Bluebird Court")
CITIES = (("Fernmoor", "OH"), ("Lanternville", "KY"), ("Copperfield Springs", "OH"), ("Willow Bend", "KY"))
# Office visits, tests and drugs of everyday practice with a plausible charge in cents.
PROCEDURES = (
    *(("99213", 12500), ("99214", 18500), ("99203", 16000), ("93000", 4200), ("36415", 900), ("80053", 3100)),
    *(("85025", 2200), ("G0439", 15500), ("71046", 8700), ("J3420", 650)),
)
# Lines of an outpatient visit (revenue code, procedure, charge in cents), what is used up in it and has no procedure
# (revenue code, charge), and lines of a stay (revenue code, charge a day).
VISIT_SERVICES = (
    *(("0300", "80053", 6100), ("0301", "85025", 4400), ("0320", "71046", 21000), ("0510", "99213", 18000)),
    *(("0636", "J3420", 1900), ("0730", "93005", 9400)),
)
VISIT_SUPPLIES = (("0250", 3300), ("0270", 4800), ("0258", 2700))
STAY_SERVICES = (("0120", 185000), ("0250", 31000), ("0300", 22500), ("0410", 16000), ("0730", 9400))
STAY_PROCEDURES = ("0SRC0J9", "02703DZ", "0DTJ4ZZ")
DIAGNOSES = ("E119", "I10", "J069", "M545", "Z0000", "N390", "K219", "R0602", "E785", "G4733")

CONTRACTOR = "15004"
PAYER_NAME = "MERIDIAN MEDICARE"
# Routing numbers of banks that nobody has, with right check digits (weights 3, 7, 1; the sum a multiple of ten).
PAYER_BANK, PAYEE_BANK = "000900016", "000900029"

OrganizationKind = Literal["provider", "vendor", "contractor"]
UserRole = Literal[
    "PROVIDER_ADMIN",
    "PROVIDER_USER",
    "APPEALS_REVIEWER",
    "MAC_AUDITOR",
    "MAC_CSR",
    "MAC_EDI",
    "MAC_SECURITY",
    "PORTAL_OPERATOR",
]
_Fault = Callable[[Claim], None]
_AnyClaim = TypeVar("_AnyClaim", bound=Claim)


@dataclass(slots=True, frozen=True)
class Enrollment:
    """One enrollment of a provider organization with the contractor: an NPI and PTAN in a line of business.

    `submitters` are the submitter IDs of its EDI agreement.
    """

    enrollment_id: UUID
    organization_id: UUID
    npi: str
    ptan: str
    line_of_business: str
    effective: datetime
    submitters: tuple[str, ...]


@dataclass(slots=True, frozen=True)
class Organization:
    """A provider organization, a vendor (clearinghouse) that works for providers, or the contractor.

    Only a provider has an NPI.
    """

    organization_id: UUID
    kind: OrganizationKind
    name: str
    tax_id: str
    address: Address
    npi: str = ""
    taxonomy: str = ""
    submitter_id: str = ""
    enrollments: tuple[Enrollment, ...] = ()
    rendering_npis: tuple[str, ...] = ()
    # The vendors this organization lets act for it.
    vendors: tuple[UUID, ...] = ()

    def enrolled(self, line_of_business: str) -> Enrollment:
        """Its first enrollment in a line of business. Raises `LookupError` when it has none."""
        for each in self.enrollments:
            if each.line_of_business == line_of_business:
                return each
        raise LookupError(f"{self.name} has no enrollment in Part {line_of_business}")


@dataclass(slots=True, frozen=True)
class DemoUser:
    """Someone who can sign in. `totp_secret` is base32, as an authenticator application takes it.

    `rules_accepted`: whether they accepted the Rules of Behavior before; `certified_days`: for how long they are
    certified on the day the account arrives, a year where it says nothing.
    """

    user_uuid: UUID
    user_id: str
    password: str
    totp_secret: str
    role: UserRole
    organization_id: UUID
    first_name: str
    last_name: str
    email: str
    rules_accepted: bool = True
    certified_days: int | None = None


@dataclass(slots=True, frozen=True)
class ApiClient:
    """A vendor's program. It signs its token requests (`private_key_jwt`, ES256) with `private_key_pem`."""

    client_uuid: UUID
    client_id: str
    organization_id: UUID
    key_id: str
    private_key_pem: str
    public_key_pem: str


@dataclass(slots=True, frozen=True)
class Beneficiary:
    """One beneficiary of Medicare."""

    beneficiary_id: UUID
    mbi: str
    first_name: str
    last_name: str
    birth_date: date
    sex: str
    address: Address


class Population:
    """The world of one seed. Everything is made on demand, and the same index always gives the same thing."""

    def __init__(self, seed: int = DEFAULT_SEED) -> None:
        self.seed = seed

    def _draw(self, kind: str, index: int) -> random.Random:
        return random.Random(f"{self.seed}/{kind}/{index}")

    def _id(self, kind: str, index: int) -> UUID:
        return derived_id("population", self.seed, kind, index)

    def npi(self, index: int) -> str:
        """The NPI number `index` of this world; no two are the same below a million.

        Its check digit is 3 or 8, so that foreign checkers take it too: one refuses all that end in 0
        (django-npi-field 0.2.2), another all others (npi 0.1.0); see findings/.
        """
        # 919,239 and 1,000,000 have no common factor, so steps of it visit every number once.
        first_eight = f"29{(index * 919_239 + self.seed) % 1_000_000:06}"
        wanted = "38"[index % 2]
        return next(npi for last in range(10) if (npi := complete_npi(f"{first_eight}{last}")).endswith(wanted))

    def address(self, kind: str, index: int) -> Address:
        """An invented address with a nine-digit postal code."""
        draw = self._draw(f"address-{kind}", index)
        city, state = draw.choice(CITIES)
        first = "45" if state == "OH" else "42"
        return Address(
            street=f"{draw.randint(1, 980)} {draw.choice(STREETS)}",
            city=city,
            state=state,
            postal_code=f"{first}{draw.randint(0, 999):03}{draw.randint(1, 9998):04}",
        )

    @cached_property
    def vendor(self) -> Organization:
        """The clearinghouse of the demo."""
        return Organization(
            organization_id=self._id("organization", 0),
            kind="vendor",
            name="Lantern Claims Exchange",
            tax_id="000900001",
            address=self.address("organization", 0),
            submitter_id="LCX0001",
        )

    @cached_property
    def contractor(self) -> Organization:
        """The contractor itself, where appeals are reviewed."""
        return Organization(
            organization_id=self._id("contractor", 0),
            kind="contractor",
            name="Meridian Medicare Administrative Services",
            tax_id="000900002",
            address=self.address("contractor", 0),
        )

    def provider_organization(self, index: int) -> Organization:
        """Provider organization number `index`, from 1. The first two are those of the demo.

        The first has a vendor, and a second NPI and PTAN since it opened a hospital: Part A.
        """
        names = {1: "Riverside Clinic", 2: "Juniper Hill Family Practice"}
        organization_id = self._id("organization", index)
        npi = self.npi(index * 10)
        submitters = (f"SUB{index:05}", self.vendor.submitter_id) if index == 1 else (f"SUB{index:05}",)
        enrollment = Enrollment(
            enrollment_id=self._id("enrollment", index),
            organization_id=organization_id,
            npi=npi,
            ptan=f"MR{10_000 + index:05}",
            line_of_business="B",
            effective=datetime(2020, 1, 1, tzinfo=UTC),
            submitters=submitters,
        )
        hospital = Enrollment(
            enrollment_id=self._id("enrollment-of-hospital", index),
            organization_id=organization_id,
            npi=self.npi(index * 10 + 4),
            ptan=f"MR{20_000 + index:05}",
            line_of_business="A",
            effective=datetime(2023, 7, 1, tzinfo=UTC),
            submitters=submitters,
        )
        return Organization(
            organization_id=organization_id,
            kind="provider",
            name=names.get(index, f"{LAST_NAMES[index % len(LAST_NAMES)]} Medical Group {index}"),
            tax_id=f"0010{index % 100_000:05}",
            address=self.address("organization", index),
            npi=npi,
            taxonomy="207Q00000X",
            submitter_id=f"SUB{index:05}",
            enrollments=(enrollment, hospital) if index == 1 else (enrollment,),
            rendering_npis=tuple(self.npi(index * 10 + step) for step in (1, 2, 3)),
            vendors=(self.vendor.organization_id,) if index == 1 else (),
        )

    @cached_property
    def organizations(self) -> tuple[Organization, ...]:
        """The organizations of the demo: two providers, the vendor of the first, the contractor."""
        return self.provider_organization(1), self.provider_organization(2), self.vendor, self.contractor

    def organizations_under(self, lines_of_business: Collection[str]) -> tuple[Organization, ...]:
        """The same organizations with the enrollments they have under a contract of these lines of business.

        With a DME contract each provider is enrolled as a supplier.
        """
        return tuple(self._under(each, lines_of_business) for each in self.organizations)

    def _under(self, organization: Organization, lines_of_business: Collection[str]) -> Organization:
        enrollments = [each for each in organization.enrollments if each.line_of_business in lines_of_business]
        if organization.enrollments and DME in lines_of_business:
            enrollments.append(self.supplier(organization))
        return replace(organization, enrollments=tuple(enrollments))

    def supplier(self, organization: Organization) -> Enrollment:
        """The enrollment of a provider as a supplier of DME, with an NPI and a supplier number of ten digits."""
        first = organization.enrollments[0]
        number = int(first.ptan[2:])
        return replace(
            first,
            enrollment_id=self._id("enrollment-of-supplier", number),
            npi=self.npi(number * 10 + 7),
            ptan=f"{7_000_000_000 + number}",
            line_of_business=DME,
        )

    @cached_property
    def enrollments(self) -> tuple[Enrollment, ...]:
        """All enrollments of the demo's organizations."""
        return tuple(enrollment for organization in self.organizations for enrollment in organization.enrollments)

    @cached_property
    def users(self) -> tuple[DemoUser, ...]:
        """Those who can sign in: administrator and biller of each provider; the contractor's roles, security twice."""
        riverside, juniper, _, contractor = self.organizations
        return (
            self._user(0, "riverside.admin", "PROVIDER_ADMIN", riverside),
            self._user(1, "riverside.biller", "PROVIDER_USER", riverside),
            self._user(2, "juniper.admin", "PROVIDER_ADMIN", juniper),
            self._user(3, "juniper.biller", "PROVIDER_USER", juniper),
            self._user(100, "meridian.reviewer", "APPEALS_REVIEWER", contractor),
            self._user(101, "meridian.operator", "PORTAL_OPERATOR", contractor),
            self._user(102, "meridian.helpdesk", "MAC_CSR", contractor),
            self._user(103, "meridian.edi", "MAC_EDI", contractor),
            self._user(104, "meridian.security", "MAC_SECURITY", contractor),
            self._user(105, "meridian.auditor", "MAC_AUDITOR", contractor),
            self._user(106, "meridian.security2", "MAC_SECURITY", contractor),
        )

    def user(self, user_id: str) -> DemoUser:
        """The user who signs in as `user_id`. Raises `KeyError` when there is none."""
        for user in self.users:
            if user.user_id == user_id:
                return user
        raise KeyError(user_id)

    def _user(self, index: int, user_id: str, role: UserRole, organization: Organization) -> DemoUser:
        draw = self._draw("user", index)
        secret = hashlib.sha256(f"{self.seed}/totp/{index}".encode()).digest()[:20]
        word = "".join(draw.choice(STREETS).split())
        return DemoUser(
            user_uuid=self._id("user", index),
            user_id=user_id,
            password=f"{word}-{draw.randint(1000, 9999)}-Portico",
            totp_secret=base64.b32encode(secret).decode(),
            role=role,
            organization_id=organization.organization_id,
            first_name=draw.choice(FIRST_NAMES["F"] + FIRST_NAMES["M"]),
            last_name=draw.choice(LAST_NAMES),
            email=f"{user_id}@{organization.name.split()[0].lower()}.example",
            # One of them meets the Rules of Behavior at the first sign-in, and is due for recertification.
            rules_accepted=user_id != "riverside.biller",
            certified_days=45 if user_id == "riverside.biller" else None,
        )

    @cached_property
    def api_clients(self) -> tuple[ApiClient, ...]:
        """The vendor's program. Its key comes from the seed, so it opens demonstrations only."""
        number = int.from_bytes(hashlib.sha256(f"{self.seed}/client-key".encode()).digest()[:31], "big") + 1
        key = ec.derive_private_key(number, ec.SECP256R1())
        return (
            ApiClient(
                client_uuid=self._id("client", 0),
                client_id="lantern-claims-exchange",
                organization_id=self.vendor.organization_id,
                key_id="lantern-1",
                private_key_pem=key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                ).decode(),
                public_key_pem=key.public_key()
                .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
                .decode(),
            ),
        )

    def beneficiary(self, index: int) -> Beneficiary:
        """Beneficiary number `index`, from 0: 65 to 95 years old in 2026."""
        draw = self._draw("beneficiary", index)
        sex = draw.choice("FM")
        return Beneficiary(
            beneficiary_id=self._id("beneficiary", index),
            mbi="".join(draw.choice(characters) for characters in POSITIONS),
            first_name=draw.choice(FIRST_NAMES[sex]),
            last_name=draw.choice(LAST_NAMES),
            birth_date=date(1931, 1, 1) + timedelta(days=draw.randrange(30 * 365)),
            sex=sex,
            address=self.address("beneficiary", index),
        )

    def social_security_number(self, mbi: str) -> str:
        """The nine digits of the SSN of whoever has this Medicare number.

        Their group, the fourth and fifth digit, is 00, which no SSN has (Social Security Administration, "Social
        Security Number Randomization"): none is anybody's.
        """
        draw = random.Random(f"{self.seed}/ssn/{mbi}")
        return f"{draw.randint(1, 665):03}00{draw.randint(1, 9999):04}"

    def beneficiaries(self, count: int) -> Iterator[Beneficiary]:
        """The first `count` beneficiaries."""
        return map(self.beneficiary, range(count))

    def claims(
        self, count: int, *, received: date, organization: Organization | None = None
    ) -> Iterator[ProfessionalClaim]:
        """`count` claims of one provider organization (by default the first) that Medicare's front end accepts.

        One or two service lines each, for services of the 60 days before `received`.
        """
        provider = organization or self.provider_organization(1)
        billing = billing_provider(provider, "B")
        return (self._claim(index, billing, provider, received) for index in range(count))

    def _claim(self, index: int, billing: BillingProvider, provider: Organization, received: date) -> ProfessionalClaim:
        draw = self._draw("claim", index)
        person = self.beneficiary(draw.randrange(1_000_000))
        diagnoses = tuple(draw.sample(DIAGNOSES, draw.randint(1, 3)))
        service = received - timedelta(days=draw.randint(1, 60))
        lines = [
            ServiceLine(
                number=number,
                procedure=procedure,
                modifiers=("25",) if procedure.startswith("992") and draw.random() < 0.3 else (),
                charge_cents=charge,
                units=Decimal(1),
                pointers=tuple(range(1, len(diagnoses) + 1)),
                service_from=service,
                service_to=service,
                # Every other claim numbers its lines in its own way.
                control_number=f"{index + 1:06}{number:02}" if index % 2 else "",
            )
            for number, (procedure, charge) in enumerate(draw.sample(PROCEDURES, draw.randint(1, 2)), start=1)
        ]
        return ProfessionalClaim(
            ordinal=index + 1,
            transaction=1,
            provider=1,
            billing=billing,
            subscriber=subscriber(person, "MB"),
            patient_control_number=f"PCN{self.seed % 1000:03}{index + 1:07}",
            total_charge_cents=sum(line.charge_cents for line in lines),
            place_of_service="11",
            rendering_npi=draw.choice(provider.rendering_npis),
            diagnoses=diagnoses,
            service_from=service,
            service_to=service,
            lines=lines,
        )

    def institutional_claims(
        self, count: int, *, received: date, organization: Organization | None = None
    ) -> Iterator[InstitutionalClaim]:
        """`count` institutional claims that Medicare's front end accepts: visits, and each third a stay.

        A visit (type of bill 131) has lines with a procedure and one with its revenue code alone. Stays (111) last one
        to six days; all services lie in the 60 days before `received`.
        """
        provider = organization or self.provider_organization(1)
        billing = billing_provider(provider, "A")
        return (self._institutional_claim(index, billing, provider, received) for index in range(count))

    def _institutional_claim(
        self, index: int, billing: BillingProvider, provider: Organization, received: date
    ) -> InstitutionalClaim:
        draw = self._draw("institutional-claim", index)
        person = self.beneficiary(draw.randrange(1_000_000))
        diagnoses = tuple(draw.sample(DIAGNOSES, draw.randint(1, 4)))
        is_stay = index % 3 == 2
        last = received - timedelta(days=draw.randint(1, 50))
        days = draw.randint(1, 6) if is_stay else 0
        claim = InstitutionalClaim(
            ordinal=index + 1,
            transaction=1,
            provider=1,
            billing=billing,
            subscriber=subscriber(person, "MA"),
            patient_control_number=f"PAN{self.seed % 1000:03}{index + 1:07}",
            facility_code="11" if is_stay else "13",
            admission_type=draw.choice("123") if is_stay else "3",
            admission_source="1",
            patient_status="01",
            diagnoses=diagnoses,
            present_on_admission=("Y" if is_stay else "",) * len(diagnoses),
            service_from=last - timedelta(days=days),
            service_to=last,
            parties=(
                Party(
                    role="71",
                    npi=draw.choice(provider.rendering_npis),
                    last_name=draw.choice(LAST_NAMES),
                    first_name=draw.choice(FIRST_NAMES["F"]),
                ),
            ),
        )
        if is_stay:
            self._fill_stay(claim, draw, last, days)
        else:
            self._fill_visit(claim, draw, last)
        claim.total_charge_cents = sum(line.charge_cents for line in claim.lines)
        return claim

    def _fill_stay(self, claim: InstitutionalClaim, draw: random.Random, last: date, days: int) -> None:
        claim.admission_date = last - timedelta(days=days)
        claim.admission_hour = f"{draw.randint(0, 23):02}{draw.randint(0, 59):02}"
        claim.discharge_hour = f"{draw.randint(8, 18):02}00"
        claim.admitting_diagnosis = claim.diagnoses[0]
        claim.procedures = (Procedure(draw.choice(STAY_PROCEDURES), claim.admission_date),)
        claim.values = (ValueCode("80", days * 100),)
        claim.occurrences = (Occurrence("11", claim.admission_date, claim.admission_date),)
        for number, (revenue_code, charge) in enumerate(STAY_SERVICES[: draw.randint(2, 5)], start=1):
            claim.lines.append(
                RevenueLine(
                    number=number,
                    revenue_code=revenue_code,
                    charge_cents=charge * days,
                    unit_of_measure="DA" if number == 1 else "UN",
                    units=Decimal(days),
                )
            )

    def _fill_visit(self, claim: InstitutionalClaim, draw: random.Random, last: date) -> None:
        services = draw.sample(VISIT_SERVICES, draw.randint(1, 4))
        supplies, cost = draw.choice(VISIT_SUPPLIES)
        services.append((supplies, "", cost))
        for number, (revenue_code, procedure, charge) in enumerate(services, start=1):
            claim.lines.append(
                RevenueLine(
                    number=number,
                    revenue_code=revenue_code,
                    procedure=procedure,
                    charge_cents=charge,
                    units=Decimal(1),
                    service_from=last,
                    service_to=last,
                )
            )


def subscriber(person: Beneficiary, filing_indicator: str) -> Subscriber:
    """A beneficiary as they stand on their claims; Medicare Part B claims are filed under MB, Part A under MA."""
    return Subscriber(
        mbi=person.mbi,
        last_name=person.last_name,
        first_name=person.first_name,
        birth_date=person.birth_date,
        sex=person.sex,
        address=person.address,
        filing_indicator=filing_indicator,
    )


def billing_provider(organization: Organization, line_of_business: str) -> BillingProvider:
    """A provider organization as it stands on its claims of a line of business."""
    return BillingProvider(
        npi=organization.enrolled(line_of_business).npi,
        name=organization.name,
        taxonomy=organization.taxonomy,
        tax_id=organization.tax_id,
        address=organization.address,
    )


def break_mbi(claim: Claim) -> None:
    """Put a letter into the Medicare number that no Medicare number has."""
    claim.subscriber.mbi = f"{claim.subscriber.mbi[0]}S{claim.subscriber.mbi[2:]}"


def break_total(claim: Claim) -> None:
    """Let the total differ from the sum of the service lines."""
    claim.total_charge_cents += 1000


CLAIM_FAULTS: tuple[_Fault, ...] = (break_mbi, break_total)


def claim_file(
    *,
    received: date,
    claims: int = 25,
    faulty: int = 2,
    seed: int = DEFAULT_SEED,
    organization: Organization | None = None,
    control_number: int = 1,
) -> Iterator[bytes]:
    """An 837P in pieces of about 64 KB: `claims` claims, `faulty` of them with a fault of their own.

    The faults are spread over the file and change in turn: a broken MBI, then service lines that do not sum to the
    total. Neither touches structure, so the 999 accepts the file and the 277CA refuses exactly these claims.
    """
    population = Population(seed)
    provider = organization or population.provider_organization(1)
    made = population.claims(claims, received=received, organization=provider)
    envelope, submitter = _sending(provider, received, control_number)
    return write_claims(_with_faults(made, claims, faulty), envelope, submitter)


def institutional_claim_file(
    *,
    received: date,
    claims: int = 25,
    faulty: int = 2,
    seed: int = DEFAULT_SEED,
    organization: Organization | None = None,
    control_number: int = 1,
) -> Iterator[bytes]:
    """An 837I in pieces of about 64 KB, with faults as in `claim_file`."""
    population = Population(seed)
    provider = organization or population.provider_organization(1)
    made = population.institutional_claims(claims, received=received, organization=provider)
    envelope, submitter = _sending(provider, received, control_number)
    return write_institutional_claims(_with_faults(made, claims, faulty), envelope, submitter)


def _sending(provider: Organization, received: date, control_number: int) -> tuple[Envelope, Submitter]:
    envelope = Envelope(
        sender=provider.submitter_id,
        receiver=CONTRACTOR,
        created=datetime.combine(received, time(9, 30), tzinfo=UTC),
        control_number=control_number,
        usage="T",
    )
    submitter = Submitter(
        name=provider.name,
        identifier=provider.submitter_id,
        contact_name="EDI DESK",
        contact_phone="8005550142",
        payer_name=PAYER_NAME,
        payer_identifier=CONTRACTOR,
    )
    return envelope, submitter


def _with_faults(claims: Iterator[_AnyClaim], count: int, faulty: int) -> Iterator[_AnyClaim]:
    places = {(number + 1) * count // (faulty + 1): number for number in range(faulty)}
    for index, claim in enumerate(claims):
        if index in places:
            CLAIM_FAULTS[places[index] % len(CLAIM_FAULTS)](claim)
        yield claim


def write_837p(
    path: Path,
    *,
    received: date,
    claims: int = 25,
    faulty: int = 2,
    seed: int = DEFAULT_SEED,
    organization: Organization | None = None,
    control_number: int = 1,
) -> int:
    """Write `claim_file` to `path`, streaming, and return its size in bytes."""
    pieces = claim_file(
        received=received,
        claims=claims,
        faulty=faulty,
        seed=seed,
        organization=organization,
        control_number=control_number,
    )
    return _write(path, pieces)


def write_837i(
    path: Path,
    *,
    received: date,
    claims: int = 25,
    faulty: int = 2,
    seed: int = DEFAULT_SEED,
    organization: Organization | None = None,
    control_number: int = 1,
) -> int:
    """Write `institutional_claim_file` to `path`, streaming, and return its size in bytes."""
    pieces = institutional_claim_file(
        received=received,
        claims=claims,
        faulty=faulty,
        seed=seed,
        organization=organization,
        control_number=control_number,
    )
    return _write(path, pieces)


def _write(path: Path, pieces: Iterable[bytes]) -> int:
    with path.open("wb") as file:
        return sum(map(file.write, pieces))


def file_faults(valid: bytes) -> dict[str, bytes]:
    """Files that go wrong as a whole, made from one valid file: the name of the fault and the bytes.

    `crlf` is the exception that must be accepted: line ends after terminators are legal.
    """
    lines = valid.replace(b"~", b"~\r\n")
    segments = valid.split(b"~")
    street = next(index for index, segment in enumerate(segments) if segment.startswith(b"N3*"))
    segments[street], segments[street + 1] = segments[street + 1], segments[street]
    return {
        "not-x12": b"%PDF-1.7 this is a document, not a claim file",
        "empty": b"",
        "byte-order-mark": b"\xef\xbb\xbf" + valid,
        "leading-space": b"  \n" + valid,
        "utf-16": valid.decode("ascii").encode("utf-16"),
        "crlf": lines,
        "truncated": valid[: len(valid) * 2 // 3],
        "wrong-segment-count": _replace_last(valid, b"~SE*", b"~SE*1"),
        "wrong-group-count": _replace_last(valid, b"~GE*1*", b"~GE*2*"),
        "structure": b"~".join(segments),
    }


def _replace_last(data: bytes, old: bytes, new: bytes) -> bytes:
    head, _, tail = data.rpartition(old)
    return head + new + tail
