"""Each service's own copy of who may do what: kept from auth's state topic, asked at every request.

The token says how new the copy must be (epochs). An older copy waits for at most a second, then the request is refused
as temporary; a newer copy wins over the token; there is no rule about age (DESIGN section 5).
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from libs.common.contracts.auth import OrganizationAccess, UserAccess
from libs.common.errors import Rejected
from libs.common.messaging.envelope import Received
from libs.common.messaging.subscriptions import Subscription
from libs.common.observability.logs import log
from libs.common.persistence.tables import access_enrollment, access_grant, access_organization, access_user
from libs.common.persistence.unit_of_work import WHO_ACTS, Acting, UnitOfWork
from libs.common.security.decision import AccessFacts
from libs.common.security.principal import Principal

if TYPE_CHECKING:
    from libs.common.runtime import Runtime

_WAIT = timedelta(seconds=1)
_POLL = timedelta(milliseconds=50)

Record = TypeVar("Record", UserAccess, OrganizationAccess)

_GRANTED = (
    sa.select(access_enrollment.c.organization_id)
    .join(access_grant, access_grant.c.enrollment_id == access_enrollment.c.enrollment_id)
    .where(access_grant.c.user_id == sa.bindparam("user_id"))
)
# The documents as text: they are validated from it as they are.
_FACTS = (
    sa.select(sa.cast(access_user.c.document, sa.Text))
    .where(access_user.c.user_id == sa.bindparam("user_id"))
    .scalar_subquery()
    .label("person"),
    sa.func.array(
        sa.select(sa.cast(access_organization.c.document, sa.Text))
        .where(
            sa.or_(
                access_organization.c.organization_id == sa.bindparam("organization_id"),
                access_organization.c.organization_id.in_(_GRANTED),
            )
        )
        .scalar_subquery(),
        type_=ARRAY(sa.Text),
    ).label("organizations"),
)
_KNOWN = sa.select(*_FACTS)
_BEGIN = sa.select(*WHO_ACTS, *_FACTS)


class AccessCopy:
    """The copy in the service's own database."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime

    async def facts(self, principal: Principal) -> AccessFacts:
        """What the copy knows of `principal`, at least as new as the token it came with.

        Raises `Rejected` (503, `access-changing`) when the copy is still older after a second.
        """
        for _ in range(_WAIT // _POLL):
            facts = await self.read(principal.user_id, principal.organization_id)
            if _new_enough(facts, principal):
                return facts
            await asyncio.sleep(_POLL.total_seconds())
        raise _behind()

    @asynccontextmanager
    async def request(self, principal: Principal, acting: Acting) -> AsyncIterator[tuple[UnitOfWork, AccessFacts]]:
        """The transaction of a request, and in it the facts as of its beginning, as `facts` gives them.

        One round trip tells row security who acts and reads the copy. A copy that is behind is waited for outside.
        """
        values = {"user_id": principal.user_id, "organization_id": principal.organization_id}
        for _ in range(_WAIT // _POLL):
            async with self._runtime.database.request(self._runtime, acting, begin=_BEGIN, values=values) as work:
                facts = self._known(work.begun)
                if _new_enough(facts, principal):
                    yield work, facts
                    return
            await asyncio.sleep(_POLL.total_seconds())
        raise _behind()

    async def read(self, user_id: UUID, organization_id: UUID) -> AccessFacts:
        """What the copy knows now, in one statement of its own."""
        values = {"user_id": user_id, "organization_id": organization_id}
        async with self._runtime.database.read_once() as connection:
            return self._known((await connection.execute(_KNOWN, values)).one())

    def _known(self, row: Any) -> AccessFacts:
        organizations = map(_organization, row.organizations)
        return AccessFacts(
            user=None if row.person is None else _user(row.person),
            organizations={each.organization_id: each for each in organizations},
            offered=self._runtime.deployment.offered,
        )


@lru_cache(maxsize=1024)
def _user(document: str) -> UserAccess:
    """The document as a record. Records are frozen, and the same one is read at every request."""
    return UserAccess.model_validate_json(document)


@lru_cache(maxsize=1024)
def _organization(document: str) -> OrganizationAccess:
    """As `_user`."""
    return OrganizationAccess.model_validate_json(document)


def _behind() -> Rejected:
    log.warning("copy of access is behind", reason="access-changing")
    return Rejected("access-changing", "Your access is being updated. Try again in a moment.", status=503)


def _new_enough(facts: AccessFacts, principal: Principal) -> bool:
    """Whether nothing in the copy is older than the token.

    Its organization epoch is that of the acting enrollment's owner, else of the user's own organization.
    """
    user, own = facts.user, facts.organization
    if user is None or own is None or user.epoch < principal.user_epoch:
        return False
    if principal.enrollment_id is None:
        return own.epoch >= principal.organization_epoch
    owner = facts.owner(principal.enrollment_id)
    if owner is None:
        # A newer record took the last grant, so the owner was not looked up: the decision refuses it.
        return user.state != "active" or not facts.grants(principal.enrollment_id)
    return owner.epoch >= principal.organization_epoch


async def keep_users(work: UnitOfWork, batch: Sequence[Received[UserAccess]]) -> None:
    """Keep the newest record of each user, and the rows by which row security knows the user's enrollments."""
    newest = _newest((each.event for each in batch), key=lambda record: record.user_id)
    rows = [
        {
            "user_id": record.user_id,
            "generation": record.generation,
            "version": record.version,
            "epoch": record.epoch,
            "organization_id": record.organization_id,
            "document": record.model_dump(mode="json"),
        }
        for record in newest.values()
    ]
    changed = await _upsert(work, access_user, rows)
    await work.execute(sa.delete(access_grant).where(access_grant.c.user_id.in_(changed)))
    work.insert(
        access_grant,
        [
            {"user_id": user_id, "enrollment_id": enrollment_id}
            for user_id in changed
            if newest[user_id].state == "active"
            for enrollment_id in sorted({grant.enrollment_id for grant in newest[user_id].grants})
        ],
    )


async def keep_organizations(work: UnitOfWork, batch: Sequence[Received[OrganizationAccess]]) -> None:
    """Keep the newest record of each organization, and whose each enrollment is."""
    newest = _newest((each.event for each in batch), key=lambda record: record.organization_id)
    rows = [
        {
            "organization_id": record.organization_id,
            "generation": record.generation,
            "version": record.version,
            "epoch": record.epoch,
            "document": record.model_dump(mode="json"),
        }
        for record in newest.values()
    ]
    changed = await _upsert(work, access_organization, rows)
    await work.execute(sa.delete(access_enrollment).where(access_enrollment.c.organization_id.in_(changed)))
    owners = {
        enrollment.enrollment_id: organization_id
        for organization_id in changed
        for enrollment in newest[organization_id].enrollments
    }
    if owners:
        # An enrollment may move to another organization: whichever record comes last owns it.
        # Two arrays, because a statement takes no more than 32,767 parameters.
        ids = sorted(owners)
        told = sa.select(
            sa.func.unnest(sa.bindparam("ids", ids, ARRAY(sa.Uuid))),
            sa.func.unnest(sa.bindparam("owners", [owners[each] for each in ids], ARRAY(sa.Uuid))),
        )
        statement = insert(access_enrollment).from_select(["enrollment_id", "organization_id"], told)
        await work.execute(
            statement.on_conflict_do_update(
                index_elements=["enrollment_id"], set_={"organization_id": statement.excluded.organization_id}
            )
        )


def _newest(records: Iterable[Record], *, key: Any) -> Mapping[UUID, Record]:
    """The highest record of each id, in the order of the ids, so that two workers lock rows in the same order."""
    found: dict[UUID, Record] = {}
    for record in records:
        known = found.get(key(record))
        if known is None or (record.generation, record.version) > (known.generation, known.version):
            found[key(record)] = record
    return dict(sorted(found.items()))


async def _upsert(work: UnitOfWork, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """Write the rows that are higher than what is there; the ids of those written, in order."""
    statement = insert(table).values(rows)
    (identity,) = table.primary_key.columns
    higher = sa.tuple_(statement.excluded.generation, statement.excluded.version) > sa.tuple_(
        table.c.generation, table.c.version
    )
    written = await work.execute(
        statement.on_conflict_do_update(
            index_elements=[identity],
            set_={column.name: statement.excluded[column.name] for column in table.columns if column is not identity},
            where=higher,
        ).returning(identity)
    )
    return sorted(written.scalars())


ACCESS_SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(UserAccess, keep_users, state=True),
    Subscription(OrganizationAccess, keep_organizations, state=True),
)

__all__ = ["ACCESS_SUBSCRIPTIONS", "AccessCopy", "AccessFacts", "keep_organizations", "keep_users"]
