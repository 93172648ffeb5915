"""The settings of eligibility alone."""

from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.settings import HETS, ITEM_HISTORY, Settings


class EligibilitySettings(BaseSettings):
    """Each can be set by a variable, `PORTICO_ELIGIBILITY_` and its name."""

    model_config = SettingsConfigDict(env_prefix="PORTICO_ELIGIBILITY_", frozen=True, extra="ignore")

    hets_address: str = ""
    """Where HETS takes CORE messages over HTTPS. Empty: the simulator on this machine."""
    hets_seconds: float = Field(default=20.0, gt=0)
    """How long an answer is waited for: CAQH CORE rule 156 allows 20 s in real time."""
    answer_days: int = Field(default=30, ge=1)
    """How long answers are kept, as evidence of the transaction: HETS is not to be copied (CMS bulletin 2010-05-20)."""
    guesses: int = Field(default=5, ge=1)
    guess_hours: int = Field(default=24, ge=1)
    """After so many inquiries of one user about one Medicare number with details that do not match, the next ones are
    refused until the hours since the first of them are over: CMS watches the refusals of HETS and who causes them."""
    years_back: int = Field(default=4, ge=1)
    months_ahead: int = Field(default=4, ge=1)
    """The days of service that HETS answers for."""

    item_history_address: str = ""
    """Where the item history of the DME shared systems answers over HTTPS. Empty: the simulator on this machine."""
    item_history_seconds: float = Field(default=20.0, gt=0)
    """How long its answer is waited for."""

    def item_history(self, settings: Settings) -> str:
        """Where the item history is."""
        return self.item_history_address or f"https://localhost:{settings.port(ITEM_HISTORY)}"

    def address(self, settings: Settings) -> str:
        """Where HETS is."""
        return self.hets_address or f"https://localhost:{settings.port(HETS)}/core/mime"


@cache
def eligibility_settings() -> EligibilitySettings:
    """Read the settings once."""
    return EligibilitySettings()
