"""The settings of claims alone."""

from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_MEBIBYTE = 1024 * 1024


class ClaimsSettings(BaseSettings):
    """Each can be set by a variable, `PORTICO_CLAIMS_` and its name."""

    model_config = SettingsConfigDict(env_prefix="PORTICO_CLAIMS_", frozen=True, extra="ignore")

    upload_limit_bytes: int = Field(default=20 * _MEBIBYTE, ge=1)
    """The largest claim file that is taken in one piece."""


@cache
def claims_settings() -> ClaimsSettings:
    """Read the settings once."""
    return ClaimsSettings()
