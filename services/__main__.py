"""`python -m services migrate [name …]`: bring the databases of all services (or those named) to today's tables.

One process for all of them, because starting Python costs more than a database that is up to date already.
"""

import asyncio
import sys
from pathlib import Path

from libs.common.persistence.migrate import migrate
from libs.common.settings import SERVICES, Settings


async def migrate_all(names: tuple[str, ...], settings: Settings) -> None:
    """Migrate each service of `names` that has migrations, in the order of the list."""
    for name in names:
        if (Path(__file__).parent / name / "migrations" / "env.py").exists():
            await migrate(name, settings)


def main(arguments: list[str]) -> int:
    """Exit status 2 and one line about the use when the arguments are others than `migrate [name …]`."""
    command, *names = arguments or [""]
    if command != "migrate" or not set(names) <= set(SERVICES):
        sys.stderr.write(f"use: python -m services migrate [{'|'.join(SERVICES)}]\n")
        return 2
    asyncio.run(migrate_all(tuple(names) or SERVICES, Settings()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
