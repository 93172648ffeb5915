"""Finds claims for whoever asks, page or program, opens whom they are about, and says their status in words."""

from collections.abc import Sequence
from datetime import date

from libs.common.errors import Rejected
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.permit import Permit, opaque
from libs.x12.claim_status.codes import detail_words, status_words
from services.claims.status import repository
from services.claims.status.domain import (
    APPROVED,
    Patient,
    Said,
    Statement,
    payment_is_due,
    state_of,
    state_words,
)
from services.claims.status.repository import Claim, ClaimRow, StatusStep
from services.claims.status.tables import PATIENT

# Status code "paid", which is not yet true of what waits on the payment floor.
_PAID_CODE = "65"


async def found(permit: Permit, claim_id: str) -> Claim:
    """The claim of the enrollment acted for. Raises `Rejected` (404) for any other."""
    one = await repository.find(permit.work, opaque(claim_id), permit.enrollment.enrollment_id)
    if one is None:
        raise Rejected("not-found", "There is no such claim for the NPI and PTAN you act for.", status=404)
    return one


def patient_in(work: UnitOfWork, one: Claim | ClaimRow) -> Patient:
    """Whom a claim is about."""
    return PATIENT.open(work.runtime.keys, one.patient, one.claim_id)


def rows_in_words(work: UnitOfWork, rows: Sequence[ClaimRow]) -> list[tuple[ClaimRow, str, str, Patient]]:
    """Claims with kind and words of their status, and whom they are about."""
    today = work.runtime.today
    return [(each, *state_words(each.state, each.pays_on, today), patient_in(work, each)) for each in rows]


def in_words(statement: Statement, today: date, payment_on: date | None) -> tuple[str, ...]:
    """The statuses of a statement in words. What is paid later than today, by `payment_on`, is only approved."""
    return tuple(_said_in_words(each, today, payment_on) for each in statement.said)


def _said_in_words(said: Said, today: date, payment_on: date | None) -> str:
    if not payment_is_due(state_of(said.category) or "", payment_on, today):
        return status_words(said.category, said.code, said.entity, said.code_list)
    if said.code == _PAID_CODE:
        return APPROVED
    return f"{APPROVED} · {detail_words(said.code, said.entity, said.code_list)}"


def status_in_words(one: Claim, steps: Sequence[StatusStep], today: date) -> tuple[str, ...]:
    """The status of a claim now, all parts of it in words."""
    newest = steps[0].account.statements[:1] if steps else ()
    if not newest:
        return (status_words(one.category, one.status_code),)
    return in_words(newest[0], today, newest[0].payment_on)
