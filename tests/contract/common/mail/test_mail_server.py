"""What a mail server must prove before we say anything to it, and what its answers mean."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from deploy.edge.certificates import Certificates, ensure_certificates
from libs.common.clock import SystemClock
from libs.common.mail import MailServer, Receipt, SignIn
from tests.support.mail_server import PASSWORD, USER, Relay, serving

NUMBER = f"<{UUID(int=7)}@portico.example>"
SENDER = "portal@portico.example"
SIGN_IN = SignIn(USER, PASSWORD)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Of a server at 127.0.0.1."""
    return ensure_certificates(tmp_path_factory.mktemp("tls"), SystemClock())


@pytest.fixture
def tls(certificates: Certificates) -> ssl.SSLContext:
    """As the server speaks it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    return context


@pytest.fixture
def trust(certificates: Certificates) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificates.authority))


@asynccontextmanager
async def client(
    address: tuple[str, int], trust: ssl.SSLContext | None = None, sign_in: SignIn | None = None
) -> AsyncIterator[MailServer]:
    server = MailServer(address, SENDER, tls=trust, sign_in=sign_in)
    try:
        yield server
    finally:
        server.close()


async def sent(address: tuple[str, int], trust: ssl.SSLContext | None = None, sign_in: SignIn | None = None) -> Receipt:
    async with client(address, trust, sign_in) as server:
        return await server.send(
            "user@riverside.example", NUMBER, subject="A change", text="Words", reply_to="help@portico.example"
        )


async def test_a_message_goes_over_tls_after_the_sign_in(tls: ssl.SSLContext, trust: ssl.SSLContext) -> None:
    async with serving(tls=tls, sign_in=True) as (relay, address):
        receipt = await sent(address, trust, SIGN_IN)

    assert receipt == Receipt("accepted", 250)
    [taken] = relay.taken
    assert (taken.over_tls, taken.signed_in, taken.sender) == (True, True, SENDER)
    assert b"Reply-To: help@portico.example" in taken.content
    assert NUMBER.encode() in taken.content


async def nothing_was_said(relay: Relay, receipt: Receipt, error_class: str) -> None:
    assert receipt == Receipt("temporary", 0, error_class=error_class)
    assert (relay.taken, relay.sign_ins) == ([], [])


async def test_a_server_whose_authority_is_unknown_gets_neither_password_nor_message(tls: ssl.SSLContext) -> None:
    async with serving(tls=tls, sign_in=True) as (relay, address):
        receipt = await sent(address, ssl.create_default_context(), SIGN_IN)
    await nothing_was_said(relay, receipt, "SSLCertVerificationError")


async def test_a_server_with_the_certificate_of_another_gets_neither(
    tls: ssl.SSLContext, trust: ssl.SSLContext
) -> None:
    async with serving(tls=tls, sign_in=True, host="127.0.0.2") as (relay, address):
        receipt = await sent(address, trust, SIGN_IN)
    await nothing_was_said(relay, receipt, "SSLCertVerificationError")


async def test_a_server_that_offers_no_tls_gets_neither(trust: ssl.SSLContext) -> None:
    async with serving() as (relay, address):
        receipt = await sent(address, trust, SIGN_IN)
    await nothing_was_said(relay, receipt, "SMTPNotSupportedError")


def test_a_password_without_tls_is_refused_before_anybody_is_asked() -> None:
    with pytest.raises(ValueError, match="over TLS only"):
        MailServer(("127.0.0.1", 1), SENDER, sign_in=SIGN_IN)
    assert PASSWORD not in repr(SIGN_IN)


@pytest.mark.parametrize(
    ("sign_in", "code", "status"),
    [(SignIn(USER, "another"), 535, "5.7.8"), (None, 530, "5.7.0")],
    ids=["wrong password", "no sign-in"],
)
async def test_a_sign_in_that_an_operator_must_correct_ends_no_message(
    tls: ssl.SSLContext, trust: ssl.SSLContext, sign_in: SignIn | None, code: int, status: str
) -> None:
    async with serving(tls=tls, sign_in=True) as (relay, address):
        receipt = await sent(address, trust, sign_in)
    assert (receipt.outcome, receipt.code, receipt.status) == ("temporary", code, status)
    assert relay.taken == []


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("550 5.1.1 no such mailbox", Receipt("permanent", 550, "5.1.1")),
        ("550 no such mailbox", Receipt("permanent", 550)),
        ("450 4.2.1 busy", Receipt("temporary", 450, "4.2.1")),
    ],
)
async def test_what_the_server_says_of_the_recipient_decides(reply: str, expected: Receipt) -> None:
    async with serving() as (relay, address):
        relay.recipient_reply = reply
        assert await sent(address) == expected


async def test_a_server_that_reports_is_asked_for_failures_by_our_number_without_the_text() -> None:
    async with serving(reports=True) as (relay, address):
        assert await sent(address) == Receipt("accepted", 250)

    mail, recipient = relay.commands
    assert f"RET=HDRS ENVID={NUMBER.strip('<>')}" in mail
    assert recipient.endswith("NOTIFY=FAILURE")


async def test_a_server_that_is_not_there_may_be_there_later() -> None:
    async with serving() as (_, address):
        pass
    assert await sent(address) == Receipt("temporary", 0, error_class="ConnectionRefusedError")
