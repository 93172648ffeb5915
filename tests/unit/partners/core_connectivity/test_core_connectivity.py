import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.partners.core_connectivity import soap
from libs.partners.core_connectivity.forms import READING, WRITING, Form
from libs.partners.core_connectivity.message import CoreEnvelopeError, CoreFaultError, CoreMessage

FORMS: tuple[Form, ...] = ("mime", "soap")
MESSAGE = CoreMessage(
    "X12_270_Request_005010X279A1",
    "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    datetime(2026, 11, 23, 14, 30, tzinfo=UTC),
    "15004",
    "CMS",
    b"ISA*00*~",
)
SOAP = "application/soap+xml; charset=UTF-8"


@given(st.binary(max_size=300).filter(lambda payload: b"core-connectivity-boundary" not in payload))
def test_what_is_written_in_mime_is_read_again(payload: bytes) -> None:
    clean = payload.replace(b"\r", b"").replace(b"\n", b"")
    message = replace(MESSAGE, payload=clean, error_code="Success")
    assert READING["mime"](*WRITING["mime"](message)) == message


# Everything that XML can carry, the end of a CDATA section included; white space around it is no part of X12.
PAYLOADS = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"))


@given(PAYLOADS.map(str.strip), st.sampled_from(["", "Success", "PayloadIDIllegal"]))
def test_what_is_written_in_soap_is_read_again(payload: str, error_code: str) -> None:
    message = replace(MESSAGE, payload=f"[{payload}]]>".encode(), error_code=error_code, error_message="<&>")
    assert READING["soap"](*WRITING["soap"](message)) == message


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b"PayloadID", b"Other", "PayloadID is missing"),
        (b"2.2.0<", b"4.0.0<", "CORERuleVersion"),
        (b"RealTime<", b"Sometime<", "ProcessingMode"),
        (b"2026-11-23T14:30:00Z", b"yesterday", "TimeStamp"),
        (b"15004", b"1" * 300, "SenderID is too long"),
    ],
    ids=["no id", "other version", "other mode", "no time", "too long"],
)
def test_what_is_wrong_is_named_without_its_value(form: Form, old: bytes, new: bytes, sentence: str) -> None:
    content_type, body = WRITING[form](MESSAGE)
    if form == "mime":
        old, new = old.rstrip(b"<"), new.rstrip(b"<")
        changed = body.replace(old, new, 1)
    else:
        start = body.index(b"Request ") + 8  # past the name of the schema, which has the version too
        changed = (
            body[:start] + body[start:].split(b">", 1)[0] + b">" + body[start:].split(b">", 1)[1].replace(old, new)
        )
    with pytest.raises(CoreEnvelopeError, match=sentence) as raised:
        READING[form](content_type, changed)
    assert new.decode() not in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new"), [(b'name="Payload"', b'name="Other"'), (b"Payload>", b"Other>")], ids=["mime", "soap"]
)
def test_a_message_without_payload_is_refused(old: bytes, new: bytes) -> None:
    form: Form = "mime" if old.startswith(b"name") else "soap"
    content_type, body = WRITING[form](MESSAGE)
    with pytest.raises(CoreEnvelopeError, match="Payload is missing"):
        READING[form](content_type, body.replace(old, new))


@pytest.mark.parametrize("text", ["2026-11-23T14:30:00", "2026-11-23T14:30:00.250Z", "2026-11-23T09:30:00-05:00"])
@pytest.mark.parametrize("form", FORMS)
def test_times_as_peers_write_them_are_read(form: Form, text: str) -> None:
    content_type, body = WRITING[form](MESSAGE)
    read = READING[form](content_type, body.replace(b"2026-11-23T14:30:00Z", text.encode()))
    assert read.at.replace(microsecond=0) == MESSAGE.at


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("body", [b"", b"hello", b"<a/>", b"{}"])
def test_a_body_that_is_no_envelope_is_refused(form: Form, body: bytes) -> None:
    for content_type in ("text/plain", SOAP, "multipart/form-data; boundary=x"):
        with pytest.raises(CoreEnvelopeError):
            READING[form](content_type, body)


def test_parts_within_parts_within_parts_are_refused() -> None:
    deep = b"".join(b"--b%d\r\ncontent-type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(5000))
    with pytest.raises(CoreEnvelopeError):
        READING["mime"]("multipart/form-data; boundary=b0", deep)


# --- SOAP alone ---------------------------------------------------------------------------------------------------


def test_the_elements_of_the_request_are_those_of_the_schema() -> None:
    content_type, body = WRITING["soap"](MESSAGE)
    assert content_type == 'application/soap+xml; charset=UTF-8; action="RealTimeTransaction"'
    text = body.decode()
    assert 'xmlns:core="http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd"' in text
    assert "<core:COREEnvelopeRealTimeRequest" in text
    assert "<CORERuleVersion>2.2.0</CORERuleVersion><Payload><![CDATA[ISA*00*~]]></Payload>" in text
    _, answer = WRITING["soap"](replace(MESSAGE, error_code="Success"))
    assert b"</Payload><ErrorCode>Success</ErrorCode></core:COREEnvelopeRealTimeResponse>" in answer


@pytest.mark.parametrize("payload", ["<![CDATA[ISA*00*~]]>", "\n  <![CDATA[ISA*00*~]]>\n", "ISA*00*&#126;", "ISA*00*~"])
def test_a_payload_is_read_however_a_peer_escapes_it(payload: str) -> None:
    content_type, body = WRITING["soap"](MESSAGE)
    changed = body.replace(b"<![CDATA[ISA*00*~]]>", payload.encode())
    assert READING["soap"](content_type, changed).payload == b"ISA*00*~"


def test_a_signed_header_and_prefixed_fields_of_a_peer_are_passed_over() -> None:
    content_type, body = WRITING["soap"](MESSAGE)
    security = b"<soap:Header><s:Security xmlns:s='urn:s'><s:PayloadID>other</s:PayloadID></s:Security></soap:Header>"
    changed = body.replace(b"<soap:Body>", security + b"<soap:Body>")
    changed = changed.replace(b"<SenderID>", b"<core:SenderID>").replace(b"</SenderID>", b"</core:SenderID>")
    assert READING["soap"](content_type, changed) == MESSAGE


@pytest.mark.parametrize(("code", "told"), [("Sender", "Sender"), ("Receiver", "Receiver"), ("Ada Mossy", "unknown")])
def test_a_fault_is_told_by_its_code_and_nothing_else_of_it(code: str, told: str) -> None:
    content_type, body = soap.write_fault(code, "patient Ada Mossy was not found")
    with pytest.raises(CoreFaultError) as raised:
        soap.read_message(content_type, body)
    assert (raised.value.code, str(raised.value)) == (told, f"SOAP fault {told}")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "beginning",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        f'<!DOCTYPE a [<!ENTITY l0 "laugh">{LAUGHS}]>',
        '<!DOCTYPE a SYSTEM "https://dtd.example/a.dtd">',
        "<!-- no --><!DOCTYPE a []>",
        "<?no no?><!DOCTYPE a []>",
    ],
    ids=["file", "laughs", "outside", "after a comment", "after an instruction"],
)
def test_a_document_type_is_refused_before_it_is_read(beginning: str) -> None:
    content_type, body = WRITING["soap"](MESSAGE)
    head, _, rest = body.partition(b"?>")
    changed = head + b"?>" + beginning.encode() + rest.replace(b"ISA*00*", b"&x;&l9;")
    before = time.process_time()
    with pytest.raises(CoreEnvelopeError):
        READING["soap"](content_type, changed)
    assert time.process_time() - before < 0.5


@pytest.mark.parametrize(
    "body",
    [
        b"<a>" * 300_000,
        '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="no-such"?><a/>',
        b"<soap:Envelope/>",
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
        b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>',
        b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>&x;</s:Body></s:Envelope>',
        b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">' + b"<a>" * 300_000,
    ],
    ids=["deep", "utf-16", "no such encoding", "no namespace", "SOAP 1.1", "empty", "entity", "deep within"],
)
def test_xml_that_is_no_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(CoreEnvelopeError):
        READING["soap"](SOAP, body)


@pytest.mark.parametrize("payload", [b"ISA\x1d00", b"\xff\xfe", b"\x00"])
def test_what_xml_cannot_carry_is_not_written(payload: bytes) -> None:
    with pytest.raises(CoreEnvelopeError, match="Payload"):
        WRITING["soap"](replace(MESSAGE, payload=payload))


def test_an_envelope_that_is_cut_off_anywhere_is_refused() -> None:
    content_type, body = WRITING["soap"](replace(MESSAGE, error_code="Success"))
    for end in range(len(body)):
        with pytest.raises(CoreEnvelopeError):
            READING["soap"](content_type, body[:end])
