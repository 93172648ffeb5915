"""What the item history of the DME shared systems is asked, and what it answers: JSON over HTTPS.

    POST /items          `ItemsAsked`; answered by `ItemsFound`: what Medicare paid for of certain HCPCS codes
    POST /certificates   `CertificatesAsked`; answered by `CertificatesFound`: CMNs and DIFs on file

The asker's trace comes back with the answer. Everything about a patient travels in bodies, never in an address.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

MOST_ROWS = 5_000
"""So many items or certificates one answer may have."""

Code = Annotated[str, Field(pattern=r"^[A-Z][0-9]{4}$")]
"""A HCPCS code of level II."""
Modifiers = Annotated[tuple[Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")], ...], Field(max_length=4)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Asked(_Part):
    """Who asks about whom. At least one of first name and birth date must be those of the Medicare number."""

    trace: str
    contract_id: str
    npi: str
    mbi: str
    last_name: str
    first_name: str = ""
    birth_date: date | None = None


class ItemsAsked(Asked):
    """Which items: those of `procedures`. `ordered` is the code that is to be issued now, one of them."""

    ordered: Code
    procedures: Annotated[tuple[Code, ...], Field(min_length=1)]


class CertificatesAsked(Asked):
    """Which certificates: those for `procedure`, or all of the patient when it is empty."""

    procedure: Annotated[str, Field(pattern=r"^([A-Z][0-9]{4})?$")] = ""


Outcome = Literal["found", "patient-unknown", "patient-differs", "procedure-unknown"]
"""Whether the question could be answered: the Medicare number or HCPCS code may be unknown, or name or birth date other
than those of the Medicare number."""

Differs = Literal["last_name", "first_name", "birth_date"]


class Supplier(_Part):
    """Who issued an item or sent in a certificate."""

    name: str
    npi: str = ""
    phone: str = ""
    address: str = ""


class Item(_Part):
    """An item that Medicare paid for. `procedure` with the official short words, as the item history has them.

    `first_day` is when it was delivered, `last_day` the last day of service that was billed. For a rental
    `months` are those paid, `cap` how many can be: 13 of capped rental (42 CFR 414.229(f)), 36 of oxygen equipment
    (42 CFR 414.226(a)(1)), none of what is serviced frequently (42 CFR 414.222).
    """

    procedure: Code
    words: str = ""
    modifiers: Modifiers = ()
    kind: Literal["purchase", "rental"]
    first_day: date
    last_day: date
    months: int = Field(default=0, ge=0)
    cap: int | None = Field(default=None, ge=1)
    supplier: Supplier


class Certificate(_Part):
    """A CMN or DIF. `recertified_on` is the date of the latest recertification or revision, `change` which of them.

    `length_of_need` in months; 99 is for life. `last_billed` is the last day for which the item was billed, and
    `rental_payments` how many were made in all.
    """

    form: str
    procedure: Code
    words: str = ""
    modifiers: Modifiers = ()
    initial_date: date
    recertified_on: date | None = None
    change: Literal["", "recertification", "revision"] = ""
    status: str
    status_date: date
    length_of_need: int = Field(ge=1, le=99)
    last_billed: date | None = None
    rental_payments: int = Field(default=0, ge=0)
    supplier: Supplier


class Found(_Part):
    """What an answer says besides its rows: to which question and patient it belongs, and whether it found them.

    `differs` names what is not as the item history has it; what it has, it does not say.
    """

    trace: str
    mbi: str
    outcome: Outcome
    differs: tuple[Differs, ...] = ()
    answered_at: AwareDatetime


class ItemsFound(Found):
    """The items, in any order."""

    items: Annotated[tuple[Item, ...], Field(max_length=MOST_ROWS)] = ()


class CertificatesFound(Found):
    """The certificates, in any order."""

    certificates: Annotated[tuple[Certificate, ...], Field(max_length=MOST_ROWS)] = ()
