"""The documents, held against the repository: a map that leads nowhere is worse than none."""

import re
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from libs.common import settings
from libs.common.functions import FUNCTIONS
from libs.common.messaging.topics import CATALOG
from libs.common.settings import SERVICES, Settings
from simulators.population import Population
from tests.support.applications import ALL_ROUTES
from tools.setup import OLDEST
from tools.walk.steps import STEPS

ROOT = Path(__file__).parents[3]
MAP = ROOT / "docs" / "map.md"
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
RUNBOOKS = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(ROOT.glob("services/*/README.md")),
    *sorted(ROOT.glob("libs/*/README.md")),
    *sorted(ROOT.glob("deploy/*/README.md")),
]
FOLDERS = ("services", "libs", "simulators", "deploy", "tools", "bench", "tests", "docs", "requirements", "contracts")


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def name_of(document: Path) -> str:
    return str(document.relative_to(ROOT))


def code_in(document: Path) -> Iterator[str]:
    """What stands in backticks, and each line of the fenced blocks."""
    text = text_of(document)
    for block in re.findall(r"^```[^\n]*\n(.*?)^\s*```", text, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def table_below(heading: str) -> list[list[str]]:
    """The rows of the first table of the map below `heading`, cells without backticks."""
    section = re.split(r"^## ", text_of(MAP).split(f"## {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    return rows[2:]


def kept(retention: timedelta | None) -> str:
    if retention is None:
        return "compacted"
    count, unit = (retention.days, "day") if retention.days else (retention.seconds // 3600, "hour")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_lead_to_files(document: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", text_of(document))
    local = [target.split("#")[0] for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in local if target and not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_lead_to_headings(document: Path) -> None:
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+#[^)\s]+)\)", text_of(document)):
        path, _, anchor = target.partition("#")
        headings = re.findall(r"^#+ (.+)$", text_of(document.parent / path if path else document), re.MULTILINE)
        if anchor not in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}:
            wrong.append(target)
    assert wrong == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_paths_that_are_named_exist(document: Path) -> None:
    rule = re.compile(rf"({'|'.join(FOLDERS)})/[\w./-]*")
    named = [found.group() for code in code_in(document) for found in [rule.fullmatch(code)] if found]
    built = "libs/common/web/static/built"
    assert [path for path in named if not path.startswith(built) and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_make_targets_that_are_named_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = {found for code in code_in(document) for found in re.findall(r"(?:^|\s)make ([a-z-]+)", code)}
    assert named - targets == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_modules_that_are_to_be_run_exist(document: Path) -> None:
    named = {found for code in code_in(document) for found in re.findall(r"python -m ([\w.]+)(?![\w.]*<)", code)}
    ours = {module.rstrip(".") for module in named if module.split(".")[0] in FOLDERS}
    assert [module for module in ours if find_spec(module) is None] == []


@pytest.mark.parametrize("decision", DECISIONS, ids=name_of)
def test_a_decision_is_short_numbered_and_on_the_map(decision: Path) -> None:
    text = text_of(decision)
    assert len(text.splitlines()) < 40
    assert text.startswith(f"# {int(decision.name[:4])}. ")
    assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequences", "Held by"))
    assert f"](adr/{decision.name})" in text_of(MAP)


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(decision.name[:4]) for decision in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("runbook", RUNBOOKS, ids=name_of)
def test_a_runbook_can_be_tried_out(runbook: Path) -> None:
    tried = re.search(r"^## Try it$(.+?)(?=^## |\Z)", text_of(runbook), re.MULTILINE | re.DOTALL)
    assert tried
    assert re.search(r"\.venv/bin/python -m |^make |`make ", tried[1])


COMMAND = re.compile("make |start ")
COMMANDS = sorted(
    {
        (path.name, module, command)
        for path in (ROOT / "README.md", *RUNBOOKS)
        for module, command in re.findall(r"\.venv/bin/python -m ((?:tools|deploy)\.[a-z_.]+) ([a-z_]+)", text_of(path))
    }
)


@pytest.mark.parametrize(("document", "module", "command"), COMMANDS, ids=str)
def test_a_command_of_an_operator_exists(document: str, module: str, command: str) -> None:
    named = import_module(
        module if not (ROOT / module.replace(".", "/") / "__main__.py").exists() else f"{module}.__main__"
    )
    told = get_command(getattr(named, "application", None) or named.app)
    if isinstance(told, TyperGroup):
        assert command in told.commands, document


@pytest.mark.parametrize("runbook", RUNBOOKS, ids=name_of)
def test_what_a_runbook_shows_itself_by_is_in_the_code(runbook: Path) -> None:
    words = {each for each in re.findall(r"`([a-z][a-z]+ [a-z ,]+)`", text_of(runbook)) if not COMMAND.match(each)}
    said = "".join(text_of(path) for path in (*(ROOT / "libs").rglob("*.py"), *(ROOT / "services").rglob("*.py")))
    # As it is, or with its last word filled in, as in `interruption opened`.
    kinds = {each: (f'"{each}"', f'f"{each.rpartition(" ")[0]} {{') for each in words}
    assert [each for each, forms in sorted(kinds.items()) if not any(form in said for form in forms)] == []
    metrics = set(re.findall(r"`(portico_[a-z_]+)`", text_of(runbook)))
    assert {each for each in metrics if each.removesuffix("_total") not in said} == set()


@pytest.mark.parametrize("runbook", RUNBOOKS, ids=name_of)
def test_a_runbook_is_on_the_map(runbook: Path) -> None:
    assert f"](runbooks/{runbook.name})" in text_of(MAP)


def test_the_map_has_the_topics_of_the_catalog() -> None:
    written = {
        (name.replace("<service>", service), int(partitions), retention)
        for name, partitions, retention, *_ in table_below("Topics")
        for service in SERVICES
    }
    assert written == {(each.name, each.partitions, kept(each.retention)) for each in CATALOG.values()}


def test_the_map_has_the_ports_of_the_settings() -> None:
    base = Settings.model_fields["port_base"].default
    single = {number for name, number in vars(settings).items() if name.isupper() and isinstance(number, int)}
    at_base = Settings(port_base=base)
    first = {at_base.service_port(SERVICES[0], role) - base for role in ("api", "all", "worker", "relay", "stream")}
    assert len(SERVICES) <= 9, "the ports of the next role begin 10 further"
    roles = {(offset, offset + 8) for offset in first}
    expected = {(str(number), str(base + number)) for number in single}
    expected |= {(f"{first} to {last}", f"{base + first} to {base + last}") for first, last in roles}
    assert {(offset, port) for offset, port, _ in table_below("Ports")} == expected


def test_the_map_has_every_feature_and_every_room_of_libs() -> None:
    text = text_of(MAP)
    of_functions = {(each.service, each.feature) for each in FUNCTIONS.values()}  # the catalog says where they are
    homeless = [
        f"{service}/{feature.name}"
        for service in SERVICES
        for feature in sorted((ROOT / "services" / service).iterdir())
        if (feature / "__init__.py").exists()
        and (service, feature.name) not in of_functions
        and not re.search(rf"^\| `{service}` \|.*`{feature.name}`", text, re.MULTILINE)
    ]
    common = ROOT / "libs" / "common"
    homeless += [
        room.name
        for room in sorted(common.iterdir())
        if room.name not in {"__init__.py", "__pycache__"}
        and f"`{room.name}{'/' if room.is_dir() else ''}`" not in text
    ]
    homeless += [
        f"{room.name}/{file.name}"
        for room in (
            *(common / name for name in ("messaging", "persistence", "security", "web")),
            ROOT / "libs" / "partners",
        )
        for file in sorted(room.glob("*.py"))
        if file.name != "__init__.py" and f"`{file.name}`" not in text
    ]
    assert homeless == []


def test_the_map_has_every_simulator_tool_and_bench() -> None:
    text = text_of(MAP)
    modules = [
        path
        for folder in ("simulators", "tools", "bench")
        for path in sorted((ROOT / folder).iterdir())
        if path.name not in {"__init__.py", "__main__.py", "__pycache__", "templates"}
    ]
    assert [name_of(path) for path in modules if f"`{path.name}{'/' if path.is_dir() else ''}`" not in text] == []


def test_the_readme_asks_for_the_python_that_set_up_asks_for() -> None:
    assert f"Python {'.'.join(map(str, OLDEST))} or newer" in text_of(ROOT / "README.md")


def test_the_readme_counts_the_steps_of_the_demonstration() -> None:
    assert re.findall(r"(\d+) steps", text_of(ROOT / "README.md")) == [str(len(STEPS))]


def test_the_readme_names_who_can_sign_in_to_the_demonstration() -> None:
    text = text_of(ROOT / "README.md")
    assert [user.user_id for user in Population().users if f"`{user.user_id}`" not in text] == []


def test_the_search_for_a_trace_finds_files_of_people_and_of_programs() -> None:
    [pattern] = re.findall(r"grep -E '([^']+)' \.portico/traces/claims", text_of(ROOT / "README.md"))
    for route in ALL_ROUTES:
        if route.upload and route.service == "claims":
            assert re.search(pattern, f'{{"name":"{route}","kind":"server"}}'), route.path
