"""Who may belong to which organization: what a person says is held against PECOS, EDI enrollment and payments.

Source: MAC portal handbook 6.2, 6.3, 6.5: EDI agreements and PECOS tell who may reach a provider's data; an
administrator is verified by the contractor. A payment of the last 90 days shows what only the organization knows.
"""

from collections.abc import Mapping
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


def refuse(asked: Asked, evidence: Evidence, *, now: datetime, today: date, payment_days: int) -> Refusal | None:
    """Why a request cannot go on, or `None`. `today` is the business day, `now` real time."""
    if asked.kind == "vendor":
        return _refuse_vendor(asked, evidence, now)
    refusal = _refuse_enrollment(evidence.enrollment, now, tax_id=asked.tax_id)
    if refusal is not None or evidence.enrollment is None:
        return refusal
    if asked.wanted == "user":
        return None if evidence.administrators else "administrator-missing"
    if asked.submitter_id not in evidence.enrollment.submitters:
        return "submitter-not-listed"
    if asked.paid_on is None or not today - timedelta(days=payment_days) <= asked.paid_on <= today:
        return "payment-old"
    return None if evidence.paid else "payment-unknown"


def _refuse_vendor(asked: Asked, evidence: Evidence, now: datetime) -> Refusal | None:
    """A clearinghouse or billing agency is not in PECOS: its submitter ID and a provider's agreement stand for it."""
    if evidence.vendor_id is None:
        return "submitter-unknown"
    if asked.wanted == "user":
        return None if evidence.administrators else "administrator-missing"
    refusal = _refuse_enrollment(evidence.enrollment, now)
    if refusal is None and evidence.enrollment and asked.submitter_id not in evidence.enrollment.submitters:
        return "submitter-not-listed"
    return refusal


def _refuse_enrollment(known: Known | None, now: datetime, *, tax_id: str | None = None) -> Refusal | None:
    if known is None:
        return "enrollment-unknown"
    if tax_id is not None and tax_id != known.tax_id:
        return "tax-id"
    if not known.pecos_active or known.effective > now or (known.ends is not None and known.ends <= now):
        return "pecos-inactive"
    return None if known.edi_agreement_signed else "edi-agreement-missing"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it stands.

    `provider_id` is the provider that a vendor named, `authorized` whether that one lets it act.
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
