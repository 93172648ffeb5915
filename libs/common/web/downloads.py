"""The one way out for files: under a name of our own, to be kept and not shown by the browser.

The name is ours because the sender's may name the patient, and the browser would keep it.
"""

from collections.abc import AsyncIterable, Iterable

from fastapi.responses import Response, StreamingResponse

from libs.common.document_store import DocumentStore

CSV = "text/csv; charset=utf-8"


def download_made(content: bytes | Iterable[str] | AsyncIterable[str], *, name: str, media_type: str) -> Response:
    """A file that was made for whoever asked: whole, or as it is made."""
    headers = _headers(name)
    if isinstance(content, bytes):
        return Response(content, media_type=media_type, headers=headers)
    return StreamingResponse(content, media_type=media_type, headers=headers)


def download_stored(documents: DocumentStore, reference: str, *, name: str, media_type: str) -> StreamingResponse:
    """A document of the store on its way to whoever asked, in flat memory."""
    return StreamingResponse(documents.read(reference), media_type=media_type, headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}
