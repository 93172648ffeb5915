"""What eligibility says of HETS EDI enrollments reaches the administrators of the organization by mail."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date

import pytest

from libs.common.contracts.eligibility import HetsNotice
from libs.common.contracts.sealed import WANTED_MESSAGE
from libs.common.settings import Settings
from services.auth.notices.handlers import tell_administrators
from tests.support.appeals import received
from tests.support.auth import ADMINISTRATOR, RIVERSIDE, Auth, auth_with_people


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


@pytest.mark.parametrize(
    ("matter", "kind"),
    [("attestation-due", "hets-attestation-open"), ("refused", "hets-refused"), ("not-sent", "hets-not-sent")],
)
async def test_each_administrator_of_the_organization_is_told_and_nobody_else(
    auth: Auth, matter: str, kind: str
) -> None:
    notice = HetsNotice.model_validate(
        {
            "organization_id": RIVERSIDE.organization_id,
            "npi": RIVERSIDE.enrollments[0].npi,
            "submitter": "MER15004",
            "matter": matter,
            "day": date(2027, 1, 7),
        }
    )
    async with auth.work.database.work(auth.work) as work:
        await tell_administrators(work, [received(auth.work, notice)])
    [told] = [each.event for each in await auth.copy_access()]
    assert (told.user_id, told.kind) == (ADMINISTRATOR.user_uuid, kind)
    facts = WANTED_MESSAGE.open(auth.work.keys, told.sealed_message, told.user_id).facts
    assert (facts["npi_last_four"], facts["day"]) == (RIVERSIDE.enrollments[0].npi[-4:], "01/07/2027")
