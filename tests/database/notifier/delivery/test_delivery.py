"""From the event to the mail server and back, against one that really speaks SMTP."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from deploy.edge.certificates import ensure_certificates
from deploy.local.portal import free_port_base
from libs.common.clock import SetClock, SystemClock
from libs.common.contracts.auth import MessageWanted
from libs.common.contracts.eligibility import HetsAttestationDue
from libs.common.contracts.sealed import OFFICIAL, WANTED_MESSAGE, Contact, WantedMessage
from libs.common.ids import derived_id
from libs.common.messaging.due_work import DueWork
from libs.common.messaging.memory import MemoryBus, MemoryConsumer
from libs.common.messaging.worker import Worker
from libs.common.persistence.tables import audit, due_work, outbox, parked
from libs.common.process import subscriptions_of
from libs.common.runtime import Runtime
from libs.common.sealing import SealBrokenError
from libs.common.security.keys import KeyRing
from libs.common.settings import MAILBOX_SMTP, Settings
from libs.partners.trust import credentials
from services.notifier.app import service
from services.notifier.delivery import repository
from services.notifier.delivery.composers import COMPOSERS
from services.notifier.delivery.handlers import SEAL, record_bounce
from services.notifier.delivery.partner import NAME
from services.notifier.delivery.tables import FACTS, RECIPIENT, message
from simulators.cms_mailbox.mailbox import Behavior, Mailbox, Step
from simulators.cms_mailbox.server import serving_smtp
from tests.support.bounces import report
from tests.support.mail_server import PASSWORD, USER, serving
from tests.support.migrations import database_of_the_first_schema
from tests.support.platform import PostgresqlServer
from tests.support.portico import MORNING, runtime_for
from tests.support.removals import office, published, removal


@dataclass
class Post:
    """The notifier with its bus, its due work, and the mail server at its other end."""

    runtime: Runtime
    clock: SetClock
    bus: MemoryBus
    worker: Worker
    due: DueWork
    mailbox: Mailbox

    async def tell(self, *events: Any) -> None:
        """Publish events and handle them, one after the other."""
        for number, each in enumerate(events):
            await self.bus.publish([published(self.runtime, each, number)])
            for _ in range(10):
                await self.worker.step()

    async def work(self, after: timedelta = timedelta(0)) -> None:
        """Do what is due after some time."""
        self.clock.advance(after)
        while await self.due.step():
            await self.due.finish_jobs()

    async def rows(self, statement: sa.Select[Any]) -> list[Any]:
        async with self.runtime.database.work(self.runtime) as work:
            return list(await work.execute(statement))

    async def states(self) -> list[tuple[str, int, str]]:
        """State, attempts, and why it was not taken, of each message; sealed columns are there while it waits only."""
        found = await self.rows(sa.select(message))
        assert all((row.sealed_recipient is not None) == (row.state == "waiting") for row in found)
        assert all((row.sealed_facts is not None) == (row.state == "waiting") for row in found)
        return [(row.state, row.attempts, row.status or "") for row in found]

    async def audited(self) -> list[tuple[str, str, str]]:
        """Sorted: the clock stands still."""
        return sorted((row.action, row.outcome, row.reason) for row in await self.rows(sa.select(audit)))

    async def bounce(self, content: bytes) -> str:
        async with self.runtime.database.work(self.runtime) as work:
            return await record_bounce(work, content)

    async def sent(self) -> int:
        payloads = await self.rows(sa.select(outbox.c.headers))
        return sum("notifier.message-sent.v1" in str(row.headers) for row in payloads)


@pytest.fixture
async def post(databases: Callable[..., Awaitable[Settings]], tmp_path: Path) -> AsyncIterator[Post]:
    clock = SetClock(MORNING)
    mailbox = Mailbox(tmp_path / "mailbox", clock)
    async with free_port_base() as base, runtime_for("notifier", await databases("notifier"), clock=clock) as runtime:
        # The database is the session's; the mail server listens for this test alone.
        runtime.settings = runtime.settings.model_copy(update={"port_base": base})
        async with serving_smtp(mailbox, runtime.settings.port(MAILBOX_SMTP)):
            bus = MemoryBus()
            subscriptions = subscriptions_of(service)
            topics = sorted({each.contract.topic for each in subscriptions})
            consumer = MemoryConsumer(bus, topics, Random(3))
            worker = Worker(runtime, consumer, subscriptions, name="notifier-worker")
            due = DueWork(runtime, {SEAL: service.timers[SEAL]}, service.jobs)
            yield Post(runtime, clock, bus, worker, due, mailbox)
    mailbox.close()


async def test_a_user_who_was_not_recertified_is_told_once_by_a_letter_without_phi(post: Post) -> None:
    await post.tell(office(), removal(post.runtime.settings, 1))
    await post.work()
    await post.work(timedelta(hours=1))

    (letter,) = post.mailbox.messages
    assert letter.recipients == ["user1@riverside.example"]
    assert letter.sender == "help@portico.example"
    assert "Riverside Clinic, NPI ending in 5120" in " ".join(letter.body.split())
    assert "2994535120" not in letter.body
    assert await post.states() == [("accepted", 1, "")]
    assert await post.sent() == 1
    assert await post.rows(sa.select(due_work.c.subject).where(due_work.c.kind == "deliver-message")) == []
    assert await post.audited() == [("queue-message", "done", ""), ("send-message", "done", "")]
    [kept] = await post.rows(sa.select(message))
    assert (kept.kind, kept.template_version) == ("access-not-recertified", COMPOSERS[kept.kind].version)


async def test_what_a_service_wants_told_is_mailed_and_what_no_letter_is_for_is_set_aside(post: Post) -> None:
    auth, user_id = KeyRing.load(post.runtime.settings, "auth"), derived_id("registration")
    told = WantedMessage("Aldora Willowmarch", "aldora@willowmarch.example", {"code": "012345", "minutes": "30"})
    sealed = WANTED_MESSAGE.seal(auth, told, user_id)
    await post.tell(
        MessageWanted(user_id=user_id, kind="registration-code", sealed_message=sealed),
        MessageWanted(user_id=user_id, kind="registration-complete", sealed_message=sealed),
    )
    await post.work()
    (letter,) = post.mailbox.messages
    assert letter.recipients == ["aldora@willowmarch.example"]
    assert "Your code is 012345." in letter.body
    assert len(await post.rows(sa.select(parked))) == 1


async def test_an_official_is_reminded_of_a_hets_attestation(post: Post) -> None:
    request_id, keys = derived_id("request"), KeyRing.load(post.runtime.settings, "eligibility")
    due = HetsAttestationDue(
        request_id=request_id,
        organization_id=derived_id("organization"),
        npi="2994535120",
        submitter="MER15004",
        attested_until=date(2027, 1, 7),
        made_by=derived_id("administrator"),
        sealed_contact=OFFICIAL.seal(keys, Contact("official", "official@clinic.example"), request_id),
    )
    await post.tell(due)
    await post.work()
    (letter,) = post.mailbox.messages
    assert letter.recipients == ["official@clinic.example"]
    assert "NPI ending in 5120" in " ".join(letter.body.split())
    assert "01/07/2027" in letter.subject
    assert "2994535120" not in letter.body


async def test_to_whom_and_about_what_is_sealed_and_bound_to_its_row(post: Post) -> None:
    await post.tell(office(), removal(post.runtime.settings, 1), removal(post.runtime.settings, 2))
    one, other = await post.rows(sa.select(message))

    assert "iverside" not in repr([one, other])
    keys, facts = post.runtime.keys, FACTS[one.kind]
    assert RECIPIENT.open(keys, one.sealed_recipient, one.message_id).email.endswith("@riverside.example")
    assert "Riverside Clinic" in repr(facts.open(keys, one.sealed_facts, one.message_id))
    with pytest.raises(SealBrokenError):
        RECIPIENT.open(keys, one.sealed_recipient, other.message_id)
    with pytest.raises(SealBrokenError):
        facts.open(keys, one.sealed_recipient, one.message_id)


async def test_other_removals_are_counted_and_not_written_about(post: Post) -> None:
    await post.tell(office(), removal(post.runtime.settings, 1, reason="removed"))
    await post.work()

    assert post.mailbox.messages == []
    assert await post.states() == []


async def test_what_the_mail_server_does_not_take_now_is_tried_again(post: Post) -> None:
    post.mailbox.behave(Behavior(steps=[Step(reply=451, times=2)]))
    await post.tell(office(), removal(post.runtime.settings, 1))
    await post.work()
    assert await post.states() == [("waiting", 1, "4.3.0")]
    await post.work(timedelta(seconds=4))
    assert post.mailbox.refused == 1
    await post.work(timedelta(seconds=1))
    await post.work(timedelta(seconds=15))

    assert len(post.mailbox.messages) == 1
    assert await post.states() == [("accepted", 3, "")]


async def test_a_refusal_for_ever_ends_it_and_what_was_sealed_is_forgotten(post: Post) -> None:
    post.mailbox.behave(Behavior(steps=[Step(reply=550)]))
    await post.tell(office(), removal(post.runtime.settings, 1))
    await post.work()
    await post.work(timedelta(days=1))

    assert await post.states() == [("failed", 1, "5.7.1")]
    assert await post.audited() == [("queue-message", "done", ""), ("send-message", "failed", "550 5.7.1")]
    assert (await post.sent(), post.mailbox.refused, post.mailbox.messages) == (0, 1, [])


async def test_after_three_days_it_is_given_up(post: Post) -> None:
    post.mailbox.behave(Behavior(steps=[Step(reply=451, times=None)]))
    await post.tell(office(), removal(post.runtime.settings, 1))
    await post.work()
    await post.work(timedelta(hours=73))

    assert await post.states() == [("failed", 2, "4.3.0")]


async def test_a_crash_after_the_mail_server_took_it_sends_the_same_message_id(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: Any, **__: Any) -> bool:
        raise ConnectionRefusedError

    await post.tell(office(), removal(post.runtime.settings, 1))
    with monkeypatch.context() as patched:
        patched.setattr(repository, "finish", crash)
        await post.work()
    await post.work(timedelta(minutes=5))

    first, again = post.mailbox.messages
    assert first.message_id == again.message_id
    assert again.duplicate
    assert await post.sent() == 1


async def test_a_removal_at_an_enrollment_not_heard_of_yet_waits_for_it(post: Post) -> None:
    await post.tell(removal(post.runtime.settings, 1))
    assert await post.states() == []
    await post.tell(removal(post.runtime.settings, 1), office())
    post.clock.advance(timedelta(minutes=5))
    while await post.worker.retry_parked():
        pass
    await post.work()

    assert len(post.mailbox.messages) == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"contact": Contact("A", "no address")},
        {"contact": Contact("A", "a@b.example\nBcc: c@d.example")},
        {"sealed_for": office().organization_id},
    ],
    ids=["no address", "two recipients", "sealed for somebody else"],
)
async def test_a_contact_that_cannot_be_used_is_set_aside_for_a_person(post: Post, broken: dict[str, Any]) -> None:
    await post.tell(office(), removal(post.runtime.settings, 1, **broken))
    await post.work()

    assert await post.states() == []
    assert [row.state for row in await post.rows(sa.select(parked.c.state))] == ["held"]
    assert post.mailbox.messages == []


async def test_a_single_function_is_called_by_its_name(post: Post) -> None:
    await post.tell(office(), removal(post.runtime.settings, 1, permission="claims.status"))
    await post.work()

    assert "the function Claim Status ended" in " ".join(post.mailbox.messages[0].body.split())


async def sent_message(post: Post) -> str:
    """The Message-ID of a message that the mail server took."""
    await post.tell(office(), removal(post.runtime.settings, 1))
    await post.work()
    return post.mailbox.messages[0].message_id


async def test_a_message_that_comes_back_is_bounced_once_and_says_why(post: Post) -> None:
    number = await sent_message(post)

    assert await post.bounce(report(number, action="delayed", status="4.4.1")) == "no bounce"
    assert await post.states() == [("accepted", 1, "")]
    assert await post.bounce(report(number, status="5.2.2")) == "bounced"
    assert await post.bounce(report(number, status="5.1.1")) == "not ours"
    assert await post.states() == [("bounced", 1, "5.2.2")]
    assert ("send-message", "failed", "bounced 5.2.2") in await post.audited()
    assert len(await post.audited()) == 3


async def test_a_bounce_of_a_message_we_never_sent_changes_nothing(post: Post) -> None:
    await sent_message(post)

    assert await post.bounce(report(f"<{office().organization_id}@portico.example>")) == "not ours"
    assert await post.states() == [("accepted", 1, "")]
    assert len(await post.audited()) == 2


async def test_a_bounce_that_comes_before_we_know_it_was_taken_ends_it(post: Post) -> None:
    post.mailbox.behave(Behavior(steps=[Step(reply=451)]))
    await post.tell(office(), removal(post.runtime.settings, 1))
    await post.work()
    [row] = await post.rows(sa.select(message))

    assert await post.bounce(report(f"<{row.message_id}@portico.example>")) == "bounced"
    await post.work(timedelta(minutes=5))
    assert await post.states() == [("bounced", 1, "5.1.1")]
    assert post.mailbox.messages == []


async def test_a_mail_server_of_its_own_gets_it_over_tls_with_the_password_of_the_secret_file(
    post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    certificates = ensure_certificates(tmp_path / "tls", SystemClock())
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificates.certificate, certificates.key)
    await post.tell(office(), removal(post.runtime.settings, 1))
    post.runtime.settings = post.runtime.settings.model_copy(update={"state_directory": state})
    secrets = credentials(post.runtime.settings, NAME)
    secrets.mkdir(parents=True)
    (secrets / "password").write_text(f"{PASSWORD}\n")
    async with serving(tls=tls, sign_in=True) as (relay, (host, port)):
        monkeypatch.setenv("PORTICO_USER_MAIL_SERVER", f"{host}:{port}")
        monkeypatch.setenv("PORTICO_USER_MAIL_USER", USER)
        monkeypatch.setenv("PORTICO_USER_MAIL_SENDER", "portal@portico.example")
        await post.work()
        assert (await post.states(), relay.sign_ins) == ([("waiting", 1, "")], [])  # its authority is not known
        (secrets / "authority.pem").write_bytes(certificates.authority.read_bytes())
        await post.work(timedelta(seconds=5))

    assert await post.states() == [("accepted", 2, "")]
    [taken] = relay.taken
    assert (taken.over_tls, taken.signed_in, taken.sender) == (True, True, "portal@portico.example")
    assert b"\r\nReply-To: help@portico.example\r\n" in taken.content
    assert post.mailbox.messages == []


async def test_a_message_that_waited_before_facts_were_sealed_is_sealed_and_sent(
    post: Post, postgresql_server: PostgresqlServer
) -> None:
    told = removal(post.runtime.settings, 1)
    message_id, finished = derived_id("waiting message"), derived_id("finished message")
    assert told.sealed_contact is not None
    row = (
        "INSERT INTO message VALUES ('{}', 'access-not-recertified', '{}', 'Riverside Clinic', '5120', 'Claim Status',"
        " {}, '{}', 3, 451, '{}', NULL)"
    )
    due_row = "INSERT INTO due_work (kind, subject, due_at, payload) VALUES ('deliver-message', '{}', '{}', '{{}}')"
    rows = (
        row.format(message_id, told.user_id, f"'{told.sealed_contact}'", "waiting", MORNING),
        row.format(finished, told.user_id, "NULL", "failed", MORNING),
        due_row.format(message_id, MORNING),
    )
    async with database_of_the_first_schema(postgresql_server, "notifier", rows) as grown:
        due = (await grown.execute(sa.select(due_work))).all()
        kept = (await grown.execute(sa.select(message))).all()
    assert [(each.kind, each.subject, each.due_at) for each in due] == [(SEAL, str(message_id), MORNING)]
    assert [(each.message_id, each.state, each.template_version) for each in kept] == [(finished, "failed", 1)]

    async with post.runtime.database.work(post.runtime) as work:
        await work.schedule(SEAL, due[0].subject, work.now, due[0].payload)
    await post.work()
    [letter] = post.mailbox.messages
    assert letter.recipients == ["user1@riverside.example"]
    assert "the function Claim Status ended for Riverside Clinic" in " ".join(letter.body.split())
    assert await post.states() == [("accepted", 4, "")]
