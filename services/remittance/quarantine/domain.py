"""Whose a remittance is: payee and claims must agree, or it is nobody's until a person has looked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Reason = Literal["", "claims-of-another", "claims-of-several", "tax-identifier", "claims-known-later"]
"""Why a remittance is in quarantine: its payee has not the enrollment of its claims; its claims have several; its
payee's tax identifier is another; claims that turned up after it was posted have another enrollment."""


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid (N1*PE, REF*TJ): NPI and tax identifier, one of which may be empty."""

    npi: str
    tax_id: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An enrollment as the copy of access has it."""

    enrollment_id: UUID
    npi: str
    tax_id: str

    def is_paid(self, payee: Payee) -> bool:
        """Whether `payee` names this enrollment by all that it says."""
        return payee.npi in ("", self.npi) and payee.tax_id in ("", self.tax_id)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a remittance is; nobody's for `reason`. With neither it cannot be told yet."""

    enrollment_id: UUID | None = None
    reason: Reason = ""


NOT_YET = Owner()


def owner_of(payee: Payee, enrolled: Sequence[Enrolled], of_claims: Collection[UUID]) -> Owner:
    """Whose a remittance to `payee` is.

    `enrolled` are the enrollments with the payee's number and those of its claims, as far as they are known here;
    `of_claims` those for which the portal took the claims of it that it knows. A remittance may hold claims that came
    by other ways (paper), of which the portal knows nothing.
    """
    paid = {each.enrollment_id for each in enrolled if each.is_paid(payee)}
    if not of_claims:
        if len(paid) == 1:
            return Owner(next(iter(paid)))
        return Owner(reason="tax-identifier") if enrolled and not paid else NOT_YET
    if not {each.enrollment_id for each in enrolled}.issuperset(of_claims):
        return NOT_YET
    if len(of_claims) > 1:
        return Owner(reason="claims-of-several")
    [owner] = of_claims
    return Owner(owner) if owner in paid else Owner(reason="claims-of-another")
