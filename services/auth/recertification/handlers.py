"""Decisions about certification, all of one form in one transaction or none of it, and what time does without any."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from libs.common.contracts.auth import Recertified, RoleRemoved
from libs.common.contracts.base import Contract
from libs.common.contracts.sealed import CONTACT, Contact
from libs.common.errors import Rejected, nothing_here
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.paging import Place
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import count as in_words
from libs.common.web.formats import day
from libs.common.web.permit import Permit
from libs.common.web.signing import by_a_person, name_fault
from services.auth.access import repository as access
from services.auth.access.handlers import certified_until, publish_users
from services.auth.agreements.domain import PRIVILEGED
from services.auth.notices.handlers import tell
from services.auth.recertification import repository
from services.auth.recertification.domain import (
    ACCOUNT,
    STATEMENT_DIGEST,
    Certifier,
    Decision,
    Item,
    Refusal,
    Trigger,
    certified_by,
    is_hasty,
    refuse,
    reminder_due,
)
from services.auth.recertification.repository import Scope
from services.auth.recertification.views import Evidence, due_now, evidence_of, frozen
from services.auth.sessions import repository as sessions
from services.auth.settings import auth_settings

SWEEP = "sweep-certifications"
CERTIFYING_STAFF = "MAC_EDI"
"""The role of the contractor's staff that certifies the accounts of privileged users."""

_AT_ONCE = 200
_ONE = Place(size=1, counted=False)

_SENTENCES: dict[Refusal, str] = {
    "own-access": "You cannot certify your own access. Another administrator of your organization can.",
    "outdated": "The access of one of these users changed after you opened the page, so nothing was saved. Open the"
    " page again and decide on what it shows now.",
    "keeps-nothing": "Tick at least one function to keep, and not all of them: choose “Certify” to keep all, or"
    " “Decline” to keep none. Nothing was saved.",
}
_ASKED = "You asked today already. Your administrators were told; you can ask again tomorrow."
_NOTHING_OPEN = "Nothing of your access is to be certified now."


async def decide(
    permit: Permit, decisions: Sequence[Decision], *, signer: str, opened: datetime | None = None, staff: bool = False
) -> UUID:
    """Certify for another time, keep a part, or take all access of a user for an enrollment away at the next request.

    `opened`: when what was decided was shown, `None` where nobody knows. `staff`: privileged accounts of any
    organization, and the access of its only administrator, decided by the contractor. The id of one of the decisions,
    by which all made together are found.

    Raises `Rejected`, and nothing is done: 403 for a program and for one's own access, 404 for whoever is no member and
    for a foreign enrollment, 409 when the access is no longer what the decision was about, 422 when nothing or
    everything is kept, or another name was typed.
    """
    by_a_person(permit, "refuse", "certification", permit.principal.user_id)
    if fault := name_fault(permit, signer):
        raise Rejected("form-invalid", fault, fields={"signer": fault})
    work, by = permit.work, Certifier(permit.principal.user_id, permit.principal.organization_id, staff)
    user_ids = sorted({each.user_id for each in decisions})
    await access.lock_users(work, user_ids)
    enrollment_ids = {each.enrollment_id for each in decisions}
    if staff:
        members = await repository.members_everywhere(work, user_ids)
        items = await repository.items_of_staff(work, user_ids)
        enrollment_ids &= {enrollment_id for _, enrollment_id in items}
    else:
        members = await access.members_by_id(work, by.organization_id, user_ids)
        items = await repository.items(work, user_ids, enrollment_ids)
    enrollments = await access.enrollments_by_id(work, None if staff else by.organization_id, enrollment_ids)
    decided: list[tuple[Decision, Item]] = []
    for each in decisions:
        item = items.get((each.user_id, each.enrollment_id))
        refusal = refuse(each, members.get(each.user_id), item, by=by, enrollments=enrollments)
        if refusal is not None or item is None:
            _refuse(work, each, refusal or "outdated")
        decided.append((each, item))
    known = await evidence_of(work, [item for _, item in decided], enrollments)
    owners = {user_id: member.organization_id for user_id, member in members.items()}
    return await _carry_out(permit, decided, known, owners, signer=signer, opened=opened)


async def _carry_out(
    permit: Permit,
    decided: Sequence[tuple[Decision, Item]],
    known: Mapping[tuple[UUID, UUID], Evidence],
    owners: Mapping[UUID, UUID],
    *,
    signer: str,
    opened: datetime | None,
) -> UUID:
    work, certifier = permit.work, permit.principal.user_id
    previous = await repository.last_decision_at(work, certifier)
    since = max((each for each in (opened, previous) if each), default=None)
    hasty = is_hasty(since, work.now, len(decided), seconds=auth_settings().hasty_seconds)
    ids = work.runtime.ids.batch(len(decided))
    rows = []
    events: list[Contract] = []
    for certification_id, (decision, item) in zip(ids, decided, strict=True):
        until = await _do(work, decision, item, certifier, events)
        where = f"{decision.user_id} {decision.enrollment_id}"
        work.audit(decision.verdict, "certification", where, reason="hasty" if hasty else "")
        log.info("recertification decided", user_id=str(decision.user_id), kind=decision.verdict)
        evidence = known[item.user_id, item.enrollment_id]
        rows.append(
            _row(
                work,
                certification_id,
                item,
                owners[item.user_id],
                verdict=decision.verdict,
                kept=sorted(_kept(decision, item)),
                evidence=evidence,
                signer=" ".join(signer.split()),
                hasty=hasty,
                decided_by=certifier,
                certified_until=until,
            )
        )
    repository.add_decisions(work, rows)
    await publish_users(work, sorted({decision.user_id for decision, _ in decided}))
    work.append(*events)
    return ids[0]


def _kept(decision: Decision, item: Item) -> frozenset[str]:
    if decision.verdict == "change":
        return decision.keep
    return frozenset(item.permissions) if decision.verdict == "certify" else frozenset()


def _row(
    work: UnitOfWork,
    certification_id: UUID,
    item: Item,
    organization_id: UUID,
    *,
    verdict: str,
    kept: Sequence[str] = (),
    evidence: Evidence,
    signer: str = "",
    hasty: bool = False,
    decided_by: UUID | None = None,
    certified_until: datetime | None = None,
) -> dict[str, object]:
    return {
        "certification_id": certification_id,
        "organization_id": organization_id,
        "user_id": item.user_id,
        "enrollment_id": None if item.enrollment_id == ACCOUNT else item.enrollment_id,
        "verdict": verdict,
        "permissions": list(item.permissions),
        "kept": list(kept),
        "evidence": frozen(evidence),
        "signer": signer,
        "statement": STATEMENT_DIGEST,
        "hasty": hasty,
        "decided_by": decided_by,
        "decided_at": work.runtime.clock.business(),
        "recorded_at": work.now,
        "certified_until": certified_until,
    }


async def _do(
    work: UnitOfWork, decision: Decision, item: Item, certifier: UUID, events: list[Contract]
) -> datetime | None:
    """Carry out one decision, and add what is to be told of it. Until when it counts, if it counts."""
    if item.enrollment_id == ACCOUNT:
        return await _do_account(work, decision, item)
    user_id, enrollment_id = decision.user_id, decision.enrollment_id
    if decision.verdict == "decline":
        await access.remove_grants(work, user_id, enrollment_id)
        events.append(await _removed(work, user_id, enrollment_id, "*", certifier))
        return None
    gone = frozenset(item.permissions) - _kept(decision, item)
    removed = await access.remove_grants(work, user_id, enrollment_id, gone) if gone else []
    events += [await _removed(work, user_id, enrollment_id, each, certifier) for each in removed]
    until = certified_until(work)
    await access.certify(work, user_id, enrollment_id, until)
    events.append(
        Recertified(user_id=user_id, enrollment_id=enrollment_id, certified_by=certifier, certified_until=until)
    )
    return until


async def _do_account(work: UnitOfWork, decision: Decision, item: Item) -> datetime | None:
    user_id = decision.user_id
    if decision.verdict == "decline":
        await _end_account(work, user_id)
        return None
    privileged = PRIVILEGED.intersection(item.permissions)
    until = certified_until(work, auth_settings().privileged_certification_days if privileged else None)
    standing = await repository.account_of(work, user_id)
    if standing is not None and standing.suspended_at is not None:
        await access.set_state(work, user_id, "active")
    await repository.put_account(work, user_id, certified_until=until, suspended_at=None)
    return until


async def _end_account(work: UnitOfWork, user_id: UUID) -> None:
    """End an account that is certified by itself: nobody certifies it again. It stays, disabled."""
    await access.set_state(work, user_id, "disabled")
    await sessions.end_sessions_of(work, user_id, "disabled")
    await repository.put_account(work, user_id, ended_at=work.now)
    await tell(work, user_id, "certification-account-declined")


async def _removed(
    work: UnitOfWork, user_id: UUID, enrollment_id: UUID, permission: str, by: UUID | None
) -> RoleRemoved:
    return RoleRemoved(
        user_id=user_id,
        enrollment_id=enrollment_id,
        permission=permission,
        removed_by=by,
        reason="not-recertified",
        sealed_contact=await _sealed_contact(work, user_id),
    )


async def _sealed_contact(work: UnitOfWork, user_id: UUID) -> str | None:
    """Name and mail address of a user, for the notifier alone. `None` for whoever has no address: a program."""
    name, email = await access.contact(work, user_id)
    if not email:
        return None
    return CONTACT.seal(work.runtime.keys, Contact(name, email), user_id)


def _refuse(work: UnitOfWork, decision: Decision, reason: Refusal) -> NoReturn:
    where = f"{decision.user_id} {decision.enrollment_id}"
    work.audit("refuse", "certification", where, outcome="refused", reason=reason)
    log.info("recertification refused", user_id=str(decision.user_id), reason=reason)
    if reason == "own-access":
        raise Rejected("access-denied", _SENTENCES[reason], status=403)
    if reason == "outdated":
        raise Rejected("form-outdated", _SENTENCES[reason], status=409)
    if reason == "keeps-nothing":
        raise Rejected("form-invalid", _SENTENCES[reason], fields={"": _SENTENCES[reason]})
    raise nothing_here()


async def ask(permit: Permit) -> None:
    """Tell those who certify that the person still needs the access, at most once a day.

    Raises `Rejected`: 409 when nothing is open, or when the person asked within a day.
    """
    work, user_id, organization_id = permit.work, permit.principal.user_id, permit.principal.organization_id
    mine = await repository.items_page(work, Scope(organization_id, user_id=user_id), _ONE, due=due_now(work))
    if not any(each.certified_until <= due_now(work) for each in mine.rows):
        raise Rejected("nothing-to-certify", _NOTHING_OPEN, status=409)
    if not await repository.note_request(work, user_id, work.now - timedelta(days=1)):
        work.audit("ask", "certification", user_id, outcome="refused", reason="once-a-day")
        raise Rejected("asked-already", _ASKED, status=409)
    roles = await repository.certifiers(work, CERTIFYING_STAFF)
    work.audit("ask", "certification", user_id)
    for certifier in certified_by(roles, user_id, organization_id):
        await tell(work, certifier, "certification-asked", about=permit.principal.name)


# -- what time does without a decision ------------------------------------------------------------------------------


async def sweep(work: UnitOfWork, due: Due) -> None:
    """Timer: open certifications out of turn, remind, suspend accounts, revoke what nobody decided."""
    await _trigger(work)
    days = auth_settings().privileged_certification_days
    await repository.close_accounts(work)
    await repository.open_accounts(work, certified_until(work, days), privileged=True)
    await repository.open_accounts(work, certified_until(work), privileged=False)
    revoked = await _revoke(work)
    await _lapse_accounts(work)
    await _tell_suspended(work)
    await _remind(work)
    pause = timedelta(0) if revoked == _AT_ONCE else timedelta(minutes=auth_settings().sweep_minutes)
    await work.schedule(SWEEP, due.subject, work.now + pause)


async def _trigger(work: UnitOfWork) -> None:
    """What turned bad at PECOS, at EDI enrollment or in an organization has its access certified out of turn."""
    for reason, subject in await repository.turned_bad(work):
        await _certify_out_of_turn(work, reason, subject)
    rules, today = auth_settings(), work.runtime.today
    year = today - timedelta(days=rules.certification_days)
    for enrollment_id in await repository.owners_changed(work, after=year, today=today):
        await _certify_out_of_turn(work, "ownership-change", enrollment_id)
    over = timedelta(days=rules.recertification_window_days + rules.revoke_after_days)
    await repository.forget_events(work, work.now - over)


async def _certify_out_of_turn(work: UnitOfWork, reason: Trigger, subject: UUID) -> None:
    until = certified_until(work, auth_settings().recertification_window_days)
    users = await repository.shorten(work, subject, until)
    work.audit("trigger", "certification", subject, reason=reason)
    log.info("recertification out of turn", reason=reason, count=len(users))
    await publish_users(work, users)


async def call(permit: Permit, organization_id: UUID, reason: str) -> None:
    """Have all access of an organization's users certified out of turn: after a finding of a section 912 evaluation.

    Its administrators are reminded as of every certification. Raises `Rejected`: 404 for no such organization.
    """
    work = permit.work
    if organization_id not in await access.organization_names(work, [organization_id]):
        raise nothing_here()
    await repository.call(work, organization_id, reason, permit.principal.user_id)
    await _certify_out_of_turn(work, "finding", organization_id)
    await work.schedule(SWEEP, "all", work.now)


async def _revoke(work: UnitOfWork) -> int:
    """Take away what was suspended for too long. Of how many users and enrollments."""
    before = work.now - timedelta(days=auth_settings().revoke_after_days)
    gone = await repository.revoke_grants(work, before, at_most=_AT_ONCE)
    events: list[Contract] = []
    rows = []
    for each, certification_id in zip(gone, work.runtime.ids.batch(len(gone)), strict=True):
        item = Item(each.user_id, each.enrollment_id, each.permissions, before)
        known = await evidence_of(work, [item], {})
        rows.append(
            _row(
                work,
                certification_id,
                item,
                each.organization_id,
                verdict="revoke",
                evidence=known[each.user_id, each.enrollment_id],
            )
        )
        work.audit("revoke", "certification", f"{each.user_id} {each.enrollment_id}")
        names = ("*",) if each.whole else each.permissions
        events += [await _removed(work, each.user_id, each.enrollment_id, name, None) for name in names]
    repository.add_decisions(work, rows)
    await publish_users(work, sorted({each.user_id for each in gone}))
    work.append(*events)
    return len(gone)


async def _lapse_accounts(work: UnitOfWork) -> None:
    """Disable accounts that nobody certified in time; end those of which nobody cared for too long.

    One that is disabled already is not suspended too: certified, it stays as whoever disabled it left it.
    """
    changed = []
    for item in await repository.lapsed_accounts(work, work.now, active=True):
        await access.set_state(work, item.user_id, "disabled")
        await sessions.end_sessions_of(work, item.user_id, "disabled")
        await repository.put_account(work, item.user_id, suspended_at=work.now)
        work.audit("suspend", "certification", item.user_id)
        await tell(work, item.user_id, "certification-account-suspended")
        changed.append(item.user_id)
    before = work.now - timedelta(days=auth_settings().revoke_after_days)
    owners = await repository.organizations_of(work, changed)
    for item in await repository.lapsed_accounts(work, before):
        owners |= await repository.organizations_of(work, [item.user_id])
        known = await evidence_of(work, [item], {})
        row = _row(
            work,
            work.runtime.ids.new(),
            item,
            owners[item.user_id],
            verdict="revoke",
            evidence=known[item.user_id, ACCOUNT],
        )
        repository.add_decisions(work, [row])
        await _end_account(work, item.user_id)
        work.audit("revoke", "certification", item.user_id)
        changed.append(item.user_id)
    await publish_users(work, sorted(set(changed)))


async def _tell_suspended(work: UnitOfWork) -> None:
    """Tell users whose access counts no longer because nobody certified it, once."""
    since = work.now - timedelta(days=auth_settings().revoke_after_days)
    for user_id, until, count in await repository.to_tell_of_suspension(
        work, now=work.now, since=since, at_most=_AT_ONCE
    ):
        if await repository.note_reminder(work, user_id, until, repository.SUSPENDED):
            last = day(until.astimezone(work.runtime.deployment.zone).date())
            await tell(work, user_id, "certification-suspended", waiting=in_words(count, "NPI"), day=last)
            work.audit("suspend", "certification", user_id)


async def _remind(work: UnitOfWork) -> None:
    """Tell those who certify what is open: on each of the days of the settings before it ends, once."""
    business, rules = work.runtime.clock.business(), auth_settings()
    waiting: dict[tuple[UUID, datetime, int], int] = {}
    roles = await repository.certifiers(work, CERTIFYING_STAFF)
    for organization_id, subject, until, count in await repository.to_remind(
        work, now=work.now, due=business + rules.recertification_window
    ):
        days = reminder_due(until, business, rules.recertification_reminders)
        if days is None:
            continue
        # What users can reach is for administrators alone; of accounts, and of what administrators can reach, there is
        # somebody at the contractor too.
        deciding = [each for each in roles if not each[2]] if subject == ACCOUNT else roles
        for user_id in certified_by(deciding, subject, organization_id):
            waiting[user_id, until, days] = waiting.get((user_id, until, days), 0) + count
    for (user_id, until, days), count in sorted(waiting.items()):
        if await repository.note_reminder(work, user_id, until, days):
            waits = f"{in_words(count, 'decision')} {'waits' if count == 1 else 'wait'}"
            last = day(until.astimezone(work.runtime.deployment.zone).date())
            await tell(work, user_id, "certification-reminder", waiting=waits, day=last)
            work.audit("remind", "certification", user_id, reason=f"{days} days")
