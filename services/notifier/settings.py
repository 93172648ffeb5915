"""How the notifier watches, every interval of the interruption engine in one place; and how mail to users leaves."""

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator
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


class UserMailSettings(BaseSettings):
    """The mail server for messages to users, apart from the one that takes contractor alerts.

    Each can be set by a variable, `PORTICO_USER_MAIL_` and its name. The password of `user` is a secret file beside the
    authority that signed the server's certificate: `services/notifier/delivery/partner.py`. Raises
    `pydantic.ValidationError`, which names what is wrong.
    """

    model_config = SettingsConfigDict(env_prefix="PORTICO_USER_MAIL_", frozen=True, extra="ignore")

    server: str = Field(default="", pattern=r"^([^:]+:[0-9]+)?$")
    """Such as mail.example:587. Empty: the simulated mailbox on this machine."""
    starttls: Literal["required", "off"] = "required"
    """There is no "if offered": whoever stands between could take the offer away."""
    user: str = ""
    """As whom we sign in. Empty: we do not."""
    sender: str = ""
    """The address that messages come from and that bounces return to. Empty: the help desk's."""

    @model_validator(mode="after")
    def _password_over_tls_only(self) -> Self:
        if self.user and self.starttls == "off":
            raise ValueError(
                "PORTICO_USER_MAIL_USER needs PORTICO_USER_MAIL_STARTTLS=required: a password goes over TLS only"
            )
        return self


def user_mail_settings(settings: Settings) -> UserMailSettings:
    """Read how mail to users leaves. Raises `ValueError`, which names the variable that is missing or wrong."""
    found = UserMailSettings()
    if settings.profile == "cluster" and not found.server:
        raise ValueError("PORTICO_USER_MAIL_SERVER must name the mail server for users, such as mail.example:587")
    return found
