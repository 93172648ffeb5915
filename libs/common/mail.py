"""Hands a message to a mail server (SMTP). Its word decides: 2xx accepted, 4xx later, 5xx never."""

import asyncio
import smtplib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

Outcome = Literal["accepted", "temporary", "permanent"]

_TIMEOUT_SECONDS = 5.0
_PERMANENT = range(500, 600)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the mail server said; code 0 when it said nothing."""

    outcome: Outcome
    code: int


class MailServer:
    """The mail server at `address` (host, port), for messages of one sender."""

    def __init__(self, address: tuple[str, int], sender: str) -> None:
        self._address = address
        self._sender = sender
        # Threads of their own: a mail server that hangs must hold up nothing else.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="mail")

    def close(self) -> None:
        """Start nothing new; what is under way ends by its own time limit."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def send(self, recipient: str, message_id: str, *, subject: str, text: str) -> Receipt:
        """Try once; every failure of the server is an outcome, none is raised.

        `message_id` is the same for the same message, always: sent twice, a mailbox still has it once. Raises
        `ValueError` for a recipient or subject that no message can carry.
        """
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = recipient
        message["Subject"] = subject
        message["Message-ID"] = message_id
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._send, message)

    def _send(self, message: EmailMessage) -> Receipt:
        try:
            with smtplib.SMTP(*self._address, timeout=_TIMEOUT_SECONDS, local_hostname="localhost") as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            return Receipt(_outcome(code), code)
        except smtplib.SMTPResponseException as refused:
            return Receipt(_outcome(refused.smtp_code), refused.smtp_code)
        except (OSError, smtplib.SMTPException):
            return Receipt("temporary", 0)
        return Receipt("accepted", 250)


def _outcome(code: int) -> Outcome:
    return "permanent" if code in _PERMANENT else "temporary"
