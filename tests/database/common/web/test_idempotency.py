"""The same form sent twice does its work once and answers the same, also when both arrive together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from libs.common.errors import Rejected
from libs.common.ids import digest_of
from libs.common.persistence.tables import due_work, idempotency
from libs.common.persistence.unit_of_work import Acting
from libs.common.runtime import Runtime
from libs.common.security.decision import AccessFacts
from libs.common.security.permissions import ELIGIBILITY_INQUIRY
from libs.common.web.idempotency import idempotently
from libs.common.web.permit import Permit
from tests.support.applications import BILLER, OTHER_BILLER, Someone
from tests.support.platform import Database
from tests.support.portico import MORNING, runtime_for

SERVICE = "eligibility"
KEY = "key of a form"


@pytest.fixture
async def web(database: Callable[[str], Awaitable[Database]]) -> AsyncIterator[Runtime]:
    mine = await database(SERVICE)
    async with runtime_for(SERVICE, mine.settings, role="web") as runtime:
        yield runtime


class Sender:
    """Sends forms; `done` counts how often the work was really begun."""

    def __init__(self, web: Runtime) -> None:
        self.web = web
        self.done = 0

    async def send(
        self, key: str = KEY, content: bytes = b"one", who: Someone = BILLER, *, fails: Exception | None = None
    ) -> str:
        principal = who.principal(MORNING)
        acting = Acting(actor="person", user_id=principal.user_id, enrollment_id=principal.enrollment_id)
        async with self.web.database.request(self.web, acting) as work:
            permit = Permit(principal, ELIGIBILITY_INQUIRY, AccessFacts(None), work)

            async def do() -> str:
                self.done += 1
                number = self.done
                await work.schedule("made", f"{who.name} {number}", MORNING)
                await work.execute(sa.text("SELECT pg_sleep(0.05)"))  # the other one arrives meanwhile
                if fails:
                    raise fails
                return f"/made/{number}"

            return await idempotently(permit, key, digest_of(content), do)

    async def made(self) -> int:
        async with self.web.database.engine.connect() as connection:
            made = sa.select(sa.func.count()).where(due_work.c.kind == "made")
            return int((await connection.execute(made)).scalar_one())


@pytest.fixture
def sender(web: Runtime) -> Sender:
    return Sender(web)


async def test_the_second_sending_gets_the_answer_of_the_first(sender: Sender) -> None:
    assert [await sender.send() for _ in range(3)] == ["/made/1"] * 3
    assert (sender.done, await sender.made()) == (1, 1)


async def test_sendings_at_once_do_the_work_once(sender: Sender) -> None:
    answers = await asyncio.gather(*(sender.send() for _ in range(4)))
    assert answers == ["/made/1"] * 4
    assert (sender.done, await sender.made()) == (1, 1)


async def test_other_content_under_the_same_key_is_refused(sender: Sender) -> None:
    await sender.send()
    with pytest.raises(Rejected) as refused:
        await sender.send(content=b"two")
    assert (refused.value.code, refused.value.status) == ("form-reused", 409)
    assert await sender.made() == 1


async def test_at_once_with_other_content_one_is_refused(sender: Sender) -> None:
    answers: list[Any] = await asyncio.gather(sender.send(), sender.send(content=b"two"), return_exceptions=True)
    assert sorted(type(each).__name__ for each in answers) == ["Rejected", "str"]
    assert await sender.made() == 1


async def test_two_people_may_use_the_same_key(sender: Sender) -> None:
    await sender.send()
    assert await sender.send(content=b"two", who=OTHER_BILLER) == "/made/2"


async def test_the_same_person_acting_for_another_enrollment_is_not_answered_with_the_first(sender: Sender) -> None:
    await sender.send()
    with pytest.raises(Rejected):
        await sender.send(content=b"one for another", who=replace(BILLER, acting_for=OTHER_BILLER.name))


@pytest.mark.parametrize(
    "fault", [Rejected("form-invalid", "Correct it."), ZeroDivisionError()], ids=["refused", "failed"]
)
async def test_work_that_was_not_done_may_be_tried_again(sender: Sender, fault: Exception) -> None:
    with pytest.raises(type(fault)):
        await sender.send(fails=fault)
    assert await sender.made() == 0
    assert await sender.send() == "/made/2"


async def test_when_the_first_fails_the_one_that_waited_does_the_work(sender: Sender) -> None:
    first = asyncio.create_task(sender.send(fails=Rejected("form-invalid", "Correct it.")))
    while not sender.done:  # noqa: ASYNC110 - until the first holds the key
        await asyncio.sleep(0.001)
    assert await sender.send() == "/made/2"
    with pytest.raises(Rejected):
        await first
    assert await sender.made() == 1


@pytest.mark.parametrize("key", ["", "short", "x" * 201])
async def test_a_key_that_is_none_is_refused(sender: Sender, key: str) -> None:
    with pytest.raises(Rejected) as refused:
        await sender.send(key)
    assert refused.value.status == 400
    assert sender.done == 0


async def test_what_is_kept_of_a_form_is_its_digest(sender: Sender, web: Runtime) -> None:
    await sender.send(content=b"1EG4TE5MK73")
    async with web.database.engine.connect() as connection:
        (row,) = (await connection.execute(sa.select(idempotency))).all()
    assert b"1EG4TE5MK73" not in row.request_hash
    assert len(row.request_hash) == 32
