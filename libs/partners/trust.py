"""By which authority an outside system is trusted, and what we show it: files that may be replaced while we run."""

import ssl
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509

from libs.common.settings import Settings


def credentials(settings: Settings, partner: str) -> Path:
    """The folder with the authority of a partner, `authority.pem`; in a cluster also what else the partner gave.

    `client.pem` and `client.key`, where they are, hold the certificate by which the partner knows us.
    """
    return settings.state_directory / "secrets" / "partners" / partner


def trust(settings: Settings, partner: str) -> ssl.SSLContext:
    """TLS that trusts the partner, and shows our certificate if there is one; read again only when a file was replaced.

    Raises `OSError` when the authority or one half of our certificate is missing, or does not fit the other.
    """
    folder = credentials(settings, partner)
    return _context(folder, *(_changed(folder / name) for name in ("authority.pem", "client.pem", "client.key")))


def _changed(file: Path) -> int:
    """When it was last replaced; 0 when there is none."""
    return file.stat().st_mtime_ns if file.exists() else 0


# One for each partner a process talks to, and those that were just replaced.
@lru_cache(maxsize=16)
def _context(folder: Path, _authority: int, certificate: int, key: int) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(folder / "authority.pem"))
    if certificate or key:
        context.load_cert_chain(folder / "client.pem", folder / "client.key")
    return context


def refused_certificate(error: BaseException) -> str:
    """Whose certificate broke a connection off, and why, in words for an operator; empty when none did.

    Theirs is refused by us before anything is sent; ours by them, in TLS 1.3 only once something was sent.
    """
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"theirs: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError) and _ABOUT_OURS.intersection((cause.reason or "").split("_")):
            return f"ours: {cause.reason}"
    return ""


# Words in OpenSSL's names of what the other side, or a file of ours, says of our certificate: alerts such as
# TLSV1_ALERT_UNKNOWN_CA, SSLV3_ALERT_CERTIFICATE_EXPIRED, TLSV13_ALERT_CERTIFICATE_REQUIRED; KEY_VALUES_MISMATCH. In
# TLS 1.2 who misses a certificate says no more than SSLV3_ALERT_HANDSHAKE_FAILURE.
_ABOUT_OURS = frozenset({"CA", "CERTIFICATE", "HANDSHAKE", "KEY"})


def fault_of_ours(settings: Settings, partner: str, now: datetime) -> str:
    """Why a partner that asks for our certificate cannot take it, as far as we can tell; empty when nothing is wrong.

    For a connection that ended without a word: not every server says why it refused a certificate.
    """
    file = credentials(settings, partner) / "client.pem"
    if not file.exists():
        return "ours: there is none to show"
    ends = x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    return f"ours: it expired on {ends:%Y-%m-%d}" if ends < now else ""


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found:
        found.append(at)
        at = at.__cause__ or at.__context__
    return found
