"""Each service's own copy of who may do what: kept from auth's state topic, asked at every request.

The token says how new the copy must be (epochs). An older copy waits for at most a second, then the request is refused
as temporary; a newer copy wins over the token; there is no rule about age (decision 7).
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from libs.common.contracts.auth import Enrollment, Grant, OrganizationAccess, UserAccess
from libs.common.contracts.envelope import Received
from libs.common.errors import Rejected
from libs.common.messaging.subscriptions import Subscription
from libs.common.observability.logs import log
from libs.common.persistence.tables import access_enrollment, access_grant, access_organization, access_user
from libs.common.persistence.unit_of_work import WHO_ACTS, Acting, UnitOfWork
from libs.common.runtime import Runtime
from libs.common.security.decision import MAX_CHOICES, AccessFacts, OrganizationFacts, UserFacts
from libs.common.security.permissions import Permission
from libs.common.security.principal import Principal

_WAIT = timedelta(seconds=1)
_POLL = timedelta(milliseconds=50)

Record = TypeVar("Record")
Published = TypeVar("Published", UserAccess, OrganizationAccess)

_USER, _ORGANIZATION, _ENROLLMENT = (
    sa.bindparam(name, type_=sa.Uuid) for name in ("user_id", "organization_id", "enrollment_id")
)
_HELD = sa.and_(access_grant.c.user_id == _USER, access_grant.c.enrollment_id == access_enrollment.c.enrollment_id)


def _text(document: sa.Column[Any], where: sa.ColumnElement[bool]) -> sa.Select[str]:
    """A document as text: it is validated from it as it is."""
    return sa.select(sa.cast(document, sa.Text)).where(where)


# What belongs to the enrollment acted for is read only with a grant for it.
_FACTS = (
    _text(access_user.c.document, access_user.c.user_id == _USER).scalar_subquery().label("person"),
    _text(access_organization.c.document, access_organization.c.organization_id == _ORGANIZATION)
    .scalar_subquery()
    .label("organization"),
    _text(access_grant.c.grants, sa.and_(access_grant.c.user_id == _USER, access_grant.c.enrollment_id == _ENROLLMENT))
    .scalar_subquery()
    .label("grants"),
    _text(access_enrollment.c.document, sa.and_(_HELD, access_enrollment.c.enrollment_id == _ENROLLMENT))
    .scalar_subquery()
    .label("enrollment"),
    _text(
        access_organization.c.document,
        sa.and_(
            access_organization.c.organization_id == access_enrollment.c.organization_id,
            access_enrollment.c.enrollment_id == _ENROLLMENT,
            _HELD,
        ),
    )
    .scalar_subquery()
    .label("owner"),
    sa.func.array(
        _text(access_enrollment.c.document, _HELD).limit(MAX_CHOICES + 1).scalar_subquery(), type_=ARRAY(sa.Text)
    ).label("choices"),
)
_KNOWN = sa.select(*_FACTS)
_BEGIN = sa.select(*WHO_ACTS, *_FACTS)


class AccessCopy:
    """The copy in the service's own database."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def facts(self, principal: Principal) -> AccessFacts:
        """What the copy knows of `principal`, at least as new as the token it came with.

        Raises `Rejected` (503, `access-changing`) when the copy is still older after a second.
        """
        for _ in range(_WAIT // _POLL):
            facts = await self.read(principal.user_id, principal.organization_id, principal.enrollment_id)
            if _new_enough(facts, principal):
                return facts
            await asyncio.sleep(_POLL.total_seconds())
        raise _behind()

    @asynccontextmanager
    async def request(self, principal: Principal, acting: Acting) -> AsyncIterator[tuple[UnitOfWork, AccessFacts]]:
        """The transaction of a request, and in it the facts as of its beginning, as `facts` gives them.

        One round trip tells row security who acts and reads the copy. A copy that is behind is waited for outside.
        """
        values = _values(principal.user_id, principal.organization_id, principal.enrollment_id)
        for _ in range(_WAIT // _POLL):
            async with self._runtime.database.request(self._runtime, acting, begin=_BEGIN, values=values) as work:
                facts = self._known(work.begun)
                if _new_enough(facts, principal):
                    yield work, facts
                    return
            await asyncio.sleep(_POLL.total_seconds())
        raise _behind()

    async def read(self, user_id: UUID, organization_id: UUID, enrollment_id: UUID | None) -> AccessFacts:
        """What the copy knows now, in one statement of its own."""
        values = _values(user_id, organization_id, enrollment_id)
        async with self._runtime.database.read_once() as connection:
            return self._known((await connection.execute(_KNOWN, values)).one())

    def _known(self, row: Any) -> AccessFacts:
        return AccessFacts(
            user=_read(_USERS, row.person),
            organization=_read(_ORGANIZATIONS, row.organization),
            enrollment=_read(_ENROLLMENTS, row.enrollment),
            owner=_read(_ORGANIZATIONS, row.owner),
            grants=_read(_GRANTS, row.grants) or (),
            choices=tuple(_ENROLLMENTS(each) for each in row.choices),
            offered=self._runtime.deployment.offered,
        )


def _values(user_id: UUID, organization_id: UUID, enrollment_id: UUID | None) -> dict[str, UUID | None]:
    return {"user_id": user_id, "organization_id": organization_id, "enrollment_id": enrollment_id}


def _reader(kind: type[Record]) -> Callable[[str], Record]:
    """Reads documents of a kind. They are frozen, and the same ones are read at every request."""
    return lru_cache(maxsize=4096)(TypeAdapter(kind).validate_json)


_USERS, _ORGANIZATIONS = _reader(UserFacts), _reader(OrganizationFacts)
_ENROLLMENTS, _GRANTS = _reader(Enrollment), _reader(tuple[Grant, ...])


def _read(reader: Callable[[str], Record], document: str | None) -> Record | None:
    return None if document is None else reader(document)


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
    if facts.owner is None:
        # A newer record took the last grant, so nothing else was read: the decision refuses it.
        return user.state != "active" or not facts.grants
    return facts.owner.epoch >= principal.organization_epoch


async def enrollment_granted(
    work: UnitOfWork, user_id: UUID, enrollment_id: UUID, permission: Permission
) -> Enrollment | None:
    """The enrollment, as long as the copy lets the user do what `permission` names for it.

    For work that goes on when its user is gone: it was decided when they asked; what was taken away since then counts.
    """
    rows = await work.execute(
        sa.select(
            sa.cast(access_grant.c.grants, sa.Text).label("grants"),
            sa.cast(access_enrollment.c.document, sa.Text).label("enrollment"),
        ).where(_HELD, access_enrollment.c.enrollment_id == _ENROLLMENT),
        {"user_id": user_id, "enrollment_id": enrollment_id},
    )
    row = rows.first()
    if row is None or all(each.permission != permission.name for each in _GRANTS(row.grants)):
        return None
    return _ENROLLMENTS(row.enrollment)


async def organization_of(work: UnitOfWork, user_id: UUID) -> UUID:
    """The organization of a user whom the copy has."""
    rows = await work.execute(sa.select(access_user.c.organization_id).where(access_user.c.user_id == user_id))
    found: UUID = rows.scalar_one()
    return found


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
            "document": record.model_dump(mode="json", exclude={"grants"}),
        }
        for record in newest.values()
    ]
    changed = await _upsert(work, access_user, rows)
    await work.execute(sa.delete(access_grant).where(access_grant.c.user_id.in_(changed)))
    work.insert(
        access_grant,
        [
            {"user_id": user_id, "enrollment_id": enrollment_id, "grants": grants}
            for user_id in changed
            if newest[user_id].state == "active"
            for enrollment_id, grants in _by_enrollment(newest[user_id].grants)
        ],
    )


def _by_enrollment(grants: Iterable[Grant]) -> list[tuple[UUID, list[dict[str, Any]]]]:
    """Grants as documents by their enrollment, in the order of the ids."""
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for each in grants:
        found[each.enrollment_id].append(each.model_dump(mode="json"))
    return sorted(found.items())


async def keep_organizations(work: UnitOfWork, batch: Sequence[Received[OrganizationAccess]]) -> None:
    """Keep the newest record of each organization, and whose each enrollment is."""
    newest = _newest((each.event for each in batch), key=lambda record: record.organization_id)
    rows = [
        {
            "organization_id": record.organization_id,
            "generation": record.generation,
            "version": record.version,
            "epoch": record.epoch,
            "document": record.model_dump(mode="json", exclude={"enrollments"}),
        }
        for record in newest.values()
    ]
    changed = await _upsert(work, access_organization, rows)
    await work.execute(sa.delete(access_enrollment).where(access_enrollment.c.organization_id.in_(changed)))
    owned = {
        enrollment.enrollment_id: (organization_id, enrollment.npi, enrollment.tax_id, enrollment.model_dump_json())
        for organization_id in changed
        for enrollment in newest[organization_id].enrollments
    }
    if owned:
        # An enrollment may move to another organization: whichever record comes last owns it.
        # Arrays, because a statement takes no more than 32,767 parameters.
        ids = sorted(owned)
        owners, npis, tax_ids, documents = map(list, zip(*(owned[each] for each in ids), strict=True))
        told = sa.select(
            sa.func.unnest(sa.bindparam("ids", ids, ARRAY(sa.Uuid))),
            sa.func.unnest(sa.bindparam("owners", owners, ARRAY(sa.Uuid))),
            sa.func.unnest(sa.bindparam("npis", npis, ARRAY(sa.Text))),
            sa.func.unnest(sa.bindparam("tax_ids", tax_ids, ARRAY(sa.Text))),
            sa.cast(sa.func.unnest(sa.bindparam("documents", documents, ARRAY(sa.Text))), JSONB),
        )
        names = ["enrollment_id", "organization_id", "npi", "tax_id", "document"]
        statement = insert(access_enrollment).from_select(names, told)
        new = {name: statement.excluded[name] for name in names[1:]}
        await work.execute(statement.on_conflict_do_update(index_elements=["enrollment_id"], set_=new))


def _newest(records: Iterable[Published], *, key: Any) -> Mapping[UUID, Published]:
    """The highest record of each id, in the order of the ids, so that two workers lock rows in the same order."""
    found: dict[UUID, Published] = {}
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

__all__ = [
    "ACCESS_SUBSCRIPTIONS",
    "AccessCopy",
    "AccessFacts",
    "enrollment_granted",
    "keep_organizations",
    "keep_users",
    "organization_of",
]
