"""What a refused or failed request is answered: a page for people, `application/problem+json` (RFC 9457) under /api.

The sentence says what to correct; a failure says nothing of its cause, only a reference to find it by in the logs.
"""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionLeftError
from starlette.exceptions import HTTPException

from libs.common.errors import ERROR_CODES, Rejected, nothing_here, problem_type
from libs.common.observability.logs import log
from libs.common.observability.traces import current_trace_id
from libs.common.persistence.unit_of_work import DatabaseAwayError, is_away
from libs.common.web.frames import public_frame
from libs.common.web.pages import Problem, render

_HEADINGS = {
    401: "Sign in to continue",
    403: "You don't have access",
    404: "We can't find that",
    409: "This form no longer fits",
    413: "That is too large",
    429: "Too many attempts",
    503: "Try again in a moment",
}
_NO_TEXT = "22021"
"""What PostgreSQL calls a sign that it keeps in no text, such as NUL (character_not_in_repertoire)."""
_ONLY_A_FORM = "This address takes only what a form or a program sends to it. Open the page of that form."
_AWAY = "Our records cannot be reached right now. Nothing was changed; try again in a moment."
_RETRY_AFTER_SECONDS = "2"
NO_FIELDS: Mapping[str, str] = MappingProxyType({})
_UNEXPECTED = "Something failed on our side. It was recorded, and nothing you sent was half done."


class ProblemAnswer(BaseModel):
    """What a program is told of a refusal or failure (RFC 9457). `fields` says what to correct, field by field."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    reference: str
    fields: dict[str, str] = {}


class InterruptionTold(BaseModel):
    """An interruption, as everybody is told of it. `since` is for people, `started_at` for programs."""

    sentence: str
    functions: tuple[str, ...]
    since: str
    started_at: datetime


class UnavailableAnswer(ProblemAnswer):
    """What a program is told while something is away; `Retry-After` says in how many seconds to ask again.

    The gateway, which answers for a service that is gone, adds the functions that do not work now and the interruption
    that is open, if one is.
    """

    functions: tuple[str, ...] = ()
    interruption: InterruptionTold | None = None


ANSWERS = (ProblemAnswer, UnavailableAnswer)
PROBLEM_JSON = "application/problem+json"


def _told(answer: type[BaseModel]) -> dict[str, Any]:
    return {PROBLEM_JSON: {"schema": {"$ref": f"#/components/schemas/{answer.__name__}"}}}


DESCRIBED: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "Refused: the answer says what to correct", "content": _told(ProblemAnswer)},
    "503": {
        "description": "Away for now: nothing was done, ask again after Retry-After",
        "content": _told(UnavailableAnswer),
        "headers": {"Retry-After": {"description": "Seconds", "required": True, "schema": {"type": "integer"}}},
    },
    "5XX": {"description": "Failed: nothing is half done, send it again", "content": _told(ProblemAnswer)},
}
"""Every error of every route, for its OpenAPI description (`description.py` adds the schema)."""


class ShownInstead(Exception):  # noqa: N818 - it is no error: the form was read, and is shown again
    """A page that a dependency answers with in place of its route."""

    def __init__(self, page: HTMLResponse) -> None:
        super().__init__()
        self.page = page


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of `app` in one form."""
    app.add_exception_handler(Rejected, _rejected)
    app.add_exception_handler(ShownInstead, _shown)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _of_the_database)
    app.add_exception_handler(DatabaseAwayError, _away)
    app.add_exception_handler(NoConnectionLeftError, _away)
    app.add_exception_handler(Exception, _failed)


def _rejected(request: Request, error: Exception) -> Response:
    if not isinstance(error, Rejected):
        raise error
    log.info("request refused", code=error.code, status=error.status, route=_route(request))
    sentence = error.for_programs if error.for_programs and _is_program(request) else error.sentence
    answer = _answer(request, error.status, error.code, sentence, error.fields)
    if error.retry_after:
        answer.headers["retry-after"] = str(error.retry_after)
    return answer


def _shown(_: Request, error: Exception) -> Response:
    if not isinstance(error, ShownInstead):
        raise error
    return error.page


def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = error.errors()
    if faults[0]["type"] == "json_invalid":  # its place is where the reading ended, and no field
        reason, at = faults[0]["ctx"]["error"], faults[0]["loc"][-1]
        malformed = f"The body is not valid JSON: {reason} at character {at}. Correct the JSON and send it again."
        return _rejected(request, Rejected("request-malformed", malformed, 400))
    fields = {".".join(map(str, each["loc"][1:] or each["loc"])): _what_to_correct(each) for each in faults}
    log.info("request refused", code="form-invalid", status=422, route=_route(request))
    return _answer(request, 422, "form-invalid", f"Correct {', '.join(fields)} and send the request again.", fields)


def _what_to_correct(error: Any) -> str:
    """The sentence of a field: our own where one of our checks refused it."""
    return str(error["ctx"]["error"]) if error["type"] == "value_error" else f"{error['msg']}."


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.NOT_FOUND:
        hidden = nothing_here()
        return _answer(request, hidden.status, hidden.code, hidden.sentence, {})
    headers = error.headers or {}
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        taken = f"This address takes {headers.get('Allow', 'other methods')}, not {request.method}."
        refused = Rejected("method-not-allowed", _ONLY_A_FORM, error.status_code, for_programs=taken)
    else:
        refused = Rejected("request-malformed", f"{HTTPStatus(error.status_code).phrase}.", error.status_code)
    answer = _rejected(request, refused)
    answer.headers.update(headers)  # such as `Allow`, which a 405 must carry (RFC 9110)
    return answer


def _of_the_database(request: Request, error: Exception) -> Response:
    if not isinstance(error, DBAPIError):
        raise error
    if is_away(error):
        return _away(request, error)
    if getattr(error.orig, "sqlstate", "") != _NO_TEXT:
        raise error
    # Such a sign comes from outside only: to refuse it here covers every field, address and query of every service.
    sentence = "Remove the characters we can't read from what you sent, and send it again."
    return _rejected(request, Rejected("form-invalid", sentence))


def _away(request: Request, error: Exception) -> Response:
    """Nothing is lost and nobody's code is wrong, so it is no failure: whoever asks again is served."""
    log.warning("database away", route=_route(request), error_class=type(error).__name__)
    return _rejected(request, Rejected("service-unavailable", _AWAY, status=503))


def _failed(request: Request, error: Exception) -> Response:
    log.error("request failed", route=_route(request), exc_info=error)
    return _answer(request, 500, "unexpected", _UNEXPECTED, {})


def reference() -> str:
    """The id of the request as the gateway and `x-request-id` tell it: that of its trace, written as a UUID."""
    trace = current_trace_id()
    return str(UUID(trace)) if trace else "none"


def problem_answer(code: str, sentence: str, status: int, fields: Mapping[str, str] = NO_FIELDS) -> Response:
    """What a program is told (`ProblemAnswer`)."""
    named = {name: each for name, each in fields.items() if name}  # what is about no field stands in `detail`
    body = {
        "type": problem_type(code),
        "title": ERROR_CODES[code],
        "status": status,
        "code": code,
        "detail": sentence,
        "reference": reference(),
        **({"fields": named} if named else {}),
    }
    return JSONResponse(body, status, media_type=PROBLEM_JSON)


def _answer(request: Request, status: int, code: str, sentence: str, fields: dict[str, str]) -> Response:
    if _is_program(request):
        answer = problem_answer(code, sentence, status, fields)
    else:
        answer = _page(request, status, sentence, fields)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["retry-after"] = _RETRY_AFTER_SECONDS
    return answer


def _page(request: Request, status: int, sentence: str, fields: dict[str, str]) -> Response:
    problem = Problem(
        heading=_HEADINGS.get(status, "This did not work"),
        sentence=sentence,
        kept="Nothing was changed." if status != HTTPStatus.CONFLICT else "What you sent before is kept as it was.",
        steps=tuple(fields.values()) or _next_steps(status),
        reference=reference(),
    )
    frame = getattr(request.state, "frame", None) or public_frame(request)
    return render(request, "kinds/problem.html", {"problem": problem, "frame": frame, "crumbs": ()}, status_code=status)


def _is_program(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _next_steps(status: int) -> tuple[str, ...]:
    if status == HTTPStatus.UNAUTHORIZED:
        return ("Sign in again. You come back to where you were.",)
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN):
        return ('Check "Acting for" above.', "Go back to the list and open it from there.")
    return ("Go back and try again.", "If it happens again, call the help desk and give the reference below.")


def _route(request: Request) -> str:
    """The pattern of the route, never the path itself."""
    route = request.scope.get("route")
    return getattr(route, "path", "unknown")
