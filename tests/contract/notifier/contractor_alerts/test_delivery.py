"""Against a mail server that really speaks SMTP, with neither database nor broker."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.local.portal import free_port_base
from libs.common.clock import SystemClock
from libs.common.persistence.journal import Journal
from libs.common.settings import Settings
from services.notifier.contractor_alerts import handlers
from simulators.cms_mailbox.mailbox import Behavior, Mailbox, Step
from tests.support.notifier import World, until


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(handlers, "pause_after", lambda _attempts: timedelta(milliseconds=20))
    async with free_port_base() as base:
        settings = Settings(profile="test", port_base=base, state_directory=tmp_path / "state")
        mailbox = Mailbox(tmp_path / "mailbox", SystemClock())
        yield World(settings, mailbox)
        mailbox.close()


async def is_open(world: World) -> None:
    await until(lambda: "been unavailable since" in world.banner)


async def all_works(world: World) -> None:
    await until(lambda: '"available"' in world.functions and "unknown" not in world.functions)


async def test_an_outage_reaches_the_banner_and_cms_and_so_does_its_end(world: World) -> None:
    async with world.mail(), world.engine():
        await all_works(world)
        world.down.add("claims")
        await until(lambda: len(world.letters) == 1)
        assert "Claim Status and Claim Submission have been unavailable since" in world.banner
        world.down.clear()
        await until(lambda: len(world.letters) == 2)

    opened, closed = world.letters
    assert opened.subject == "[Contractor Alert] 15004 Service interruption: 2 functions"
    assert "- Claim Status\n- Claim Submission" in opened.body
    assert "- Remittance Advice" in opened.body
    assert "Service restored" in closed.subject
    assert "Ended:" in closed.body
    assert world.banner == "null"


async def test_an_interruption_shorter_than_the_mail_servers_outage_is_told_once_with_both_times(world: World) -> None:
    async with world.engine():
        await all_works(world)
        world.down.add("claims")
        await is_open(world)
        world.down.clear()
        await until(lambda: (2, "temporary") in world.attempts)
        async with world.mail():
            await until(lambda: len(world.letters) == 1)
            world.down.add("eligibility")
            await until(lambda: len(world.letters) == 2)

    ghost, other = world.letters
    assert "Started:" in ghost.body
    assert "Ended:" in ghost.body
    assert "couldn't send this alert during the interruption" in ghost.body
    assert "- Eligibility Inquiry and Response" in other.body


async def test_a_refusal_for_now_is_tried_again_and_one_for_ever_is_not(world: World) -> None:
    world.mailbox.behave(Behavior(steps=[Step(reply=451, times=2)]))
    async with world.mail(), world.engine():
        await all_works(world)
        world.down.add("claims")
        await until(lambda: len(world.letters) == 1)
        assert world.mailbox.refused == 2

        world.mailbox.behave(Behavior(steps=[Step(reply=550)]))
        world.down.add("eligibility")
        await until(lambda: world.mailbox.refused == 3)
        world.down.remove("claims")
        await until(lambda: len(world.attempts) == 5)

    assert "Service restored" in world.letters[1].subject
    assert [outcome for _, outcome in world.attempts] == ["temporary", "temporary", "accepted", "permanent", "accepted"]


async def test_killed_between_acceptance_and_the_record_sends_the_same_message_id(world: World) -> None:
    async with world.mail(), world.engine():
        await all_works(world)
        world.down.add("claims")
        await until(lambda: len(world.letters) == 1)
        await until(lambda: world.attempts == [(1, "accepted")])
    file = world.settings.state_directory / "journal" / "notifier.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if '"entry":"delivery"' not in line), encoding="utf-8")

    async with world.mail(), world.engine():
        await until(lambda: len(world.letters) == 2)

    first, again = world.letters
    assert first.message_id == again.message_id
    assert again.duplicate


async def test_a_restart_goes_on_with_the_open_interruption_and_tells_nothing_twice(world: World) -> None:
    async with world.mail(), world.engine():
        await all_works(world)
        world.down.add("claims")
        await until(lambda: world.attempts == [(1, "accepted")])
    async with world.mail(), world.engine():
        world.down.clear()
        await until(lambda: len(world.letters) == 2)

    assert [letter.duplicate for letter in world.letters] == [False, False]
    opened, closed = (entry["change"] for entry in world.journal if entry["entry"] == "change")
    assert opened["interruption"]["interruption_id"] == closed["interruption"]["interruption_id"]
    assert (opened["kind"], closed["kind"]) == ("opened", "closed")


async def test_a_shared_cause_is_one_alert_of_all_functions(world: World) -> None:
    async with world.mail(), world.engine():
        await all_works(world)
        world.down.update({"postgresql", "auth", "claims", "eligibility", "remittance", "appeals", "portal"})
        await until(lambda: len(world.letters) == 1)
        world.down.clear()
        await until(lambda: len(world.letters) == 2)

    changes = [entry["change"] for entry in world.journal if entry["entry"] == "change"]
    assert {change["interruption"]["fault_domain"] for change in changes} == {"postgresql"}
    assert "No other function is available." in world.letters[0].body


def test_a_torn_last_line_is_dropped(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    file.write_text('{"entry":"change","about":"a"}\n{"entry":"del', encoding="utf-8")

    assert Journal(file).load() == [{"entry": "change", "about": "a"}]
    assert file.read_text(encoding="utf-8").endswith('"a"}\n')
