"""What the source of Medicare numbers is asked, and what it answers: JSON over HTTPS.

    POST /look-ups   `LookUp`; answered by `Found`

HETS finds nobody without a Medicare number, so there is a source of its own for those who have none at hand. It tells
how many it found, and the person only where that is one: what nobody may see does not travel.
"""

from datetime import date
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, SecretStr, field_serializer, model_validator


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LookUp(_Part):
    """Whose number is asked for, under which contract, for which NPI. `ssn` has nine digits.

    The answer names `look_up_id` again.
    """

    look_up_id: UUID
    contract_id: str
    npi: str
    first_name: str
    last_name: str
    birth_date: date
    ssn: SecretStr

    @field_serializer("ssn", when_used="json")
    def _as_sent(self, ssn: SecretStr) -> str:
        return ssn.get_secret_value()


class Person(_Part):
    """A beneficiary as Medicare knows them. `died_on` only of who died."""

    mbi: str
    first_name: str
    last_name: str
    birth_date: date
    died_on: date | None = None


class Found(_Part):
    """How many beneficiaries have all of what was asked with; `person` exactly where it is one."""

    look_up_id: UUID
    matches: Literal["none", "one", "several"]
    person: Person | None = None

    @model_validator(mode="after")
    def _one_is_told(self) -> Self:
        if (self.matches == "one") != (self.person is not None):
            raise ValueError("a person is told exactly when there is one")
        return self
