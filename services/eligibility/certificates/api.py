"""CMN history for programs: ask, and read the answer again."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field

from libs.common.mbi import normalize_mbi
from libs.common.security.permissions import CERTIFICATES as PERMISSION
from libs.common.web.bodies import SentBody
from libs.common.web.permit import Admission, Permit, admitted, permitted
from services.eligibility.certificates.handlers import checking
from services.eligibility.certificates.views import certificates_of
from services.eligibility.item_history.domain import CERTIFICATES, Question, State
from services.eligibility.item_history.views import Opened, found

router = APIRouter(prefix="/api/eligibility/certificates")


class PatientBody(SentBody):
    """Whose certificates: Medicare number and last name, with first name or birth date; one HCPCS code or all."""

    mbi: str = Field(max_length=30)
    last_name: str = Field(min_length=1, max_length=60)
    first_name: str = Field(default="", max_length=35)
    birth_date: date | None = None
    procedure: str = Field(default="", max_length=10)


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class IssuerAnswer(_Answer):
    """The supplier who sent a certificate in; what is not on file is empty."""

    name: str
    npi: str
    phone: str
    address: str


class CertificateAnswer(_Answer):
    """A CMN or DIF. `change` says whether `recertified_on` is a recertification or a revision.

    `length_of_need` in months, 99 for life; `rental_payments` is how many were made in all.
    """

    form: str
    about: str
    procedure: str
    words: str
    modifiers: tuple[str, ...]
    initial_date: date
    recertified_on: date | None
    change: str
    status: str
    status_date: date
    length_of_need: int
    last_billed: date | None
    rental_payments: int
    supplier: IssuerAnswer


class CertificatesAnswer(BaseModel):
    """One question and its outcome; `message` says what happened and what to do. The newest certificate comes first."""

    check_id: UUID
    state: State
    message: str
    trace: str
    asked_at: datetime
    answered_at: datetime | None
    certificates: tuple[CertificateAnswer, ...] = ()


@router.post("", status_code=201)
async def ask(
    response: Response,
    body: PatientBody,
    admission: Annotated[Admission, admitted(PERMISSION)],
    idempotency_key: Annotated[str, Header()] = "",
) -> CertificatesAnswer:
    """Ask the item history and wait for its answer. Needs an `Idempotency-Key` of 8 to 200 characters.

    The same key and question are asked once and have one outcome, also when there was no answer: to ask again, send a
    new key. CMNs and DIFs have ended for service from 2023 on: what comes back is history.
    """
    question = Question(
        normalize_mbi(body.mbi), body.last_name, body.first_name, body.birth_date, body.procedure.upper()
    )
    async with checking(admission, question, idempotency_key) as answering:
        response.headers["location"] = f"{router.prefix}/{answering.check_id}"
        return shown(await answering.read())


@router.get("/{history_id}")
async def certificates(permit: Annotated[Permit, permitted(PERMISSION)], history_id: str) -> CertificatesAnswer:
    """One question and its outcome."""
    return shown(await found(permit, CERTIFICATES, history_id))


def shown(one: Opened) -> CertificatesAnswer:
    """A question as a program is told it."""
    check = one.check
    return CertificatesAnswer.model_validate(
        {
            "check_id": check.check_id,
            "state": check.state,
            "message": one.message,
            "trace": check.trace,
            "asked_at": check.asked_at,
            "answered_at": check.answered_at,
            "certificates": certificates_of(one) or (),
        }
    )
