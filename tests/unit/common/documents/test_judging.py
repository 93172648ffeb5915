"""What kind a file is of, and how a stored one is judged: in a process of its own."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from libs.common.documents.judging import examine, refusal
from libs.common.documents.judgments import Fault, Judgment
from libs.common.documents.kinds import JPEG, PDF, TIFF, Kind, document_kind
from libs.common.errors import Rejected
from tests.support.keys import document_store


def pdf(pages: int) -> bytes:
    document, content = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        document.add_blank_page()
    document.save(content)
    return content.getvalue()


def picture(kind: str) -> bytes:
    content = io.BytesIO()
    Image.new("L", (30, 20)).save(content, kind)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [(pdf(1), PDF), (picture("TIFF"), TIFF), (b"MM\x00*....", TIFF), (picture("JPEG"), JPEG)],
    ids=["pdf", "tiff", "big-endian tiff", "jpeg"],
)
def test_a_document_is_known_by_its_first_bytes(content: bytes, kind: Kind) -> None:
    assert document_kind(content[:8]) == kind


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (b"", "upload-empty"),
        (b"%P", "upload-not-document"),
        (b"PK\x03\x04", "upload-not-document"),
        (b" %PDF-1.7", "upload-not-document"),
        (b"<html>%PDF", "upload-not-document"),
        (b"GIF89a", "upload-not-document"),
    ],
)
def test_what_begins_as_no_document_is_none(start: bytes, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        document_kind(start)
    assert refused.value.code == code


async def test_a_stored_document_is_judged_by_its_kind(tmp_path: Path) -> None:
    documents = document_store(tmp_path, "appeals")

    async def judged(content: bytes, kind: Kind) -> Judgment:
        async def once() -> AsyncIterator[bytes]:
            yield content

        return await examine(documents, (await documents.put(once(), limit=len(content))).reference, kind)

    assert await judged(pdf(3), PDF) == Judgment(3)
    assert await judged(picture("TIFF"), TIFF) == Judgment(1)
    assert await judged(picture("JPEG"), PDF) == Judgment(0, "unreadable")
    assert await examine(documents, "0" * 32, PDF) == Judgment(0, "unreadable")


@pytest.mark.parametrize("fault", ["encrypted", "unreadable", "without-pages", "active", "too-many-pages", "unfolds"])
def test_every_refusal_says_what_to_do(fault: Fault) -> None:
    assert any(word in refusal(fault).fields["file"] for word in ("Save", "Print", "Split", "Scan", "Choose"))
