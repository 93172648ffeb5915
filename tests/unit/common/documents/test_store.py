import asyncio
import pickle
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.common.document_store import (
    DocumentBrokenError,
    DocumentMissingError,
    DocumentStore,
    DocumentTooLargeError,
    StoredDocument,
)
from libs.common.security.keys import KeyNotHeldError
from tests.support.keys import document_store

FRAME = 64 * 1024
SEALED_FRAME = FRAME + 16
LIMIT = 10 * FRAME


async def pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def whole(store: DocumentStore, reference: str) -> bytes:
    return b"".join([piece async for piece in store.read(reference)])


def files(directory: Path) -> list[Path]:
    return [path for path in (directory / "documents").rglob("*") if path.is_file()]


def content_of(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


@pytest.fixture
def store(tmp_path: Path) -> DocumentStore:
    return document_store(tmp_path, "claims")


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 3 * FRAME + 5])
@pytest.mark.parametrize("step", [1000, FRAME, 200_000])
async def test_what_was_put_is_read_back(store: DocumentStore, size: int, step: int) -> None:
    content = content_of(size)
    stored = await store.put(pieces(content, step), limit=LIMIT)
    assert stored == StoredDocument(stored.reference, size, sha256(content).hexdigest())
    assert await whole(store, stored.reference) == content
    assert b"".join(store.open_sync(stored.reference)) == content


@given(chunks=st.lists(st.binary(max_size=200), max_size=20))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_chunks_of_any_sizes_make_the_same_document(store: DocumentStore, chunks: list[bytes]) -> None:
    stored = store.put_sync(chunks, limit=LIMIT)
    assert b"".join(store.open_sync(stored.reference)) == b"".join(chunks)


async def test_too_large_leaves_nothing_behind(store: DocumentStore, tmp_path: Path) -> None:
    content = content_of(50 * FRAME)
    assert (await store.put(pieces(content, FRAME), limit=len(content))).size_bytes == len(content)
    before = files(tmp_path)
    with pytest.raises(DocumentTooLargeError):
        await store.put(pieces(content, FRAME), limit=len(content) - 1)
    with pytest.raises(DocumentTooLargeError):
        store.put_sync([content], limit=len(content) - 1)
    assert files(tmp_path) == before


async def test_an_upload_that_breaks_off_is_never_visible(store: DocumentStore, tmp_path: Path) -> None:
    name = UUID(int=7)

    async def breaking() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield content_of(FRAME)
            with pytest.raises(DocumentMissingError):
                await whole(store, name.hex)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.put(breaking(), limit=50 * FRAME, reference=name)
    assert files(tmp_path) == []


async def test_a_request_that_is_canceled_leaves_nothing(store: DocumentStore, tmp_path: Path) -> None:
    reached = asyncio.Event()

    async def stalling() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield content_of(FRAME)
        reached.set()
        await asyncio.Event().wait()

    putting = asyncio.create_task(store.put(stalling(), limit=50 * FRAME))
    await reached.wait()
    putting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await putting
    assert files(tmp_path) == []


def test_one_document_is_made_from_another_while_that_is_read(store: DocumentStore) -> None:
    content = content_of(40 * FRAME)
    first = store.put_sync([content], limit=len(content))
    second = store.put_sync(store.open_sync(first.reference), limit=len(content))
    assert second.digest == first.digest
    assert b"".join(store.open_sync(second.reference)) == content


async def test_nothing_on_the_disk_tells_the_content(store: DocumentStore, tmp_path: Path) -> None:
    await store.put(pieces(b"NM1*IL*1*ASHGROVE*ALDORA" * 100, 500), limit=LIMIT)
    (path,) = files(tmp_path)
    assert b"ASHGROVE" not in path.read_bytes()


async def stored_frames(store: DocumentStore, tmp_path: Path, frames: int) -> tuple[str, Path, int]:
    """A document of whole frames; where it lies, and how long its header is."""
    stored = await store.put(pieces(content_of(frames * FRAME), FRAME), limit=LIMIT)
    (path,) = files(tmp_path)
    return stored.reference, path, path.stat().st_size - frames * SEALED_FRAME


async def refused(store: DocumentStore, reference: str) -> None:
    with pytest.raises(DocumentBrokenError):
        await whole(store, reference)
    with pytest.raises(DocumentBrokenError):
        b"".join(store.open_sync(reference))


async def test_a_cut_document_is_noticed_wherever_it_is_cut(store: DocumentStore, tmp_path: Path) -> None:
    reference, path, header = await stored_frames(store, tmp_path, 3)
    data = path.read_bytes()
    for end in (0, 3, header - 1, header, header + 5, header + SEALED_FRAME, header + 2 * SEALED_FRAME, len(data) - 1):
        path.write_bytes(data[:end])
        await refused(store, reference)


async def test_frames_in_another_order_are_noticed(store: DocumentStore, tmp_path: Path) -> None:
    reference, path, header = await stored_frames(store, tmp_path, 3)
    data = path.read_bytes()
    first, second, rest = header, header + SEALED_FRAME, header + 2 * SEALED_FRAME
    path.write_bytes(data[:first] + data[second:rest] + data[first:second] + data[rest:])
    await refused(store, reference)


async def test_a_repeated_or_added_frame_is_noticed(store: DocumentStore, tmp_path: Path) -> None:
    reference, path, _ = await stored_frames(store, tmp_path, 2)
    path.write_bytes(path.read_bytes() + path.read_bytes()[-SEALED_FRAME:])
    await refused(store, reference)


async def test_a_changed_byte_is_noticed(store: DocumentStore, tmp_path: Path) -> None:
    reference, path, header = await stored_frames(store, tmp_path, 1)
    data = path.read_bytes()
    for position in (0, 6, header - 1, header, len(data) - 1):
        changed = bytearray(data)
        changed[position] ^= 1
        path.write_bytes(changed)
        with pytest.raises((DocumentBrokenError, KeyNotHeldError)):
            await whole(store, reference)


async def test_a_document_put_in_anothers_place_does_not_open(store: DocumentStore, tmp_path: Path) -> None:
    mine = await store.put(pieces(b"mine", 4), limit=LIMIT)
    (path,) = files(tmp_path)
    other = await store.put(pieces(b"other", 5), limit=LIMIT)
    (tmp_path / "documents/claims" / other.reference[:2] / other.reference).write_bytes(path.read_bytes())
    await refused(store, other.reference)
    assert await whole(store, mine.reference) == b"mine"


async def test_partners_share_a_store_that_no_other_service_opens(tmp_path: Path) -> None:
    claims = document_store(tmp_path, "partner-claims", holder="claims")
    shared_system = document_store(tmp_path, "partner-claims", holder="shared_system")
    stored = await claims.put(pieces(b"ISA*", 4), limit=LIMIT)
    assert await whole(shared_system, stored.reference) == b"ISA*"
    with pytest.raises(KeyNotHeldError):
        await whole(document_store(tmp_path, "partner-claims", holder="appeals"), stored.reference)


async def test_work_done_again_under_a_derived_reference_leaves_one_document(
    store: DocumentStore, tmp_path: Path
) -> None:
    name = UUID(int=99)
    for _ in range(2):
        assert store.put_sync([b"ST*999"], limit=LIMIT, reference=name).reference == name.hex
    assert len(files(tmp_path)) == 1


async def test_a_deleted_document_is_gone_and_deleting_again_is_no_error(store: DocumentStore) -> None:
    stored = await store.put(pieces(b"x", 1), limit=LIMIT)
    await store.delete(stored.reference)
    await store.delete(stored.reference)
    with pytest.raises(DocumentMissingError):
        await whole(store, stored.reference)


@pytest.mark.parametrize(
    "reference", ["", "../../secrets/keys/pepper/1", "A" * 32, "0" * 31, "0" * 33, "0" * 32 + "\n"]
)
async def test_what_is_no_reference_finds_nothing(store: DocumentStore, reference: str) -> None:
    with pytest.raises(DocumentMissingError):
        await whole(store, reference)


async def test_a_store_may_be_sent_to_another_process(store: DocumentStore) -> None:
    stored = await store.put(pieces(b"content", 3), limit=LIMIT)
    sent: DocumentStore = pickle.loads(pickle.dumps(store))  # noqa: S301 - our own bytes
    assert b"".join(sent.open_sync(stored.reference)) == b"content"


def test_memory_stays_flat_whatever_the_size(store: DocumentStore) -> None:
    def long(megabytes: int) -> Iterator[bytes]:
        piece = content_of(FRAME)
        for _ in range(megabytes * 16):
            yield piece

    stored = store.put_sync(long(48), limit=48 << 20)
    tracemalloc.start()
    try:
        assert sum(map(len, store.open_sync(stored.reference))) == 48 << 20
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
