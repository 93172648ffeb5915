"""Whose a remittance is: payee and claims must agree, or it is nobody's until a person has looked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

Reason = Literal[
    "", "claims-of-another", "claims-of-several", "payee-numbers", "claims-known-later", "enrollment-not-known",
    "several-enrollments",
]  # fmt: skip
"""Why a remittance is in quarantine: its payee has not the enrollment of its claims; its claims have several; its
payee's tax identifier or PTAN is another; claims that turned up after it was posted have another enrollment; the
enrollment of its payee or of its claims is not known here; its payee has several enrollments (PTANs), and neither its
numbers nor a claim tell which."""

PATIENCE = timedelta(hours=1)
"""How long a remittance waits for what is not known yet.

Claims are known days before they are paid, enrollments before they bill. What is missing after an hour is missing for
another reason, and meanwhile others of the payee wait behind it.
"""

_MAY_CHANGE: frozenset[Reason] = frozenset({"enrollment-not-known", "several-enrollments"})


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid (N1*PE, REF*TJ, REF*PQ): NPI and tax identifier, one of which may be empty, and PTAN or nothing."""

    npi: str
    tax_id: str
    ptan: str = ""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An enrollment as the copy of access has it."""

    enrollment_id: UUID
    npi: str
    tax_id: str
    ptan: str

    def is_paid(self, payee: Payee) -> bool:
        """Whether `payee` names this enrollment by all that it says."""
        said = ((payee.npi, self.npi), (payee.tax_id, self.tax_id), (payee.ptan, self.ptan))
        return all(number in ("", own) for number, own in said)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a remittance is; nobody's for `reason`."""

    enrollment_id: UUID | None = None
    reason: Reason = ""

    @property
    def may_change(self) -> bool:
        """Whether what is missing may still arrive by itself."""
        return self.reason in _MAY_CHANGE


def owner_of(payee: Payee, enrolled: Sequence[Enrolled], of_claims: Collection[UUID]) -> Owner:
    """Whose a remittance to `payee` is.

    `enrolled` are the enrollments with the payee's number and those of its claims, as far as they are known here;
    `of_claims` those for which the portal took the claims of it that it knows. A remittance may hold claims that came
    by other ways (paper), of which the portal knows nothing.
    """
    paid = {each.enrollment_id for each in enrolled if each.is_paid(payee)}
    if not of_claims:
        return _owner_by_payee(paid, known=bool(enrolled))
    if not {each.enrollment_id for each in enrolled}.issuperset(of_claims):
        return Owner(reason="enrollment-not-known")
    if len(of_claims) > 1:
        return Owner(reason="claims-of-several")
    [owner] = of_claims
    return Owner(owner) if owner in paid else Owner(reason="claims-of-another")


def _owner_by_payee(paid: Collection[UUID], *, known: bool) -> Owner:
    if not paid:
        return Owner(reason="payee-numbers" if known else "enrollment-not-known")
    return Owner(next(iter(paid))) if len(paid) == 1 else Owner(reason="several-enrollments")
