"""The way to the mail server that takes messages to users."""

import ssl

from libs.common.deployment import Deployment
from libs.common.mail import MailServer, SignIn
from libs.common.settings import MAILBOX_SMTP, Settings
from libs.partners.trust import credentials, trust
from services.notifier.settings import UserMailSettings, user_mail_settings

NAME = "user-mail"
"""Its folder of secrets: `password`, and `authority.pem` if no public authority signed the server's certificate."""


def sender_of(settings: Settings, deployment: Deployment) -> str:
    """The address that messages to users come from."""
    return user_mail_settings(settings).sender or deployment.help_desk.email


def mail_server(settings: Settings, deployment: Deployment) -> MailServer:
    """The mail server as it is set up now: settings, password and trust are read each time.

    Raises `ValueError` for settings that cannot be, `OSError` for a secret that is missing.
    """
    chosen = user_mail_settings(settings)
    sender = sender_of(settings, deployment)
    if not chosen.server:
        return MailServer(("127.0.0.1", settings.port(MAILBOX_SMTP)), sender)
    host, _, port = chosen.server.rpartition(":")
    return MailServer(
        (host, int(port)),
        sender,
        tls=_trust(settings) if chosen.starttls == "required" else None,
        sign_in=_sign_in(chosen, settings),
    )


def _trust(settings: Settings) -> ssl.SSLContext:
    if (credentials(settings, NAME) / "authority.pem").exists():
        return trust(settings, NAME)
    return ssl.create_default_context()


def _sign_in(chosen: UserMailSettings, settings: Settings) -> SignIn | None:
    if not chosen.user:
        return None
    password = (credentials(settings, NAME) / "password").read_text(encoding="utf-8").strip()
    return SignIn(chosen.user, password)
