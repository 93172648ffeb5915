"""What differs from one cluster to the next: the content of `site.toml`."""

import tomllib
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from libs.common.settings import SERVICES

_NAME = r"^[a-z]([a-z0-9-]*[a-z0-9])?$"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reached(_Part):
    """Where something outside the cluster is, for the network policies."""

    addresses: tuple[IPv4Network | IPv6Network, ...] = Field(min_length=1)
    port: int = Field(ge=1, le=65535)


class Documents(Reached):
    """The store of documents."""

    url: str = Field(pattern=r"^[a-z0-9]+://")


class Scanner(Reached):
    """What scans files from outside for harmful content; `address` is the setting of the same name."""

    address: str = Field(pattern=r"^clamd://")


class Outside(Reached):
    """An outside system, and which processes talk to it."""

    name: str = Field(pattern=_NAME)
    service: str
    roles: tuple[Literal["api", "worker"], ...] = Field(min_length=1)
    credentials: bool = False
    environment: dict[str, str] = Field(default_factory=dict)

    @field_validator("service")
    @classmethod
    def _is_ours(cls, service: str) -> str:
        if service not in SERVICES:
            raise ValueError(f"there is no service {service}; there are {', '.join(SERVICES)}")
        return service


class Site(_Part):
    """One cluster. The image is named by digest: a tag may mean something else tomorrow."""

    image: str = Field(pattern=r"^[a-z0-9./:_-]+@sha256:[0-9a-f]{64}$")
    namespace: str = Field(pattern=_NAME)
    public_host: str = Field(pattern=r"^[a-z0-9.-]+$")
    kafka_namespace: str = Field(pattern=_NAME)
    kafka_cluster: str = Field(pattern=_NAME)
    postgresql_namespace: str = Field(pattern=_NAME)
    documents: Documents
    scanner: Scanner | None = None
    outside: tuple[Outside, ...]

    @property
    def release(self) -> str:
        """What tells one release from the next: the first digits of the image's digest."""
        return self.image.rpartition(":")[2][:12]


def load_site(file: Path) -> Site:
    """Read a site. Raises `OSError`, or `ValueError` (bad TOML, or pydantic's) that says what is wrong."""
    return Site.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
