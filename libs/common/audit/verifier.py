"""Looks at a service's audit trail as an investigator does: nothing is believed, everything is computed again."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from libs.common.audit.chain import BEGINNING, canonical, link
from libs.common.audit.heads import HeadForgedError, TreeHead, verify
from libs.common.audit.merkle import GrowingTree, includes, inclusion_path, leaf_hash
from libs.common.ids import made_at
from libs.common.persistence.partitions import kept_since
from libs.common.persistence.tables import AUDIT_KEPT_YEARS, audit, audit_seal, audit_tree_head, audit_unsealed

_FETCH = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong. `sequence` is 0 and `audit_id` None where it is not about one row."""

    sentence: str
    sequence: int = 0
    audit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What was looked at, and the first fault if there is one. `unsealed` rows are younger than the last seal.

    `dropped` months are gone whole and had been kept long enough: of their rows the seals are left, which still hold
    the chain together and lead to the signed heads.
    """

    rows: int
    heads: int
    unsealed: int
    fault: Fault | None
    dropped: tuple[str, ...] = ()


PROOF_FORMAT = "portico-inclusion-proof-1"


@dataclass(frozen=True, slots=True)
class Proof:
    """That one record stands in the trail, as a file that tools of others verify (`docs/runbooks/audit-proof.md`).

    `record` is the canonical text of the audit row, `previous` the chain's hash before it; SHA-256 of both is the leaf.
    `leaf_hash`, `path` and `root` are those of RFC 6962, section 2.1, in hexadecimal; `leaf_index` counts from 0.
    `tree_head` is the signed tree head of `tree_size` records, a JWS (ES256).
    """

    format: str
    service: str
    record: str
    previous: str
    leaf_hash: str
    leaf_index: int
    tree_size: int
    path: tuple[str, ...]
    root: str
    tree_head: str


class NotProvableError(Exception):
    """No signed tree head covers this row (yet), or it is not there."""


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection that sees one moment of the database and changes nothing."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection, connection.begin():
            await connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            yield connection
    finally:
        await engine.dispose()


async def verify_trail(
    connection: AsyncConnection,
    service: str,
    public_keys: Mapping[str, bytes],
    *,
    now: datetime,
    kept_heads: tuple[str, ...] = (),
) -> Result:
    """Recompute the chain and every tree head of `service`.

    A month that is old enough `now` may be missing as a whole, but no single row.
    `kept_heads` are signed heads that were kept elsewhere: they show also when rows, seals and heads were cut off
    together at the end.
    """
    heads, fault = await _heads(connection, service, public_keys, kept_heads)
    rows, months = 0, _Months(kept_since(AUDIT_KEPT_YEARS, now))
    if fault is None:
        rows, fault = await _chain(connection, heads, months)
    count = sa.select(sa.func.count()).select_from(audit_unsealed)
    unsealed = int((await connection.execute(count)).scalar_one())
    return Result(rows, len(heads), unsealed, fault or await _stray(connection), tuple(sorted(months.dropped)))


async def _heads(
    connection: AsyncConnection, service: str, public_keys: Mapping[str, bytes], kept: tuple[str, ...]
) -> tuple[list[TreeHead], Fault | None]:
    heads: list[TreeHead] = []
    for row in await connection.execute(sa.select(audit_tree_head).order_by(audit_tree_head.c.size)):
        try:
            head = verify(row.signature, public_keys)
        except HeadForgedError:
            return heads, Fault(f"the tree head of {row.size} rows is not signed by {service}")
        if (head.service, head.size, head.root, head.at) != (service, row.size, row.root, row.at):
            return heads, Fault(f"the tree head of {row.size} rows says something else than was signed")
        heads.append(head)
    for signature in kept:
        try:
            heads.append(verify(signature, public_keys))
        except HeadForgedError:
            return heads, Fault(f"a tree head kept elsewhere is not signed by {service}")
    return sorted(heads, key=lambda head: head.size), None


class _Months:
    """Which months of the trail are there, and which were dropped whole: only such as had been kept long enough."""

    def __init__(self, since: date) -> None:
        self._since = since
        self._there: set[str] = set()
        self.dropped: set[str] = set()

    def allow(self, audit_id: UUID, *, there: bool) -> bool:
        """Whether a row may be there, or missing, as it is."""
        made = made_at(audit_id).date()
        of_month, others = (self._there, self.dropped) if there else (self.dropped, self._there)
        of_month.add(f"{made:%Y-%m}")
        return f"{made:%Y-%m}" not in others and (there or made < self._since)


async def _chain(connection: AsyncConnection, heads: list[TreeHead], months: _Months) -> tuple[int, Fault | None]:
    joined = (
        sa.select(audit_seal, *(column.label(f"row_{column.name}") for column in audit.columns))
        .select_from(audit_seal.outerjoin(audit, audit.c.audit_id == audit_seal.c.audit_id))
        .order_by(audit_seal.c.seq)
        .execution_options(yield_per=_FETCH)
    )
    tree, previous, waiting, proved = GrowingTree(), BEGINNING, list(heads), 0
    async with connection.stream(joined) as seals:
        async for seal in seals.mappings():
            fault = _row_fault(seal, tree.size + 1, previous, months)
            if fault is not None:
                return tree.size, fault
            previous = seal["hash"]
            tree.add(previous)
            while waiting and waiting[0].size == tree.size:
                if waiting[0].root != tree.root():
                    return tree.size, Fault(
                        f"a row from {proved + 1} to {tree.size} was changed and the chain written again: "
                        f"the signed tree head of {tree.size} rows has another root",
                        proved + 1,
                    )
                proved = waiting.pop(0).size
    if waiting:
        return tree.size, Fault(
            f"rows {tree.size + 1} to {waiting[0].size} are gone: a signed tree head covers them", tree.size + 1
        )
    return tree.size, None


def _row_fault(seal: Mapping[Any, Any], sequence: int, previous: bytes, months: _Months) -> Fault | None:
    audit_id = seal["audit_id"]
    if seal["seq"] != sequence:
        return Fault(f"seal {sequence} is missing: a row was deleted with its seal", sequence)
    there = seal["row_audit_id"] is not None
    if not months.allow(audit_id, there=there):
        return Fault("rows of its month were deleted" if there else "the row was deleted", sequence, audit_id)
    if seal["previous"] != previous:
        return Fault("the row does not follow the one before it: rows were reordered or inserted", sequence, audit_id)
    if not there:
        return None
    row = {column.name: seal[f"row_{column.name}"] for column in audit.columns}
    if seal["hash"] != link(previous, canonical(row)):
        return Fault("the row was edited", sequence, audit_id)
    return None


async def _stray(connection: AsyncConnection) -> Fault | None:
    """A row that neither is sealed nor waits for it came in past the trigger."""
    stray = (
        sa.select(audit.c.audit_id)
        .where(~sa.exists().where(audit_seal.c.audit_id == audit.c.audit_id))
        .where(~sa.exists().where(audit_unsealed.c.audit_id == audit.c.audit_id))
        .order_by(audit.c.audit_id)
        .limit(1)
    )
    found = (await connection.execute(stray)).scalar_one_or_none()
    return None if found is None else Fault("the row was inserted past the trail", 0, found)


async def prove(connection: AsyncConnection, audit_id: UUID, public_keys: Mapping[str, bytes]) -> Proof:
    """The proof that the record `audit_id` stands in the trail. Raises `NotProvableError`."""
    seal = (await connection.execute(sa.select(audit_seal).where(audit_seal.c.audit_id == audit_id))).first()
    row = (await connection.execute(sa.select(audit).where(audit.c.audit_id == audit_id))).mappings().first()
    if seal is None or row is None:
        raise NotProvableError("there is no such sealed row")
    covering = (
        sa.select(audit_tree_head).where(audit_tree_head.c.size >= seal.seq).order_by(audit_tree_head.c.size).limit(1)
    )
    head = (await connection.execute(covering)).first()
    if head is None:
        raise NotProvableError("no signed tree head covers this row yet: one is made each hour")
    hashes = sa.select(audit_seal.c.hash).where(audit_seal.c.seq <= head.size).order_by(audit_seal.c.seq)
    leaves = (await connection.execute(hashes)).scalars().all()
    proof = proof_of(canonical(dict(row)), seal.previous, seal.seq - 1, leaves, head.signature, public_keys)
    check_proof(proof, public_keys)
    return proof


def proof_of(
    record: bytes,
    previous: bytes,
    index: int,
    leaves: Sequence[bytes],
    tree_head: str,
    public_keys: Mapping[str, bytes],
) -> Proof:
    """The proof that `record` is leaf `index` of `leaves`, which `tree_head` covers. Raises `NotProvableError`."""
    head = _verified(tree_head, public_keys)
    return Proof(
        format=PROOF_FORMAT,
        service=head.service,
        record=record.decode(),
        previous=previous.hex(),
        leaf_hash=leaf_hash(link(previous, record)).hex(),
        leaf_index=index,
        tree_size=head.size,
        path=tuple(node.hex() for node in inclusion_path(index, leaves)),
        root=head.root.hex(),
        tree_head=tree_head,
    )


def check_proof(proof: Proof, public_keys: Mapping[str, bytes]) -> TreeHead:
    """The head that covers the record. Raises `NotProvableError` when the proof does not stand."""
    head = _verified(proof.tree_head, public_keys)
    said = (PROOF_FORMAT, head.service, head.size, head.root.hex())
    if (proof.format, proof.service, proof.tree_size, proof.root) != said:
        raise NotProvableError("the proof says something else than the tree head that was signed")
    try:
        leaf = link(bytes.fromhex(proof.previous), proof.record.encode())
        path = [bytes.fromhex(node) for node in proof.path]
    except ValueError as error:
        raise NotProvableError("a hash in the proof is not written in hexadecimal") from error
    if leaf_hash(leaf).hex() != proof.leaf_hash:
        raise NotProvableError("the record was changed, or is another's")
    if not includes(leaf, proof.leaf_index, head.size, path, head.root):
        raise NotProvableError("the path does not lead to the signed root")
    return head


def _verified(tree_head: str, public_keys: Mapping[str, bytes]) -> TreeHead:
    try:
        return verify(tree_head, public_keys)
    except HeadForgedError as error:
        raise NotProvableError("the tree head is not signed by the service's key") from error
