"""Every query about authenticators, phones, codes, and browsers that showed one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.factors.domain import Channel, Window
from services.auth.factors.tables import mfa_window, phone, recovery_code, sent_code, totp


@dataclass(frozen=True, slots=True)
class Device:
    """An authenticator app of a user. `secret` is sealed; `confirmed_at` is `None` until its first code was shown."""

    device_id: UUID
    name: str
    secret: str
    last_counter: int
    added_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A code on its way, and the digest that tells whether it is the one typed."""

    code_id: UUID
    channel: Channel
    digest: bytes
    sent_at: datetime


async def devices(work: UnitOfWork, user_id: UUID) -> list[Device]:
    """The authenticators of a user, the oldest first, those that wait for their first code too."""
    columns = (totp.c.device_id, totp.c.name, totp.c.secret, totp.c.last_counter, totp.c.added_at, totp.c.confirmed_at)
    rows = await work.execute(sa.select(*columns).where(totp.c.user_id == user_id).order_by(totp.c.added_at))
    return [Device(*tuple(row)) for row in rows]


def add_device(work: UnitOfWork, device_id: UUID, user_id: UUID, name: str, secret: str, *, confirmed: bool) -> None:
    """Write an authenticator with its sealed secret."""
    row = {
        "device_id": device_id,
        "user_id": user_id,
        "name": name,
        "secret": secret,
        "last_counter": 0,
        "added_at": work.now,
        "confirmed_at": work.now if confirmed else None,
    }
    work.insert(totp, [row])


async def confirm_device(work: UnitOfWork, device_id: UUID, counter: int) -> None:
    """It showed its first code, of the time step `counter`."""
    values = {"confirmed_at": work.now, "last_counter": counter}
    await work.execute(sa.update(totp).where(totp.c.device_id == device_id).values(values))


async def remove_device(work: UnitOfWork, user_id: UUID, device_id: UUID) -> None:
    """Forget an authenticator of a user."""
    await work.execute(sa.delete(totp).where(totp.c.user_id == user_id, totp.c.device_id == device_id))


async def remove_unconfirmed(work: UnitOfWork, user_id: UUID) -> None:
    """Forget the authenticators of a user that never showed a code."""
    await work.execute(sa.delete(totp).where(totp.c.user_id == user_id, totp.c.confirmed_at.is_(None)))


async def use_counter(work: UnitOfWork, device_id: UUID, counter: int) -> bool:
    """Accept a code of time step `counter`. False when that step, or a later one, was used in the meantime."""
    used = await work.execute(
        sa.update(totp).where(totp.c.device_id == device_id, totp.c.last_counter < counter).values(last_counter=counter)
    )
    return used.rowcount == 1


async def phone_of(work: UnitOfWork, user_id: UUID) -> tuple[str | None, str | None]:
    """The sealed number that codes go to, and the one that waits to be confirmed."""
    row = (await work.execute(sa.select(phone.c.number, phone.c.waiting).where(phone.c.user_id == user_id))).first()
    return (None, None) if row is None else (row.number, row.waiting)


async def put_phone(work: UnitOfWork, user_id: UUID, *, number: str | None, waiting: str | None) -> None:
    """Write both sealed numbers; without either the user has no phone."""
    if number is None and waiting is None:
        await work.execute(sa.delete(phone).where(phone.c.user_id == user_id))
        return
    statement = insert(phone).values(user_id=user_id, number=number, waiting=waiting)
    await work.execute(
        statement.on_conflict_do_update(index_elements=["user_id"], set_={"number": number, "waiting": waiting})
    )


async def remove_all(work: UnitOfWork, user_id: UUID) -> None:
    """Forget the authenticators, phone and recovery codes of a user; codes on their way count no more."""
    for table in (totp, phone, recovery_code):
        await work.execute(sa.delete(table).where(table.c.user_id == user_id))
    on_their_way = sent_code.c.user_id == user_id, sent_code.c.ended_at.is_(None)
    await work.execute(sa.update(sent_code).where(*on_their_way).values(ended_at=work.now))


async def put_recovery_codes(work: UnitOfWork, user_id: UUID, digests: Iterable[bytes]) -> None:
    """Write new recovery codes in the place of those that were there."""
    await work.execute(sa.delete(recovery_code).where(recovery_code.c.user_id == user_id))
    work.insert(recovery_code, [{"user_id": user_id, "digest": each} for each in digests])


async def use_recovery_code(work: UnitOfWork, user_id: UUID, digest: bytes) -> bool:
    """Use a recovery code up. False when there is none of this digest."""
    mine = recovery_code.c.user_id == user_id, recovery_code.c.digest == digest
    return (await work.execute(sa.delete(recovery_code).where(*mine))).rowcount == 1


async def recovery_codes_left(work: UnitOfWork, user_id: UUID) -> int:
    """How many recovery codes a user has."""
    mine = sa.select(sa.func.count()).select_from(recovery_code).where(recovery_code.c.user_id == user_id)
    return int((await work.execute(mine)).scalar_one())


async def sent_lately(work: UnitOfWork, user_id: UUID) -> list[datetime]:
    """When codes were sent to a user in the last day."""
    lately = sent_code.c.sent_at > work.now - timedelta(days=1)
    return list(
        (await work.execute(sa.select(sent_code.c.sent_at).where(sent_code.c.user_id == user_id, lately))).scalars()
    )


async def put_code(
    work: UnitOfWork, code_id: UUID, user_id: UUID, bound_to: bytes, channel: Channel, digest: bytes
) -> None:
    """Write a code that is about to be sent. Those sent before in the same place count no more."""
    await work.execute(
        sa.update(sent_code)
        .where(sent_code.c.bound_to == bound_to, sent_code.c.ended_at.is_(None))
        .values(ended_at=work.now)
    )
    row: dict[str, Any] = {
        "code_id": code_id,
        "user_id": user_id,
        "bound_to": bound_to,
        "channel": channel,
        "digest": digest,
        "sent_at": work.now,
        "tries": 0,
    }
    work.insert(sent_code, [row])


async def open_code(work: UnitOfWork, user_id: UUID, bound_to: bytes, *, since: datetime, tries: int) -> Sent | None:
    """The code of a user that counts in this place, for this transaction alone to use; `None` when there is none."""
    columns = (sent_code.c.code_id, sent_code.c.channel, sent_code.c.digest, sent_code.c.sent_at)
    found = await work.execute(
        sa.select(*columns)
        .where(
            sent_code.c.user_id == user_id,
            sent_code.c.bound_to == bound_to,
            sent_code.c.ended_at.is_(None),
            sent_code.c.sent_at > since,
            sent_code.c.tries < tries,
        )
        .with_for_update()
    )
    row = found.first()
    return None if row is None else Sent(*tuple(row))


async def count_try(work: UnitOfWork, code_id: UUID) -> None:
    """Something else was typed than this code."""
    await work.execute(sa.update(sent_code).where(sent_code.c.code_id == code_id).values(tries=sent_code.c.tries + 1))


async def end_code(work: UnitOfWork, code_id: UUID) -> bool:
    """The code counts no more. False when that was so before."""
    ended = await work.execute(
        sa.update(sent_code)
        .where(sent_code.c.code_id == code_id, sent_code.c.ended_at.is_(None))
        .values(ended_at=work.now)
    )
    return ended.rowcount == 1


def begin_window(work: UnitOfWork, key: bytes, window: Window) -> None:
    """Write that a browser showed a code."""
    row = {
        "key": key,
        "user_id": window.user_id,
        "begun_at": window.begun_at,
        "expires_at": window.expires_at,
        "browser": window.browser,
        "network": window.network,
    }
    work.insert(mfa_window, [row])


async def window(work: UnitOfWork, key: bytes) -> Window | None:
    """What is known of a browser that showed a code."""
    columns = (mfa_window.c.user_id, mfa_window.c.begun_at, mfa_window.c.expires_at)
    row = (
        await work.execute(
            sa.select(*columns, mfa_window.c.browser, mfa_window.c.network).where(mfa_window.c.key == key)
        )
    ).first()
    return None if row is None else Window(*tuple(row))


async def end_window(work: UnitOfWork, user_id: UUID, key: bytes) -> bool:
    """Forget one browser of a user. False when it was not known."""
    mine = mfa_window.c.key == key, mfa_window.c.user_id == user_id
    return (await work.execute(sa.delete(mfa_window).where(*mine))).rowcount == 1


async def end_windows(work: UnitOfWork, user_id: UUID) -> None:
    """Forget every browser of a user: each is asked for a code again."""
    await work.execute(sa.delete(mfa_window).where(mfa_window.c.user_id == user_id))


async def delete_spent(work: UnitOfWork, before: datetime) -> None:
    """Delete what nobody can use any more and was kept long enough."""
    await work.execute(sa.delete(sent_code).where(sent_code.c.sent_at < before))
    await work.execute(sa.delete(mfa_window).where(mfa_window.c.expires_at < before))
