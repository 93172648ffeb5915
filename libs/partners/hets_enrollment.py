"""What CMS is told of HETS EDI enrollments, and which it lists: JSON over HTTPS.

    PUT /enrollments/<request>      `Change`; answered by `Link`, the enrollment as CMS has it now
    GET /enrollments?submitter=...  `Links`: every enrollment with that submitter that has not ended
    GET /submitters/<id>            `Submitter`: who asks HETS under this ID; 404 when nobody does

A HETS EDI enrollment links an NPI to the submitter that asks HETS for it. The sender names the request, so whatever is
sent again is taken once. CMS takes them from the contractors (MACs), in whose portals providers enroll.
"""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Npi = Annotated[str, Field(pattern=r"^[12][0-9]{9}$")]
SubmitterId = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,15}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Link(_Part):
    """An NPI and the submitter that may ask for it, from the first day to the last; `ends` None: no last day.

    `attested_until` is the day by which the provider attests it for another year.
    """

    submitter: SubmitterId
    npi: Npi
    effective: date
    ends: date | None = None
    attested_until: date


class Change(_Part):
    """What a provider asks for. `contract_id` is the contractor that took it, `ptan` the provider's number there.

    `offshore`: patient data leave the United States. `attested_until` as of `Link`.
    """

    contract_id: str
    submitter: SubmitterId
    npi: Npi
    ptan: str
    effective: date
    ends: date | None
    attested_until: date
    offshore: bool


class Submitter(_Part):
    """Who asks HETS under an ID: a contractor, or a vendor of providers (clearinghouse, billing software)."""

    submitter: SubmitterId
    name: str


class Links(_Part):
    """The list of one submitter."""

    links: tuple[Link, ...]
