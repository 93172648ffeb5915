"""A generator in a process of its own: long computation beside the event loop, item by item, in flat memory.

The pipe is the back-pressure: the child waits when the parent does not read. The child ends when its parent dies,
however that happens, and when the parent stops reading.
"""

import asyncio
import gc
import multiprocessing
import os
import pickle
import threading
from collections.abc import AsyncGenerator, Callable, Iterable
from multiprocessing.connection import Connection, wait
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

# A fork of a small server process: no threads, sockets or event loop of the parent come along.
_CONTEXT = multiprocessing.get_context("forkserver")
_PRELOADED: list[str] = []
# Rows and messages live by the thousand until they are stored or sent: looking through them often finds nothing.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
# Long work gives way to requests that a person waits for.
_NICE = 15
_ITEM, _END, _FAILED = b"i", b"e", b"f"


class ProcessStreamError(Exception):
    """The child ended without finishing its work; the message names its exit code or its error's class only."""


def collect_seldom() -> None:
    """Leave what this process has loaded to itself, and look for garbage once for many new objects."""
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 20)


def preload(*modules: str) -> None:
    """Import `modules` once, in the server that children are forked from. Only before the first stream."""
    _PRELOADED.extend(modules)
    _CONTEXT.set_forkserver_preload(_PRELOADED)


async def stream_from_process(
    function: Callable[P, Iterable[T]], *args: P.args, **kwargs: P.kwargs
) -> AsyncGenerator[T, None]:
    """Yield what `function(*args, **kwargs)` yields in a child process.

    `function` and its arguments must be picklable, and so must its items. One item waits in the pipe while the next
    is computed. An error in the child is raised here as `ProcessStreamError` with the name of its class, never with
    its text, which may quote the data. Closing the iterator ends the child.
    """
    reader, writer = _CONTEXT.Pipe(duplex=False)
    child = _CONTEXT.Process(target=_produce, args=(writer, function, args, kwargs), daemon=True)
    await asyncio.to_thread(child.start)
    writer.close()
    ahead = asyncio.create_task(_receive(reader))
    try:
        while True:
            kind, payload = await ahead
            if kind != _ITEM:
                break
            ahead = asyncio.create_task(_receive(reader))
            yield pickle.loads(payload)  # noqa: S301 - written by our own child
        if kind == _FAILED:
            raise ProcessStreamError(payload.decode())
        if kind != _END:
            await asyncio.to_thread(child.join)
            raise ProcessStreamError(f"exit code {child.exitcode}")
    finally:
        child.kill()  # the reader's thread wakes up at the end of the pipe, so it can be waited for
        await asyncio.gather(ahead, return_exceptions=True)
        await asyncio.to_thread(child.join)
        reader.close()
        child.close()


async def _receive(reader: Connection) -> tuple[bytes, bytes]:
    try:
        message = await asyncio.to_thread(reader.recv_bytes)
    except EOFError:
        return b"", b""
    return message[:1], message[1:]


def _produce(
    writer: Connection, function: Callable[..., Iterable[T]], args: tuple[object, ...], kwargs: dict[str, object]
) -> None:
    os.nice(_NICE)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    collect_seldom()
    try:
        for item in function(*args, **kwargs):
            writer.send_bytes(_ITEM + pickle.dumps(item, protocol=pickle.HIGHEST_PROTOCOL))
        writer.send_bytes(_END)
    except BrokenPipeError:
        return
    except Exception as error:  # noqa: BLE001 - told to the parent by its class; its text may quote the data
        writer.send_bytes(_FAILED + type(error).__name__.encode())


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
