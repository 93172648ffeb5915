"""Who may use which route: each route of each service asked directly, past the gateway (S01, S02).

`rules.csv` says which rule a permission stands under, `outcomes.csv` what each rule answers in each situation. What
each route asks for is in `deploy/edge/routes.csv`, where a change shows; a permission without its rule fails here.
Every route is asked in the situations by which it shows that it asks at all, and for what; in the others one route
answers for all that ask for the same. What is decided then, `test_matrix.py` holds for every route without asking it.
"""

import csv
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from libs.common import access
from libs.common.settings import SERVICES
from tests.support.applications import ALL_ROUTES, BILLER, REVIEWER, Application, Applications, Route, Someone
from tests.support.forged_tokens import FORGED
from tests.support.portico import switched
from tests.support.requests import body_of, path_of

HERE = Path(__file__).parent
TOMORROW = -timedelta(days=1)
PAST = -timedelta(seconds=1)

SITUATIONS = {
    each.name: each
    for each in (
        BILLER,
        Someone("client", kind="client", role="VENDOR_USER", vendor="authorized"),
        replace(REVIEWER, name="appeals reviewer"),
        Someone("administrator", role="PROVIDER_ADMIN", permissions=frozenset()),
        Someone("administrator with grants", role="PROVIDER_ADMIN"),
        Someone("administrator in a dual role", role="PROVIDER_ADMIN", dual_role=True),
        Someone("other enrollment", acting_for="biller"),
        Someone("no grant", permissions=frozenset()),
        Someone("other function", permissions=frozenset({"none.such"})),
        Someone("grant to come", granted_since=TOMORROW),
        Someone("grant that ended", granted_left=PAST),
        Someone("certification lapsed", certified_left=PAST),
        Someone("PECOS inactive", pecos_active=False),
        Someone("enrollment to come", enrolled_since=TOMORROW),
        Someone("EDI agreement missing", edi_agreement_signed=False),
        Someone("vendor", role="VENDOR_USER", vendor="authorized"),
        Someone("vendor not authorized", role="VENDOR_USER", vendor="not-authorized"),
        Someone("vendor for another function", role="VENDOR_USER", vendor="for-another-function"),
        Someone("vendor without its submitter", role="VENDOR_USER", vendor="submitter-missing"),
        Someone("rules of behavior lapsed", rules_left=PAST),
        Someone("training lapsed", training_left=PAST),
        Someone("one factor", assurance=1),
        Someone(
            "administrator with an old code",
            role="PROVIDER_ADMIN",
            permissions=frozenset(),
            factor_age=timedelta(minutes=16),
        ),
        Someone("biller with an old code", factor_age=timedelta(hours=4, seconds=1)),
        Someone("account locked", state="locked"),
        Someone("account disabled", state="disabled"),
        Someone("copy behind", epoch_told=2),
        Someone("unknown to the copy"),
        Someone("function off"),
        Someone("function off for an administrator", role="PROVIDER_ADMIN", permissions=frozenset()),
        Someone("portal operator", role="PORTAL_OPERATOR", staff=True, permissions=frozenset()),
        Someone("portal operator of a provider", role="PORTAL_OPERATOR", permissions=frozenset()),
        Someone("help desk", role="MAC_CSR", staff=True, permissions=frozenset()),
        Someone("EDI staff", role="MAC_EDI", staff=True, permissions=frozenset()),
        Someone("security officer", role="MAC_SECURITY", staff=True, permissions=frozenset()),
        Someone("auditor", role="MAC_AUDITOR", staff=True, permissions=frozenset()),
        Someone(
            "help desk with an old code",
            role="MAC_CSR",
            staff=True,
            permissions=frozenset(),
            factor_age=timedelta(minutes=16),
        ),
    )
}


FOR_EVERY_ROUTE = frozenset({"biller", "administrator", "appeals reviewer", "portal operator", "one factor"})


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


OUTCOMES = {row["situation"]: row for row in table("outcomes.csv")}
RULES = {(row["permission"], row["fresh_code_minutes"]): row["rule"] for row in table("rules.csv")}


def asked(route: Route) -> tuple[str, str]:
    """What a route asks for: the name of a permission, and in how many minutes a code grows old."""
    return route.permission.name if route.permission else "", route.fresh_code


def rule_of(route: Route) -> str:
    return RULES[asked(route)]


def test_whatever_a_route_asks_for_has_its_rule_and_every_rule_its_route() -> None:
    assert set(RULES) == {asked(route) for route in ALL_ROUTES}


def test_every_situation_has_its_row() -> None:
    assert list(OUTCOMES) == list(SITUATIONS)


_SIGNING_OUT = ("POST /sign-out", "POST /sign-out/everywhere", "DELETE /api/auth/sessions")


def asked_of(service: str) -> list[Route]:
    return [each for each in ALL_ROUTES if each.service == service and each.permission is not None]


async def answered(app: Application, route: Route, who: Someone) -> str:
    """What one request came to: `allowed`, `temporary`, the reason of the refusal, or the status of anything else."""
    before = await app.refusals(who)
    answer = await app.call(route.method, path_of(route), who, **body_of(route, who))
    reasons = list((await app.refusals(who) - before).elements())
    if reasons:
        assert answer.status_code == 403
        return " and ".join(reasons)
    if answer.status_code == 503:
        return "temporary"
    return "allowed" if answer.status_code < 500 and answer.status_code != 401 else str(answer.status_code)


@pytest.mark.parametrize("name", [each for each in SERVICES if asked_of(each)])
async def test_each_route_answers_each_situation_as_the_table_says(
    name: str, applications: Applications, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await applications(name)
    # Signing out comes last: it ends the session that others extend.
    routes = sorted(asked_of(name), key=lambda route: str(route) in _SIGNING_OUT)
    monkeypatch.setattr(access, "_WAIT", access._POLL)  # a copy that never catches up need not be waited for
    await app.admit(*(each for each in SITUATIONS.values() if each.name != "unknown to the copy"))
    everything = app.web.deployment
    nothing = switched(everything, {})
    wrong = []
    # One for each thing that is asked for.
    some = list({asked(route): route for route in reversed(routes)}.values())
    for who in SITUATIONS.values():
        monkeypatch.setattr(app.web, "deployment", nothing if who.name.startswith("function off") else everything)
        for route in routes if who.name in FOR_EVERY_ROUTE else some:
            expected = OUTCOMES[who.name][rule_of(route)]
            found = await answered(app, route, who)
            if found != expected:
                wrong.append(f"{route} for {who.name}: {found} instead of {expected}")
    assert wrong == []


@pytest.mark.parametrize("name", [each for each in SERVICES if asked_of(each)])
async def test_no_route_takes_a_token_that_is_not_auths_for_this_service(name: str, applications: Applications) -> None:
    app = await applications(name)
    before = await app.content()
    taken = []
    tokens = {"none at all": None, **{fault: forge(app, BILLER) for fault, forge in FORGED.items()}}
    for route in asked_of(name):
        path, body = path_of(route), body_of(route, BILLER)
        for fault, token in tokens.items():
            answer = await app.call(route.method, path, token=token, **body)
            if answer.status_code != 401 or "office" in answer.text.lower():
                taken.append(f"{route} with {fault}: {answer.status_code}")
    assert taken == []
    assert await app.content() == before
