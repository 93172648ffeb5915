"""Whether an organization has other administrators than one of them."""

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access import repository as access
from services.auth.access.domain import ADMINISTRATORS, Member


async def is_alone(work: UnitOfWork, member: Member) -> bool:
    """Whether a person is an administrator, and no other one is active."""
    if member.role not in ADMINISTRATORS:
        return False
    return not set(await access.administrators(work, member.organization_id)) - {member.user_id}
