"""Fills what stands around a page: who is signed in, for whom they act, what works now.

What works now comes with the request: the gateway adds `x-portico-interruption`, written by the notifier into the
gateway's routes. So every page tells of an interruption at once, and still does when broker and databases are down.
"""

import json
from base64 import b64decode
from datetime import datetime

from fastapi import Request

from libs.common.access import AccessFacts
from libs.common.contracts.auth import Enrollment as EnrollmentFacts
from libs.common.deployment import Deployment
from libs.common.edge_banner import INTERRUPTION_HEADER
from libs.common.runtime import Runtime
from libs.common.security.permissions import APPEAL_REVIEW, PORTAL_OPERATION
from libs.common.security.principal import Principal
from libs.common.web.pages import Banner, Enrollment, Frame, Link, NavigationEntry, Person

_STATUS = "Function status"
_NAVIGATION = (
    ("Eligibility", "/eligibility", "F-12"),
    ("Claims", "/claims", "F-07"),
    ("Submit claims", "/claims/submissions", "F-08"),
    ("Remittances", "/remittance", "F-24"),
    ("Appeals", "/appeals", "F-03"),
    (_STATUS, "/notifier", "F-19"),
)
_ADMINISTRATION = ("Administration", "/auth/users", "F-27")
_REVIEWS = ("Appeal reviews", "/appeals/review", APPEAL_REVIEW.function)
_OPERATION = ("Monthly report", "/notifier/reports", "F-19")

MANUAL, SIGNED_IN_MANUAL = "/manual", "/home/manual"
"""Where the user manual is for everybody, and in the frame of whoever is signed in."""

_HOME, _HELP = NavigationEntry("Home", "/home"), NavigationEntry("Help", SIGNED_IN_MANUAL)
PUBLIC_LINKS = (Link("Function status", "/#functions"), Link("User manual", MANUAL))


def interruption(request: Request) -> tuple[Banner | None, dict[str, datetime]]:
    """The banner, if there is one, and since when each named function (Appendix 9.1) is not available."""
    header = request.headers.get(INTERRUPTION_HEADER, "")
    if not header:
        return None, {}
    told = json.loads(b64decode(header))
    if told is None:
        return None, {}
    since = datetime.fromisoformat(told["started_at"])
    return Banner(told["sentence"], since), dict.fromkeys(told["functions"], since)


def public_frame(request: Request) -> Frame:
    """The frame of a page nobody needs to sign in for."""
    runtime: Runtime = request.app.state.runtime
    banner, _ = interruption(request)
    clock = runtime.clock
    return Frame(runtime.deployment, clock.business(), clock.offset(), banner=banner, links=PUBLIC_LINKS)


def signed_in_frame(request: Request, runtime: Runtime, principal: Principal, facts: AccessFacts) -> Frame:
    """The frame of a page of a signed-in person."""
    banner, down = interruption(request)
    navigation = _navigation(runtime.deployment, principal, facts, down)
    return Frame(
        deployment=runtime.deployment,
        now=runtime.clock.business(),
        offset=runtime.clock.offset(),
        person=Person(principal.name, principal.last_sign_in),
        acting=_shown(facts.enrollment) if facts.enrollment else None,
        choices=tuple(_shown(each) for each in facts.menu),
        has_choices=any(each != facts.enrollment for each in facts.choices),
        navigation=navigation,
        banner=banner,
        csrf=principal.csrf,
        expires_in=principal.expires_in or None,
        links=(_status_link(navigation), Link("User manual", SIGNED_IN_MANUAL)),
    )


def _status_link(navigation: tuple[NavigationEntry, ...]) -> Link:
    """The same page that the navigation leads to; without that function, the list on the home page."""
    pages = [each.path for each in navigation if each.label == _STATUS]
    return Link(_STATUS, pages[0] if pages else f"{_HOME.path}#functions")


def _shown(enrollment: EnrollmentFacts) -> Enrollment:
    return Enrollment(
        id=str(enrollment.enrollment_id),
        organization=enrollment.organization_name,
        npi=enrollment.npi,
        ptan=enrollment.ptan,
        line_of_business=enrollment.line_of_business,
    )


def _navigation(
    deployment: Deployment, principal: Principal, facts: AccessFacts, down: dict[str, datetime]
) -> tuple[NavigationEntry, ...]:
    """Home, what the person may open under this contract, help. A function that is down stays, and says so."""
    offered = {function.code: function.name for function in deployment.functions}
    wanted = [entry for entry in _NAVIGATION if entry[2] in facts.functions]
    if principal.role in ("PROVIDER_ADMIN", "VENDOR_ADMIN"):
        wanted.append(_ADMINISTRATION)
    if principal.role == APPEAL_REVIEW.staff:
        wanted.append(_REVIEWS)
    if principal.role == PORTAL_OPERATION.staff:
        wanted.append(_OPERATION)
    functions = tuple(
        NavigationEntry(
            label,
            path,
            condition="not-available" if offered[code] in down else "available",
            since=down.get(offered[code]),
        )
        for label, path, code in wanted
        if code in offered
    )
    return (_HOME, *functions, _HELP)
