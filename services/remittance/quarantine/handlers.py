"""What an operator does with remittances in quarantine: look, let one be posted that agrees now, or drop one.

A refused one, which holds its payee up, is in no quarantine, but is tried again or dropped in the same way.
"""

from uuid import UUID

from libs.common.contracts.remittance import RemittancePosted
from libs.common.errors import Rejected
from libs.common.persistence.unit_of_work import UnitOfWork
from services.remittance.advice import repository as advice
from services.remittance.advice.handlers import POST, tell_matched
from services.remittance.quarantine import repository
from services.remittance.quarantine.domain import owner_of
from services.remittance.quarantine.repository import Quarantined


async def release(work: UnitOfWork, remittance_id: UUID, *, reason: str) -> bool:
    """Post a remittance of which payee and claims agree now, because what was wrong about them was corrected.

    Money never goes to an enrollment because somebody says so. Raises `Rejected` (409) when they still do not agree,
    or when the payment was posted meanwhile. A refused one is tried again soon, before those of its payee behind it:
    that alone is True.
    """
    if await _go_on(work, await repository.try_again(work, remittance_id)):
        work.audit("release", "remittance", remittance_id, reason=reason)
        return True
    await advice.hold_known(work)
    one = await _waiting(work, remittance_id)
    numbers = await repository.numbers_of(work, remittance_id)
    of_claims = {each.enrollment_id for each in (await advice.known(work, numbers)).values()}
    owner = owner_of(one.payee, await repository.enrolled(work, one.payee, of_claims), of_claims)
    if owner.enrollment_id is None:
        raise Rejected("remittance-not-agreed", "Payee and claims of this remittance do not agree yet.", status=409)
    if await advice.with_trace(work, owner.enrollment_id, one.payer_identifier, one.trace_number):
        raise Rejected("remittance-posted", "This payment was posted meanwhile: drop the one here.", status=409)
    await repository.give(work, remittance_id, owner.enrollment_id, "")
    await tell_matched(work, numbers)
    if one.reason != "claims-known-later":
        # That one was posted before, and told.
        work.append(
            RemittancePosted(
                remittance_id=remittance_id,
                enrollment_id=owner.enrollment_id,
                trace_number=one.trace_number,
                paid_cents=one.paid_cents,
                claims=one.claims,
                issued_on=one.issued_on,
            )
        )
    work.audit("release", "remittance", remittance_id, reason=reason)
    return False


async def drop(work: UnitOfWork, remittance_id: UUID, *, reason: str) -> None:
    """Give a remittance up for good; those of its payee that a refused one held up go on.

    Its 835 stays in the document store until its retention ends, as evidence.
    """
    if not await _go_on(work, await repository.drop_refused(work, remittance_id)):
        await _waiting(work, remittance_id)
        await repository.remove(work, remittance_id)
    work.audit("drop", "remittance", remittance_id, reason=reason)


async def _go_on(work: UnitOfWork, lane: str | None) -> bool:
    """Ask for the work on a payee's remittances; False when there is none to go on with."""
    if lane is None:
        return False
    await work.schedule(POST, lane, work.now)
    return True


async def _waiting(work: UnitOfWork, remittance_id: UUID) -> Quarantined:
    one = await repository.hold(work, remittance_id)
    if one is None:
        raise Rejected("not-found", "No such remittance is in quarantine.", status=404)
    return one
