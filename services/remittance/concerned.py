"""Which objects of remittance are about one patient, for the account of disclosures (45 CFR 164.528)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.remittance.advice.tables import remitted_claim


def concerned(token: str, claims: Sequence[UUID]) -> Mapping[str, sa.Select[Any]]:
    """By the kind of object; see `libs.common.audit.search.Concerned`."""
    del token  # patients are known here by their claims alone
    of_patient = remitted_claim.c.claim_id.in_(claims)
    one = sa.cast(remitted_claim.c.remittance_id, sa.Text) + ":" + sa.cast(remitted_claim.c.number, sa.Text)
    return {
        "remittance": sa.select(remitted_claim.c.remittance_id).where(of_patient).distinct(),
        "remitted-claim": sa.select(one).where(of_patient),
    }
