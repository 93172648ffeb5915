"""What the shared system says about a claim, with all that stands around it in a 277.

It answers unasked, so the number of the inquiry is its own: the internal control number.
"""

from datetime import datetime

from libs.common.deployment import Deployment
from libs.x12.claim.objects import Claim, InstitutionalClaim
from libs.x12.claim_status.objects import (
    INTERNAL_CONTROL_NUMBER,
    PATIENT_CONTROL_NUMBER,
    TYPE_OF_BILL,
    Payer,
    Person,
    StatusAnswer,
    StatusDetail,
)
from libs.x12.parts import MEMBER_NUMBER, NPI, PAYER_NUMBER, Heading, Name, Period, Reference

SENDER = "SHAREDSYSTEM"
_ORGANIZATION, _PERSON = "2", "1"


class Answers:
    """Makes the answers of one file. Neighbors of one provider share its level."""

    def __init__(self, deployment: Deployment, at: datetime, control_number: int) -> None:
        self._heading = Heading(str(control_number), at, "DG")
        self._payer = Payer(
            Name("PR", _ORGANIZATION, "SHARED SYSTEM", qualifier=PAYER_NUMBER, identifier=SENDER),
        )
        self._receiver = Name(
            "41", _ORGANIZATION, deployment.contractor, qualifier="46", identifier=deployment.contract_id
        )
        self._providers: tuple[Name, ...] = ()

    def answer(self, claim: Claim, said: StatusDetail) -> StatusAnswer:
        """The answer about `claim`."""
        provider = Name("1P", _ORGANIZATION, claim.billing.name, qualifier=NPI, identifier=claim.billing_npi)
        if self._providers != (provider,):
            self._providers = (provider,)
        person = claim.subscriber
        name = Name("IL", _PERSON, person.last_name, person.first_name, qualifier=MEMBER_NUMBER, identifier=person.mbi)
        return StatusAnswer(
            self._heading,
            self._payer,
            self._receiver,
            self._providers,
            Person(name),
            trace=claim.internal_control_number,
            statuses=[said],
            references=_references(claim),
            period=_period(claim),
        )


def _references(claim: Claim) -> list[Reference]:
    numbers = [Reference(INTERNAL_CONTROL_NUMBER, claim.internal_control_number)]
    if isinstance(claim, InstitutionalClaim):
        numbers.append(Reference(TYPE_OF_BILL, claim.type_of_bill))
    return [*numbers, Reference(PATIENT_CONTROL_NUMBER, claim.patient_control_number)]


def _period(claim: Claim) -> Period | None:
    if claim.service_from is None:
        return None
    one_day = claim.service_to in {None, claim.service_from}
    return Period(claim.service_from, None if one_day else claim.service_to)
