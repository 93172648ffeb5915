"""What auth allows: every limit and time in one place (reference: security, section 3.2)."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.security.decision import ADMINISTRATORS
from libs.common.security.passwords import ITERATIONS
from libs.common.security.permissions import STAFF
from libs.common.settings import PHONE_MESSAGES, PROOFING, Settings


class AuthSettings(BaseSettings):
    """The values of the access rules. Each can be set by a variable, `PORTICO_AUTH_` and its name."""

    model_config = SettingsConfigDict(env_prefix="PORTICO_AUTH_", frozen=True, extra="ignore")

    generation: int = Field(default=1, ge=1)
    """Raised by one after the database was restored from a backup, so that restored records win everywhere."""

    password_iterations: int = Field(default=ITERATIONS, ge=1000)
    """Of PBKDF2. Raise it as machines grow faster: hashes are renewed as their owners sign in. Less is for tests."""

    password_hashes_waiting: int = Field(default=32, ge=0)
    """How many sign-ins may wait for the hash of their password to be computed; whoever comes then is to try again."""

    password_least_length: int = Field(default=15, ge=8)
    password_most_length: int = Field(default=128, ge=64, le=128)
    password_least_score: int = Field(default=3, ge=0, le=4)
    """How hard to guess a new password must be, by zxcvbn: 3 withstands whoever steals the hashes for some time."""
    password_changed_share: float = Field(default=0.75, ge=0, le=1)
    """Which part of a password must be new when its owner changes it (ARS IA-5(1))."""
    password_breach_file: Path | None = None
    """Digests of stolen passwords, sorted, to be renewed each year (ARS IA-5(1)). None: the lists of zxcvbn alone."""
    reset_link_minutes: int = Field(default=30, ge=1)
    """How long the mailed link to a new password works."""
    reset_links: int = Field(default=3, ge=1)
    """So many are mailed to one person within the time that one works."""
    disown_hours: int = Field(default=240, ge=1)
    """How long the link works by which a person says that a sign-in was not theirs."""

    totp_devices: int = Field(default=2, ge=1)
    recovery_codes: int = Field(default=10, ge=1)
    code_minutes: int = Field(default=10, ge=1, le=10)
    """How long a code works that was texted, spoken or mailed (NIST SP 800-63B-4: 10 minutes at most)."""
    code_tries: int = Field(default=3, ge=1)
    codes_in_ten_minutes: int = Field(default=3, ge=1)
    codes_in_a_day: int = Field(default=20, ge=1)
    """How many codes are sent to one person."""
    code_again_seconds: int = Field(default=60, ge=0)
    """After this one may ask for another code."""
    email_codes: bool = False
    """Whether codes go by mail too, which NIST forbids: the contractor has accepted the risk in writing. Never to
    administrators and staff, and never for a step-up."""
    mfa_window: Literal["handbook", "strict", "off"] = "handbook"
    """Whether a browser that showed a code is asked for none for some hours: also after signing out (`handbook`, as
    section 6.1 of the portal handbook recommends), only after a time-out (`strict`, NIST SP 800-63B-4 2.2.3), never."""
    mfa_window_hours: int = Field(default=12, ge=1, le=12)
    device_days: int = Field(default=365, ge=1)
    """How long a browser that signed in counts as known."""
    phone_messages_address: str = ""
    """Who texts and speaks codes, over HTTPS. Empty: the simulator on this machine."""
    phone_messages_seconds: float = Field(default=5.0, gt=0)

    email_code_minutes: int = Field(default=30, ge=1, le=24 * 60)
    """How long the code counts that is mailed to a new address of a person (NIST SP 800-63A: at most 24 hours)."""
    factor_loss_wait_hours: int = Field(default=24, ge=1)
    """How long the factors of a person who lost all of them count on, once somebody made sure who they are."""
    factor_losses_a_day: int = Field(default=3, ge=1)
    """How often a person may say so in a day: each time somebody else is to look."""
    factor_loss_days: int = Field(default=7, ge=1)
    """How long such a request waits for a decision, and then for a new factor."""

    lockout_failures: int = Field(default=5, ge=1)
    lockout_window_minutes: int = Field(default=120, ge=1)
    lockout_minutes: int = Field(default=60, ge=1)
    lockout_until_reset: bool = True
    """Whether a new password is asked for after that too. False: the account opens by itself (ARS AC-7)."""
    disable_after_failures: int = Field(default=100, ge=1)

    account_attempts: int = Field(default=5, ge=1)
    """Sign-in attempts for one account from one address within `attempts_seconds`."""
    address_attempts: int = Field(default=20, ge=1)
    """Sign-in attempts from one address within `attempts_seconds`."""
    attempts_seconds: int = Field(default=60, ge=1)
    code_page_minutes: int = Field(default=10, ge=1)
    """How long after the password the code may come."""

    session_idle_minutes: int = Field(default=30, ge=3)
    privileged_session_idle_minutes: int = Field(default=15, ge=3)
    """Of portal administrators, and of the contractor's own staff, who see the data of every provider."""
    passkeys: int = Field(default=10, ge=1)
    """How many passkeys a person may have."""
    passkey_minutes: int = Field(default=5, ge=1, le=10)
    """How long an authenticator may take to answer."""
    active_sessions: int = Field(default=1, ge=1, le=3)
    """How many sessions a person may have at once: a sign-in takes over from the oldest one too many (ARS AC-10)."""
    session_hours: int = Field(default=12, ge=1)
    last_seen_seconds: int = Field(default=15, ge=1)
    """Use of a session is written down at most this often: a session may end this much early, never late."""
    access_token_minutes: int = Field(default=10, ge=1)
    assertion_minutes: int = Field(default=5, ge=1)
    """The longest life of a client's assertion."""

    minimum_age: int = Field(default=18, ge=0)
    """How old a person is at least who registers."""
    registration_days: int = Field(default=14, ge=1)
    """How long a registration may be left and continued; then all of it is deleted."""
    registration_starts_per_hour: int = Field(default=20, ge=1)
    """Registrations begun or resumed, and codes asked for, from one address."""
    registration_mails_in_10_minutes: int = Field(default=3, ge=1)
    registration_mails_a_day: int = Field(default=20, ge=1)
    registration_code_minutes: int = Field(default=30, ge=1, le=24 * 60)
    """How long a mailed code counts (NIST SP 800-63A: at most 24 hours by mail)."""
    registration_code_tries: int = Field(default=3, ge=1)
    registration_login_tries: int = Field(default=10, ge=1)
    """How many user IDs that are taken somebody may ask for."""
    proofings_a_day: int = Field(default=10, ge=1)
    """Questions to the proofing partner about one registration."""
    proofing_address: str = ""
    """Where the proofing partner answers, such as `https://proofing.example`; empty: the simulator."""
    proofing_seconds: float = Field(default=20.0, gt=0)

    organization_requests_a_day: int = Field(default=5, ge=1)
    """Requests for an organization by one person, refused ones included."""
    organization_requests_for_npi_a_day: int = Field(default=20, ge=1)
    """Requests for the organization of one NPI by everybody, refused ones included."""
    payment_days: int = Field(default=90, ge=1)
    """How old a payment may be by which an organization is known."""
    organization_request_days: int = Field(default=30, ge=1)
    """After so many days a request that nobody decided lapses."""
    organization_reminder_days: int = Field(default=7, ge=1)
    """How often whoever decides is told again of a request that waits."""

    rules_days: int = Field(default=365, ge=1, le=366)
    """How long a document counts once it was signed: Rules of Behavior, training, agreements, licenses."""
    rules_early_days: int = Field(default=45, ge=0)
    """How many days before it runs out it can be signed again."""
    training_pass_percent: int = Field(default=80, ge=1, le=100)
    """How many of the questions of the security training must be answered rightly."""
    certification_days: int = Field(default=365, ge=1)
    privileged_certification_days: int = Field(default=90, ge=1)
    """How long the account of an administrator, or of the contractor's staff, counts as certified (ARS AC-6(7))."""
    recertification_window_days: int = Field(default=45, ge=1)
    """How many days before it lapses a certification is due."""
    recertification_reminders: tuple[int, ...] = (45, 30, 14, 7, 1)
    """How many days before that whoever decides is reminded by mail."""
    revoke_after_days: int = Field(default=45, ge=1)
    """How many days after it lapsed what nobody certified is taken away."""
    hasty_seconds: float = Field(default=2.0, ge=0)
    """Decisions that took less than this each are marked: nobody can have looked."""
    inactive_days: int = Field(default=60, ge=1)
    """After how many days without a sign-in an account is disabled (ARS AC-2(3))."""
    privileged_inactive_days: int = Field(default=30, ge=1)
    """The same of administrators and of the contractor's staff."""
    inactive_notice_days: tuple[int, ...] = (45, 55)
    """On which of these days its owner is told before; of a privileged account as many days before its end."""
    inactive_grace_days: int = Field(default=90, ge=0)
    """How long after that its owner can enable it by signing in with password and second factor."""
    dual_role_below: int = Field(default=25, ge=0)
    """Organizations of fewer people than this may let an administrator work with patient data too; 0: none may."""
    temporary_grant_days: int = Field(default=60, ge=1)
    """For how many days access can be given that has a last day."""
    letter_limit_bytes: int = Field(default=10 * 1024 * 1024, ge=1)
    """How large a scanned letter of authorization may be."""
    request_days: int = Field(default=60, ge=1)
    """How long a request for access waits before it lapses."""
    reminder_hours: int = Field(default=24, ge=1)
    """How often whoever asked may have the approvers told again: once in this time."""
    not_signed_in_days: int = Field(default=20, ge=1)
    """Who did not sign in for so long is named to the administrators."""
    elevation_hours: int = Field(default=8, ge=1, le=24)
    """The longest time for which staff hold a privileged role (ARS AC-2(2): emergency accounts end within 24 hours)."""
    elevation_waits_hours: int = Field(default=24, ge=1)
    """How long a request for such a role waits for another person's approval."""
    staff_request_days: int = Field(default=7, ge=1)
    """How long what a security officer asks for about the staff waits for another one's approval."""
    staff_link_hours: int = Field(default=24, ge=1, le=24)
    """How long the link works by which a new member of the staff chooses a password (NIST SP 800-63A: a day)."""
    feed_poll_seconds: int = Field(default=10, ge=1)
    feed_late_hours: int = Field(default=36, ge=1)
    """How long after its last file a partner is late."""
    feed_least_percent: int = Field(default=90, ge=1, le=100)
    """A full file with fewer rows than this share of what is known is held for a person."""
    key_overlap_hours: int = Field(default=24, ge=1)
    """How long the key of a program counts after it was replaced."""
    revalidation_notice_days: int = Field(default=90, ge=0)
    """How many days before a revalidation is due people read of it."""
    view_as_minutes: int = Field(default=30, ge=1)
    """How long staff may look at the portal as a user."""
    sweep_minutes: int = Field(default=5, ge=1)
    republish_hours: int = Field(default=24, ge=1)
    kept_days: int = Field(default=2, ge=1)
    """How long ended sessions and spent counters stay before they are deleted. The audit trail stays."""

    @property
    def recertification_window(self) -> timedelta:
        """How long before it lapses a certification is due: from the first hour of a day; it lapses with a last one."""
        return timedelta(days=self.recertification_window_days + 1)

    def phone_messages(self, settings: Settings) -> str:
        """Where a message to a phone is handed over."""
        return self.phone_messages_address or f"https://localhost:{settings.port(PHONE_MESSAGES)}/messages"

    def proofing(self, settings: Settings) -> str:
        """Where the partner that proofs identities answers: as set, else the simulator of this machine."""
        return self.proofing_address or f"https://localhost:{settings.port(PROOFING)}"

    def session_idle(self, role: str) -> timedelta:
        """How long a session of somebody of this role lives without use."""
        privileged = role in STAFF or role in ADMINISTRATORS
        return timedelta(minutes=self.privileged_session_idle_minutes if privileged else self.session_idle_minutes)


@cache
def auth_settings() -> AuthSettings:
    """The settings of this process, read once."""
    return AuthSettings()
