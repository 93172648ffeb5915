"""A throw-away certificate authority and what it signs, for one machine: the gateway's certificate, a client's.

In a cluster certificates come from its own issuer. Here the authority's key is never written: it signs once and
is forgotten, so nobody can make further certificates that a browser with this authority would believe.
"""

import ipaddress
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from libs.common.clock import Clock

_LIFE = timedelta(days=397)  # the longest that browsers accept
_RENEW_BEFORE = timedelta(days=30)
_NAMES: tuple[x509.GeneralName, ...] = (
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    x509.IPAddress(ipaddress.ip_address("::1")),
)


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the three files are: the authority to trust, the certificate it signed and its key."""

    authority: Path
    certificate: Path
    key: Path


def certificates_in(directory: Path) -> Certificates:
    """Name the files in `directory`, whoever puts them there."""
    return Certificates(directory / "authority.pem", directory / "gateway.pem", directory / "gateway.key")


def ensure_certificates(directory: Path, clock: Clock) -> Certificates:
    """Give the files in `directory`, made new together when one is missing or less than 30 days remain."""
    return _ensured(certificates_in(directory), clock, ExtendedKeyUsageOID.SERVER_AUTH)


def ensure_client_certificate(directory: Path, clock: Clock) -> Certificates:
    """The same for a client whom a server of this machine is to know, from an authority that signs nothing else."""
    files = Certificates(directory / "client-authority.pem", directory / "client.pem", directory / "client.key")
    return _ensured(files, clock, ExtendedKeyUsageOID.CLIENT_AUTH)


def _ensured(files: Certificates, clock: Clock, usage: x509.ObjectIdentifier) -> Certificates:
    if not _usable(files, clock.now()):
        _make(files, clock.now(), usage)
    return files


def _usable(files: Certificates, now: datetime) -> bool:
    if not (files.authority.exists() and files.certificate.exists() and files.key.exists()):
        return False
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    return certificate.not_valid_after_utc - now > _RENEW_BEFORE


def _make(files: Certificates, now: datetime, usage: x509.ObjectIdentifier) -> None:
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = _name("Portico throw-away authority")
    authority = (
        _builder(authority_name, authority_name, authority_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(_name("localhost"), authority_name, key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_NAMES), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()),
            critical=False,
        )
        .sign(authority_key, hashes.SHA256())
    )
    files.key.parent.mkdir(parents=True, exist_ok=True)
    _write(files.authority, authority.public_bytes(serialization.Encoding.PEM), mode=0o444)
    _write(
        files.key,
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        mode=0o400,
    )
    _write(files.certificate, certificate.public_bytes(serialization.Encoding.PEM), mode=0o444)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _LIFE)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _write(file: Path, content: bytes, *, mode: int) -> None:
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as handle:
        handle.write(content)
    draft.replace(file)
