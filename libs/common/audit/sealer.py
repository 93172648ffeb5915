"""Chains new audit rows each second and signs a tree head each hour.

Sealing is apart from the transaction that wrote a row, because a chain admits one writer and requests must not queue
for it. The trigger on `audit` notes each new row in `audit_unsealed`; the sealer takes it from there. One sealer works
per database, by advisory lock; the others only look.
"""

import asyncio
import contextlib
from datetime import datetime, timedelta

import sqlalchemy as sa

from libs.common.audit.chain import BEGINNING, canonical, link
from libs.common.audit.heads import HeadForgedError, TreeHead, sign, verify
from libs.common.audit.merkle import GrowingTree
from libs.common.ids import made_at
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.persistence.tables import audit, audit_seal, audit_tree_head, audit_unsealed
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime

_EVERY_SECONDS = 1.0
_ALARM = timedelta(seconds=10)
_BATCH = 2000
_HEAD_EVERY = timedelta(hours=1)
# The advisory lock of sealers. Locks are per database, so each service has its own; the relay's have two numbers.
_LOCK = 6962


async def seal_audit(runtime: Runtime, stop: asyncio.Event) -> None:
    """Seal until `stop` is set. A database that is away is waited for: the rows wait there too."""
    head_due = runtime.clock.now()
    while not stop.is_set():
        try:
            if await waiting(runtime):
                while await seal_batch(runtime) == _BATCH:
                    pass
            if runtime.clock.now() >= head_due:
                head_due = await sign_tree_head(runtime)
        except HeadForgedError:
            log.error("the last audit tree head is forged", code="audit-head-forged")
            head_due = runtime.clock.now() + _HEAD_EVERY
        except Exception as error:  # noqa: BLE001 - infrastructure: nothing is lost by waiting
            log.warning("audit rows wait", error_class=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _EVERY_SECONDS)


async def waiting(runtime: Runtime) -> int:
    """How many rows are not sealed yet; told to the metric, and as an alarm once the oldest has waited 10 s."""
    oldest = sa.select(audit_unsealed.c.audit_id).order_by(audit_unsealed.c.audit_id).limit(1).scalar_subquery()
    count = sa.select(sa.func.count()).select_from(audit_unsealed).scalar_subquery()
    async with runtime.database.work(runtime) as work:
        found = (await work.execute(sa.select(count.label("rows"), oldest.label("first")))).one()
    metrics.AUDIT_UNSEALED.labels(service=runtime.service).set(found.rows)
    if found.first is not None and (waited := runtime.clock.now() - made_at(found.first)) > _ALARM:
        log.error("audit rows unsealed", count=found.rows, seconds=int(waited.total_seconds()))
    return int(found.rows)


async def seal_batch(runtime: Runtime) -> int:
    """Chain the oldest unsealed rows, at most one batch. Returns how many; 0 while another process seals."""
    async with runtime.database.work(runtime) as work:
        if not await _alone(work):
            return 0
        oldest = sa.select(audit_unsealed.c.audit_id).order_by(audit_unsealed.c.audit_id).limit(_BATCH)
        taken = (
            sa.delete(audit_unsealed).where(audit_unsealed.c.audit_id.in_(oldest)).returning(audit_unsealed.c.audit_id)
        )
        ids = list((await work.execute(taken)).scalars())
        found = await work.execute(sa.select(audit).where(audit.c.audit_id.in_(ids)).order_by(audit.c.audit_id))
        last = (await work.execute(sa.select(audit_seal).order_by(audit_seal.c.seq.desc()).limit(1))).first()
        before, previous = (last.seq, last.hash) if last else (0, BEGINNING)
        seals = []
        for sequence, row in enumerate(found.mappings(), before + 1):
            sealed = link(previous, canonical(dict(row)))
            seals.append({"seq": sequence, "audit_id": row["audit_id"], "previous": previous, "hash": sealed})
            previous = sealed
        work.insert(audit_seal, seals)
    metrics.AUDIT_UNSEALED.labels(service=runtime.service).dec(len(seals))
    return len(seals)


async def sign_tree_head(runtime: Runtime) -> datetime:
    """Sign a head over all sealed rows when the last is an hour old and rows came since. Returns when to ask again.

    Raises `HeadForgedError` when the head before was not signed by us: nothing is built upon it.
    """
    async with runtime.database.work(runtime) as work:
        if not await _alone(work):
            return work.now + _HEAD_EVERY / 60
        last = (await work.execute(sa.select(audit_tree_head).order_by(audit_tree_head.c.size.desc()).limit(1))).first()
        if last is not None and work.now < last.at + _HEAD_EVERY:
            due: datetime = last.at + _HEAD_EVERY
            return due
        before = verify(last.signature, runtime.keys.audit_public_keys()) if last else None
        tree = before.tree() if before else GrowingTree()
        size = tree.size
        while (
            rows := (
                await work.execute(
                    sa.select(audit_seal.c.hash)
                    .where(audit_seal.c.seq > tree.size)
                    .order_by(audit_seal.c.seq)
                    .limit(_BATCH)
                )
            )
            .scalars()
            .all()
        ):
            for sealed in rows:
                tree.add(sealed)
        if tree.size > size:
            head = TreeHead(runtime.service, tree.size, work.now, tree.root(), tuple(tree.peaks))
            signature = sign(head, *runtime.keys.audit_signing_key())
            work.insert(
                audit_tree_head, [{"size": head.size, "at": head.at, "root": head.root, "signature": signature}]
            )
        return work.now + _HEAD_EVERY


async def _alone(work: UnitOfWork) -> bool:
    """Whether this transaction is the one sealer, until it ends."""
    return bool((await work.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK)))).scalar_one())
