"""What a page costs where many act for many.

5,000 organizations have 20,000 enrollments; a vendor's biller acts for 3,000 of them; one organization has 400 users.
Each page is asked for in process, with the token the gateway would bring, one after the other: the 95th percentile.
Goal: under 50 ms each.
"""

import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from bench.measuring import line, percentile, platform
from libs.common.access import AccessCopy, keep_organizations, keep_users
from libs.common.contracts.envelope import Received
from libs.common.ids import derived_id
from libs.common.npi import complete_npi
from libs.common.process import build_runtime
from libs.common.runtime import Runtime
from libs.common.security.principal import Principal
from libs.common.security.tokens import SigningKey, issue_internal_token
from libs.common.service import Service
from libs.common.settings import Settings
from libs.common.web.app import create_app
from libs.common.web.traffic import Traffic
from services.auth.access import repository
from services.auth.access.domain import BUNDLES, SCOPE
from services.auth.access.tables import (
    enrollment,
    membership,
    organization,
    user_account,
    user_grant,
    vendor_authorization,
)
from services.auth.app import service as auth
from services.portal.app import service as portal

_ORGANIZATIONS, _ENROLLMENTS_EACH, _VENDOR_ENROLLMENTS, _USERS = 5_000, 4, 3_000, 400
_ROWS_AT_ONCE, _RECORDS_AT_ONCE = 2_000, 500
_YEAR = timedelta(days=365)
_TIMES = 100

_VENDOR, _CLINIC = derived_id("bench", "vendor"), derived_id("bench", "organization", 0)
_BILLER, _ADMINISTRATOR = derived_id("bench", "biller"), derived_id("bench", "user", 0)


async def run() -> None:
    """Fill auth, copy its access into the portal, and ask for each page."""
    async with platform("postgresql", "keys", "migrate") as place:
        async with _process(auth, place.settings) as (of_auth, runtime):
            await fill(runtime)
            records = await _records(runtime)
            await _copy(runtime, records)
            signing = SigningKey(place.settings.state_directory / "secrets")
            biller, boss = _biller(runtime), _administrator(runtime)
            figures = {
                "choose": await _ask(of_auth, signing, runtime, biller, "/session/acting"),
                "search": await _ask(of_auth, signing, runtime, biller, "/session/acting?find=Clinic+0042"),
                "account": await _ask(of_auth, signing, runtime, biller, "/auth"),
                "users": await _ask(of_auth, signing, runtime, boss, "/auth/users"),
                "user": await _ask(of_auth, signing, runtime, boss, f"/auth/users/{derived_id('bench', 'user', 1)}"),
                "check": await _check(runtime, biller),
            }
        async with _process(portal, place.settings) as (of_portal, runtime):
            await _copy(runtime, records)
            figures["home"] = await _ask(of_portal, signing, runtime, biller, "/home")
    line("access-at-size", **{f"{name}_p95_ms": 1000 * seconds for name, seconds in figures.items()}, goal_ms=50)


@asynccontextmanager
async def _process(service: Service, settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, Runtime]]:
    runtime = build_runtime(service.name, "all", settings)
    web = build_runtime(service.name, "api", settings)
    transport = httpx.ASGITransport(create_app(service, web, Traffic(web)))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="https://portal.example") as client:
            yield client, runtime
    finally:
        await runtime.database.close()
        await web.database.close()


async def fill(runtime: Runtime) -> None:
    """The organizations with their enrollments, the vendor and its biller, and the users of the first organization."""
    now = runtime.clock.now()
    owners = [derived_id("bench", "organization", number) for number in range(_ORGANIZATIONS)]
    people = [derived_id("bench", "user", number) for number in range(_USERS)]
    customers, clinics_own = owners[: _VENDOR_ENROLLMENTS // _ENROLLMENTS_EACH], range(_ENROLLMENTS_EACH)
    rows: tuple[tuple[sa.Table, Iterable[dict[str, Any]]], ...] = (
        (organization, (_organization(each, "provider", f"Clinic {n:04d}") for n, each in enumerate(owners))),
        (organization, [_organization(_VENDOR, "vendor", "Billing Agency")]),
        (enrollment, (_enrollment(n, owners, now) for n in range(_ORGANIZATIONS * _ENROLLMENTS_EACH))),
        (vendor_authorization, (_authorization(each, now) for each in customers)),
        (user_account, [_account(_BILLER, "biller", now)]),
        (user_account, (_account(each, f"user{n:03d}", now) for n, each in enumerate(people))),
        (membership, [_member(_BILLER, _VENDOR, "VENDOR_USER"), _member(people[0], _CLINIC, "PROVIDER_ADMIN")]),
        (membership, (_member(each, _CLINIC, "PROVIDER_USER") for each in people[1:])),
        (user_grant, _granted(_BILLER, range(_VENDOR_ENROLLMENTS), now)),
        (user_grant, (row for each in people[1:] for row in _granted(each, clinics_own, now))),
    )
    for table, values in rows:
        left = iter(values)
        while some := list(islice(left, _ROWS_AT_ONCE)):
            async with runtime.database.work(runtime) as work:
                await work.execute(table.insert(), some)


def _organization(organization_id: UUID, kind: str, name: str) -> dict[str, Any]:
    return {"organization_id": organization_id, "kind": kind, "name": name, "epoch": 1, "version": 1}


def _enrollment(number: int, owners: Sequence[UUID], now: datetime) -> dict[str, Any]:
    return {
        "enrollment_id": derived_id("bench", "enrollment", number),
        "organization_id": owners[number // _ENROLLMENTS_EACH],
        "npi": complete_npi(f"1{number:08d}"),
        "tax_id": f"{number:09d}",
        "ptan": f"P{number:06d}",
        "line_of_business": "B",
        "pecos_active": True,
        "edi_agreement_signed": True,
        "submitters": ["SUB00001"],
        "effective": now - timedelta(days=1),
        "ends": None,
    }


def _authorization(organization_id: UUID, now: datetime) -> dict[str, Any]:
    return {
        "authorization_id": derived_id("bench", "authorization", organization_id),
        "organization_id": organization_id,
        "vendor_id": _VENDOR,
        "source": "edi",
        "state": "confirmed",
        "functions": sorted(SCOPE),
        "effective": (now - timedelta(days=1)).date(),
        "asked_at": now,
    }


def _account(user_id: UUID, login: str, now: datetime) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "kind": "person",
        "login": login,
        "name": f"User {login}",
        "email": f"{login}@portico.example",
        "state": "active",
        "rules_of_behavior_until": now + _YEAR,
        "training_until": now + _YEAR,
        "code_sets_until": now + _YEAR,
        "epoch": 1,
        "version": 1,
        "created_at": now,
    }


def _member(user_id: UUID, organization_id: UUID, role: str) -> dict[str, Any]:
    return {"user_id": user_id, "organization_id": organization_id, "role": role}


def _granted(user_id: UUID, numbers: Iterable[int], now: datetime) -> Iterator[dict[str, Any]]:
    for number in numbers:
        for permission in sorted(BUNDLES["all"].permissions):
            identity = derived_id("bench", "enrollment", number)
            yield repository.grant_row(user_id, identity, permission, now=now, certified_until=now + _YEAR, by=None)


async def _records(runtime: Runtime) -> tuple[list[Any], list[Any]]:
    async with runtime.database.work(runtime) as work:
        return (
            await repository.organization_records(work, await repository.organization_ids(work), generation=1),
            await repository.user_records(work, await repository.user_ids(work), generation=1),
        )


async def _copy(runtime: Runtime, records: tuple[list[Any], list[Any]]) -> None:
    organizations, users = (list(map(_received, each)) for each in records)
    for start in range(0, len(organizations), _RECORDS_AT_ONCE):
        async with runtime.database.work(runtime) as work:
            await keep_organizations(work, organizations[start : start + _RECORDS_AT_ONCE])
    async with runtime.database.work(runtime) as work:
        await keep_users(work, users)


def _received(event: Any) -> Received[Any]:
    return Received(event, derived_id("bench", event.subject), event.subject, None, None, None)  # type: ignore[arg-type]


def _biller(runtime: Runtime) -> Principal:
    return _principal(runtime, _BILLER, _VENDOR, "VENDOR_USER", derived_id("bench", "enrollment", 17))


def _administrator(runtime: Runtime) -> Principal:
    return _principal(runtime, _ADMINISTRATOR, _CLINIC, "PROVIDER_ADMIN", None)


def _principal(runtime: Runtime, user: UUID, owner: UUID, role: str, acting: UUID | None) -> Principal:
    now = runtime.clock.now()
    return Principal("person", user, "A User", owner, role, 2, now, acting, 1, 1, "00" * 32, "csrf", 1800)


async def _ask(client: httpx.AsyncClient, key: SigningKey, runtime: Runtime, who: Principal, path: str) -> float:
    seconds = []
    audience = "portal" if path == "/home" else "auth"
    for number in range(_TIMES):
        token = issue_internal_token(key, who, audience=audience, token_id=str(number), now=runtime.clock.now())
        started = time.perf_counter()
        answer = await client.get(path, headers={"authorization": f"Bearer {token}", "accept": "text/html"})
        seconds.append(time.perf_counter() - started)
        answer.raise_for_status()
    return percentile(seconds, 0.95)


async def _check(runtime: Runtime, who: Principal) -> float:
    seconds = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        await AccessCopy(runtime).facts(who)
        seconds.append(time.perf_counter() - started)
    return percentile(seconds, 0.95)
