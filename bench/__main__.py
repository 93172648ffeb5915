"""Runs the benches: `python -m bench` all of them, `python -m bench relay` one.

Each prints one line, `name key=value …`, with today's figures and, as `goal_…`, those of the design (section 9).
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module

BENCHES = (
    "x12-837p",
    "x12-835",
    "x12-271",
    "relay",
    "inbox",
    "event-latency",
    "claims-e2e",
    "eligibility-e2e",
    "remittance-post",
    "outage-to-alert",
    "access-at-size",
    "idle",
)


def main() -> None:
    """Run the benches named on the command line, or all."""
    wanted = [name for name in sys.argv[1:] if name] or list(BENCHES)
    if unknown := sorted(set(wanted) - set(BENCHES)):
        sys.exit(f"There is no bench {', '.join(unknown)}; there are: {', '.join(BENCHES)}.")
    for name in wanted:
        run: Callable[[], Awaitable[None]] = import_module(f"bench.{name.replace('-', '_')}").run
        asyncio.run(_run(run))


async def _run(run: Callable[[], Awaitable[None]]) -> None:
    await run()


if __name__ == "__main__":
    main()
