"""Whether a PDF from outside may be kept."""

import io

import pikepdf
import pytest

from libs.common.documents.pdf import PdfVerdict, examine, verdict


def saved(document: pikepdf.Pdf, **saving: object) -> bytes:
    content = io.BytesIO()
    document.save(content, **saving)  # type: ignore[arg-type]
    return content.getvalue()


def blank(pages: int = 1) -> pikepdf.Pdf:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    return document


def acting(kind: str, **more: object) -> bytes:
    document = blank()
    document.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more))
    return saved(document)


async def test_a_plain_pdf_is_taken_with_its_pages() -> None:
    assert await examine(saved(blank(3))) == PdfVerdict(3)


@pytest.mark.parametrize("content", [b"", b"%P", b"PK\x03\x04", b" " * 2000 + b"%PDF-1.7", b"{\\rtf1 a text}"])
async def test_what_does_not_begin_as_a_pdf_is_none(content: bytes) -> None:
    assert await examine(content) == PdfVerdict(0, "not-pdf")


@pytest.mark.parametrize("user", ["", "secret"])
def test_an_encrypted_one_is_refused_with_or_without_a_password_to_open_it(user: str) -> None:
    content = saved(blank(), encryption=pikepdf.Encryption(owner="owner", user=user))
    assert verdict(content).fault == "encrypted"


@pytest.mark.parametrize("kind", ["JavaScript", "Launch", "SubmitForm", "ImportData", "GoToE"])
def test_one_that_does_something_is_refused(kind: str) -> None:
    assert verdict(acting(kind)).fault == "active"


def test_one_that_only_leads_to_another_page_is_taken() -> None:
    assert verdict(acting("GoTo")).fault == ""
    assert verdict(acting("URI", URI="https://portico.example")).fault == ""


def test_one_with_another_file_inside_is_refused_however_it_is_packed() -> None:
    document = blank()
    document.attachments["a.txt"] = b"text"
    assert verdict(saved(document)).fault == "active"
    assert verdict(saved(document, object_stream_mode=pikepdf.ObjectStreamMode.generate)).fault == "active"


def test_one_without_pages_or_cut_in_the_middle_is_refused() -> None:
    assert verdict(saved(blank(0))).fault == "without-pages"
    assert verdict(b"%PDF-1.7\n" + b"0" * 500).fault == "unreadable"
