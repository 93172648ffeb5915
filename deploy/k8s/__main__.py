"""`python -m deploy.k8s [--site FILE] [--contract FILE]`: write all manifests of a portal to standard output."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from deploy.k8s.graph import Manifest
from deploy.k8s.manifests import manifests
from deploy.k8s.site import load_site
from libs.common.deployment import load_deployment

SITE = Path(__file__).with_name("site.toml")
CONTRACT = Path(__file__).parents[2] / "contract.toml"
_EXAMPLES = "Give SITE and CONTRACT with their folder; examples: deploy/k8s/site.toml and contract.toml."


class _Whole(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base class's own
        return True


def as_yaml(objects: Iterable[Manifest]) -> str:
    """The objects as YAML documents, each written out in full: what two of them share is said twice."""
    return yaml.dump_all(objects, Dumper=_Whole, sort_keys=False, width=120, explicit_start=True)


def main(arguments: list[str]) -> int:
    """Exit status 2 and a sentence when a file is missing or wrong: nothing is written then."""
    parser = argparse.ArgumentParser(prog="python -m deploy.k8s", description="The manifests of a portal.")
    parser.add_argument("--site", type=Path, default=SITE, help="what is particular to the cluster")
    parser.add_argument("--contract", type=Path, default=CONTRACT, help="the contract it serves")
    given = parser.parse_args(arguments)
    try:
        load_deployment(given.contract)  # a contract that no process could read is not sent to any
        text = as_yaml(manifests(load_site(given.site), given.contract.read_text(encoding="utf-8")))
    except OSError as problem:
        sys.stderr.write(f"{problem.filename} cannot be read: {problem.strerror}. {_EXAMPLES}\n")
        return 2
    except ValueError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
