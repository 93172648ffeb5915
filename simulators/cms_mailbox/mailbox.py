"""The messages a mailbox holds, kept as JSON lines so that a restart keeps them, and how it answers the next ones."""

import json
import os
from collections import deque
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from libs.common.clock import Clock


class Step(BaseModel):
    """How the next `times` messages are answered (None: all that come), after `delay_seconds`."""

    reply: Literal[250, 451, 550] = 250
    delay_seconds: float = Field(default=0, ge=0)
    times: int | None = Field(default=1, ge=1)


class Behavior(BaseModel):
    """What the mailbox does: `steps` in order, then it accepts everything."""

    steps: list[Step] = []


class StoredMessage(BaseModel):
    """A message that was accepted. `duplicate`: one with this Message-ID had come before."""

    number: int
    message_id: str
    duplicate: bool
    sender: str
    recipients: list[str]
    headers: dict[str, str]
    subject: str
    body: str
    received_at: str


class Mailbox:
    """All messages of one directory."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = directory / "messages.jsonl"
        self._clock = clock
        self._steps: deque[Step] = deque()
        self.refused = 0
        self.messages = self._load()
        self._seen = {message.message_id for message in self.messages}
        self._file = self._path.open("a", encoding="utf-8")

    def _load(self) -> list[StoredMessage]:
        if not self._path.exists():
            return []
        content = self._path.read_bytes()
        # A line without its end is one that was never acknowledged: the process was killed while it wrote.
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            os.truncate(self._path, len(whole))
        return [StoredMessage.model_validate_json(line) for line in whole.splitlines()]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def behave(self, behavior: Behavior) -> None:
        """From now on answer like this."""
        self._steps = deque(step.model_copy() for step in behavior.steps)

    def behavior(self) -> Behavior:
        """What is still to come of it."""
        return Behavior(steps=list(self._steps))

    def next_step(self) -> Step:
        """How to answer the message at hand."""
        if not self._steps:
            return Step()
        step = self._steps[0]
        if step.times is not None:
            step.times -= 1
            if step.times == 0:
                self._steps.popleft()
        return step

    def keep(self, sender: str, recipients: Sequence[str], content: bytes) -> StoredMessage:
        """Store a message; it is on the disk when this returns."""
        parsed = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
        part = parsed.get_body(preferencelist=("plain", "html"))
        message_id = str(parsed.get("Message-ID", "")).strip()
        message = StoredMessage(
            number=len(self.messages) + 1,
            message_id=message_id,
            duplicate=bool(message_id) and message_id in self._seen,
            sender=sender,
            recipients=list(recipients),
            headers={name: str(value) for name, value in parsed.items()},
            subject=str(parsed.get("Subject", "")),
            body=str(part.get_content()).replace("\r\n", "\n") if part is not None else "",
            received_at=self._clock.now().isoformat(),
        )
        self._file.write(json.dumps(message.model_dump(), separators=(",", ":")) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._seen.add(message_id)
        self.messages.append(message)
        return message
