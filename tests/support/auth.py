"""Auth as a test meets it: its application without a gateway, the demo's people in its database, and their codes."""

from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from json import loads
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pyotp
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import ECKey

from libs.common.access import keep_organizations, keep_users
from libs.common.clock import SetClock
from libs.common.contracts.auth import MessageWanted
from libs.common.contracts.envelope import Message, Received, headers_from_text, open_envelope
from libs.common.contracts.sealed import WANTED_MESSAGE
from libs.common.messaging.subscriptions import Due
from libs.common.persistence.tables import audit, outbox
from libs.common.runtime import Runtime
from libs.common.security.key_files import prepare_token_keys
from libs.common.security.passwords import hash_password
from libs.common.settings import Settings
from libs.common.web.app import create_app
from libs.common.web.traffic import Traffic
from services.auth.access import repository as access
from services.auth.access.handlers import publish_users
from services.auth.agreements.handlers import record
from services.auth.app import service
from services.auth.factors.handlers import add_device
from services.auth.feeds.handlers import import_feeds
from services.auth.registration.domain import APPLICANT, APPLICANTS
from services.auth.sign_in import repository as sign_in
from simulators.enrollment_feeds.files import (
    account_file,
    deliver,
    edi_file,
    file_name,
    install_partner_key,
    pecos_file,
)
from simulators.population import DemoUser, Population
from tests.support.portico import MORNING, runtime_for

POPULATION = Population()
BILLER = POPULATION.user("riverside.biller")
ADMINISTRATOR = POPULATION.user("riverside.admin")
OTHER_ADMINISTRATOR = POPULATION.user("juniper.admin")
REVIEWER = POPULATION.user("meridian.reviewer")
OTHER_BILLER = POPULATION.user("juniper.biller")
CLIENT = POPULATION.api_clients[0]
RIVERSIDE = POPULATION.provider_organization(1)
JUNIPER = POPULATION.provider_organization(2)
HOST = "portal.example"


@dataclass
class Auth:
    """A running auth: `web` serves requests, `work` is its worker's side."""

    web: Runtime
    work: Runtime
    clock: SetClock
    application: Any

    def client(self, address: str = "203.0.113.7") -> "Browser":
        """A browser of its own, seen by the gateway as coming from `address`."""
        return Browser(self, address)

    async def copy_access(self) -> list[Received[Any]]:
        """Carry what auth published since the last time into its own copy, as relay and worker would."""
        return await carry(self.work)

    async def letters(self) -> list[tuple[str, Mapping[str, str]]]:
        """What users are to be told by mail, since events were carried the last time: the kind and its facts."""
        wanted = [each.event for each in await self.copy_access() if each.event.type == MessageWanted.type]
        keys = self.work.keys
        return [(each.kind, WANTED_MESSAGE.open(keys, each.sealed_message, each.user_id).facts) for each in wanted]

    async def audited(self) -> list[tuple[str, str, str, str]]:
        """The audit trail: action, kind of object, outcome, reason."""
        async with self.work.database.work(self.work) as work:
            rows = await work.execute(sa.select(audit).order_by(audit.c.audit_id))
            return [(row.action, row.object_kind, row.outcome, row.reason) for row in rows]

    async def rows(self, table: sa.Table) -> list[Any]:
        """All rows of a table."""
        async with self.work.database.work(self.work) as work:
            return list((await work.execute(sa.select(table))).all())


async def carry(runtime: Runtime, *, into: Runtime | None = None) -> list[Received[Any]]:
    """Take what a running auth published since the last time, and let a copy of access keep it: its own or `into`'s."""
    async with runtime.database.work(runtime) as work:
        rows = (await work.execute(sa.delete(outbox).returning(outbox))).all()
    events = [
        open_envelope(Message(row.topic, row.key, headers_from_text(row.headers), row.payload))
        for row in sorted(rows, key=lambda each: each.id)
    ]
    keeper = into or runtime
    async with keeper.database.work(keeper) as work:
        for kind, handler in (
            ("auth.organization-access.v1", keep_organizations),
            ("auth.user-access.v1", keep_users),
        ):
            batch = [each for each in events if each.event.type == kind]
            if batch:
                await handler(work, batch)
    return events


class Browser:
    """Sends requests as the gateway would: asks auth first, then the service with auth's answer."""

    def __init__(self, auth: Auth, address: str) -> None:
        self.auth = auth
        self.cookies: dict[str, str] = {}
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(auth.application, raise_app_exceptions=False), base_url=f"https://{HOST}"
        )
        self.headers = {"x-forwarded-for": address, "accept": "text/html"}

    def _all(self, headers: dict[str, str] | None) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**self.headers, **({"cookie": cookie} if cookie else {}), **(headers or {})}

    async def authorize(self, method: str, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """What auth tells the gateway."""
        return await self._http.request(method, f"/gateway/authorize{path}", headers=self._all(headers))

    async def direct(
        self, method: str, path: str, headers: dict[str, str] | None = None, **body: Any
    ) -> httpx.Response:
        """A request to a public address, where the gateway asks nobody."""
        answer = await self._http.request(method, path, headers=self._all(headers), **body)
        self._keep(answer)
        return answer

    async def through(
        self, method: str, path: str, headers: dict[str, str] | None = None, **body: Any
    ) -> httpx.Response:
        """A request through the gateway: the answer of auth if it refuses, else that of the service."""
        decided = await self.authorize(method, path, headers)
        if decided.status_code != 200:
            return decided
        passed = {"authorization": decided.headers["authorization"], **(headers or {})}
        answer = await self._http.request(method, path, headers=self._all(passed), **body)
        self._keep(answer)
        return answer

    def _keep(self, answer: httpx.Response) -> None:
        self._http.cookies.clear()  # ours are in `cookies`, where a test can take them away
        for line in answer.headers.get_list("set-cookie"):
            name, _, rest = line.partition("=")
            value = rest.split(";", 1)[0].strip('"')
            self.cookies.pop(name, None)
            if value:
                self.cookies[name] = value

    async def password(self, user: DemoUser, *, password: str | None = None, accepted: str = "yes") -> httpx.Response:
        """The first step of sign-in."""
        form = {"user_id": user.user_id, "password": password or user.password, "accepted": accepted}
        return await self.direct("POST", "/sign-in", {"sec-fetch-site": "same-origin"}, data=form)

    async def code(self, code: str, **form: str) -> httpx.Response:
        """The second step."""
        return await self.direct(
            "POST", "/sign-in/code", {"sec-fetch-site": "same-origin"}, data={"code": code, **form}
        )

    async def sign_in(self, user: DemoUser) -> httpx.Response:
        """Both steps; the second one only where it is asked for."""
        first = await self.password(user)
        return first if "__Host-sid" in first.headers.get("set-cookie", "") else await self.code(self.auth_code(user))

    def auth_code(self, user: DemoUser) -> str:
        """What the user's authenticator shows now."""
        return pyotp.TOTP(user.totp_secret).at(int(self.auth.clock.now().timestamp()))

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """A form of a page of one's own."""
        return await self.through("POST", path, data={"csrf": await self.csrf(), **fields})

    async def csrf(self) -> str:
        """The value that the forms of this session carry."""
        decided = await self.authorize("GET", "/claims")
        claims: dict[str, Any] = read_claims(decided.headers["authorization"])
        return str(claims["csrf"])


def read_claims(authorization: str) -> dict[str, Any]:
    """What an internal token says, unverified."""
    part = authorization.removeprefix("Bearer ").split(".")[1]
    return dict(loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def assertion(clock: SetClock, *, audience: str, key: str = CLIENT.private_key_pem, **changes: Any) -> str:
    """What a client signs to prove itself. `changes` replace claims; `None` leaves one out."""
    now = int(clock.now().timestamp())
    claims = {
        "iss": CLIENT.client_id,
        "sub": CLIENT.client_id,
        "aud": audience,
        "iat": now,
        "exp": now + 60,
        "jti": "once",
        **changes,
    }
    told = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "ES256", "kid": CLIENT.key_id}, told, ECKey.import_key(key))


async def somebody(auth: Auth, login: str, role: str = APPLICANT, organization: UUID = APPLICANTS) -> DemoUser:
    """A person with an account, a password and a second factor."""
    user = DemoUser(
        user_uuid=uuid4(),
        user_id=login,
        password="seven quiet lanterns",
        totp_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        role="PROVIDER_USER",
        organization_id=organization,
        first_name="Jo",
        last_name=login,
        email=f"{login}@x.example",
    )
    now = auth.clock.now()
    row = {
        "user_id": user.user_uuid,
        "kind": "person",
        "login": login,
        "name": f"Jo {login}",
        "email": user.email,
        "state": "active",
        "rules_of_behavior_until": now,
        "training_until": now + timedelta(days=365),
        "created_at": now,
    }
    async with auth.work.database.work(auth.work) as work:
        await access.add_user(work, row, organization_id=organization, role=role)
        hashed = hash_password(user.password, auth.work.keys, iterations=1000)
        await sign_in.put_credential(work, user.user_uuid, hashed)
        add_device(work, user.user_uuid, "Authenticator", user.totp_secret)
        await record(work, user.user_uuid, role)
        await publish_users(work, [user.user_uuid])
    await auth.copy_access()
    return user


async def signed_in(auth: Auth, login: str, **more: Any) -> Browser:
    """The browser of such a person, signed in."""
    browser = auth.client()
    answer = await browser.sign_in(await somebody(auth, login, **more))
    assert answer.status_code == 303
    return browser


@asynccontextmanager
async def auth_with_people(settings: Settings, *, rules_accepted_by_all: bool = True) -> AsyncIterator[Auth]:
    """Auth on a test's own database with the demo's organizations and people in it, and their access copied.

    The biller of the demo has accepted the Rules of Behavior only if all have.
    """
    clock = SetClock(MORNING)
    prepare_token_keys(settings.state_directory / "secrets")
    deliver_feeds(settings, rules_accepted_by_all=rules_accepted_by_all)
    async with (
        runtime_for("auth", settings, role="web", clock=clock, seed=2) as web,
        runtime_for("auth", settings, clock=clock) as work,
    ):
        await import_feeds(work, Due("import-feeds", "all", clock.now(), {}, 0))
        auth = Auth(web, work, clock, create_app(service, web, Traffic(web)))
        await auth.copy_access()
        yield auth


def deliver_feeds(settings: Settings, *, rules_accepted_by_all: bool = True) -> None:
    """Lay the demo's first files into the folder, signed by the partner."""
    lay(settings, "pecos", pecos_file(POPULATION.organizations))
    lay(settings, "edi", edi_file(POPULATION.organizations))
    accounts = account_file(POPULATION, rules_accepted_by_all=rules_accepted_by_all)
    deliver(
        settings.state_directory, "accounts.json", accounts, install_partner_key(settings.state_directory, "accounts")
    )


def lay(settings: Settings, source: str, content: bytes) -> None:
    """Lay a file of a source into the folder, signed by the partner and called by its number."""
    told = loads(content)
    state = settings.state_directory
    deliver(state, file_name(source, told["sequence"], told["extent"]), content, install_partner_key(state, source))


def path_of(answer: httpx.Response) -> str:
    """Where an answer sends the browser, without its query."""
    return urlsplit(answer.headers["location"]).path
