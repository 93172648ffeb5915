import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from libs.common.ids import derived_id
from libs.common.persistence.tables import audit
from services.notifier.delivery.tables import message
from tests.support.bounces import report
from tests.support.platform import CloneSettings
from tests.support.portico import runtime_for
from tools import bounces

MESSAGE = derived_id("message that came back")


async def test_the_tool_marks_what_came_back_in_the_name_of_its_user_and_shows_no_address(
    databases: Callable[..., Awaitable[CloneSettings]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = await databases("notifier")
    monkeypatch.setattr(bounces, "Settings", lambda: settings)
    monkeypatch.setenv("LOGNAME", "operator")
    (tmp_path / "report").write_bytes(report(f"<{MESSAGE}@portico.example>", status="5.1.1"))
    (tmp_path / "[vacation]").write_bytes(b"Subject: Away\n\nUntil Monday.\n")
    async with runtime_for("notifier", settings) as runtime:
        async with runtime.database.work(runtime) as work:
            row = {"message_id": MESSAGE, "kind": "access-not-recertified", "template_version": 1, "attempts": 1}
            work.insert(message, [{**row, "user_id": MESSAGE, "state": "accepted", "queued_at": work.now}])

        answer = await asyncio.to_thread(
            CliRunner().invoke, bounces.application, [str(tmp_path / "report"), str(tmp_path / "[vacation]")]
        )

        assert (answer.exit_code, answer.exception) == (0, None)
        assert "report: marked as bounced" in answer.output
        assert "[vacation]: no report of a failed delivery" in answer.output
        assert "riverside" not in answer.output
        async with runtime.database.work(runtime) as work:
            [kept] = await work.execute(sa.select(message.c.state, message.c.status))
            [trail] = await work.execute(sa.select(audit.c.actor, audit.c.reason))
        assert tuple(kept) == ("bounced", "5.1.1")
        assert tuple(trail) == ("operator:operator", "bounced 5.1.1")


def test_a_file_that_is_not_there_is_told() -> None:
    answer = CliRunner().invoke(bounces.application, ["no-such-file"])

    assert answer.exit_code == 2
    assert "no-such-file" in answer.output
