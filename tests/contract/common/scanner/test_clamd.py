"""Our way to ClamAV's daemon, over real sockets: what it is sent, what it answers, and what goes wrong."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from libs.common.documents.scanner import scanned, scanner_of
from libs.common.errors import Rejected
from libs.common.settings import Settings
from tests.support.clamd import HARMFUL, RunningClamd, clamd_serving

PIECES = (b"first", b"", b"x" * 200_000, b"last")


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


async def through(address: str, *content: bytes) -> list[bytes]:
    """What comes out of the scan of a file."""
    scanner = scanner_of(Settings(scanner=address))
    return [piece async for piece in scanned(scanner, pieces(*content))]


async def test_without_a_scanner_a_file_goes_through() -> None:
    assert await through("", *PIECES, HARMFUL) == [*PIECES, HARMFUL]


@pytest.mark.parametrize("kind", ["tcp", "unix"])
async def test_a_harmless_file_goes_through_as_it_is_and_is_seen_whole(kind: str, tmp_path: Path) -> None:
    async with clamd_serving(tmp_path / "clamd.sock" if kind == "unix" else None) as clamd:
        assert await through(clamd.address, *PIECES) == list(PIECES)
        assert await through(clamd.address) == []
    assert clamd.seen == [b"".join(PIECES), b""]


async def test_a_harmful_file_is_refused_before_it_ends() -> None:
    async with clamd_serving() as clamd:
        with pytest.raises(Rejected) as refused:
            await through(clamd.address, b"%PDF-", HARMFUL, b"more")
    assert (refused.value.code, refused.value.status) == ("upload-harmful", 422)
    assert "was not kept" in refused.value.fields["file"]


def breaks_off(clamd: RunningClamd) -> None:
    clamd.breaks_off = True


def takes_little(clamd: RunningClamd) -> None:
    clamd.most = 1000


@pytest.mark.parametrize("trouble", [breaks_off, takes_little])
async def test_a_file_it_does_not_answer_for_is_not_taken_and_an_operator_is_called(trouble) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    async with clamd_serving() as clamd:
        trouble(clamd)
        with capture_logs() as logged, pytest.raises(Rejected) as refused:
            await through(clamd.address, *PIECES)
    assert (refused.value.code, refused.value.status) == ("upload-not-scanned", 503)
    assert "Send it again in a few minutes" in refused.value.sentence
    assert [each["log_level"] for each in logged if each["event"] == "scanner away"] == ["error"]


async def test_where_nobody_listens_nothing_is_taken() -> None:
    async with clamd_serving() as clamd:
        address = clamd.address
    with pytest.raises(Rejected) as refused:
        await through(address, *PIECES)
    assert refused.value.code == "upload-not-scanned"


@pytest.mark.parametrize(
    "address", ["clamav.example:3310", "clamd://clamav.example", "http://clamav.example:1", "clamd:x"]
)
def test_an_address_that_cannot_be_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(ValidationError, match="scanner"):
        Settings(scanner=address)
