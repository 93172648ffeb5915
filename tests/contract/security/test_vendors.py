"""What changes between a provider and its vendor counts at the next request, in a service that only hears of it.

Whoever is signed in stays signed in (S29): the record of the provider's organization is all that comes, as auth
publishes it when a letter is signed or ended, or a file of EDI enrollment says something else.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from libs.common.access import keep_organizations
from libs.common.contracts.auth import OrganizationAccess
from tests.support.applications import Applications, Someone
from tests.support.claims import received

VENDOR = Someone("vendor whose customer changes", role="VENDOR_USER", vendor="authorized")


def _letter(**changes: object) -> Callable[[OrganizationAccess], dict[str, object]]:
    return lambda office: {"authorizations": tuple(each.model_copy(update=changes) for each in office.authorizations)}


def _agreement(office: OrganizationAccess) -> dict[str, object]:
    return {"enrollments": tuple(each.model_copy(update={"submitters": ()}) for each in office.enrollments)}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda _office: {"authorizations": (), "vendors": ()}, "VENDOR_NOT_AUTHORIZED"),
        (_letter(functions=("F-08",)), "VENDOR_FUNCTION_NOT_AUTHORIZED"),
        (_agreement, "VENDOR_SUBMITTER_MISSING"),
    ],
    ids=["letter ended", "letter narrowed", "submitter taken from the agreement"],
)
async def test_it_is_refused_at_the_next_request(
    change: Callable[[OrganizationAccess], dict[str, object]],
    reason: str,
    applications: Applications,
    request: pytest.FixtureRequest,
) -> None:
    app = await applications("claims")
    who = replace(VENDOR, name=f"{VENDOR.name}: {request.node.callspec.id}")
    await app.admit(who)
    assert (await app.call("GET", "/claims", who)).status_code == 200
    _, offices = who.access(app.clock.now())
    [customer] = [each for each in offices if each.kind == "provider"]
    changed = customer.model_copy(update={"version": 2, "epoch": 2, **change(customer)})
    async with app.work.database.work(app.work) as work:
        await keep_organizations(work, [received(app.work, changed)])
    assert (await app.call("GET", "/claims", who)).status_code == 403
    assert await app.refusals(who) == {reason: 1}
