"""The SOAP 1.2 form of the envelope: `COREEnvelopeRealTimeRequest` and its response, the payload as text within.

Messages are not signed (WS-Security): decision 33 says why. What is read is never trusted: no document type, so no
entities; no element is kept but the fields; whoever calls has capped the length.
"""

import re
from xml.etree.ElementTree import ParseError, XMLParser
from xml.sax.saxutils import escape

from libs.partners.core_connectivity.message import (
    FIELDS,
    PAYLOAD,
    CoreEnvelopeError,
    CoreFaultError,
    CoreMessage,
    fields_of,
    message_of,
)

_SOAP = "http://www.w3.org/2003/05/soap-envelope"
_CORE = "http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd"
_REQUEST, _RESPONSE = "COREEnvelopeRealTimeRequest", "COREEnvelopeRealTimeResponse"
_CONTENT_TYPE = "application/soap+xml; charset=UTF-8"
_ACTION = '; action="RealTimeTransaction"'

# SOAP 1.2, section 5: no document type. It could only stand before the root, so the root has to come first.
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]*\?>)?\s*<[A-Za-z_]")
# What XML 1.0 has no way to write.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FAULTS = frozenset({"VersionMismatch", "MustUnderstand", "DataEncodingUnknown", "Sender", "Receiver"})
# Deeper than any envelope, and a signature in its header.
_DEEPEST = 32
_FIELD_DEPTH = 4


def write_message(message: CoreMessage) -> tuple[str, bytes]:
    """The content type and body of an HTTP message: a response where there is an error code.

    Raises `CoreEnvelopeError` for a payload that XML cannot carry.
    """
    element = _RESPONSE if message.error_code else _REQUEST
    fields = [f"<{name}>{escape(value)}</{name}>" for name, value in fields_of(message)]
    at = 7  # after CORERuleVersion
    fields.insert(at, f"<{PAYLOAD}><![CDATA[{_text(message.payload)}]]></{PAYLOAD}>")
    body = _enveloped(f'<core:{element} xmlns:core="{_CORE}">{"".join(fields)}</core:{element}>')
    return _CONTENT_TYPE + ("" if message.error_code else _ACTION), body


def write_fault(code: str, reason: str) -> tuple[str, bytes]:
    """The content type and body of a SOAP fault; `code` is one of SOAP's own, such as `Sender`."""
    fault = (
        f"<soap:Fault><soap:Code><soap:Value>soap:{code}</soap:Value></soap:Code>"
        f'<soap:Reason><soap:Text xml:lang="en">{escape(reason)}</soap:Text></soap:Reason></soap:Fault>'
    )
    return _CONTENT_TYPE, _enveloped(fault)


def read_message(content_type: str, body: bytes) -> CoreMessage:
    """The inverse of `write_message`. Raises `CoreEnvelopeError`; `CoreFaultError` when it is a fault."""
    if not content_type.startswith("application/soap+xml") or not _BEGINNING.match(body):
        raise CoreEnvelopeError("the body is not a SOAP 1.2 envelope")
    fields = _Fields()
    parser = XMLParser(target=fields)  # noqa: S314 - no document type gets here, so there are no entities
    try:
        parser.feed(body)
        parser.close()
    except (ParseError, LookupError) as error:
        raise CoreEnvelopeError("the body is not well-formed XML") from error
    if fields.fault:
        raise CoreFaultError(fields.fault_code)
    if not fields.found_envelope:
        raise CoreEnvelopeError(f"{_REQUEST} or {_RESPONSE} is missing")
    payload = fields.texts.pop(PAYLOAD, None)
    return message_of(fields.texts, None if payload is None else payload.strip().encode())


def _text(payload: bytes) -> str:
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        raise CoreEnvelopeError("Payload is no text, so SOAP cannot carry it") from error
    if _UNWRITABLE.search(text):
        raise CoreEnvelopeError("Payload has characters that SOAP cannot carry")
    return text.replace("]]>", "]]]]><![CDATA[>")


def _enveloped(content: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{_SOAP}"><soap:Body>{content}'
        "</soap:Body></soap:Envelope>"
    ).encode()


class _Fields:
    """Keeps the texts of the fields while the parser passes over everything else."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.found_envelope = self.fault = False
        self.fault_code = "unknown"
        self._path: list[str] = []
        self._pieces: list[str] | None = None

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        """An element begins."""
        self._path.append(tag)
        match self._path:
            case [root] if root != f"{{{_SOAP}}}Envelope":
                raise CoreEnvelopeError("the body is not a SOAP 1.2 envelope")
            case [_, body, content] if body == f"{{{_SOAP}}}Body":
                self.fault = self.fault or content == f"{{{_SOAP}}}Fault"
                self.found_envelope = self.found_envelope or content in (
                    f"{{{_CORE}}}{_REQUEST}",
                    f"{{{_CORE}}}{_RESPONSE}",
                )
            case [_, body, *_] if body == f"{{{_SOAP}}}Body" and self._is_kept():
                self._pieces = []
        if len(self._path) > _DEEPEST:
            raise CoreEnvelopeError("the elements of the body stand too deep within each other")

    def data(self, text: str) -> None:
        """Text of the element that is open."""
        if self._pieces is not None:
            self._pieces.append(text)

    def end(self, _tag: str) -> None:
        """An element ends."""
        if self._pieces is not None and self._is_kept():
            text = "".join(self._pieces)
            if self.fault:
                code = text.strip().rpartition(":")[2]
                self.fault_code = code if code in _FAULTS else "unknown"
            else:
                self.texts[_local(self._path[-1])] = text
            self._pieces = None
        self._path.pop()

    def _is_kept(self) -> bool:
        """Whether the element is a field of the envelope, or the code of a fault."""
        if self.fault:
            return [_local(each) for each in self._path[2:]] == ["Fault", "Code", "Value"]
        name = _local(self._path[-1])
        return self.found_envelope and len(self._path) == _FIELD_DEPTH and name in (*FIELDS, PAYLOAD)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
