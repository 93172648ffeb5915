"""Every query about texts, and about who accepted them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.sql.base import Executable

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.tables import membership, user_account
from services.auth.agreements.domain import DOCUMENTS, Gate, Means, Name, Signature, Signed, Text, Texts
from services.auth.agreements.tables import agreement_signature, agreement_text, official_text

UNTIL: Mapping[Gate, sa.Column[datetime]] = {
    "rules": user_account.c.rules_of_behavior_until,
    "training": user_account.c.training_until,
    "codes": user_account.c.code_sets_until,
}
"""Until when a person may pass each gate."""


class Reader(Protocol):
    """What runs a statement: a transaction, or a connection before there is one."""

    async def execute(self, statement: Executable, /) -> Any:
        """Run it."""


async def official(reader: Reader) -> list[dict[str, Any]]:
    """The content of the texts that stand in place of ours."""
    rows = sa.select(agreement_text.c.content).join(official_text, official_text.c.digest == agreement_text.c.digest)
    return list((await reader.execute(rows)).scalars())


async def keep_text(work: UnitOfWork, text: Text, content: Mapping[str, Any]) -> bool:
    """Keep a text word for word. False when its version was used for other words before."""
    values = {
        "digest": text.digest,
        "agreement": text.document,
        "version": text.version,
        "content": content,
        "kept_at": work.now,
    }
    await work.execute(insert(agreement_text).values(**values).on_conflict_do_nothing())
    kept = sa.select(agreement_text.c.digest).where(
        agreement_text.c.agreement == text.document, agreement_text.c.version == text.version
    )
    return bytes((await work.execute(kept)).scalar_one()) == text.digest


async def official_digests(work: UnitOfWork) -> dict[Name, bytes]:
    """Of each document of which an official text stands in place of ours, which."""
    rows = await work.execute(sa.select(official_text.c.agreement, official_text.c.digest))
    return {row.agreement: bytes(row.digest) for row in rows}


async def put_official(work: UnitOfWork, text: Text) -> None:
    """Let a text that is kept stand in place of ours."""
    statement = insert(official_text).values(agreement=text.document, digest=text.digest, since=work.now)
    new = {"digest": statement.excluded.digest, "since": statement.excluded.since}
    await work.execute(statement.on_conflict_do_update(index_elements=["agreement"], set_=new))


async def withdraw_official(work: UnitOfWork, document: Name) -> None:
    """Let ours stand again."""
    await work.execute(sa.delete(official_text).where(official_text.c.agreement == document))


async def add_signature(work: UnitOfWork, user_id: UUID, signature: Signature) -> None:
    """Keep that a person accepted a text."""
    work.insert(
        agreement_signature,
        [
            {
                "signature_id": signature.signature_id,
                "user_id": user_id,
                "agreement": signature.document,
                "version": signature.version,
                "digest": signature.digest,
                "signer": signature.signer,
                "means": signature.means,
                "signed_at": signature.signed_at,
                "valid_until": signature.valid_until,
            }
        ],
    )


async def signed_by(work: UnitOfWork, user_ids: Iterable[UUID]) -> dict[UUID, Signed]:
    """What each of some persons signed last of each document."""
    last = (
        sa.select(agreement_signature)
        .ext(distinct_on(agreement_signature.c.user_id, agreement_signature.c.agreement))
        .where(agreement_signature.c.user_id.in_(list(user_ids)))
        .order_by(
            agreement_signature.c.user_id, agreement_signature.c.agreement, agreement_signature.c.signed_at.desc()
        )
    )
    found: dict[UUID, dict[Name, Signature]] = {user_id: {} for user_id in user_ids}
    for row in await work.execute(last):
        if row.agreement in DOCUMENTS:
            found[row.user_id][row.agreement] = _signature(row)
    return {**found}


async def signatures_of(work: UnitOfWork, user_id: UUID) -> list[Signature]:
    """All a person ever signed, the newest first."""
    mine = agreement_signature.c.user_id == user_id
    newest = agreement_signature.c.signed_at.desc(), agreement_signature.c.signature_id.desc()
    rows = await work.execute(sa.select(agreement_signature).where(mine).order_by(*newest))
    return [_signature(row) for row in rows]


async def signed_text(work: UnitOfWork, user_id: UUID, signature_id: UUID) -> tuple[Signature, dict[str, Any]] | None:
    """One acceptance of a person, and the content of the text that was accepted."""
    row = (
        await work.execute(
            sa.select(agreement_signature, agreement_text.c.content)
            .join(agreement_text, agreement_text.c.digest == agreement_signature.c.digest)
            .where(agreement_signature.c.signature_id == signature_id, agreement_signature.c.user_id == user_id)
        )
    ).first()
    return None if row is None else (_signature(row), row.content)


def _signature(row: Any) -> Signature:
    means: Means = row.means
    return Signature(
        signature_id=row.signature_id,
        document=row.agreement,
        version=row.version,
        digest=bytes(row.digest),
        signer=row.signer,
        means=means,
        signed_at=row.signed_at,
        valid_until=row.valid_until,
    )


async def role_of(work: UnitOfWork, user_id: UUID) -> str:
    """The role of a person."""
    found = await work.execute(sa.select(membership.c.role).where(membership.c.user_id == user_id))
    role: str = found.scalar_one()
    return role


async def put_dates(work: UnitOfWork, user_id: UUID, until: Mapping[Gate, datetime]) -> bool:
    """Write until when a person may pass each gate. Whether anything changed."""
    differs = sa.or_(*(UNTIL[gate] != moment for gate, moment in until.items()))
    changed = await work.execute(
        sa.update(user_account)
        .where(user_account.c.user_id == user_id, differs)
        .values({UNTIL[gate].name: moment for gate, moment in until.items()})
    )
    return changed.rowcount == 1


async def unsettled(work: UnitOfWork, texts: Texts, *, at_most: int) -> list[UUID]:
    """Persons who may pass a gate without having signed what is asked today, or may not although they have."""
    now = work.now
    wrong = [(UNTIL[gate] > now) != sa.and_(*_all_signed(gate, texts, now)) for gate in UNTIL]
    rows = await work.execute(
        sa.select(user_account.c.user_id)
        .join(membership, membership.c.user_id == user_account.c.user_id)
        .where(user_account.c.kind == "person", user_account.c.state != "removed", sa.or_(*wrong))
        .order_by(user_account.c.user_id)
        .limit(at_most)
    )
    return list(rows.scalars())


def _all_signed(gate: Gate, texts: Texts, now: datetime) -> Sequence[sa.ColumnElement[bool]]:
    return [
        sa.or_(
            sa.false() if each.roles is None else membership.c.role.not_in(sorted(each.roles)),
            sa.exists().where(
                agreement_signature.c.user_id == user_account.c.user_id,
                agreement_signature.c.agreement == each.name,
                agreement_signature.c.digest == texts[each.name].digest,
                agreement_signature.c.valid_until > now,
            ),
        )
        for each in DOCUMENTS.values()
        if each.gate == gate
    ]
