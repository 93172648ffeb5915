"""The kinds of files we take: how each begins, what it is called on the web, and what ends its name."""

from dataclasses import dataclass
from typing import Final

from libs.common.errors import Rejected

START_BYTES: Final = 8
"""The longest start of a file that tells its kind."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `marks` are what its files may begin with."""

    name: str
    media_type: str
    extension: str
    marks: tuple[bytes, ...]


PDF = Kind("pdf", "application/pdf", "pdf", (b"%PDF-",))
# Revision 6.0, section 2; BigTIFF as LibTIFF writes it.
TIFF = Kind("tiff", "image/tiff", "tif", (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"))
JPEG = Kind("jpeg", "image/jpeg", "jpg", (b"\xff\xd8\xff",))
X12 = Kind("x12", "application/edi-x12", "x12", (b"ISA",))

KINDS = {each.name: each for each in (PDF, TIFF, JPEG, X12)}
DOCUMENTS = (PDF, TIFF, JPEG)
"""What people scan or save, and reviewers look at."""
ACCEPTED_DOCUMENTS = ",".join(f".{each.extension},{each.media_type}" for each in DOCUMENTS) + ",.tiff,.jpeg"
"""The same for the `accept` of a form's file field."""

_NOT_A_DOCUMENT = "This is not a PDF, TIFF or JPEG. Save or scan the document as one of these and choose that file."
_EMPTY = "The file is empty. Choose the document again."


def document_kind(start: bytes) -> Kind:
    """The kind of a document that begins with `start`. Raises `Rejected` for anything else."""
    if not start:
        raise Rejected("upload-empty", _EMPTY, 422, {"file": _EMPTY})
    for kind in DOCUMENTS:
        if start.startswith(kind.marks):
            return kind
    raise Rejected("upload-not-document", _NOT_A_DOCUMENT, 422, {"file": _NOT_A_DOCUMENT})
