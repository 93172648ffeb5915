"""The settings of appeals alone."""

from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class AppealsSettings(BaseSettings):
    """Each can be set by a variable, `PORTICO_APPEALS_` and its name."""

    model_config = SettingsConfigDict(env_prefix="PORTICO_APPEALS_", frozen=True, extra="ignore")

    upload_limit_bytes: int = Field(default=20_000_000, ge=1)
    """The largest document that is taken in one piece."""


@cache
def appeals_settings() -> AppealsSettings:
    """Read the settings once."""
    return AppealsSettings()
