"""Runs the mailbox: mail on one port of the base, the window on the next."""

import asyncio
import os

from libs.common.clock import SystemClock
from libs.common.observability.logs import configure_logs, log
from libs.common.settings import MAILBOX_HTTP, MAILBOX_SMTP, Settings
from simulators.cms_mailbox.mailbox import Mailbox
from simulators.cms_mailbox.server import serving_smtp, window
from simulators.serving import run, serve_http


async def simulate(stop: asyncio.Event) -> None:
    """Serve until `stop` is set."""
    settings = Settings()
    configure_logs("cms_mailbox", "simulator", str(os.getpid()))
    mailbox = Mailbox(settings.state_directory / "cms_mailbox", SystemClock())
    async with serving_smtp(mailbox, settings.port(MAILBOX_SMTP)):
        log.info("started", port=settings.port(MAILBOX_SMTP), count=len(mailbox.messages))
        await serve_http(window(mailbox), settings.port(MAILBOX_HTTP), stop)
    mailbox.close()


if __name__ == "__main__":
    run(simulate)
