"""Every query of the reports for administrators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.domain import ADMINISTRATORS
from services.auth.access.tables import membership, user_account
from services.auth.sign_in.tables import credential


@dataclass(frozen=True, slots=True)
class Person:
    """A person of an organization with an account that is open. Moments are real time."""

    user_id: UUID
    name: str
    login: str
    role: str
    dual_role: bool
    state: str
    signed_in_at: datetime | None
    rules_until: datetime


_PEOPLE = (
    sa.select(
        user_account.c.user_id,
        user_account.c.name,
        user_account.c.login,
        membership.c.role,
        membership.c.dual_role,
        user_account.c.state,
        credential.c.signed_in_at,
        user_account.c.rules_of_behavior_until,
    )
    .join(membership, membership.c.user_id == user_account.c.user_id)
    .outerjoin(credential, credential.c.user_id == user_account.c.user_id)
    .where(user_account.c.kind == "person", user_account.c.state != "removed")
)


async def not_signed_in(
    work: UnitOfWork, organization_id: UUID, since: datetime, *, limit: int | None
) -> Sequence[Person]:
    """Who of an organization did not sign in `since`, or never did since their account is as old: the longest first."""
    last = sa.func.coalesce(credential.c.signed_in_at, user_account.c.created_at)
    rows = _PEOPLE.where(membership.c.organization_id == organization_id, last < since)
    found = await work.execute(rows.order_by(last, user_account.c.user_id).limit(limit))
    return [Person(*tuple(row)) for row in found]


async def privileged(work: UnitOfWork, organization_id: UUID) -> Sequence[Person]:
    """Who manages users of an organization, by user ID."""
    rows = _PEOPLE.where(membership.c.organization_id == organization_id, membership.c.role.in_(ADMINISTRATORS))
    return [Person(*tuple(row)) for row in await work.execute(rows.order_by(user_account.c.login))]
