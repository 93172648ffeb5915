"""Asking for an organization, and deciding it.

The contractor decides who becomes an administrator, administrators who joins. What was said is held against what is on
file; a refusal says which of it, and is audited and limited.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal
from uuid import UUID

from libs.common.contracts.auth import MessageWanted, OrganizationDecided, OrganizationRequested
from libs.common.contracts.envelope import Received
from libs.common.contracts.remittance import RemittancePosted
from libs.common.contracts.sealed import WANTED_MESSAGE, WantedMessage
from libs.common.errors import Rejected, nothing_here
from libs.common.ids import digest_of
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.access.domain import SCOPE
from services.auth.access.handlers import publish_users
from services.auth.agreements.handlers import settle
from services.auth.billers import repository as billers
from services.auth.billers.domain import Terms
from services.auth.billers.handlers import put_question
from services.auth.organization_link import repository
from services.auth.organization_link.domain import REASONS, Asked, Evidence, Request, refuse
from services.auth.registration.domain import APPLICANT
from services.auth.sessions import repository as sessions
from services.auth.settings import auth_settings
from services.auth.sign_in import repository as sign_in

SWEEP = "sweep-organization-requests"

Outcome = Literal["approved", "declined"]

_LIMITED = "You asked too often today. Ask again tomorrow, or call EDI enrollment at the help desk."
_HAS_ONE = (
    "You belong to an organization already. If you work for another one too, ask for another user ID on the page “Your"
    " account”."
)
_OPEN_ONE = "You have an open request. Withdraw it first to ask for another organization."
_DECIDED = "This request was decided or withdrawn in the meantime."


async def note_payments(work: UnitOfWork, events: Sequence[Received[RemittancePosted]]) -> None:
    """Keep by which digest a payment is known: never its amount, and not for longer than it counts."""
    rows = {
        _digest(work, each.event.enrollment_id, each.event.paid_cents, each.event.issued_on.isoformat()): each.event
        for each in events
        if each.event.paid_cents > 0
    }
    await repository.add_payments(
        work, [{"digest": digest, "issued_on": event.issued_on} for digest, event in sorted(rows.items())]
    )


async def count(permit: Permit) -> bool:
    """Count an attempt to ask for an organization. False when there were too many today.

    In a transaction of its own, so that it stays counted when the attempt is refused.
    """
    key = digest_of("organization-request", permit.principal.user_id.bytes)
    made = await sign_in.count_attempt(permit.work, key, window=timedelta(days=1))
    if made <= auth_settings().organization_requests_a_day:
        return True
    permit.work.audit("ask", "organization", permit.principal.user_id, outcome="refused", reason="limited")
    return False


def limited() -> Rejected:
    """What is answered to whoever asked too often."""
    return Rejected("organization-limited", _LIMITED, status=429, fields={"": _LIMITED})


async def ask(permit: Permit, asked: Asked) -> UUID:
    """Ask for an organization: the id of the request.

    Raises `Rejected` (422) at the field that does not agree with what is on file, with the next step; (409) for whoever
    has an organization or an open request.
    """
    work, user_id = permit.work, permit.principal.user_id
    if permit.principal.role != APPLICANT:
        raise _refused(work, user_id, "has-organization", _HAS_ONE)
    evidence = await _evidence(work, asked)
    today = work.runtime.clock.business().astimezone(work.runtime.deployment.zone).date()
    refusal = refuse(asked, evidence, now=work.now, today=today, payment_days=auth_settings().payment_days)
    if refusal is not None:
        reason = REASONS[refusal]
        work.audit("ask", "organization", user_id, outcome="refused", reason=refusal)
        log.info("organization request refused", reason=refusal)
        raise Rejected("organization-refused", reason.sentence, fields={reason.field: reason.sentence})
    enrollment = evidence.enrollment
    of_vendor = evidence.vendor_id is not None
    request_id = work.runtime.ids.new()
    row = {
        "request_id": request_id,
        "user_id": user_id,
        "organization_id": evidence.vendor_id or (enrollment.organization_id if enrollment else None),
        "wanted": asked.wanted,
        "enrollment_id": enrollment.enrollment_id if enrollment else None,
        "provider_id": enrollment.organization_id if enrollment and of_vendor else None,
        "submitter_id": asked.submitter_id,
    }
    if not await repository.add(work, row):
        raise _refused(work, user_id, "open-request", _OPEN_ONE)
    made = await repository.one(work, request_id)
    if made is None:
        raise LookupError("the request that was just written")
    work.append(
        OrganizationRequested(
            request_id=request_id,
            user_id=user_id,
            organization_id=made.organization_id,
            role=made.role,
            waits_for=made.waits_for,
            provider_id=made.provider_id,
        )
    )
    work.audit("ask", "organization", made.organization_id)
    if made.waits_for == "provider" and made.provider_id is not None:
        await _ask_provider(work, made, made.provider_id)
    return request_id


async def _ask_provider(work: UnitOfWork, made: Request, provider_id: UUID) -> None:
    """Put the question to the provider, as the vendor will later: it signs a letter, for all functions or some."""
    await billers.lock_provider(work, provider_id)
    if "asked" in await billers.of_pair(work, provider_id, made.organization_id):
        return
    runtime = work.runtime
    today = runtime.clock.business().astimezone(runtime.deployment.zone).date()
    terms = Terms(tuple(sorted(SCOPE & runtime.deployment.offered)), made.submitter_id, today, None)
    await put_question(work, provider_id, made.organization_id, made.organization_name, made.user_id, terms)


async def withdraw(permit: Permit) -> None:
    """Withdraw one's own open request. Raises `Rejected` (404) when there is none."""
    last = await repository.last_of(permit.work, permit.principal.user_id)
    if last is None or not await repository.close(permit.work, last.request_id, "withdrawn", permit.principal.user_id):
        raise nothing_here()
    permit.work.audit("withdraw", "organization-request", last.request_id)


async def decide(permit: Permit, request: Request, outcome: Outcome, reason: str) -> None:
    """Decide a request: approved, the person belongs to the organization from the next request on.

    The caller has seen that it is theirs to decide. Raises `Rejected` (409) when it was decided meanwhile.
    """
    work, user_id = permit.work, request.user_id
    await access.lock_user(work, user_id)
    member = await access.member(work, user_id)
    if (
        member is None
        or member.role != APPLICANT
        or not await repository.close(work, request.request_id, outcome, permit.principal.user_id, reason)
    ):
        work.audit("decide", "organization-request", request.request_id, outcome="refused", reason="decided-before")
        raise Rejected("form-outdated", _DECIDED, status=409)
    if outcome == "approved":
        await access.move(work, user_id, organization_id=request.organization_id, role=request.role)
        await settle(work, user_id)
        # Who may do more proves again who they are (ARS IA-11), and accepts the rules of the new role.
        await sessions.end_sessions_of(work, user_id, "role-changed")
        await publish_users(work, [user_id])
    work.append(
        OrganizationDecided(
            request_id=request.request_id,
            user_id=user_id,
            organization_id=request.organization_id,
            role=request.role,
            outcome=outcome,
            decided_by=permit.principal.user_id,
        )
    )
    facts = {"organization": request.organization_name, "role": request.role_in_words, "reason": reason}
    sealed = WANTED_MESSAGE.seal(work.runtime.keys, WantedMessage(request.name, request.email, facts), user_id)
    work.append(MessageWanted(user_id=user_id, kind=f"organization-{outcome}", sealed_message=sealed))
    work.audit("decide", "organization-request", request.request_id, reason=outcome)
    log.info("organization request decided", reason=outcome)


async def sweep(work: UnitOfWork, _due: Due) -> None:
    """End requests that nobody decided in time, and forget payments that count no more."""
    rules = auth_settings()
    for request_id in await repository.lapse(work, work.now - timedelta(days=rules.organization_request_days)):
        work.audit("lapse", "organization-request", request_id)
    today = work.runtime.clock.business().date()
    # A day more: days are those of the contractor's zone.
    await repository.forget_payments(work, today - timedelta(days=rules.payment_days + 1))
    await work.schedule(SWEEP, "all", work.now + timedelta(minutes=rules.sweep_minutes))


async def _evidence(work: UnitOfWork, asked: Asked) -> Evidence:
    enrollment = await repository.known(work, asked.npi, asked.ptan) if asked.npi else None
    vendor_id = await repository.vendor_of(work, asked.submitter_id) if asked.kind == "vendor" else None
    organization_id = vendor_id or (enrollment.organization_id if enrollment else None)
    administrators = await access.administrators(work, organization_id) if organization_id else []
    paid = (
        enrollment is not None
        and asked.paid_on is not None
        and await repository.is_paid(
            work, _digest(work, enrollment.enrollment_id, asked.paid_cents, asked.paid_on.isoformat())
        )
    )
    return Evidence(enrollment, vendor_id, paid, len(administrators))


def _digest(work: UnitOfWork, enrollment_id: UUID, paid_cents: int, issued_on: str) -> bytes:
    return work.runtime.keys.identity_digest("payment", str(enrollment_id), str(paid_cents), issued_on)


def _refused(work: UnitOfWork, user_id: UUID, reason: str, sentence: str) -> Rejected:
    work.audit("ask", "organization", user_id, outcome="refused", reason=reason)
    return Rejected("organization-refused", sentence, status=409, fields={"": sentence})
