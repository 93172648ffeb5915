"""The rendered manifests of the example site, and ways to look things up in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from deploy.k8s.__main__ import CONTRACT, SITE, as_yaml
from deploy.k8s.manifests import manifests
from deploy.k8s.site import load_site

Manifest = dict[str, Any]


@cache
def rendered() -> tuple[Manifest, ...]:
    """All objects, as a cluster would read them."""
    text = as_yaml(manifests(load_site(SITE), CONTRACT.read_text(encoding="utf-8")))
    return tuple(yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def of_kind(*kinds: str) -> list[Manifest]:
    return [each for each in rendered() if each["kind"] in kinds]


def named(kind: str, name: str) -> Manifest:
    [found] = [each for each in of_kind(kind) if each["metadata"]["name"] == name]
    return found


@dataclass(frozen=True)
class PodOf:
    """The pods of one Deployment or Job. `name` is such as `claims-api`, also for a Job."""

    owner: Manifest

    @property
    def spec(self) -> Manifest:
        return dict(self.owner["spec"]["template"]["spec"])

    @property
    def labels(self) -> Mapping[str, str]:
        return dict(self.owner["spec"]["template"]["metadata"]["labels"])

    @property
    def service(self) -> str:
        return self.labels["app.kubernetes.io/name"]

    @property
    def role(self) -> str:
        return self.labels["app.kubernetes.io/component"]

    @property
    def name(self) -> str:
        return self.service if self.service == self.role else f"{self.service}-{self.role}"

    @property
    def containers(self) -> list[Manifest]:
        return list(self.spec["containers"])

    def environment(self, container: int = 0) -> dict[str, str]:
        return {each["name"]: each["value"] for each in self.containers[container]["env"]}

    def secrets(self) -> dict[str, str]:
        """Where each Secret is mounted, below the state directory."""
        names = {each["name"]: each["secret"]["secretName"] for each in self.spec["volumes"] if "secret" in each}
        state = self.environment()["PORTICO_STATE_DIRECTORY"]
        return {
            names[mount["name"]]: mount["mountPath"].removeprefix(f"{state}/")
            for container in self.containers
            for mount in container["volumeMounts"]
            if mount["name"] in names
        }


def pods() -> list[PodOf]:
    return [PodOf(each) for each in of_kind("Deployment", "Job")]


def pod(name: str) -> PodOf:
    [found] = [each for each in pods() if each.name == name]
    return found


def matches(selector: Manifest, labels: Mapping[str, str]) -> bool:
    """Whether a selector of labels finds them. The manifests use `matchLabels` alone."""
    assert set(selector) <= {"matchLabels"}
    return set(selector.get("matchLabels", {}).items()) <= set(labels.items())


def found_by(selector: Manifest) -> list[PodOf]:
    return [each for each in pods() if matches(selector, each.labels)]


def allowed_out(pod: PodOf) -> Iterator[tuple[str, int]]:
    """What the policies let a pod open: a name of ours or what the peer says of itself, and the port. Not names."""
    for policy in of_kind("NetworkPolicy"):
        if not matches(policy["spec"]["podSelector"], pod.labels):
            continue
        for rule in policy["spec"].get("egress", []):
            for port in rule["ports"]:
                yield from ((name, port["port"]) for peer in rule["to"] for name in _names(peer))


def allowed_in(pod: PodOf) -> Iterator[tuple[str, int]]:
    """Whom the policies let open connections to a pod, and to which port; `anybody` for a rule without a peer."""
    for policy in of_kind("NetworkPolicy"):
        if not matches(policy["spec"]["podSelector"], pod.labels):
            continue
        for rule in policy["spec"].get("ingress", []):
            for port in rule["ports"]:
                peers = rule.get("from")
                names = ["anybody"] if peers is None else [name for peer in peers for name in _names(peer)]
                yield from ((name, port["port"]) for name in names)


def _names(peer: Manifest) -> list[str]:
    if "ipBlock" in peer:
        return [peer["ipBlock"]["cidr"]]
    if "namespaceSelector" not in peer:
        return [each.name for each in found_by(peer["podSelector"])]
    [namespace] = peer["namespaceSelector"]["matchLabels"].values()
    [label] = peer["podSelector"]["matchLabels"].values()
    return [f"{namespace}/{label}"]
