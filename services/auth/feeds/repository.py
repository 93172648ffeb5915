"""Every query about the partners' files."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.feeds.tables import feed_file


async def known(work: UnitOfWork, digests: Sequence[bytes]) -> set[bytes]:
    """Which of these files were taken or refused before."""
    rows = await work.execute(sa.select(feed_file.c.digest).where(feed_file.c.digest.in_(list(digests))))
    return set(rows.scalars())


async def record(work: UnitOfWork, digest: bytes, name: str, outcome: str) -> bool:
    """Write down what became of a file. False when another worker was faster."""
    statement = insert(feed_file).values(digest=digest, name=name, outcome=outcome, at=work.now)
    written = await work.execute(statement.on_conflict_do_nothing().returning(feed_file.c.digest))
    return written.first() is not None
