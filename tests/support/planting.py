"""Rows of any service for a made-up enrollment: what a test looks for and must not find."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, insert
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from libs.common.contracts.auth import OrganizationAccess, UserAccess
from libs.common.persistence.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from tests.support.applications import Someone

COMMON = frozenset({"audit", "access_grant", "access_enrollment", "draft"})
"""Common tables with an enrollment in them: the audit trail, what row security itself asks, and what is one person's
alone (`test_drafts.py`)."""

_OBJECTS = UUID("9b0d6a1c-2f0e-4f4e-8f0a-6a6c2b1d7e11")
_CHOICE = re.compile(r"(\w+) IN \('([^']*)'")
_DAY = date(2026, 11, 20)
_TIME = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
_VALUES: tuple[tuple[type[Any], Any], ...] = (
    (sa.DateTime, _TIME),
    (sa.Date, _DAY),
    (sa.Boolean, False),
    (sa.Integer, 1),
    (JSONB, {}),
    (ARRAY, []),
    (BYTEA, b"planted"),
)


def object_id(enrollment_id: UUID, name: str) -> UUID:
    """The id of the planted object of an enrollment that a column or path parameter `name` speaks of."""
    return enrollment_id if name == "enrollment_id" else uuid5(_OBJECTS, f"{name} of {enrollment_id}")


def of_enrollments(metadata: sa.MetaData) -> list[sa.Table]:
    """The tables of a service whose rows belong to an enrollment, in the order of their foreign keys."""
    return [table for table in metadata.sorted_tables if "enrollment_id" in table.columns and table.name not in COMMON]


def row_of(table: sa.Table, enrollment_id: UUID) -> dict[str, Any]:
    """One row of `table` that belongs to the enrollment and keeps every check of the table."""
    choices = {
        found[1]: found[2]
        for each in table.constraints
        if isinstance(each, sa.CheckConstraint)
        for found in _CHOICE.finditer(str(each.sqltext))
    }
    return {
        column.name: _value(column, enrollment_id, choices)
        for column in table.columns
        if column.primary_key
        or column.name in {"enrollment_id", *choices}
        or not (column.nullable or column.server_default is not None)
    }


def _value(column: sa.Column[Any], enrollment_id: UUID, choices: Mapping[str, str]) -> Any:
    if column.name in choices:
        return choices[column.name]
    if isinstance(column.type, UUID_TYPE):
        return object_id(enrollment_id, column.name)
    for kind, value in _VALUES:
        if isinstance(column.type, kind):
            return value
    return f"{column.name} {enrollment_id.hex[:8]}"


async def plant(work: UnitOfWork, tables: Sequence[sa.Table], enrollment_id: UUID) -> None:
    """Put one row of each table there for the enrollment."""
    for table in tables:
        await work.execute(table.insert().values(row_of(table, enrollment_id)))


async def plant_auth(
    work: UnitOfWork, people: Sequence[tuple["Someone", UserAccess, list[OrganizationAccess]]]
) -> None:
    """Put made-up people into auth's own tables: office, enrollment, account, membership, grants, session."""
    # Only where auth itself is under test: the other services know no table of it.
    from services.auth.access import tables as access  # noqa: PLC0415
    from services.auth.sessions.tables import session  # noqa: PLC0415

    for who, user, offices in people:
        for office in offices:
            # Colleagues share one.
            await work.execute(
                insert(access.organization)
                .values(organization_id=office.organization_id, kind=office.kind, name=office.name, epoch=1, version=1)
                .on_conflict_do_nothing()
            )
            for each in office.enrollments:
                values = each.model_dump(exclude={"organization_name"})
                await work.execute(
                    insert(access.enrollment)
                    .values(organization_id=office.organization_id, **values)
                    .on_conflict_do_nothing()
                )
            for authorization in office.authorizations:
                await work.execute(
                    insert(access.vendor_authorization)
                    .values(
                        authorization_id=uuid5(_OBJECTS, f"{office.organization_id} {authorization.vendor_id}"),
                        organization_id=office.organization_id,
                        vendor_id=authorization.vendor_id,
                        source="edi",
                        state="confirmed",
                        functions=list(authorization.functions),
                        submitter=authorization.submitter,
                        effective=authorization.effective.date(),
                        asked_at=work.now,
                    )
                    .on_conflict_do_nothing()
                )
        await work.execute(
            access.user_account.insert().values(
                user_id=who.user_id,
                kind=who.kind,
                login=str(who.user_id),
                name=who.name,
                email="nobody@portico.example",
                state="disabled" if user.state == "locked" else user.state,
                rules_of_behavior_until=user.rules_of_behavior_until,
                training_until=user.training_until,
                epoch=1,
                version=1,
                created_at=work.now,
            )
        )
        await work.execute(
            access.membership.insert().values(
                user_id=who.user_id, organization_id=who.organization_id, role=who.role, dual_role=who.dual_role
            )
        )
        for grant in user.grants:
            await work.execute(access.user_grant.insert().values(user_id=who.user_id, **grant.model_dump()))
        await work.execute(
            session.insert().values(
                key=bytes.fromhex(who.session),
                kind=who.kind,
                user_id=who.user_id,
                enrollment_id=who.principal(work.now).enrollment_id,
                assurance=who.assurance,
                factor_at=work.now - who.factor_age,
                created_at=work.now,
                signed_in_at=work.now,
                last_seen_at=work.now,
                idle=timedelta(minutes=30),
                ends_at=work.now.replace(hour=23),
                csrf=who.csrf,
                browser="",
                address="",
            )
        )
