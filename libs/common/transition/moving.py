"""Takes what moves out of a service's database, and into that of the next contractor, and compares what arrived."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, REGCLASS

from libs.common.ids import made_at
from libs.common.persistence.tables import due_work, outbox, parked
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.transition.archive import ArchiveError, Document, Numbers, Part, Reader, Seals, Writer
from libs.common.transition.exports import OF_EVERY_SERVICE, Export, Moving

_BATCH = 1_000
_MAX_DOCUMENT = 1 << 30
_TO_COME = 3


def parts_of(moving: Moving) -> tuple[Export, ...]:
    """All that moves of a service, in the order it goes in."""
    return (*moving.exports, *OF_EVERY_SERVICE)


async def still_to_do(work: UnitOfWork) -> str:
    """What must be done before a service is exported; nothing when it may be."""
    for table, words in ((outbox, "events wait to be sent"), (parked, "events wait for a decision or for others")):
        if (await work.execute(sa.select(sa.literal(1)).select_from(table).limit(1))).first():
            return words
    return ""


async def occupied(work: UnitOfWork, moving: Moving) -> list[str]:
    """The tables into which something would be imported and which hold rows already."""
    found = []
    for each in parts_of(moving):
        rows = sa.select(sa.literal(1)).select_from(each.table).limit(1)
        if each.always is not None:
            rows = rows.where(~each.always)
        if (await work.execute(rows)).first():
            found.append(each.table.name)
    return found


async def take_out(work: UnitOfWork, runtime: Runtime, moving: Moving, writer: Writer) -> None:
    """Write all that moves of a service into the archive. Raises `SealBrokenError` or `KeyNotHeldError`."""
    documents: set[str] = set()
    for export in parts_of(moving):
        name = f"rows/{runtime.service}/{export.table.name}.jsonl"
        lines, content, first = writer.lines(name), writer.seals.digest(), ""
        async for row in _rows(work, export):
            first = min(filter(None, (first, _month(export, row))), default="")
            opened = _opened(runtime, export, row)
            content.update(_told(writer.seals, export, row, opened))
            place = f"{runtime.service}|{export.table.name}|{lines.count + 1}"
            lines.add({
                column.name: writer.seals.seal_text(opened[column.name], f"{place}|{column.name}")
                if column.name in opened
                else _plain(row[column.name])
                for column in export.columns
            })  # fmt: skip
            documents |= {row[each] for each in export.documents if row[each]}
        digest = lines.close()
        writer.manifest.parts.append(
            Part(runtime.service, export.table.name, name, lines.count, digest, content.hexdigest(), first)
        )
    for reference in sorted(documents):
        pieces = [piece async for piece in runtime.documents.read(reference)]
        name = f"documents/{runtime.service}/{reference}"
        digest = writer.file(name, writer.seals.seal(b"".join(pieces), name))
        writer.manifest.documents.append(Document(runtime.service, reference, name, digest))
    for each in moving.sequences:
        given = await work.execute(sa.select(sa.func.nextval(sa.cast(each, REGCLASS))))
        writer.manifest.numbers.append(Numbers(runtime.service, each, int(given.scalar_one())))


async def take_in(work: UnitOfWork, runtime: Runtime, moving: Moving, reader: Reader) -> int:
    """Write all that the archive has of a service into its empty database; how many rows.

    Raises `ArchiveError` when something is missing, does not fit the tables, or did not arrive as it was sent.
    """
    if reader.seals is None:
        raise ArchiveError("the receiver's key is missing")
    told = {each.table: each for each in reader.manifest.parts if each.service == runtime.service}
    exports = {each.table.name: each for each in parts_of(moving)}
    if told.keys() != exports.keys():
        raise ArchiveError(f"{runtime.service}: the archive has other tables: {sorted(told.keys() ^ exports.keys())}")
    await _make_months(work, min((each.earliest for each in told.values() if each.earliest), default=""))
    for name, export in exports.items():
        await _fill(work, runtime, export, reader, told[name])
    for name, export in exports.items():
        await _compare(work, runtime, export, reader.seals, told[name])
    for document in reader.manifest.documents:
        if document.service == runtime.service:
            await _keep(runtime, document, reader.seals.open(reader.content(document), document.file))
    for number in reader.manifest.numbers:
        if number.service == runtime.service and number.name in moving.sequences and number.last:
            given = sa.func.nextval(sa.cast(number.name, REGCLASS))
            series = sa.func.generate_series(1, number.last).table_valued("number")
            await work.execute(sa.select(sa.func.max(given)).select_from(series))
    # What would wait until its day is done now: above all, auth tells everybody who may do what.
    await work.execute(sa.update(due_work).where(due_work.c.subject == "all").values(due_at=work.now))
    return sum(each.rows for each in told.values())


async def _fill(work: UnitOfWork, runtime: Runtime, export: Export, reader: Reader, part: Part) -> None:
    seals, rows = reader.seals, list[dict[str, Any]]()
    assert seals is not None  # noqa: S101 - `take_in` has asked
    for number, line in enumerate(reader.lines(part), start=1):
        if not isinstance(line, dict) or line.keys() != {each.name for each in export.columns}:
            raise ArchiveError(f"{part.file}: line {number} has other columns than the table")
        place = f"{runtime.service}|{part.table}|{number}"
        opened = {
            name: seals.open_text(line[name], f"{place}|{name}") for name in export.sealed if line[name] is not None
        }
        try:
            row = {each.name: None if each.name in opened else _typed(each, line[each.name]) for each in export.columns}
        except (TypeError, ValueError) as error:
            raise ArchiveError(f"{part.file}: line {number} has a value of another type") from error
        for name, content in opened.items():
            row[name] = export.sealed[name].seal(runtime, row, content)
        for name, token in export.tokens.items():
            row[name] = token(runtime, opened)
        rows.append(row)
        if len(rows) == _BATCH:
            work.insert(export.table, rows)
            await work.flush()
            rows = []
    work.insert(export.table, rows)
    await work.flush()


async def _compare(work: UnitOfWork, runtime: Runtime, export: Export, seals: Seals, part: Part) -> None:
    content, count = seals.digest(), 0
    async for row in _rows(work, export):
        content.update(_told(seals, export, row, _opened(runtime, export, row)))
        count += 1
    if (count, content.hexdigest()) != (part.rows, part.content):
        raise ArchiveError(f"{part.table} of {runtime.service} did not arrive as it was sent ({count} rows)")


async def _keep(runtime: Runtime, document: Document, content: bytes) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield content

    await runtime.documents.put(pieces(), limit=_MAX_DOCUMENT, reference=UUID(hex=document.reference))


async def _make_months(work: UnitOfWork, earliest: str) -> None:
    """Make the months that old rows stand in."""
    if earliest:
        last = work.now.date().replace(day=1)
        await work.execute(sa.select(sa.func.keep_partitions(date.fromisoformat(earliest), last)))


async def _rows(work: UnitOfWork, export: Export) -> AsyncIterator[Mapping[str, Any]]:
    """The rows that move, in their order, some at a time."""
    columns = dict.fromkeys((*export.columns, *export.by))
    statement = sa.select(*columns).order_by(*export.by).limit(_BATCH)
    if export.where is not None:
        statement = statement.where(export.where)
    after: sa.ColumnElement[bool] = sa.true()
    while found := (await work.execute(statement.where(after))).mappings().all():
        for row in found:
            yield dict(row)
        last = (sa.literal(found[-1][each.name], each.type) for each in export.by)
        after = sa.tuple_(*export.by) > sa.tuple_(*last)


def _opened(runtime: Runtime, export: Export, row: Mapping[str, Any]) -> dict[str, bytes]:
    return {name: how.open(runtime, row, row[name]) for name, how in export.sealed.items() if row[name] is not None}


def _told(seals: Seals, export: Export, row: Mapping[str, Any], opened: Mapping[str, bytes]) -> bytes:
    """What a row holds, the same before and after: of what is sealed its digest; no tokens, nothing made afresh."""
    told = {
        each.name: seals.digest_of(opened[each.name]) if each.name in opened else _plain(row[each.name])
        for each in export.columns
        if each.name not in export.tokens
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _month(export: Export, row: Mapping[str, Any]) -> str:
    """The first day of the month that a row of a table in months stands in; nothing for other tables."""
    by = export.table.dialect_options["postgresql"]["partition_by"]
    if not by:
        return ""
    key = row[by.removeprefix("RANGE (").removesuffix(")")]
    moment: datetime = made_at(key) if isinstance(key, UUID) else key
    return moment.date().replace(day=1).isoformat()


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, bytes):
        return urlsafe_b64encode(value).decode()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def _typed(column: sa.Column[Any], value: Any) -> Any:
    """The inverse of `_plain`. Raises `TypeError` or `ValueError`."""
    if value is None or isinstance(column.type, ARRAY | sa.JSON):
        return value
    kind = column.type.python_type
    if kind is bytes:
        return urlsafe_b64decode(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    if kind is UUID:
        return UUID(value)
    if not isinstance(value, kind):
        raise TypeError
    return value
