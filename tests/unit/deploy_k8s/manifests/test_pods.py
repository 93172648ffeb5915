"""What holds for every pod of the portal."""

from typing import Any

import pytest

from libs.common import process
from tests.support.k8s import PodOf, found_by, named, of_kind, pods

PODS = pods()
LONG = [each for each in PODS if each.owner["kind"] == "Deployment"]
CONTAINERS = [(pod, container) for pod in PODS for container in pod.containers]


def name_of(value: Any) -> str:
    return value.name if isinstance(value, PodOf) else str(value["name"])


@pytest.mark.parametrize("pod", PODS, ids=name_of)
def test_a_pod_has_no_rights_beyond_its_work(pod: PodOf) -> None:
    context = pod.spec["securityContext"]
    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] > 0
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod.spec["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & set(pod.spec)
    assert all({"hostPath"}.isdisjoint(volume) for volume in pod.spec["volumes"])


@pytest.mark.parametrize(("pod", "container"), CONTAINERS, ids=name_of)
def test_a_container_writes_to_its_volumes_only_and_gains_nothing(pod: PodOf, container: dict[str, Any]) -> None:
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    writable = {mount["name"] for mount in container["volumeMounts"] if not mount.get("readOnly")}
    kinds = {volume["name"]: volume for volume in pod.spec["volumes"]}
    assert all("emptyDir" in kinds[name] or "persistentVolumeClaim" in kinds[name] for name in writable)
    assert all(volume["emptyDir"]["sizeLimit"] for volume in kinds.values() if "emptyDir" in volume)


@pytest.mark.parametrize(("pod", "container"), CONTAINERS, ids=name_of)
def test_a_container_asks_for_what_it_needs(pod: PodOf, container: dict[str, Any]) -> None:
    requests, limits = container["resources"]["requests"], container["resources"]["limits"]
    assert requests["cpu"]
    assert "cpu" not in limits, pod.name
    assert requests["memory"] == limits["memory"]


@pytest.mark.parametrize(("pod", "container"), CONTAINERS, ids=name_of)
def test_the_image_is_named_by_its_digest(pod: PodOf, container: dict[str, Any]) -> None:
    assert "@sha256:" in container["image"], pod.name


@pytest.mark.parametrize("pod", PODS, ids=name_of)
def test_every_mount_has_its_volume_and_every_volume_is_mounted(pod: PodOf) -> None:
    mounted = {mount["name"] for container in pod.containers for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod.spec["volumes"]}


@pytest.mark.parametrize("pod", LONG, ids=name_of)
def test_a_pod_that_ends_has_time_for_what_is_under_way(pod: PodOf) -> None:
    [wait] = {
        container["lifecycle"]["preStop"]["sleep"]["seconds"]
        for container in pod.containers
        if "lifecycle" in container
    }
    assert pod.spec["terminationGracePeriodSeconds"] > wait + 2 * process._DRAIN_SECONDS


@pytest.mark.parametrize("pod", LONG, ids=name_of)
def test_whatever_runs_twice_is_never_taken_away_as_a_whole(pod: PodOf) -> None:
    budgets = [each for each in of_kind("PodDisruptionBudget") if pod in found_by(each["spec"]["selector"])]
    if pod.owner["spec"]["replicas"] == 1:
        assert budgets == []  # a budget would keep its node from ever being emptied
        return
    [budget] = budgets
    assert budget["spec"]["maxUnavailable"] == 1
    assert pod.owner["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert len(pod.spec["topologySpreadConstraints"]) == 2


def test_only_one_process_holds_a_disk_that_can_be_held_once() -> None:
    once = {
        each["metadata"]["name"]
        for each in of_kind("PersistentVolumeClaim")
        if each["spec"]["accessModes"] == ["ReadWriteOnce"]
    }
    for pod in PODS:
        claims = {
            volume["persistentVolumeClaim"]["claimName"]
            for volume in pod.spec["volumes"]
            if "persistentVolumeClaim" in volume
        }
        if claims & once:
            assert (pod.owner["spec"]["replicas"], pod.owner["spec"]["strategy"]) == (1, {"type": "Recreate"})


@pytest.mark.parametrize("pod", PODS, ids=name_of)
def test_a_pod_runs_as_its_own_service(pod: PodOf) -> None:
    account = named("ServiceAccount", pod.spec["serviceAccountName"])
    assert account["metadata"]["name"] == pod.service
    assert account["automountServiceAccountToken"] is False


def test_the_namespace_enforces_the_restricted_standard() -> None:
    [namespace] = of_kind("Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
