"""Which objects of appeals are about one patient, for the account of disclosures (45 CFR 164.528)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.persistence.tables import attachment
from services.appeals.redetermination.tables import appeal


def concerned(token: str, claims: Sequence[UUID]) -> Mapping[str, sa.Select[Any]]:
    """By the kind of object; see `libs.common.audit.search.Concerned`."""
    del token  # patients are known here by their claims alone
    appeals = sa.select(appeal.c.appeal_id).where(appeal.c.claim_id.in_(claims))
    return {
        "appeal": appeals,
        "claim": sa.select(appeal.c.claim_id).where(appeal.c.claim_id.in_(claims)).distinct(),
        "attachment": sa.select(attachment.c.attachment_id).where(attachment.c.subject_id.in_(appeals)),
    }
