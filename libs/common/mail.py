"""Hands a message to a mail server (SMTP). Its word decides: 2xx accepted, 4xx later, 5xx never."""

import asyncio
import re
import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal

Outcome = Literal["accepted", "temporary", "permanent"]

_TIMEOUT_SECONDS = 5.0
_PERMANENT = range(500, 600)
_ENHANCED_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])")


@dataclass(frozen=True, slots=True)
class SignIn:
    """With whose name and password we sign in to a mail server."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the mail server said: its reply code (0: nothing) and its enhanced status code (RFC 3463), if it gave one.

    `error_class` names what failed when it was not the server's word.
    """

    outcome: Outcome
    code: int
    status: str = ""
    error_class: str = ""


class MailServer:
    """The mail server at `address` (host, port), for messages of one sender.

    With `tls` nothing is said before STARTTLS, and its certificate must be one `tls` trusts for this host; without it
    everything travels in the clear. Raises `ValueError` for a sign-in without TLS.
    """

    def __init__(
        self,
        address: tuple[str, int],
        sender: str,
        *,
        tls: ssl.SSLContext | None = None,
        sign_in: SignIn | None = None,
    ) -> None:
        if sign_in is not None and tls is None:
            raise ValueError("a password goes to a mail server over TLS only")
        self._address = address
        self._sender = sender
        self._tls = tls
        self._sign_in = sign_in
        # Threads of their own: a mail server that hangs must hold up nothing else.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="mail")

    def close(self) -> None:
        """Start nothing new; what is under way ends by its own time limit."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def send(self, recipient: str, message_id: str, *, subject: str, text: str, reply_to: str = "") -> Receipt:
        """Try once; every failure of the server is an outcome, none is raised.

        `message_id` is the same for the same message, always: sent twice, a mailbox still has it once. Raises
        `ValueError` for a recipient or subject that no message can carry.
        """
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = recipient
        if reply_to:
            message["Reply-To"] = reply_to
        message["Subject"] = subject
        message["Message-ID"] = message_id
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._send, message)

    def _send(self, message: EmailMessage) -> Receipt:
        try:
            with closing(smtplib.SMTP(*self._address, timeout=_TIMEOUT_SECONDS, local_hostname="localhost")) as server:
                self._enter(server)
                mail_options, recipient_options = _asking_for_reports(server, message["Message-ID"])
                server.send_message(message, mail_options=mail_options, rcpt_options=recipient_options)
                # The message is the server's now; whatever happens while we take leave changes nothing.
                with suppress(OSError, smtplib.SMTPException):
                    server.quit()
        except smtplib.SMTPRecipientsRefused as refused:
            return _judged(*next(iter(refused.recipients.values())))
        except smtplib.SMTPDataError as refused:
            return _judged(refused.smtp_code, refused.smtp_error)
        except smtplib.SMTPResponseException as refused:
            # Greeting, STARTTLS, sign-in, sender: about us and not about this message. An operator can correct that.
            return Receipt("temporary", refused.smtp_code, _status(refused.smtp_error), type(refused).__name__)
        except (OSError, smtplib.SMTPException) as error:
            return Receipt("temporary", 0, error_class=type(error).__name__)
        return Receipt("accepted", 250)

    def _enter(self, server: smtplib.SMTP) -> None:
        if self._tls is not None:
            server.starttls(context=self._tls)
        if self._sign_in is not None:
            server.login(self._sign_in.user, self._sign_in.password)
        server.ehlo_or_helo_if_needed()


def _asking_for_reports(server: smtplib.SMTP, message_id: str) -> tuple[list[str], list[str]]:
    """Ask a server that can (RFC 3461) to report failures only, by our number, and without the text of the message."""
    if not server.has_extn("dsn"):
        return [], []
    return ["RET=HDRS", f"ENVID={message_id.strip('<>')}"], ["NOTIFY=FAILURE"]


def _judged(code: int, words: bytes | str) -> Receipt:
    return Receipt("permanent" if code in _PERMANENT else "temporary", code, _status(words))


def _status(words: bytes | str) -> str:
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else words
    found = _ENHANCED_STATUS.match(text)
    return found.group() if found else ""
