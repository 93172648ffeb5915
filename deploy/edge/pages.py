"""What the gateway says by itself: a service is gone, or a request never reached one.

Everything here is text for Envoy's substitution format: `%REQ(X-REQUEST-ID)%` is filled in per request, and the
banner where `libs.common.edge_banner` marks it. Pages carry no script and no inline style: the strict policy of
the portal holds for them too, and they read well when the style sheet is gone with everything else.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from libs.common.deployment import Deployment
from libs.common.edge_banner import BANNER_IN_PAGE, BANNER_IN_PROBLEM
from libs.common.errors import ERROR_CODES, problem_type
from libs.common.functions import Function

HTML = "text/html; charset=UTF-8"
PROBLEM = "application/problem+json"

_REFERENCE_MARK = "@@reference@@"
_REFERENCE = "%REQ(X-REQUEST-ID)%"

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request the gateway refuses by itself. `code` is the stable name under `/api`, `for_programs` its sentence."""

    status: int
    code: str
    title: str
    sentence: str
    for_programs: str = ""


REFUSALS = (
    Refusal(
        400,
        "request-malformed",
        "This address or request cannot be used",
        "The address holds characters that are not allowed, or the request was broken on its way. Nothing was saved.",
    ),
    Refusal(
        401,
        "sign-in-required",
        "You are not signed in",
        "Your sign-in could not be confirmed. Sign in again to continue. Nothing was saved.",
        "The access token is missing, not valid or expired. Ask for a new one. Nothing was saved.",
    ),
    Refusal(404, "not-found", "There is no such page", "Nothing is kept at this address."),
    Refusal(
        408,
        "request-too-slow",
        "The request did not arrive in time",
        "Your request took too long to arrive and was given up. Nothing was saved; try again.",
    ),
    Refusal(
        413,
        "body-too-large",
        "This is too large",
        "A form may hold 64 KB. Files go through the upload pages. Nothing was saved.",
        "A body may have 64 KB at this address. Nothing was saved.",
    ),
    Refusal(
        429,
        "too-many-requests",
        "Too many requests at once",
        "More requests came from your address than one user can make. Wait a few seconds, then try again.",
    ),
    Refusal(
        431,
        "headers-too-large",
        "The request cannot be read",
        "Your browser sent too much beside the request itself. Delete this site's cookies, then sign in again.",
        "The headers of the request are too large. Send fewer or shorter ones.",
    ),
)


def unavailable_page(deployment: Deployment, service: str) -> str:
    """Write the page for people when `service` is gone: what does not work, since when, what to do."""
    others = [function for function in deployment.functions if function.service not in (service, "auth")]
    return _render(
        "unavailable.html",
        deployment=deployment,
        title=_title(_functions(deployment, service), service),
        sentence=_sentence(_functions(deployment, service), service),
        others=[] if service == "auth" else others,
        is_home=service == "portal",
        interruption=Markup(BANNER_IN_PAGE),  # noqa: S704 - a constant; what replaces it is escaped
    )


def unavailable_problem(deployment: Deployment, service: str) -> str:
    """Write the same for programs, as RFC 9457 wants it, with the banner as the member `interruption`."""
    functions = _functions(deployment, service)
    problem = {
        **_told("service-unavailable", 503),
        "detail": f"{_sentence(functions, service)} Help desk: {deployment.help_desk.phone}.",
        "functions": [function.name for function in functions],
    }
    return _problem(problem, interruption=BANNER_IN_PROBLEM)


def refusal_page(deployment: Deployment, refusal: Refusal) -> str:
    """Write the page for a request that reached no service."""
    return _render(
        "refused.html",
        deployment=deployment,
        title=refusal.title,
        sentence=refusal.sentence,
        may_sign_in=refusal.status == 401,
    )


def refusal_problem(refusal: Refusal) -> str:
    """Write the same for programs under `/api`."""
    problem = {
        **_told(refusal.code, refusal.status),
        "detail": refusal.for_programs or refusal.sentence,
    }
    return _problem(problem)


def _functions(deployment: Deployment, service: str) -> list[Function]:
    return [function for function in deployment.functions if function.service == service]


def _title(functions: Sequence[Function], service: str) -> str:
    if service == "auth":
        return "Signing in is not possible at the moment"
    if service == "portal":
        return "The home page is not available at the moment"
    if len(functions) == 1:
        return f"{functions[0].name} is not available at the moment"
    if functions:
        return "Some functions are not available at the moment"
    return "This page is not available at the moment"


def _sentence(functions: Sequence[Function], service: str) -> str:
    if service == "auth":
        return "Signing in does not work now, so functions that need it cannot be used."
    if service == "portal":
        return "The home page, the help and the manual cannot be shown. The functions have their own pages."
    if functions:
        names = ", ".join(function.name for function in functions)
        return f"Not available now: {names}. We know of it and are working on it."
    return "We know of it and are working on it."


def _render(template: str, **facts: object) -> str:
    page = _templates.get_template(template).render(reference=_REFERENCE_MARK, **facts)
    return page.replace("%", "%%").replace(_REFERENCE_MARK, _REFERENCE)


def _told(code: str, status: int) -> dict[str, object]:
    """What a problem says by its code alone, as the services say it (`libs.common.web.problems`)."""
    return {"type": problem_type(code), "title": ERROR_CODES[code], "status": status, "code": code}


def _problem(members: dict[str, object], **raw: str) -> str:
    """`members` as JSON, then the values of `raw` as they are, then the reference of the request."""
    text = json.dumps(members).replace("%", "%%")[:-1]
    added = "".join(f', "{name}": {value}' for name, value in raw.items())
    return f'{text}{added}, "reference": "{_REFERENCE}"}}'
