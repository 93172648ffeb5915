"""What page and program ask alike about a claim."""

from datetime import date

from libs.common.errors import Rejected
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.permit import Permit, opaque
from services.claims.status import repository
from services.claims.status.repository import Claim


async def found(permit: Permit, claim_id: str) -> Claim:
    """The claim of the enrollment acted for. Raises `Rejected` (404) for any other."""
    one = await repository.find(permit.work, opaque(claim_id), permit.enrollment.enrollment_id)
    if one is None:
        raise Rejected("not-found", "There is no such claim for the NPI and PTAN you act for.", status=404)
    return one


def today_of(work: UnitOfWork) -> date:
    """The contractor's business day."""
    runtime = work.runtime
    return runtime.clock.business().astimezone(runtime.deployment.zone).date()
