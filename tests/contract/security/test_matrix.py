"""The whole matrix (S01): every operation, every role, every way in which an NPI can stand, against `matrix.csv`.

Here `decide()` is asked with the facts a service would have, which takes no database; that each route asks it, and
answers as it says, is what `test_access_matrix.py` shows of every route over the wire. A role of the contractor's staff
that is new is held against the rows of `staff`.
"""

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from libs.common.contracts.auth import OrganizationAccess
from libs.common.security.decision import AccessFacts, OrganizationFacts, Resource, UserFacts, decide
from libs.common.security.permissions import CATALOG, STAFF, Permission
from libs.common.settings import SERVICES
from tests.support.applications import ALL_ROUTES, Route, Someone

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[3]
NOW = datetime(2026, 11, 30, 15, tzinfo=UTC)
PAST = -timedelta(seconds=1)
OFFERED = frozenset(each.function for each in CATALOG.values())

ROLES: Mapping[str, Someone] = {
    "PROVIDER_USER": Someone("provider's user"),
    "PROVIDER_ADMIN": Someone("provider's administrator", role="PROVIDER_ADMIN"),
    "dual PROVIDER_ADMIN": Someone("provider's administrator", role="PROVIDER_ADMIN", dual_role=True),
    "VENDOR_USER": Someone("vendor's user", role="VENDOR_USER", vendor="authorized"),
    "VENDOR_ADMIN": Someone("vendor's administrator", role="VENDOR_ADMIN", vendor="authorized"),
    **{role: Someone(role, role=role, staff=True) for role in sorted(STAFF)},
}


def _of_vendor(who: Someone, how: str) -> Someone:
    return replace(who, vendor=how) if who.vendor != "no" else who


SITUATIONS: Mapping[str, Callable[[Someone], Someone]] = {
    "own NPI": lambda who: who,
    "other NPI of the organization": lambda who: replace(who, acting_for="second NPI"),
    "foreign NPI": lambda who: replace(who, acting_for="somebody else"),
    "unknown NPI": lambda who: replace(who, acting_for="nobody"),
    "expired grant": lambda who: replace(who, granted_left=PAST),
    "PECOS inactive": lambda who: replace(who, pecos_active=False),
    "EDI missing": lambda who: replace(who, edi_agreement_signed=False),
    "vendor revoked": lambda who: _of_vendor(who, "not-authorized"),
    "vendor for another function": lambda who: _of_vendor(who, "for-another-function"),
    "vendor's submitter missing": lambda who: _of_vendor(who, "submitter-missing"),
}


def column_of(route: Route) -> str:
    """Under which column of the table a route stands: whose its permission is."""
    permission = route.permission
    assert permission is not None
    if permission.staff:
        return "staff with patient data" if permission.data else "staff"
    if permission.administrators:
        return "administration"
    if not permission.needs_enrollment:
        return "own account"
    return "patient data" if permission.data else "no patient data"


def facts_of(who: Someone) -> AccessFacts:
    """What the copy of access tells of somebody: of the enrollment acted for only with a grant for it."""
    user, told = who.access(NOW)
    # One more enrollment of the same owner, which nobody was granted.
    offices = [
        each.model_copy(update={"enrollments": (*each.enrollments, _second(each))}) if each.enrollments else each
        for each in told
    ]
    grants = tuple(each for each in user.grants if each.enrollment_id == who.told_enrollment)
    found = [
        (office, each)
        for office in offices
        for each in office.enrollments
        if grants and each.enrollment_id == who.told_enrollment
    ]
    owner, enrollment = found[0] if found else (None, None)
    own = next(each for each in offices if each.organization_id == user.organization_id)
    return AccessFacts(
        UserFacts.model_validate(user.model_dump()),
        _facts(own),
        enrollment,
        owner and _facts(owner),
        grants,
        offered=OFFERED,
    )


def _second(office: OrganizationAccess) -> object:
    return office.enrollments[0].model_copy(update={"enrollment_id": Someone("second NPI").enrollment_id})


def _facts(office: OrganizationAccess) -> OrganizationFacts:
    return OrganizationFacts.model_validate(office.model_dump())


def expected(table: Mapping[tuple[str, str], Mapping[str, str]], role: str, situation: str, route: Route) -> str:
    permission: Permission | None = route.permission
    if permission is not None and role in permission.staff:
        return "ALLOWED"
    return table["staff" if role in STAFF else role, situation][column_of(route)]


@pytest.fixture(scope="module")
def table() -> dict[tuple[str, str], dict[str, str]]:
    with (HERE / "matrix.csv").open(encoding="utf-8", newline="") as file:
        return {(row["role"], row["situation"]): row for row in csv.DictReader(file)}


def test_the_table_has_every_role_in_every_situation(table: Mapping[tuple[str, str], object]) -> None:
    roles = [*(role for role in ROLES if role not in STAFF), "staff"]
    assert list(table) == [(role, situation) for role in roles for situation in SITUATIONS]


def test_every_operation_of_the_described_interfaces_is_a_route_of_the_matrix() -> None:
    described = {
        f"{method.upper()} {path}"
        for service in SERVICES
        if (file := ROOT / "contracts" / "openapi" / f"{service}.json").exists()
        for path, methods in json.loads(file.read_text(encoding="utf-8"))["paths"].items()
        for method in methods
    }
    assert described == {str(route) for route in ALL_ROUTES if route.in_schema and route.api}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_operation_is_decided_as_the_table_says(
    role: str, situation: str, table: Mapping[tuple[str, str], Mapping[str, str]]
) -> None:
    who = SITUATIONS[situation](ROLES[role])
    facts, principal = facts_of(who), who.principal(NOW)
    wrong = []
    for route in ALL_ROUTES:
        if route.permission is None:
            continue
        found = decide(facts, route.permission, Resource(principal.enrollment_id), principal, NOW).reason
        if found != (wanted := expected(table, role, situation, route)):
            wrong.append(f"{route}: {found} instead of {wanted}")
    assert wrong == []
