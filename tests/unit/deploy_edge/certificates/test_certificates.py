"""The throw-away authority: kept while it is good, replaced before it ends, its key never on disk."""

import stat
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from deploy.edge.certificates import ensure_certificates, ensure_client_certificate
from libs.common.clock import SetClock

START = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_the_certificate_names_this_machine_and_is_signed_by_the_authority(tmp_path: Path) -> None:
    files = ensure_certificates(tmp_path, SetClock(START))
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(files.authority.read_bytes()))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert names.get_values_for_type(x509.IPAddress) == [ip_address("127.0.0.1"), ip_address("::1")]


def test_only_the_gateway_has_a_key_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    files = ensure_certificates(tmp_path, SetClock(START))
    assert [file.name for file in tmp_path.iterdir() if b"PRIVATE KEY" in file.read_bytes()] == [files.key.name]
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o400


def test_good_files_are_kept_and_old_ones_replaced_in_time(tmp_path: Path) -> None:
    clock = SetClock(START)
    first = ensure_certificates(tmp_path, clock).authority.read_bytes()
    clock.advance(timedelta(days=366))
    assert ensure_certificates(tmp_path, clock).authority.read_bytes() == first
    clock.advance(timedelta(days=2))
    assert ensure_certificates(tmp_path, clock).authority.read_bytes() != first


def test_a_missing_file_makes_all_three_again(tmp_path: Path) -> None:
    files = ensure_certificates(tmp_path, SetClock(START))
    first = files.authority.read_bytes()
    files.key.unlink()
    ensure_certificates(tmp_path, SetClock(START))
    assert files.key.exists()
    assert files.authority.read_bytes() != first


def test_a_client_has_a_certificate_of_its_own_authority_that_no_server_may_show(tmp_path: Path) -> None:
    server, client = (
        ensure_certificates(tmp_path, SetClock(START)),
        ensure_client_certificate(tmp_path, SetClock(START)),
    )
    usages = [
        x509.load_pem_x509_certificate(files.certificate.read_bytes())
        .extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        .value
        for files in (server, client)
    ]
    assert [list(usage) for usage in usages] == [[ExtendedKeyUsageOID.SERVER_AUTH], [ExtendedKeyUsageOID.CLIENT_AUTH]]
    certificate = x509.load_pem_x509_certificate(client.certificate.read_bytes())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(client.authority.read_bytes()))
    assert server.authority.read_bytes() != client.authority.read_bytes()
    assert stat.S_IMODE(client.key.stat().st_mode) == 0o400
