"""The audit trail for an investigator: verify it, keep its heads elsewhere, prove one record.

python -m tools.audit verify claims
python -m tools.audit heads claims > somewhere-else
python -m tools.audit prove claims 0193… proof.json
python -m tools.audit key claims > claims.pem
python -m tools.audit check proof.json claims.pem
"""

import asyncio
import json
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from libs.common.audit.verifier import NotProvableError, Proof, Result, check_proof, prove, reading, verify_trail
from libs.common.clock import SystemClock
from libs.common.persistence.tables import AUDIT_KEPT_YEARS, audit_tree_head
from libs.common.security.keys import KeyRing
from libs.common.settings import SERVICES, Settings


def _known(service: str) -> str:
    if service not in SERVICES:
        raise typer.BadParameter(f"there is no service {service}; there are: {', '.join(SERVICES)}")
    return service


_Service = Annotated[str, typer.Argument(callback=_known, help="The service whose trail is meant.")]

application = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console(soft_wrap=True, highlight=False)


@application.command("verify")
def verify_service(
    service: _Service,
    kept_heads: Annotated[
        Path | None, typer.Option(help="A file of signed tree heads kept elsewhere, one on each line.")
    ] = None,
) -> None:
    """Recompute the chain and all tree heads of a service; name the first bad row. Exit status 1 if there is one."""
    settings = Settings()
    kept = tuple(kept_heads.read_text(encoding="ascii").split()) if kept_heads else ()
    result = asyncio.run(_verify(settings, service, kept))
    console.print(f"{service}: {result.rows} rows, {result.heads} signed tree heads, {result.unsealed} not yet sealed")
    if result.dropped:
        console.print(f"Dropped after {AUDIT_KEPT_YEARS} years, their seals stand: {', '.join(result.dropped)}")
    if result.fault is None:
        console.print("[green]The trail is whole.[/green]")
        return
    where = f"row {result.fault.sequence}" if result.fault.sequence else "the trail"
    named = f" (record {result.fault.audit_id})" if result.fault.audit_id else ""
    console.print(f"[red]Fault at {where}{named}: {result.fault.sentence}.[/red]")
    raise typer.Exit(1)


async def _verify(settings: Settings, service: str, kept: tuple[str, ...]) -> Result:
    keys = KeyRing.load(settings, service).audit_public_keys()
    async with reading(settings.database(service, "work")) as connection:
        return await verify_trail(connection, service, keys, now=SystemClock().now(), kept_heads=kept)


@application.command("heads")
def print_heads(service: _Service) -> None:
    """Print the signed tree heads of a service, one on each line, to be kept by somebody else."""
    for signature in asyncio.run(_heads(Settings(), service)):
        console.out(signature)


async def _heads(settings: Settings, service: str) -> list[str]:
    async with reading(settings.database(service, "work")) as connection:
        found = await connection.execute(sa.select(audit_tree_head.c.signature).order_by(audit_tree_head.c.size))
        return list(found.scalars())


@application.command("prove")
def prove_record(service: _Service, audit_id: UUID, file: Path) -> None:
    """Write the proof that one record stands in the trail into a new file (docs/runbooks/audit-proof.md)."""
    try:
        proof = asyncio.run(_prove(Settings(), service, audit_id))
        with file.open("x", encoding="utf-8") as written:
            written.write(json.dumps(asdict(proof), indent=2, ensure_ascii=False) + "\n")
    except NotProvableError as error:
        console.print(f"[red]No proof: {error}.[/red]")
        raise typer.Exit(1) from None
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be written as a new file: {error.strerror}") from None
    console.print(f"Record {proof.leaf_index + 1} of {proof.tree_size}, proved in {file}.")


async def _prove(settings: Settings, service: str, audit_id: UUID) -> Proof:
    keys = KeyRing.load(settings, service).audit_public_keys()
    async with reading(settings.database(service, "work")) as connection:
        return await prove(connection, audit_id, keys)


@application.command("key")
def print_key(
    service: _Service,
    version: Annotated[str, typer.Argument(help="As the tree head names it (kid); else the newest.")] = "",
) -> None:
    """Print the public key of a service's tree heads (PEM): for whoever checks a proof."""
    keys = KeyRing.load(Settings(), service).audit_public_keys()
    wanted = version or max(keys, key=int, default="")
    if wanted not in keys:
        raise typer.BadParameter(f"{service} has no key {wanted}; it has: {', '.join(sorted(keys)) or 'none'}")
    console.out(keys[wanted].decode().strip())


@application.command("check")
def check_record(file: Path, key: Annotated[Path, typer.Argument(help="The public key of the service, PEM.")]) -> None:
    """Check a proof with the service's public key alone; nothing else is asked. Exit status 1 if it fails."""
    try:
        proof = TypeAdapter(Proof).validate_json(file.read_bytes())
        head = check_proof(proof, defaultdict(key.read_bytes))
    except OSError as error:
        raise typer.BadParameter(f"{error.filename} cannot be read: {error.strerror}") from None
    except (NotProvableError, ValidationError) as error:
        reason = error if isinstance(error, NotProvableError) else "the file is not written as a proof is"
        console.print(f"[red]Not proved: {reason}.[/red]")
        raise typer.Exit(1) from None
    console.print(
        f"[green]Proved: record {proof.leaf_index + 1} of {head.size} of {head.service}, signed {head.at}.[/green]"
    )
    console.out(proof.record)


if __name__ == "__main__":
    application()
