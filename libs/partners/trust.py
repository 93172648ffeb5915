"""By which authority an outside system is trusted: a file of ours that may be replaced while we run."""

import ssl
from functools import lru_cache
from pathlib import Path

from libs.common.settings import Settings


def credentials(settings: Settings, partner: str) -> Path:
    """The folder with the authority of a partner, `authority.pem`; in a cluster also what else the partner gave."""
    return settings.state_directory / "secrets" / "partners" / partner


def trust(settings: Settings, partner: str) -> ssl.SSLContext:
    """TLS that trusts the partner; read again only when its authority was replaced.

    Raises `OSError` when it is missing.
    """
    authority = credentials(settings, partner) / "authority.pem"
    return _trusting(authority, authority.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _trusting(authority: Path, _changed: int) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority))
