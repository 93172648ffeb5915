"""Every query about which user looks up Medicare numbers for which NPI."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.security.permissions import ELIGIBILITY_LOOK_UP
from services.auth.access.tables import enrollment, membership, organization, user_account, user_grant
from services.auth.look_up_association.tables import look_up_association

_NEWEST = Order(
    (look_up_association.c.since, look_up_association.c.association_id),
    look_up_association.c.association_id,
    descending=True,
)
_BY_NPI = Order((look_up_association.c.npi, look_up_association.c.association_id), look_up_association.c.association_id)


@dataclass(frozen=True, slots=True)
class Association:
    """A user and an NPI they look up Medicare numbers for, by real time. `until` is missing while it stands."""

    user_id: UUID
    name: str
    login: str
    npi: str
    since: datetime
    until: datetime | None
    organization: str = ""


async def follow_grants(work: UnitOfWork, user_ids: Sequence[UUID]) -> None:
    """Let the associations of some users be what their grants of look-ups are now; what ended is kept with its end."""
    theirs = look_up_association.c.user_id.in_(list(user_ids))
    wanted = (
        sa.select(
            user_grant.c.user_id,
            enrollment.c.npi,
            membership.c.organization_id,
            sa.func.min(sa.cast(user_grant.c.granted_by, sa.Text)).label("granted_by"),
        )
        .join(enrollment, enrollment.c.enrollment_id == user_grant.c.enrollment_id)
        .join(membership, membership.c.user_id == user_grant.c.user_id)
        .where(user_grant.c.user_id.in_(list(user_ids)), user_grant.c.permission == ELIGIBILITY_LOOK_UP.name)
        .group_by(user_grant.c.user_id, enrollment.c.npi, membership.c.organization_id)
        .order_by(user_grant.c.user_id, enrollment.c.npi)
    )
    granted = {(row.user_id, row.npi): row for row in await work.execute(wanted)}
    rows = await work.execute(
        sa.select(look_up_association.c.association_id, look_up_association.c.user_id, look_up_association.c.npi)
        .where(theirs, look_up_association.c.until.is_(None))
        .order_by(look_up_association.c.association_id)
    )
    standing = {(row.user_id, row.npi): row.association_id for row in rows}
    over = [key for key in standing if key not in granted]
    if over:
        ids = [standing[key] for key in over]
        await work.execute(
            sa.update(look_up_association).where(look_up_association.c.association_id.in_(ids)).values(until=work.now)
        )
    new = [key for key in granted if key not in standing]
    work.insert(
        look_up_association,
        [
            {
                "association_id": association_id,
                "user_id": key[0],
                "npi": key[1],
                "organization_id": granted[key].organization_id,
                "granted_by": granted[key].granted_by and UUID(granted[key].granted_by),
                "since": work.now,
            }
            for association_id, key in zip(work.runtime.ids.batch(len(new)), new, strict=True)
        ],
    )
    for action, keys in (("begin", new), ("end", over)):
        for user_id, npi in keys:
            work.audit(action, "look-up-association", f"{user_id}:{npi}")


async def associations(work: UnitOfWork, organization_id: UUID, place: Place, words: str = "") -> Page[Association]:
    """Who of an organization looks up, or did, for which NPI, the newest first; `words`: an NPI, a name, a user ID."""
    rows = sa.select(look_up_association, user_account.c.name, user_account.c.login).join(
        user_account, user_account.c.user_id == look_up_association.c.user_id
    )
    if words:
        named = (column.icontains(words, autoescape=True) for column in (user_account.c.name, user_account.c.login))
        rows = rows.where(sa.or_(look_up_association.c.npi == words, *named))
    here = look_up_association.c.organization_id == organization_id
    return await page_of(
        work,
        rows,
        _NEWEST,
        place,
        within=here,
        make=lambda row: Association(row.user_id, row.name, row.login, row.npi, row.since, row.until),
    )


async def associations_everywhere(work: UnitOfWork, place: Place, npi: str = "") -> Page[Association]:
    """Who of any organization looks up, or did, for which NPI (or for this one), by NPI: for the contractor."""
    rows = (
        sa.select(look_up_association, user_account.c.name, user_account.c.login, organization.c.name.label("of"))
        .join(user_account, user_account.c.user_id == look_up_association.c.user_id)
        .join(organization, organization.c.organization_id == look_up_association.c.organization_id)
    )
    return await page_of(
        work,
        rows.where(look_up_association.c.npi == npi) if npi else rows,
        _BY_NPI,
        place,
        within=sa.true(),
        make=lambda row: Association(row.user_id, row.name, row.login, row.npi, row.since, row.until, row.of),
    )
