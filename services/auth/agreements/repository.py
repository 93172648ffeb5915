"""Every query about accepted texts."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access import repository as access
from services.auth.agreements.domain import Accepted, Agreement, Means
from services.auth.agreements.tables import agreement_signature

RULES_OF_BEHAVIOR = "rules-of-behavior"


async def add_signature(
    work: UnitOfWork, user_id: UUID, agreement: Agreement, *, means: Means, valid_until: datetime
) -> None:
    """Keep that a person accepted a text now."""
    work.insert(
        agreement_signature,
        [
            {
                "signature_id": work.runtime.ids.new(),
                "user_id": user_id,
                "agreement": RULES_OF_BEHAVIOR,
                "version": agreement.version,
                "digest": agreement.digest,
                "means": means,
                "signed_at": work.now,
                "valid_until": valid_until,
            }
        ],
    )


async def accepted(work: UnitOfWork, user_id: UUID) -> Accepted:
    """What a person accepted last."""
    version, until = await access.rules_accepted(work, user_id)
    return Accepted(version, until)


async def last_signed_at(work: UnitOfWork, user_id: UUID, version: str) -> datetime | None:
    """When a person last accepted this version."""
    found = await work.execute(
        sa.select(sa.func.max(agreement_signature.c.signed_at)).where(
            agreement_signature.c.user_id == user_id, agreement_signature.c.version == version
        )
    )
    signed_at: datetime | None = found.scalar_one()
    return signed_at
