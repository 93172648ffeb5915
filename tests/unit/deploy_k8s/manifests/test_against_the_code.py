"""The manifests held against the code: what no linter of manifests can know."""

import ast
import asyncio
import tomllib
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import AliasChoices, AliasPath
from pydantic_settings import BaseSettings

from deploy.edge.bootstrap import Parts, bootstrap
from deploy.edge.certificates import certificates_in, ensure_certificates
from deploy.edge.settings import Limits
from deploy.k8s import graph
from deploy.k8s.__main__ import CONTRACT, SITE
from deploy.k8s.manifests import settings_of_a_pod
from deploy.k8s.site import load_site
from libs.common.clock import SystemClock
from libs.common.deployment import load_deployment
from libs.common.documents.scanner import scanner_of
from libs.common.process import ROLES, subscriptions_of
from libs.common.security.keys import GROUPS
from libs.common.service import Service
from libs.common.settings import GATEWAY, GATEWAY_HEALTH, SERVICES, Role, Settings
from libs.common.web.app import health_routes
from libs.common.web.routes import routes_of
from libs.partners.trust import credentials
from services.appeals.settings import AppealsSettings
from services.auth.settings import AuthSettings
from services.eligibility.settings import EligibilitySettings
from services.notifier.delivery.partner import NAME as USER_MAIL
from services.notifier.health.partner import probes
from services.notifier.settings import user_mail_settings
from tests.support.k8s import (
    Manifest,
    PodOf,
    allowed_in,
    allowed_out,
    found_by,
    matches,
    named,
    of_kind,
    pod,
    pods,
)

ROOT = Path(__file__).parents[4]
SITE_OF_TESTS = load_site(SITE)
PODS = pods()
OF_SERVICES = [each for each in PODS if each.service in SERVICES]
EVERYWHERE = "0.0.0.0"  # noqa: S104 - a pod has an address of its own
ELSEWHERE = (".kafka", ".postgresql")
KAFKA = ("kafka/portico-kafka", graph.KAFKA_PORT)


def name_of(value: Any) -> str:
    return value.name if isinstance(value, PodOf) else str(value)


def application(service: str) -> Service:
    return import_module(f"services.{service}.app").service


def settings_in(each: PodOf, container: int = 0) -> Settings:
    """The settings as this very container reads them."""
    names = {"KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL"}
    given = each.environment(container)
    return Settings.model_validate(
        {name if name in names else name.removeprefix("PORTICO_").lower(): value for name, value in given.items()}
    )


def cidrs(outside: graph.Outside | Any) -> set[tuple[str, int]]:
    return {(str(address), outside.port) for address in outside.addresses}


def outside_named(name: str) -> graph.Outside:
    [found] = [each for each in SITE_OF_TESTS.outside if each.name == name]
    return found


# Which processes there are.


def test_every_service_runs_in_every_role_it_has() -> None:
    expected = {
        (service, role)
        for service in SERVICES
        for role in ("api", "worker", "relay", "migrate", *(("stream",) if application(service).stream else ()))
    }
    assert {(each.service, each.role) for each in OF_SERVICES} == expected
    assert {each.role for each in OF_SERVICES} <= set(get_args(Role)) & set(ROLES)
    assert [each.name for each in PODS if each.service not in SERVICES] == ["gateway"]


@pytest.mark.parametrize("each", PODS, ids=name_of)
def test_every_command_can_be_run(each: PodOf) -> None:
    for container in each.containers:
        python, flag, module, *rest = container["command"]
        assert (python, flag) == ("python", "-m")
        assert find_spec(f"{module}.__main__" if find_spec(module).submodule_search_locations else module)  # type: ignore[union-attr]
        assert rest == ([each.role] if each.service in SERVICES else [])


@pytest.mark.parametrize("each", OF_SERVICES, ids=name_of)
def test_a_migration_ends_and_everything_else_does_not(each: PodOf) -> None:
    assert (each.owner["kind"] == "Job") == (each.role == "migrate")


# Ports and probes.


@pytest.mark.parametrize("each", [each for each in OF_SERVICES if each.role != "migrate"], ids=name_of)
def test_probes_ask_the_port_and_the_paths_of_the_process(each: PodOf) -> None:
    [container] = each.containers
    settings = settings_in(each)
    port = settings.service_port(each.service, each.role)
    assert settings.listen_address == EVERYWHERE
    assert container["ports"] == [{"name": "main", "containerPort": port}]
    served = {
        route.route.path
        for route in iter_route_contexts(health_routes("any").routes)
        if isinstance(route.route, APIRoute)
    }
    asked = {probe: container[probe]["httpGet"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert {get["port"] for get in asked.values()} == {port}
    assert {get["path"] for get in asked.values()} <= served
    assert asked["readinessProbe"]["path"] == "/readyz"
    assert asked["livenessProbe"]["path"] == "/livez"  # it touches nothing: a database that is away is no reason to die


def edge_configuration(directory: Path) -> dict[str, Any]:
    """What Envoy is started with in the gateway's pod."""
    settings = settings_in(pod("gateway"))
    deployment = load_deployment(CONTRACT)
    return bootstrap(Parts(settings, Limits(), deployment, certificates_in(directory), directory, None))


def test_the_gateways_probes_meet_a_listener_that_answers_them(tmp_path: Path) -> None:
    listeners = {
        each["address"]["socket_address"]["port_value"]: each
        for each in edge_configuration(tmp_path)["static_resources"]["listeners"]
    }
    container = pod("gateway").containers[0]
    health = listeners[settings_of_a_pod().port(GATEWAY_HEALTH)]
    assert health["address"]["socket_address"]["address"] == EVERYWHERE
    manager = health["filter_chains"][0]["filters"][0]["typed_config"]
    paths = {route["match"]["path"] for host in manager["route_config"]["virtual_hosts"] for route in host["routes"]}
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        get = container[probe]["httpGet"]
        assert get["port"] == settings_of_a_pod().port(GATEWAY_HEALTH)
        assert get["path"] in paths
    assert [each["containerPort"] for each in container["ports"]] == [settings_of_a_pod().port(GATEWAY)]
    assert settings_of_a_pod().port(GATEWAY) in listeners


def test_services_lead_to_ports_that_their_pods_open() -> None:
    for each in of_kind("Service"):
        found = found_by({"matchLabels": each["spec"]["selector"]})
        assert len(found) == 1, each["metadata"]["name"]
        open_ports = {port["containerPort"] for container in found[0].containers for port in container.get("ports", [])}
        assert {port["targetPort"] for port in each["spec"]["ports"]} <= open_ports


# Settings.


def names_of_settings() -> set[str]:
    """The variables that the code reads."""
    modules = ["libs.common.settings", "deploy.edge.settings"]
    modules += [f"services.{service}.settings" for service in SERVICES if find_spec(f"services.{service}.settings")]
    found = set()
    for kind in (
        value
        for module in modules
        for value in vars(import_module(module)).values()
        if isinstance(value, type) and issubclass(value, BaseSettings)
    ):
        prefix = kind.model_config.get("env_prefix", "")
        for name, field in kind.model_fields.items():
            alias = field.validation_alias
            assert not isinstance(alias, AliasPath | AliasChoices)
            found.add(alias or f"{prefix}{name}".upper())
    return found


@pytest.mark.parametrize("each", PODS, ids=name_of)
def test_every_variable_is_a_setting_of_the_code_and_none_is_a_secret(each: PodOf) -> None:
    for container in each.containers:
        assert {variable["name"] for variable in container["env"]} - names_of_settings() == set()
        assert all(set(variable) == {"name", "value"} for variable in container["env"])


def test_the_contract_that_the_pods_read_is_the_contract() -> None:
    [contract] = of_kind("ConfigMap")
    assert tomllib.loads(contract["data"]["contract.toml"]) == tomllib.loads(CONTRACT.read_text())
    for each in PODS:
        [volume] = [volume for volume in each.spec["volumes"] if "configMap" in volume]
        assert volume["configMap"]["name"] == contract["metadata"]["name"]
        for number, container in enumerate(each.containers):
            [mount] = [mount for mount in container["volumeMounts"] if mount["name"] == volume["name"]]
            assert settings_in(each, number).contract_file == Path(mount["mountPath"]) / "contract.toml"


# Secrets.


@pytest.mark.parametrize("each", PODS, ids=name_of)
def test_a_pod_sees_only_the_sealing_keys_that_its_service_may_read(each: PodOf) -> None:
    groups = {path.rpartition("/")[2] for path in each.secrets().values() if path.startswith("secrets/keys/seal/")}
    allowed = {group for group, readers in GROUPS.items() if each.service in readers}
    opens = each.service in SERVICES and each.role in ("api", "worker")
    assert groups == (allowed if opens else set())


@pytest.mark.parametrize("each", PODS, ids=name_of)
def test_other_keys_are_where_the_code_uses_them_and_nowhere_else(each: PodOf) -> None:
    """A failure here after a service began to use documents or tokens asks for its name in `deploy/k8s/table.py`."""
    paths = set(each.secrets().values())
    opens = each.service in SERVICES and each.role in ("api", "worker")
    used = names_used(each.service) if opens else set()
    assert (f"secrets/keys/documents/{each.service}" in paths) == ("documents" in used)
    assert ("secrets/keys/beneficiary" in paths) == ("beneficiary_token" in used)
    assert ("secrets/keys/identity" in paths) == ("identity_digest" in used)
    assert ("secrets/keys/pepper" in paths) == ("hash_password" in used)
    assert (f"secrets/keys/audit/{each.service}" in paths) == (each.role == "worker")
    assert ("secrets/keys/token-public" in paths) == (each.role == "api")
    assert ("secrets/keys/token-signing" in paths) == (each.name == "auth-api")
    assert not [path for path in paths if path.startswith("secrets/keys/documents/") and each.service not in path]
    assert not [path for path in paths if path.startswith("secrets/keys/audit/") and each.service not in path]


ROOMS_OF_THE_STORE = tuple(
    f"libs.common.{name}" for name in ("document_store", "documents.attachments", "documents.intake", "documents.stage")
)


def names_used(service: str) -> set[str]:
    """Attributes and imported names in the code of a service."""
    found = set()
    for path in (ROOT / "services" / service).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.ImportFrom):
                found |= {alias.name for alias in node.names}
                found |= {"documents"} if (node.module or "").startswith(ROOMS_OF_THE_STORE) else set()
    return found


@pytest.mark.parametrize("each", OF_SERVICES, ids=name_of)
def test_a_pod_holds_the_password_of_one_database_role(each: PodOf) -> None:
    role = {"api": "web", "migrate": "owner"}.get(each.role, "work")
    files = [
        item["path"]
        for volume in each.spec["volumes"]
        if "secret" in volume and volume["secret"]["secretName"].startswith("database-")
        for item in volume["secret"]["items"]
    ]
    assert files == [f"{each.service}_{role}"]
    assert each.secrets()[f"database-{each.service}-{role}"] == "secrets/database"


def test_only_the_gateway_sees_the_key_of_its_certificate() -> None:
    for each in PODS:
        items = [
            item["key"]
            for volume in each.spec["volumes"]
            if volume.get("secret", {}).get("secretName") == "gateway-certificate"
            for item in volume["secret"]["items"]
        ]
        assert ("tls.key" in items) == (each.name == "gateway")
    mounting = [
        container["name"]
        for container in pod("gateway").containers
        if "gateway-certificate" in {mount["name"] for mount in container["volumeMounts"]}
    ]
    assert mounting == ["gateway"]


def test_the_gateway_finds_its_certificate_where_it_is_mounted() -> None:
    [volume] = [each for each in pod("gateway").spec["volumes"] if "secret" in each]
    state = settings_in(pod("gateway")).state_directory
    mounted = {state / "tls" / item["path"] for item in volume["secret"]["items"]}
    files = certificates_in(state / "tls")
    assert mounted == {files.authority, files.certificate, files.key}


# Network policies: exactly what the code calls.


def test_whatever_is_not_allowed_is_denied() -> None:
    deny = named("NetworkPolicy", "deny-all")["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_every_selector_finds_a_pod() -> None:
    for each in of_kind("Deployment", "PodDisruptionBudget"):
        assert len(found_by(each["spec"]["selector"])) == 1, each["metadata"]["name"]
    for each in PODS:
        for constraint in each.spec.get("topologySpreadConstraints", []):
            assert found_by(constraint["labelSelector"]) == [each]
    for policy in of_kind("NetworkPolicy"):
        spec = policy["spec"]
        assert found_by(spec["podSelector"])
        ours = [
            peer["podSelector"]
            for rule in (*spec.get("ingress", []), *spec.get("egress", []))
            for peer in (*rule.get("from", []), *rule.get("to", []))
            if "podSelector" in peer and "namespaceSelector" not in peer
        ]
        assert all(len(found_by(selector)) == 1 for selector in ours)


def open_connections(configuration: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Where Envoy connects to."""
    for cluster in configuration["static_resources"]["clusters"]:
        for group in cluster["load_assignment"]["endpoints"]:
            for endpoint in group["lb_endpoints"]:
                address = endpoint["endpoint"]["address"]["socket_address"]
                yield address["address"], address["port_value"]


def looked_for(settings: Settings) -> set[tuple[str, int]]:
    """Where the probes of the notifier connect to: what they look up, and addresses that need no look-up."""
    seen: set[tuple[str, int]] = set()

    async def look_up(host: str | bytes, port: int, **_: Any) -> Any:
        seen.add((host.decode() if isinstance(host, bytes) else host, port))
        raise OSError("nobody is there")

    async def connect(_: Any, host: str, port: int, **__: Any) -> Any:
        return await look_up(host, port)

    async def ask_all() -> None:
        loop = asyncio.get_running_loop()
        loop.getaddrinfo = look_up  # type: ignore[method-assign, assignment]
        loop.create_connection = connect  # type: ignore[method-assign, assignment]
        found = probes(settings, load_deployment(CONTRACT).partners)
        answers = await asyncio.gather(*(probe() for probe in found.values()), return_exceptions=True)
        assert all(isinstance(each, Exception) for each in answers)

    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(ask_all())
    return seen


def called_by(each: PodOf, directory: Path) -> set[tuple[str, int]]:
    """What the code of a pod connects to, by the names and ports it knows: from its settings and its wiring."""
    if each.name == "gateway":
        return {call for call in open_connections(edge_configuration(directory)) if call[0] != "127.0.0.1"}
    settings = settings_in(each)
    service = application(each.service)
    host, _, port = settings.database_url.removeprefix("postgresql://").rpartition(":")
    assert host == f"{each.service}-rw.postgresql"
    calls = {(f"postgresql/{each.service}", int(port))}
    if each.role == "migrate":
        return calls
    # Every other process reports to Kafka that it lives; relays publish, workers with subscriptions consume.
    assert settings.kafka == f"portico-kafka-bootstrap.kafka:{graph.KAFKA_PORT}"
    calls.add(KAFKA)
    if each.role in ("api", "worker") and "documents" in names_used(each.service):
        assert settings.documents_url
        calls |= cidrs(SITE_OF_TESTS.documents)
    if each.role == "api" and any(route.upload for route in routes_of(service)):
        assert SITE_OF_TESTS.scanner
        assert scanner_of(settings)
        calls |= cidrs(SITE_OF_TESTS.scanner)
    else:
        assert scanner_of(settings) is None
    if each.role == "worker" and "mailbox_smtp" in names_used(each.service):
        mail = outside_named("mail")
        assert settings.mailbox_smtp[1] == mail.port
        calls |= cidrs(mail)
    if each.role == "worker" and "user_mail_settings" in names_used(each.service):
        calls |= cidrs(outside_named("user-mail"))
    for outside in SITE_OF_TESTS.outside:
        if "mail" not in outside.name and (outside.service, each.role) in {
            (each.service, role) for role in outside.roles
        }:
            calls |= cidrs(outside)
    if each.role == "worker" and any(background.__name__ == "keep_watch" for background in service.background):
        state = directory / each.name
        ensure_certificates(state / "tls", SystemClock())
        probed = looked_for(settings.model_copy(update={"state_directory": state}))
        calls |= {call for call in probed if not call[0].endswith(ELSEWHERE)}  # those are in already
    return calls


@pytest.mark.parametrize("each", PODS, ids=name_of)
def test_a_pod_may_reach_what_its_code_calls_and_nothing_else(each: PodOf, tmp_path: Path) -> None:
    expected = called_by(each, tmp_path) | {("kube-system/kube-dns", 53)}
    assert set(allowed_out(each)) == expected


def test_services_never_reach_each_other() -> None:
    ours = {each.name for each in PODS}
    for each in OF_SERVICES:
        if each.name != "notifier-worker":  # it asks everybody whether they are ready
            assert not {name for name, _ in allowed_out(each)} & ours


def test_who_may_open_a_connection_may_also_be_answered() -> None:
    ours = {each.name for each in PODS}
    out = {(each.name, name, port) for each in PODS for name, port in allowed_out(each) if name in ours}
    into = {(name, each.name, port) for each in PODS for name, port in allowed_in(each)}
    assert into - out == {("anybody", "gateway", settings_of_a_pod().port(GATEWAY))}
    assert out <= into


def test_a_service_that_is_called_by_name_has_that_name(tmp_path: Path) -> None:
    called = set(open_connections(edge_configuration(tmp_path))) - {("127.0.0.1", 8444)}
    ensure_certificates(tmp_path / "tls", SystemClock())
    called |= {
        call
        for call in looked_for(settings_in(pod("notifier-worker")).model_copy(update={"state_directory": tmp_path}))
        if not call[0].endswith(ELSEWHERE)
    }
    offered = {
        (each["metadata"]["name"], port["port"]) for each in of_kind("Service") for port in each["spec"]["ports"]
    }
    assert called == {each for each in offered if each[0] != "gateway-public"}


def test_whoever_listens_to_events_has_a_worker_that_reaches_kafka() -> None:
    for service in SERVICES:
        if subscriptions_of(application(service)):
            assert KAFKA in set(allowed_out(pod(f"{service}-worker")))


def test_every_partner_can_be_reached_by_its_service() -> None:
    places = {(outside.name, outside.service) for outside in SITE_OF_TESTS.outside}
    checked = {(name, service) for service in SERVICES for name in application(service).partners}
    assert {(each.name, each.service) for each in load_deployment(CONTRACT).partners} <= checked
    # A name of a cluster has dashes.
    assert {(name.replace("_", "-"), service) for name, service in checked} <= places


@pytest.mark.parametrize(
    ("partner", "where", "address_in"),
    [
        ("hets", "eligibility-api", lambda settings: EligibilitySettings().address(settings)),
        ("item-history", "eligibility-api", lambda settings: EligibilitySettings().item_history(settings)),
        ("mbi-look-up", "eligibility-api", lambda settings: EligibilitySettings().mbi_look_up(settings)),
        ("proofing", "auth-api", lambda settings: AuthSettings().proofing(settings)),
        ("qic", "appeals-api", lambda settings: AppealsSettings().qic(settings)),
        ("qic", "appeals-worker", lambda settings: AppealsSettings().qic(settings)),
    ],
)
def test_a_partner_is_known_by_its_address_and_our_credentials(
    monkeypatch: pytest.MonkeyPatch, partner: str, where: str, address_in: Callable[[Settings], str]
) -> None:
    each = pod(where)
    for name, value in each.environment().items():
        monkeypatch.setenv(name, value)
    settings = settings_in(each)
    address = urlsplit(address_in(settings))
    assert (address.scheme, address.port or 443) == ("https", outside_named(partner).port)
    assert address.hostname not in ("localhost", "127.0.0.1")
    assert settings.state_directory / each.secrets()[f"partner-{partner}"] == credentials(settings, partner)


def test_mail_to_users_has_a_server_and_a_password_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    each = pod("notifier-worker")
    for name, value in each.environment().items():
        monkeypatch.setenv(name, value)
    settings = settings_in(each)
    mail = user_mail_settings(settings)
    host, _, port = mail.server.rpartition(":")
    assert int(port) == outside_named("user-mail").port
    assert (host, int(port)) != settings.mailbox_smtp
    assert (mail.starttls, bool(mail.user)) == ("required", True)
    assert settings.state_directory / each.secrets()[f"partner-{USER_MAIL}"] == credentials(settings, USER_MAIL)


def test_a_cluster_without_a_mail_server_for_users_is_told_which_setting_is_missing() -> None:
    with pytest.raises(ValueError, match="PORTICO_USER_MAIL_SERVER"):
        user_mail_settings(settings_of_a_pod())


def test_an_outside_system_is_reached_by_the_roles_it_names_only() -> None:
    for outside in SITE_OF_TESTS.outside:
        reaching = {each.name for each in PODS if cidrs(outside) & set(allowed_out(each))}
        assert reaching == {f"{outside.service}-{role}" for role in outside.roles}


def test_clients_come_in_through_the_gateway_alone() -> None:
    assert [each.name for each in PODS if "anybody" in {name for name, _ in allowed_in(each)}] == ["gateway"]
    [public] = [each for each in of_kind("Service") if each["spec"].get("type") not in (None, "ClusterIP")]
    assert matches({"matchLabels": public["spec"]["selector"]}, pod("gateway").labels)
    assert public["spec"]["externalTrafficPolicy"] == "Local"


def test_manifests_of_another_release_migrate_again() -> None:
    release = SITE_OF_TESTS.release
    jobs: list[Manifest] = of_kind("Job")
    assert {each["metadata"]["name"] for each in jobs} == {f"{service}-migrate-{release}" for service in SERVICES}
