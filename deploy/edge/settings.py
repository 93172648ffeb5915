"""What the gateway allows: every limit in one place."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.settings import Settings

KIBIBYTE = 1024


class Limits(BaseSettings):
    """The limits of a gateway in a cluster. Each can be set by a variable, `PORTICO_EDGE_` and its name.

    Limits of sign-in, codes and resets are not here: only auth knows which account is meant.
    """

    model_config = SettingsConfigDict(env_prefix="PORTICO_EDGE_", frozen=True, extra="ignore")

    requests_per_second: int = Field(default=20, ge=1)
    """For one client address, in the long run."""
    requests_burst: int = Field(default=40, ge=1)
    """For one client address, at once."""
    client_addresses: int = Field(default=10_000, ge=1)
    """How many addresses are counted apart; the one heard of longest ago makes room."""
    connections: int = Field(default=20_000, ge=1)
    """Open connections of all clients together."""
    body_bytes: int = Field(default=64 * KIBIBYTE, ge=KIBIBYTE)
    """The largest body of a request that is no upload."""
    header_kibibytes: int = Field(default=32, ge=8)
    request_seconds: int = Field(default=30, ge=1)
    upload_seconds: int = Field(default=300, ge=1)
    live_seconds: int = Field(default=130, ge=1)
    """Server-sent events: the 120 seconds of the internal token and a margin."""
    authorize_seconds: int = Field(default=5, ge=1)
    """How long auth may take to decide before the gateway takes it for dead."""
    strict_transport_seconds: int = Field(default=2 * 365 * 24 * 3600, ge=0)

    @model_validator(mode="after")
    def _burst_holds_a_second(self) -> Self:
        if self.requests_burst < self.requests_per_second:
            raise ValueError("requests_burst must not be smaller than requests_per_second")
        return self


class LocalLimits(Limits):
    """The limits outside a cluster, where one client is a whole demonstration, a test run or a bench."""

    requests_per_second: int = Field(default=2_000, ge=1)
    requests_burst: int = Field(default=4_000, ge=1)
    connections: int = Field(default=2_000, ge=1)


def limits_of(settings: Settings) -> Limits:
    """Read the limits for the profile of `settings`. Raises `pydantic.ValidationError`, which names the wrong one."""
    return Limits() if settings.profile == "cluster" else LocalLimits()
