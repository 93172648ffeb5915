import sqlalchemy as sa

from libs.common.persistence.tables import saved_filter
from libs.common.persistence.unit_of_work import Acting
from libs.common.web.saved_filters import MAX_SAVED
from tests.support.claims import ClaimsService

PAID = "state=paid"
WORDS = '<a href="/claims?state=paid">Paid</a>'


async def test_a_filter_is_kept_for_who_saved_it_until_they_remove_it(portal: ClaimsService) -> None:
    await portal.accepted_file(1)
    saved = await portal.riverside.post("/claims/filters", query=PAID)
    assert (saved.status_code, saved.headers["location"]) == (303, "/claims?state=paid")
    assert (await portal.riverside.get("/claims")).text.count(WORDS) == 1
    assert "Saved filters" not in (await portal.lakeside.get("/claims")).text

    await portal.riverside.post("/claims/filters", query=PAID, remove="yes")
    assert "Saved filters" not in (await portal.riverside.get("/claims")).text


async def test_a_filter_is_offered_to_be_kept_until_it_is(portal: ClaimsService) -> None:
    assert "Save this filter" not in (await portal.riverside.get("/claims")).text
    assert "Save this filter" in (await portal.riverside.get("/claims?state=paid")).text
    for _ in range(2):
        await portal.riverside.post("/claims/filters", query=PAID)
    page = (await portal.riverside.get("/claims?state=paid")).text
    assert "Save this filter" not in page
    assert page.count("Remove<") == 1


async def test_a_filter_says_in_words_what_it_asks(portal: ClaimsService) -> None:
    query = "state=not-accepted&service_from=11%2F01%2F2026"
    await portal.riverside.post("/claims/filters", query=query)
    assert ">Not accepted (not a denial), Service from 11/01/2026</a>" in (await portal.riverside.get("/claims")).text


async def test_only_what_the_list_filters_by_is_kept(portal: ClaimsService) -> None:
    refused = await portal.riverside.post("/claims/filters", query="name=Doe")
    assert refused.status_code == 422
    assert "Choose what to filter by" in refused.text
    saved = await portal.riverside.post("/claims/filters", query="name=Doe&state=paid")
    assert saved.headers["location"] == "/claims?state=paid"


async def test_who_keeps_too_many_is_told_to_remove_one(portal: ClaimsService) -> None:
    for number in range(1, MAX_SAVED + 1):
        await portal.riverside.post("/claims/filters", query=f"received_from=11/{number:02d}/2026")
    refused = await portal.riverside.post("/claims/filters", query=PAID)
    assert refused.status_code == 422
    assert "Remove one first." in refused.text


async def test_nobody_else_sees_a_filter_not_even_past_the_pages(portal: ClaimsService) -> None:
    mine, other = portal.riverside.principal, portal.lakeside.principal
    await portal.riverside.post("/claims/filters", query=PAID)
    seen = []
    for who in (mine, other):
        acting = Acting(f"person:{who.user_id}", who.user_id, mine.enrollment_id)
        async with portal.web.database.request(portal.web, acting) as work:
            seen.append((await work.execute(sa.select(saved_filter.c.query))).scalars().all())
    assert seen == [[PAID], []]
