"""The bridge to the shared systems (FISS, MCS, VMS): X12 over two topics, sealed or by document reference.

Fill and open `digest`, `sealed_body` and `document` with `libs.partners.handover.PartnerExchange`.
"""

from uuid import UUID

from libs.common.contracts.base import Contract

CLAIMS_OUTBOUND = "partner.claims.outbound.v1"
CLAIMS_STATUS = "partner.claims.status.v1"
REMITTANCE_ADVICE = "partner.remittance.advice.v1"


class ClaimsOutbound(Contract, type="partner.claims-outbound.v1", topic=CLAIMS_OUTBOUND):
    """An 837 of accepted claims for adjudication.

    `sealed_body` for up to 512 KB, else `document`: the reference of a file only the partner key opens.
    """

    submission_id: UUID
    part: int
    claims: int
    digest: str
    sealed_body: str | None = None
    document: str | None = None

    @property
    def subject(self) -> str:
        """The submission."""
        return str(self.submission_id)


class ClaimsStatus(Contract, type="partner.claims-status.v1", topic=CLAIMS_STATUS):
    """A 277 about claims of one submission part; `sequence` grows with each answer about it."""

    submission_id: UUID
    part: int
    sequence: int
    claims: int
    digest: str
    sealed_body: str | None = None
    document: str | None = None

    @property
    def subject(self) -> str:
        """The submission."""
        return str(self.submission_id)


class ClaimAdjustment(Contract, type="partner.claim-adjustment.v1", topic=CLAIMS_OUTBOUND):
    """An order to adjust a claim after an appeal: pay these service lines. No patient, so nothing is sealed."""

    appeal_id: UUID
    internal_control_number: str
    lines: tuple[int, ...]

    @property
    def subject(self) -> str:
        """The appeal that was decided."""
        return str(self.appeal_id)


class RemittanceAdvice(Contract, type="partner.remittance-advice.v1", topic=REMITTANCE_ADVICE):
    """An 835 for one payee. `lane` is the payee's NPI: the order of its remittances is kept."""

    advice_id: UUID
    lane: str
    claims: int
    digest: str
    sealed_body: str | None = None
    document: str | None = None

    @property
    def subject(self) -> str:
        """The payee."""
        return self.lane
