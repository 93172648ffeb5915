"""Whether a PDF from outside may be kept."""

import io

import pikepdf
import pytest

from libs.common.documents.judgments import MAX_PAGES
from libs.common.documents.pdf import judge


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


@pytest.mark.parametrize("user", ["", "secret"])
def test_an_encrypted_one_is_refused_with_or_without_a_password_to_open_it(user: str) -> None:
    content = saved(blank(), encryption=pikepdf.Encryption(owner="owner", user=user))
    assert judge(content).fault == "encrypted"


def clicked(**action: object) -> bytes:
    document = blank()
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, F=4, A=pikepdf.Dictionary(**action))
    document.pages[0].Annots = document.make_indirect(pikepdf.Array([document.make_indirect(link)]))
    return saved(document)


@pytest.mark.parametrize(
    "kind",
    ["JavaScript", "Launch", "SubmitForm", "ImportData", "GoToE", "GoToR", "URI", "Thread", "Rendition", "Movie"],
)
def test_one_that_does_something_by_itself_is_refused(kind: str) -> None:
    assert judge(acting(kind)).fault == "active"


@pytest.mark.parametrize("kind", ["GoToR", "Launch", "Thread", "SubmitForm", "Made-Up"])
def test_a_click_may_lead_to_no_file_outside_and_start_nothing(kind: str) -> None:
    assert judge(clicked(S=pikepdf.Name(f"/{kind}"))).fault == "active"


def test_one_that_only_leads_to_another_page_is_taken() -> None:
    assert judge(acting("GoTo")).fault == ""
    assert judge(acting("Named", N=pikepdf.Name.NextPage)).fault == ""
    assert judge(clicked(S=pikepdf.Name.URI, URI="https://portico.example")).fault == ""


def test_a_link_to_what_is_no_web_or_mail_address_is_refused() -> None:
    assert judge(clicked(S=pikepdf.Name.URI, URI="file:///records.txt")).fault == "active"


def test_one_whose_content_is_kept_in_another_file_is_refused() -> None:
    document = blank()
    document.pages[0].Contents = document.make_stream(b"", F=pikepdf.String("other.txt"))
    assert judge(saved(document)).fault == "active"


def test_one_that_shows_a_page_of_another_file_is_refused() -> None:
    document = blank()
    other = pikepdf.Dictionary(F=pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F=pikepdf.String("other.pdf")), Page=0)
    form = document.make_stream(b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, Ref=other)
    document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Other=form))
    assert judge(saved(document)).fault == "active"


def test_a_portfolio_is_refused() -> None:
    document = blank()
    document.Root.Collection = pikepdf.Dictionary(Type=pikepdf.Name.Collection)
    assert judge(saved(document)).fault == "active"


def test_one_of_more_pages_than_any_record_is_refused() -> None:
    assert judge(saved(blank(MAX_PAGES))).fault == ""
    assert judge(saved(blank(MAX_PAGES + 1))).fault == "too-many-pages"


def picture(document: pikepdf.Pdf, width: int, height: int) -> pikepdf.Object:
    return document.make_stream(
        b"\xff\xd8\xff\xd9",
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=width,
        Height=height,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )


def test_a_picture_larger_than_any_scan_is_refused() -> None:
    document = blank()
    large = picture(document, 60_000, 60_000)
    document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Picture=large))
    assert judge(saved(document)).fault == "unfolds"


def test_a_picture_of_less_than_nothing_makes_no_room_for_a_large_one() -> None:
    document = blank()
    pictures = {"Less": picture(document, -60_000, 60_000), "Large": picture(document, 60_000, 60_000)}
    document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(**pictures))
    assert judge(saved(document)).fault == "unfolds"


def test_one_with_another_file_inside_is_refused_however_it_is_packed() -> None:
    document = blank()
    document.attachments["a.txt"] = b"text"
    assert judge(saved(document)).fault == "active"
    assert judge(saved(document, object_stream_mode=pikepdf.ObjectStreamMode.generate)).fault == "active"


def test_one_without_pages_or_cut_in_the_middle_is_refused() -> None:
    assert judge(saved(blank(0))).fault == "without-pages"
    assert judge(b"%PDF-1.7\n" + b"0" * 500).fault == "unreadable"
