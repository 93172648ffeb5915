"""The table of processes of a local portal: what runs, after what, and how one knows that it serves."""

import importlib.util
import sys
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import replace

from deploy.local.contract import contract_of
from deploy.local.errors import PlatformError
from deploy.local.kafka import NAME as KAFKA_NAME
from deploy.local.kafka import Kafka
from deploy.local.postgresql import NAME as POSTGRESQL_NAME
from deploy.local.postgresql import Postgresql
from deploy.local.probes import http, tcp
from deploy.local.supervisor import Process
from libs.common.settings import (
    GATEWAY,
    GATEWAY_HEALTH,
    HETS,
    HETS_WINDOW,
    ITEM_HISTORY,
    ITEM_HISTORY_WINDOW,
    MAILBOX_HTTP,
    MAILBOX_SMTP,
    MBI_LOOK_UP,
    MBI_LOOK_UP_WINDOW,
    PHONE_MESSAGES,
    PHONE_MESSAGES_WINDOW,
    PROOFING,
    PROOFING_WINDOW,
    QIC,
    QIC_WINDOW,
    SERVICES,
    SHARED_SYSTEM,
    Role,
    Settings,
)

_SPLIT: tuple[Role, ...] = ("api", "worker", "relay")
# The one stream application; its process stands beside the service's `all`, never inside it.
_STREAMS = ("notifier",)


def processes(settings: Settings, *, split: Collection[str] = (), fsync: bool = True) -> list[Process]:
    """Return every process of the portal, those of a broker or a database elsewhere left out.

    The services of `split` run as `<service>-api`, `<service>-worker`, `<service>-relay` instead of as one process.
    A partner of DME contracts alone runs under those. Raises `PlatformError` when `split` names no service, or the
    contract cannot be served.
    """
    if unknown := sorted(set(split) - set(SERVICES)):
        raise PlatformError(f"There is no service {', '.join(unknown)}; there are: {', '.join(SERVICES)}.")
    kafka, postgresql = Kafka(settings), Postgresql(settings, fsync=fsync)
    partners = {each.name for each in contract_of(settings).partners}
    table = [
        *(() if kafka.external else (kafka.process(),)),
        *(() if postgresql.external else (postgresql.process(),)),
        _module("keys", "libs.common.security.key_files"),
        _module("topics", "libs.common.messaging.topics", after=(KAFKA_NAME,)),
        _module("migrate", "services", "migrate", after=(POSTGRESQL_NAME,)),
        _module("enrollment_feeds", "simulators.enrollment_feeds", after=("keys",)),
        _module(
            "cms_mailbox",
            "simulators.cms_mailbox",
            ready=tcp(settings.port(MAILBOX_SMTP)),
            ports=(settings.port(MAILBOX_SMTP), settings.port(MAILBOX_HTTP)),
        ),
        _module(
            "gateway",
            "deploy.edge",
            after=("keys",),
            ready=http(settings.port(GATEWAY_HEALTH), "/readyz"),
            ports=(settings.port(GATEWAY), settings.port(GATEWAY_HEALTH)),
        ),
        *(
            _service(settings, service, role)
            for service in SERVICES
            for role in (*(_SPLIT if service in split else ("all",)), *(("stream",) if service in _STREAMS else ()))
        ),
        _module(
            "hets",
            "simulators.hets",
            after=("keys",),
            ready=tcp(settings.port(HETS)),
            ports=(settings.port(HETS), settings.port(HETS_WINDOW)),
        ),
        *([_item_history(settings)] if "item_history" in partners else []),
        _module(
            "mbi_look_up",
            "simulators.mbi_look_up",
            after=("keys",),
            ready=tcp(settings.port(MBI_LOOK_UP)),
            ports=(settings.port(MBI_LOOK_UP), settings.port(MBI_LOOK_UP_WINDOW)),
        ),
        _module(
            "phone_messages",
            "simulators.phone_messages",
            after=("keys",),
            ready=tcp(settings.port(PHONE_MESSAGES)),
            ports=(settings.port(PHONE_MESSAGES), settings.port(PHONE_MESSAGES_WINDOW)),
        ),
        _module(
            "proofing",
            "simulators.proofing",
            after=("keys",),
            ready=tcp(settings.port(PROOFING)),
            ports=(settings.port(PROOFING), settings.port(PROOFING_WINDOW)),
        ),
        _module(
            "qic",
            "simulators.qic",
            after=("keys",),
            ready=tcp(settings.port(QIC)),
            ports=(settings.port(QIC), settings.port(QIC_WINDOW)),
        ),
        _module(
            "shared_system",
            "simulators.shared_system",
            after=("topics", "keys"),
            ready=tcp(settings.port(SHARED_SYSTEM)),
            ports=(settings.port(SHARED_SYSTEM),),
        ),
    ]
    there = {process.name for process in table}
    return [_only_after(process, there) for process in table]


def _item_history(settings: Settings) -> Process:
    return _module(
        "item_history",
        "simulators.item_history",
        after=("keys",),
        ready=tcp(settings.port(ITEM_HISTORY)),
        ports=(settings.port(ITEM_HISTORY), settings.port(ITEM_HISTORY_WINDOW)),
    )


def chosen(table: Sequence[Process], names: Iterable[str]) -> list[Process]:
    """Return the processes of `names` and everything they start after, in the order of `table`.

    A service that runs in separate roles may be named as a whole.

    Raises `PlatformError` for a name that is not in the table.
    """
    by_name = {process.name: process for process in table}
    wanted: set[str] = set()
    open_names = list(names)
    while open_names:
        name = open_names.pop()
        roles = [one for one in by_name if one.startswith(f"{name}-")]
        if name not in by_name and roles:
            open_names.extend(roles)
            continue
        if name not in by_name:
            raise PlatformError(f"There is no process '{name}'; there are: {', '.join(by_name)}.")
        if name not in wanted:
            wanted.add(name)
            open_names.extend(by_name[name].after)
    return [process for process in table if process.name in wanted]


def roles(settings: Settings, name: str) -> frozenset[str]:
    """Return the names under which `name`, a process or a service, may run: also in separate roles.

    Raises `PlatformError` when there is neither.
    """
    whole = [process.name for process in processes(settings)]
    known = {*whole, *(process.name for process in processes(settings, split=SERVICES))}
    if found := frozenset(one for one in known if one == name or one.startswith(f"{name}-")):
        return found
    raise PlatformError(f"There is no process '{name}'; there are: {', '.join(whole)}.")


def _service(settings: Settings, service: str, role: str) -> Process:
    port = settings.service_port(service, role)
    return _module(
        service if role == "all" else f"{service}-{role}",
        f"services.{service}",
        role,
        # Auth looks for the partners' files when it starts; the first of them make the accounts of the demonstration.
        after=("keys", "topics", "migrate", *(("enrollment_feeds",) if service == "auth" else ())),
        ready=http(port, "/readyz"),
        ports=(port,),
    )


def _module(
    name: str,
    module: str,
    *arguments: str,
    after: tuple[str, ...] = (),
    ready: Callable[[], Awaitable[bool]] | None = None,
    ports: tuple[int, ...] = (),
) -> Process:
    return Process(
        name=name,
        command=lambda: [sys.executable, "-m", module, *arguments],
        after=after,
        ready=ready,
        ports=ports,
        missing=lambda: None if _exists(module) else f"the module {module} does not exist.",
    )


def _exists(module: str) -> bool:
    """Whether `python -m module` would find something to run, without running any of it but parent packages."""
    try:
        found = importlib.util.find_spec(module)
        if found is not None and found.submodule_search_locations is not None:
            found = importlib.util.find_spec(f"{module}.__main__")
    except ModuleNotFoundError:
        return False
    return found is not None


def _only_after(process: Process, there: set[str]) -> Process:
    """Drop a broker or a database that runs elsewhere from what `process` waits for."""
    return replace(process, after=tuple(name for name in process.after if name in there))
