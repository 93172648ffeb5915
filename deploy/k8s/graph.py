"""Who talks to whom, and the network policies that allow exactly this.

Services never call each other: what crosses between them goes through Kafka. So the calls are few, and all of them
stand in `calls`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deploy.k8s import table
from deploy.k8s.site import Outside, Site
from deploy.k8s.table import GATEWAY_NAME, Pod
from libs.common.settings import GATEWAY, SERVICES, Settings

KAFKA_PORT = 9092
POSTGRESQL_PORT = 5432
DNS_PORT = 53

Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """Pods named `source` open connections to `target` on `port`. A target is a pod of ours or a name of `peer`."""

    source: str
    target: str
    port: int


def calls(site: Site, settings: Settings) -> Iterator[Call]:
    """Every connection a portal needs, name look-ups left out: everybody makes those."""
    applications = [(f"{service}-api", settings.service_port(service, "api")) for service in SERVICES]
    for source in (GATEWAY_NAME, "notifier-worker"):  # the one passes requests on, the other watches all
        yield from (Call(source, *application) for application in applications)
    yield Call("notifier-worker", GATEWAY_NAME, settings.port(GATEWAY))
    for pod in table.pods():
        yield Call(pod.name, "kafka", KAFKA_PORT)
        yield Call(pod.name, f"postgresql-{pod.service}", POSTGRESQL_PORT)
        if table.keeps_documents(pod):
            yield Call(pod.name, "documents", site.documents.port)
        if site.scanner and table.takes_files(pod):
            yield Call(pod.name, "scanner", site.scanner.port)
        yield from (Call(pod.name, outside.name, outside.port) for outside in reached(site, pod))
    for service in SERVICES:
        yield Call(table.migration(service).name, f"postgresql-{service}", POSTGRESQL_PORT)


def reached(site: Site, pod: Pod) -> Iterator[Outside]:
    """The outside systems `pod` talks to, documents and scanner left out."""
    return (each for each in site.outside if each.service == pod.service and pod.role in each.roles)


def policies(site: Site, settings: Settings) -> Iterator[Manifest]:
    """Nothing is allowed to anybody; then each kind of pod is allowed its calls."""
    yield _policy("deny-all", {}, {"policyTypes": ["Ingress", "Egress"]})
    yield _policy("look-up-names", {}, {"policyTypes": ["Egress"], "egress": [_look_up()]})
    yield _policy(
        "clients",
        selector(GATEWAY_NAME),
        # Whoever reaches the load balancer: this is the door of the portal.
        {"policyTypes": ["Ingress"], "ingress": [{"ports": [_tcp(settings.port(GATEWAY))]}]},
    )
    every = list(calls(site, settings))
    # Probes come from the pod's own node, which no policy keeps out.
    for name in dict.fromkeys(name for call in every for name in (call.source, call.target)):
        incoming = [call for call in every if call.target == name]
        outgoing = [call for call in every if call.source == name]
        if not outgoing:
            continue  # outside of the namespace
        rules: Manifest = {"policyTypes": ["Egress"], "egress": [_to(site, call) for call in outgoing]}
        if incoming:
            rules["policyTypes"] = ["Ingress", "Egress"]
            rules["ingress"] = [
                {"from": [{"podSelector": selector(call.source)}], "ports": [_tcp(call.port)]} for call in incoming
            ]
        yield _policy(name, selector(name), rules)


def labels(name: str) -> dict[str, str]:
    """The labels by which pods of a name of ours (`claims-api`, `gateway`) are found."""
    service, _, role = name.rpartition("-")
    return {"app.kubernetes.io/name": service or name, "app.kubernetes.io/component": role if service else name}


def selector(name: str) -> Manifest:
    """Find the pods of a name of ours."""
    return {"matchLabels": labels(name)}


def peer(site: Site, target: str) -> list[Manifest]:
    """The other end of a call, as a network policy names it."""
    if target == "kafka":
        return [_elsewhere(site.kafka_namespace, {"strimzi.io/name": f"{site.kafka_cluster}-kafka"})]
    if target.startswith("postgresql-"):
        return [_elsewhere(site.postgresql_namespace, {"cnpg.io/cluster": target.removeprefix("postgresql-")})]
    places = {"documents": site.documents, "scanner": site.scanner, **{each.name: each for each in site.outside}}
    if place := places.get(target):
        return [{"ipBlock": {"cidr": str(address)}} for address in place.addresses]
    return [{"podSelector": selector(target)}]


def _to(site: Site, call: Call) -> Manifest:
    return {"to": peer(site, call.target), "ports": [_tcp(call.port)]}


def _look_up() -> Manifest:
    return {
        "to": [_elsewhere("kube-system", {"k8s-app": "kube-dns"})],
        "ports": [{"protocol": protocol, "port": DNS_PORT} for protocol in ("UDP", "TCP")],
    }


def _elsewhere(namespace: str, pod_labels: dict[str, str]) -> Manifest:
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "podSelector": {"matchLabels": pod_labels},
    }


def _tcp(port: int) -> Manifest:
    return {"protocol": "TCP", "port": port}


def _policy(name: str, pod_selector: Manifest, rules: Manifest) -> Manifest:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": {"podSelector": pod_selector, **rules},
    }
