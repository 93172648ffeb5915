"""Who may belong to which organization: what a person says is held against PECOS, EDI enrollment and payments.

Source: MAC portal handbook 6.2, 6.3, 6.5: EDI agreements and PECOS tell who may reach a provider's data; an
administrator is verified by the contractor. A payment of the last 90 days shows what only the organization knows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

ORGANIZATION = "/auth/organization"
"""Where a person asks for an organization, and sees what became of it."""
REVIEW = "/auth/organizations"
"""Where the contractor decides who becomes an administrator."""
JOINING = "/auth/users/joining"
"""Where an administrator decides who joins the organization."""

Kind = Literal["provider", "vendor"]
Wanted = Literal["administrator", "user"]
State = Literal["open", "approved", "declined", "withdrawn", "lapsed"]
WaitsFor = Literal["contractor", "provider", "administrator"]

ROLES: Mapping[tuple[str, str], str] = {
    ("provider", "administrator"): "PROVIDER_ADMIN",
    ("provider", "user"): "PROVIDER_USER",
    ("vendor", "administrator"): "VENDOR_ADMIN",
    ("vendor", "user"): "VENDOR_USER",
}
"""The role by the kind of the organization and what is wanted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person says about the organization they ask for; what is not asked of their kind is empty."""

    kind: Kind
    wanted: Wanted
    npi: str = ""
    ptan: str = ""
    tax_id: str = ""
    submitter_id: str = ""
    paid_cents: int = 0
    paid_on: date | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """An enrollment of a provider as it is on file."""

    enrollment_id: UUID
    organization_id: UUID
    organization_name: str
    tax_id: str
    pecos_active: bool
    edi_agreement_signed: bool
    submitters: tuple[str, ...]
    effective: datetime
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is on file of that.

    `enrollment` is the one with this NPI and PTAN, `vendor_id` the vendor of this submitter ID, `paid` whether such a
    payment was made; `administrators` are counted of the organization asked for.
    """

    enrollment: Known | None
    vendor_id: UUID | None
    paid: bool
    administrators: int


Refusal = Literal[
    "enrollment-unknown",
    "tax-id",
    "pecos-inactive",
    "edi-agreement-missing",
    "submitter-not-listed",
    "payment-old",
    "payment-unknown",
    "submitter-unknown",
    "administrator-missing",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """At which field of the form a refusal stands, what does not agree, and the next step."""

    field: str
    what: str
    then: str

    @property
    def sentence(self) -> str:
        """As it is told."""
        return f"{self.what} {self.then}"


REASONS: Mapping[Refusal, Reason] = {
    "enrollment-unknown": Reason(
        "npi",
        "PECOS shows no enrollment with this contractor under this NPI and PTAN.",
        "Check both: the PTAN stands in the approval letter of the enrollment. A new enrollment is known here a day"
        " after its approval. If the provider is enrolled with another contractor, register at the portal of that one.",
    ),
    "tax-id": Reason(
        "tax_id",
        "The TIN is not the one of this enrollment.",
        "Enter the TIN that payments are made under. If it changed, report the change in PECOS first.",
    ),
    "pecos-inactive": Reason(
        "npi",
        "The enrollment is not active in PECOS: it was deactivated, has ended or has not begun.",
        "Reactivate it in PECOS, and ask again a day after that is approved.",
    ),
    "edi-agreement-missing": Reason(
        "npi",
        "No signed EDI Enrollment Agreement is on file for this NPI and PTAN.",
        "The provider signs one with EDI enrollment of this contractor. Ask again a day after it is confirmed.",
    ),
    "submitter-not-listed": Reason(
        "submitter_id",
        "The EDI Enrollment Agreement of this provider does not list this submitter ID.",
        "Check it; if it is right, the provider adds it with EDI enrollment.",
    ),
    "payment-old": Reason(
        "paid_on",
        "The date is not one of the last 90 days.",
        "Take a payment of these days. If there was none, call EDI enrollment at the help desk.",
    ),
    "payment-unknown": Reason(
        "paid_amount",
        "We find no payment of this amount and date for this enrollment.",
        "Enter both as the remittance advice shows them: the amount of the whole check or transfer, and its date.",
    ),
    "submitter-unknown": Reason(
        "submitter_id",
        "No clearinghouse or billing agency is enrolled for EDI under this submitter ID.",
        "Check it; if it is right, your company enrolls with EDI enrollment of this contractor first.",
    ),
    "administrator-missing": Reason(
        "wanted",
        "This organization has no portal administrator yet.",
        "One of you asks to become its administrator first.",
    ),
}
"""Why a request is refused, and what to do."""

AGREES: Mapping[Refusal, str] = {
    "enrollment-unknown": "PECOS shows the enrollment of this NPI and PTAN with this contractor.",
    "tax-id": "The TIN is the one of this enrollment.",
    "pecos-inactive": "The enrollment is active in PECOS.",
    "edi-agreement-missing": "A signed EDI Enrollment Agreement is on file.",
    "submitter-not-listed": "The EDI Enrollment Agreement lists the submitter ID.",
    "payment-old": "The payment was of the last 90 days when it was named.",
    "payment-unknown": "The payment was found, with its amount and date, when it was named.",
    "submitter-unknown": "The submitter ID is enrolled for EDI.",
    "administrator-missing": "The organization has a portal administrator.",
}
"""What is so where nothing is refused for this reason."""


def refuse(asked: Asked, evidence: Evidence, *, now: datetime, today: date, payment_days: int) -> Refusal | None:
    """Why a request cannot go on, or `None`. `today` is the business day, `now` real time."""
    found = checks(asked, evidence, now=now, today=today, payment_days=payment_days)
    return next((reason for reason, agrees in found if not agrees), None)


def checks(
    asked: Asked, evidence: Evidence, *, now: datetime, today: date, payment_days: int
) -> Iterator[tuple[Refusal, bool]]:
    """For what a request may be refused, in order, each with whether it agrees; nothing after an unknown enrollment."""
    known = evidence.enrollment
    if asked.kind == "vendor":
        yield "submitter-unknown", evidence.vendor_id is not None
    if asked.kind == "provider" or asked.wanted == "administrator":
        # A clearinghouse or billing agency is not in PECOS: a provider's agreement that lists it stands for it.
        yield from _of_enrollment(known, now, tax_id=asked.tax_id if asked.kind == "provider" else None)
    if asked.wanted == "user":
        yield "administrator-missing", evidence.administrators > 0
        return
    if known is None:
        return
    yield "submitter-not-listed", asked.submitter_id in known.submitters
    if asked.kind == "provider":
        recent = asked.paid_on is not None and today - timedelta(days=payment_days) <= asked.paid_on <= today
        yield "payment-old", recent
        yield "payment-unknown", evidence.paid


def _of_enrollment(known: Known | None, now: datetime, *, tax_id: str | None) -> Iterator[tuple[Refusal, bool]]:
    yield "enrollment-unknown", known is not None
    if known is None:
        return
    if tax_id is not None:
        yield "tax-id", tax_id == known.tax_id
    current = known.effective <= now and (known.ends is None or now < known.ends)
    yield "pecos-inactive", known.pecos_active and current
    yield "edi-agreement-missing", known.edi_agreement_signed


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it stands.

    `provider_id` is the provider that a vendor named, `authorized` whether that one lets it act today. `tax_id` and
    `verified` are sealed.
    """

    request_id: UUID
    user_id: UUID
    login: str
    name: str
    email: str
    organization_id: UUID
    organization_name: str
    kind: Kind
    wanted: Wanted
    state: State
    enrollment_id: UUID | None
    provider_id: UUID | None
    provider_name: str
    authorized: bool
    submitter_id: str
    asked_at: datetime
    decided_at: datetime | None
    reason: str
    tax_id: str = ""
    paid_on: date | None = None
    told_at: datetime | None = None
    verified: str = ""

    @property
    def role(self) -> str:
        """The role it is about."""
        return ROLES[self.kind, self.wanted]

    @property
    def role_in_words(self) -> str:
        """The same for people."""
        return "portal administrator" if self.wanted == "administrator" else "user"

    @property
    def waits_for(self) -> WaitsFor:
        """Who decides, or must confirm first."""
        if self.wanted == "user":
            return "administrator"
        return "contractor" if self.kind == "provider" or self.authorized else "provider"
