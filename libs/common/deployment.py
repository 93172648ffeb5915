"""The one contract this deployment serves: who the contractor is, which functions are on, whom to alert."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from libs.common.business_days import BusinessDays
from libs.common.functions import FUNCTIONS, Function


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


class FunctionSwitch(_Part):
    """Whether the contract has a function. `approval`: the reference of CMS's approval; `period`: when it will come."""

    state: Literal["on", "planned", "off"]
    approval: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class PlannedFunction:
    """A function that will come, and when, in words (handbook 8.2: told with its implementation period)."""

    function: Function
    period: str


class HetsSubmitter(_Part):
    """Under which ID the contract asks HETS; without one, under the number of the contract."""

    submitter_id: str = ""


class EdiEnrollment(_Part):
    """Where providers find the EDI enrollment form of the contractor; without an address nothing is linked."""

    enrollment_form: str = Field(default="", pattern=r"^(https://\S+)?$")


class InformationCollection(_Part):
    """Under which number the OMB allows that personal data are asked for at registration, and where that is explained.

    Without a number nothing of it is shown.
    """

    omb_number: str = Field(default="", pattern=r"^([0-9]{4}-[0-9]{4})?$")
    expires: date | None = None
    paperwork_reduction_act: str = Field(default="", pattern=r"^(https://\S+)?$")


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


LineOfBusiness = Literal["A", "B", "DME"]
"""What a contract is for. CMS awards contracts for Part A and Part B, and others for DME."""


class Deployment(_Part):
    """The content of `contract.toml`, or of another contract's file in the same form."""

    contract_id: str
    contractor: str
    jurisdiction: str
    environment: str
    time_zone: str
    lines_of_business: tuple[LineOfBusiness, ...] = Field(min_length=1)
    receipt_cut_off: time
    payment_floor_days: int = Field(ge=0)
    closed_days: tuple[date, ...] = ()
    help_desk: HelpDesk
    contractor_alerts: ContractorAlerts
    switches: Mapping[str, FunctionSwitch] = Field(alias="functions")
    partners: tuple[Partner, ...] = ()
    hets: HetsSubmitter = HetsSubmitter()
    edi: EdiEnrollment = EdiEnrollment()
    information_collection: InformationCollection = InformationCollection()

    @field_validator("switches")
    @classmethod
    def _can_be_so(cls, switches: Mapping[str, FunctionSwitch], info: ValidationInfo) -> Mapping[str, FunctionSwitch]:
        lines = info.data.get("lines_of_business", ())  # missing where they are wrong, which is told by itself
        wrong = [f"{code}: {fault}" for code, switch in switches.items() if (fault := _fault(code, switch, lines))]
        if wrong:
            raise ValueError(" ".join(wrong))
        return switches

    @field_validator("partners")
    @classmethod
    def _stop_what_there_is(cls, partners: tuple[Partner, ...]) -> tuple[Partner, ...]:
        unknown = sorted({code for each in partners for code in each.functions} - FUNCTIONS.keys())
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: {_UNKNOWN}")
        return partners

    @model_validator(mode="after")
    def _fits_where_hets_reads_it(self) -> Self:
        if not _SUBMITTER_ID.fullmatch(self.hets_submitter):
            raise ValueError(
                "[hets] submitter_id must be the ID that HETS gave the contract: 2 to 9 capital letters and digits. "
                "Without one contract_id is used, which then must have that form."
            )
        return self

    @property
    def hets_submitter(self) -> str:
        """The ID under which HETS knows the contract: ISA06, GS02, SenderID, and after a 9 in TRN03."""
        return self.hets.submitter_id or self.contract_id

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """The functions that are on, in the order of Appendix 9.1."""
        return tuple(each for each in FUNCTIONS.values() if self._state(each.code) == "on")

    @cached_property
    def offered(self) -> frozenset[str]:
        """Their codes. Every request asks for them."""
        return frozenset(each.code for each in self.functions)

    @property
    def planned(self) -> tuple[PlannedFunction, ...]:
        """The functions that are planned, in the same order."""
        return tuple(
            PlannedFunction(each, self.switches[each.code].period)
            for each in FUNCTIONS.values()
            if self._state(each.code) == "planned"
        )

    def _state(self, code: str) -> str:
        return self.switches[code].state if code in self.switches else "off"

    @property
    def zone(self) -> ZoneInfo:
        """The contractor's time zone: deadlines and cut-offs are told in it."""
        return ZoneInfo(self.time_zone)

    @property
    def business_days(self) -> BusinessDays:
        """The days on which the contractor works."""
        return BusinessDays(self.zone, self.receipt_cut_off, frozenset(self.closed_days))


# TRN03 has ten characters, the first of which is a 9; GS02 has at least two.
_SUBMITTER_ID = re.compile("[A-Z0-9]{2,9}")
_UNKNOWN = "no function of Appendix 9.1 has this code. Use one of F-01 to F-28 (libs/common/functions.py)."


def _fault(code: str, switch: FunctionSwitch, lines: Collection[str]) -> str:
    """What is to be corrected of a switch, in one sentence; empty when nothing is."""
    function = FUNCTIONS.get(code)
    if function is None:
        return _UNKNOWN
    if lines and switch.state != "off" and not function.belongs_to(lines):
        return (
            f"{function.name} is only for contracts of the line of business {' or '.join(function.only)}; this one has"
            f' {", ".join(lines)}. Leave it out, or set state to "off".'
        )
    if switch.state == "on" and not function.built:
        return f'this release does not have {function.name}. Set state to "planned", with a period, or to "off".'
    if switch.state == "on" and not (function.minimum or switch.approval):
        return (
            f"{function.name} is not among the functions every portal must have (handbook 1.2.1), so it needs CMS's"
            ' approval. Add its reference, approval = "…", or set state to "off".'
        )
    if (switch.state == "planned") is not bool(switch.period):
        return 'period belongs to a planned function, and each needs one, such as period = "April to June 2027".'
    return ""


@cache
def load_deployment(path: Path) -> Deployment:
    """Read a contract file. Raises `pydantic.ValidationError` naming the field that is wrong."""
    return Deployment.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
