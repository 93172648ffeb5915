"""The same form sent twice does its work once and answers the same.

The key comes from the page that showed the form (or from the client's `Idempotency-Key`). It is claimed in the same
transaction as the work: two sendings at once meet at the primary key, and the later one gets the first one's answer.
"""

from collections.abc import Awaitable, Callable

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.errors import Rejected
from libs.common.persistence.tables import idempotency
from libs.common.web.permit import Permit

_NO_KEY = "This form is not complete. Open its page again and send it from there."
_NO_KEY_FOR_PROGRAMS = "Send an Idempotency-Key of 8 to 200 characters with this request."
_REUSED = "This form was already sent with other content. Open it again."
_REUSED_FOR_PROGRAMS = (
    "This Idempotency-Key came before with other content. Send the same content again, or use a new key."
)


async def idempotently(permit: Permit, key: str, content: bytes, do: Callable[[], Awaitable[str]]) -> str:
    """Run `do`, which returns the address of its result, unless `key` did it before: then return that address.

    Raises `Rejected` when the key is missing or came before with other content.
    """
    first = await claim(permit, key, content, "")
    if first is not None:
        return first
    location = await do()
    await permit.work.execute(sa.update(idempotency).where(_row(permit, key)).values(location=location))
    return location


async def claim(permit: Permit, key: str, content: bytes, location: str) -> str | None:
    """Claim `key` for work whose result will be at `location`; the address of the first when it was claimed before.

    Raises `Rejected` when the key is missing or came before with other content.
    """
    if not 8 <= len(key) <= 200:
        raise Rejected("form-invalid", _NO_KEY, status=400, for_programs=_NO_KEY_FOR_PROGRAMS)
    work = permit.work
    claimed = await work.execute(
        _CLAIM,
        {
            "user_id": permit.principal.user_id,
            "key": key,
            "request_hash": content,
            "location": location,
            "created_at": work.now,
        },
    )
    if claimed.first() is not None:
        return None
    first = (await work.execute(sa.select(idempotency).where(_row(permit, key)))).one()
    if first.request_hash != content:
        raise Rejected("form-reused", _REUSED, status=409, for_programs=_REUSED_FOR_PROGRAMS)
    return str(first.location)


_CLAIM = insert(idempotency).on_conflict_do_nothing().returning(idempotency.c.key)


def _row(permit: Permit, key: str) -> sa.ColumnElement[bool]:
    return (idempotency.c.user_id == permit.principal.user_id) & (idempotency.c.key == key)
