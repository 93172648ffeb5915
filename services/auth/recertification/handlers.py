"""Decisions about certification: all of one form in one transaction, or none of it."""

from collections.abc import Sequence
from typing import NoReturn
from uuid import UUID

from libs.common.contracts.auth import Recertified, RoleRemoved
from libs.common.contracts.sealed import CONTACT, Contact
from libs.common.errors import Rejected, nothing_here
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.access.handlers import certified_until, publish_users
from services.auth.recertification import repository
from services.auth.recertification.domain import Decision, Item, Refusal, refuse

_SENTENCES: dict[Refusal, str] = {
    "own-access": "You cannot certify your own access. Another administrator of your organization can.",
    "outdated": "The access of one of these users changed after you opened the page, so nothing was saved. Open the"
    " page again and decide on what it shows now.",
}


async def decide(permit: Permit, decisions: Sequence[Decision]) -> UUID:
    """Certify for another year, or take all access of a user for an enrollment away: it ends at their next request.

    The id of one of the decisions, by which all that were made together are found.

    Raises `Rejected`, and nothing is done: 404 for whoever is no member and for a foreign enrollment, 403 for one's
    own access, 409 when the access is no longer what the decision was about.
    """
    work, organization_id = permit.work, permit.principal.organization_id
    user_ids = sorted({each.user_id for each in decisions})
    await access.lock_users(work, user_ids)
    members = await access.members_by_id(work, organization_id, user_ids)
    enrollment_ids = {each.enrollment_id for each in decisions}
    enrollments = frozenset(await access.enrollments_by_id(work, organization_id, enrollment_ids))
    items = await repository.items(work, user_ids, enrollment_ids)
    decided: list[tuple[Decision, Item]] = []
    for each in decisions:
        item = items.get((each.user_id, each.enrollment_id))
        refusal = refuse(
            each,
            members.get(each.user_id),
            item,
            administrator=permit.principal.user_id,
            organization=organization_id,
            enrollments=enrollments,
        )
        if refusal is not None or item is None:
            _refuse(work, each, refusal or "outdated")
        decided.append((each, item))
    return await _carry_out(permit, decided)


async def _carry_out(permit: Permit, decided: Sequence[tuple[Decision, Item]]) -> UUID:
    work, administrator = permit.work, permit.principal.user_id
    until = certified_until(work)
    events: list[Recertified | RoleRemoved] = []
    for decision, _ in decided:
        user_id, enrollment_id = decision.user_id, decision.enrollment_id
        if decision.verdict == "certify":
            await access.certify(work, user_id, enrollment_id, until)
            events.append(
                Recertified(
                    user_id=user_id, enrollment_id=enrollment_id, certified_by=administrator, certified_until=until
                )
            )
        else:
            await access.remove_grants(work, user_id, enrollment_id)
            events.append(
                RoleRemoved(
                    user_id=user_id,
                    enrollment_id=enrollment_id,
                    permission="*",
                    removed_by=administrator,
                    reason="not-recertified",
                    sealed_contact=await _sealed_contact(work, user_id),
                )
            )
        work.audit(decision.verdict, "certification", f"{user_id} {enrollment_id}")
        log.info("recertification decided", user_id=str(user_id), kind=decision.verdict)
    ids = work.runtime.ids.batch(len(decided))
    repository.add_decisions(
        work,
        [
            {
                "certification_id": certification_id,
                "organization_id": permit.principal.organization_id,
                "user_id": decision.user_id,
                "enrollment_id": decision.enrollment_id,
                "verdict": decision.verdict,
                "permissions": list(item.permissions),
                "decided_by": administrator,
                "decided_at": work.runtime.clock.business(),
                "certified_until": until if decision.verdict == "certify" else None,
            }
            for certification_id, (decision, item) in zip(ids, decided, strict=True)
        ],
    )
    await publish_users(work, sorted({decision.user_id for decision, _ in decided}))
    work.append(*events)
    return ids[0]


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
    raise nothing_here()
