"""Educational resources (F-10): who reads them, what they lead to, and that their use is counted."""

import json

import pytest
import sqlalchemy as sa

from libs.common.contracts.functions import EVENTS
from libs.common.functions import COUNTERS, USED
from libs.common.persistence.tables import outbox
from services.portal.resources.domain import TOPICS
from tests.support.applications import ADMINISTRATOR, BILLER, Application, Applications, Someone, applications

__all__ = ["applications"]

WITHOUT = Someone("without resources", permissions=frozenset({"claims.status"}))


@pytest.fixture
async def app(applications: Applications) -> Application:
    app = await applications("portal")
    await app.admit(BILLER, WITHOUT, ADMINISTRATOR)
    return app


async def used(app: Application) -> list[dict[str, str]]:
    """The uses that were told so far."""
    async with app.work.database.work(app.work) as work:
        found = await work.execute(sa.select(outbox.c.payload).where(outbox.c.topic == EVENTS))
        return [json.loads(payload) for payload in found.scalars()]


async def test_the_page_has_every_link_and_stands_in_the_navigation(app: Application) -> None:
    answer = await app.call("GET", "/resources", BILLER)
    assert answer.status_code == 200
    for topic in TOPICS:
        assert f"<h2>{topic.title}</h2>" in answer.text
        for each in topic.resources:
            assert f'<a href="{each.address}">{each.title}</a>' in answer.text
    assert 'href="/resources"' in (await app.call("GET", "/home", BILLER)).text


async def test_programs_get_the_same(app: Application) -> None:
    told = (await app.call("GET", "/api/portal/resources", BILLER)).json()
    assert [each["title"] for each in told] == [each.title for each in TOPICS]
    assert told[0]["resources"][0] == {
        "title": "ICD-10-CM",
        "address": "https://icd10cmtool.cdc.gov",
        "purpose": "Diagnosis codes, as published by the CDC.",
    }


async def test_each_look_is_counted_once_in_the_report_of_the_month(app: Application) -> None:
    before = len(await used(app))
    for path in ("/resources", "/api/portal/resources"):
        await app.call("GET", path, BILLER)
    uses = (await used(app))[before:]
    assert [(each["function"], each["enrollment_id"]) for each in uses] == [("F-10", str(BILLER.enrollment_id))] * 2
    code, counter = COUNTERS["resources-opened"]
    assert (code, counter.event) == ("F-10", USED)


@pytest.mark.parametrize("who", [WITHOUT, ADMINISTRATOR], ids=lambda each: each.name)
async def test_who_has_no_grant_is_refused_and_not_counted(app: Application, who: Someone) -> None:
    before = await used(app)
    assert (await app.call("GET", "/resources", who)).status_code == 403
    assert 'href="/resources"' not in (await app.call("GET", "/home", who)).text
    assert await used(app) == before


def test_every_link_is_safe_and_named_once() -> None:
    links = [each for topic in TOPICS for each in topic.resources]
    assert all(each.address.startswith("https://") for each in links)
    assert len({each.address for each in links}) == len({each.title for each in links}) == len(links)
