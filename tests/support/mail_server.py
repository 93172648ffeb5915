"""A mail server (SMTP) that offers what a relay offers: STARTTLS, sign-in, delivery reports."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "portal", "correct horse"


@dataclass
class Taken:
    """One message, and how it came."""

    over_tls: bool
    signed_in: bool
    sender: str
    content: bytes


@dataclass
class Relay:
    """What came, and what was answered on the way. `recipient_reply` refuses every recipient."""

    taken: list[Taken] = field(default_factory=list)
    sign_ins: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    recipient_reply: str = ""

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, told: Any
    ) -> AuthResult:
        """Let the one user in."""
        assert isinstance(told, LoginPassword)
        self.sign_ins.append(told.login.decode())
        return AuthResult(success=told == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)

    async def handle_RCPT(  # noqa: N802 - its name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or refuse all."""
        if self.recipient_reply:
            return self.recipient_reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """Keep a message."""
        assert isinstance(envelope.original_content, bytes)
        over_tls = session.ssl is not None
        signed_in = bool(session.authenticated)
        self.taken.append(Taken(over_tls, signed_in, str(envelope.mail_from), envelope.original_content))
        del server
        return "250 2.0.0 queued"


class _Reporting(SMTP):
    """Says that it sends delivery reports (RFC 3461), and notes what it is asked to report, which aiosmtpd refuses."""

    async def push(self, status: Any) -> None:
        await super().push("250-DSN\r\n250 HELP" if status == "250 HELP" else status)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - its name
        await super().smtp_MAIL(self._noted(arg))

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - its name
        await super().smtp_RCPT(self._noted(arg))

    def _noted(self, arg: str | None) -> str:
        self.event_handler.commands.append(arg)
        words = (arg or "").split()
        return " ".join(word for word in words if not word.startswith(("RET=", "ENVID=", "NOTIFY=")))


@asynccontextmanager
async def serving(
    *, tls: ssl.SSLContext | None = None, sign_in: bool = False, reports: bool = False, host: str = "127.0.0.1"
) -> AsyncIterator[tuple[Relay, tuple[str, int]]]:
    """A mail server on a free port while the block runs, with its address. It asks for what it offers."""
    relay = Relay()
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return (_Reporting if reports else SMTP)(
            relay,
            loop=loop,
            hostname="mail.example",
            tls_context=tls,
            require_starttls=tls is not None,
            authenticator=relay.authenticate,
            auth_required=sign_in,
            auth_require_tls=True,
        )

    server = await loop.create_server(session, host, 0)
    try:
        yield relay, server.sockets[0].getsockname()[:2]
    finally:
        server.close()
