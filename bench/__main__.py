"""Runs the benches: `python -m bench` all of them, `python -m bench relay` one.

With `--against REVISION` they run in that revision too, by turns, and the ratios are told (`bench.comparing`). Else
each prints one line, `name key=value …`, with today's figures and, as `goal_…`, those of the design (section 9).
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module

from bench.comparing import ROUNDS, NotComparedError, compare

BENCHES = (
    "x12-837p",
    "x12-835",
    "x12-271",
    "relay",
    "inbox",
    "event-latency",
    "claims-e2e",
    "eligibility-e2e",
    "eligibility-many",
    "remittance-post",
    "outage-to-alert",
    "access-at-size",
    "decide",
    "ext-authz",
    "sign-in",
    "queues-at-depth",
    "idle",
)


def main() -> None:
    """Run the benches named on the command line, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="The benches of the portal.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run; default: all")
    parser.add_argument("--against", metavar="REVISION", help="compare with this revision, by turns")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each build runs then")
    given = parser.parse_args()
    wanted = given.names or list(BENCHES)
    if unknown := sorted(set(wanted) - set(BENCHES)):
        sys.exit(f"There is no bench {', '.join(unknown)}; there are: {', '.join(BENCHES)}.")
    if given.against:
        try:
            compare(wanted, given.against, rounds=given.rounds)
        except NotComparedError as problem:
            sys.exit(str(problem))
        except KeyboardInterrupt:
            sys.exit(130)
        return
    for name in wanted:
        run: Callable[[], Awaitable[None]] = import_module(f"bench.{name.replace('-', '_')}").run
        asyncio.run(_run(run))


async def _run(run: Callable[[], Awaitable[None]]) -> None:
    await run()


if __name__ == "__main__":
    main()
