"""A TLS server a test writes itself: with any certificate, asking for any, and answering as no application would.

On threads and blocking sockets: asyncio's servers close a refused handshake without the alert that says why.
"""

import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Thread

from deploy.edge.certificates import Certificates, ensure_certificates, ensure_client_certificate
from libs.common.clock import SetClock

Answering = Callable[[socket.socket], None]
_READ = 1 << 16
_ABORT = struct.pack("ii", 1, 0)


def server_files(directory: Path, made: datetime) -> Certificates:
    """A server's certificate for this machine, with an authority of its own; good for 397 days from `made`."""
    return ensure_certificates(directory, SetClock(made))


def client_files(directory: Path, made: datetime) -> Certificates:
    """The same of a client."""
    return ensure_client_certificate(directory, SetClock(made))


def context_of(files: Certificates, clients: Path | None = None) -> ssl.SSLContext:
    """TLS of a server that shows `files`, to whom has a certificate of the authority `clients`, if one is given."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)
    if clients:
        context.load_verify_locations(clients)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@contextmanager
def serving_tls(answer: Answering, context: ssl.SSLContext | None, host: str = "127.0.0.1") -> Iterator[int]:
    """The port of a server that lets `answer` speak to whoever connects; without a context it never starts TLS."""
    listening = socket.create_server((host, 0))
    speakers: list[Thread] = []

    def listen() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return  # the test is over
            speakers.append(Thread(target=_speak, args=(connection, answer, context)))
            speakers[-1].start()

    listener = Thread(target=listen)
    listener.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for thread in (listener, *speakers):
            thread.join()


def _speak(connection: socket.socket, answer: Answering, context: ssl.SSLContext | None) -> None:
    with connection, suppress(OSError):  # a refused handshake, or somebody who went away: what some tests are about
        if context is None:
            answer(connection)
            return
        with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as secured:
            try:
                secured.do_handshake()
            except ssl.SSLError:
                # As servers do: what the other side sent meanwhile is read, or it would never see the alert.
                secured.shutdown(socket.SHUT_WR)
                silent(secured)
                return
            answer(secured)


def request_of(connection: socket.socket) -> bytes:
    """The body of one HTTP request."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    while len(body) < length:
        body += _some(connection)
    return body


def _some(connection: socket.socket) -> bytes:
    found = connection.recv(_READ)
    if not found:
        raise ConnectionError("the request broke off")
    return found


def silent(connection: socket.socket) -> None:
    """Take everything in and say nothing until the other side goes away."""
    while connection.recv(_READ):
        pass


def reset(connection: socket.socket) -> None:
    """Begin an answer and reset the connection in the middle of its body."""
    request_of(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nISA*00*")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)


def endless(connection: socket.socket) -> None:
    """Never stop sending."""
    request_of(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"~" * _READ)
