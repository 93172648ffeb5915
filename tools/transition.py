"""Hands users and open work to the next contractor, or takes them in from the one before (handbook 6.10; H-020).

    python -m tools.transition key receiver.pem receiver.public.pem
    python -m tools.transition export archive.zip --receiver receiver.public.pem --signer giver.pem
    python -m tools.transition check archive.zip --signer giver.public.pem
    python -m tools.transition import archive.zip --signer giver.public.pem --receiver receiver.pem

Each side makes a pair of keys and gives its public one to the other. The archive is signed by the giver and sealed for
the receiver. `check` needs no secret. `import` takes all of it or nothing, into databases that are empty, and compares
counts and digests before it commits. The format, and how such a day goes: docs/transition.md.
"""

import asyncio
import getpass
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer
from joserfc.jwk import ECKey
from rich.console import Console

from libs.common.errors import NotYet, Poison
from libs.common.persistence.unit_of_work import Acting, UnitOfWork
from libs.common.process import build_runtime
from libs.common.runtime import Runtime
from libs.common.settings import SERVICES, Settings
from libs.common.transition.archive import ArchiveError, Manifest, Reader, Writer, key_of, make_key
from libs.common.transition.moving import occupied, still_to_do, take_in, take_out
from tools.contracts import wired

application = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console(soft_wrap=True, highlight=False)

_Archive = Annotated[Path, typer.Argument(help="The file of the archive.")]
_SignedBy = Annotated[Path, typer.Option(help="The public key of who made the archive, PEM.")]


class NotNowError(Exception):
    """The transition cannot begin; the text says what to do first."""


async def export_all(runtimes: Mapping[str, Runtime], path: Path, receiver: ECKey, signer: ECKey) -> Manifest:
    """Write the archive of all services. Raises `NotNowError`; nothing is left of an archive that was not finished."""
    first = next(iter(runtimes.values()))
    writer = Writer(
        path,
        receiver,
        contract_id=first.deployment.contract_id,
        contractor=first.deployment.contractor,
        made_at=first.clock.now().isoformat(),
    )
    try:
        for service, runtime in runtimes.items():
            await _export(service, runtime, writer)
        writer.finish(signer)
    except BaseException:
        writer.abandon()
        raise
    return writer.manifest


async def _export(service: str, runtime: Runtime, writer: Writer) -> None:
    async with runtime.database.work(runtime) as work:
        await work.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        if words := await still_to_do(work):
            raise NotNowError(f"{service}: {words}. Stop the pages, let the workers finish, then export again.")
        await take_out(work, runtime, wired(service).moving, writer)
        _as_operator(work, "export", runtime)


async def import_all(runtimes: Mapping[str, Runtime], reader: Reader) -> dict[str, int]:
    """Take the archive in, all services or none; how many rows of each. Raises `NotNowError` or `ArchiveError`."""
    reader.check()
    if unknown := {each.service for each in reader.manifest.parts} ^ runtimes.keys():
        raise ArchiveError(f"the archive has other services than this deployment: {', '.join(sorted(unknown))}")
    async with AsyncExitStack() as stack:
        works = {
            service: await stack.enter_async_context(runtime.database.work(runtime))
            for service, runtime in runtimes.items()
        }
        for service, work in works.items():
            if tables := await occupied(work, wired(service).moving):
                raise NotNowError(f"{service} is not empty: {', '.join(tables)}. Import into a new deployment.")
        rows = {}
        for service, work in works.items():
            rows[service] = await take_in(work, runtimes[service], wired(service).moving, reader)
            _as_operator(work, "import", runtimes[service])
    return rows


def _as_operator(work: UnitOfWork, action: str, runtime: Runtime) -> None:
    work.acting = Acting(actor=f"operator:{getpass.getuser()}")
    work.audit(action, "transition", runtime.deployment.contract_id)


@asynccontextmanager
async def _deployment() -> AsyncIterator[dict[str, Runtime]]:
    settings = Settings()
    runtimes = {service: build_runtime(service, "worker", settings) for service in SERVICES}
    try:
        yield runtimes
    finally:
        for runtime in runtimes.values():
            await runtime.database.close()


@application.command("key")
def make_pair(private: Path, public: Path) -> None:
    """Make a pair of keys in two new files. The private one stays; the public one is for the other side."""
    try:
        for path, content, mode in zip((private, public), make_key(), (0o400, 0o444), strict=True):
            path.touch(mode=0o600, exist_ok=False)
            path.write_bytes(content)
            path.chmod(mode)
    except OSError as error:
        raise typer.BadParameter(f"{error.filename} cannot be written as a new file: {error.strerror}") from None


@application.command("export")
def export(
    archive: _Archive,
    receiver: Annotated[Path, typer.Option(help="The public key of who takes it in, PEM.")],
    signer: Annotated[Path, typer.Option(help="Your private key, PEM.")],
) -> None:
    """Write the archive. Stop the portal's pages and workers before."""

    async def run() -> Manifest:
        async with _deployment() as runtimes:
            return await export_all(runtimes, archive, _key(receiver), _key(signer))

    try:
        manifest = asyncio.run(run())
    except FileExistsError:
        raise typer.BadParameter(f"{archive} is there already") from None
    except (NotNowError, ArchiveError, NotYet, Poison) as error:
        raise _failed(error) from None
    _tell(manifest)


@application.command("check")
def check(
    archive: _Archive,
    signer: _SignedBy,
    receiver: Annotated[Path | None, typer.Option(help="Your private key, PEM: opens the archive's key too.")] = None,
) -> None:
    """Compare signature, digests and counts of an archive. Exit status 1 if something differs."""
    try:
        reader = Reader(archive, _key(signer), _key(receiver) if receiver else None)
        reader.check()
    except ArchiveError as error:
        raise _failed(error) from None
    _tell(reader.manifest)


@application.command("import")
def import_(
    archive: _Archive,
    signer: _SignedBy,
    receiver: Annotated[Path, typer.Option(help="Your private key, PEM.")],
) -> None:
    """Take an archive in: into databases that are migrated and empty, while nothing else of the portal runs."""

    async def run() -> dict[str, int]:
        async with _deployment() as runtimes:
            return await import_all(runtimes, Reader(archive, _key(signer), _key(receiver)))

    try:
        rows = asyncio.run(run())
    except (NotNowError, ArchiveError, NotYet, Poison) as error:
        raise _failed(error) from None
    for service, count in rows.items():
        console.print(f"{service}: {count} rows, as they were sent")


def _key(path: Path) -> ECKey:
    try:
        return key_of(path.read_bytes())
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}") from None


def _failed(error: Exception) -> typer.Exit:
    console.print(f"[red]{error}[/red]")
    return typer.Exit(1)


def _tell(manifest: Manifest) -> None:
    console.print(f"{manifest.contractor}, contract {manifest.contract_id}, made {manifest.made_at}")
    for part in manifest.parts:
        console.print(f"{part.service} {part.table}: {part.rows} rows")
    console.print(f"{len(manifest.documents)} documents")


if __name__ == "__main__":
    application()
