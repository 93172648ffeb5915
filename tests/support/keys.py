"""A key ring and a document store of a test's own directory."""

from pathlib import Path

from libs.common.document_store import DocumentStore
from libs.common.security.key_files import prepare_keys
from libs.common.security.keys import KeyRing
from libs.common.settings import Settings

MONTH = "2026-11"


def settings_with_keys(directory: Path) -> Settings:
    """Settings whose state directory holds every key."""
    prepare_keys(directory / "secrets", month=MONTH)
    return Settings(state_directory=directory, profile="test")


def key_ring(directory: Path, service: str) -> KeyRing:
    """The keys of `service`, made if need be."""
    return KeyRing.load(settings_with_keys(directory), service)


def document_store(directory: Path, service: str, *, holder: str = "") -> DocumentStore:
    """The documents of `service`, opened by `holder` (default: the service itself)."""
    settings = settings_with_keys(directory)
    return DocumentStore(service, settings, KeyRing.load(settings, holder or service))
