"""Any service called directly, past the gateway, on behalf of made-up people whose access the test decides."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid5

import httpx
import pytest
import sqlalchemy as sa
from starlette.types import ASGIApp

from libs.common.access import keep_organizations, keep_users
from libs.common.clock import SetClock
from libs.common.contracts.auth import Authorization, Enrollment, Grant, LookUpNpi, OrganizationAccess, UserAccess
from libs.common.contracts.envelope import Message, Origin, Received
from libs.common.deployment import Deployment
from libs.common.persistence.tables import audit
from libs.common.runtime import Runtime
from libs.common.security.key_files import prepare_token_keys
from libs.common.security.permissions import CATALOG, Permission
from libs.common.security.principal import Principal
from libs.common.security.tokens import SigningKey, issue_internal_token
from libs.common.service import Service
from libs.common.settings import SERVICES
from libs.common.web.app import create_app
from libs.common.web.routes import Route, routes_of
from libs.common.web.traffic import Traffic
from tests.support.planting import plant_auth
from tests.support.platform import CloneSettings, PostgresqlServer, clone_settings
from tests.support.portico import MORNING, runtime_for, whole

HOST = "https://portal.example"
ENROLLMENT_PERMISSIONS = frozenset(name for name, each in CATALOG.items() if each.needs_enrollment)
EVERY_FUNCTION = tuple(sorted({each.function for each in CATALOG.values()}))
MONTH = timedelta(days=30)
_PEOPLE = UUID("0e6f2a4c-7f0b-4f57-9a53-1f6c3a5f9d20")


@dataclass(frozen=True, slots=True)
class Someone:
    """One made-up user and all that `decide()` may ask about. As it stands: a provider's biller, all in order.

    `office` names a colleague, whose office and enrollment are theirs too. `acting_for` names whose enrollment the
    token says; `epoch_told` is the epoch the token says, against 1 in the copy. `version`: a higher one replaces the
    record of the office. `staff`: of the contractor, who act for no enrollment.
    """

    name: str
    office: str = ""
    role: str = "PROVIDER_USER"
    kind: Literal["person", "client"] = "person"
    state: Literal["active", "locked", "disabled", "removed"] = "active"
    permissions: frozenset[str] = ENROLLMENT_PERMISSIONS
    acting_for: str = ""
    vendor: Literal["no", "authorized", "not-authorized", "for-another-function", "submitter-missing"] = "no"
    dual_role: bool = False
    looks_up: bool = True
    assurance: int = 2
    factor_age: timedelta = timedelta(0)
    rules_left: timedelta = MONTH
    training_left: timedelta = MONTH
    certified_left: timedelta = MONTH
    granted_since: timedelta = MONTH
    granted_left: timedelta | None = None
    enrolled_since: timedelta = 12 * MONTH
    pecos_active: bool = True
    edi_agreement_signed: bool = True
    epoch_told: int = 1
    npi: str = "1234567893"
    tax_id: str = "001000001"
    ptan: str = "P00001"
    version: int = 1
    staff: bool = False

    def _id(self, kind: str) -> UUID:
        return uuid5(_PEOPLE, f"{kind} of {self.name}")

    def _offices_id(self, kind: str) -> UUID:
        return uuid5(_PEOPLE, f"{kind} of {self.office or self.name}")

    @property
    def user_id(self) -> UUID:
        return self._id("user")

    @property
    def organization_id(self) -> UUID:
        return self._offices_id("organization")

    @property
    def enrollment_id(self) -> UUID:
        """The enrollment the grants are for: of one's own office, or of a vendor's customer."""
        return self._offices_id("enrollment")

    @property
    def told_enrollment(self) -> UUID | None:
        """The enrollment acted for, as token and forms tell it."""
        if self.staff:
            return None
        return Someone(self.acting_for).enrollment_id if self.acting_for else self.enrollment_id

    @property
    def session(self) -> str:
        return self._id("session").hex * 2

    @property
    def csrf(self) -> str:
        return f"csrf of {self.name}"

    def principal(self, now: datetime) -> Principal:
        return Principal(
            kind=self.kind,
            user_id=self.user_id,
            name=self.name,
            organization_id=self.organization_id,
            role=self.role,
            assurance=self.assurance,
            factor_at=now - self.factor_age,
            enrollment_id=self.told_enrollment,
            user_epoch=self.epoch_told,
            organization_epoch=1,
            session=self.session,
            csrf=self.csrf,
            expires_in=1800,
        )

    def access(self, now: datetime) -> tuple[UserAccess, list[OrganizationAccess]]:
        """What auth would have published about this user, their office and, for a vendor, the customer."""
        user = UserAccess(
            user_id=self.user_id,
            generation=1,
            version=1,
            epoch=1,
            state=self.state,
            organization_id=self.organization_id,
            role=self.role,
            rules_of_behavior_until=now + self.rules_left,
            training_until=now + self.training_left,
            grants=tuple(
                Grant(
                    enrollment_id=self.enrollment_id,
                    permission=permission,
                    effective=now - self.granted_since,
                    ends=None if self.granted_left is None else now + self.granted_left,
                    certified_until=now + self.certified_left,
                )
                for permission in sorted(self.permissions)
            ),
            dual_role=self.dual_role,
            look_up_npis=(LookUpNpi(npi=self.npi, since=now - self.granted_since),) if self.looks_up else (),
        )
        enrollment = Enrollment(
            enrollment_id=self.enrollment_id,
            organization_name=f"Office of {self.name}",
            npi=self.npi,
            tax_id=self.tax_id,
            ptan=self.ptan,
            line_of_business="B",
            pecos_active=self.pecos_active,
            edi_agreement_signed=self.edi_agreement_signed,
            submitters=("SUB00001",),
            effective=now - self.enrolled_since,
        )
        if self.staff:
            return user.model_copy(update={"grants": ()}), [self._office(self.organization_id, "contractor")]
        if self.vendor == "no":
            return user, [self._office(self.organization_id, "provider", enrollment)]
        customer = self._office(self._offices_id("customer"), "provider", enrollment)
        authorization = Authorization(
            vendor_id=self.organization_id,
            functions=("F-00",) if self.vendor == "for-another-function" else EVERY_FUNCTION,
            submitter="SUB00002" if self.vendor == "submitter-missing" else "SUB00001",
            effective=now - MONTH,
        )
        told = () if self.vendor == "not-authorized" else (authorization,)
        return user, [
            self._office(self.organization_id, "vendor"),
            customer.model_copy(update={"vendors": tuple(each.vendor_id for each in told), "authorizations": told}),
        ]

    def _office(
        self, organization_id: UUID, kind: Literal["provider", "vendor", "contractor"], *enrollments: Enrollment
    ) -> OrganizationAccess:
        return OrganizationAccess(
            organization_id=organization_id,
            generation=1,
            version=self.version,
            epoch=1,
            kind=kind,
            name=f"Office of {self.name}",
            enrollments=enrollments,
        )


BILLER = Someone("biller")
OTHER_BILLER = Someone("biller of another office")
REVIEWER = Someone("reviewer", role="APPEALS_REVIEWER", staff=True)
ADMINISTRATOR = Someone("administrator", role="PROVIDER_ADMIN", permissions=frozenset())


def staff_for(permission: Permission) -> Someone:
    """One of the contractor's staff who may do what `permission` names."""
    role = min(permission.staff)
    return REVIEWER if role == REVIEWER.role else Someone(role, role=role, staff=True, permissions=frozenset())


def service_named(name: str) -> Service:
    """The service as its `app.py` wires it."""
    service: Service = import_module(f"services.{name}.app").service
    return service


ALL_ROUTES: list[Route] = [route for name in SERVICES for route in routes_of(service_named(name))]
"""Every route of every service."""


@dataclass
class Application:
    """One service: its application under the web role, and `work`, its runtime under the work role."""

    service: Service
    web: Runtime
    work: Runtime
    clock: SetClock
    app: ASGIApp
    answers: list[httpx.Response] = field(default_factory=list)
    """Every answer so far."""

    @cached_property
    def signing_key(self) -> SigningKey:
        return SigningKey(self.web.settings.state_directory / "secrets")

    def token(self, who: Someone, *, audience: str = "", at: datetime | None = None) -> str:
        """A token as auth would give it."""
        now = at or self.clock.now()
        return issue_internal_token(
            self.signing_key,
            who.principal(self.clock.now()),
            audience=audience or self.service.name,
            token_id="test",
            now=now,
        )

    async def admit(self, *people: Someone) -> None:
        """Put people into the service's copy of access; into auth itself, where this is auth."""
        await admit_into(self.work, *people)

    async def call(
        self,
        method: str,
        path: str,
        who: Someone | None = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        **body: Any,
    ) -> httpx.Response:
        """Send one request with the token of `who`, or with `token` as it is, or with none."""
        text = self.token(who) if who else token
        sent = {"accept": "text/html", **({"authorization": f"Bearer {text}"} if text is not None else {})}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
            answer = await client.request(method, path, headers={**sent, **(headers or {})}, **body)
        self.answers.append(answer)
        return answer

    async def refusals(self, who: Someone) -> Counter[str]:
        """Why this user was refused so far, and how often, as the audit trail tells it."""
        statement = sa.select(audit.c.reason).where(
            audit.c.actor == f"{who.kind}:{who.user_id}", audit.c.action == "refuse", audit.c.object_kind == "route"
        )
        async with self.work.database.work(self.work) as work:
            return Counter((await work.execute(statement)).scalars())

    async def refused(self, who: Someone) -> int:
        """How many refusals of this user the audit trail has."""
        statement = sa.select(sa.func.count()).where(
            audit.c.actor == f"{who.kind}:{who.user_id}", audit.c.outcome == "refused"
        )
        async with self.work.database.work(self.work) as work:
            return int((await work.execute(statement)).scalar_one())

    async def content(self, *, but: Iterable[str] = ("audit", "audit_unsealed", "audit_seal")) -> dict[str, str]:
        """A digest of every table's rows, those of the audit trail left out."""
        return await content_of(self.work, but)


async def content_of(runtime: Runtime, but: Iterable[str]) -> dict[str, str]:
    """A digest of every table of the database, by its name."""
    left_out = set(but)
    found = {}
    async with runtime.database.work(runtime) as work:
        # Months are read through their table, which is all that anybody reaches.
        tables = "relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace"
        names = await work.execute(sa.text(f"SELECT relname FROM pg_class WHERE {tables}"))  # noqa: S608 - written above
        for name in sorted(names.scalars()):
            if name not in left_out:
                rows = sa.text(
                    f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t"  # noqa: S608 - names of our own tables
                )
                found[name] = str((await work.execute(rows)).scalar_one())
    return found


async def admit_into(runtime: Runtime, *people: Someone) -> None:
    """Put people into a service's copy of access; into auth itself, where this is auth."""
    now = runtime.clock.now()
    records = [each.access(now) for each in people]
    async with runtime.database.work(runtime) as work:
        if runtime.service == "auth":
            await plant_auth(work, [(who, *record) for who, record in zip(people, records, strict=True)])
        await keep_organizations(work, [_received(each) for _, offices in records for each in offices])
        await keep_users(work, [_received(user) for user, _ in records])


def _received(record: Any) -> Received[Any]:
    return Received(
        event=record,
        event_id=UUID(int=1),
        key=record.subject,
        time=MORNING,
        origin=Origin(actor="test", correlation_id=""),
        message=Message(record.topic, record.subject, [], b""),
    )


@asynccontextmanager
async def application(
    name: str, settings: CloneSettings, deployment: Deployment | None = None
) -> AsyncIterator[Application]:
    """The application of a service on a test's own database, with the keys it verifies tokens by.

    Without a `deployment` it serves `contract.toml`.
    """
    clock = SetClock(MORNING)
    service = service_named(name)
    prepare_token_keys(settings.state_directory / "secrets")
    async with (
        runtime_for(name, settings, role="web", clock=clock, seed=2, deployment=deployment) as web,
        runtime_for(name, settings, clock=clock, seed=3, deployment=deployment) as work,
    ):
        yield Application(service, web, work, clock, create_app(service, web, Traffic(web)))


Applications = Callable[[str], Awaitable[Application]]


@pytest.fixture(scope="module")
async def applications(
    postgresql_server: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Applications]:
    """`await applications("claims")` gives the module's application of a service, on a database of the module.

    Every function is on (`whole`), so that every route can be asked.
    """
    state: Path = tmp_path_factory.mktemp("state")
    made: dict[str, Application] = {}
    clones: list[str] = []
    async with AsyncExitStack() as stack:

        async def take(name: str) -> Application:
            if name not in made:
                clones.append(await postgresql_server.clone(name))
                settings = clone_settings(postgresql_server.settings, {name: clones[-1]}, state)
                made[name] = await stack.enter_async_context(application(name, settings, whole()))
            return made[name]

        yield take
    for clone in clones:
        await postgresql_server.drop(clone)
