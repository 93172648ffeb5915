"""The catalog of functions, held against Appendix 9.1 and against the code it speaks of."""

from string import Formatter

import pytest

from libs.common.contracts.base import REGISTRY
from libs.common.functions import COUNTERS, FUNCTIONS, NEWS, USED, Function
from libs.common.security.permissions import CATALOG
from libs.common.settings import SERVICES
from tests.support.applications import ALL_ROUTES
from tests.support.portico import ROOT

BUILT = [each for each in FUNCTIONS.values() if each.built]
PAGES = {route.path: route for route in ALL_ROUTES if route.method == "GET" and not route.api}
# Handbook 1.2.1: L1 and L2 appeals of Part A are F-03 and F-04.
MINIMUM = {"F-03", "F-04", "F-07", "F-12", "F-17", "F-21", "F-24", "F-25", "F-27"}


def test_it_has_the_28_functions_of_the_appendix_in_its_order() -> None:
    assert list(FUNCTIONS) == [f"F-{number:02}" for number in range(1, 29)]
    assert len({each.name for each in FUNCTIONS.values()}) == 28
    assert {code for code, each in FUNCTIONS.items() if each.minimum} == MINIMUM


@pytest.mark.parametrize("function", BUILT, ids=lambda each: each.code)
def test_a_function_is_found_where_it_says(function: Function) -> None:
    assert function.service in SERVICES
    assert (ROOT / "services" / function.service / function.feature / "pages.py").is_file()
    assert function.purpose.endswith(".")
    assert PAGES[function.path].service == function.service
    for entry in function.entries:
        route = PAGES[entry.path]
        assert (route.service, entry.permission.function) == (function.service, function.code)
        assert route.permission is not None
        assert route.permission.name == entry.permission.name
    for news in function.news:
        assert any(path.startswith(news.page + "{") for path in PAGES)
        assert news.permission.function == function.code
        assert {name for _, name, _, _ in Formatter().parse(news.words) if name} <= {
            "count",
            "amount",
            "number",
            "outcome",
        }
        assert ("{count}" in news.words) is bool(news.counted)


def test_what_no_release_has_promises_nothing() -> None:
    for function in FUNCTIONS.values():
        if not function.built:
            assert (function.feature, function.path) == ("", "")
            assert (function.entries, function.news, function.counters) == ((), (), ())
            assert function.permissions == ()


def test_every_permission_is_of_a_function_that_is_built_and_asked_for_by_a_route() -> None:
    assert {each.function for each in CATALOG.values()} <= {each.code for each in BUILT}
    assert {route.permission.name for route in ALL_ROUTES if route.permission} == set(CATALOG)


def test_counters_count_events_that_there_are() -> None:
    for name, (code, counter) in COUNTERS.items():
        contract = REGISTRY[counter.event]
        assert counter.name == name
        assert counter.event != USED or code
        assert not counter.day or counter.day in contract.model_fields
        assert code == "" or code in FUNCTIONS


def test_no_name_is_used_twice() -> None:
    assert len(NEWS) == sum(len(each.news) for each in FUNCTIONS.values())
    assert len(COUNTERS) == sum(len(each.counters) for each in FUNCTIONS.values()) + 1
