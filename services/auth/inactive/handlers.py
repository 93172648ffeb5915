"""Notices to owners of accounts that are not used, disabling them, and giving them back to whoever signs in in time."""

from datetime import datetime, timedelta
from uuid import UUID

from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import day
from services.auth.access import repository as access
from services.auth.access.handlers import publish_users
from services.auth.agreements.domain import PRIVILEGED
from services.auth.inactive import repository
from services.auth.inactive.domain import Limits, limits
from services.auth.inactive.repository import Idle
from services.auth.notices.handlers import Notice, tell
from services.auth.sessions import repository as sessions
from services.auth.settings import auth_settings

SWEEP = "sweep-inactive"
_AT_ONCE = 500


async def sweep(work: UnitOfWork, due: Due) -> None:
    """Timer: keep which NPIs were used, tell owners whose accounts are not used, disable those that were not for long.

    One piece in a transaction, which asks for the next one.
    """
    rules = auth_settings()
    pause = timedelta(minutes=rules.sweep_minutes)
    after = due.payload.get("after")
    if after is None:
        # Twice as far back as the last run: what was used while it ran is not missed.
        await repository.note_use(work, work.now - 2 * pause - timedelta(hours=1))
    ordinary, privileged = limits_of(privileged=False), limits_of(privileged=True)
    found = await repository.idle(
        work,
        timedelta(days=min((*ordinary.notices, ordinary.days))),
        timedelta(days=min((*privileged.notices, privileged.days))),
        PRIVILEGED,
        after=UUID(after) if after else None,
        at_most=_AT_ONCE,
    )
    disabled = [
        each.user_id for each in found if await _handle(work, each, privileged if each.role in PRIVILEGED else ordinary)
    ]
    await publish_users(work, disabled)
    if disabled:
        log.info("accounts disabled", reason="inactive", count=len(disabled))
    if len(found) == _AT_ONCE:
        await work.schedule(SWEEP, "all", work.now, {"after": str(found[-1].user_id)})
    else:
        await work.schedule(SWEEP, "all", work.now + pause)


def limits_of(*, privileged: bool) -> Limits:
    """The limits of an account, as the settings say."""
    rules = auth_settings()
    return limits(
        rules.inactive_days, rules.inactive_notice_days, rules.privileged_inactive_days, privileged=privileged
    )


async def _handle(work: UnitOfWork, one: Idle, rule: Limits) -> bool:
    """Tell the owner, or disable the account. Whether it was disabled."""
    end = rule.disabled_at(one.idle_since)
    if end <= work.now:
        grace = work.now + timedelta(days=auth_settings().inactive_grace_days)
        await access.set_state(work, one.user_id, "disabled", dormant_until=grace)
        await sessions.end_sessions_of(work, one.user_id, "disabled")
        work.audit("disable", "account", one.user_id, reason="inactive")
        await _tell(work, one.user_id, "account-inactive-disabled", grace)
        return True
    reached = rule.noticed(one.idle_since, work.now)
    if reached is not None and await repository.note(work, one, reached):
        work.audit("notice", "account", one.user_id, reason=f"inactive-{reached}")
        await _tell(work, one.user_id, "account-inactive-notice", end)
    return False


async def wake(work: UnitOfWork, user_id: UUID) -> None:
    """Give an account that was disabled for want of use back to its owner, who has just proven password and factor.

    Nothing happens to an account that is active, or was disabled for another reason.
    """
    if not await repository.is_dormant(work, user_id):
        return
    await access.set_state(work, user_id, "active")
    await publish_users(work, [user_id])
    work.audit("enable", "account", user_id, reason="inactive")
    log.info("account enabled again", user_id=str(user_id), reason="inactive")
    await _tell(work, user_id, "account-inactive-enabled-again", work.now)


async def _tell(work: UnitOfWork, user_id: UUID, matter: Notice, moment: datetime) -> None:
    await tell(work, user_id, matter, day=day(moment.astimezone(work.runtime.deployment.zone).date()))
