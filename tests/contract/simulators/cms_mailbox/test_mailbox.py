import asyncio
import smtplib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.portal import free_port_base
from libs.common.clock import SetClock
from simulators.cms_mailbox.mailbox import Mailbox
from simulators.cms_mailbox.server import serving_smtp, window
from tests.support.portico import MORNING


@dataclass
class Office:
    """A mailbox that serves, its window, and a sender."""

    mailbox: Mailbox
    port: int
    client: httpx.AsyncClient

    async def send(self, subject: str = "Interruption", *, message_id: str = "<1@portico.example>") -> None:
        await asyncio.to_thread(self._send, subject, message_id)

    def _send(self, subject: str, message_id: str) -> None:
        message = EmailMessage()
        message["From"] = "alerts@contractor.example"
        message["To"] = "alerts@cms.example"
        message["Subject"] = subject
        message["Message-ID"] = message_id
        message["X-Portico-Sequence"] = "3"
        message.set_content("Claim status is down since 9:30 § we work on it.\n")
        with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as connection:
            connection.send_message(message)

    async def messages(self, **query: int) -> list[dict[str, Any]]:
        answer = await self.client.get("/messages", params=query)
        return list(answer.json()["messages"])

    async def behave(self, *steps: dict[str, Any]) -> None:
        answer = await self.client.post("/behavior", json={"steps": steps})
        assert answer.status_code == 200


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    mailbox = Mailbox(tmp_path, SetClock(MORNING))
    transport = httpx.ASGITransport(window(mailbox))
    async with (
        free_port_base() as base,
        serving_smtp(mailbox, base + 60),
        httpx.AsyncClient(transport=transport, base_url="http://mailbox") as client,
    ):
        yield Office(mailbox, base + 60, client)
    mailbox.close()


async def test_an_accepted_message_is_shown_whole(office: Office) -> None:
    assert (await office.client.get("/readyz")).status_code == 200
    await office.send("Unterbrechung: Eligibility § 9:30")
    (message,) = await office.messages()
    assert message["subject"] == "Unterbrechung: Eligibility § 9:30"
    assert message["body"] == "Claim status is down since 9:30 § we work on it.\n"
    assert message["headers"]["X-Portico-Sequence"] == "3"
    assert message["received_at"] == MORNING.isoformat()
    assert (message["sender"], message["recipients"]) == ("alerts@contractor.example", ["alerts@cms.example"])
    assert (message["number"], message["message_id"], message["duplicate"]) == (1, "<1@portico.example>", False)


async def test_a_repeated_message_id_is_kept_and_marked(office: Office) -> None:
    await office.send()
    await office.send(message_id="<2@portico.example>")
    await office.send()
    assert [(each["number"], each["duplicate"]) for each in await office.messages()] == [
        (1, False),
        (2, False),
        (3, True),
    ]
    assert [each["number"] for each in await office.messages(after=2)] == [3]


@pytest.mark.parametrize("reply", [451, 550])
async def test_refusals_follow_the_script_and_keep_nothing(office: Office, reply: int) -> None:
    await office.behave({"reply": reply, "times": 2})
    for _ in range(2):
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            await office.send()
        assert refusal.value.smtp_code == reply
    assert await office.messages() == []
    await office.send()
    assert len(await office.messages()) == 1
    assert (await office.client.get("/messages")).json()["refused"] == 2


async def test_a_refusal_without_end_ends_with_the_next_script(office: Office) -> None:
    await office.behave({"reply": 451, "times": None})
    for _ in range(3):
        with pytest.raises(smtplib.SMTPDataError):
            await office.send()
    await office.behave()
    await office.send()
    assert len(await office.messages()) == 1


async def test_a_delayed_message_is_not_there_before_its_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def wait(seconds: float) -> None:
        asked.append(seconds)
        reached.set()
        await go_on.wait()

    monkeypatch.setattr("simulators.cms_mailbox.server.asyncio.sleep", wait)
    await office.behave({"delay_seconds": 40})
    sending = asyncio.create_task(office.send())
    await asyncio.wait_for(reached.wait(), 5)
    assert (asked, office.mailbox.messages) == ([40], [])
    go_on.set()
    await sending
    assert len(office.mailbox.messages) == 1


async def test_an_unknown_behavior_is_refused(office: Office) -> None:
    assert (await office.client.post("/behavior", json={"steps": [{"reply": 999}]})).status_code == 422


async def test_a_restart_keeps_what_was_accepted_and_drops_what_was_not(office: Office, tmp_path: Path) -> None:
    await office.send()
    await office.send(message_id="<2@portico.example>")
    with (tmp_path / "messages.jsonl").open("a") as file:
        file.write('{"number": 3, "message_id"')
    for _ in range(2):
        again = Mailbox(tmp_path, SetClock(MORNING))
        assert again.messages == office.mailbox.messages
        assert again.keep("a@b.example", [], b"Message-ID: <2@portico.example>\r\n\r\nx").duplicate
        again.close()
        office.mailbox.messages.append(again.messages[-1])
