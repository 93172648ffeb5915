"""The two forms of the envelope by their names, for whoever speaks either."""

from collections.abc import Mapping
from typing import Literal, Protocol

from libs.partners.core_connectivity import mime, soap
from libs.partners.core_connectivity.message import CoreMessage

Form = Literal["mime", "soap"]


class Writing(Protocol):
    """Content type and body of a message."""

    def __call__(self, message: CoreMessage) -> tuple[str, bytes]:
        """Write it. Raises `CoreEnvelopeError` for what the form cannot carry."""


class Reading(Protocol):
    """A message from content type and body."""

    def __call__(self, content_type: str, body: bytes) -> CoreMessage:
        """Read it. Raises `CoreEnvelopeError`."""


WRITING: Mapping[Form, Writing] = {"mime": mime.write_message, "soap": soap.write_message}
READING: Mapping[Form, Reading] = {"mime": mime.read_message, "soap": soap.read_message}
