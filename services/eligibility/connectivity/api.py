"""Eligibility for programs that speak X12: a 270 in a CORE vC2.2.0 envelope, the 271 in the same, in real time."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from libs.common.errors import Rejected
from libs.common.observability.logs import log
from libs.common.security.permissions import ELIGIBILITY_INQUIRY
from libs.common.web.permit import Admission, admitted, runtime_of
from libs.common.web.problems import DESCRIBED
from libs.common.web.uploads import body_of
from libs.partners.core_connectivity import soap
from libs.partners.core_connectivity.forms import READING, WRITING, Form
from libs.partners.core_connectivity.message import FIELDS, PAYLOAD, SUCCESS, CoreEnvelopeError, CoreMessage
from services.eligibility.connectivity.domain import EnvelopeFault, envelope_fault, payload_key
from services.eligibility.connectivity.handlers import pass_through
from services.eligibility.connectivity.views import Sent, Told, read_payload

router = APIRouter(prefix="/api/eligibility/core")

_MAX_BODY_LENGTH = 64 * 1024
_MIME, _SOAP = "multipart/form-data", "application/soap+xml"
_NO_ENVELOPE = "PayloadTypeRequired"
_REFUSED_TYPE = "CoreEnvelopeError"
_NOBODY = "UNKNOWN"

_SENT_FIELDS = FIELDS[:7]
_MIME_REQUEST: dict[str, Any] = {
    "type": "object",
    "required": [*_SENT_FIELDS, PAYLOAD],
    "properties": {name: {"type": "string"} for name in (*_SENT_FIELDS, PAYLOAD)},
}
_TEXT: dict[str, Any] = {"type": "string"}


def _described(media_type: str, request: dict[str, Any]) -> dict[str, Any]:
    """What the OpenAPI description says of a route that reads and writes envelopes."""
    return {
        "response_class": Response,
        "openapi_extra": {"requestBody": {"required": True, "content": {media_type: {"schema": request}}}},
        "responses": {
            200: {
                "description": "The envelope with a 271, 999 or TA1, or with the error code of an envelope not taken",
                "content": {media_type: {"schema": _TEXT}},
            }
        },
    }


_FAULT = {
    "description": "A SOAP fault: the body is no envelope of the rule",
    "content": {_SOAP: {"schema": _TEXT}, **DESCRIBED["4XX"]["content"]},
}
_AS_SOAP = _described(_SOAP, _TEXT)
_AS_SOAP["responses"] |= {400: _FAULT}


@router.post("/mime", **_described(_MIME, _MIME_REQUEST))
async def mime(request: Request, admission: Annotated[Admission, admitted(ELIGIBILITY_INQUIRY)]) -> Response:
    """Send a 270 about one patient in a CORE vC2.2.0 envelope (MIME multipart), and wait for its 271.

    PayloadID is a UUID: the same payload again has the same answer, and HETS is not asked again. What is wrong with the
    envelope is told by its ErrorCode, with the interchange by TA1, with the structure by 999, with the inquiry by AAA.
    """
    return await _answered("mime", request, admission)


@router.post("/soap", **_AS_SOAP)
async def soap_envelope(request: Request, admission: Annotated[Admission, admitted(ELIGIBILITY_INQUIRY)]) -> Response:
    """As `/mime`, in SOAP 1.2: COREEnvelopeRealTimeRequest. A body that is none is answered with a SOAP fault."""
    return await _answered("soap", request, admission)


async def _answered(form: Form, request: Request, admission: Admission) -> Response:
    try:
        message = READING[form](request.headers.get("content-type", ""), await _body(request))
    except CoreEnvelopeError as error:
        return _unreadable(form, request, error)
    told = await _outcome(request, admission, message)
    if isinstance(told, EnvelopeFault):
        return _refused(form, request, message, told)
    return _reply(form, _to(message, request, told.payload_type, told.payload, SUCCESS))


async def _body(request: Request) -> bytes:
    """The body of a request, of which no more than the cap is ever held."""
    received = bytearray()
    async for piece in body_of(request):
        received += piece
        if len(received) > _MAX_BODY_LENGTH:
            raise Rejected("body-too-large", "An envelope may have 64 KB: send one 270 about one patient.", status=413)
    return bytes(received)


async def _outcome(request: Request, admission: Admission, message: CoreMessage) -> Told | EnvelopeFault:
    if fault := envelope_fault(message):
        return fault
    runtime = runtime_of(request)
    sent = read_payload(message.payload, runtime.clock.business(), runtime.today)
    return await pass_through(admission, sent, payload_key(message.payload_id)) if isinstance(sent, Sent) else sent


def _unreadable(form: Form, request: Request, error: CoreEnvelopeError) -> Response:
    """What is answered to a body in which no envelope could be read."""
    if form == "soap" and not error.error_code:
        log.info("envelope not taken", code="Sender")
        content_type, body = soap.write_fault("Sender", f"{error}.")
        return Response(body, 400, headers={"content-type": content_type})
    return _refused(form, request, None, EnvelopeFault(error.error_code or _NO_ENVELOPE, f"{error}."))


def _refused(form: Form, request: Request, message: CoreMessage | None, fault: EnvelopeFault) -> Response:
    log.info("envelope not taken", code=fault.code)
    return _reply(form, _to(message, request, _REFUSED_TYPE, b"", fault.code, fault.sentence))


def _to(
    message: CoreMessage | None,
    request: Request,
    payload_type: str,
    payload: bytes,
    error_code: str,
    error_message: str = "",
) -> CoreMessage:
    """The answer to a message; to one that could not be read, under an id of its own."""
    runtime = runtime_of(request)
    return CoreMessage(
        payload_type,
        message.payload_id if message else str(runtime.ids.new()),
        runtime.clock.now(),
        message.receiver if message else runtime.deployment.contract_id,
        message.sender if message else _NOBODY,
        payload,
        error_code=error_code,
        error_message=error_message,
    )


def _reply(form: Form, message: CoreMessage) -> Response:
    content_type, body = WRITING[form](message)
    return Response(body, headers={"content-type": content_type})
