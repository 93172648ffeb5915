"""All objects of a portal in a cluster, in the order in which they can be applied."""

from collections.abc import Iterator
from hashlib import sha256

from deploy.k8s import graph, table
from deploy.k8s.graph import Manifest
from deploy.k8s.site import Site
from deploy.k8s.table import GATEWAY_NAME, STATE, Mount
from deploy.k8s.template import CONTRACT, Container, of_row, pod_template
from libs.common.messaging.topics import CATALOG, CLUSTER_REPLICAS, topic_configs
from libs.common.settings import GATEWAY, GATEWAY_HEALTH, SERVICES, Settings

_DISK_SIZE = "1Gi"
_HTTPS = 443
_ATTEMPTS = 6
_MIGRATION_SECONDS = 1800
_KEPT_SECONDS = 7 * 24 * 3600


def manifests(site: Site, contract: str) -> Iterator[Manifest]:
    """Every object, namespaced ones in the namespace of the site. `contract` is the text of `contract.toml`."""
    settings = settings_of_a_pod()
    configuration = _contract(contract)
    name = configuration["metadata"]["name"]
    yield _namespace(site)
    yield from (_topic(site, topic) for topic in CATALOG)
    for each in _in_namespace(site, settings, configuration, name):
        each["metadata"] = {
            "name": each["metadata"]["name"],
            "namespace": site.namespace,
            "labels": {"app.kubernetes.io/part-of": "portico", **each["metadata"].get("labels", {})},
        }
        yield each


def settings_of_a_pod() -> Settings:
    """The settings as the pods read them, whatever the variables of this process say."""
    return Settings(profile="cluster", port_base=8400, state_directory=STATE, contract_file=f"{CONTRACT}/contract.toml")


def _in_namespace(site: Site, settings: Settings, configuration: Manifest, contract: str) -> Iterator[Manifest]:
    yield configuration
    yield from (_account(name) for name in (*SERVICES, GATEWAY_NAME))
    yield from graph.policies(site, settings)
    yield from (_disk(disk) for pod in table.pods() for disk in pod.disks)
    yield from (_migration(site, service, contract) for service in SERVICES)
    for pod in table.pods():
        port = settings.service_port(pod.service, pod.role)
        template = pod_template(site, pod.name, contract, [of_row(site, pod, port)])
        yield _deployment(pod.name, pod.replicas, template, alone=bool(pod.disks) and pod.replicas == 1)
        if pod.role == "api":
            yield _service(pod.name, port, port)
        if pod.replicas > 1:
            yield _disruption_budget(pod.name)
    yield from _gateway(site, settings, contract)


def _namespace(site: Site) -> Manifest:
    enforced = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": site.namespace, "labels": enforced}}


def _topic(site: Site, name: str) -> Manifest:
    topic = CATALOG[name]
    return {
        "apiVersion": "kafka.strimzi.io/v1",
        "kind": "KafkaTopic",
        "metadata": {
            "name": name,
            "namespace": site.kafka_namespace,
            "labels": {"app.kubernetes.io/part-of": "portico", "strimzi.io/cluster": site.kafka_cluster},
        },
        "spec": {
            "topicName": name,
            "partitions": topic.partitions,
            "replicas": CLUSTER_REPLICAS,
            "config": topic_configs(topic, replicas=CLUSTER_REPLICAS),
        },
    }


def _contract(text: str) -> Manifest:
    """Named by its content: a changed contract is a new object, and the pods that read it are started again."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"contract-{sha256(text.encode()).hexdigest()[:10]}"},
        "immutable": True,
        "data": {"contract.toml": text},
    }


def _account(name: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": name},
        "automountServiceAccountToken": False,
    }


def _disk(disk: table.Disk) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": disk.claim},
        "spec": {"accessModes": [disk.access], "resources": {"requests": {"storage": _DISK_SIZE}}},
    }


def _migration(site: Site, service: str, contract: str) -> Manifest:
    """One Job for each release: a Job cannot be changed, and the next release has another name."""
    pod = table.migration(service)
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": f"{pod.name}-{site.release}", "labels": graph.labels(pod.name)},
        "spec": {
            "backoffLimit": _ATTEMPTS,
            "activeDeadlineSeconds": _MIGRATION_SECONDS,
            "ttlSecondsAfterFinished": _KEPT_SECONDS,
            "template": pod_template(site, pod.name, contract, [of_row(site, pod, None)], ends=True),
        },
    }


def _deployment(name: str, replicas: int, template: Manifest, *, alone: bool = False) -> Manifest:
    """`alone`: the old pod ends before the new one starts, because both would hold the same disk."""
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": graph.labels(name)},
        "spec": {
            "replicas": replicas,
            "revisionHistoryLimit": 3,
            "strategy": {"type": "Recreate"} if alone else rolling,
            "selector": graph.selector(name),
            "template": template,
        },
    }


def _service(name: str, port: int, target: int, *, called: str | None = None) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": called or name, "labels": graph.labels(name)},
        "spec": {
            "selector": graph.labels(name),
            "ports": [{"name": "main", "port": port, "targetPort": target, "protocol": "TCP"}],
        },
    }


def _disruption_budget(name: str) -> Manifest:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name, "labels": graph.labels(name)},
        "spec": {"maxUnavailable": 1, "selector": graph.selector(name)},
    }


def _gateway(site: Site, settings: Settings, contract: str) -> Iterator[Manifest]:
    port, health = settings.port(GATEWAY), settings.port(GATEWAY_HEALTH)
    certificate = Mount(
        "gateway-certificate",
        "tls",
        (("tls.crt", "gateway.pem"), ("tls.key", "gateway.key"), ("ca.crt", "authority.pem")),
    )
    containers = [
        Container(
            GATEWAY_NAME,
            ["python", "-m", "deploy.edge"],
            512,
            "500m",
            port=port,
            probe_port=health,
            mounts=(certificate,),
        ),
        Container("banner", ["python", "-m", "deploy.edge.banner"], 128, "20m"),
    ]
    yield _deployment(GATEWAY_NAME, 2, pod_template(site, GATEWAY_NAME, contract, containers))
    yield _disruption_budget(GATEWAY_NAME)
    yield _service(GATEWAY_NAME, port, port)
    public = _service(GATEWAY_NAME, _HTTPS, port, called="gateway-public")
    # Local: the gateway limits each client by its address, so it has to see that address.
    public["spec"] |= {"type": "LoadBalancer", "externalTrafficPolicy": "Local"}
    yield public
