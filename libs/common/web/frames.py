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
from libs.common.functions import BACK_OFFICE, FUNCTIONS, HELP, NAMES, Entry, Function
from libs.common.runtime import Runtime
from libs.common.security.decision import ADMINISTRATORS
from libs.common.security.permissions import MESSAGES_READ, Permission
from libs.common.security.principal import Principal
from libs.common.settings import SERVICES
from libs.common.web.pages import Banner, Enrollment, Frame, Link, NavigationEntry, Person, Viewing


def _place(found: tuple[Function, Entry]) -> tuple[bool, bool, int, bool]:
    """Work comes before administration and staff, each in the order of the services; a group is led by its namesake.

    The back office comes after the staff's own work.
    """
    function, entry = found
    is_work = not (entry.permission.staff or entry.permission.administrators)
    in_order = SERVICES.index(function.service)
    return not is_work, entry.group == BACK_OFFICE, in_order, entry.label != entry.group


_ENTRIES = [
    entry for _, entry in sorted(((each, entry) for each in FUNCTIONS.values() for entry in each.entries), key=_place)
]
_STATUS = next(entry for entry in _ENTRIES if entry.permission is MESSAGES_READ)

MANUAL, SIGNED_IN_MANUAL = "/manual", "/home/manual"
"""Where the user manual is for everybody, and in the frame of whoever is signed in."""

CATALOG, SIGNED_IN_CATALOG = "/catalog", "/home/catalog"
"""Where the catalog of functions is, likewise."""

_WITH_CODES = frozenset({"appeals", "claims", "eligibility", "remittance"})
"""Below these, CPT and CDT codes may be shown: each page names their owners, as their licenses ask."""

_HOME, _MANUAL = NavigationEntry("Home", "/home"), NavigationEntry("User manual", SIGNED_IN_MANUAL, group=HELP)
INCIDENTS, SIGNED_IN_INCIDENTS = "/report-incident", "/home/report-incident"
"""What to report, to whom and when: for everybody, and in the frame of whoever is signed in."""
_REPORT = "Report an incident"
PUBLIC_LINKS = (
    Link(_STATUS.label, "/#functions"),
    Link("All functions", CATALOG),
    Link("User manual", MANUAL),
    Link(_REPORT, INCIDENTS),
)


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
        person=Person(principal.name, principal.last_sign_in, principal.failed_sign_ins),
        acting=_shown(facts.enrollment) if facts.enrollment else None,
        choices=tuple(_shown(each) for each in facts.menu),
        has_choices=any(each != facts.enrollment for each in facts.choices),
        navigation=navigation,
        banner=banner,
        csrf=principal.csrf,
        expires_in=principal.expires_in or None,
        ends_in=principal.ends_in or None,
        viewing=_viewing(principal, facts),
        codes=request.url.path.split("/")[1] in _WITH_CODES,
        links=(
            _status_link(navigation),
            Link("All functions", SIGNED_IN_CATALOG),
            Link("User manual", SIGNED_IN_MANUAL),
            Link(_REPORT, SIGNED_IN_INCIDENTS),
        ),
    )


def _viewing(principal: Principal, facts: AccessFacts) -> Viewing | None:
    if principal.viewer is None:
        return None
    return Viewing(principal.viewer.name, facts.organization.name if facts.organization else "", principal.viewer.until)


def _status_link(navigation: tuple[NavigationEntry, ...]) -> Link:
    """The same page that the navigation leads to; without that function, the list on the home page."""
    pages = [each.path for each in navigation if each.path == _STATUS.path]
    return Link(_STATUS.label, pages[0] if pages else f"{_HOME.path}#functions")


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
    functions = tuple(
        NavigationEntry(
            entry.label,
            entry.path,
            group=entry.group,
            condition="not-available" if NAMES[code] in down else "available",
            since=down.get(NAMES[code]),
        )
        for entry in _ENTRIES
        if (code := entry.permission.function) in deployment.offered and _may_open(entry.permission, principal, facts)
    )
    work = (each for each in functions if each.group != HELP)
    return (_HOME, *work, _MANUAL, *(each for each in functions if each.group == HELP))


def _may_open(permission: Permission, principal: Principal, facts: AccessFacts) -> bool:
    """Whether an entry is for this person. A lapsed grant counts: the page says why it lapsed."""
    if permission.staff:
        return principal.role in permission.staff
    if permission.administrators:
        return principal.role in ADMINISTRATORS
    return not permission.needs_enrollment or permission.function in facts.functions
