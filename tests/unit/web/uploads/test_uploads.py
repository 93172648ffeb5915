import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from libs.common.errors import Rejected
from libs.common.web.uploads import UploadForm, read_upload

BOUNDARY = "b0undary"


def part(name: str, content: bytes, file_name: str | None = None) -> bytes:
    file = "" if file_name is None else f'; filename="{file_name}"'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


def request(body: bytes, *, size: int, kind: str = f"multipart/form-data; boundary={BOUNDARY}") -> Request:
    chunks = [body[start : start + size] for start in range(0, len(body), size)]

    async def receive() -> dict[str, object]:
        chunk = chunks.pop(0) if chunks else b""
        return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

    headers = [(b"content-type", kind.encode())]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


async def content_of(upload: UploadForm) -> bytes:
    assert upload.file
    return b"".join([piece async for piece in upload.file.pieces])


@given(st.binary(max_size=5000), st.integers(1, 700))
async def test_fields_and_file_arrive_however_the_body_is_cut(content: bytes, size: int) -> None:
    body = part("csrf", b"value") + part("file", content, "a.837") + END
    upload = await read_upload(request(body, size=size))
    assert upload.fields == {"csrf": "value"}
    assert upload.file
    assert upload.file.name == "a.837"
    assert await content_of(upload) == content


async def test_the_fields_are_there_before_the_file_is_read() -> None:
    body = part("csrf", b"value") + part("file", b"x" * 100_000, "a.837") + END
    upload = await read_upload(request(body, size=1000))
    assert upload.fields == {"csrf": "value"}


@pytest.mark.parametrize("file", [b"", part("file", b"", "")], ids=["no part", "none chosen"])
async def test_a_form_may_come_without_a_file(file: bytes) -> None:
    upload = await read_upload(request(part("csrf", b"value") + file + END, size=50))
    assert upload.file is None


async def test_a_form_that_breaks_off_is_refused() -> None:
    upload = await read_upload(request(part("file", b"x" * 1000, "a.837"), size=100))
    with pytest.raises(Rejected):
        await content_of(upload)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"csrf=1", "application/x-www-form-urlencoded"),
        (b"nothing like a form", f"multipart/form-data; boundary={BOUNDARY}"),
        (part("csrf", b"x" * 40_000) + END, f"multipart/form-data; boundary={BOUNDARY}"),
        (b"".join(part(f"f{n}", b"") for n in range(80)) + END, f"multipart/form-data; boundary={BOUNDARY}"),
        (b"", "multipart/form-data"),
        (part("csrf", b"value") + END, f"multipart/form-data; boundary={'b' * 71}"),
        (part("csrf", b"value") + END, f"multipart/form-data; boundary={'b' * 5000}"),
        (part("c" * 100_000, b"value") + END, f"multipart/form-data; boundary={BOUNDARY}"),
    ],
)
async def test_what_is_no_form_of_ours_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(Rejected):
        await read_upload(request(body, size=64, kind=kind))


async def test_one_file_at_a_time() -> None:
    upload = await read_upload(request(part("file", b"1", "a") + part("file", b"2", "b") + END, size=40))
    with pytest.raises(Rejected):
        await content_of(upload)
