"""The image is made from what is pinned: the packages by their locks, the base by its digest."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
FILE = ROOT / "deploy" / "k8s" / "Containerfile"
INSTRUCTIONS = re.sub(r"#.*|\\\n", "", FILE.read_text()).splitlines()


def arguments(instruction: str) -> list[str]:
    return [line.split(maxsplit=1)[1] for line in INSTRUCTIONS if line.startswith(f"{instruction} ")]


def test_the_base_is_pinned_by_digest_in_one_place() -> None:
    [base] = arguments("ARG")
    assert re.fullmatch(r"BASE=docker\.io/library/python:[0-9.]+-slim-[a-z]+@sha256:[0-9a-f]{64}", base)


def test_every_stage_and_every_copy_comes_from_that_base_or_from_a_stage() -> None:
    stages = [re.fullmatch(r"\$\{BASE\}(?: AS ([a-z]+))?", each) for each in arguments("FROM")]
    assert stages
    assert all(stages), arguments("FROM")
    named = {stage[1] for stage in stages if stage and stage[1]}
    assert {each for line in arguments("COPY") for each in re.findall(r"--from=(\S+)", line)} <= named


def test_the_image_runs_the_oldest_python_that_the_locks_are_made_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest = project["requires-python"].removeprefix(">=")
    [base] = arguments("ARG")
    assert base.partition(":")[2].startswith(f"{oldest}.")
