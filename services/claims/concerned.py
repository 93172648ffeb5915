"""Which objects of claims are about one patient, for the account of disclosures (45 CFR 164.528)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.audit.search import CLAIMS
from services.claims.status.tables import claim


def concerned(token: str, claims: Sequence[UUID]) -> Mapping[str, sa.Select[Any]]:
    """By the kind of object; see `libs.common.audit.search.Concerned`."""
    of_patient = claim.c.beneficiary_token == token
    return {
        CLAIMS: sa.select(claim.c.claim_id).where(of_patient | claim.c.claim_id.in_(claims)),
        "submission": sa.select(claim.c.submission_id).where(of_patient).distinct(),
    }
