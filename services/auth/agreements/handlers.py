"""Accepting the Rules of Behavior, and asking everybody again when their text changed."""

from datetime import datetime, timedelta
from uuid import UUID

from libs.common.contracts.auth import AgreementSigned
from libs.common.errors import Rejected
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.access.domain import ADMINISTRATORS
from services.auth.access.handlers import publish_users
from services.auth.agreements import repository
from services.auth.agreements.domain import ADMINISTRATOR_RULES, USER_RULES, Means, rules_for
from services.auth.settings import auth_settings

LAPSE = "lapse-agreements"
_AT_ONCE = 500

_OUTDATED = "The Rules of Behavior have a new text since you opened this page. Open it again, read it and accept it."


async def accept(permit: Permit, version: str) -> None:
    """Accept the text that `version` names, for a year from now. What stands already is not accepted twice.

    Raises `Rejected` (409) when that is no longer the text asked of this person.
    """
    work, user_id, role = permit.work, permit.principal.user_id, permit.principal.role
    await access.lock_user(work, user_id)
    asked = rules_for(role)
    if version != asked.version:
        work.audit("sign", "agreement", version[:40], outcome="refused", reason="old-version")
        log.info("rules of behavior refused", user_id=str(user_id), reason="old-version")
        raise Rejected("form-outdated", _OUTDATED, status=409)
    accepted = await repository.accepted(work, user_id)
    if not accepted.asked_again(role, work.now, early=timedelta(days=auth_settings().rules_early_days)):
        return
    until = await record(work, user_id, role, means="electronic")
    await publish_users(work, [user_id])
    work.append(AgreementSigned(user_id=user_id, agreement="rules-of-behavior", version=asked.version, until=until))
    log.info("rules of behavior accepted", user_id=str(user_id))


async def record(work: UnitOfWork, user_id: UUID, role: str, *, means: Means) -> datetime:
    """Write down that a person accepted today's text, and until when that counts. The caller publishes the access."""
    agreement = rules_for(role)
    until = work.now + timedelta(days=auth_settings().rules_days)
    await repository.add_signature(work, user_id, agreement, means=means, valid_until=until)
    await access.put_rules_accepted(work, user_id, agreement.version, until)
    work.audit("sign", "agreement", agreement.version, reason=means)
    return until


async def lapse(work: UnitOfWork, _due: Due) -> None:
    """What was accepted of an older text no longer counts, in every service; the gateway asks again already."""
    asked = dict.fromkeys(sorted(ADMINISTRATORS), ADMINISTRATOR_RULES.version)
    lapsed = await access.lapse_rules(work, asked, otherwise=USER_RULES.version, at_most=_AT_ONCE)
    for user_id in lapsed:
        work.audit("lapse", "agreement", user_id, reason="new-version")
    await publish_users(work, lapsed)
    if lapsed:
        log.info("rules of behavior lapsed", reason="new-version", count=len(lapsed))
    wait = timedelta(0) if len(lapsed) == _AT_ONCE else timedelta(minutes=auth_settings().sweep_minutes)
    await work.schedule(LAPSE, "all", work.now + wait)
