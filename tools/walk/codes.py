"""One-time codes as an authenticator shows them, none of them used twice."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path

import pyotp

from libs.common.clock import Clock, SystemClock
from simulators.population import DemoUser

SECONDS = 30


@dataclass
class Codes:
    """The authenticators of all demo users on this machine.

    The portal accepts each time step once, so the steps used are kept in `file`: a second demonstration right after
    the first waits for the next code as a person would.
    """

    file: Path
    clock: Clock = field(default_factory=SystemClock)

    async def next(self, user: DemoUser) -> str:
        """A code that was not used yet, waiting up to 30 s for the next one if it was. It counts as used."""
        step = max(self._step(), self._used().get(user.user_id, 0) + 1)
        await self._until(step)
        self._keep(user, step)
        return pyotp.TOTP(user.totp_secret).generate_otp(step)

    async def unused(self, user: DemoUser) -> tuple[str, int]:
        """A code somebody else may use now, and how many seconds it stays on an authenticator's screen."""
        step = max(self._step(), self._used().get(user.user_id, 0) + 1)
        await self._until(step)
        return pyotp.TOTP(user.totp_secret).generate_otp(step), SECONDS - int(self._now() - step * SECONDS)

    def _now(self) -> float:
        return self.clock.now().timestamp()

    def _step(self) -> int:
        return int(self._now()) // SECONDS

    async def _until(self, step: int) -> None:
        await asyncio.sleep(max(0.0, step * SECONDS - self._now()))

    def _used(self) -> dict[str, int]:
        if not self.file.exists():
            return {}
        used: dict[str, int] = json.loads(self.file.read_text(encoding="utf-8"))
        return used

    def _keep(self, user: DemoUser, step: int) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(self._used() | {user.user_id: step}), encoding="utf-8")
