"""The one template: every pod of the portal is made here, so that what holds for one holds for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.k8s import graph, table
from deploy.k8s.graph import Manifest
from deploy.k8s.site import Site
from deploy.k8s.table import STATE, Disk, Mount, Pod

CONTRACT = "/etc/portico"
USER = 10001
"""User and group of every process; the image knows them by number only."""

_STATE_SIZE = "256Mi"
_TEMPORARY_SIZE = "256Mi"
_LEAVE_SECONDS = 10
"""How long a pod that ends still answers, until no load balancer knows it any more."""
_GRACE_SECONDS = 45
"""That, twice the ten seconds of `libs/common/process.py` for what is under way, and a margin."""


@dataclass(frozen=True, slots=True)
class Container:
    """What differs between containers. Without a `probe_port` it ends by itself, or is not asked."""

    name: str
    command: Sequence[str]
    memory: int
    cpu: str
    port: int | None = None
    probe_port: int | None = None
    environment: Mapping[str, str] | None = None
    mounts: Sequence[Mount] = ()
    disks: Sequence[Disk] = ()


def of_row(site: Site, pod: Pod, port: int | None) -> Container:
    """The container of a row of the table; one without a port is a migration."""
    return Container(
        pod.role,
        ["python", "-m", f"services.{pod.service}", pod.role],
        pod.memory,
        pod.cpu,
        port=port,
        probe_port=port,
        environment=_environment(site, pod),
        mounts=tuple(_mounts(site, pod)),
        disks=pod.disks,
    )


def pod_template(
    site: Site, name: str, contract: str, containers: Sequence[Container], *, ends: bool = False
) -> Manifest:
    """The pod called `name`, with the ConfigMap `contract`; `ends`: it does its work once."""
    mounts = {mount.secret: mount for container in containers for mount in container.mounts}
    disks = {disk.claim: disk for container in containers for disk in container.disks}
    spec: Manifest = {
        "serviceAccountName": graph.labels(name)["app.kubernetes.io/name"],
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,  # variables of services would look like settings of ours
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationGracePeriodSeconds": _GRACE_SECONDS,
        "containers": [_container(site, container) for container in containers],
        "volumes": [
            {"name": "state", "emptyDir": {"sizeLimit": _STATE_SIZE}},
            {"name": "temporary", "emptyDir": {"sizeLimit": _TEMPORARY_SIZE}},
            {"name": "contract", "configMap": {"name": contract}},
            *(_secret_volume(mount) for mount in mounts.values()),
            *(
                {
                    "name": disk.claim,
                    "persistentVolumeClaim": {"claimName": disk.claim, "readOnly": disk.read_only},
                }
                for disk in disks.values()
            ),
        ],
    }
    if ends:
        spec["restartPolicy"] = "OnFailure"
    else:
        spec["topologySpreadConstraints"] = [
            {
                "maxSkew": 1,
                "topologyKey": key,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": graph.selector(name),
            }
            for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ]
    return {"metadata": {"labels": graph.labels(name)}, "spec": spec}


def _container(site: Site, container: Container) -> Manifest:
    memory = f"{container.memory}Mi"
    made: Manifest = {
        "name": container.name,
        "image": site.image,
        "command": list(container.command),
        "env": [
            {"name": name, "value": value}
            for name, value in {**common_environment(), **(container.environment or {})}.items()
        ],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        # No limit of processor time: it would make answers late while processors stand idle.
        "resources": {
            "requests": {"cpu": container.cpu, "memory": memory, "ephemeral-storage": "64Mi"},
            "limits": {"memory": memory, "ephemeral-storage": "1Gi"},
        },
        "volumeMounts": [
            {"name": "state", "mountPath": STATE},
            {"name": "temporary", "mountPath": "/tmp"},  # noqa: S108 - a volume of this pod alone
            {"name": "contract", "mountPath": CONTRACT, "readOnly": True},
            *(
                {"name": mount.secret, "mountPath": f"{STATE}/{mount.path}", "readOnly": True}
                for mount in container.mounts
            ),
            *(
                {"name": disk.claim, "mountPath": f"{STATE}/{disk.path}", "readOnly": disk.read_only}
                for disk in container.disks
            ),
        ],
    }
    if container.port is not None:
        made["ports"] = [{"name": "main", "containerPort": container.port}]
    if container.probe_port is not None:
        made |= {
            # Up to a minute to import and to connect; after that, readiness only takes a pod out of the Service.
            "startupProbe": _probe("/livez", container.probe_port, period=2, failures=30),
            "readinessProbe": _probe("/readyz", container.probe_port, period=5, failures=2),
            "livenessProbe": _probe("/livez", container.probe_port, period=10, failures=3),
            "lifecycle": {"preStop": {"sleep": {"seconds": _LEAVE_SECONDS}}},
        }
    return made


_TELLING_THE_ADDRESS = ("auth-api", "notifier-api", "notifier-worker")
"""Who must know how the portal is reached: for clients' assertions, for links of the feed, to ask the gateway."""


def common_environment() -> dict[str, str]:
    """What every process of ours is told."""
    return {
        "PORTICO_PROFILE": "cluster",
        "PORTICO_STATE_DIRECTORY": STATE,
        "PORTICO_CONTRACT_FILE": f"{CONTRACT}/contract.toml",
    }


def _environment(site: Site, pod: Pod) -> dict[str, str]:
    server = f"{pod.service}-rw.{site.postgresql_namespace}"
    environment = {"DATABASE_URL": f"postgresql://{server}:{graph.POSTGRESQL_PORT}"}
    if pod.role == "migrate":
        return environment
    broker = f"{site.kafka_cluster}-kafka-bootstrap.{site.kafka_namespace}"
    environment["KAFKA_BOOTSTRAP_SERVERS"] = f"{broker}:{graph.KAFKA_PORT}"
    if table.keeps_documents(pod):
        environment["PORTICO_DOCUMENTS_URL"] = site.documents.url
    if site.scanner and table.takes_files(pod):
        environment["PORTICO_SCANNER"] = site.scanner.address
    for outside in graph.reached(site, pod):
        environment |= outside.environment
    if pod.name in _TELLING_THE_ADDRESS:
        environment["PORTICO_PUBLIC_HOST"] = site.public_host
    return environment


def _mounts(site: Site, pod: Pod) -> list[Mount]:
    mounts = list(table.secrets(pod))
    mounts += [
        Mount(f"partner-{outside.name}", f"secrets/partners/{outside.name}")
        for outside in graph.reached(site, pod)
        if outside.credentials
    ]
    if pod.name == "notifier-worker":
        # It asks the gateway as a client does, so it needs the authority and nothing of the key.
        mounts.append(Mount("gateway-certificate", "tls", (("ca.crt", "authority.pem"),)))
    return mounts


def _secret_volume(mount: Mount) -> Manifest:
    secret: Manifest = {"secretName": mount.secret, "defaultMode": 0o440}
    if mount.items:
        secret["items"] = [{"key": key, "path": file} for key, file in mount.items]
    return {"name": mount.secret, "secret": secret}


def _probe(path: str, port: int, *, period: int, failures: int) -> dict[str, Any]:
    return {
        "httpGet": {"path": path, "port": port},
        "periodSeconds": period,
        "timeoutSeconds": 2,
        "failureThreshold": failures,
    }
