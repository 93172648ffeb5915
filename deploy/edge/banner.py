"""`python -m deploy.edge.banner`: keeps the banner of a gateway that does not share a disk with the notifier.

Runs beside each gateway of a cluster. It asks the notifier what everybody is told and writes it where the gateway looks
(`libs.common.edge_banner`). While the notifier does not answer, the last banner stays: silence is no recovery.
"""

import asyncio
import contextlib
import signal
import socket
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import httpx

from libs.common.deployment import load_deployment
from libs.common.edge_banner import Banner, publish_banner
from libs.common.observability.logs import configure_logs, log
from libs.common.settings import Settings
from libs.common.web.formats import moment

TOLD = "/notifier/public/functions.json"
_EVERY_SECONDS = 1.0
_TIMEOUT_SECONDS = 2.0


def banner_of(told: dict[str, Any], zone: ZoneInfo) -> Banner | None:
    """The banner of what the notifier tells, if any. Raises `KeyError` or `ValueError` for anything else."""
    sentence, since = told["banner"], told["banner_since"]
    if sentence is None or since is None:
        return None
    started_at = datetime.fromisoformat(since)
    down = tuple(each["name"] for each in told["functions"] if each["condition"] == "not-available")
    return Banner(sentence, down, moment(started_at, zone), started_at=started_at.isoformat())


class Follower:
    """Keeps the gateway's `directory` at what `client` is told."""

    def __init__(self, client: httpx.AsyncClient, directory: Path, zone: ZoneInfo) -> None:
        self._client = client
        self._directory = directory
        self._zone = zone
        self._shown: tuple[Banner | None] | None = None

    async def look(self) -> None:
        """Ask once, and write if it is new. What goes wrong is logged; the next look is soon."""
        try:
            answer = await self._client.get(TOLD)
            banner = banner_of(answer.raise_for_status().json(), self._zone)
            if self._shown != (banner,):
                await asyncio.to_thread(publish_banner, self._directory, banner)
                self._shown = (banner,)
        except (httpx.HTTPError, OSError, KeyError, TypeError, ValueError) as error:
            log.warning("the banner stays as it was", error_class=type(error).__name__)

    async def run(self) -> NoReturn:
        """Look every second until canceled."""
        while True:
            await self.look()
            await asyncio.sleep(_EVERY_SECONDS)


async def _follow(settings: Settings) -> None:
    host, port = settings.service_host("notifier", "api"), settings.service_port("notifier", "api")
    zone = load_deployment(settings.contract_file).zone
    async with httpx.AsyncClient(base_url=f"http://{host}:{port}", timeout=_TIMEOUT_SECONDS, trust_env=False) as client:
        following = asyncio.ensure_future(Follower(client, settings.state_directory / "envoy", zone).run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, following.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await following


def main() -> None:
    """Follow until told to stop."""
    configure_logs("gateway", "banner", socket.gethostname())
    asyncio.run(_follow(Settings()))


if __name__ == "__main__":
    main()
