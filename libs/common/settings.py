"""Where a process finds its world: ports, state directory, broker, database, secrets.

Everything comes from the environment, so that one image serves a laptop and a cluster. Secrets are files,
never variables: a variable shows in process lists and crash reports.
"""

from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

SERVICES = ("auth", "eligibility", "claims", "remittance", "appeals", "notifier", "portal")

Role = Literal["api", "worker", "relay", "stream", "all", "migrate"]
DatabaseRole = Literal["owner", "web", "work"]

# Offsets from the port base. One base moves a whole portal, so several can run on one machine.
_ROLE_OFFSETS = {"api": 0, "all": 0, "worker": 10, "relay": 20, "stream": 30}
GATEWAY, POSTGRESQL, MAILBOX_SMTP, MAILBOX_HTTP, SHARED_SYSTEM, HETS, HETS_WINDOW = (
    43,
    54,
    60,
    61,
    62,
    63,
    65,
)
QIC, QIC_WINDOW = 66, 68
ITEM_HISTORY, ITEM_HISTORY_WINDOW = 72, 74
MBI_LOOK_UP, MBI_LOOK_UP_WINDOW = 69, 71
PROOFING, PROOFING_WINDOW = 75, 77
PHONE_MESSAGES, PHONE_MESSAGES_WINDOW = 78, 80
GATEWAY_HEALTH, KAFKA, KAFKA_CONTROLLER = 45, 92, 93


class Settings(BaseSettings):
    """The settings every Portico process shares.

    Raises `pydantic.ValidationError`, which names the variable, when a value has the wrong form.
    """

    model_config = SettingsConfigDict(env_prefix="PORTICO_", frozen=True, extra="ignore")

    profile: Literal["local", "test", "cluster"] = "local"
    port_base: int = Field(default=8400, ge=1024, le=65000)
    state_directory: Path = Path(".portico")
    contract_file: Path = Path("contract.toml")
    documents_url: str = ""  # such as s3://bucket/prefix; empty: folders of the state directory
    # What scans files from outside for harmful content: clamd://clamav.example:3310, or clamd:/path of a Unix socket.
    # Empty: nothing does.
    scanner: str = Field(default="", pattern=r"^(clamd:(//[^:/]+:[0-9]+|/[^/].*))?$")
    # Of contractor alerts, such as mail.example:25; empty: the simulated mailbox on this machine.
    smtp_server: str = Field(default="", pattern=r"^([^:]+:[0-9]+)?$")
    public_host: str = ""  # the name people know the portal by, in the gateway's certificate; empty: localhost
    kafka_bootstrap_servers: str = Field(default="", validation_alias="KAFKA_BOOTSTRAP_SERVERS")
    database_url: str = Field(default="", validation_alias="DATABASE_URL")

    def port(self, offset: int) -> int:
        """The TCP port at `offset` from the base."""
        return self.port_base + offset

    def service_port(self, service: str, role: str) -> int:
        """The port on which `service` in `role` answers: its application (`api`, `all`) or only its health."""
        return self.port_base + 1 + SERVICES.index(service) + _ROLE_OFFSETS[role]

    @cached_property
    def kafka(self) -> str:
        """Bootstrap servers, `host:port[,host:port]`."""
        return self.kafka_bootstrap_servers or f"127.0.0.1:{self.port(KAFKA)}"

    @property
    def listen_address(self) -> str:
        """Where a process answers: on one machine only to that machine, in a cluster to whom its policies let in."""
        return "0.0.0.0" if self.profile == "cluster" else "127.0.0.1"  # noqa: S104 - a pod has an address of its own

    def service_host(self, service: str, role: str) -> str:
        """The host on which others reach `service` in `role`: this machine, or a name of the cluster."""
        return f"{service}-{role}" if self.profile == "cluster" else "127.0.0.1"

    @property
    def public_address(self) -> str:
        """How people and clients reach the portal, `https://host[:port]`."""
        return f"https://{self.public_host}" if self.public_host else f"https://localhost:{self.port(GATEWAY)}"

    @property
    def gateway_host(self) -> str:
        """The host on which the inside reaches the gateway."""
        return "gateway" if self.profile == "cluster" else "localhost"

    @cached_property
    def mailbox_smtp(self) -> tuple[str, int]:
        """Host and port of the mail server that takes contractor alerts."""
        if not self.smtp_server:
            return "127.0.0.1", self.port(MAILBOX_SMTP)
        host, _, port = self.smtp_server.rpartition(":")
        return host, int(port)

    def secret(self, name: str) -> bytes:
        """The secret kept in the file `name` below the secrets directory.

        Raises `FileNotFoundError` when it was never made: a process without its secrets must not start.
        """
        return (self.state_directory / "secrets" / name).read_bytes()

    def database(self, service: str, role: DatabaseRole) -> str:
        """SQLAlchemy address of the database of `service`, as one of its three roles."""
        server = urlsplit(self.database_url or f"postgresql://127.0.0.1:{self.port(POSTGRESQL)}")
        user = f"{service}_{role}"
        password = quote(self.secret(f"database/{user}").decode().strip(), safe="")
        return f"postgresql+asyncpg://{user}:{password}@{server.hostname}:{server.port or 5432}/{service}"
