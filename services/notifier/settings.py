"""How the notifier watches: every interval of the interruption engine in one place."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.settings import Settings
from services.notifier.health.domain import Rules


class WatchSettings(BaseSettings):
    """Each can be set by a variable, `PORTICO_WATCH_` and its name. All are seconds, or counts.

    Raises `pydantic.ValidationError`, which names the variable, when a value has the wrong form.
    """

    model_config = SettingsConfigDict(env_prefix="PORTICO_WATCH_", frozen=True, extra="ignore")

    interval: float = Field(default=5.0, gt=0)
    """Between two probes of a fault domain that works, at most; up to a fifth less, so that probes spread out."""
    suspect_interval: float = Field(default=1.0, gt=0)
    refused_interval: float = Field(default=0.5, gt=0)
    """Where nobody listens any more there is nothing to wait for."""
    timeout: float = Field(default=1.0, gt=0)
    partner_timeout: float = Field(default=2.0, gt=0)
    """A service that is asked about a partner asks the partner first, so its answer may take longer."""
    failures: int = Field(default=3, ge=1)
    successes: int = Field(default=3, ge=1)
    hold: float = Field(default=30.0, ge=0)
    flap_changes: int = Field(default=4, ge=2)
    flap_window: float = Field(default=600.0, gt=0)
    first_contact: float = Field(default=30.0, ge=0)

    def rules(self) -> Rules:
        """The same for the engine."""
        return Rules(
            failures=self.failures,
            successes=self.successes,
            hold=timedelta(seconds=self.hold),
            flap_changes=self.flap_changes,
            flap_window=timedelta(seconds=self.flap_window),
            first_contact=timedelta(seconds=self.first_contact),
        )


class LocalWatchSettings(WatchSettings):
    """The same outside a cluster, where a demonstration causes one outage after the other on purpose."""

    flap_window: float = Field(default=60.0, gt=0)


def watch_settings(settings: Settings) -> WatchSettings:
    """Read how to watch in the profile of `settings`. Raises `pydantic.ValidationError`, which names the wrong one."""
    return WatchSettings() if settings.profile == "cluster" else LocalWatchSettings()
