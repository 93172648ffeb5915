"""The settings of appeals alone."""

from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.settings import QIC, Settings


class AppealsSettings(BaseSettings):
    """Each can be set by a variable, `PORTICO_APPEALS_` and its name."""

    model_config = SettingsConfigDict(env_prefix="PORTICO_APPEALS_", frozen=True, extra="ignore")

    upload_limit_bytes: int = Field(default=20 * 1024 * 1024, ge=1)
    """The largest document that is taken in one piece."""
    qic_address: str = ""
    """Where the QIC takes cases over HTTPS. Empty: the simulator on this machine."""
    qic_seconds: float = Field(default=20.0, gt=0)
    """How long an answer of the QIC is waited for."""
    qic_poll_seconds: float = Field(default=5.0, gt=0)
    """How often the QIC is asked about a case that it has; a real one takes weeks and need not be asked so often."""

    def qic(self, settings: Settings) -> str:
        """Where the QIC is."""
        return self.qic_address or f"https://localhost:{settings.port(QIC)}"


@cache
def appeals_settings() -> AppealsSettings:
    """Read the settings once."""
    return AppealsSettings()
