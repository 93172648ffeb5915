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
from libs.common.security.permissions import EDI
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.access.domain import SCOPE
from services.auth.access.handlers import publish_organizations, publish_users
from services.auth.agreements.handlers import settle
from services.auth.billers import repository as billers
from services.auth.billers.domain import Terms
from services.auth.billers.handlers import put_question
from services.auth.notices.handlers import Notice, tell
from services.auth.organization_link import repository
from services.auth.organization_link.domain import REASONS, Asked, Evidence, Request, refuse
from services.auth.organization_link.tables import TAX_ID, VERIFIED
from services.auth.organization_link.views import checked
from services.auth.registration.domain import APPLICANT
from services.auth.sessions import repository as sessions
from services.auth.settings import auth_settings
from services.auth.sign_in import repository as sign_in

SWEEP = "sweep-organization-requests"

Outcome = Literal["approved", "declined"]

_LIMITED = (
    "You asked too often today, or too many asked for this NPI. Ask again tomorrow, or call EDI enrollment at the help"
    " desk."
)
_HAS_ONE = (
    "You belong to an organization already. To manage its users, ask under “Ask for access”. If you work for another"
    " one too, ask for another user ID on the page “Your account”. If you changed employers, leave this one there."
)
_OPEN_ONE = "You have an open request. Withdraw it first to ask for another organization."
_NO_LONGER = "This cannot be approved: {what} Decline it, and say what to correct."
_AT_ONCE = 100
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


async def count(permit: Permit, npi: str) -> bool:
    """Count an attempt to ask for an organization: by this person, and for this NPI by anybody. False when too many.

    So nobody finds out what belongs together by trying, alone or with several accounts. In a transaction of its own, so
    that it stays counted when the attempt is refused.
    """
    work, rules = permit.work, auth_settings()
    limits = [("limited", permit.principal.user_id.bytes, rules.organization_requests_a_day)]
    if npi:
        limits.append(("limited-npi", npi.encode(), rules.organization_requests_for_npi_a_day))
    for reason, whose, most in limits:
        made = await sign_in.count_attempt(work, digest_of("organization-request", whose), window=timedelta(days=1))
        if made > most:
            work.audit("ask", "organization", permit.principal.user_id, outcome="refused", reason=reason)
            return False
    return True


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
    today = work.runtime.today
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
        "tax_id": TAX_ID.seal(work.runtime.keys, asked.tax_id, request_id) if asked.tax_id else "",
        "paid_on": asked.paid_on,
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
    else:
        await _tell_deciders(work, made)
    await _counted(work, made)
    return request_id


async def _ask_provider(work: UnitOfWork, made: Request, provider_id: UUID) -> None:
    """Put the question to the provider, as the vendor will later: it signs a letter, for all functions or some."""
    await billers.lock_provider(work, provider_id)
    if "asked" in await billers.of_pair(work, provider_id, made.organization_id):
        return
    runtime = work.runtime
    terms = Terms(tuple(sorted(SCOPE & runtime.deployment.offered)), made.submitter_id, runtime.today, None)
    await put_question(work, provider_id, made.organization_id, made.organization_name, made.user_id, terms)


async def _tell_deciders(work: UnitOfWork, request: Request) -> None:
    """Tell who decides that a request waits: the administrators of the organization, or EDI enrollment."""
    by_contractor = request.waits_for == "contractor"
    deciders = (
        await access.staff_in(work, EDI)
        if by_contractor
        else await access.administrators(work, request.organization_id)
    )
    notice: Notice = "organization-asked" if by_contractor else "join-asked"
    for each in deciders:
        await tell(work, each, notice, organization=request.organization_name, about=request.name)
    await repository.note_told(work, request.request_id)


async def _counted(work: UnitOfWork, request: Request) -> None:
    """Let everybody know how many ask to join: home and reports of the administrators tell it."""
    if request.wanted == "user":
        await publish_organizations(work, [request.organization_id])


async def withdraw(permit: Permit) -> None:
    """Withdraw one's own open request. Raises `Rejected` (404) when there is none."""
    last = await repository.last_of(permit.work, permit.principal.user_id)
    if last is None or not await repository.close(permit.work, last.request_id, "withdrawn", permit.principal.user_id):
        raise nothing_here()
    permit.work.audit("withdraw", "organization-request", last.request_id)
    await _counted(permit.work, last)


async def decide(permit: Permit, request: Request, outcome: Outcome, reason: str, verified: str = "") -> None:
    """Decide a request: approved, the person belongs to the organization from the next request on.

    The caller has seen that it is theirs to decide. What was said is held against the files again. `verified`: whom the
    contractor called, and how. Raises `Rejected`: 409 when it was decided meanwhile; 422 to approve what does not agree
    any more.
    """
    work, user_id = permit.work, request.user_id
    if outcome == "approved":
        await _hold_against_files(work, request)
    await access.lock_user(work, user_id)
    member = await access.member(work, user_id)
    if (
        member is None
        or member.role != APPLICANT
        or not await repository.close(
            work,
            request.request_id,
            outcome,
            permit.principal.user_id,
            reason,
            VERIFIED.seal(work.runtime.keys, verified, request.request_id) if verified else "",
        )
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
    await _counted(work, request)
    log.info("organization request decided", reason=outcome)


async def _hold_against_files(work: UnitOfWork, request: Request) -> None:
    refusal = next((reason for reason, agrees in await checked(work, request) if not agrees), None)
    if refusal is None:
        return
    work.audit("decide", "organization-request", request.request_id, outcome="refused", reason=refusal)
    sentence = _NO_LONGER.format(what=REASONS[refusal].what)
    raise Rejected("organization-refused", sentence, fields={"outcome": sentence})


async def sweep(work: UnitOfWork, _due: Due) -> None:
    """Remind who decides, end what nobody decided in time and tell who asked, forget payments that count no more."""
    rules = auth_settings()
    lapsed = await repository.lapse(work, work.now - timedelta(days=rules.organization_request_days))
    organizations = sorted({organization_id for _, _, organization_id in lapsed})
    names = await access.organization_names(work, organizations)
    for request_id, user_id, organization_id in lapsed:
        work.audit("lapse", "organization-request", request_id)
        await tell(work, user_id, "organization-lapsed", organization=names[organization_id])
    await publish_organizations(work, organizations)
    before = work.now - timedelta(days=rules.organization_reminder_days)
    for request in await repository.to_tell(work, before, at_most=_AT_ONCE):
        work.audit("remind", "organization-request", request.request_id)
        await _tell_deciders(work, request)
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
