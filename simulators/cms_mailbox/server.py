"""The mail server (SMTP) of the mailbox, and the window (HTTP) through which tests and people look into it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI
from pydantic import BaseModel

from simulators.cms_mailbox.mailbox import Behavior, Mailbox, Step, StoredMessage
from simulators.serving import HOST

_REPLIES = {
    250: "250 2.0.0 accepted",
    451: "451 4.3.0 try again later",
    550: "550 5.7.1 this mailbox refuses the message",
}
_LARGEST = 1 << 20


class _Handler:
    """What aiosmtpd calls when a message has come whole."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """Answer as the mailbox was told to; a message is on the disk before it is accepted."""
        step = self._mailbox.next_step()
        await asyncio.sleep(step.delay_seconds)
        if step.reply == 250:
            content = envelope.original_content or b""
            self._mailbox.keep(str(envelope.mail_from), [str(to) for to in envelope.rcpt_tos], content)
        else:
            self._mailbox.refused += 1
        return _REPLIES[step.reply]


@asynccontextmanager
async def serving_smtp(mailbox: Mailbox, port: int) -> AsyncIterator[None]:
    """Take mail on `port` while the block runs."""
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(
            _Handler(mailbox),
            loop=loop,
            hostname="mailbox.cms.example",
            ident="CMS mailbox simulator",
            data_size_limit=_LARGEST,
            enable_SMTPUTF8=True,
        )

    server = await loop.create_server(session, HOST, port)
    try:
        yield
    finally:
        server.close()


class View(BaseModel):
    """What the mailbox holds and how it behaves. `refused` counts messages that were not accepted."""

    messages: list[StoredMessage]
    refused: int


class Told(BaseModel):
    """The behavior that is in force: steps that are still to come."""

    steps: list[Step]


def window(mailbox: Mailbox) -> FastAPI:
    """The HTTP application."""
    application = FastAPI(title="CMS mailbox simulator", docs_url=None, redoc_url=None)

    @application.get("/readyz")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    @application.get("/messages")
    async def messages(after: int = 0) -> View:
        """Messages with a number above `after`, oldest first."""
        return View(messages=mailbox.messages[after:], refused=mailbox.refused)

    @application.post("/behavior")
    async def behave(behavior: Behavior) -> Told:
        mailbox.behave(behavior)
        return Told(steps=mailbox.behavior().steps)

    return application
