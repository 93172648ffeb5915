"""The one way into a route: verify the internal token, ask `decide()`, open the transaction under row security.

    async def claim(permit: Annotated[Permit, permitted(CLAIM_STATUS)]) -> ...

Every route names its permission this way, or says `public()`; a test holds the routes against that.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from libs.common.access import AccessCopy, AccessFacts
from libs.common.contracts.auth import Enrollment
from libs.common.contracts.functions import FunctionUsed
from libs.common.deployment import Deployment
from libs.common.errors import Rejected, nothing_here
from libs.common.functions import NAMES
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import Acting, UnitOfWork
from libs.common.runtime import Runtime
from libs.common.security.decision import Resource, decide
from libs.common.security.permissions import Permission
from libs.common.security.principal import Principal
from libs.common.security.tokens import verify_internal_token
from libs.common.web.client_address import client_address
from libs.common.web.frames import signed_in_frame

_ACCESS_TOKEN = Depends(
    HTTPBearer(
        scheme_name="access-token",
        description="Ask for a token at /api/auth/token (RFC 6749 section 4.4, RFC 7523 section 2.2).",
        auto_error=False,
    )
)
"""Tells in the OpenAPI description what a program must send; `_who` is what verifies it."""


@dataclass(frozen=True, slots=True)
class Permit:
    """What a route holds once it may act: who, for which enrollment, with which facts, in which transaction."""

    principal: Principal
    permission: Permission
    facts: AccessFacts
    work: UnitOfWork

    @property
    def enrollment(self) -> Enrollment:
        """The enrollment acted for. Only for permissions that need one."""
        if self.facts.enrollment is None:
            raise Rejected("not-found", "We can't find that for the provider you act for.", status=404)
        return self.facts.enrollment

    @property
    def acted_for(self) -> UUID:
        """The enrollment that is acted for; the organization, where administrators act for none."""
        return self.enrollment.enrollment_id if self.permission.needs_enrollment else self.principal.organization_id

    def used(self) -> None:
        """Tell the monthly report that the function was used, where no event of its own does."""
        if self.principal.viewer is not None:
            return  # staff looked, nobody used it
        self.work.append(
            FunctionUsed(
                function=self.permission.function,
                enrollment_id=self.enrollment.enrollment_id,
                used_by=self.principal.user_id,
            )
        )

    def is_fresh(self, permission: Permission, spare: timedelta) -> bool:
        """Whether the second factor is young enough for `permission` and stays so for `spare`, to fill in a form."""
        return permission.step_up is None or self.work.now + spare < self.principal.factor_at + permission.step_up

    def may(self, permission: Permission) -> bool:
        """Whether the same person may do something else too: for navigation and "what can I do now"."""
        now = self.work.now
        return decide(self.facts, permission, Resource(self.principal.enrollment_id), self.principal, now).allow


def runtime_of(request: Request) -> Runtime:
    """The runtime of the process that serves this request."""
    runtime: Runtime = request.app.state.runtime
    return runtime


def permitted(permission: Permission) -> Any:
    """A dependency that gives a `Permit` for `permission`, or refuses.

    Refusals: no or bad token 401; not allowed 403, or 404 where existence is secret; copy of the facts too old 503.
    """

    async def permit(request: Request, _: Annotated[object, _ACCESS_TOKEN]) -> AsyncIterator[Permit]:
        principal = _who(request, permission)
        async with _permit(request, permission, principal) as given:
            yield given

    permit.permission = permission  # type: ignore[attr-defined] # read by the test that walks all routes
    return Depends(permit, scope="function")


@dataclass(frozen=True, slots=True)
class Admission:
    """What a route holds that reads a long body: who sends it. The transaction is opened when the body is there."""

    principal: Principal
    open: Callable[[], AbstractAsyncContextManager[Permit]]


def admitted(permission: Permission, *, upload: bool = False) -> Any:
    """As `permitted`, but the route opens the `Permit` itself: `async with admission.open() as permit`.

    For bodies that take long to arrive, and for partners that take long to answer. It is decided before the first
    byte is read and again when a transaction is opened, so that who waits holds no database connection and a grant
    removed meanwhile counts. With `upload` the route reads a file itself: the gateway lets it stream, of any size.
    """

    async def admit(request: Request, _: Annotated[object, _ACCESS_TOKEN]) -> AsyncIterator[Admission]:
        async with admission(request, permission) as given:
            yield given

    admit.permission, admit.upload = permission, upload  # type: ignore[attr-defined] # as above
    return Depends(admit, scope="function")


@asynccontextmanager
async def admission(request: Request, permission: Permission) -> AsyncIterator[Admission]:
    """Admit whoever sent the request, or refuse: as `admitted`, for a dependency that asks for more than that."""
    principal = _who(request, permission)
    runtime = runtime_of(request)
    facts = await AccessCopy(runtime).facts(principal)
    _frame(request, principal, facts)
    if _changes_as_viewer(request, principal) or not (
        decide(facts, permission, Resource(principal.enrollment_id), principal, runtime.clock.now()).allow
    ):
        async with _permit(request, permission, principal):
            pass  # asked again where the refusal leaves its audit row
    try:
        yield Admission(principal, lambda: _permit(request, permission, principal))
    except Rejected as refused:
        if refused.code in _PROBES and not refused.audited:
            async with runtime.database.request(runtime, _acting(request, permission, principal)) as work:
                _note(work, request, refused)
        raise


def _who(request: Request, permission: Permission) -> Principal:
    principal = verify_internal_token(runtime_of(request), request.headers.get("authorization", ""))
    request.state.principal = principal
    request.state.function = permission.function
    return principal


@asynccontextmanager
async def _permit(request: Request, permission: Permission, principal: Principal) -> AsyncIterator[Permit]:
    runtime, acting = runtime_of(request), _acting(request, permission, principal)
    async with AccessCopy(runtime).request(principal, acting) as (work, facts):
        _frame(request, principal, facts)
        decision = decide(facts, permission, Resource(principal.enrollment_id), principal, work.now)
        if _changes_as_viewer(request, principal):
            _refuse(work, permission, "VIEW_ONLY", request)
        if not decision.allow:
            _refuse(work, permission, decision.reason, request)
        if principal.viewer is not None:
            work.audit("view-as", "page", principal.user_id, reason=request.scope["route"].path)
        try:
            yield Permit(principal, permission, facts, work)
        except Rejected as refused:
            if refused.code in _PROBES:
                _note(work, request, refused)
            raise


def _changes_as_viewer(request: Request, principal: Principal) -> bool:
    """Whether staff who only look ask for a change: the gateway refuses that before, and here it is refused again."""
    return principal.viewer is not None and request.method not in _LOOKS


def _acting(request: Request, permission: Permission, principal: Principal) -> Acting:
    # Who looks as a user is the one who acts; as whom, the record of each page says.
    acting = principal.user_id if principal.viewer is None else principal.viewer.user_id
    return Acting(
        actor=f"{principal.kind}:{acting}",
        user_id=principal.user_id,
        enrollment_id=principal.enrollment_id,
        permission=permission.name,
        session=principal.session,
        staff=bool(permission.staff),
        address=client_address(request),
    )


_LOOKS = frozenset({"GET", "HEAD"})
_PROBES = frozenset({"not-found", "form-expired", "form-of-another-enrollment"})
"""Refusals that a probing person meets: each leaves an audit row with what it was about."""


def _note(work: UnitOfWork, request: Request, refused: Rejected) -> None:
    """Audit a refusal that nothing audited yet. Only ids are told of an address: other parts may be anything."""
    if not work.refused:
        path: str = request.scope["route"].path
        ids = [value for value in request.path_params.values() if _is_id(value)]
        work.audit("refuse", "object", " ".join(ids) or path, outcome="refused", reason=refused.code)
    refused.audited = True


def _is_id(value: str) -> bool:
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False


def _frame(request: Request, principal: Principal, facts: AccessFacts) -> None:
    """Say what stands around the page that is answered, a refusal too; programs are answered without one."""
    if not request.url.path.startswith("/api/"):
        request.state.frame = signed_in_frame(request, runtime_of(request), principal, facts)


def _refuse(work: UnitOfWork, permission: Permission, reason: str, request: Request) -> None:
    work.audit("refuse", "route", request.scope["route"].path, outcome="refused", reason=reason)
    metrics.REFUSALS.labels(service=work.runtime.service, reason=reason).inc()
    log.info("refused", permission=permission.name, reason=reason)
    sentence = REASONS.get(reason, REASONS["*"])
    if reason == "FUNCTION_OFF":
        sentence = _not_offered(work.runtime.deployment, permission.function)
    raise Rejected("access-denied", sentence, status=403)


def _not_offered(deployment: Deployment, code: str) -> str:
    for each in deployment.planned:
        if each.function.code == code:
            return f"{each.function.name} is not offered yet: it is planned for {each.period}."
    return f"{NAMES[code]} is not offered under this contract."


FORM_TIME = timedelta(minutes=30)
"""How long a form of those who send may stay open: as long as a session without a request."""


def fresh_code(following: str) -> str:
    """Where a person enters a fresh code, and is led to `following` then."""
    return f"/session/step-up?next={quote(following)}"


def public() -> Any:
    """Says that a route is open to everybody, on purpose."""

    async def nobody(request: Request) -> None:
        request.state.principal = None

    nobody.permission = None  # type: ignore[attr-defined]
    return Depends(nobody)


REASONS = {
    "*": "Your access does not cover this. Your office's portal administrator can change that.",
    "ACCOUNT_STATE": "Your account is not active. Call the help desk.",
    "ROB_EXPIRED": "You must sign the Rules of Behavior, or another agreement, before you continue.",
    "TRAINING_EXPIRED": "Your yearly security training is due.",
    "CODE_SETS_NOT_ACCEPTED": "You must accept the code set license before you see codes.",
    "SESSION_AAL": "This needs a sign-in with a second factor.",
    "STEP_UP_REQUIRED": "This needs a fresh code: your last one is too old. Open the page again, and it asks for one.",
    "MEMBERSHIP": "You no longer belong to this organization.",
    "ADMIN_NO_DATA": "Administrators manage users and see no patient data. Use a user account for this.",
    "NPI_NOT_GRANTED": "You have no access to this NPI and PTAN. Your office's portal administrator can grant it.",
    "FUNCTION_NOT_GRANTED": "You have no access to this function. Your office's portal administrator can grant it.",
    "RECERT_EXPIRED": "Your access was not recertified in time. Ask your office's portal administrator.",
    "PECOS_INACTIVE": "PECOS shows no active enrollment with this contractor for this NPI and PTAN. Your account,"
    " under your name at the top, says why and what to do.",
    "EDI_AGREEMENT_MISSING": "No signed EDI Enrollment Agreement is on file for this NPI and PTAN.",
    "VENDOR_NOT_AUTHORIZED": "The provider has not authorized your company. Your administrator can ask the provider.",
    "VENDOR_SUBMITTER_MISSING": "The EDI agreement for this NPI and PTAN does not name your company's submitter ID. The"
    " provider can have it added by EDI enrollment.",
    "VENDOR_FUNCTION_NOT_AUTHORIZED": "The provider authorized your company for other functions, and not for this one."
    " The provider's administrator can change that.",
    "VIEW_ONLY": "You see the portal as another person sees it: nothing can be changed or sent. End the view first.",
}


def opaque(text: str) -> UUID:
    """An id from a path. What is no id is as unknown as a foreign one: 404."""
    try:
        return UUID(text)
    except ValueError:
        raise nothing_here() from None
