"""What is signed with a typed name is signed by a person: no program comes to it, by the API or by a form."""

from dataclasses import replace
from uuid import uuid4

import pytest
import sqlalchemy as sa

from libs.common.persistence.tables import audit
from tests.support.applications import ADMINISTRATOR, ALL_ROUTES, BILLER, Applications, Route, Someone, staff_for
from tests.support.requests import body_of, path_of

SIGNED = [each for each in ALL_ROUTES if {"signer", "signed_name"} & set(each.fields) and "/drafts" not in each.path]
DOCUMENTS = {"/accept": "terms", "{document}": "rules-of-behavior"}
"""Which document is signed at an address that ends so."""


def program_for(route: Route) -> Someone:
    """A program with the access of somebody who may sign there."""
    assert route.permission is not None
    who = staff_for(route.permission) if route.permission.staff else BILLER
    who = ADMINISTRATOR if route.permission.administrators else who
    return replace(who, name=f"program at {route}", kind="client")


def test_no_program_is_offered_to_sign() -> None:
    assert len(SIGNED) >= 6
    assert [str(each) for each in SIGNED if each.api] == []


@pytest.mark.parametrize("route", SIGNED, ids=str)
async def test_a_program_that_signs_is_refused_and_nothing_comes_of_it(
    route: Route, applications: Applications
) -> None:
    app = await applications(route.service)
    who = program_for(route)
    await app.admit(who)
    before = await app.content()
    sent = body_of(route, who, who.enrollment_id, key=f"program {route}")
    sent["data"] |= {"signer": who.name, "signed_name": who.name, "effective": "12/01/2026"}
    sent["data"][f"decide.{uuid4()}.{uuid4()}"] = "certify.seen"
    document = next((name for end, name in DOCUMENTS.items() if route.path.endswith(end)), "")
    answer = await app.call(route.method, path_of(route, who.enrollment_id, document=document), who, **sent)
    assert (answer.status_code, "A program cannot sign." in answer.text) == (403, True)
    assert await app.content() == before
    async with app.work.database.work(app.work) as work:
        reasons = sa.select(audit.c.reason).where(audit.c.actor == f"client:{who.user_id}")
        assert "no-person" in list((await work.execute(reasons)).scalars())
