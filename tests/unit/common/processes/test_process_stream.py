import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import psutil
import pytest

from libs.common.process_stream import ProcessStreamError, stream_from_process

ROOT = Path(__file__).parents[4]


def failing() -> Iterator[int]:
    yield 1
    raise LookupError("a value of the file")


def own_id() -> Iterator[int]:
    while True:
        yield os.getpid()


def dying() -> Iterator[int]:
    yield 1
    os.kill(os.getpid(), signal.SIGKILL)


async def test_everything_comes_in_order() -> None:
    assert [item async for item in stream_from_process(range, 5000)] == list(range(5000))


async def test_an_error_is_told_by_its_class_alone() -> None:
    with pytest.raises(ProcessStreamError) as failed:
        assert [item async for item in stream_from_process(failing)]
    assert str(failed.value) == "LookupError"


async def test_a_killed_process_is_not_taken_for_the_end() -> None:
    with pytest.raises(ProcessStreamError, match="exit code -9"):
        assert [item async for item in stream_from_process(dying)]


async def test_whoever_stops_listening_ends_the_process() -> None:
    async with aclosing(stream_from_process(own_id)) as stream:
        process = await anext(stream)
        assert process != os.getpid()
    assert not psutil.pid_exists(process)


async def test_the_process_dies_with_its_parent() -> None:
    code = (
        "import asyncio, os, time\n"
        "from libs.common.process_stream import stream_from_process\n"
        "from tests.unit.common.processes.test_process_stream import own_id\n"
        "async def main():\n"
        "    async for process in stream_from_process(own_id):\n"
        "        print(process, flush=True)\n"
        "        await asyncio.sleep(600)\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)  # noqa: S603, ASYNC220
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    child.wait(timeout=20)
