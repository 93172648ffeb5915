"""Finds appeals for the contractor's reviewers, of whatever provider, and says what a decision pays."""

from collections.abc import Collection, Sequence

from libs.common.contracts.sealed import ClaimFacts
from libs.common.errors import Rejected
from libs.common.web.permit import Permit, opaque
from services.appeals.redetermination import repository
from services.appeals.redetermination.domain import WHOLE_CLAIM
from services.appeals.redetermination.repository import Appeal


async def found_for_review(permit: Permit, appeal_id: str) -> Appeal:
    """The appeal, whoever it belongs to. Raises `Rejected` (404) when there is none."""
    one = await repository.find_for_staff(permit.work, opaque(appeal_id))
    if one is None:
        raise Rejected("not-found", "There is no such appeal.", status=404)
    return one


def to_pay(favorable: Sequence[int], known: ClaimFacts, *, apart: Collection[int]) -> tuple[int, ...]:
    """The service lines to be paid now; a claim that was appealed as a whole means all but those `apart`."""
    return tuple(sorted(set(known.lines).difference(apart) if WHOLE_CLAIM in favorable else favorable))
