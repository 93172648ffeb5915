"""Kafka and PostgreSQL from containers, on machines with Docker: `PORTICO_PARTS=containers`."""

import os
import socket
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from deploy.local.errors import PlatformError
from deploy.local.kafka import NAME as KAFKA_NAME
from deploy.local.postgresql import NAME as POSTGRESQL_NAME
from deploy.local.postgresql import SUPERUSER, Postgresql
from libs.common.settings import Settings

VARIABLE = "PORTICO_PARTS"
CHOICES = ("processes", "containers")


def from_containers() -> bool:
    """Whether the tests were asked to take both from containers. Raises `PlatformError` where that cannot be."""
    choice = os.environ.get(VARIABLE) or CHOICES[0]
    if choice not in CHOICES:
        raise PlatformError(f"{VARIABLE} is '{choice}': make it one of {', '.join(CHOICES)}.")
    if choice == CHOICES[0]:
        return False
    try:
        _reach_docker(os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock")
    except OSError as problem:
        raise PlatformError(f"No Docker daemon answers: start it, or unset {VARIABLE}.") from problem
    return True


def _reach_docker(address: str) -> None:
    """Raise `OSError` when nobody listens there. Docker's own client leaves a socket open when it fails."""
    place = urlsplit(address)
    if place.scheme == "unix":
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(place.path)
    elif place.scheme == "tcp":
        socket.create_connection((place.hostname or "", place.port or 2375), timeout=5).close()


@contextmanager
def _kafka(_settings: Settings) -> Iterator[str]:
    # Imported late: the module looks for Docker's configuration.
    from testcontainers.community.kafka import KafkaContainer  # noqa: PLC0415

    container = KafkaContainer().with_kraft()
    # As in `deploy/local/kafka.py`: topics are made by `topics` alone, and groups may use short sessions.
    container.with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false").with_env(
        "KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS", "1000"
    )
    with container:
        yield container.get_bootstrap_server()


@contextmanager
def _postgresql(settings: Settings) -> Iterator[str]:
    from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415

    # The secret is made where `Postgresql` looks for it, so that it may make the databases and roles there.
    password = Postgresql(settings).superuser_password()
    container = PostgresContainer("postgres:18", username=SUPERUSER, password=password, dbname="postgres", driver=None)
    container.with_command("postgres -c fsync=off -c max_connections=300")
    with container:
        yield f"postgresql://{container.get_container_host_ip()}:{container.get_exposed_port(5432)}"


SERVERS = {KAFKA_NAME: ("kafka_bootstrap_servers", _kafka), POSTGRESQL_NAME: ("database_url", _postgresql)}
"""What can come from a container: the setting that names its address, and what runs it."""


@contextmanager
def containers(settings: Settings, needed: Collection[str]) -> Iterator[Settings]:
    """Settings with the addresses of those of `needed` that run in containers meanwhile."""
    with ExitStack() as stack:
        found = {
            name: stack.enter_context(run(settings)) for server, (name, run) in SERVERS.items() if server in needed
        }
        yield settings.model_copy(update=found)
