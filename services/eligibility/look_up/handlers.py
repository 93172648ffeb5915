"""Looks Medicare numbers up: the pending look-up is committed, the source is asked outside of any transaction.

What came of it is committed then. The person found is handed on to be shown once, and kept nowhere. Whoever dies in
between leaves a pending look-up, which the sweep closes as not answered. The first outcome stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from libs.common.contracts.claims import ClaimAccepted
from libs.common.contracts.envelope import Received
from libs.common.errors import Rejected, nothing_here
from libs.common.ids import digest_of
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import moment
from libs.common.web.idempotency import claim
from libs.common.web.permit import Admission, Permit
from services.eligibility.look_up import repository
from services.eligibility.look_up.domain import (
    FOUND,
    LOCKED,
    NO_ANSWER,
    NOT_FOUND,
    RULES,
    Person,
    State,
    Wanted,
    human_check,
    may_be_told,
)
from services.eligibility.look_up.partner import Outcome, ask
from services.eligibility.look_up.repository import Counted
from services.eligibility.look_up.tables import NAME
from services.eligibility.look_up.views import (
    IN_VAIN,
    OF_NPI,
    OF_USER,
    Sent,
    challenge_in,
    form_faults,
    in_vain,
    limits_of,
    who,
    wrong_answers,
)
from services.eligibility.settings import eligibility_settings

SWEEP = "sweep-look-ups"
"""The kind of due work that closes orphans and deletes what is old."""

_SWEEP_EVERY = timedelta(minutes=5)
_ORPHAN_AFTER = timedelta(minutes=2)
_WRONG = "wrong"

_OUTDATED = "The HETS Rules of Behavior have a new text since you opened this page. Open it again and accept them."
_NOT_ASSOCIATED = (
    "You are not associated with NPI {npi} for looking up Medicare numbers. Your office's portal administrator can"
    " grant it: Administration, your name, MBI look-up."
)
_EXPIRED = "Your answer came too late. Answer the new question."
_NOT_THE_ANSWER = "That is not the answer. Answer the new question, with a word or a number."


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a look-up. `person` exactly when one may be told."""

    look_up_id: UUID
    state: State
    person: Person | None = None


# ---- looking up -----------------------------------------------------------------------------------------------------


async def look_up(admission: Admission, wanted: Wanted, sent: Sent) -> Told | None:
    """Look for who is wanted, for whoever was admitted. `None`: the same form was sent before, and asks nobody again.

    Raises `Rejected` before the source is asked: fields to correct, a wrong answer to the question for people (each is
    answered once), rules that are not accepted, look-ups that are locked (403) or too many (429). Each is audited.
    """
    async with admission.open() as permit:
        await _refuse_unprepared(permit, wanted, sent)
        look_up_id, identity = permit.work.runtime.ids.new(), _answered(permit, sent)
        right = human_check(identity).takes(sent.answer)
        # The question is the key of the form: it is answered once, whatever else is sent with it. Nothing of the
        # patient is in the digest: nine digits can be found by trying.
        content = digest_of("look-up", str(permit.enrollment.enrollment_id))
        first = await claim(permit, str(identity), content, str(look_up_id) if right else _WRONG)
        if first is None and right:
            await _open(permit, look_up_id)
        elif first is None:
            await _count_wrong(permit)
    if not right or first == _WRONG:
        raise Rejected("form-invalid", _NOT_THE_ANSWER, fields={"answer": _NOT_THE_ANSWER})
    if first is not None:
        return None
    runtime, enrollment = permit.work.runtime, permit.enrollment
    outcome = await ask(
        runtime.settings, look_up_id, wanted, npi=enrollment.npi, contract_id=runtime.deployment.contract_id
    )
    async with admission.open() as permit:
        return await _close(permit, look_up_id, outcome)


async def _refuse_unprepared(permit: Permit, wanted: Wanted, sent: Sent) -> None:
    work = permit.work
    if faults := form_faults(work.runtime, wanted, sent, permit.enrollment.npi):
        work.audit("ask", "look-up", "none", outcome="refused", reason="form-invalid")
        raise Rejected("form-invalid", "Correct the fields below, then look up again.", fields=faults)
    user = await who(work, permit.principal)
    if user is None:
        work.audit("ask", "look-up", "none", outcome="refused", reason="form-outdated")
        raise Rejected("form-outdated", _OUTDATED, status=409)
    npi = permit.enrollment.npi
    if permit.facts.user is None or all(each.npi != npi for each in permit.facts.user.look_up_npis):
        work.audit("ask", "look-up", "none", outcome="refused", reason="not-associated")
        sentence = _NOT_ASSOCIATED.format(npi=npi)
        raise Rejected("access-denied", sentence, status=403, fields={"": sentence})
    if user.locked_at is not None:
        work.audit("ask", "look-up", "none", outcome="refused", reason="look-up-locked")
        sentence = locked_sentence()
        raise Rejected("look-up-locked", sentence, status=403, fields={"": sentence})
    so_far = await repository.counted(work, wrong_answers(permit.principal.user_id))
    if so_far.count >= so_far.limit.most:
        raise _too_many(permit, so_far)


def locked_sentence() -> str:
    """Why somebody can look up no more, and who changes that."""
    limit = eligibility_settings().look_ups_in_vain
    return LOCKED.format(count=limit, hours=24)


def _answered(permit: Permit, sent: Sent) -> UUID:
    identity = challenge_in(permit.work.runtime, permit.principal.user_id, sent.challenge)
    if identity is None:
        permit.work.audit("ask", "look-up", "none", outcome="refused", reason="human-check-expired")
        raise Rejected("form-invalid", _EXPIRED, fields={"answer": _EXPIRED})
    return identity


async def _count_wrong(permit: Permit) -> None:
    await repository.count(permit.work, [wrong_answers(permit.principal.user_id)])
    permit.work.audit("ask", "look-up", "none", outcome="refused", reason="human-check-wrong")


async def _open(permit: Permit, look_up_id: UUID) -> None:
    work, enrollment, principal = permit.work, permit.enrollment, permit.principal
    # Each look-up counts as one in vain until it is known to be none: so it counts whatever is asked at once.
    for each in await repository.count(work, limits_of(principal.user_id, enrollment.npi)):
        if each.over:
            raise _too_many(permit, each)
    assert permit.facts.owner  # noqa: S101 - whoever acts for an enrollment acts for somebody's
    await repository.add(
        work,
        {
            "look_up_id": look_up_id,
            "enrollment_id": enrollment.enrollment_id,
            "npi": enrollment.npi,
            "owner_id": permit.facts.owner.organization_id,
            "organization_id": principal.organization_id,
            "looked_up_by": principal.user_id,
            "looked_up_at": work.runtime.clock.business(),
        },
    )
    work.audit("ask", "look-up", look_up_id)


def _too_many(permit: Permit, counted: Counted) -> Rejected:
    work, limit = permit.work, counted.limit
    work.audit("ask", "look-up", "none", outcome="refused", reason=f"{limit.what} {limit.hours}")
    again = moment(counted.until + work.runtime.clock.offset(), work.runtime.deployment.zone)
    within = "an hour" if limit.hours == 1 else "a day"
    sentence = {
        OF_USER: f"You made {limit.most} look-ups within {within}, as many as one person may.",
        OF_NPI: f"{limit.most} look-ups were made for NPI {limit.whose} within {within}, as many as there may be.",
        IN_VAIN: f"{limit.most} of your look-ups within {within} led to nobody or are under way.",
    }.get(limit.what, f"The question that shows that a person asks was answered wrongly {limit.most} times.")
    sentence = f"{sentence} You can look up again after {again}."
    return Rejected("look-up-limited", sentence, status=429, fields={"": sentence})


async def _close(permit: Permit, look_up_id: UUID, outcome: Outcome) -> Told:
    work, user_id = permit.work, permit.principal.user_id
    state, person = outcome.state, outcome.person
    years = eligibility_settings().years_after_death
    if person is not None and not may_be_told(person, work.runtime.today, years_after_death=years):
        state, person = NOT_FOUND, None
    token = work.runtime.keys.beneficiary_token(person.mbi) if person else ""
    if not await repository.close(work, look_up_id, state, token):
        return Told(look_up_id, NO_ANSWER)
    if state == NOT_FOUND:
        await _lock_if_too_often(permit)
    else:
        await repository.take_back(work, IN_VAIN, str(user_id))
    answered = state in (FOUND, NOT_FOUND)
    if answered:
        permit.used()
    else:
        log.info("look-up not answered", code=state, reason=outcome.reason)
    work.audit("answer", "look-up", look_up_id, outcome="done" if answered else "failed", reason=state)
    if person is not None:
        work.audit("read", "look-up", look_up_id)
    return Told(look_up_id, state, person)


async def _lock_if_too_often(permit: Permit) -> None:
    work, user_id = permit.work, permit.principal.user_id
    so_far = await repository.counted(work, in_vain(user_id))
    if so_far.count >= so_far.limit.most:
        await repository.lock_look_ups(work, user_id)
        work.audit("lock", "look-ups", user_id, reason=IN_VAIN)
        log.warning("look-ups locked", user_id=str(user_id), reason=IN_VAIN)


# ---- rules, locks ---------------------------------------------------------------------------------------------------


async def accept_rules(permit: Permit, version: str) -> None:
    """Accept the text that `version` names. Raises `Rejected` (409) when that is not today's."""
    work, user_id = permit.work, permit.principal.user_id
    if version != RULES.version:
        work.audit("sign", "hets-rules", version[:40], outcome="refused", reason="old-version")
        raise Rejected("form-outdated", _OUTDATED, status=409)
    await repository.put_user(
        work,
        {
            "user_id": user_id,
            "name": NAME.seal(work.runtime.keys, permit.principal.name, user_id),
            "rules_version": RULES.version,
            "rules_digest": RULES.digest,
            "rules_accepted_at": work.now,
        },
    )
    work.audit("sign", "hets-rules", RULES.version)


async def release(permit: Permit, user_id: UUID) -> None:
    """Unlock the look-ups of a user of the administrator's own organization, and begin to count again.

    Raises `Rejected` (404) where none are locked.
    """
    work = permit.work
    if not await repository.release(work, user_id, permit.principal.organization_id):
        raise nothing_here()
    await repository.forget_count(work, IN_VAIN, str(user_id))
    work.audit("unlock", "look-ups", user_id)
    log.info("look-ups unlocked", user_id=str(user_id))


# ---- claims, time ---------------------------------------------------------------------------------------------------


async def claim_accepted(work: UnitOfWork, events: Sequence[Received[ClaimAccepted]]) -> None:
    """Mark the look-ups that a claim of the same NPI followed."""
    claims = [(each.event.enrollment_id, each.event.beneficiary_token, each.time) for each in events]
    await repository.note_claims(work, claims, work.runtime.clock.business())


async def sweep(work: UnitOfWork, _due: Due) -> None:
    """Close what nobody waits for any more, and delete what is old."""
    for look_up_id, user_id in await repository.give_up(work, work.now - _ORPHAN_AFTER):
        await repository.take_back(work, IN_VAIN, str(user_id))
        work.audit("answer", "look-up", look_up_id, outcome="failed", reason="orphan")
    await repository.forget(work, work.now - timedelta(days=eligibility_settings().look_up_kept_days))
    await work.schedule(SWEEP, "all", work.now + _SWEEP_EVERY)
