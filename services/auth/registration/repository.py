"""Every query about registrations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.tables import user_account
from services.auth.registration.domain import Registration
from services.auth.registration.tables import PERSON, registered_person, registration

_COLUMNS = tuple(column for column in registration.columns if column.name not in ("key", "resume_key", "sealed_person"))


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has an account: name and mail address as they are on file."""

    user_id: UUID
    name: str
    email: str


_HOLDERS = sa.select(user_account.c.user_id, user_account.c.name, user_account.c.email).where(
    user_account.c.state != "removed"
)


async def add(
    work: UnitOfWork,
    registration_id: UUID,
    key: bytes,
    support_code: str,
    sealed_person: str,
    email_digest: bytes,
    **known: Any,
) -> None:
    """Write a new registration, of which nothing is confirmed yet but what is `known`."""
    begun = {
        "registration_id": registration_id,
        "key": key,
        "support_code": support_code,
        "step": "email",
        "sealed_person": sealed_person,
        "email_digest": email_digest,
        "known": False,
        "code_tries": 0,
        "proofing": "open",
        "tries_left": 0,
        "reference": "",
        "number": "",
        "secret_step": 0,
        "login_tries": 0,
        "begun_at": work.now,
    }
    await work.execute(registration.insert().values(begun | known))


async def by_key(work: UnitOfWork, key: bytes) -> Registration | None:
    """The registration of a browser, for this transaction alone to change."""
    return await _one(work, registration.c.key == key)


async def by_any_key(work: UnitOfWork, key: bytes) -> Registration | None:
    """The same, also of a browser that is still to enter the code to continue it."""
    return await _one(work, sa.or_(registration.c.key == key, registration.c.resume_key == key))


async def by_support_code(work: UnitOfWork, support_code: str, email_digest: bytes) -> Registration | None:
    """The registration that a person continues elsewhere, for this transaction alone to change."""
    return await _one(work, registration.c.support_code == support_code, registration.c.email_digest == email_digest)


async def _one(work: UnitOfWork, *conditions: sa.ColumnElement[bool]) -> Registration | None:
    found = sa.select(*_COLUMNS, registration.c.sealed_person).where(*conditions).with_for_update()
    row = (await work.execute(found)).mappings().first()
    if row is None:
        return None
    values = dict(row)
    sealed = values.pop("sealed_person")
    person = PERSON.open(work.runtime.keys, sealed, row["registration_id"]) if sealed else None
    return Registration(person=person, **values)


async def change(work: UnitOfWork, registration_id: UUID, **values: Any) -> None:
    """Write some columns of a registration."""
    await work.execute(
        sa.update(registration).where(registration.c.registration_id == registration_id).values(**values)
    )


async def forget(work: UnitOfWork, before: datetime) -> int:
    """Delete what was begun before, finished or not, with all that it holds. How many were not finished."""
    gone = await work.execute(
        sa.delete(registration).where(registration.c.begun_at < before).returning(registration.c.step)
    )
    return sum(step != "done" for step in gone.scalars())


async def account_of_email(work: UnitOfWork, email: str) -> Holder | None:
    """Who has an account with this mail address, the oldest first."""
    row = await work.execute(
        _HOLDERS.where(sa.func.lower(user_account.c.email) == email.lower())
        .order_by(user_account.c.created_at)
        .limit(1)
    )
    found = row.first()
    return None if found is None else Holder(*tuple(found))


async def account_of_subject(work: UnitOfWork, subject_digest: bytes) -> Holder | None:
    """Who registered as the same person and still has an account, the oldest first."""
    row = await work.execute(
        _HOLDERS.join(registered_person, registered_person.c.user_id == user_account.c.user_id)
        .where(registered_person.c.subject_digest == subject_digest)
        .order_by(user_account.c.created_at)
        .limit(1)
    )
    found = row.first()
    return None if found is None else Holder(*tuple(found))


async def subject_of(work: UnitOfWork, user_id: UUID) -> bytes | None:
    """As whom a user registered; `None` of one who came by a file."""
    mine = sa.select(registered_person.c.subject_digest).where(registered_person.c.user_id == user_id)
    return (await work.execute(mine)).scalar_one_or_none()


def put_subject(work: UnitOfWork, subject_digest: bytes, user_id: UUID) -> None:
    """Remember as whom a user registered."""
    work.insert(registered_person, [{"subject_digest": subject_digest, "user_id": user_id, "proofed_at": work.now}])


async def is_taken(work: UnitOfWork, login: str) -> bool:
    """Whether a user ID was ever given: it is not given to anybody else, also when its account was removed."""
    taken = sa.exists().where(user_account.c.login == login)
    return bool((await work.execute(sa.select(taken))).scalar_one())
