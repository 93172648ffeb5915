"""What auth allows: every limit and time in one place (reference: security, section 3.2)."""

from datetime import timedelta
from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.security.passwords import ITERATIONS
from libs.common.security.permissions import STAFF


class AuthSettings(BaseSettings):
    """The values of the access rules. Each can be set by a variable, `PORTICO_AUTH_` and its name."""

    model_config = SettingsConfigDict(env_prefix="PORTICO_AUTH_", frozen=True, extra="ignore")

    generation: int = Field(default=1, ge=1)
    """Raised by one after the database was restored from a backup, so that restored records win everywhere."""

    password_iterations: int = Field(default=ITERATIONS, ge=1000)
    """Of PBKDF2. Raise it as machines grow faster: hashes are renewed as their owners sign in. Less is for tests."""

    password_hashes_waiting: int = Field(default=32, ge=0)
    """How many sign-ins may wait for the hash of their password to be computed; whoever comes then is to try again."""

    lockout_failures: int = Field(default=5, ge=1)
    lockout_window_minutes: int = Field(default=120, ge=1)
    lockout_minutes: int = Field(default=60, ge=1)
    disable_after_failures: int = Field(default=100, ge=1)

    account_attempts: int = Field(default=5, ge=1)
    """Sign-in attempts for one account from one address within `attempts_seconds`."""
    address_attempts: int = Field(default=20, ge=1)
    """Sign-in attempts from one address within `attempts_seconds`."""
    attempts_seconds: int = Field(default=60, ge=1)
    code_page_minutes: int = Field(default=10, ge=1)
    """How long after the password the code may come."""

    session_idle_minutes: int = Field(default=30, ge=3)
    staff_session_idle_minutes: int = Field(default=15, ge=3)
    """Of the contractor's own staff, who see the data of every provider."""
    session_hours: int = Field(default=12, ge=1)
    last_seen_seconds: int = Field(default=15, ge=1)
    """Use of a session is written down at most this often: a session may end this much early, never late."""
    access_token_minutes: int = Field(default=10, ge=1)
    assertion_minutes: int = Field(default=5, ge=1)
    """The longest life of a client's assertion."""

    rules_days: int = Field(default=365, ge=1, le=366)
    """How long the Rules of Behavior count once they were accepted."""
    rules_early_days: int = Field(default=45, ge=0)
    """How many days before they run out they can be accepted again."""
    certification_days: int = Field(default=365, ge=1)
    recertification_window_days: int = Field(default=60, ge=1)
    """How many days before it lapses a certification is due."""
    dual_role_below: int = Field(default=25, ge=0)
    """Organizations of fewer people than this may let an administrator work with patient data too; 0: none may."""
    temporary_grant_days: int = Field(default=60, ge=1)
    """For how many days access can be given that has a last day."""
    request_days: int = Field(default=60, ge=1)
    """How long a request for access waits before it lapses."""
    reminder_hours: int = Field(default=24, ge=1)
    """How often whoever asked may have the approvers told again: once in this time."""
    not_signed_in_days: int = Field(default=20, ge=1)
    """Who did not sign in for so long is named to the administrators."""
    feed_poll_seconds: int = Field(default=10, ge=1)
    sweep_minutes: int = Field(default=5, ge=1)
    republish_hours: int = Field(default=24, ge=1)
    kept_days: int = Field(default=2, ge=1)
    """How long ended sessions and spent counters stay before they are deleted. The audit trail stays."""

    @property
    def recertification_window(self) -> timedelta:
        """How long before it lapses a certification is due."""
        return timedelta(days=self.recertification_window_days)

    def session_idle(self, role: str) -> timedelta:
        """How long a session of somebody of this role lives without use."""
        return timedelta(minutes=self.staff_session_idle_minutes if role in STAFF else self.session_idle_minutes)


@cache
def auth_settings() -> AuthSettings:
    """The settings of this process, read once."""
    return AuthSettings()
