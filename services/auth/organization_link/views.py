"""What of a request agrees with PECOS, EDI enrollment and payments now: shown to who decides, and held against it."""

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access import repository as access
from services.auth.organization_link import repository
from services.auth.organization_link.domain import Asked, Evidence, Refusal, Request, checks
from services.auth.organization_link.tables import TAX_ID
from services.auth.settings import auth_settings


async def checked(work: UnitOfWork, request: Request) -> list[tuple[Refusal, bool]]:
    """For what the request may be refused, each with whether it agrees now.

    A payment is as it was when it was named: its amount is not kept, and it is asked for only once.
    """
    enrollment = await repository.known_as(work, request.enrollment_id) if request.enrollment_id else None
    vendor_id = await repository.vendor_of(work, request.submitter_id) if request.kind == "vendor" else None
    administrators = await access.administrators(work, request.organization_id)
    asked = Asked(
        kind=request.kind,
        wanted=request.wanted,
        tax_id=TAX_ID.open(work.runtime.keys, request.tax_id, request.request_id) if request.tax_id else "",
        submitter_id=request.submitter_id,
        paid_on=request.paid_on,
    )
    evidence = Evidence(enrollment, vendor_id, paid=request.paid_on is not None, administrators=len(administrators))
    clock = work.runtime.clock
    asked_on = (request.asked_at + clock.offset()).astimezone(work.runtime.deployment.zone).date()
    days = auth_settings().payment_days
    return list(checks(asked, evidence, now=work.now, today=asked_on, payment_days=days))
