"""The table of all pods of a portal: who runs, how often, with how much, and what of the secrets it may see.

Everything else in the manifests follows from these rows, from the settings and from the catalogs of the code.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from libs.common.security.keys import GROUPS
from libs.common.settings import SERVICES, Role

GATEWAY_NAME = "gateway"

STREAMS = ("notifier",)
"""Services with a stream application."""
DOCUMENTS = ("auth", "claims", "remittance", "appeals")
"""Services that keep documents: they hold their document keys and reach the store."""
UPLOADS = ("auth", "claims", "appeals", "eligibility")
"""Services that take files from outside: their applications reach the scanner, if the site has one."""
BENEFICIARY = ("claims", "eligibility")
"""Services that make the token of a beneficiary out of an MBI."""
IDENTITY = ("auth",)
"""Services that compare what people say to register, and do not keep it."""
PEPPER = ("auth",)
"""Services that hash passwords."""

STATE = "/var/lib/portico"
_KEYS = "secrets/keys"


@dataclass(frozen=True, slots=True)
class Mount:
    """A Secret as a directory below the state directory; `items` renames its keys to files."""

    secret: str
    path: str
    items: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Disk:
    """A volume that outlives its pods, below the state directory."""

    claim: str
    path: str
    access: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Pod:
    """One row: `service` in `role`. Memory in MiB is asked for and is the limit; processor time is asked for only."""

    service: str
    role: Role
    replicas: int
    memory: int
    cpu: str
    disks: tuple[Disk, ...] = ()

    @property
    def name(self) -> str:
        """The name of its Deployment and Service, by which `Settings.service_host` finds it."""
        return f"{self.service}-{self.role}"


_MEMORY = {"api": 384, "worker": 384, "relay": 256, "stream": 320}
_CPU = {"api": "250m", "worker": "250m", "relay": "50m", "stream": "100m"}

# Where a row differs from the rule. Claims reads whole files in processes of their own, appeals judges documents so.
_MEMORY_OF = {"claims-api": 512, "claims-worker": 1536, "appeals-api": 1536}
_CPU_OF = {"claims-worker": "1"}
# One engine watches the portal, with its journal; the figures of the stream are whole only in one place.
_ALONE = ("notifier-worker", "notifier-stream")
_DISKS = {
    "notifier-worker": (Disk("notifier-journal", "journal", "ReadWriteOnce"),),
    "auth-worker": (Disk("enrollment-feeds", "feeds", "ReadWriteMany", read_only=True),),
}
_MOUNTS_OF = {
    "auth-api": Mount("token-signing", f"{_KEYS}/token-signing"),
    "auth-worker": Mount("partner-enrollment-feeds", f"{_KEYS}/partners"),
}
# Relays, streams and migrations open nothing that is sealed.
_OPEN_SEALS = ("api", "worker")


def pods() -> tuple[Pod, ...]:
    """Every pod that runs for good, the gateway left out."""
    return tuple(_pod(service, role) for service in SERVICES for role in _roles(service))


def _roles(service: str) -> Iterator[Role]:
    yield from ("api", "worker", "relay")
    if service in STREAMS:
        yield "stream"


def _pod(service: str, role: Role) -> Pod:
    name = f"{service}-{role}"
    return Pod(
        service,
        role,
        replicas=1 if name in _ALONE else 2,
        memory=_MEMORY_OF.get(name, _MEMORY[role]),
        cpu=_CPU_OF.get(name, _CPU[role]),
        disks=_DISKS.get(name, ()),
    )


def migration(service: str) -> Pod:
    """The pod that brings the database of `service` to the release's tables, and ends."""
    return Pod(service, "migrate", replicas=1, memory=256, cpu="100m")


def keeps_documents(pod: Pod) -> bool:
    """Whether `pod` reads and writes documents."""
    return pod.service in DOCUMENTS and pod.role in _OPEN_SEALS


def takes_files(pod: Pod) -> bool:
    """Whether `pod` takes files from outside, and has them scanned."""
    return pod.service in UPLOADS and pod.role == "api"


def secrets(pod: Pod) -> Iterator[Mount]:
    """The Secrets `pod` sees: the password of its one database role, and the keys its work needs."""
    database_role = {"api": "web", "migrate": "owner"}.get(pod.role, "work")
    user = f"{pod.service}_{database_role}"
    yield Mount(f"database-{pod.service}-{database_role}", "secrets/database", (("password", user),))
    if pod.role in _OPEN_SEALS:
        yield from _keys_of_service(pod.service)
    if pod.role == "api":
        yield Mount("token-public", f"{_KEYS}/token-public")
    if pod.role == "worker":
        yield Mount(f"key-audit-{pod.service}", f"{_KEYS}/audit/{pod.service}")
    if pod.name in _MOUNTS_OF:
        yield _MOUNTS_OF[pod.name]


def _keys_of_service(service: str) -> Iterator[Mount]:
    for group, readers in GROUPS.items():
        if service in readers:
            yield Mount(f"key-seal-{group}", f"{_KEYS}/seal/{group}")
    if service in DOCUMENTS:
        yield Mount(f"key-documents-{service}", f"{_KEYS}/documents/{service}")
    if service in BENEFICIARY:
        yield Mount("key-beneficiary", f"{_KEYS}/beneficiary")
    if service in IDENTITY:
        yield Mount("key-identity", f"{_KEYS}/identity")
    if service in PEPPER:
        yield Mount("key-pepper", f"{_KEYS}/pepper")
