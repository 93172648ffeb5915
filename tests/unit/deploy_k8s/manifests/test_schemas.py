"""Every object has the form that Kubernetes itself demands: strict schemas, which know no other field."""

import json
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from libs.common.messaging.topics import CATALOG
from tests.support.k8s import of_kind, rendered

SCHEMAS = files("kubernetes_validate") / "kubernetes-json-schema" / "v1.37.0-local-strict"
# A kind of Strimzi, not of Kubernetes: no package brings its schema.
WITHOUT_SCHEMA = {"KafkaTopic"}


@cache
def schema(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


@cache
def validator(kind: str, version: str) -> Draft202012Validator:
    found: Registry[Any] = Registry(
        retrieve=lambda uri: Resource(contents=schema(uri.rpartition("/")[2]), specification=DRAFT202012)
    )
    # "apps/v1" is "apps-v1" in the names of the files, "networking.k8s.io/v1" is "networking-v1".
    group, _, number = version.rpartition("/")
    return Draft202012Validator(
        schema("-".join(filter(None, (kind.lower(), group.partition(".")[0], number))) + ".json"), registry=found
    )


def faults(each: dict[str, Any]) -> list[str]:
    errors = validator(each["kind"], each["apiVersion"]).iter_errors(each)
    return [f"{each['kind']} {each['metadata']['name']}: {error.json_path} {error.message[:200]}" for error in errors]


def test_every_object_of_kubernetes_fits_its_schema() -> None:
    checked = [each for each in rendered() if each["kind"] not in WITHOUT_SCHEMA]
    assert len(checked) > 100
    assert [fault for each in checked for fault in faults(each)] == []


@pytest.mark.parametrize(
    "change", [{"replicaz": 3}, {"replicas": "three"}, {"strategy": {"rolling": {}}}], ids=["unknown", "type", "deep"]
)
def test_the_schemas_see_a_fault(change: dict[str, Any]) -> None:
    [first, *_] = of_kind("Deployment")
    assert faults({**first, "spec": {**first["spec"], **change}}) != []


def test_a_topic_says_what_strimzi_reads_and_nothing_else() -> None:
    for each in of_kind("KafkaTopic"):
        assert each["apiVersion"] == "kafka.strimzi.io/v1"
        assert each["metadata"]["labels"]["strimzi.io/cluster"]
        assert set(each["spec"]) == {"topicName", "partitions", "replicas", "config"}
        assert each["spec"]["topicName"] == each["metadata"]["name"]
        assert all(isinstance(value, str) for value in each["spec"]["config"].values())


def test_every_topic_of_the_catalog_is_made_with_two_copies_before_it_counts() -> None:
    made = {each["metadata"]["name"]: each["spec"] for each in of_kind("KafkaTopic")}
    assert set(made) == set(CATALOG)
    for name, topic in CATALOG.items():
        assert (made[name]["partitions"], made[name]["replicas"]) == (topic.partitions, 3)
        assert made[name]["config"]["min.insync.replicas"] == "2"
        if topic.retention is None:
            assert made[name]["config"]["cleanup.policy"] == "compact"
        else:
            assert int(made[name]["config"]["retention.ms"]) == topic.retention.total_seconds() * 1000


def test_no_two_objects_have_one_name() -> None:
    keys = Counter((each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]) for each in rendered())
    assert [key for key, count in keys.items() if count > 1] == []
