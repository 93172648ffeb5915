"""The one contract this deployment serves: who the contractor is, which functions are on, whom to alert."""

import tomllib
from datetime import date, time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from libs.common.business_days import BusinessDays


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HelpDesk(_Part):
    """Whom a user calls."""

    phone: str
    hours: str
    email: str


class ContractorAlerts(_Part):
    """Where a contractor alert goes (handbook section 8.2.1) and from whom."""

    sender: str
    recipients: tuple[str, ...] = Field(min_length=1)


class PortalFunction(_Part):
    """One function of Appendix 9.1: its code, its name there, who serves it and where."""

    code: str = Field(pattern=r"^F-\d\d$")
    name: str
    service: str
    path: str
    minimum: bool = False
    approval: str | None = None


class Partner(_Part):
    """An outside system: which service talks to it, and which functions (codes) stop when it does not answer.

    `name` is a word for programs, as the service calls its check. `title` and `description` name it to people;
    `workaround` says what they can do meanwhile.
    """

    name: str = Field(pattern=r"^[a-z][a-z_]*$")
    title: str
    description: str
    service: str
    functions: tuple[str, ...] = Field(min_length=1)
    workaround: str

    @property
    def culprit(self) -> str:
        """Who does not answer, as the subject of a sentence."""
        return f"{self.title}, {self.description},"


class Deployment(_Part):
    """The content of `contract.toml`."""

    contract_id: str
    contractor: str
    jurisdiction: str
    environment: str
    time_zone: str
    lines_of_business: tuple[str, ...]
    receipt_cut_off: time
    payment_floor_days: int = Field(ge=0)
    closed_days: tuple[date, ...] = ()
    help_desk: HelpDesk
    contractor_alerts: ContractorAlerts
    functions: tuple[PortalFunction, ...]
    partners: tuple[Partner, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The contractor's time zone: deadlines and cut-offs are told in it."""
        return ZoneInfo(self.time_zone)

    @property
    def business_days(self) -> BusinessDays:
        """The days on which the contractor works."""
        return BusinessDays(self.zone, self.receipt_cut_off, frozenset(self.closed_days))

    def function(self, code: str) -> PortalFunction:
        """The function with `code`. Raises `KeyError` when this contract does not have it."""
        for function in self.functions:
            if function.code == code:
                return function
        raise KeyError(code)


@cache
def load_deployment(path: Path) -> Deployment:
    """Read a contract file. Raises `pydantic.ValidationError` naming the field that is wrong."""
    return Deployment.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
