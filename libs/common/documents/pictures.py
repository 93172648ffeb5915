"""Whether a TIFF or JPEG from outside is a picture that can be shown: each page of it is decoded once, to its end.

It is looked at in a process of its own (`judging.py`): a few bytes can unfold to gigabytes of pixels. What one page may
have is Pillow's own limit of 89 million; a legal sheet has 43 million at 600 dpi.
"""

import warnings
from io import BytesIO

from PIL import Image

from libs.common.documents.judgments import MAX_DECODED_BYTES, MAX_PAGES, Judgment

# A camera's JPEG that holds further pictures (MPO) is one to every viewer that does not know them.
_FORMATS = ("TIFF", "JPEG", "MPO")


def judge(content: bytes) -> Judgment:
    """What is found of a file that begins as a TIFF or JPEG."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=_FORMATS) as picture:
                return _judged(picture)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return Judgment(0, "unfolds")
    except Exception:  # noqa: BLE001 - the readers of a damaged picture raise whatever they trip over
        return Judgment(0, "unreadable")


def _judged(picture: Image.Image) -> Judgment:
    pages: int = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
    if pages > MAX_PAGES:
        return Judgment(pages, "too-many-pages")
    decoded = 0
    for page in range(pages):
        picture.seek(page)
        width, height = picture.size
        decoded += width * height * len(picture.getbands())
        if decoded > MAX_DECODED_BYTES:
            return Judgment(pages, "unfolds")
        picture.load()
    return Judgment(pages)
