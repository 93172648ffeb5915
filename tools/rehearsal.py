"""Makes, on this machine, the failure that a runbook is about, so that one can follow it.

    python -m tools.rehearsal poison claims
    python -m tools.rehearsal poison claims --count 10
    python -m tools.rehearsal stuck

Sends a service events whose body is empty: none of its contracts can be read from that, so each becomes a dead letter
and holds a key of its own, which no other event has. Ten in a row open the circuit breaker. `stuck` asks claims to read
a file that was never sent, and says that this has failed since yesterday. Not in a cluster.
"""

import asyncio
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
import typer
from rich.console import Console

from libs.common.clock import SystemClock
from libs.common.contracts.base import Contract
from libs.common.contracts.envelope import Message
from libs.common.ids import Ids
from libs.common.messaging.kafka import KafkaPublisher
from libs.common.persistence.tables import due_work
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.settings import SERVICES, Settings
from tools.operating import in_transaction

application = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console(soft_wrap=True, highlight=False)


@application.callback()
def main() -> None:
    """Make the failure that a runbook is about, on this machine."""


def unreadable(contract: type[Contract], event_id: UUID, at: str) -> Message:
    """An event of the type of `contract` with an empty body, under a key of its own."""
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": str(event_id),
        "ce_source": "/rehearsal",
        "ce_type": contract.type,
        "ce_subject": str(event_id),
        "ce_time": at,
        "ce_partitionkey": str(event_id),
        "ce_correlationid": str(event_id),
        "ce_causationid": "",
        "ce_traceparent": "",
        "ce_actor": "operator:rehearsal",
    }
    return Message(contract.topic, str(event_id), headers, b"{}")


def contract_for(service: str) -> type[Contract]:
    """A contract whose events the service acts on. Raises `typer.BadParameter` when there is none."""
    # Only where it is asked for: it brings the whole service along.
    from importlib import import_module  # noqa: PLC0415

    from libs.common.process import subscriptions_of  # noqa: PLC0415

    if service not in SERVICES:
        raise typer.BadParameter(f"there is no service {service}; there are: {', '.join(SERVICES)}")
    wired = import_module(f"services.{service}.app").service
    contracts = [each.contract for each in subscriptions_of(wired) if not each.state]
    if not contracts:
        raise typer.BadParameter(f"{service} acts on no events, so none can be held there")
    return contracts[0]


@application.command()
def poison(
    service: Annotated[str, typer.Argument(help="Which service is to meet them.")],
    count: Annotated[int, typer.Option(help="How many; 10 open its circuit breaker.", min=1, max=100)] = 1,
) -> None:
    """Send a service events that nobody can read."""
    settings = _on_this_machine()
    contract, clock = contract_for(service), SystemClock()
    at = clock.now().isoformat()
    messages = [unreadable(contract, event_id, at) for event_id in Ids(clock).batch(count)]
    asyncio.run(_publish(settings, messages))
    for each in messages:
        console.print(f"sent to {contract.topic}: {each.key}")


@application.command()
def stuck() -> None:
    """Ask for a job that can only fail, and has had its time: the next failure gives it up."""
    _on_this_machine()

    async def ask(work: UnitOfWork) -> str:
        subject = str(work.runtime.ids.new())
        await work.schedule("process-submission", subject, work.now)
        row = sa.update(due_work).where(due_work.c.subject == subject)
        await work.execute(row.values(failing_since=work.now - timedelta(days=1)))
        return subject

    console.print(f"asked claims for: process-submission {in_transaction('claims', ask)}")


def _on_this_machine() -> Settings:
    settings = Settings()
    if settings.profile == "cluster":
        console.print("[red]This is a cluster: what others depend on is not rehearsed here.[/red]")
        raise typer.Exit(1)
    return settings


async def _publish(settings: Settings, messages: list[Message]) -> None:
    publisher = KafkaPublisher(settings.kafka, client="rehearsal")
    await publisher.start()
    try:
        await publisher.publish(messages)
    finally:
        await publisher.stop()


if __name__ == "__main__":
    application()
