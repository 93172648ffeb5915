"""The house rules, held against the code itself: a rule that only a reviewer knows is no rule."""

import ast
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint

from deploy.edge.pages import REFUSALS
from libs.common.contracts.base import REGISTRY
from libs.common.crashpoints import POINTS
from libs.common.errors import ERROR_CODES
from libs.common.messaging.topics import CATALOG
from libs.common.observability.logs import ALLOWED_KEYS
from libs.common.persistence.paging import Order
from libs.common.security.permissions import CATALOG as PERMISSIONS
from libs.common.service import Service
from libs.common.settings import SERVICES
from libs.common.web.app import build_routes
from libs.common.web.routes import rules_of

ROOT = Path(__file__).parents[3]
ROOMS = {
    "__init__.py", "domain.py", "tables.py", "repository.py", "views.py", "handlers.py", "api.py", "pages.py",
    "subscriptions.py", "streams.py", "partner.py", "processing.py", "templates", "composers", "__pycache__",
}  # fmt: skip
AT_A_SERVICES_ROOT = {
    "__init__.py", "__main__.py", "app.py", "concerned.py", "metadata.py", "moving.py", "settings.py", "README.md",
    "migrations", "__pycache__",
}  # fmt: skip


# Beside app.py, where a service's wiring needs room of its own. It may know several features, and no feature knows it.
WIRING = {"notifier": {"engine.py"}}


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def found(rule: str, *folders: str, but: tuple[str, ...] = ()) -> list[str]:
    """Where a call whose name matches `rule` stands, the allowed places left out."""
    return [
        f"{path}:{call.lineno} {name}"
        for path, tree in sources(*folders)
        if not path.startswith(but)
        for name, call in calls(tree)
        if re.search(rule, name)
    ]


def services() -> list[Service]:
    return [import_module(f"services.{name}.app").service for name in SERVICES]


def test_nobody_but_the_edges_commits() -> None:
    edges = ("libs/common/persistence/unit_of_work.py", "libs/common/messaging/")
    assert found(r"\.commit$", "services", "libs", but=edges) == []


def test_nobody_publishes_past_the_outbox() -> None:
    edges = ("libs/common/messaging/", "libs/common/process.py", "libs/common/streams/")
    assert found(r"^(AIOKafkaProducer|KafkaPublisher)$|producer\.send", "services", "libs", but=edges) == []


def test_nobody_seals_or_opens_past_the_kinds_of_sealed_values() -> None:
    """A place or a group of readers written by hand is one that can be wrong: `Sealed` stands beside the column."""
    assert (
        found(r"\bkeys\.(seal|open)$", "services", "libs", "simulators", "tools", but=("libs/common/sealing.py",)) == []
    )


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    rule = r"(datetime|date)\.(now|utcnow|today)$|^time\.time$"
    assert found(rule, "services", "libs", "simulators", but=("libs/common/clock.py",)) == []


def test_nobody_prints() -> None:
    assert found(r"^print$", "services", "libs", "simulators", "deploy", "tools") == []


def test_no_sql_is_put_together_from_strings() -> None:
    ours = ("libs/common/persistence/tables.py",)
    wrong = [
        f"{path}:{call.lineno}"
        for path, tree in sources("services", "libs")
        if not path.startswith(ours)
        for name, call in calls(tree)
        if re.search(r"(^|\.)(text|execute|fetch|fetchval|fetchrow)$", name)
        and call.args
        and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert wrong == []


def test_money_is_never_a_float() -> None:
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in sources("services", "libs")
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign | ast.arg)
        and node.annotation is not None
        and re.search("cents|amount|charge", node.arg if isinstance(node, ast.arg) else ast.unparse(node.target))
        and "float" in ast.unparse(node.annotation)
    ]
    assert wrong == []


def test_features_hold_only_the_rooms_of_the_house() -> None:
    strangers = []
    for service in SERVICES:
        root = ROOT / "services" / service
        for entry in root.iterdir():
            if entry.name in AT_A_SERVICES_ROOT | WIRING.get(service, set()):
                continue
            if not entry.is_dir():
                strangers.append(str(entry.relative_to(ROOT)))
                continue
            strangers += [str(room.relative_to(ROOT)) for room in entry.iterdir() if room.name not in ROOMS]
    assert strangers == []


def test_what_one_feature_reads_of_another_stands_in_no_handlers() -> None:
    """Handlers change state, also for the handlers of another feature; who only reads goes to views."""
    readers = [
        f"{path}: {module}"
        for path, tree in sources("services")
        if path.count("/") == 3 and not path.endswith("/handlers.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for module in (node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names))
        if module.startswith("services.") and module.endswith(".handlers") and module.count(".") == 3
        and not module.startswith(path.rsplit("/", 1)[0].replace("/", "."))
    ]  # fmt: skip
    assert readers == []


def test_views_change_nothing() -> None:
    """They may leave an audit row: who reads is told of."""
    changing = {"append", "append_prepared", "copy", "forward", "insert", "schedule"}
    assert [
        f"{path}: {call.func.attr}"
        for path, tree in sources("services")
        if path.endswith("/views.py")
        for _, call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in changing
        and ast.unparse(call.func.value).endswith("work")
    ] == []


def test_no_feature_knows_the_wiring() -> None:
    wiring = {f"services.{name}.{each.removesuffix('.py')}" for name in SERVICES for each in WIRING.get(name, set())}
    wiring |= {f"services.{name}.app" for name in SERVICES}
    knowing = [
        path
        for path, tree in sources("services")
        if path.count("/") > 2
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)} & wiring
    ]
    assert knowing == []


def test_every_service_tells_what_it_decides() -> None:
    for service in SERVICES:
        readme = (ROOT / "services" / service / "README.md").read_text(encoding="utf-8")
        assert all(word in readme for word in ("**Decides**", "**Events in**", "**Events out**", "**Tables**")), service
        assert len(readme.splitlines()) <= 70, service


@pytest.mark.parametrize("service", services(), ids=lambda each: each.name)
def test_every_route_names_who_may_use_it(service: Service) -> None:
    # The application holds included routers, not routes: only their contexts show each route.
    routes = [each for each in iter_route_contexts(build_routes(service).routes) if isinstance(each.route, APIRoute)]
    assert routes
    for route in routes:
        rules = rules_of(route)
        assert len(rules) == 1, f"{route.path} names {len(rules)} rules"
        assert rules[0].permission is None or rules[0].permission.name in PERMISSIONS


def test_the_form_of_a_page_is_read_where_it_is_checked_and_nowhere_else() -> None:
    assert found(r"^request\.form$|^read_fields$", "services") == []


def test_a_route_that_reads_a_file_says_so_to_the_gateway_and_no_other() -> None:
    wrong = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in sources("services")
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef)
        and any(name == "read_upload" for name, _ in calls(node))
        is not any(name == "admitted" and "upload=True" in ast.unparse(call) for name, call in calls(node.args))
    ]
    assert wrong == []


def test_files_come_in_and_go_out_by_one_way() -> None:
    """Only `intake.py` stores what comes from outside as an attachment, only `downloads.py` hands a file out."""
    stored = found(r"(^|\.)attachments\.begin$", "services", "libs", but=("libs/common/documents/intake.py",))
    handed_out = [
        path
        for path, tree in sources("services", "libs")
        if path != "libs/common/web/downloads.py" and "'content-disposition': " in ast.unparse(tree)
    ]
    assert (stored, handed_out) == ([], [])


def test_every_topic_stands_in_the_catalog() -> None:
    literals = {
        node.value
        for _, tree in sources("services", "libs", "simulators")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z]+(\.[a-z-]+)+\.v\d+", node.value)
    }
    assert literals - set(CATALOG) - set(REGISTRY) == set()
    assert {contract.topic for contract in REGISTRY.values()} <= set(CATALOG)


def test_every_subscription_is_to_a_registered_contract() -> None:
    for service in services():
        for subscription in service.subscriptions:
            assert REGISTRY[subscription.contract.type] is subscription.contract


def test_every_error_code_is_in_the_catalog_and_used() -> None:
    used = {
        call.args[0].value
        for _, tree in sources("services", "libs")
        for name, call in calls(tree)
        if name in {"Rejected", "UploadFault"} and call.args and isinstance(call.args[0], ast.Constant)
    }
    of_the_gateway = {refusal.code for refusal in REFUSALS}
    assert used | of_the_gateway <= set(ERROR_CODES)
    assert set(ERROR_CODES) - used - of_the_gateway == {"unexpected"}  # what nobody raises on purpose


def test_metrics_are_made_in_the_catalog_only() -> None:
    kinds = {"Counter", "Gauge", "Histogram", "Summary"}
    wrong = [
        path
        for path, tree in sources("services", "libs")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "prometheus_client"
        and kinds & {alias.name for alias in node.names}
    ]
    assert wrong == ["libs/common/observability/metrics.py"]


def test_log_keys_are_on_the_allow_list() -> None:
    strangers = {
        f"{path}:{call.lineno} {keyword.arg}"
        for path, tree in sources("services", "libs", "simulators")
        for name, call in calls(tree)
        if re.fullmatch(r"log\.(debug|info|warning|error)", name)
        for keyword in call.keywords
        if keyword.arg not in ALLOWED_KEYS | {"exc_info"}
    }
    assert strangers == set()


def test_crash_points_are_those_of_the_catalog() -> None:
    passed = {
        call.args[0].value
        for _, tree in sources("services", "libs")
        for name, call in calls(tree)
        if name == "crashpoint" and isinstance(call.args[0], ast.Constant)
    }
    assert passed == POINTS


def test_every_metric_of_the_catalog_is_told() -> None:
    code = "".join(ast.unparse(tree) for _, tree in sources("services", "libs"))
    catalog = [name for name in vars(import_module("libs.common.observability.metrics")) if name.isupper()]
    assert [name for name in catalog if f"metrics.{name}" not in code] == []


PHI = re.compile(r"(^|_)(mbi|ssn|first_name|last_name|birth|patient_name|patient_control|address|diagnos|sex)")


def _fields(model: Any) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        yield from re.findall(r"'libs\.common\.contracts\.\w+\.(\w+)'", str(field.annotation))


def test_no_contract_has_a_field_for_phi() -> None:
    wrong = [f"{name}.{field}" for name, model in REGISTRY.items() for field in _fields(model) if PHI.search(field)]
    assert wrong == []


def test_the_repository_names_no_machine_and_no_registry() -> None:
    pattern = re.compile(
        r"https?://[A-Za-z0-9.-]*(pypi|pythonhosted|npmjs|maven|debian|crates)[A-Za-z0-9.-]*|" + re.escape(str(ROOT))
    )
    wrong = [
        str(path.relative_to(ROOT))
        for folder in ("services", "libs", "simulators", "deploy", "tools", "docs", "requirements", "bench")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and path.suffix in {".py", ".md", ".toml", ".txt", ".lock", ".in", ".json", ".html"}
        and "built" not in path.parts
        and pattern.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert wrong == []


def test_lists_are_sorted_by_what_an_index_holds() -> None:
    found_orders = list(_orders())
    assert len(found_orders) > 5
    assert [where for where, order in found_orders if not _is_indexed(order)] == []


def _orders() -> Iterator[tuple[str, Order]]:
    for path in sorted(ROOT.glob("services/*/*/repository.py")):
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name, value in vars(module).items():
            for each in value.values() if isinstance(value, Mapping) else [value]:
                if isinstance(each, Order):
                    yield f"{module.__name__}.{name}", each


def _is_indexed(order: Order) -> bool:
    """Whether the rows come sorted from an index: of a join, by the first column, of which few rows share a value."""
    wanted = [str(each) for each in order.columns]
    if order.source is None:
        return any(wanted == held[-len(wanted) :] for held in _held_by_indexes(order.key.table))
    return any(wanted[:1] == held[:1] for held in _held_by_indexes(order.columns[0].table))


def _held_by_indexes(table: Any) -> Iterator[list[str]]:
    yield from ([str(each) for each in index.expressions] for index in table.indexes)
    for each in table.constraints:
        if isinstance(each, PrimaryKeyConstraint | UniqueConstraint):
            yield [str(column) for column in each.columns]
