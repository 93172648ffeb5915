"""The command of the engine: checks X12 files and answers them, or shows one readably.

    python -m libs.x12 check claims.837 remittance.835 --ack answers --jobs 2
    python -m libs.x12 check - --json < claims.837
    python -m libs.x12 show claims.837

`check` ends with 0 when every file was accepted as a whole, 1 when something in them was not, and 2 when a file is no
X12 or cannot be read. With `--json` it prints one object for each file, one line each. `-` is the standard input.
`show` ends with 0, or with 2 when the file is no X12 or cannot be read.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

from libs.common.clock import SystemClock
from libs.x12.command.check import ACCEPTED, STANDARD_INPUT, UNREADABLE, Outcome, Task, check, pieces
from libs.x12.command.report import as_text
from libs.x12.command.show import show

# What a terminal would take for an order.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; return the status to end with."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Who reads has read enough. What is left to flush goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m libs.x12", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="check | show")
    checking = commands.add_parser("check", help="say what is right and wrong with files")
    checking.set_defaults(run=_check)
    checking.add_argument("files", nargs="+", metavar="FILE")
    checking.add_argument("--json", action="store_true", help="one JSON object for each file, one line each")
    checking.add_argument("--ack", type=Path, metavar="DIR", help="write TA1, 999 and 277CA into folders per sender")
    checking.add_argument("--jobs", type=_positive, default=1, metavar="N", help="check so many files at once")
    showing = commands.add_parser("show", help="print a file with the names of its loops and segments")
    showing.set_defaults(run=_show)
    showing.add_argument("file", metavar="FILE")
    for command in (checking, showing):
        command.add_argument(
            "--received",
            type=_day,
            default=_today(),
            metavar="DATE",
            help="day of receipt as 2026-01-31; default today",
        )
    return parser


def _today() -> date:
    return SystemClock().now().astimezone().date()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("write the day as 2026-01-31") from error


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text[:9]):
        raise argparse.ArgumentTypeError("write a number from 1 on")
    return int(text[:9])


def _check(options: argparse.Namespace) -> int:
    created = SystemClock().now()
    tasks = [Task(name, options.received, created, options.ack) for name in options.files]
    status = 0
    for outcome in _outcomes(tasks, options.jobs):
        status = max(status, outcome.status)
        if options.json:
            _print(json.dumps(outcome.report))
        elif not outcome.sentence:
            _print_all(as_text(outcome.report))
        if outcome.sentence:
            _complain(outcome.sentence)
    return status


def _outcomes(tasks: Sequence[Task], jobs: int) -> Iterator[Outcome]:
    """The outcome of each task, in order. The standard input belongs to this process."""
    workers = min(jobs, len(tasks))
    if workers == 1 or any(task.name == STANDARD_INPUT for task in tasks):
        yield from map(check, tasks)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(check, tasks)


def _show(options: argparse.Namespace) -> int:
    lines = show(pieces(options.file), options.received)
    try:
        return ACCEPTED if _print_shown(lines) else UNREADABLE
    except BrokenPipeError:
        raise
    except OSError as error:
        _complain(f"{error.filename or options.file}: {error.strerror or 'cannot be read'}.")
        return UNREADABLE


def _print_shown(lines: Generator[str, None, bool]) -> bool:
    """Print the lines; return what stands at their end."""
    while True:
        try:
            line = next(lines)
        except StopIteration as end:
            return bool(end.value)
        _print(line)


def _print_all(lines: Iterable[str]) -> None:
    for line in lines:
        _print(line)


def _print(line: str) -> None:
    sys.stdout.write(_CONTROLS.sub("?", line) + "\n")


def _complain(line: str) -> None:
    sys.stderr.write(_CONTROLS.sub("?", line) + "\n")


if __name__ == "__main__":
    sys.exit(main())
