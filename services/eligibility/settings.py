"""The settings of eligibility alone."""

from datetime import timedelta
from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.settings import HETS, ITEM_HISTORY, MBI_LOOK_UP, Settings
from libs.partners.core_connectivity.forms import Form
from services.eligibility.conduct.domain import Budget, Limits


class EligibilitySettings(BaseSettings):
    """Each can be set by a variable, `PORTICO_ELIGIBILITY_` and its name."""

    model_config = SettingsConfigDict(env_prefix="PORTICO_ELIGIBILITY_", frozen=True, extra="ignore")

    hets_address: str = ""
    """Where HETS takes CORE messages over HTTPS. Empty: the simulator on this machine."""
    hets_form: Form = "mime"
    """The form of the CORE envelope that HETS is sent; SOAP goes unsigned (decision 33)."""
    hets_seconds: float = Field(default=20.0, gt=0)
    """How long an answer is waited for, from connecting to its last byte: CAQH CORE rule 156 allows 20 s."""
    hets_connections: int = Field(default=150, ge=1)
    """How many inquiries one process has with HETS at once, each on a connection of its own."""
    hets_wait_seconds: float = Field(default=5.0, ge=0, le=60)
    """How long an inquiry waits until one of them is free; then it was not sent."""
    hets_failures: int = Field(default=5, ge=1)
    hets_rest_seconds: float = Field(default=10.0, gt=0)
    """After so many inquiries in a row without an answer a process leaves HETS alone for so long, then tries one."""
    hets_again_seconds: int = Field(default=90, ge=90)
    """The same inquiry is not sent again before this, when it had no answer: CAQH CORE rule 153 forbids it for 90 s."""
    answer_days: int = Field(default=30, ge=1)
    """How long answers are kept, as evidence of the transaction: HETS is not to be copied (CMS bulletin 2010-05-20)."""
    guesses: int = Field(default=5, ge=1)
    guess_hours: int = Field(default=24, ge=1)
    """After so many inquiries of one user about one Medicare number with details that do not match, the next ones are
    refused until the hours since the first of them are over: CMS watches the refusals of HETS and who causes them."""
    user_hourly: int = Field(default=600, ge=1)
    """Questions of a person in an hour: ten a minute is faster than anybody types, and leaves room for schedules."""
    program_hourly: int = Field(default=30_000, ge=1)
    npi_hourly: int = Field(default=30_000, ge=1)
    """Questions of a program, and for one NPI, in an hour: more than all of a large contractor's providers ask in a
    busy one (about 50,000), so whoever reaches it repeats itself."""
    strangers_daily: int = Field(default=20, ge=1)
    strangers_share: float = Field(default=0.2, ge=0, le=1)
    """A user is locked when more than so many different Medicare numbers in 24 hours did not match, and they are more
    than this share of all that was asked: whoever types from cards is refused for one in twenty."""
    errors_daily: int = Field(default=60, ge=1)
    npi_errors_daily: int = Field(default=300, ge=1)
    errors_share: float = Field(default=0.3, ge=0, le=1)
    """The AAA-error budget of 24 hours: a user over it is locked, an NPI pauses."""
    npi_pause_minutes: int = Field(default=60, ge=1)
    blocked_hours: int = Field(default=24, ge=1)
    """For so long HETS takes no question for an NPI after AAA 41."""
    tally_days: int = Field(default=31, ge=2)
    """How long it is kept how much was asked, for the administrators of an organization."""
    repeat_minutes: int = Field(default=10, ge=0)
    """The same question within so many minutes is shown the answer that is there: CMS watches repetition, and HETS
    changes overnight only."""
    in_line_at_once: int = Field(default=16, ge=1)
    """How many inquiries of the line a worker has with HETS at once: other places are for who stands at the desk."""
    in_line_per_second: float = Field(default=40.0, gt=0)
    """How many inquiries of the line a worker begins in a second, in the long run: CMS watches volumes."""
    years_back: int = Field(default=4, ge=1)
    months_ahead: int = Field(default=4, ge=1)
    """The days of service that HETS answers for."""

    hets_enrollment_address: str = ""
    """Where CMS takes and lists HETS EDI enrollments over HTTPS. Empty: the simulator on this machine."""
    links_minutes: int = Field(default=60, ge=1)
    """How often that list is taken: enrollments made in another contractor's portal, or ended by CMS, come by it."""

    @property
    def limits(self) -> Limits:
        """How HETS may be asked."""
        return Limits(
            guesses=self.guesses,
            user_hourly=self.user_hourly,
            program_hourly=self.program_hourly,
            npi_hourly=self.npi_hourly,
            strangers=Budget(self.strangers_daily, self.strangers_share),
            user_errors=Budget(self.errors_daily, self.errors_share),
            npi_errors=Budget(self.npi_errors_daily, self.errors_share),
            npi_pause=timedelta(minutes=self.npi_pause_minutes),
        )

    def enrollment_office(self, settings: Settings) -> str:
        """Where CMS takes HETS EDI enrollments."""
        return self.hets_enrollment_address or f"https://localhost:{settings.port(HETS)}/edi"

    item_history_address: str = ""
    """Where the item history of the DME shared systems answers over HTTPS. Empty: the simulator on this machine."""
    item_history_seconds: float = Field(default=20.0, gt=0)
    """How long its answer is waited for."""

    def item_history(self, settings: Settings) -> str:
        """Where the item history is."""
        return self.item_history_address or f"https://localhost:{settings.port(ITEM_HISTORY)}"

    mbi_look_up_address: str = ""
    """Where the source of Medicare numbers takes look-ups over HTTPS. Empty: the simulator on this machine."""
    mbi_look_up_seconds: float = Field(default=20.0, gt=0)
    """How long its answer is waited for."""
    look_ups_an_hour: int = Field(default=20, ge=1)
    look_ups_a_day: int = Field(default=100, ge=1)
    """How many look-ups one user may make, over all NPIs."""
    look_ups_of_npi_an_hour: int = Field(default=60, ge=1)
    look_ups_of_npi_a_day: int = Field(default=300, ge=1)
    """How many may be made for one NPI, by all its users together."""
    look_ups_in_vain: int = Field(default=10, ge=1)
    """After so many in a day that led to nobody, the look-ups of a user are locked until an administrator unlocks them:
    CMS watches who looks up without billing."""
    human_checks_failed: int = Field(default=5, ge=1)
    """So many wrong answers in an hour to the question that shows that a person asks; then none for the hour's rest."""
    human_check_minutes: int = Field(default=30, ge=1)
    """How long such a question can be answered: as long as a session without a request."""
    look_up_claim_days: int = Field(default=30, ge=1)
    """After so many days a look-up without a claim of the NPI is told as one without."""
    look_up_kept_days: int = Field(default=400, ge=31)
    """How long it is kept that somebody looked up; the audit trail keeps it longer."""
    years_after_death: int = Field(default=4, ge=0)
    """So long after the death a number is told."""

    def mbi_look_up(self, settings: Settings) -> str:
        """Where the source of Medicare numbers is."""
        return self.mbi_look_up_address or f"https://localhost:{settings.port(MBI_LOOK_UP)}/look-ups"

    def address(self, settings: Settings) -> str:
        """Where HETS is."""
        return self.hets_address or f"https://localhost:{settings.port(HETS)}/core/{self.hets_form}"


@cache
def eligibility_settings() -> EligibilitySettings:
    """Read the settings once."""
    return EligibilitySettings()
